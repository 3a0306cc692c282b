"""Makes the master notebook of an assignment: what its source says, in nbgrader's words."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.core import manifest, rubric
from autograder.core.layout import Assignment
from autograder.notebooks.authored import leaves, setting_up
from autograder.notebooks.authored.source import Cell, NotebookError, read

BEGIN_SCHEME, END_SCHEME = "### BEGIN MARK SCHEME", "### END MARK SCHEME"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
_SCHEMA = 3  # of nbgrader's cell metadata
_nbformat: Any = nbformat  # its functions have no types


def master(assignment: Assignment) -> NotebookNode:
    """Return the notebook with solutions, hidden tests and mark schemes, as nbgrader wants it.

    The same source gives the same bytes: a cell's id is its author's, or says what it follows.
    Before each written cell comes its question, from the rubric, and in an answer cell the
    names that later cells use. Raises NotebookError, and what reading the manifest and the rubric
    raises.
    """
    cells = read(assignment.notebook)
    points = _points(cells, manifest.load(assignment.manifest))
    items = {item.id: item for item in rubric.load(assignment.rubric)}
    built: list[NotebookNode] = []
    last, number = "start", 0
    for position, cell in enumerate(cells):
        if cell.kind == "written":
            item = _item(cell, items)
            built.append(_given(_question(item), f"{cell.id}-question", markdown=True))
            built.append(_written(cell, item))
        elif cell.kind == "answer":
            text = leaves.told(cells, position)
            built.append(_code(text, cell.id, _words(solution=True)))
        elif cell.kind == "check":
            share = _words(grade=True, locked=True, points=points[cell.id])
            built.append(_code(cell.text, cell.id, share))
        elif cell.kind == "setup":
            built.append(_given(setting_up.WORDS, "set_up-words", markdown=True))
            built.append(_given(setting_up.code(assignment.id), "set_up", markdown=False))
            last, number = "set_up", 0
        else:
            number += 1
            name = cell.id or f"{last}-given-{number}"
            built.append(_given(cell.text, name, cell.markdown))
        if cell.id:
            last, number = cell.id, 0
    notebook: NotebookNode = _nbformat.v4.new_notebook(
        cells=built,
        metadata={
            "kernelspec": dict(KERNEL),
            "language_info": {
                "file_extension": ".py",
                "mimetype": "text/x-python",
                "name": "python",
            },
            "title": _title(assignment),
        },
    )
    notebook.nbformat_minor = 5
    _validate(notebook, assignment.notebook)
    return notebook


def written_items(assignment: Assignment) -> dict[str, rubric.Item]:
    """Return the rubric's item of each written cell, by the cell's id; {} without a notebook."""
    if not assignment.notebook.is_file():
        return {}
    items = {item.id: item for item in rubric.load(assignment.rubric)}
    cells = read(assignment.notebook)
    return {cell.id: _item(cell, items) for cell in cells if cell.kind == "written"}


def as_bytes(notebook: NotebookNode) -> bytes:
    """Write a notebook, always in the same way."""
    text: str = _nbformat.writes(notebook, version=nbformat.NO_CONVERT)
    return (text.rstrip("\n") + "\n").encode()


def from_bytes(content: bytes) -> NotebookNode:
    """Read one of our own notebooks, or what nbgrader made of it."""
    notebook: NotebookNode = _nbformat.reads(content.decode(), as_version=nbformat.NO_CONVERT)
    return notebook


def _points(cells: Sequence[Cell], declared: manifest.Manifest) -> dict[str, float]:
    """Return the points of every check; raises NotebookError where a task has not so many."""
    tasks = {task.id: task for task in declared.tasks}
    left = {task.id: task.points for task in declared.tasks}
    points: dict[str, float] = {}
    for cell in cells:
        if cell.kind != "check":
            continue
        if cell.task not in tasks:
            raise NotebookError(
                f"{cell.where}: task={cell.task!r} is no task of assignment.toml; "
                f"there is {', '.join(tasks)}"
            )
        share = left[cell.task] if cell.points is None else Fraction(str(cell.points))
        left[cell.task] -= share
        if left[cell.task] < 0 or not share:
            most = f"{float(tasks[cell.task].points):g}"
            raise NotebookError(
                f"{cell.where}: the checks of {cell.task} have more than its {most} points"
            )
        points[cell.id] = float(share)
    return points


def _item(cell: Cell, items: dict[str, rubric.Item]) -> rubric.Item:
    item = items.get(cell.item)
    if item is None:
        known = ", ".join(items) or "none"
        raise NotebookError(
            f"{cell.where}: item={cell.item!r} is no item of rubric.toml; there is {known}"
        )
    return item


def _question(item: rubric.Item) -> str:
    """Return what is asked, and for the person who grades what earns points."""
    worth = "1 point" if item.points == 1 else f"{float(item.points):g} points"
    lines = [f"### {item.title} ({worth})", "", item.text.strip()]
    if item.criteria:
        scheme = [f"- {float(one.points):g}: {one.words}" for one in item.criteria]
        lines += ["", BEGIN_SCHEME, "", "**What earns points**", "", *scheme, "", END_SCHEME]
    return "\n".join(lines)


def _words(
    grade: bool = False,
    solution: bool = False,
    locked: bool = False,
    points: float | None = None,
) -> dict[str, object]:
    words: dict[str, object] = {
        "grade": grade,
        "locked": locked,
        "schema_version": _SCHEMA,
        "solution": solution,
        "task": False,
    }
    return words if points is None else words | {"points": points}


def _given(text: str, name: str, markdown: bool) -> NotebookNode:
    words = _words(locked=True)
    return _markdown(text, name, words) if markdown else _code(text, name, words)


def _written(cell: Cell, item: rubric.Item) -> NotebookNode:
    words = _words(grade=True, solution=True, points=float(item.points))
    return _markdown(cell.text, cell.id, words)


def _markdown(text: str, name: str, words: dict[str, object]) -> NotebookNode:
    node: NotebookNode = _nbformat.v4.new_markdown_cell(text, id=name)
    node.metadata["nbgrader"] = words | {"grade_id": name}
    return node


def _code(text: str, name: str, words: dict[str, object]) -> NotebookNode:
    node: NotebookNode = _nbformat.v4.new_code_cell(text, id=name)
    node.metadata["nbgrader"] = words | {"grade_id": name}
    return node


def _title(assignment: Assignment) -> str:
    raw = tomllib.loads(assignment.manifest.read_text(encoding="utf-8"))
    return str(raw.get("notebook", {}).get("title", raw["title"]))


def _validate(notebook: NotebookNode, path: Path) -> None:
    from nbgrader.nbgraderformat import MetadataValidator, ValidationError

    try:
        nbformat.validate(notebook)
        MetadataValidator().validate_nb(notebook)
    except (nbformat.ValidationError, ValidationError) as error:
        raise NotebookError(f"{path}: makes no valid notebook ({error})") from None
