"""Prove a suite: the reference earns everything, the skeleton nothing, each mistake is caught."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from autograder.answers.proof import prove_all
from autograder.answers.questions import load as load_questions
from autograder.answers.variants import FILE as ANSWERS_FILE
from autograder.answers.variants import AnswerVariant as Misconceptions
from autograder.answers.variants import variants
from autograder.authoring.declarations import slips
from autograder.authoring.laziness.tried import Battery
from autograder.authoring.touched import touched
from autograder.authoring.trials import Trial
from autograder.core import mistakes as mistake_library
from autograder.core import scoring
from autograder.core.errors import AutograderError
from autograder.core.manifest import costly
from autograder.core.mistakes import Mistake
from autograder.core.records import Outcome, Status, Weighed
from autograder.execution.pool import PoolError, share
from autograder.execution.suite import Test
from autograder.grading.diagnosis.replies import digest
from autograder.grading.grader import Grader
from autograder.grading.opening import open_grader
from autograder.grading.options import GradingOptions
from autograder.release.skeleton import sync as synchronise
from autograder.sandbox.fork_server import Parent
from autograder.sandbox.tiers import Level

REFERENCE, SKELETON = "reference", "skeleton"


class ValidateError(AutograderError):
    """The proof could not be made at all; the message says why."""


@dataclass
class SuiteVariant:
    """One piece of code that was graded, and what is wrong with how the suite took it."""

    name: str
    kind: str  # "reference", "skeleton" or "mistake"
    task: str = ""  # the task a mistake belongs to
    also: tuple[str, ...] = ()  # others that grade the same function
    score: str = ""
    failed: list[str] = field(default_factory=list)  # test ids
    carried: list[str] = field(default_factory=list)  # those that passed once it was supplied
    tasks_lost: list[str] = field(default_factory=list)
    wholes: tuple[str, ...] = ()  # tasks that it may cost as well: nobody can supply the function
    costs: dict[str, tuple[str, str]] = field(default_factory=dict)  # task -> (points lost, of)
    replies: dict[str, str] = field(default_factory=dict)  # digests, of the tests of its task
    problem: str = ""  # "" when the suite did what it should


@dataclass
class Proof:
    """What the suites of one assignment are worth."""

    assignment: str
    tier: str
    tests: list[str]
    variants: list[SuiteVariant]
    max_score: str = ""
    misconceptions: int = 0  # of typed answers
    slips: list[str] = field(default_factory=list)  # in what the author declared
    lazy: str = ""  # how much lazy code was tried
    paid: list[str] = field(default_factory=list)  # what of it earned something, and where

    @property
    def holds(self) -> bool:
        """Whether nothing was found against the suites."""
        found = self.slips or self.paid
        return not found and not any(variant.problem for variant in self.variants)

    @property
    def problems(self) -> list[str]:
        """Everything that was found, one sentence each; a wrong reference comes alone."""
        wrong = [f"{one.name}: {one.problem}" for one in self.variants if one.problem]
        if any(one.problem and one.kind == REFERENCE for one in self.variants):
            wrong = wrong[:1]  # what it loses, every mistake loses as well
            return [*self.slips, *wrong]
        return [*self.slips, *wrong, *self.paid]

    def caught_by(self, test: str) -> set[str]:
        """Return the mistakes that `test` catches, those of other tasks too."""
        kinds = ("mistake", "misconceptions")
        wrong = [variant for variant in self.variants if variant.kind in kinds]
        return {one.name for one in wrong if test in one.failed or test in one.carried}

    @property
    def idle(self) -> list[str]:
        """Tests that catch no known mistake."""
        known = any(self.caught_by(test) for test in self.tests)
        return [test for test in self.tests if known and not self.caught_by(test)]

    @property
    def repeating(self) -> list[str]:
        """Tests that catch something, but nothing that no other test catches."""
        caught = {test: self.caught_by(test) for test in self.tests}
        counts = Counter(name for names in caught.values() for name in names)
        return [
            test
            for test, names in caught.items()
            if names and all(counts[name] > 1 for name in names)
        ]

    @property
    def twins(self) -> list[list[str]]:
        """Mistakes of one task that no test of it tells apart: diagnosis can name neither."""
        groups: dict[str, list[str]] = {}
        for variant in self.variants:
            if variant.kind == "mistake" and variant.replies:
                key = json.dumps([variant.task, variant.replies], sort_keys=True)
                groups.setdefault(key, []).append(variant.name)
        return [names for names in groups.values() if len(names) > 1]

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "assignment": self.assignment,
            "holds": self.holds,
            "problems": self.problems,
            "tier": self.tier,
            "tests": self.tests,
            "variants": [
                {key: value for key, value in vars(variant).items() if key != "replies"}
                for variant in self.variants
            ],
            "lazy_code": self.lazy,
            "lazy_code_that_earns": self.paid,
            "mistakes_that_look_alike": self.twins,
            "tests_that_catch_nothing": self.idle,
            "tests_that_catch_what_others_catch": self.repeating,
        }


def validate(
    options: GradingOptions,
    jobs: int | None = None,
    progress: Callable[[int, int, str], None] | None = None,
    every: int = 1,
    lazy_every: int | None = None,
    everything: bool = False,
) -> Proof:
    """Run reference, skeleton and every known mistake through confined workers.

    With `every` above 1 only each such mistake is run, and each such piece of lazy code unless
    `lazy_every` says otherwise: a look, and no proof of the rest. A mistake meets the tests that
    execute its function, as no other can notice it; with `everything`, all of them.

    Raises ValidateError, CollectionError, ManifestError, MistakesError.
    """
    if options.tier.level is Level.D:
        raise ValidateError("nothing confines code on this machine, so nothing can be proved")
    grader = open_grader(options)
    declared = mistake_library.load(grader.assignment.mistakes)
    tasks = {task.id for task in grader.manifest.tasks}
    for mistake in declared:
        for task in mistake.tasks:
            if task not in tasks:
                raise ValidateError(f"mistake '{mistake.id}' belongs to no task: {task}")
            functions = grader.manifest.task(task).functions
            if functions and mistake.target not in functions:
                raise ValidateError(
                    f"mistake '{mistake.id}' changes {mistake.target}, which is not among "
                    f"the functions of '{task}' in assignment.toml"
                )
    # At the quick level nothing could notice a mistake in what only training shows.
    seen = tuple(one for one in declared if not grader.left_out.issuperset(one.tasks))
    known = seen[::every]
    by_name = {mistake.id: mistake for mistake in known}
    questions = {}
    if grader.assignment.questions.is_file():
        questions = load_questions(grader.assignment.questions, grader.assignment.key)
    reference, skeleton = grader.reference_files, grader.skeleton_files

    confused = {one.name: one for one in variants(questions, reference.get(ANSWERS_FILE, b""))}
    typed = tuple(dict.fromkeys(question.task for question in questions.values()))
    battery = Battery.of(grader, typed, lazy_every or every)
    with grader.branch() as fork_server:
        battery.learn(fork_server)
        targets = [mistake.target for mistake in known]
        executed = touched(grader, fork_server, [*targets, *battery.targets], grader.tests)
    battery.executed = {} if everything else executed

    def work(fork_server: Parent, name: str) -> list[Any]:
        if name in battery.lazy:
            return battery.run(fork_server, name)
        mistake = by_name.get(name)
        tests = grader.tests
        if mistake is not None:
            tests = _telling(grader, mistake)
            if not everything:
                tests = [test for test in tests if mistake.target in executed[test.id]]
        files = skeleton if name == SKELETON else reference
        if name in confused:
            files = {**reference, ANSWERS_FILE: confused[name].source}
            asked = {question.task for question in questions.values()}
            tests = [test for test in grader.tests if test.task in asked]
        outcomes = grader.judge(fork_server, files, [mistake.id] if mistake else [], tests)
        return [_row(outcome) for outcome in outcomes]

    try:
        names = [REFERENCE, SKELETON, *confused, *by_name, *battery.lazy]
        rows = share(grader.branch, names, work, jobs, progress)
    except PoolError as error:
        raise ValidateError(str(error)) from None
    idle = {name: rows.pop(name) for name in battery.lazy}
    proof = _judge(grader, known, confused, rows)
    proof.lazy = battery.sentence
    proof.paid = battery.judge(idle)
    proof.misconceptions = sum(len(one.mistakes) for one in confused.values())
    proof.slips += prove_all(questions.values())
    proof.slips += slips(grader.assignment, grader.manifest, grader.collected, declared)
    if synchronise(grader.assignment, grader.assignment.root, check=True):
        proof.slips.append("the skeleton differs from the solution; run: autograder sync")
    return proof


def _telling(grader: Grader, mistake: Mistake) -> list[Test]:
    """Return the tests to prove a mistake with: training takes seconds and tells little.

    A test that trains measures the whole; it is run where it belongs to the mistake's own task.
    """
    return [test for test in grader.tests if not test.trains or test.task in mistake.tasks]


def _row(outcome: Outcome) -> dict[str, Any]:
    replies = digest(outcome) if outcome.status is Status.FAILED else ""
    return Trial.of(outcome, replies).to_json()


def _judge(
    grader: Grader,
    known: Sequence[Mistake],
    confused: Mapping[str, Misconceptions],
    rows: dict[str, Any],
) -> Proof:
    tests = [test.id for test in grader.tests]
    by_task = {test.id: test.task for test in grader.tests}
    scored = {test.id for test in grader.tests if test.scored}
    found = []
    for name, row in rows.items():
        trials = [Trial.from_json(one) for one in row]
        kind = name if name in (REFERENCE, SKELETON) else "mistake"
        kind = "misconceptions" if name in confused else kind
        if kind != REFERENCE:  # what carries no points cannot be lost or earned
            trials = [one for one in trials if one.test in scored]
        broken = [one.test for one in trials if one.status is Status.ERROR]
        failed = [one.test for one in trials if one.status is not Status.PASSED]
        carried = [one.test for one in trials if one.carried]
        lost = sorted({by_task[test] for test in failed})
        variant = SuiteVariant(name, kind, failed=failed, carried=carried, tasks_lost=lost)
        if kind == "mistake":
            mistake = next(mistake for mistake in known if mistake.id == name)
            variant.task, variant.also = mistake.task, mistake.also
            tasks = grader.manifest.tasks
            variant.wholes = tuple(
                task.id for task in tasks if not costly(tasks, task).isdisjoint(mistake.tasks)
            )
            variant.costs = _costs(grader, trials, mistake)
            variant.replies = {
                one.test: one.replies
                for one in trials
                if one.task in mistake.tasks and one.status is not Status.PASSED
            }
        elif kind in (REFERENCE, SKELETON):
            variant.score = scoring.points(_score(grader, trials))
        said = {one.test: one.message for one in trials}
        if name in confused and not broken:
            named = {one.test: one.mistake for one in trials}
            variant.problem = _not_recognised(confused[name].mistakes, variant.failed, named)
        else:
            variant.problem = _problem(variant, broken, len(scored), said)
        found.append(variant)
    order = [REFERENCE, SKELETON, *confused, *(mistake.id for mistake in known)]
    found.sort(key=lambda variant: order.index(variant.name))
    proved = [test for test in tests if test in scored]
    most = scoring.points(grader.max_score)
    return Proof(grader.manifest.id, grader.options.tier.sentence, proved, found, max_score=most)


def _score(grader: Grader, trials: Sequence[Trial]) -> Fraction:
    scored = {test.id for test in grader.tests if test.scored}
    outcomes = [
        Outcome(one.test, one.task, "", one.status, hidden=True, carried=one.carried)
        for one in trials
        if one.test in scored
    ]
    scores = scoring.task_scores(grader.manifest, outcomes, grader.left_out)
    return sum((task.score for task in scores), Fraction(0))


def _costs(grader: Grader, trials: Sequence[Trial], mistake: Mistake) -> dict[str, tuple[str, str]]:
    """Return what each task loses, tests that were not run because they cannot notice counted."""
    ran = {one.test for one in trials}
    outcomes = [
        Outcome(
            *(one.test, one.task, "", one.status, one.test.startswith("hidden/")),
            carried=one.carried,
            mistake=mistake.id,
        )
        for one in trials
    ] + [
        Outcome(test.id, test.task, "", Status.PASSED, test.hidden)
        for test in grader.tests
        if test.scored and test.id not in ran
    ]
    weights = {}
    if mistake.costs is not None:
        share = Fraction(mistake.costs, 100)
        for task in mistake.tasks:
            failed = [
                one.test for one in trials if one.task == task and one.status is not Status.PASSED
            ]
            weights[task, mistake.id] = Weighed(share, frozenset(failed))
    scores = scoring.task_scores(grader.manifest, outcomes, grader.left_out, weights)
    return {
        one.id: (scoring.points(one.max_score - one.score), scoring.points(one.max_score))
        for one in scores
        if one.score != one.max_score
    }


def _not_recognised(expected: Mapping[str, str], failed: list[str], named: dict[str, str]) -> str:
    """Say which misconceptions got points, another name, or spoilt somebody else's test."""
    wrong = []
    for test in named:
        question = test.rpartition("::test_")[2]
        if test in failed and question not in expected:
            wrong.append(f"{test} fails without a reason")
        elif question in expected and test not in failed:
            wrong.append(f"{expected[question]} is judged correct in {question}")
        elif question in expected and named[test] != expected[question]:
            other = named[test] or "nothing"
            wrong.append(f"{expected[question]} is recognised as {other} in {question}")
    return "; ".join(wrong)


def _problem(variant: SuiteVariant, broken: list[str], total: int, said: dict[str, str]) -> str:
    if broken:
        return f"{broken[0]} could not run: {said[broken[0]]}"
    if variant.kind == REFERENCE:
        lines = [" ".join(f"{test} {said[test]}".split()) for test in variant.failed]
        return f"loses {'; '.join(lines)}" if lines else ""
    if variant.kind == SKELETON:
        earned = total - len(variant.failed)
        return f"passes {earned} tests" if earned else ""
    if variant.task not in variant.tasks_lost:
        return f"no test of {variant.task} notices it; write one"
    own = (variant.task, *variant.also, *variant.wholes)
    spared = [task for task in variant.also if task not in variant.tasks_lost]
    if spared:
        return f"costs nothing in {', '.join(spared)}, which it says it does"
    foreign = [task for task in variant.tasks_lost if task not in own]
    if not foreign:
        return ""
    return (
        f"costs points in {', '.join(foreign)} too; if that task calls the function, say so there: "
        f'needs = ["{variant.task}"]'
    )
