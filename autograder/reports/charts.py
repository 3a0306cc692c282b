"""Class statistics as SVG, the same bytes for the same numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from autograder.reports.page import environment

WIDTH = 350  # pixels: text stays readable when a phone shows the drawing as it is
_FOOT = 166  # where the axis lies
_TALLEST = 148
_BAR = 0.9  # of a tenth
_LONGEST = 50  # letters of a title


def distribution(scores: Sequence[float], max_score: float) -> Markup:
    """Draw how many submissions reached each tenth of `max_score`; the last holds all of it."""
    counts = [0] * 10
    for score in scores:
        share = score / max_score if max_score else 0
        counts[min(9, max(0, int(share * 10 + 1e-9)))] += 1
    step = WIDTH / 10
    bars = [
        {
            "left": round((tenth + (1 - _BAR) / 2) * step, 1),
            "middle": (tenth + 0.5) * step,
            "wide": round(_BAR * step, 1),
            "tall": round(_TALLEST * count / max(counts)),
            "count": count,
        }
        for tenth, count in enumerate(counts)
        if count
    ]
    words = ", ".join(
        f"{tenth * 10} to {tenth * 10 + 10} %: {count}"
        for tenth, count in enumerate(counts)
        if count
    )
    return _drawn("distribution", bars, f"Number of submissions by share of the points. {words}.")


def pass_rates(titles: Sequence[str], rates: Sequence[float]) -> Markup:
    """Draw the mean share of points of each task, 0 to 1, in the order given."""
    rows = [
        {
            "title": title if len(title) <= _LONGEST else title[: _LONGEST - 2] + "…",
            "percent": f"{100 * rate:.0f} %",
            "wide": round(WIDTH * rate, 1),
            "full": rate == 1,
        }
        for title, rate in zip(titles, rates, strict=True)
    ]
    words = ", ".join(
        f"{title}: {100 * rate:.0f} %" for title, rate in zip(titles, rates, strict=True)
    )
    return _drawn("pass_rates", rows, f"Mean share of each task's points. {words}.")


def _drawn(name: str, rows: Sequence[dict[str, Any]], words: str) -> Markup:
    drawings = environment().get_template(
        "charts.svg.jinja", globals={"WIDTH": WIDTH, "FOOT": _FOOT}
    )
    return Markup(getattr(drawings.module, name)(rows, words))
