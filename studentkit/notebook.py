"""What a notebook beside the student's files uses: their tests, and typed answers read back.

Needs the standard library, and pytest for `passes`: it travels in the student's zip.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import runpy
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from studentkit.answersheet import MODULE, names_of, plain, spoken
from studentkit.handin import HERE, gather, read_assignment
from studentkit.notation import Unreadable, read_value

_TESTS = ("tests/*.py", "conftest.py", "studentkit/*.py")


def passes(task: str, folder: Path = HERE) -> None:
    """Print how the tests of `task` in `folder` stand; raises AssertionError unless all pass.

    All tests run together, in a process of their own, once for each state of the files.
    """
    rows = _rows(folder)
    if task not in rows:
        raise AssertionError(f"{task} is no task of assignment.toml; there is {', '.join(rows)}")
    row = rows[task]
    words = f"{row['title']}: {row['passed']} of {row['total']} tests pass"
    if row["failures"]:
        lines = [f"  {one['sentence']}\n    {one['look']}" for one in row["failures"]]
        lines += [f"  Hint: {one['hint']}" for one in row["failures"] if one["hint"]]
        raise AssertionError("\n".join([words, *lines]))
    if not row["total"]:
        words = f"{row['title']}: the tests of this task are the course's only"
    print(words)


def _rows(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the table by task that `pytest` ends with; raises AssertionError without one."""
    patterns = (*read_assignment(folder).submit, *_TESTS)
    sha = hashlib.sha256(str(folder).encode())
    for path, content in gather(folder, patterns).files.items():
        if path.endswith(".py"):
            sha.update(f"{path}:{len(content)}:".encode() + content)
    return _rows_of(folder, sha.hexdigest())


@cache
def _rows_of(folder: Path, state: str) -> dict[str, dict[str, Any]]:
    """Run the tests; once for each `state` of the folder."""
    del state
    with tempfile.TemporaryDirectory() as place:
        target = Path(place, "table.json")
        said = _run(folder, ["-q", f"--table-to={target}"])
        if not target.is_file():
            raise AssertionError(f"pytest did not come to its table:\n{said.strip()[-1000:]}")
        rows: dict[str, dict[str, Any]] = json.loads(target.read_text("utf-8"))
    return rows


def _run(folder: Path, options: list[str]) -> str:
    """Run pytest in `folder`, in a process of its own or, where none may be made, in this one."""
    command = [sys.executable, "-m", "pytest", *options]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        return done.stdout + done.stderr
    except OSError as error:  # a confined kernel makes no processes
        why = error
    try:
        import pytest
    except ImportError:
        raise AssertionError(f"the tests cannot be run here ({why})") from None
    printed = io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(printed):
        pytest.main([*options, "--capture=sys", "-p", "no:cacheprovider"])
    return printed.getvalue()


def typed_answers(task: str, folder: Path = HERE) -> dict[str, Any]:
    """Return the answers of `task` that are typed in answers.py, by question.

    Raises AssertionError where one is still empty, AttributeError where one is not in the file.
    """
    asked = [name for name, one in _questions(folder).items() if one["task"] == task]
    saved = _saved(folder)
    typed = {name: _named(name, saved) for name in asked}
    empty = [name for name, answer in typed.items() if answer is None or str(answer).strip() == ""]
    assert asked, f"no typed question belongs to {task}"
    assert not empty, f"still to be typed in answers.py: {', '.join(empty)}"
    return typed


def read_back(*names: str, folder: Path = HERE) -> Sheet:
    """Return how the answers in answers.py are read, typeset: those of `names`, or all."""
    questions, saved = _questions(folder), _saved(folder)
    return Sheet(Read(name, folder=folder, saved=saved) for name in names or questions)


def _questions(folder: Path) -> dict[str, dict[str, Any]]:
    sheet = tomllib.loads((folder / "questions.toml").read_text("utf-8"))
    return {question["name"]: question for question in sheet["questions"]}


def _saved(folder: Path) -> dict[str, Any]:
    """Return the answers as the file says now: a kernel that imported it keeps what it was then."""
    return runpy.run_path(str(folder / f"{MODULE}.py"))


def _named(name: str, saved: Mapping[str, Any]) -> Any:
    if name not in saved:
        raise AttributeError(f"{MODULE}.py does not define {name}")
    return saved[name]


class Read:
    """How one answer is read; `answer` is what answers.py says unless something else is given.

    `saved` is what answers.py defines, for whoever has run it already.
    """

    def __init__(
        self,
        name: str,
        answer: Any = None,
        folder: Path = HERE,
        *,
        saved: Mapping[str, Any] | None = None,
    ) -> None:
        questions = _questions(folder)
        if name not in questions:
            raise ValueError(f"{name} is no typed question; there is {', '.join(questions)}")
        self.name = name
        self.asked = str(questions[name]["text"])
        try:
            if answer is None:
                answer = _named(name, _saved(folder) if saved is None else saved)
            reading = read_value(plain(answer), names_of(questions[name]))
            self.text = f"{reading.text()}   ({spoken(reading.shape)})"
            self.mathml = reading.mathml()
        except (Unreadable, AttributeError) as error:
            self.text, self.mathml = str(error), ""

    def __repr__(self) -> str:
        return f"{self.name} = {self.text}"

    def row(self) -> str:
        """Return the table's row: the question, and the answer typeset, or why it is none."""
        shown = self.mathml or f"<em>{escape(self.text)}</em>"
        cells = (f"<code>{self.name}</code>", escape(self.asked), shown)
        return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"

    def _repr_html_(self) -> str:
        return f"<table>{self.row()}</table>"


class Sheet(list[Read]):
    """Several answers, one below the other."""

    def __repr__(self) -> str:
        return "\n".join(map(repr, self))

    def _repr_html_(self) -> str:
        return f"<table>{''.join(one.row() for one in self)}</table>"
