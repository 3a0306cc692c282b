"""The suites of one assignment: collected once by pytest, run against many submissions."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
import time
import types
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from _pytest.config import _prepareconfig
from _pytest.reports import TestReport
from _pytest.runner import runtestprotocol
from studentkit import task_of, title_of, trains_of, unscored_of
from studentkit.context import TestContext
from studentkit.declare import told_of

from autograder.core.errors import AutograderError
from autograder.core.failures import RecognisedError
from autograder.core.records import Outcome, Reason, Status
from autograder.execution import fault, proxies, requests, student_imports
from autograder.execution.errors import WorkerStopped
from autograder.execution.fault import TestTimeoutError
from autograder.execution.pictures import encoded
from autograder.execution.record import TestRecord
from autograder.execution.seeds import Seeds, random_noticed
from autograder.execution.session import Session
from autograder.sandbox.fork_server import ForkServerError

_NAME = "autograder"  # of our plugin, in pytest's registry
_MAX_MESSAGE = 1500
_GRACE_SECONDS = 2.0  # of a processor, for the test's own part
_SOON_SECONDS = 0.1  # until an alarm that came at a bad moment is tried again
_AGAIN_SECONDS = 0.25  # until one that nobody heard is; half of that the next time
_SHORTEST_SECONDS = 0.005
_MAX_PICTURES = 6  # of one test
_MARKERS = {
    "task(id)": "the task of assignment.toml that a test belongs to",
    "trains": "trains a network: it sees the larger data and is timed apart",
    "lends_stubs": "no other test expects what the functions return that it lends",
}
# Left out: what costs time in every test, writes to disk, or loads whatever is installed here.
_WITHOUT = "cacheprovider junitxml logging warnings doctest faulthandler stepwise pastebin".split()


class CollectionError(AutograderError):
    """A test file of the assignment cannot be used; the message says which and why."""


@dataclass(frozen=True)
class Watch:
    """What is known of earlier attempts to run these tests, and who follows this one."""

    spoilt: Mapping[str, str] = field(
        default_factory=dict
    )  # not run but failed: test id -> sentence
    begins: Callable[[str], None] = lambda test: None  # hears the id of each test that is run


@dataclass(frozen=True)
class Test:
    """One collected test."""

    __test__ = False  # nothing for pytest to collect

    id: str  # "public/test_loss.py::TestLoss::test_softmax"
    task: str
    title: str
    hidden: bool
    trains: bool
    item: Any  # pytest's own
    scored: bool = True
    lends_stubs: bool = False  # what its functions return is expected by no other test
    seeds: Seeds = field(default_factory=Seeds, compare=False, repr=False)

    @property
    def is_secret(self) -> bool:
        """Whether what student code learns from functions lent in it must not outlive it."""
        return self.hidden and not self.lends_stubs


def collect(
    root: Path,
    public: Path,
    hidden: Path | None,
    modules: frozenset[str],
    task_ids: frozenset[str],
) -> list[Test]:
    """Return the tests of the suites; pytest stays ready to run them while this process lives.

    `modules` are the top-level names that belong to the student. Raises CollectionError.
    """
    student_imports.install(modules)
    folders = [folder for folder in (public, hidden) if folder is not None and folder.is_dir()]
    for folder in folders:
        sys.path.append(str(folder))  # a test file may import its neighbours
    plugin = _Plugin(hidden, task_ids)
    arguments = [str(folder) for folder in folders]
    arguments += ["--rootdir", str(root), "--import-mode=importlib", "--capture=no", "-q"]
    arguments += ["-c", os.devnull, "--no-header", "--no-summary"]
    for name in _WITHOUT:
        arguments += ["-p", f"no:{name}"]
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    # As pytest.main does it, but for the end: there is none.
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            config = _prepareconfig(arguments, [plugin])
            session = pytest.Session.from_config(config)
            config._do_configure()
            config.hook.pytest_sessionstart(session=session)
            config.hook.pytest_collection(session=session)
        except pytest.UsageError as error:
            raise CollectionError(str(error)) from None
    if plugin.errors or not session.items:
        raise CollectionError(plugin.errors or f"there are no tests in {public}")
    modules_of_tests = [item.module for item in session.items if hasattr(item, "module")]
    seeds = Seeds(modules_of_tests, folders)
    return [plugin.test(item, seeds) for item in session.items]


class _Plugin:
    """Takes over pytest's making of reports."""

    def __init__(self, hidden: Path | None, task_ids: frozenset[str]) -> None:
        self._hidden, self._task_ids = hidden, task_ids
        self.errors = ""
        self.__name__ = _NAME  # by which pytest registers it
        self.alarm = _AlarmClock()
        self.failed_parts: list[Any] = []  # of the test that runs

    @staticmethod
    def of(item: Any) -> _Plugin:
        """Return the one that has collected `item`."""
        found: _Plugin = item.config.pluginmanager.get_plugin(_NAME)
        return found

    def pytest_configure(self, config: pytest.Config) -> None:
        for name, meaning in _MARKERS.items():
            config.addinivalue_line("markers", f"{name}: {meaning}")

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.errors += f"{report.nodeid}: {report.longreprtext.strip().splitlines()[-1]}\n"

    def test(self, item: Any, seeds: Seeds) -> Test:
        """Return what is known of a collected test; raises CollectionError."""
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
        stubs = item.get_closest_marker("lends_stubs") is not None
        return Test(test_id, task, title_of(function), hidden, trains, item, scored, stubs, seeds)

    @pytest.hookimpl
    def pytest_runtest_makereport(self, item: Any, call: Any) -> TestReport:
        # pytest's own formats a traceback with source for every failure; nobody reads those.
        found = call.excinfo
        skipped = found is not None and isinstance(found.value, pytest.skip.Exception)
        outcome: Any = "passed" if found is None else "skipped" if skipped else "failed"
        if found is not None and isinstance(found.value, TestTimeoutError):
            self.alarm.heard = True
        report = TestReport(
            item.nodeid, item.location, {}, outcome, None, call.when, [], call.duration, 0, 0
        )
        report.found = found  # type: ignore[attr-defined]
        return report

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:  # a subtest; the tests' own reports are not logged
            self.failed_parts.append(report)


Around = Callable[[Test], contextlib.AbstractContextManager[None]]


def alone(_: Test) -> contextlib.AbstractContextManager[None]:
    """Have nothing around a test."""
    return contextlib.nullcontext()


@dataclass(frozen=True)
class Scene:
    """What tests find when they run, and what is kept of them."""

    data: Mapping[str, Path] = field(default_factory=dict)  # folders, "small" and "training"
    source: str = "digits"  # what its images are
    services: Sequence[object] = ()  # found by tests in their context
    keep_calls: bool = False
    until_failure: bool = False  # leave out what follows the first test that does not pass
    pictures: bool = False  # keep those of public tests' figures
    watch: Watch = field(default_factory=Watch)
    around: Around = alone  # entered for each test


def run(tests: Sequence[Test], session: Session, scene: Scene) -> list[Outcome]:
    """Run `tests` against the submission behind `session`; one Outcome for each, in order.

    Raises ForkServerError when the grader's own machinery fails; a submission cannot cause that.
    """
    watch = scene.watch
    outcomes: list[Outcome] = []
    bound: set[int] = set()
    ready = None  # the test that pytest has prepared the way for
    try:
        quiet = warnings.catch_warnings(action="ignore")  # they quote lines of hidden tests
        talking = proxies.speaking_to(session, scene.services)
        unheard = contextlib.redirect_stdout(io.StringIO())  # what is printed between two tests
        with random_noticed(session), quiet, unheard, talking as context:
            context.source = scene.source
            for number, test in enumerate(tests):
                if scene.until_failure and outcomes and outcomes[-1].status is not Status.PASSED:
                    break
                over = session.over(test.trains)
                if test.id in watch.spoilt or over:
                    reason, sentence = Reason.TIME, f"{over[:1].upper()}{over[1:]}."
                    if test.id in watch.spoilt:
                        reason, sentence = Reason.CRASH, watch.spoilt[test.id]
                    _leave(ready)
                    ready = None
                    outcomes.append(_not_run(test, reason, sentence))
                    continue
                following = None  # pytest then tears everything down: nothing may follow
                if number + 1 < len(tests) and not scene.until_failure:
                    following = tests[number + 1].item
                watch.begins(test.id)
                context.wants_pictures = scene.pictures and not test.hidden
                with scene.around(test):
                    outcomes.append(_run_one(test, following, session, context, scene, bound))
                ready = following
    finally:
        session.stop()
    return outcomes


def _leave(item: Any) -> None:
    """Tear down what pytest keeps for `item`, which is not run after all."""
    if item is not None:
        with contextlib.suppress(Exception, TestTimeoutError):
            item.session._setupstate.teardown_exact(None)


def _not_run(test: Test, reason: Reason | None, sentence: str) -> Outcome:
    return Outcome(
        test=test.id,
        task=test.task,
        title=test.title,
        status=Status.FAILED,
        hidden=test.hidden,
        message="" if test.hidden else sentence,
        reason=reason,
        scored=test.scored,
    )


def _run_one(
    test: Test,
    following: Any,
    session: Session,
    context: TestContext,
    scene: Scene,
    bound: set[int],
) -> Outcome:
    kind = "training" if test.trains and "training" in scene.data else "small"
    mount = kind if kind in scene.data else None
    context.folder = str(scene.data.get(kind, ""))
    try:
        for _ in (1, 2):
            session.begin(mount, test.trains, str(test.item.path), test.is_secret)
            test.seeds.restart()
            context.take_shown()
            context.take_pictures()
            found, skipped = _protocol(test, following, session, bound)
            if not session.record.killed_from_outside:
                break  # a worker that something outside killed gets a second chance
        if isinstance(found, ForkServerError):
            raise found
        return _outcome(test, found, skipped, session, context, scene.keep_calls)
    except ForkServerError:
        raise
    except Exception as error:  # outside the test itself, so with what the submission sent
        reason, sentence = fault.of(error, session)
        return _not_run(test, reason, sentence)


def _protocol(
    test: Test, following: Any, session: Session, bound: set[int]
) -> tuple[BaseException | None, bool]:
    """Run setup, call and teardown; return the first exception, and whether the test skipped."""
    item, reports = test.item, []
    plugin = _Plugin.of(item)
    plugin.failed_parts.clear()
    found: BaseException | None = None
    try:
        with plugin.alarm.set_for(session), contextlib.redirect_stdout(io.StringIO()):
            module = getattr(item, "module", None)
            if module is not None and id(module) not in bound:
                bound.add(id(module))
                with contextlib.suppress(Exception, WorkerStopped):
                    student_imports.bind(vars(module), session)
                session.begin(session.data, test.trains, session.record.source, test.is_secret)
            reports = runtestprotocol(item, log=False, nextitem=following)
    except (Exception, TestTimeoutError) as error:  # in pytest's own code between two phases
        found = error
        _leave(item)
    for report in [*reports, *plugin.failed_parts]:
        if report.failed and found is None:
            excinfo = getattr(report, "found", None)
            found = excinfo.value if excinfo is not None else AssertionError("a part failed")
    return found, found is None and any(report.skipped for report in reports)


class _AlarmClock:
    """Interrupts the trusted side's own part of a test, again and again until that is heard.

    An exception that is raised while a weak reference's callback or a destructor runs is lost.
    """

    def __init__(self) -> None:
        self.heard = True
        self._again = _AGAIN_SECONDS
        self._began = 0.0  # processor time of this process when the test began

    @contextlib.contextmanager
    def set_for(self, session: Session) -> Iterator[None]:
        """Ring when the time of the test that `session` has begun is over."""
        previous = signal.signal(signal.SIGALRM, self._rings)
        self.heard, self._began, self._again = False, time.process_time(), _AGAIN_SECONDS
        try:
            self._wind(session.seconds_left() + _GRACE_SECONDS)
            yield
        finally:
            self.heard = True  # whatever rings from here on is too late
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, previous)

    @staticmethod
    def _wind(seconds: float) -> None:
        signal.setitimer(signal.ITIMER_REAL, max(seconds, 1e-4))  # 0 would stop it

    def _rings(self, _: int, __: types.FrameType | None) -> None:
        if self.heard:
            return
        session = proxies.current()
        if not session.interruptible:
            self._wind(_SOON_SECONDS)
            return
        left = session.seconds_left()
        if left > 0:  # the test was given more, as the machine is busy or the grader trained
            self._wind(left + _GRACE_SECONDS)
            return
        if time.process_time() - self._began < _GRACE_SECONDS and left > -60:
            self._wind(0.5)  # our own part has not had its time yet
            return
        # At no fixed distance: a loop of another length than ours might never be hit.
        self._wind(self._again * (time.perf_counter_ns() % 997 + 1) / 997)
        self._again = max(self._again / 2, _SHORTEST_SECONDS)  # ever less likely to miss again
        raise TestTimeoutError


def _withheld(message: str, record: TestRecord) -> str:
    """Return what a hidden test says of its failure, for the time when that may be told."""
    call = requests.as_typed(*record.asked)
    return f"{message[:_MAX_MESSAGE]}\nThe last call: {call}" if call else message[:_MAX_MESSAGE]


def _outcome(
    test: Test,
    found: BaseException | None,
    skipped: bool,
    session: Session,
    context: TestContext,
    keep_calls: bool,
) -> Outcome:
    record = session.record
    # Whatever the test itself made of it: a test cannot pass by catching the end of a worker.
    found = record.stopped or found
    status, reason, message = Status.PASSED, None, ""
    shown, pictures, how = [], [], context.take_how()
    if found is None and skipped:
        status = Status.FAILED if record.requests else Status.PASSED
        message = "The test was left out."
    if not test.hidden:
        try:
            shown = context.take_shown()
            taken = context.take_pictures()[:_MAX_PICTURES]
            pictures = [(title, encoded(pixels)) for title, pixels in taken]
        except Exception as error:  # what is to be shown is the submission's
            found = found or error
    if found is not None:
        status = Status.FAILED
        reason, message = fault.of(found, session)
    if status is Status.FAILED and record.changed and message:
        functions = ", ".join(filter(None, dict.fromkeys(record.changed))) or "Your code"
        message += f"\n{functions} changed an array that it was given; work on a copy."
    recognised = found if isinstance(found, RecognisedError) else None
    return Outcome(
        test=test.id,
        task=test.task,
        title=test.title,
        status=status,
        hidden=test.hidden,
        message="" if test.hidden else message[:_MAX_MESSAGE],
        withheld=_withheld(message, record) if test.hidden and found is not None else "",
        reason=reason,
        printed=tuple(record.printed),
        calls=tuple(record.calls) if keep_calls else (),
        mistake=recognised.mistake if recognised else "",
        hint=recognised.hint if recognised else "",
        unfinished=recognised.unfinished if recognised else False,
        scored=test.scored,
        shown=tuple(shown),
        pictures=tuple(pictures),
        how=how,
    )
