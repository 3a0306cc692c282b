"""Draws what a student's own `pytest` run ends with: points by task, failures, what to look at."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import IO, Any

WIDTH = 80
SHOWN = 8  # failures listed per task
_POINTS = 16  # width of the last column
_TESTS = 14  # width of the column before


@dataclass(frozen=True)
class Glyphs:
    """The characters a terminal can show."""

    line: str
    passed: str
    failed: str
    bullet: str
    arrow: str


UNICODE = Glyphs("─", "✓", "✗", "·", "→")
ASCII = Glyphs("-", "+", "x", "-", "->")


@dataclass(frozen=True)
class TableLine:
    """One line of output and how to colour it, where colours exist."""

    text: str = ""
    style: str = ""  # "", "bold", "green", "red" or "yellow"


@dataclass(frozen=True)
class FailedTest:
    """One test that did not pass."""

    sentence: str  # the test's own sentence
    look: str  # what to look at
    hint: str = ""  # of the mistake, where it is a known one


@dataclass
class Row:
    """One task of the table."""

    title: str
    points: float
    passed: int = 0
    total: int = 0  # public tests, whether or not they could start
    failures: list[FailedTest] = field(default_factory=list)
    first: tuple[str, ...] = ()  # titles of tasks it builds on that fail as well

    @property
    def estimate(self) -> float:
        """Points by the share of public tests that pass."""
        return self.points * self.passed / self.total if self.total else 0.0


@dataclass(frozen=True)
class Told:
    """What a test without points has told about a typed answer."""

    passed: bool
    text: str


_UNANSWERED = " cannot be read: not answered"


def told(rows: Sequence[Told], glyphs: Glyphs) -> list[TableLine]:
    """Return the lines on how typed answers are read; [] where there are none."""
    if not rows:
        return []
    lines = [
        TableLine(),
        *wrapped("How your answers are read, not whether they are right:", "", "bold"),
    ]
    blank = [row.text.partition(_UNANSWERED)[0] for row in rows if _UNANSWERED in row.text]
    for row in rows:
        if _UNANSWERED not in row.text:
            mark, style = (glyphs.passed, "") if row.passed else (glyphs.failed, "red")
            lines += bullet(row.text, "  ", mark, style)
    if blank:
        lines += bullet(f"Not answered yet: {', '.join(blank)}.", "  ", glyphs.bullet, "yellow")
    return lines


def glyphs_for(stream: IO[Any] | None) -> Glyphs:
    """Return the characters that `stream` can show: a Windows console may know no `✓`."""
    wanted = "".join(vars(UNICODE).values())
    try:
        wanted.encode(getattr(stream, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return UNICODE


def draw(title: str, rows: Sequence[Row], notes: Sequence[str], glyphs: Glyphs) -> list[TableLine]:
    """Return the lines of the table; none is wider than WIDTH columns."""
    rule = TableLine(glyphs.line * WIDTH)
    lines = [
        TableLine(),
        *wrapped(f"{title}: where you stand", "", "bold"),
        TableLine(),
        _columns("  Task", "Public tests", "Points (est.)"),
        rule,
    ]
    for row in rows:
        lines += _row(row, glyphs)
    counted = [row for row in rows if row.total]
    lines += [
        rule,
        _columns(
            "  Total (an estimate from the public tests)",
            f"{sum(row.passed for row in rows)} of {sum(row.total for row in rows)}",
            f"{number(sum(row.estimate for row in counted))} of "
            f"{given(sum(row.points for row in counted))}",
            "bold",
        ),
        TableLine(),
        *wrapped("Hidden tests are not shown; they count too.", "  "),
    ]
    unseen = sum(row.points for row in rows if not row.total)
    if unseen:
        lines += wrapped(
            f"Points that depend on hidden tests or on questions alone: {given(unseen)}.", "  "
        )
    for note in notes:
        lines += wrapped(note, "  ", "yellow")
    return lines


def number(value: float) -> str:
    """Write points with at most one decimal, rounded down: an estimate must not flatter."""
    text = f"{int(value * 10 + 1e-9) / 10:.1f}"
    return text.removesuffix(".0")


def given(value: float) -> str:
    """Write points that the course has set, as it has set them."""
    return f"{round(value, 6):g}"


def wrapped(text: str, indent: str, style: str = "", hanging: str = "") -> list[TableLine]:
    """Break `text` into lines that start with `indent`, the later ones with `hanging` as well."""
    lines = textwrap.wrap(
        " ".join(text.split()), WIDTH, initial_indent=indent, subsequent_indent=indent + hanging
    )
    return [TableLine(line, style) for line in lines]


def bullet(text: str, indent: str, mark: str, style: str = "") -> list[TableLine]:
    """Break `text` into lines behind `mark`."""
    blank = " " * (len(mark) + 1)
    lines = wrapped(text, indent + blank, style)
    return (
        [TableLine(f"{indent}{mark} {lines[0].text.strip()}", style), *lines[1:]] if lines else []
    )


def shorten(text: str, limit: int = 240) -> str:
    """Return `text` in one line of at most `limit` characters, without control characters."""
    line = " ".join(text.split())
    line = "".join(one if one.isprintable() else ascii(one)[1:-1] for one in line)
    return line if len(line) <= limit else line[: limit - 3] + "..."


def _row(row: Row, glyphs: Glyphs) -> list[TableLine]:
    if not row.total:
        return [_columns(f"{glyphs.bullet} {row.title}", "none", f"? of {given(row.points)}")]
    done = row.passed == row.total
    mark, style = (glyphs.passed, "green") if done else (glyphs.failed, "red")
    lines = [
        _columns(
            f"{mark} {row.title}",
            f"{row.passed} of {row.total}",
            f"{number(row.estimate)} of {given(row.points)}",
            style,
        )
    ]
    if row.first:
        what = " and ".join(f'"{title}"' for title in row.first)
        why = f"This builds on {what}: mend that first. When graded, such an error costs once."
        lines += bullet(why, "    ", glyphs.bullet, "bold")
    for place, failure in enumerate(row.failures[:SHOWN]):
        lines += bullet(failure.sentence, "    ", glyphs.bullet)
        if failure.look:
            lines += bullet(failure.look, "      ", glyphs.arrow, "yellow")
        if failure.hint and (place == 0 or row.failures[place - 1].hint != failure.hint):
            lines += bullet(f"Hint: {failure.hint}", "      ", glyphs.arrow, "bold")
    if len(row.failures) > SHOWN:
        lines += bullet(f"and {len(row.failures) - SHOWN} more", "    ", glyphs.bullet)
    return lines


def _columns(first: str, tests: str, points: str, style: str = "") -> TableLine:
    room = WIDTH - _TESTS - _POINTS
    if len(first) > room - 1:
        first = first[: room - 4] + "..."
    return TableLine(f"{first:<{room}}{tests:>{_TESTS}}{points:>{_POINTS}}", style)
