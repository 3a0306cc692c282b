"""A matplotlib figure as plain data, and as pixels."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

_MAX_POINTS = 20_000
_MAX_VALUES = 200_000
_PIXELS = (900, 700)  # width and height of a picture, at most


def picture(thing: Any) -> np.ndarray:
    """Return the pixels of the figure that `thing` is or lies on, (height, width, 3)."""
    return _picture(_figure(thing))


def drawn(thing: Any) -> dict[str, Any]:
    """Describe the Axes or the Figure `thing`, or say what it is where it is neither."""
    figure = _figure(thing)
    if figure is None:
        return {"instead": "nothing (None)" if thing is None else f"a value of type {_type(thing)}"}
    bars = {id(bar) for bar in map(_colorbar_of, figure.axes) if bar is not None}
    shown = [axes for axes in figure.axes if getattr(axes, "_colorbar", None) is None]
    legends = [legend for legend in figure.legends if legend is not None]
    return {
        "axes": [_axes(axes, bars) | {"sharing": _sharing(axes, shown)} for axes in shown[:400]],
        "legend": [text.get_text() for legend in legends for text in legend.get_texts()],
        "suptitle": figure._suptitle.get_text() if figure._suptitle is not None else "",
    }


def _figure(thing: Any) -> Any:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    if isinstance(thing, Figure):
        return thing
    if isinstance(thing, Axes):
        return thing.figure
    if isinstance(thing, np.ndarray | list | tuple):
        for item in np.asarray(thing, dtype=object).ravel():
            if isinstance(item, Figure | Axes):
                return _figure(item)
    return None


def _type(thing: Any) -> str:
    return str(type(thing).__name__)[:60]


def _colorbar_of(axes: Any) -> Any:
    bar = getattr(axes, "_colorbar", None)
    return None if bar is None else bar.mappable.axes


def _axes(axes: Any, bars: set[int]) -> dict[str, Any]:
    from matplotlib.colors import to_hex

    legend = axes.get_legend()
    words = [text.get_text() for text in legend.get_texts()] if legend else []
    return {
        "title": axes.get_title(),
        "title_color": to_hex(axes.title.get_color()),
        "xlabel": axes.get_xlabel() or _shared(axes, "supxlabel"),
        "ylabel": axes.get_ylabel() or _shared(axes, "supylabel"),
        "xscale": axes.get_xscale(),
        "yscale": axes.get_yscale(),
        "xlim": [float(end) for end in axes.get_xlim()],
        "ylim": [float(end) for end in axes.get_ylim()],
        "lines": _named([*map(_line, axes.get_lines()), *_points(axes)], words),
        "images": [*map(_image, axes.get_images()), *_meshes(axes)],
        "texts": [[text.get_text(), to_hex(text.get_color())] for text in axes.texts],
        "bars": [float(bar.get_height()) for bar in axes.patches if hasattr(bar, "get_height")],
        "legend": words,
        "colorbar": id(axes) in bars,
    }


def _shared(axes: Any, which: str) -> str:
    """Return a label that the figure has for all of its axes."""
    figure = axes.get_figure()
    label = getattr(figure, f"_{which}", None)
    return str(label.get_text()) if label is not None else ""


def _named(lines: list[list[Any]], words: list[str]) -> list[list[Any]]:
    """Give lines without a label the names that a legend has for them, as `legend([...])` does."""
    if any(line[0] for line in lines) or len(lines) != len(words):
        return lines
    return [[word, *line[1:]] for word, line in zip(words, lines, strict=True)]


def _sharing(axes: Any, others: list[Any]) -> list[int]:
    """Return the places of the axes that have their x axis in common with `axes`."""
    joined = axes.get_shared_x_axes().joined
    return [place for place, other in enumerate(others[:400]) if joined(axes, other)]


def _line(line: Any) -> list[Any]:
    from matplotlib.colors import to_hex

    x, y = (_numbers(values) for values in (line.get_xdata(False), line.get_ydata(False)))
    label = str(line.get_label())
    return ["" if label.startswith("_") else label, x, y, to_hex(line.get_color())]


def _points(axes: Any) -> Iterable[list[Any]]:
    from matplotlib.collections import PathCollection
    from matplotlib.colors import to_hex

    for cloud in axes.collections:
        if isinstance(cloud, PathCollection):
            places = _numbers(cloud.get_offsets()).reshape(-1, 2)
            colors: Any = cloud.get_facecolor()
            label = str(cloud.get_label())
            color = to_hex(tuple(colors[0])) if len(colors) else "#000000"
            yield ["" if label.startswith("_") else label, places[:, 0], places[:, 1], color]


def _image(image: Any) -> list[Any]:
    return [_grid(image.get_array()), image.get_cmap().name]


def _meshes(axes: Any) -> Iterable[list[Any]]:
    from matplotlib.collections import QuadMesh

    for mesh in axes.collections:
        if isinstance(mesh, QuadMesh):
            yield [_grid(mesh.get_array()), mesh.get_cmap().name]


def _numbers(values: Any) -> np.ndarray:
    return np.asarray(values, dtype=float).ravel()[:_MAX_POINTS]


def _grid(values: Any) -> np.ndarray:
    array = np.asarray(np.ma.getdata(values), dtype=float)
    if array.size > _MAX_VALUES:
        raise ValueError(f"an image of shape {array.shape} is too large to be looked at")
    return array


def _picture(figure: Any) -> np.ndarray:
    from matplotlib.backends import backend_agg

    width, height = (float(size) for size in figure.get_size_inches())
    dots = min(100.0, _PIXELS[0] / max(width, 0.1), _PIXELS[1] / max(height, 0.1))
    before = figure.dpi
    try:
        figure.set_dpi(dots)
        canvas: Any = backend_agg.FigureCanvasAgg(figure)
        canvas.draw()
        return np.array(np.asarray(canvas.buffer_rgba())[:, :, :3])
    finally:
        figure.set_dpi(before)
