"""Class statistics as SVG, the same bytes for the same numbers."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Stand-ins for the page's own colours, which follow its light or dark scheme.
_INK, _SOFT, _BAR, _GOOD, _TRACK = "#000001", "#000002", "#000003", "#000004", "#000005"
_COLOURS = {
    _INK: "var(--ink)",
    _SOFT: "var(--soft)",
    _BAR: "var(--accent)",
    _GOOD: "var(--good)",
    _TRACK: "var(--track)",
}
_SETTINGS = {
    "svg.hashsalt": "autograder",
    "svg.fonttype": "none",  # text stays text: it can be read aloud and searched
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.edgecolor": _SOFT,
    "axes.labelcolor": _SOFT,
    "xtick.color": _SOFT,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "text.color": _INK,
    "text.parse_math": False,  # a dollar in a title is a dollar
}
_WIDTH = 4.9  # inches: text stays readable when a phone shows the drawing at 360 pixels


def distribution(scores: Sequence[float], max_score: float) -> Markup:
    """Draw how many submissions reached each tenth of `max_score`; the last holds all of it."""
    counts = [0] * 10
    for score in scores:
        share = score / max_score if max_score else 0
        counts[min(9, max(0, int(share * 10 + 1e-9)))] += 1
    with _drawing((_WIDTH, 2.9), layout="constrained") as figure:
        axes = figure.subplots()
        axes.bar([tenth * 10 + 5 for tenth in range(10)], counts, width=9, color=_BAR)
        axes.set_xlim(0, 100)
        axes.set_xticks(range(0, 101, 20))
        axes.set_xlabel("percent of the points")
        axes.set_yticks([])
        axes.set_ylim(0, max(counts, default=0) * 1.14 or 1)
        for tenth, count in enumerate(counts):
            if count:
                axes.text(tenth * 10 + 5, count, f"{count}", ha="center", va="bottom")
        words = ", ".join(
            f"{tenth * 10} to {tenth * 10 + 10} %: {count}"
            for tenth, count in enumerate(counts)
            if count
        )
        return _svg(figure, "scores", f"Number of submissions by share of the points. {words}.")


def pass_rates(titles: Sequence[str], rates: Sequence[float]) -> Markup:
    """Draw the mean share of points of each task, 0 to 1, in the order given."""
    with _drawing((_WIDTH, max(0.42 * len(titles), 0.5))) as figure:
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(0, 100)
        axes.set_ylim(len(titles) or 1, 0)
        for row, (title, rate) in enumerate(zip(titles, rates, strict=True)):
            short = title if len(title) <= 50 else title[:48] + "…"
            axes.text(0, row + 0.5, short, va="bottom")
            axes.text(100, row + 0.5, f"{100 * rate:.0f} %", ha="right", va="bottom")
            axes.barh(row + 0.68, 100, height=0.2, color=_TRACK)
            axes.barh(row + 0.68, 100 * rate, height=0.2, color=_GOOD if rate == 1 else _BAR)
        pairs = zip(titles, rates, strict=True)
        words = ", ".join(f"{title}: {100 * rate:.0f} %" for title, rate in pairs)
        return _svg(figure, "rates", f"Mean share of each task's points. {words}.")


@contextmanager
def _drawing(size: tuple[float, float], **options: Any) -> Iterator[Figure]:
    from matplotlib import style  # it takes as long to import as the rest of the command
    from matplotlib.figure import Figure

    with style.context(["default", _SETTINGS]):
        yield Figure(figsize=size, **options)


def _svg(figure: Figure, name: str, alternative: str) -> Markup:
    out = io.StringIO()
    metadata = {"Date": None, "Creator": None, "Format": None, "Type": None}
    figure.savefig(out, format="svg", transparent=True, metadata=metadata)
    text = out.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'( id="|url\(#|href="#)', rf"\g<1>{name}-", text)  # two drawings, one page
    for stand_in, colour in _COLOURS.items():
        text = text.replace(stand_in, colour)
    text = re.sub(r"font: ([\d.]+px) [^;\"]*", r"font: \1 system-ui, sans-serif", text)
    opening = f'<svg role="img" aria-label="{escape(alternative)}"'
    return Markup(text.replace("<svg", opening, 1))
