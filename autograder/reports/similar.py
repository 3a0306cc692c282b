"""The page of pairs that look alike, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.reports.page import template

_AROUND = 4  # lines shown before and after what is common
_MOST = 60_000  # characters of one side


@dataclass(frozen=True)
class AlikeSide:
    """One of two submissions: pieces of its code, and whether the other has them too."""

    name: str
    earlier: bool
    pieces: tuple[tuple[str, bool], ...]

    @property
    def shown(self) -> list[tuple[str, bool]]:
        """Return the pieces with long stretches of one's own shortened."""
        found, left = [], _MOST
        for place, (text, common) in enumerate(self.pieces):
            lines = text.split("\n")
            first, last = place == 0, place == len(self.pieces) - 1
            if not common and len(lines) > 2 * _AROUND + 2:
                head = [] if first else lines[:_AROUND]
                tail = [] if last else lines[-_AROUND:]
                hidden = len(lines) - len(head) - len(tail)
                text = "\n".join([*head, f"   … {hidden} lines of their own …", *tail])
            text = text[:left]
            left -= len(text)
            found.append((text, common))
            if not left:
                break
        return found


@dataclass(frozen=True)
class AlikePair:
    """Two submissions and how much of the smaller one's rare code the other has, 0 to 1."""

    share: float
    first: AlikeSide
    second: AlikeSide


def render_similar(title: str, pairs: Sequence[AlikePair], compared: int, earlier: int) -> str:
    """Return the page; `compared` submissions of this year, `earlier` of other years."""
    return template("similar.html.jinja").render(
        title=title, pairs=pairs, compared=compared, earlier=earlier
    )
