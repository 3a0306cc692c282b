"""A figure that student code drew, as data: what is on which axes, with which labels."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .asking import ask
from .context import current

_MAX_SIDE = 1200  # pixels of a picture
_MAX_TEXT = 500


_GREY = frozenset({"gray", "grey", "greys", "binary", "gist_gray", "gist_grey", "gist_yarg"})


def is_grey(cmap: str) -> bool:
    """Tell whether a colour map of matplotlib has nothing but greys, in either direction."""
    return cmap.lower().removesuffix("_r") in _GREY


@dataclass(frozen=True)
class Line:
    """One line, or one cloud of points."""

    label: str  # "" where it has none
    x: np.ndarray  # (points,)
    y: np.ndarray  # (points,)
    color: str = ""  # "#1f77b4"


@dataclass(frozen=True)
class Image:
    """What `imshow` or `pcolormesh` drew."""

    values: np.ndarray  # (rows, columns) or (rows, columns, channels)
    cmap: str


@dataclass(frozen=True)
class Text:
    """A text on the axes."""

    text: str
    color: str


@dataclass(frozen=True)
class Axes:
    """One set of axes; those that only hold a colour bar are left out."""

    title: str = ""
    title_color: str = "#000000"
    xlabel: str = ""
    ylabel: str = ""
    xscale: str = "linear"
    yscale: str = "linear"
    xlim: tuple[float, float] = (0.0, 1.0)
    ylim: tuple[float, float] = (0.0, 1.0)
    lines: list[Line] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    bars: list[float] = field(default_factory=list)  # heights
    legend: list[str] = field(default_factory=list)
    colorbar: bool = False
    sharing: list[int] = field(default_factory=list)  # places of the axes with the same x axis


@dataclass(frozen=True)
class Figure:
    """Everything that a test looks at."""

    axes: list[Axes]
    suptitle: str = ""
    legend: list[str] = field(default_factory=list)  # of the figure, not of one of its axes


def figure_of(drawn: Any, title: str = "") -> Figure:
    """Return what the Axes or the Figure `drawn` holds; fails where it is neither.

    In a public test under the grader, the picture is shown in the report, `title` below it.
    """
    found = ask("drawn", drawn)
    if type(found) is dict and type(found.get("instead")) is str:
        raise AssertionError(
            f"the function returned {found['instead']}; return the axes that it drew on"
        )
    try:
        figure = _figure(found)
    except (TypeError, KeyError, ValueError, IndexError):
        raise AssertionError("what was drawn cannot be read") from None
    if current().wants_pictures:
        picture = ask("picture", drawn)
        if not _is_picture(picture):
            raise AssertionError("the picture of what was drawn cannot be read")
        current().pictures.append((title, picture))
    return figure


def watch_figures() -> None:
    """Close every figure and begin to watch what student code draws with pyplot."""
    ask("watch")


def figures_drawn() -> list[Figure]:
    """Return every figure drawn since `watch_figures`.

    One that was shown, saved, cleared or closed on the way counts as it was then.
    """
    found = ask("figures")
    try:
        return [_figure(one) for one in found]
    except (TypeError, KeyError, ValueError, IndexError):
        raise AssertionError("what was drawn cannot be read") from None


def _figure(found: Any) -> Figure:
    axes = [_axes(row) for row in found["axes"]]
    return Figure(axes, _text(found["suptitle"]), [_text(text) for text in found["legend"]])


def _is_picture(picture: Any) -> bool:
    return (
        type(picture) is np.ndarray
        and picture.dtype == np.uint8
        and picture.ndim == 3
        and picture.shape[2] == 3
        and 0 < picture.shape[0] <= _MAX_SIDE
        and 0 < picture.shape[1] <= _MAX_SIDE
    )


def _axes(row: dict[str, Any]) -> Axes:
    words = ("title", "title_color", "xlabel", "ylabel", "xscale", "yscale")
    return Axes(
        **{word: _text(row[word]) for word in words},
        xlim=_ends(row["xlim"]),
        ylim=_ends(row["ylim"]),
        lines=[Line(_text(a), _array(x), _array(y), _text(c)) for a, x, y, c in row["lines"]],
        images=[Image(_array(values), _text(name)) for values, name in row["images"]],
        texts=[Text(_text(text), _text(color)) for text, color in row["texts"]],
        bars=[float(height) for height in row["bars"]],
        legend=[_text(text) for text in row["legend"]],
        colorbar=row["colorbar"] is True,
        sharing=[place for place in row["sharing"] if type(place) is int],
    )


def _ends(pair: Any) -> tuple[float, float]:
    low, high = pair
    return float(low), float(high)


def _text(value: Any) -> str:
    if type(value) is not str:
        raise TypeError
    return value[:_MAX_TEXT]


def _array(value: Any) -> np.ndarray:
    if type(value) is not np.ndarray or value.dtype.kind not in "biuf":
        raise TypeError
    return value.astype(float)
