"""What is still to be done in a folder, as far as can be seen without running anything."""

from __future__ import annotations

import ast
import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from studentkit.answersheet import MODULE, names_of
from studentkit.handin import Gathered, HandIn
from studentkit.notation import Unreadable, read_value
from studentkit.patterns import unmatched
from studentkit.rules import Finding
from studentkit.survey import texts

RULE = "unfinished"
_NAMED = 6  # things of one kind that are named; the others are counted
_STUB = {"# YOUR CODE HERE", "raise NotImplementedError()", "YOUR ANSWER HERE"}


def unfinished(
    folder: Path,
    assignment: HandIn,
    gathered: Gathered,
    skeleton: Mapping[str, Any],
    submission: Mapping[str, Any],
) -> list[Finding]:
    """Return what is as it was handed out: functions, typed answers, cells, files.

    `skeleton` is the survey that came with the zip, `submission` that of the folder.
    """
    found = [_functions(skeleton, submission), *_answers(folder, gathered), *_notebooks(gathered)]
    for pattern in unmatched(assignment.submit, gathered.files):
        sentence = f"nothing matches {pattern}, which is handed in too"
        found.append(Finding(RULE, sentence, pattern))
    return [one for one in found if one is not None]


def _functions(skeleton: Mapping[str, Any], submission: Mapping[str, Any]) -> Finding | None:
    if "given" not in skeleton:  # a zip of an earlier release
        return None
    mine = texts(submission)
    untouched = [
        name
        for name, text in texts(skeleton).items()
        if name not in skeleton["given"] and mine.get(name) == text
    ]
    if not untouched:
        return None
    still = "still as you got "
    return Finding(RULE, _sentence(untouched, "function", f"{still}it", f"{still}them"))


def _answers(folder: Path, gathered: Gathered) -> Iterator[Finding]:
    """Look at the answers that are written as literals; others are known when they are run."""
    source = gathered.files.get(f"{MODULE}.py")
    try:
        tables = tomllib.loads((folder / "questions.toml").read_text(encoding="utf-8"))["questions"]
        tree = ast.parse(source or b"")
    except (OSError, ValueError, KeyError, SyntaxError, RecursionError, MemoryError):
        return  # no questions here, or a file that is named as no valid Python
    given: dict[str, ast.expr] = {}
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            targets = [one.id for one in statement.targets if isinstance(one, ast.Name)]
            given |= dict.fromkeys(targets, statement.value)
    blank = [str(one["name"]) for one in tables if _is_blank(given.get(str(one["name"])))]
    if blank:
        yield Finding(RULE, _sentence(blank, "typed answer", "blank", "blank"))
    for table in tables:
        name = str(table["name"])
        node = given.get(name)
        if name in blank or not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        try:
            read_value(node.value, names_of(table))
        except Unreadable as error:
            yield Finding(RULE, f"{MODULE}.py:{node.lineno} {name} cannot be read: {error}")


def _is_blank(node: ast.expr | None) -> bool:
    if node is None:
        return True
    if isinstance(node, ast.Constant):
        return node.value in (None, ...) or (isinstance(node.value, str) and not node.value.strip())
    return isinstance(node, ast.List | ast.Tuple) and all(map(_is_blank, node.elts))


def _notebooks(gathered: Gathered) -> Iterator[Finding]:
    names = [name for name in gathered.files if name.lower().endswith(".ipynb")]
    if len(names) > 1:
        shown = ", ".join(names[:_NAMED])
        sentence = f"{len(names)} notebooks are handed in ({shown}): keep the one that counts"
        yield Finding(RULE, f"{sentence}; the grader takes the one with most work in it")
    for name in names:
        try:
            cells = json.loads(gathered.files[name])["cells"]
            sources = ["".join(cell["source"]).splitlines() for cell in cells]
        except (ValueError, KeyError, TypeError, RecursionError):
            yield Finding(RULE, f"{name} cannot be read as a notebook; save it again in Jupyter")
            continue
        blank = sum(bool(lines) and {line.strip() for line in lines} <= _STUB for lines in sources)
        if blank:
            yield Finding(
                RULE, f"{name}: {blank} answer cell{'s are' if blank > 1 else ' is'} blank"
            )


def _sentence(names: list[str], what: str, one: str, many: str) -> str:
    shown = ", ".join(names[:_NAMED])
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    if len(names) == 1:
        return f"1 {what} is {one}: {shown}"
    return f"{len(names)} {what}s are {many}: {shown}{more}"
