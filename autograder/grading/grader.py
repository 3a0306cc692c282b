"""Everything that grading one assignment needs, prepared once and used for many submissions."""

from __future__ import annotations

import dataclasses
import importlib
import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studentkit.ahead import Ahead
from studentkit.survey import survey, texts

from autograder.core import mistakes as mistake_library
from autograder.core import scoring
from autograder.core.agreements import on_outcomes, on_score, on_tasks, on_verdicts, overrides
from autograder.core.cache import Cache
from autograder.core.files import folder_files
from autograder.core.layout import Assignment
from autograder.core.manifest import Manifest
from autograder.core.records import (
    Agreement,
    Grade,
    Kind,
    Mark,
    Outcome,
    Submission,
    UnreadableSubmission,
    given,
)
from autograder.core.rubric import Item, unmarked
from autograder.execution import suite
from autograder.execution.declared import Declared
from autograder.execution.given import Given
from autograder.execution.session import Session
from autograder.execution.suite import Around, Scene, Test, Watch, alone
from autograder.grading.answered import answered_by_worker
from autograder.grading.diagnosis.clusters import failures
from autograder.grading.diagnosis.library import Library, Progress, learn, recall
from autograder.grading.diagnosis.naming import name_mistakes
from autograder.grading.error_carried_forward import carry, lendable
from autograder.grading.files import lasting
from autograder.grading.lending import Lender
from autograder.grading.lent_code import lent_code
from autograder.grading.options import GradingOptions
from autograder.grading.policy import judged, surveyed
from autograder.sandbox.fork_server import Branch, ForkServer, Parent

if TYPE_CHECKING:
    from autograder.notebooks.kernel.warm import Kernels
    from autograder.notebooks.submitted.handed_in import Notebook

_BY_FILES = "The tests of the files decide; the report tells how they went."
_NOTHING = Library(())


def started(options: GradingOptions, manifest: Manifest, wait: bool = True) -> ForkServer:
    """Start a fork server for an assignment; raises ForkServerError."""
    return ForkServer(
        options.tier,
        manifest.packages,
        manifest.preload,
        options.data,
        manifest.data_mount,
        wait=wait,
    )


@dataclass
class Grader:
    """The prepared state of one process: manifest, skeleton's survey, tests."""

    options: GradingOptions
    assignment: Assignment
    manifest: Manifest
    tests: list[Test]
    skeleton: dict[str, Any]
    salt: str
    mistake_source: bytes = b""
    written: tuple[Item, ...] = ()
    collected: tuple[Test, ...] = ()  # `tests`, and those that train where they were left out
    notebook: Notebook | None = None
    services: tuple[object, ...] = ()  # that tests may use while they run
    root: ForkServer | None = None  # begun with the grader; what works in forks has its branches

    @property
    def left_out(self) -> frozenset[str]:
        """The tasks that this level of grading measures nothing of."""
        known = {test.task for test in self.collected if test.scored}
        return frozenset(known - {test.task for test in self.tests if test.scored})

    @property
    def max_score(self) -> Fraction:
        """Points of the tasks that are measured."""
        tasks = (task for task in self.manifest.tasks if task.id not in self.left_out)
        return sum((task.points for task in tasks), Fraction(0))

    @property
    def data_sentence(self) -> str:
        """Say in a report which level and which data it is about, and what was not measured."""
        titles = [task.title for task in self.manifest.tasks if task.id in self.left_out]
        if not titles:
            return self.options.data_sentence
        return f"{self.options.data_sentence}; not measured: {', '.join(titles)}"

    @property
    def reference_files(self) -> dict[str, bytes]:
        """The reference as a submission's files."""
        more = self.notebook.reference if self.notebook else {}
        return {**folder_files(self.assignment.solution), **more}

    @property
    def skeleton_files(self) -> dict[str, bytes]:
        """The untouched skeleton as a submission's files."""
        more = self.notebook.skeleton if self.notebook else {}
        return {**folder_files(self.assignment.skeleton), **more}

    def settle(self) -> None:
        """Work out now what every fork would otherwise work out again."""
        _ = self.declared, self.lent, self._to_write, self._given_functions

    def work_ahead(self) -> None:
        """Work out what test files have declared with `studentkit.ahead`."""
        modules = {id(test.item.module): test.item.module for test in self.tests}
        for module in modules.values():
            for thing in list(vars(module).values()):
                if type(thing) is Ahead:  # asking a name of the submission would call it
                    thing.work_out(self.options.training_tests)

    @cached_property
    def declared(self) -> Declared:
        """The names that students are asked for."""
        return Declared(self.skeleton, Given(self.skeleton_files, self.reference_files))

    @cached_property
    def lent(self) -> dict[str, Any]:
        """What answers in place of functions that a submission got wrong."""
        functions = lendable(self.manifest)
        return lent_code(self.reference_files, functions, self.declared.classes())

    def fork_server(self, wait: bool = True) -> ForkServer:
        """Start a fork server for this assignment."""
        return started(self.options, self.manifest, wait)

    def branch(self) -> Branch:
        """Return a fork server of this process's own, forked from one that is warm.

        Raises ForkServerError.
        """
        if self.root is None or not self.root.alive():
            self.root = self.fork_server()
        return self.root.branch()

    def _session(
        self, fork_server: Parent, files: dict[str, bytes], mistakes: Sequence[str] = ()
    ) -> Session:
        limits, mount = self.manifest.limits, self.manifest.data_mount
        session = Session(fork_server, files, limits, mount, self.declared)
        for mistake in mistakes:
            session.use_mistake(self.mistake_source, mistake)
        return session

    def run(
        self,
        fork_server: Parent,
        files: dict[str, bytes],
        mistakes: Sequence[str] = (),
        keep_calls: bool = False,
        tests: Sequence[Test] | None = None,
        until_failure: bool = False,
    ) -> list[Outcome]:
        """Run `tests` (all of them) against `files`, with the known `mistakes` put in.

        `until_failure` leaves out what follows the first test that does not pass.
        """
        session = self._session(fork_server, files, mistakes)
        return self._outcomes(
            session, self.tests if tests is None else tests, keep_calls, until_failure
        )

    def session(self, fork_server: Parent, files: dict[str, bytes]) -> Session:
        """Make a session for `run_in`."""
        return self._session(fork_server, files)

    def run_in(
        self, session: Session, tests: Sequence[Test], around: Around = alone
    ) -> list[Outcome]:
        """Run `tests` in a session that the caller has made, each inside `around(test)`."""
        return self._outcomes(session, tests, around=around)

    def judge(
        self,
        fork_server: Parent,
        files: dict[str, bytes],
        mistakes: Sequence[str] = (),
        tests: Sequence[Test] | None = None,
    ) -> list[Outcome]:
        """Run `tests` as for a grade: failed ones once more with wrong upstream tasks supplied."""
        tests = self.tests if tests is None else tests
        session = self._session(fork_server, files, mistakes)
        outcomes = self._outcomes(session, tests)
        return self._carried(fork_server, files, mistakes, tests, outcomes)

    def _carried(
        self,
        fork_server: Parent,
        files: dict[str, bytes],
        mistakes: Sequence[str],
        tests: Sequence[Test],
        outcomes: list[Outcome],
        watch: Watch | None = None,
        unwritten: frozenset[str] = frozenset(),
    ) -> list[Outcome]:
        return carry(
            self.manifest,
            tests,
            outcomes,
            lambda: self._session(fork_server, files, mistakes),
            Lender(fork_server, self.lent, self.manifest.limits),
            lambda chosen, session, around: self._outcomes(
                session, chosen, watch=watch, around=around
            ),
            unwritten,
        )

    def _unwritten(self, facts: dict[str, Any] | str) -> frozenset[str]:
        """Return the functions that a submission has left as they are in the skeleton."""
        mine = texts(facts)
        return frozenset(name for name, text in self._to_write.items() if mine.get(name) == text)

    @cached_property
    def _given_functions(self) -> frozenset[str]:
        """The functions of the skeleton that are as the reference has them."""
        return frozenset(texts(self.skeleton)) - frozenset(self._to_write)

    @cached_property
    def _to_write(self) -> dict[str, str]:
        """The skeleton's texts of functions that the reference has otherwise."""
        reference = texts(survey(self.reference_files))
        return {
            name: text
            for name, text in texts(self.skeleton).items()
            if reference.get(name, text) != text
        }

    def _outcomes(
        self,
        session: Session,
        tests: Sequence[Test],
        keep_calls: bool = True,
        until_failure: bool = False,
        pictures: bool = False,
        watch: Watch | None = None,
        around: Around = alone,
    ) -> list[Outcome]:
        scene = Scene(
            self.options.data,
            self.options.data_source,
            self.services,
            keep_calls,
            until_failure,
            pictures,
            watch or Watch(),
            around,
        )
        return suite.run(tests, session, scene)

    def library(self, jobs: int | None = None, progress: Progress | None = None) -> Library:
        """Return what is known of this assignment's mistakes, learnt now or earlier.

        Raises PoolError, MistakesError.
        """
        return library_of(self.options, self.assignment, lambda: self.learn(jobs, progress))

    def learn(self, jobs: int | None = None, progress: Progress | None = None) -> dict[str, Any]:
        """Run the reference with every known mistake; return what it replies, as plain data."""
        reference = self.reference_files

        def run(fork_server: Parent, mistakes: list[str], tests: list[Test]) -> list[Outcome]:
            return self.run(fork_server, reference, mistakes, keep_calls=True, tests=tests)

        known = mistake_library.load(self.assignment.mistakes)
        return learn(known, self.tests, run, self.branch, jobs, progress)

    def grade(
        self,
        fork_server: Parent,
        submission: Submission,
        library: Library = _NOTHING,
        marks: Sequence[Mark] | None = None,
        watch: Watch | None = None,
        agreed: Sequence[Agreement] = (),
        due: datetime | None = None,
    ) -> Grade:
        """Grade one submission; `marks` are what a person gave for the written questions.

        With marks, written questions count in the score and in what can be reached; without,
        the report only says that they are still to be graded. What was `agreed` about this one
        comes after its tests; `due` is its own due time. Raises ForkServerError when the
        machinery fails.
        """
        if self.notebook is not None:
            submission = self.notebook.put_in(submission)
        session = self._session(fork_server, submission.files)
        facts = surveyed(session)
        verdicts = judged(facts, self.skeleton, self.manifest)
        outcomes = self._outcomes(session, self.tests, pictures=True, watch=watch)
        outcomes = self._carried(
            fork_server, submission.files, (), self.tests, outcomes, watch, self._unwritten(facts)
        )
        verdicts += scoring.judge_printing(self.manifest.policy, outcomes, self._given_functions)
        verdicts += scoring.judge_lateness(
            self.manifest.policy.lateness,
            submission.submitted_at,
            due or self.options.due,
            believed=self.options.trust_file_times or not submission.has_file_time,
        )
        outcomes = name_mistakes(outcomes, library)
        if not self.options.explains:
            outcomes = [dataclasses.replace(one, withheld="") for one in outcomes]
        outcomes = on_outcomes(agreed, outcomes)
        verdicts = on_verdicts(agreed, verdicts)
        tasks = scoring.task_scores(self.manifest, outcomes, self.left_out, library.costs)
        tasks = on_tasks(agreed, tasks)
        raw = sum((task.score for task in tasks), Fraction(0))
        late = any(verdict.rule == "lateness" for verdict in verdicts)
        by_rules = scoring.apply(verdicts, tasks) + given(marks or ())
        score = on_score(agreed, by_rules)
        return Grade(
            submission=submission.name,
            assignment=self.manifest.id,
            title=self.manifest.title,
            tasks=tasks,
            outcomes=tuple(outcomes),
            verdicts=tuple(verdicts),
            score=score,
            agreed=tuple(agreed),
            adjusted=score - by_rules,
            max_score=self.max_score + scoring.reachable(marks or ()),
            raw_score=raw,
            tier=self.options.tier.sentence,
            data=self.data_sentence,
            hidden_ran=self.options.hidden,
            status=_status(agreed, late),
            submitted_at=submission.submitted_at,
            time_source=submission.time_source,
            digest=submission.digest,
            notes=(*submission.notes, *answered_by_worker(submission.files)),
            failures=failures(outcomes, self.salt),
            written=tuple(unmarked(self.written) if marks is None else marks),
        )

    @cached_property
    def _given(self) -> dict[str, bytes]:
        """What students got beside their notebook, without data where there is other data."""
        from autograder.release.bundle import contents

        given = contents(self.assignment)
        if self._kernels_data is None:
            return given
        mount = f"{self.manifest.data_mount}/"
        return {name: part for name, part in given.items() if not name.startswith(mount)}

    def kernels(self) -> Kernels | None:
        """Start what runs notebooks as a whole; None where there is none to run.

        Raises KernelError.
        """
        if self.notebook is None or not self.options.executes:
            return None
        # A fork would import and gather it for every submission.
        importlib.import_module("autograder.notebooks.kernel.execute")
        _ = self._given
        from autograder.notebooks.kernel.warm import Kernels

        manifest, data = self.manifest, self._kernels_data
        return Kernels(
            self.options.tier, manifest.packages, manifest.preload, data, manifest.data_mount
        )

    @property
    def _kernels_data(self) -> Path | None:
        """The data that notebooks see; None where they have what students got, or nothing.

        The everyday data is a few images for tests.
        """
        small = self.options.training == self.options.small
        return None if small else Path(self.options.training)

    def executed(self, submission: Submission, kernels: Kernels) -> bytes | None:
        """Return the submission's notebook after a run in a confined kernel; None without one."""
        if self.notebook is None:
            return None
        from autograder.notebooks.authored.build import as_bytes
        from autograder.notebooks.kernel.execute import run as execute

        node, _ = self.notebook.of(submission)
        files = {
            name: content
            for name, content in submission.files.items()
            if not name.endswith(".ipynb") and name.split("/")[0] != self.manifest.data_mount
        }
        unrun = dict.fromkeys(self.notebook.by_files, _BY_FILES)
        limits = self.manifest.limits
        node = execute(node, {**self._given, **files}, limits, kernels, unrun=unrun).notebook
        return as_bytes(self.notebook.for_a_person(node))

    def refused(self, unreadable: UnreadableSubmission, agreed: Sequence[Agreement] = ()) -> Grade:
        """Make the report of a submission that could not be opened: no score, not a zero.

        What a person decided about it counts all the same: a score of their own, or an excuse.
        """
        none = not_graded(self.options, self.manifest, unreadable.name, unreadable.reason)
        excused = any(one.kind is Kind.EXCUSED for one in agreed)
        if not excused and not any(overrides(one) for one in agreed):
            return none
        score = on_score(agreed, Fraction(0))
        return dataclasses.replace(
            none,
            score=score,
            adjusted=score,
            agreed=tuple(agreed),
            status=_status(agreed, late=False),
            error="",
            notes=(f"It could not be opened: {unreadable.reason}",),
        )


def library_of(
    options: GradingOptions, assignment: Assignment, learnt: Callable[[], dict[str, Any]]
) -> Library:
    """Return what is known of an assignment's mistakes: what is kept, or else `learnt()`."""
    known = mistake_library.load(assignment.mistakes)
    cache, key = Cache(Path(options.cache)), lasting(options, assignment)
    return recall(known, learnt, cache, assignment.id, key)


def _status(agreed: Sequence[Agreement], late: bool) -> str:
    if any(one.kind is Kind.EXCUSED for one in agreed):
        return "excused"
    return "late" if late else "graded"


def not_graded(options: GradingOptions, manifest: Manifest, name: str, reason: str) -> Grade:
    """Make the grade that says why there is none."""
    return Grade(
        submission=name,
        assignment=manifest.id,
        title=manifest.title,
        tasks=(),
        outcomes=(),
        verdicts=(),
        score=Fraction(0),
        max_score=manifest.max_score,
        raw_score=Fraction(0),
        tier=options.tier.sentence,
        data=options.data_sentence,
        hidden_ran=False,
        status="not graded",
        error=reason,
    )
