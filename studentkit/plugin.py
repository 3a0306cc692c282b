"""The pytest plugin of a student's folder: the run ends with a table by task."""

from __future__ import annotations

import ast
import dataclasses
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from studentkit import hints, preflight, table
from studentkit.context import current
from studentkit.declare import task_of, title_of, unscored_of
from studentkit.handin import HERE, FolderError, HandIn, gather, read_assignment

_ASSERTED = re.compile(
    r"^\w+ is not (true|false|None) : (?=.)"
)  # unittest says it before the message
_OURS = ("tests", "studentkit")  # folders whose lines are not the student's to change


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that a notebook's checks use."""
    parser.addoption(
        "--table-to", metavar="FILE", help="write the table by task to FILE too, as JSON"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the table unless this run only lists tests; be brief where nothing was asked."""
    if config.option.collectonly or config.pluginmanager.has_plugin("studentkit"):
        return
    option = config.option
    if option.tbstyle == "auto":
        option.tbstyle = "short"
    if option.reportchars == "fE":  # the table lists the failures
        option.reportchars = "N"
    option.continue_on_collection_errors = True
    config.pluginmanager.register(Standing(HERE, option.table_to), "studentkit")


class Standing:
    """Records outcomes while tests run and writes the table at the end."""

    def __init__(self, folder: Path, table_to: str | None = None) -> None:
        self.folder = folder
        self.table_to = table_to
        self.tests: dict[str, tuple[str | None, str]] = {}  # node id -> task, sentence
        self.unscored: set[str] = set()  # node ids of tests that only tell something
        self.shown: dict[str, list[str]] = {}  # node id -> what such a test has shown
        self.passed: set[str] = set()
        self.failed: dict[str, str] = {}  # node id -> what to look at
        self.hints: dict[str, str] = {}  # node id -> the hint of a mistake that was recognised
        self.locks = hints.read_locks(Path(__file__).parent)
        self.skipped: set[str] = set()
        self.unstarted: dict[Path, str] = {}  # test file -> why its import failed
        self.deselected = 0

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        """Count what `-k` and the like left out."""
        self.deselected += len(items)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Note each test's task and sentence."""
        for item in items:
            function = getattr(item, "obj", None)
            if function is None:
                continue
            title = title_of(function)
            if hasattr(item, "callspec"):
                title = f"{title} [{item.callspec.id}]"
            task = task_of(function, getattr(item, "cls", None))
            self.tests[item.nodeid] = (task, table.shorten(title))
            if unscored_of(function, getattr(item, "cls", None)):
                self.unscored.add(item.nodeid)

    def pytest_exception_interact(self, node: Any, call: pytest.CallInfo[Any], report: Any) -> None:
        """Note why a test file could not be imported, or what a test's failure says."""
        if call.excinfo is None:
            return
        if isinstance(node, pytest.Item):
            if not self.failed.get(node.nodeid):
                self.failed[node.nodeid] = self._look(call.excinfo)
                if isinstance(call.excinfo.value, AssertionError):
                    said = str(call.excinfo.value)
                    self.hints[node.nodeid] = hints.unlock(self.locks, node.nodeid, said)
        elif isinstance(node, pytest.Module):
            sentence = self._import_failure(call.excinfo.value)
            self.unstarted[node.path] = sentence
            cause = call.excinfo.value.__cause__
            if isinstance(cause, SyntaxError) and node.config.option.tbstyle == "short":
                # the way through the import system says nothing; the offending line says all
                report.longrepr = f"{sentence}\n    {table.shorten(cause.text or '')}"

    def pytest_runtest_teardown(self, item: pytest.Item) -> None:
        """Keep what the test has shown."""
        self.shown[item.nodeid] = [text for text, _ in current().take_shown()]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note an outcome."""
        if report.failed:
            self.failed.setdefault(report.nodeid, "")
        elif report.skipped:
            self.skipped.add(report.nodeid)
        elif report.when == "call":
            self.passed.add(report.nodeid)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Write the table and the warnings before submitting."""
        glyphs = table.glyphs_for(sys.__stdout__)
        try:
            assignment = read_assignment(self.folder)
            gathered = gather(self.folder, assignment.submit)
            rows = self._rows(assignment)
            if self.table_to:
                named = zip(assignment.tasks, rows, strict=True)
                content = {task.id: dataclasses.asdict(row) for task, row in named}
                Path(self.table_to).write_text(json.dumps(content), encoding="utf-8")
            lines = table.draw(assignment.title, rows, self._notes(assignment), glyphs)
            lines += table.told(self._told(), glyphs)
            findings = preflight.inspect(self.folder, assignment, gathered)
            lines += preflight.draw(assignment, gathered, findings, glyphs)
        except FolderError as error:
            lines = [table.TableLine(), *table.wrapped(f"No table by task: {error}", "", "yellow")]
        for line in lines:
            terminalreporter.write_line(line.text, **({line.style: True} if line.style else {}))

    def _rows(self, assignment: HandIn) -> list[table.Row]:
        rows = {task.id: table.Row(task.title, task.points) for task in assignment.tasks}
        for file, sentence in sorted(self.unstarted.items()):
            for name, count in tests_by_task(file).items():
                if name in rows:
                    rows[name].total += count
                    what = "1 test" if count == 1 else f"{count} tests"
                    rows[name].failures.append(
                        table.FailedTest(f"{what} of {file.name} could not start.", sentence)
                    )
        for test, (named, sentence) in self.tests.items():
            if named is None or named not in rows or test in self.unscored:
                continue
            if test in self.skipped - self.failed.keys():
                continue
            rows[named].total += 1
            if test in self.failed:
                hint = self.hints.get(test, "")
                rows[named].failures.append(table.FailedTest(sentence, self.failed[test], hint))
            elif test in self.passed:
                rows[named].passed += 1
        for task in assignment.tasks:
            wrong = [rows[one] for one in task.needs if one in rows and rows[one].failures]
            if rows[task.id].failures:
                rows[task.id].first = tuple(row.title for row in wrong)
        return list(rows.values())

    def _told(self) -> list[table.Told]:
        """Return what the tests without points have told, in their order."""
        rows = []
        for test in self.tests:
            if test in self.unscored and (test in self.passed or test in self.failed):
                text = "; ".join(self.shown.get(test, [])) or self.failed.get(test, "")
                rows.append(table.Told(test in self.passed, text))
        return rows

    def _notes(self, assignment: HandIn) -> list[str]:
        notes = []
        known = {task.id for task in assignment.tasks}
        others = sum(task not in known for task, _ in self.tests.values())
        if others:
            notes.append(f"Tests without a task of this assignment, not in the table: {others}.")
        left = len(self.tests.keys() - self.failed.keys() - self.passed - self.skipped)
        if left:
            notes.append(f"The run stopped early; tests that did not run: {left}.")
        if self.skipped - self.failed.keys():
            notes.append(f"Skipped tests, not counted: {len(self.skipped - self.failed.keys())}.")
        files = {Path(test.partition("::")[0]).name for test in self.tests}
        files |= {file.name for file in self.unstarted}
        missing = {file.name for file in (self.folder / "tests").glob("test_*.py")} - files
        if missing or self.deselected:
            notes.append(
                "This run left out part of the public tests, so the estimate covers the rest only; "
                "run pytest without arguments for all of them."
            )
        return notes

    def _look(self, failure: pytest.ExceptionInfo[BaseException]) -> str:
        """Return the first line of what went wrong, and the student's line where it happened."""
        text = failure.exconly()
        for kind in ("AssertionError", "NotImplementedError"):
            text = text.removeprefix(kind).lstrip(":") if text.startswith(kind) else text
        first = next((line.strip() for line in text.splitlines() if line.strip()), failure.typename)
        place = self._place(failure.value)
        first = _ASSERTED.sub("", first)
        look: str = table.shorten(f"{first} ({place})" if place else first)
        return look

    def _import_failure(self, error: BaseException) -> str:
        cause = error.__cause__ or error
        if isinstance(cause, SyntaxError) and cause.filename:
            place = self._relative(cause.filename) or cause.filename
            text = f"{place}:{cause.lineno} is not valid Python ({cause.msg})"
        else:
            place = self._place(cause)
            what = f"{type(cause).__name__}: {cause}"
            text = f"{place} cannot be imported ({what})" if place else what
        look: str = table.shorten(text)
        return look

    def _place(self, error: BaseException) -> str:
        """Return "utils.py:12", the innermost of the student's own lines; "" without one."""
        place, trace = "", error.__traceback__
        while trace is not None:
            path = self._relative(trace.tb_frame.f_code.co_filename)
            if path and path.partition("/")[0] not in _OURS:
                place = f"{path}:{trace.tb_lineno}"
            trace = trace.tb_next
        return place

    def _relative(self, file: str) -> str:
        path = Path(file)
        if path.is_relative_to(self.folder) and "site-packages" not in path.parts:
            return path.relative_to(self.folder).as_posix()
        return ""


def tests_by_task(file: Path) -> dict[str, int]:
    """Count the tests of `file` by the task they name, without importing it."""
    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return {}
    counts: dict[str, int] = {}
    for node in tree.body:
        owner = None
        members: list[ast.stmt] = [node]
        if isinstance(node, ast.ClassDef):
            owner, members = _declared(node), node.body
        for member in members:
            if isinstance(member, ast.FunctionDef) and member.name.startswith("test"):
                task = _declared(member) or owner
                if task:
                    counts[task] = counts.get(task, 0) + 1
    return counts


def _declared(node: ast.FunctionDef | ast.ClassDef) -> str | None:
    """Return the id in the decorator `@task("id")` or `@studentkit.task("id")`."""
    for decorator in node.decorator_list:
        if not isinstance(decorator, ast.Call) or not decorator.args:
            continue
        name = decorator.func
        short = name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", "")
        first = decorator.args[0]
        if short == "task" and isinstance(first, ast.Constant) and isinstance(first.value, str):
            return first.value
    return None
