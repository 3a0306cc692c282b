"""One written question with everybody's answer to it, under codes, for who grades it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autograder.core.rubric import Item
from autograder.reports.page import template


def render_question(
    title: str,
    item: Item,
    answers: Mapping[str, str],
    documents: Mapping[str, Sequence[str]],
    sheet: str,
) -> str:
    """Return the page; `answers` and `documents` are by code, `sheet` is where marks go."""
    codes = sorted({*answers, *documents})
    return template("written.html.jinja").render(
        title=title, item=item, codes=codes, answers=answers, documents=documents, sheet=sheet
    )
