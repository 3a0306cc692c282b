"""Everything that grading one assignment needs, prepared once and used for many submissions."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib
import importlib.util
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder import mistakes as mistake_library
from autograder import scoring
from autograder.diagnose.clusters import failures
from autograder.diagnose.library import Library, learn, recall
from autograder.diagnose.naming import name_mistakes
from autograder.grade.carrying import Supplier, carry
from autograder.layout import Assignment
from autograder.manifest import Manifest, Rule
from autograder.manifest import load as load_manifest
from autograder.records import Action, Grade, Mark, Outcome, Submission, Unreadable, Verdict
from autograder.rubric import Item, unmarked
from autograder.rubric import load as load_rubric
from autograder.runner import suite
from autograder.runner.errors import WorkerStopped
from autograder.runner.session import Session
from autograder.runner.suite import Test
from autograder.sandbox.tiers import Level, Tier
from autograder.sandbox.zygotes import Zygote

if TYPE_CHECKING:
    from autograder.notebooks.handed_in import Notebook
    from autograder.notebooks.warm import Kernels

_BY_FILES = "The tests of the files decide; the report tells how they went."
_NOTHING = Library(())
_NOT_STUDENTS = {"conftest", "collect_submission", "setup", "tests", "data", "studentkit"}


@dataclass(frozen=True)
class Setting:
    """What a run was asked for, as plain data that crosses to the clerks."""

    root: str
    assignment: str
    tier: Tier
    small: str  # folder with the everyday data
    training: str  # folder with the data that training tests use
    cache: str  # folder for what is learnt once and used by later runs
    data_source: str  # what the images are: "digits", "handwriting", "mnist", "colours", "cifar10"
    data_words: str = "digits drawn on the spot (no MNIST was given; see --data)"
    held_out: str = ""  # file with labelled images for the trusted side alone
    notebook: str = ""  # file with the notebook that students got; "" where there is none
    due: datetime | None = None
    executes: bool = False  # whether notebooks are run as a whole, for a person to look at
    hidden: bool = True
    training_tests: bool = True

    def to_json(self) -> str:
        """Write as one line."""
        plain = dict(vars(self))
        plain["tier"] = [self.tier.level.value, list(self.tier.layers), list(self.tier.missing)]
        plain["due"] = self.due.isoformat() if self.due else None
        return json.dumps(plain)

    @classmethod
    def from_json(cls, text: str) -> Setting:
        """Read what `to_json` wrote."""
        plain = json.loads(text)
        level, layers, missing = plain["tier"]
        plain["tier"] = Tier(Level(level), tuple(layers), tuple(missing))
        plain["due"] = datetime.fromisoformat(plain["due"]) if plain["due"] else None
        return cls(**plain)

    @property
    def data(self) -> dict[str, Path]:
        """Folders of data by name."""
        return {"small": Path(self.small), "training": Path(self.training)}

    @property
    def data_sentence(self) -> str:
        """Say in a report which data the training tests saw."""
        if not self.training_tests:
            return "quick level: no network was trained; tests that train were left out"
        return f"full level, networks trained: {self.data_words}"


@dataclass
class Bench:
    """The prepared state of one process: manifest, skeleton's survey, tests."""

    setting: Setting
    assignment: Assignment
    manifest: Manifest
    tests: list[Test]
    skeleton: dict[str, Any]
    salt: str
    mistake_source: bytes = b""
    written: tuple[Item, ...] = ()
    collected: tuple[Test, ...] = ()  # `tests`, and those that train where they were left out
    notebook: Notebook | None = None

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
            return self.setting.data_sentence
        return f"{self.setting.data_sentence}; not measured: {', '.join(titles)}"

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

    def zygote(self, without: frozenset[str] = frozenset()) -> Zygote:
        """Start a zygote for this assignment."""
        return Zygote(
            self.setting.tier,
            self.manifest.packages,
            self.manifest.preload,
            self.setting.data,
            self.manifest.data_mount,
            without,
        )

    def _session(
        self, zygote: Zygote, files: dict[str, bytes], mistakes: Sequence[str] = ()
    ) -> Session:
        session = Session(zygote, files, self.manifest.limits, self.manifest.data_mount)
        for mistake in mistakes:
            session.use_mistake(self.mistake_source, mistake)
        return session

    def run(
        self,
        zygote: Zygote,
        files: dict[str, bytes],
        mistakes: Sequence[str] = (),
        keep_calls: bool = False,
        tests: Sequence[Test] | None = None,
        until_failure: bool = False,
    ) -> list[Outcome]:
        """Run `tests` (all of them) against `files`, with the known `mistakes` put in.

        `until_failure` leaves out what follows the first test that does not pass.
        """
        session = self._session(zygote, files, mistakes)
        return self._outcomes(
            session, self.tests if tests is None else tests, keep_calls, until_failure
        )

    def judge(
        self,
        zygote: Zygote,
        files: dict[str, bytes],
        mistakes: Sequence[str] = (),
        tests: Sequence[Test] | None = None,
    ) -> list[Outcome]:
        """Run `tests` as for a grade: failed ones once more with wrong upstream tasks supplied."""
        tests = self.tests if tests is None else tests
        session = self._session(zygote, files, mistakes)
        outcomes = self._outcomes(session, tests, keep_calls=True)
        return self._carried(zygote, files, mistakes, tests, outcomes)

    def _carried(
        self,
        zygote: Zygote,
        files: dict[str, bytes],
        mistakes: Sequence[str],
        tests: Sequence[Test],
        outcomes: list[Outcome],
    ) -> list[Outcome]:
        return carry(
            self.manifest,
            tests,
            outcomes,
            lambda: self._session(zygote, files, mistakes),
            lambda: Supplier(
                zygote,
                self.reference_files,
                self.manifest.limits,
                self.manifest.data_mount,
            ),
            lambda chosen, session: self._outcomes(session, chosen, keep_calls=True),
        )

    def _outcomes(
        self,
        session: Session,
        tests: Sequence[Test],
        keep_calls: bool = False,
        until_failure: bool = False,
        pictures: bool = False,
    ) -> list[Outcome]:
        return suite.run(
            list(tests),
            session,
            self.setting.data,
            self.setting.data_source,
            keep_calls,
            until_failure,
            pictures,
        )

    def library(self, jobs: int | None = None) -> Library:
        """Return what is known of this assignment's mistakes, learnt now or earlier.

        Raises SharingError, MistakesError.
        """
        known = mistake_library.load(self.assignment.mistakes)
        reference = self.reference_files

        def run(zygote: Zygote, mistakes: list[str], tests: list[Test]) -> list[Outcome]:
            return self.run(zygote, reference, mistakes, keep_calls=True, tests=tests)

        return recall(
            known,
            lambda: learn(known, self.tests, run, self.zygote, jobs),
            Path(self.setting.cache),
            self.manifest.id,
            _lasting(self.setting, self.assignment),
        )

    def grade(
        self,
        zygote: Zygote,
        submission: Submission,
        library: Library = _NOTHING,
        marks: Sequence[Mark] | None = None,
    ) -> Grade:
        """Grade one submission; `marks` are what a person gave for the written questions.

        With marks, written questions count in the score and in what can be reached; without,
        the report only says that they are still to be graded. Raises ZygoteError when the
        machinery fails.
        """
        if self.notebook is not None:
            submission = self.notebook.put_in(submission)
        session = self._session(zygote, submission.files)
        verdicts, functions = self._static(session)
        outcomes = self._outcomes(session, self.tests, keep_calls=True, pictures=True)
        outcomes = self._carried(zygote, submission.files, (), self.tests, outcomes)
        verdicts += scoring.judge_printing(self.manifest.policy, outcomes, functions)
        verdicts += scoring.judge_lateness(
            self.manifest.policy.lateness, submission.submitted_at, self.setting.due
        )
        tasks = scoring.task_scores(self.manifest, outcomes, self.left_out)
        raw = sum((task.score for task in tasks), Fraction(0))
        outcomes = name_mistakes(outcomes, library)
        failed = [outcome for outcome in outcomes if outcome.status == "error"]
        error = ""
        if failed:
            error = f"the test {failed[0].test} could not run: {failed[0].message}"
        late = any(verdict.rule == "lateness" for verdict in verdicts)
        return Grade(
            submission=submission.name,
            assignment=self.manifest.id,
            title=self.manifest.title,
            tasks=tasks,
            outcomes=tuple(outcomes),
            verdicts=tuple(verdicts),
            score=scoring.apply(verdicts, raw) + scoring.given(marks or ()),
            max_score=self.max_score + scoring.reachable(marks or ()),
            raw_score=raw,
            tier=self.setting.tier.sentence,
            data=self.data_sentence,
            hidden_ran=self.setting.hidden,
            status="not graded" if error else "late" if late else "graded",
            submitted_at=submission.submitted_at,
            time_source=submission.time_source,
            digest=submission.digest,
            notes=submission.notes,
            error=error,
            failures=failures(outcomes, self.salt),
            written=tuple(unmarked(self.written) if marks is None else marks),
        )

    @cached_property
    def _released(self) -> dict[str, bytes]:
        """Everything that students got."""
        from autograder.release.bundle import contents

        return contents(self.assignment)

    def kernels(self) -> Kernels | None:
        """Start what runs notebooks as a whole; None where there is none to run.

        Raises KernelError.
        """
        if self.notebook is None or not self.setting.executes:
            return None
        # A fork would import it for every submission.
        importlib.import_module("autograder.notebooks.execute")
        from autograder.notebooks.warm import Kernels

        manifest, data = self.manifest, self._kernels_data
        return Kernels(
            self.setting.tier, manifest.packages, manifest.preload, data, manifest.data_mount
        )

    @property
    def _kernels_data(self) -> Path | None:
        """The data that notebooks see; None where they have what students got, or nothing.

        The everyday data is a few images for tests.
        """
        small = self.setting.training == self.setting.small
        return None if small else Path(self.setting.training)

    def executed(self, submission: Submission, kernels: Kernels) -> bytes | None:
        """Return the submission's notebook after a run in a confined kernel; None without one."""
        if self.notebook is None:
            return None
        from autograder.notebooks.build import as_bytes
        from autograder.notebooks.execute import run as execute

        node, _ = self.notebook.of(submission)
        given = self._released
        files = {
            name: content
            for name, content in submission.files.items()
            if not name.endswith(".ipynb") and name.split("/")[0] != self.manifest.data_mount
        }
        if self._kernels_data is not None:
            mount = f"{self.manifest.data_mount}/"
            given = {name: part for name, part in given.items() if not name.startswith(mount)}
        unrun = dict.fromkeys(self.notebook.by_files, _BY_FILES)
        limits = self.manifest.limits
        node = execute(node, {**given, **files}, limits, kernels, unrun=unrun).notebook
        return as_bytes(self.notebook.for_a_person(node))

    def _static(self, session: Session) -> tuple[list[Verdict], dict[str, str]]:
        """Judge the source before it runs: imports, signatures, missing files.

        Returns the verdicts, and where each function of the source is defined.
        """
        from studentkit.rules import SurveyError, compare

        try:
            facts = session.survey()
            policy = self.manifest.policy
            findings = compare(
                self.skeleton,
                facts,
                required=self.manifest.required,
                submit=self.manifest.submit,
                allow_imports=policy.imports.allow,
                allow_standard_library=policy.standard_library.allow,
            )
        except (WorkerStopped, SurveyError) as problem:
            sentence = f"The source could not be read for its imports: {problem}"
            return [Verdict("syntax", Action.WARN, sentence)], {}
        rules: dict[str, Rule] = {
            "imports": policy.imports,
            "standard_library": policy.standard_library,
            "signatures": policy.signatures,
            "files": policy.files,
        }
        verdicts, charged = [], set()
        for finding in findings:
            rule = rules.get(finding.rule, Rule())
            action, percent = rule.action, rule.percent
            if action is Action.DEDUCT and finding.rule in charged:
                percent = Fraction(0)  # a rule costs once, however often it is broken
            charged.add(finding.rule)
            verdicts.append(Verdict(finding.rule, action, finding.sentence, finding.where, percent))
        return verdicts, _places(facts)

    def refused(self, unreadable: Unreadable) -> Grade:
        """Make the report of a submission that could not be opened: no score, not a zero."""
        return not_graded(self.setting, self.manifest, unreadable.name, unreadable.reason)


def not_graded(setting: Setting, manifest: Manifest, name: str, reason: str) -> Grade:
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
        tier=setting.tier.sentence,
        data=setting.data_sentence,
        hidden_ran=False,
        status="not graded",
        error=reason,
    )


def open_bench(setting: Setting, body: Any) -> None:
    """Collect the suites and call `body(bench)` inside pytest's loop.

    Raises CollectionError, ManifestError, or whatever `body` raises.
    """
    assignment = Assignment(Path(setting.root), setting.assignment)
    manifest = load_manifest(assignment.manifest)
    if setting.data_source in ("mnist", "cifar10"):  # up to seventeen times as many images
        limits = dataclasses.replace(
            manifest.limits,
            training_seconds=15 * manifest.limits.training_seconds,
            verifying_seconds=15 * manifest.limits.verifying_seconds,
        )
        manifest = dataclasses.replace(manifest, limits=limits)
    hidden = assignment.hidden_tests if setting.hidden else None
    modules = student_modules(assignment)

    if "torch" in manifest.packages:
        from autograder.grade.warming import warm_torch

        warm_torch()
    if setting.held_out:
        from autograder.grade.measuring import provide  # brings torch

        provide(
            Path(setting.training), Path(setting.held_out), Path(setting.cache), setting.data_source
        )

    notebook = None
    if setting.notebook:
        from autograder.notebooks.handed_in import load as load_notebook  # brings nbformat
        from autograder.notebooks.module import NAME

        notebook = load_notebook(Path(setting.notebook))
        modules |= {NAME}

    def go(tests: list[Test]) -> None:
        from studentkit.survey import survey

        chosen = [test for test in tests if setting.training_tests or not test.trains]
        mistakes = assignment.mistakes
        bench = Bench(
            setting,
            assignment,
            manifest,
            in_turn(chosen),
            survey(folder_files(assignment.skeleton)),
            fingerprint_of(setting, assignment),
            mistakes.read_bytes() if mistakes.is_file() else b"",
            load_rubric(assignment.rubric),
            tuple(tests),
            notebook,
        )
        body(bench)

    suite.collected(
        assignment.tests,
        assignment.public_tests,
        hidden,
        modules,
        go,
        frozenset(task.id for task in manifest.tasks),
    )


def _lasting(setting: Setting, assignment: Assignment) -> str:
    """Hash what replies depend on: not the due time, nor whether training is asked for."""
    neutral = dataclasses.replace(
        setting,
        due=None,
        executes=False,
        training=setting.small,
        data_source="digits",
        data_words="",
        held_out="",
        notebook="",
        training_tests=True,
    )
    return fingerprint_of(neutral, assignment)[:24]


def learnt_library(setting: Setting) -> Library:
    """Collect the suites of `setting` and return what is known of the assignment's mistakes."""
    found: list[Library] = []
    open_bench(setting, lambda bench: found.append(bench.library()))
    return found[0]


def _places(facts: dict[str, Any]) -> dict[str, str]:
    """Return where each function of a survey is defined, as "utils.py:12"."""
    return {
        str(function["name"]): f"{path}:{function['line']}"
        for path, file in facts["files"].items()
        for function in file.get("functions", [])
    }


def in_turn(tests: Sequence[Test]) -> list[Test]:
    """Order the tests: public ones first, and those that train last in each group.

    Code that has seen a hidden test's inputs must not run a public test afterwards, whose
    message could repeat them. A change of data costs a new worker.
    """
    return sorted(tests, key=lambda test: (test.hidden, test.trains))


def student_modules(assignment: Assignment) -> frozenset[str]:
    """Return the top-level module names that belong to the student."""
    names = set()
    for path in assignment.solution.iterdir():
        if path.suffix == ".py":
            names.add(path.stem)
        elif path.is_dir() and any(path.glob("*.py")):
            names.add(path.name)
    return frozenset(names - _NOT_STUDENTS)


def folder_files(folder: Path) -> dict[str, bytes]:
    """Read a trusted folder as a submission's files."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def fingerprint_of(setting: Setting, assignment: Assignment) -> str:
    """Hash everything a grade depends on, beside the submission: suites, manifest, our own code."""
    digest = hashlib.sha256()
    package = importlib.util.find_spec("autograder")
    ours = Path(package.origin).parent if package and package.origin else Path()
    folders = [
        assignment.root / "assignments" / assignment.id,
        assignment.public_tests,
        assignment.hidden_tests,
        assignment.skeleton,
        assignment.solution,  # it answers where a needed function is wrong
        ours,
    ]
    files = [(path, folder) for folder in folders for path in sorted(folder.rglob("*"))]
    files += [(assignment.mistakes, assignment.tests), (assignment.key, assignment.tests)]
    for path, folder in files:
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(folder)}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    digest.update(setting.to_json().encode())
    digest.update(sys.version.encode())
    return digest.hexdigest()
