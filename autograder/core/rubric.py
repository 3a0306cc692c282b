"""Written questions, graded by a person: what is asked, the sheet to fill in, and reading it."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from autograder.core.errors import AutograderError
from autograder.core.records import Mark
from autograder.core.visible import inert

_COMMENT = "comment"
_GRADER = "graded by"


class RubricError(AutograderError):
    """A rubric or a filled-in sheet cannot be used; the message says where and what to do."""


@dataclass(frozen=True)
class Criterion:
    """What earns a part of an item's points."""

    points: Fraction
    words: str  # for the person who grades


@dataclass(frozen=True)
class Item:
    """One written question."""

    id: str
    title: str
    text: str  # what the student is asked
    points: Fraction
    criteria: tuple[Criterion, ...]


def load(path: Path) -> tuple[Item, ...]:
    """Read `path` (a `rubric.toml`), in order; () without such a file. Raises RubricError."""
    if not path.is_file():
        return ()
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RubricError(f"{path}: {error}") from None
    items: list[Item] = []
    for number, table in enumerate(raw.get("items", []), 1):
        where = f"{path}: [[items]] number {number}"
        item = _item(table, where)
        if any(item.id == other.id for other in items):
            raise RubricError(f"{where}: the id '{item.id}' is there twice")
        items.append(item)
    return tuple(items)


def _item(table: dict[str, Any], where: str) -> Item:
    try:
        criteria = tuple(
            Criterion(_points(one["points"], where), str(one["words"]))
            for one in table.get("criteria", [])
        )
        item = Item(
            id=str(table["id"]),
            title=str(table["title"]),
            text=str(table["text"]),
            points=_points(table["points"], where),
            criteria=criteria,
        )
    except KeyError as error:
        raise RubricError(f"{where}: {error} is missing") from None
    together = sum((one.points for one in criteria), Fraction(0))
    if criteria and together != item.points:
        raise RubricError(
            f"{where}: its criteria add up to {float(together):g} points, "
            f"but '{item.id}' has {float(item.points):g}"
        )
    return item


def _points(value: Any, where: str) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1e6:
        raise RubricError(f"{where}: points must be a number from 0 on, not {value!r}")
    return Fraction(str(value))


def sheet(items: Sequence[Item], submissions: Sequence[str]) -> str:
    """Return a CSV to fill in: a row for each submission, two columns for each item,
    and one for the name of who grades.

    The first row below the header says what earns points; it is skipped when the sheet is read.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    header, notes = ["submission"], ["(what earns points)"]
    for item in items:
        header += [item.id, f"{item.id} {_COMMENT}"]
        parts = [f"{float(one.points):g}: {one.words}" for one in item.criteria]
        notes += [f"of {float(item.points):g}", "; ".join(parts)]
    header.append(_GRADER)
    notes.append("your name, where students may read it")
    writer.writerows([header, notes])
    for name in sorted(submissions):
        writer.writerow([inert(name), *[""] * (2 * len(items) + 1)])
    return out.getvalue()


def read_sheet(path: Path, items: Sequence[Item]) -> dict[str, tuple[Mark, ...]]:
    """Read a filled-in sheet: marks by submission, in the items' order; raises RubricError.

    Columns may come in any order and may be missing; an empty cell is "not graded yet".
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RubricError(f"{path}: cannot be read ({error}); save it as CSV in UTF-8") from None
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(text[:4000], ",;\t")
    except csv.Error:
        dialect = csv.excel
    try:
        rows = list(csv.reader(io.StringIO(text), dialect))
    except csv.Error as error:
        raise RubricError(f"{path}: is no CSV ({error})") from None
    if not rows or "submission" not in rows[0]:
        raise RubricError(f"{path}: the first row must name the columns, one of them 'submission'")
    header = rows[0]
    known = {"submission", _GRADER, *(item.id for item in items)}
    known |= {f"{item.id} {_COMMENT}" for item in items}
    for name in header:
        if name and name not in known:
            raise RubricError(f"{path}: no item is called '{name}'; see: autograder rubric")
    marks: dict[str, tuple[Mark, ...]] = {}
    for number, cells in enumerate(rows[1:], 2):
        row = dict(zip(header, cells, strict=False))
        name = row.get("submission", "").strip().removeprefix("'")
        if not name or name.startswith("(what earns points"):
            continue
        if name in marks:
            raise RubricError(f"{path}, row {number}: '{name}' is there twice")
        marks[name] = tuple(
            Mark(
                item.id,
                item.title,
                item.points,
                _score(row.get(item.id, ""), item, f"{path}, row {number} ('{name}')"),
                row.get(f"{item.id} {_COMMENT}", "").strip(),
                row.get(_GRADER, "").strip(),
            )
            for item in items
        )
    return marks


def unmarked(items: Sequence[Item]) -> tuple[Mark, ...]:
    """Return what is known of a submission that nobody has graded yet."""
    return tuple(Mark(item.id, item.title, item.points) for item in items)


def _score(text: str, item: Item, where: str) -> Fraction | None:
    text = text.strip().replace(",", ".")  # half of the world writes 2,5
    if not text:
        return None
    if not re.fullmatch(r"[+-]?\d{1,9}(\.\d{0,9})?", text, re.ASCII):
        raise RubricError(f"{where}: '{text[:40]}' is no number of points for {item.id}")
    score = Fraction(text)
    if not 0 <= score <= item.points:
        most = f"{float(item.points):g}"
        raise RubricError(f"{where}: {item.id} has 0 to {most} points, not {text[:40]}")
    return score
