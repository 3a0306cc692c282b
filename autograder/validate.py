"""Prove a suite: the reference earns everything, the skeleton nothing, each mistake is caught."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from autograder import mistakes as mistake_library
from autograder import scoring
from autograder.grade.bench import Bench, Setting, folder_files, open_bench
from autograder.mistakes import Mistake
from autograder.records import Outcome, Status
from autograder.runner.suite import Test
from autograder.sandbox.inside.confine import die_with_parent
from autograder.sandbox.tiers import Level

REFERENCE, SKELETON = "reference", "skeleton"


class ValidateError(Exception):
    """The proof could not be made at all; the message says why."""


@dataclass
class Variant:
    """One piece of code that was graded, and what is wrong with how the suite took it."""

    name: str
    kind: str  # "reference", "skeleton" or "mistake"
    task: str = ""  # the task a mistake belongs to
    score: str = ""
    failed: list[str] = field(default_factory=list)  # test ids
    carried: list[str] = field(default_factory=list)  # those that passed once it was supplied
    tasks_lost: list[str] = field(default_factory=list)
    problem: str = ""  # "" when the suite did what it should


@dataclass
class Proof:
    """What the suites of one assignment are worth."""

    assignment: str
    tier: str
    tests: list[str]
    variants: list[Variant]

    @property
    def holds(self) -> bool:
        """Whether nothing was found against the suites."""
        return not any(variant.problem for variant in self.variants)

    def caught_by(self, test: str) -> set[str]:
        """Return the mistakes that `test` catches, those of other tasks too."""
        mistakes = [variant for variant in self.variants if variant.kind == "mistake"]
        return {one.name for one in mistakes if test in one.failed or test in one.carried}

    @property
    def idle(self) -> list[str]:
        """Tests that catch no known mistake."""
        known = any(variant.kind == "mistake" for variant in self.variants)
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

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "assignment": self.assignment,
            "holds": self.holds,
            "tier": self.tier,
            "tests": self.tests,
            "variants": [vars(variant) for variant in self.variants],
            "tests_that_catch_nothing": self.idle,
            "tests_that_catch_what_others_catch": self.repeating,
        }


def validate(
    setting: Setting,
    jobs: int | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> Proof:
    """Run reference, skeleton and every known mistake through confined workers.

    Raises ValidateError, CollectionError, ManifestError, MistakesError.
    """
    if setting.tier.level is Level.D:
        raise ValidateError("nothing confines code on this machine, so nothing can be proved")
    proofs: list[Proof] = []

    def body(bench: Bench) -> None:
        known = mistake_library.load(bench.assignment.mistakes)
        tasks = {task.id for task in bench.manifest.tasks}
        for mistake in known:
            if mistake.task not in tasks:
                raise ValidateError(f"mistake '{mistake.id}' belongs to no task: {mistake.task}")
        rows = _share(bench, known, jobs or os.cpu_count() or 1, progress)
        proofs.append(_judge(bench, known, rows))

    open_bench(setting, body)
    return proofs[0]


def _share(
    bench: Bench,
    known: Sequence[Mistake],
    jobs: int,
    progress: Callable[[int, int, str], None] | None,
) -> dict[str, Any]:
    """Run the variants in `jobs` forks; each answers with one line of JSON per variant."""
    names = [REFERENCE, SKELETON, *(mistake.id for mistake in known)]
    jobs = min(jobs, len(names))
    ours, theirs = os.pipe()
    queue, queue_end = os.pipe()  # two bytes per variant: whoever is free takes the next
    os.write(queue_end, b"".join(number.to_bytes(2, "big") for number in range(len(names))))
    os.close(queue_end)
    children = []
    for _ in range(jobs):
        pid = os.fork()
        if pid == 0:
            try:
                die_with_parent()
                os.close(ours)
                _work(bench, names, {one.id: one for one in known}, queue, theirs)
            finally:
                os._exit(0)
        children.append(pid)
    os.close(theirs)
    os.close(queue)
    rows: dict[str, Any] = {}
    try:
        with os.fdopen(ours, encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                rows[row["name"]] = row
                if progress:
                    progress(len(rows), len(names), row["name"])
    finally:
        for pid in children:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    for name in names:
        if name not in rows:
            raise ValidateError(f"the process that ran '{name}' ended without a result")
        if "error" in rows[name]:
            raise ValidateError(f"'{name}' could not be run: {rows[name]['error']}")
    return rows


def _work(
    bench: Bench, names: Sequence[str], known: dict[str, Mistake], queue: int, answers: int
) -> None:
    reference = folder_files(bench.assignment.solution)
    skeleton = folder_files(bench.assignment.skeleton)
    with bench.zygote() as zygote:
        while number := os.read(queue, 2):
            name = names[int.from_bytes(number, "big")]
            files = skeleton if name == SKELETON else reference
            mistake = None if name in (REFERENCE, SKELETON) else known[name]
            try:
                tests = bench.tests if mistake is None else _telling(bench, mistake)
                outcomes = bench.judge(zygote, files, mistake.id if mistake else None, tests)
                row: dict[str, Any] = {"name": name, "rows": [_row(each) for each in outcomes]}
            except Exception as error:
                row = {"name": name, "error": f"{type(error).__name__}: {error}"}
            os.write(answers, (json.dumps(row) + "\n").encode())


def _telling(bench: Bench, mistake: Mistake) -> list[Test]:
    """Return the tests to prove a mistake with: training takes seconds and tells little.

    A test that trains measures the whole; it is run where it belongs to the mistake's own task.
    """
    return [test for test in bench.tests if not test.trains or test.task == mistake.task]


def _row(outcome: Outcome) -> list[Any]:
    return [
        outcome.test,
        outcome.task,
        outcome.status.value,
        outcome.message,
        list(outcome.carried),
    ]


def _judge(bench: Bench, known: Sequence[Mistake], rows: dict[str, Any]) -> Proof:
    tests = [test.id for test in bench.tests]
    by_task = {test.id: test.task for test in bench.tests}
    variants = []
    for name, row in rows.items():
        kind = name if name in (REFERENCE, SKELETON) else "mistake"
        broken = [test for test, _, status, _, _ in row["rows"] if status == Status.ERROR]
        failed = [test for test, _, status, _, _ in row["rows"] if status != Status.PASSED]
        carried = [test for test, _, _, _, carried in row["rows"] if carried]
        lost = sorted({by_task[test] for test in failed})
        variant = Variant(name, kind, failed=failed, carried=carried, tasks_lost=lost)
        if kind == "mistake":
            variant.task = next(mistake.task for mistake in known if mistake.id == name)
        else:
            variant.score = scoring.points(_score(bench, row["rows"]))
        variant.problem = _problem(variant, broken, len(tests))
        variants.append(variant)
    order = [REFERENCE, SKELETON, *(mistake.id for mistake in known)]
    variants.sort(key=lambda variant: order.index(variant.name))
    return Proof(bench.manifest.id, bench.setting.tier.sentence, tests, variants)


def _score(bench: Bench, rows: list[list[Any]]) -> Fraction:
    outcomes = [
        Outcome(test, task, "", Status(status), hidden=True, carried=tuple(carried))
        for test, task, status, _, carried in rows
    ]
    scores = scoring.task_scores(bench.manifest, outcomes)
    return sum((task.score for task in scores), Fraction(0))


def _problem(variant: Variant, broken: list[str], total: int) -> str:
    if broken:
        return f"{broken[0]} could not run"
    if variant.kind == REFERENCE:
        return f"loses {', '.join(variant.failed)}" if variant.failed else ""
    if variant.kind == SKELETON:
        earned = total - len(variant.failed)
        return f"passes {earned} tests" if earned else ""
    if variant.task not in variant.tasks_lost:
        return f"is not caught in its task {variant.task}"
    foreign = [task for task in variant.tasks_lost if task != variant.task]
    return f"costs points in {', '.join(foreign)} as well" if foreign else ""
