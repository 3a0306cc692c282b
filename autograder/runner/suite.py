"""The suites of one assignment: collected once by pytest, run against many submissions."""

from __future__ import annotations

import contextlib
import io
import os
import random
import signal
import sys
import time
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from _pytest.reports import TestReport
from _pytest.runner import runtestprotocol

from autograder.failures import RecognisedError, SuiteError
from autograder.records import Outcome, Reason, Status
from autograder.runner import names, remote
from autograder.runner.errors import SubmissionError, WorkerStopped
from autograder.runner.pictures import encoded
from autograder.runner.session import SEED, Record, Session
from autograder.sandbox.zygotes import ZygoteError

_MAX_MESSAGE = 1500
_GRACE_SECONDS = 2.0  # of a processor, for the test's own part
_MAX_PICTURES = 6  # of one test
# Left out: what costs time in every test, writes to disk, or loads whatever is installed here.
_WITHOUT = "cacheprovider junitxml logging warnings doctest faulthandler stepwise pastebin".split()


class CollectionError(Exception):
    """A test file of the assignment cannot be used; the message says which and why."""


class _TestTimeout(BaseException):
    """The trusted side's own part of a test runs too long, misled by a value."""


@dataclass(frozen=True)
class Test:
    """One collected test."""

    id: str  # "public/test_loss.py::TestLoss::test_softmax"
    task: str
    title: str
    hidden: bool
    trains: bool
    item: Any  # pytest's own
    scored: bool = True


def collected(
    root: Path,
    public: Path,
    hidden: Path | None,
    modules: frozenset[str],
    body: Callable[[list[Test]], None],
    task_ids: frozenset[str],
) -> None:
    """Collect the suites and call `body` with the tests, inside pytest's own loop.

    `modules` are the top-level names that belong to the student. Raises CollectionError.
    """
    names.install(modules)
    folders = [folder for folder in (public, hidden) if folder is not None and folder.is_dir()]
    for folder in folders:
        sys.path.append(str(folder))  # a test file may import its neighbours
    plugin = _Plugin(root, hidden, body, task_ids)
    arguments = [str(folder) for folder in folders]
    arguments += ["--rootdir", str(root), "--import-mode=importlib", "--capture=no", "-q"]
    arguments += ["-c", os.devnull, "--no-header", "--no-summary"]
    for name in _WITHOUT:
        arguments += ["-p", f"no:{name}"]
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    talk = io.StringIO()
    with contextlib.redirect_stdout(talk):
        code = pytest.main(arguments, plugins=[plugin])
    if plugin.problem is not None:
        raise plugin.problem
    if not plugin.ran:
        raise CollectionError(plugin.errors or talk.getvalue().strip() or f"pytest ended: {code}")


class _Plugin:
    """Takes over pytest's loop and its making of reports."""

    def __init__(
        self,
        root: Path,
        hidden: Path | None,
        body: Callable[[list[Test]], None],
        task_ids: frozenset[str],
    ) -> None:
        self._root, self._hidden, self._body, self._task_ids = root, hidden, body, task_ids
        self.ran = False
        self.errors = ""
        self.problem: BaseException | None = None

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.errors += f"{report.nodeid}: {report.longreprtext.strip().splitlines()[-1]}\n"

    def pytest_runtestloop(self, session: Any) -> bool:
        if self.errors:
            return True
        try:
            tests = [self._test(item) for item in session.items]
            self.ran = True
            self._body(tests)
        except BaseException as error:
            self.problem = error
            raise
        return True

    def _test(self, item: Any) -> Test:
        from studentkit import task_of, title_of, trains_of, unscored_of
        from studentkit.declare import told_of

        function = getattr(item, "function", None) or getattr(item, "obj", None)
        owner = getattr(item, "cls", None)
        marker = item.get_closest_marker("task")
        task = task_of(function, owner) or (marker.args[0] if marker and marker.args else None)
        relative = item.nodeid.split("::")[0]
        path = Path(item.path)
        hidden = self._hidden is not None and path.is_relative_to(self._hidden)
        hidden = hidden and not told_of(function)
        folder = "hidden" if hidden else "public"
        test_id = "::".join([f"{folder}/{path.name}", *item.nodeid.split("::")[1:]])
        if task is None:
            task = next(iter(self._task_ids)) if len(self._task_ids) == 1 else None
        if task not in self._task_ids:
            named = "names no task" if task is None else f"names the task '{task}'"
            raise CollectionError(
                f"{relative}: {item.name} {named}; declare it in assignment.toml and say "
                '@task("…") on the test or its class'
            )
        trains = trains_of(function, owner) or item.get_closest_marker("trains") is not None
        scored = not unscored_of(function, owner)
        return Test(test_id, task, title_of(function), hidden, trains, item, scored)

    @pytest.hookimpl
    def pytest_runtest_makereport(self, item: Any, call: Any) -> TestReport:
        # pytest's own formats a traceback with source for every failure; nobody reads those.
        found = call.excinfo
        skipped = found is not None and isinstance(found.value, pytest.skip.Exception)
        outcome: Any = "passed" if found is None else "skipped" if skipped else "failed"
        report = TestReport(
            item.nodeid, item.location, {}, outcome, None, call.when, [], call.duration, 0, 0
        )
        report.found = found  # type: ignore[attr-defined]
        return report

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:  # a subtest; the tests' own reports are not logged
            _failed_parts.append(report)


_failed_parts: list[Any] = []
_began = [0.0]  # processor time of this process when the test began
_SEED_NUMPY, _SEED_PYTHON = np.random.seed, random.seed


def _seed_both() -> None:
    """Start a test with the generators that the worker starts with."""
    _SEED_NUMPY(SEED)
    _SEED_PYTHON(SEED)


def run(
    tests: list[Test],
    session: Session,
    data: dict[str, Path],
    source: str,
    keep_calls: bool = False,
    until_failure: bool = False,
    pictures: bool = False,
) -> list[Outcome]:
    """Run `tests` against the submission behind `session`; one Outcome for each, in order.

    `data` maps "small" and "training" to folders; `until_failure` leaves out what follows the
    first test that does not pass; `pictures` keeps those of public tests' figures. Raises
    ZygoteError when the grader's own machinery fails; a submission cannot cause that.
    """
    from studentkit import provide_pictures

    remote.use(session)
    outcomes = []
    bound: set[int] = set()
    try:
        with _random_noticed(session):
            for number, test in enumerate(tests):
                following = None  # pytest then tears everything down: nothing may follow
                if number + 1 < len(tests) and not until_failure:
                    following = tests[number + 1].item
                provide_pictures(pictures and not test.hidden)
                outcomes.append(_run_one(test, following, session, data, source, keep_calls, bound))
                if until_failure and outcomes[-1].status is not Status.PASSED:
                    break
    finally:
        session.stop()
        remote.use(None)
    return outcomes


def _run_one(
    test: Test,
    following: Any,
    session: Session,
    data: dict[str, Path],
    source: str,
    keep_calls: bool,
    bound: set[int],
) -> Outcome:
    from studentkit import provide, take_pictures, take_shown

    kind = "training" if test.trains and "training" in data else "small"
    mount = kind if kind in data else None
    provide(str(data.get(kind, "")), source)
    for _ in (1, 2):
        session.begin(mount, test.trains)
        _seed_both()
        take_shown()
        take_pictures()
        found, skipped = _protocol(test, following, session, bound)
        if not session.record.killed_from_outside:
            break  # a worker that something outside killed gets a second chance
    record = session.record
    if isinstance(found, ZygoteError):
        raise found
    return _outcome(test, found, skipped, record, keep_calls)


def _protocol(
    test: Test, following: Any, session: Session, bound: set[int]
) -> tuple[BaseException | None, bool]:
    """Run setup, call and teardown; return the first exception, and whether the test skipped."""
    _failed_parts.clear()
    item = test.item
    output = io.StringIO()
    previous = signal.signal(signal.SIGALRM, _alarm)
    signal.setitimer(signal.ITIMER_REAL, session.seconds_left() + _GRACE_SECONDS)
    _began[0] = time.process_time()
    try:
        with contextlib.redirect_stdout(output):
            module = getattr(item, "module", None)
            if module is not None and id(module) not in bound:
                bound.add(id(module))
                with contextlib.suppress(SubmissionError, WorkerStopped):
                    names.bind(vars(module), session)
                session.begin(session.data, test.trains)
            reports = runtestprotocol(item, log=False, nextitem=following)
    except _TestTimeout as error:
        return error, False
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    for report in [*reports, *_failed_parts]:
        if report.failed:
            excinfo = getattr(report, "found", None)
            return (
                excinfo.value if excinfo is not None else AssertionError("a part failed")
            ), False
    return None, any(report.skipped for report in reports)


def _alarm(_: int, __: types.FrameType | None) -> None:
    session = remote.current()
    if not session.interruptible:
        signal.setitimer(signal.ITIMER_REAL, 0.1)  # try again in a moment
        return
    left = session.seconds_left()
    if left > 0:  # the test was given more, as the machine is busy or the grader trained
        signal.setitimer(signal.ITIMER_REAL, left + _GRACE_SECONDS)
        return
    if time.process_time() - _began[0] < _GRACE_SECONDS and session.seconds_left() > -60:
        signal.setitimer(signal.ITIMER_REAL, 0.5)  # our own part has not had its time yet
        return
    raise _TestTimeout


def _outcome(
    test: Test, found: BaseException | None, skipped: bool, record: Record, keep_calls: bool
) -> Outcome:
    status, reason, message = Status.PASSED, None, ""
    if record.stopped is not None:
        # Whatever the test itself made of it: a test cannot pass by catching this.
        status, reason, message = Status.FAILED, record.stopped.reason, record.stopped.sentence
        message = f"{message[:1].upper()}{message[1:]}."
    elif isinstance(found, _TestTimeout):
        status, reason = Status.FAILED, Reason.TIME
        message = "The test did not come to an end with what your code returned."
    elif isinstance(found, SuiteError) or (found is not None and record.requests == 0):
        status, message = Status.ERROR, f"{type(found).__name__}: {found}"
    elif found is not None:
        status, message = Status.FAILED, _explain(found, record)
        reason = found.reason if isinstance(found, SubmissionError) else None
    elif skipped:
        status = Status.FAILED if record.requests else Status.PASSED
        message = "The test was left out."
    if status is Status.FAILED and record.changed and message:
        functions = ", ".join(dict.fromkeys(record.changed))
        message += f"\n{functions} changed an array that it was given; work on a copy."
    if test.hidden and status is not Status.ERROR:
        message = ""
    from studentkit import take_pictures, take_shown

    shown = [] if test.hidden else take_shown()
    pictures = [] if test.hidden else take_pictures()
    recognised = found if isinstance(found, RecognisedError) and status is Status.FAILED else None
    return Outcome(
        test=test.id,
        task=test.task,
        title=test.title,
        status=status,
        hidden=test.hidden,
        message=message[:_MAX_MESSAGE],
        reason=reason,
        printed=tuple(record.printed),
        calls=tuple(record.calls) if keep_calls else (),
        mistake=recognised.mistake if recognised else "",
        hint=recognised.hint if recognised else "",
        unfinished=recognised.unfinished if recognised else False,
        scored=test.scored,
        shown=tuple(shown),
        pictures=tuple((title, encoded(pixels)) for title, pixels in pictures[:_MAX_PICTURES]),
    )


def _explain(found: BaseException, record: Record) -> str:
    if isinstance(found, SubmissionError):
        lines = [f"Your code raised {found.type_name}: {found.message}".rstrip(": ")]
        lines += [
            f"  {frame.path}, line {frame.line}, in {frame.function}: {frame.text}".rstrip(": ")
            for frame in found.frames[-3:]
        ]
        return "\n".join(lines)
    text = str(found).strip()
    if isinstance(found, AssertionError):
        return text or "The check failed."
    return f"The test could not use what your code returned: {type(found).__name__}: {text}"


@contextlib.contextmanager
def _random_noticed(session: Session) -> Iterator[None]:
    """Tell the session when a test seeds a generator, so that the worker follows."""
    numpy_seed, python_seed = _SEED_NUMPY, _SEED_PYTHON

    def seed_numpy(*arguments: Any, **named: Any) -> None:
        numpy_seed(*arguments, **named)
        session.random_moved("numpy")

    def seed_python(*arguments: Any, **named: Any) -> None:
        python_seed(*arguments, **named)
        session.random_moved("random")

    np.random.seed, random.seed = seed_numpy, seed_python
    try:
        yield
    finally:
        np.random.seed, random.seed = numpy_seed, python_seed
