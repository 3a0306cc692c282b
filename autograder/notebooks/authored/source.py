"""Reads `assignments/<a>/notebook.py`: cells of py:percent, each with its kind and keys.

    # %% [markdown] kind="written" item="xor_proof"     (item: an id of rubric.toml)
    # %% kind="answer" id="learning_rates"
    # %% kind="check" id="check_softmax" task="softmax" points=3
    # %% kind="check" id="check_sgd" task="sgd" tests="files"
    # %% kind="setup"

A cell without a kind is given: students read and run it, and cannot change it. A check with
tests="files" calls the tests of the student's folder and is none itself. A setup cell is empty:
what it holds is the same for every assignment (see `setting_up`).
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import tokenize
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from autograder.core.cache import Cache, CacheError, key_of
from autograder.core.errors import AutograderError

KINDS = ("given", "answer", "check", "written", "setup")
BEGIN_SOLUTION, END_SOLUTION = "### BEGIN SOLUTION", "### END SOLUTION"
BEGIN_HIDDEN, END_HIDDEN = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"

_KEYS = {
    "given": {"id"},
    "answer": {"id"},
    "check": {"id", "task", "points", "tests"},
    "written": {"id", "item"},
    "setup": set(),
}
_OPTIONAL = {"points", "tests"}
_ID = re.compile(r"[a-z][a-z0-9_]{0,47}")
_MARKER = re.compile(r"#\s*%%+(?:\s|$)")
_ITS_OWN = ("cell_marker", "lines_to_next_cell", "lines_to_end_of_cell_marker")  # of jupytext


class NotebookError(AutograderError):
    """A notebook cannot be made or kept as things are; the message says where and what to do."""


@dataclass(frozen=True)
class Cell:
    """One cell as its author wrote it."""

    kind: str  # of KINDS
    markdown: bool
    text: str
    where: str  # "…/notebook.py:12"
    id: str = ""  # "" only for a given cell
    task: str = ""  # of a check
    item: str = ""  # of a written cell
    points: float | None = None  # of a check; None: all that its task has
    tests: str = ""  # of a check: "files" where its task has its tests in files only


def read(path: Path) -> tuple[Cell, ...]:
    """Read the notebook's source at `path`, in order; raises NotebookError with file and line."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NotebookError(f"{path}: not found; the notebook's source belongs there") from None
    except (OSError, UnicodeDecodeError) as error:
        raise NotebookError(f"{path}: cannot be read ({error}); save it as UTF-8") from None
    return parse(text, str(path))


def parse(text: str, path: str) -> tuple[Cell, ...]:
    """Read the text of a notebook's source; `path` is for the messages. Raises NotebookError."""
    lines = _marker_lines(text, path)
    found = _split(text, path)
    if not lines or len(found) != len(lines):
        raise NotebookError(
            f"{path}:1: something is written before the first cell; begin with '# %% [markdown]'"
        )
    cells = tuple(_cell(*one, f"{path}:{line}") for one, line in zip(found, lines, strict=True))
    seen: dict[str, str] = {}
    for cell in cells:
        if cell.id and cell.id in seen:
            raise NotebookError(
                f"{cell.where}: id={cell.id!r} is there twice, first in line "
                f"{seen[cell.id].rpartition(':')[2]}; rename one"
            )
        seen[cell.id] = cell.where
    return cells


def without_magics(text: str) -> str:
    """Return a code cell's text with blank lines where only IPython understands them."""
    return "\n".join(
        "" if line.lstrip().startswith(("%", "!")) else line for line in text.split("\n")
    )


def _split(text: str, path: str) -> list[tuple[str, dict[str, Any], str]]:
    """Return each cell's type, metadata and source; raises NotebookError.

    Each run that grades needs them, so they are kept: jupytext takes long to load.
    """
    cache, key = Cache(), f"{key_of(text, version('jupytext'))}.json"
    try:
        return [tuple(row) for row in json.loads(cache.read("cells", key) or b"")]
    except (ValueError, TypeError):
        pass  # there is none, or none that can be used
    import jupytext

    try:
        cells = jupytext.reads(text, fmt="py:percent").cells
    except Exception as error:  # whatever it stumbles over in a header
        raise NotebookError(f"{path}: is no py:percent file ({_first_line(error)})") from None
    rows = [(cell.cell_type, dict(cell.metadata), cell.source) for cell in cells]
    with contextlib.suppress(CacheError, TypeError):  # then the next run reads it again
        cache.write("cells", key, json.dumps(rows).encode())
    return rows


def _marker_lines(text: str, path: str) -> list[int]:
    """Return the lines in which cells begin; what looks like one inside a text does not count."""
    lines = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            comment = token.type == tokenize.COMMENT and token.start[1] == 0
            if comment and _MARKER.match(token.string):
                lines.append(token.start[0])
    except (tokenize.TokenError, SyntaxError) as error:
        line = error.args[1][0] if isinstance(error, tokenize.TokenError) else error.lineno
        raise NotebookError(f"{path}:{line}: is not valid Python ({error.args[0]})") from None
    return lines


def _cell(cell_type: str, metadata: dict[str, Any], source: str, where: str) -> Cell:
    keys = {name: value for name, value in metadata.items() if name not in _ITS_OWN}
    kind, markdown = keys.pop("kind", "given"), cell_type == "markdown"
    if cell_type not in ("code", "markdown"):
        raise NotebookError(f"{where}: a cell is code or [markdown], not {cell_type}")
    if kind not in KINDS:
        raise NotebookError(f"{where}: kind={kind!r} is none of {', '.join(KINDS)}")
    if kind != "given" and markdown != (kind == "written"):
        wanted = "[markdown]" if kind == "written" else "code"
        raise NotebookError(f"{where}: a cell with kind={kind!r} must be {wanted}")
    if "points" in keys and kind != "check":
        whose = "its rubric item's" if kind == "written" else "no"
        raise NotebookError(f"{where}: points are for checks; a cell like this has {whose} points")
    for name in keys:
        if name not in _KEYS[kind]:
            raise NotebookError(f"{where}: a cell with kind={kind!r} has no key {name!r}")
    for name in _KEYS[kind] - _OPTIONAL:
        if kind != "given" and name not in keys:
            raise NotebookError(f'{where}: {name}="…" is missing; kind={kind!r} needs one')
    _check_values(keys, where)
    if kind == "setup" and source.strip():
        raise NotebookError(f"{where}: a setup cell stays empty; put yours into a cell of its own")
    cell = Cell(kind, markdown, source, where, **keys)
    _check_marks(cell)
    return cell


def _check_values(keys: dict[str, Any], where: str) -> None:
    for name in ("id", "task", "item"):
        value = keys.get(name, "a")
        if not isinstance(value, str) or not _ID.fullmatch(value):
            raise NotebookError(
                f"{where}: {name}={value!r} must be small letters, digits and _, at most 48"
            )
    if keys.get("tests", "files") != "files":
        raise NotebookError(f'{where}: tests={keys["tests"]!r} can only be "files"')
    points = keys.get("points", 1)
    if isinstance(points, bool) or not isinstance(points, int | float) or not 0 < points <= 1000:
        raise NotebookError(f"{where}: points={points!r} must be a number above 0")


def _check_marks(cell: Cell) -> None:
    """Refuse marks that do not pair, or that nbgrader would not take out of such a cell."""
    pairs = (
        (BEGIN_SOLUTION, END_SOLUTION, ("answer", "written")),
        (BEGIN_HIDDEN, END_HIDDEN, ("check",)),
    )
    for begin, end, kinds in pairs:
        words = begin.removeprefix("### BEGIN ")
        marks = [line.strip() for line in cell.text.splitlines() if f" {words}" in line]
        if any(mark not in (begin, end) for mark in marks):
            raise NotebookError(f"{cell.where}: write the marks as '{begin}' and '{end}'")
        if marks and cell.kind not in kinds:
            raise NotebookError(
                f"{cell.where}: {words.lower()} belong in a cell with kind={kinds[0]!r}"
            )
        if marks != [begin, end] * (len(marks) // 2):
            raise NotebookError(f"{cell.where}: '{begin}' and '{end}' do not pair")
        if not marks and cell.kind == "answer" and kinds[0] == "answer":
            raise NotebookError(
                f"{cell.where}: the solution is not marked; put it between '{begin}' and '{end}'"
            )


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
