"""Read `assignment.toml`: tasks, points, policy and limits."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fnmatch import fnmatchcase
from fractions import Fraction
from pathlib import Path
from typing import Any

from autograder.core.errors import AutograderError
from autograder.core.records import Action

DATA_SETS = ("mnist-csv", "mnist", "cifar10", "covid")


class ManifestError(AutograderError):
    """`assignment.toml` cannot be used; the message says where and what to do."""


@dataclass(frozen=True)
class Task:
    """A part of the assignment that carries points."""

    id: str
    title: str
    points: Fraction
    needs: tuple[str, ...] = ()  # tasks whose functions this one calls
    functions: tuple[str, ...] = ()  # "module.Class.name": what a student writes for this task
    carried: Fraction = Fraction(100)  # percent of a test that passes with needed ones supplied
    uncarried: tuple[str, ...] = ()  # tasks whose functions nobody can supply: they cost here too
    lazy: Fraction = Fraction(0)  # percent of the points that code which does nothing may earn
    lazy_reason: str = ""  # why that is right


@dataclass(frozen=True)
class Limits:
    """What one submission may use."""

    test_seconds: float = 5.0
    training_seconds: float = 60.0  # of a test that trains on drawn digits; MNIST: 15 times that
    submission_seconds: float = 60.0  # of all tests that train none, together
    verifying_seconds: float = 0.0  # of the grader's own trainings, together, on drawn images
    memory_mb: int = 2048  # address space of one worker
    output_kb: int = 64  # captured standard output and error


@dataclass(frozen=True)
class LateStep:
    """From `after_hours` past the due time on, `percent` of the score is lost."""

    after_hours: float
    percent: Fraction


@dataclass(frozen=True)
class Lateness:
    """When work is due and what being late costs."""

    due: datetime | None = None
    grace_hours: float = 0.0
    steps: tuple[LateStep, ...] = ()
    cutoff_hours: float | None = None  # nothing counts after this


@dataclass(frozen=True)
class Rule:
    """A rule about the code as a whole."""

    action: Action = Action.WARN
    percent: Fraction = Fraction(0)
    allow: tuple[str, ...] = ()  # functions that may print; modules that may be imported
    spares: tuple[str, ...] = ()  # patterns of tasks whose points the rule leaves alone


@dataclass(frozen=True)
class Policy:
    """Every rule of the handout that is no test."""

    printing: Rule = field(default_factory=Rule)
    imports: Rule = field(default_factory=Rule)
    standard_library: Rule = field(default_factory=Rule)  # imports of it that the skeleton lacks
    signatures: Rule = field(default_factory=Rule)
    files: Rule = field(default_factory=Rule)
    lateness: Lateness = field(default_factory=Lateness)


@dataclass(frozen=True)
class Manifest:
    """One assignment as its author declared it."""

    id: str
    title: str
    tasks: tuple[Task, ...]
    policy: Policy
    limits: Limits
    packages: tuple[str, ...]  # distributions the worker may see, beside the standard library
    preload: tuple[str, ...]  # modules imported once, before any submission arrives
    archive: str  # name of the zip that students hand in
    submit: tuple[str, ...]  # glob patterns of the files in it
    required: tuple[str, ...]  # files that must be there
    origin: str = ""
    data_mount: str = "data"  # folder of the submission where the data appears
    data_sets: tuple[str, ...] = ("mnist-csv",)  # what is in it

    @property
    def max_score(self) -> Fraction:
        """Total points of the assignment."""
        return sum((task.points for task in self.tasks), Fraction(0))

    def task(self, task_id: str) -> Task:
        """Return the task called `task_id`; raises KeyError."""
        for task in self.tasks:
            if task.id == task_id:
                return task
        raise KeyError(task_id)


def load(path: Path) -> Manifest:
    """Read `path` (an `assignment.toml`); raises ManifestError with one clear line."""
    try:
        with path.open("rb") as file:
            raw = tomllib.load(file)
    except FileNotFoundError:
        raise ManifestError(f"{path}: not found; every assignment needs one") from None
    except tomllib.TOMLDecodeError as error:
        raise ManifestError(f"{path}: {error}") from None
    return _manifest(_Section(raw, str(path)), default_id=path.parent.name)


class _Section:
    """A TOML table that hands out checked values and notices what nobody asked for."""

    def __init__(self, table: dict[str, Any], where: str) -> None:
        self._table = dict(table)
        self._where = where

    def fail(self, key: str, problem: str) -> ManifestError:
        return ManifestError(f"{self._where}: '{key}' {problem}")

    def take(self, key: str, kinds: type | tuple[type, ...], default: Any = ...) -> Any:
        if key not in self._table:
            if default is ...:
                raise self.fail(key, "is missing")
            return default
        value = self._table.pop(key)
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in _flat(kinds)):
            wanted = " or ".join(kind.__name__ for kind in _flat(kinds))
            raise self.fail(key, f"must be of type {wanted}, not {type(value).__name__}")
        return value

    def number(self, key: str, default: Any = ..., low: float = 0, high: float = 1e9) -> Any:
        value = self.take(key, (int, float), default)
        if value is not default and not low <= value <= high:
            raise self.fail(key, f"must lie between {low} and {high}, not {value}")
        return value

    def strings(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        value = self.take(key, list, None)
        if value is None:
            return default
        if not all(isinstance(item, str) for item in value):
            raise self.fail(key, "must be a list of strings")
        return tuple(value)

    def section(self, key: str) -> _Section:
        return _Section(self.take(key, dict, {}), f"{self._where}: [{key}]")

    def sections(self, key: str) -> list[_Section]:
        tables = self.take(key, list, [])
        if not all(isinstance(table, dict) for table in tables):
            raise self.fail(key, f"must be written as [[{key}]] tables")
        return [
            _Section(table, f"{self._where}: [[{key}]] number {number}")
            for number, table in enumerate(tables, 1)
        ]

    def done(self) -> None:
        if self._table:
            names = ", ".join(sorted(self._table))
            raise ManifestError(f"{self._where}: unknown key {names}; is it misspelt?")


def _sets(section: _Section) -> tuple[str, ...]:
    chosen = section.strings("sets", ("mnist-csv",))
    for name in chosen:
        if name not in DATA_SETS:
            raise section.fail("sets", f"names no data: {name}; there are {', '.join(DATA_SETS)}")
    if not set(chosen) & set(DATA_SETS[:3]) or ("mnist-csv" in chosen and len(chosen) > 1):
        raise section.fail("sets", 'needs "mnist" or "cifar10" among others, or "mnist-csv" alone')
    return chosen


def _flat(kinds: type | tuple[type, ...]) -> tuple[type, ...]:
    return kinds if isinstance(kinds, tuple) else (kinds,)


def _manifest(top: _Section, default_id: str) -> Manifest:
    worker, files, data = top.section("worker"), top.section("files"), top.section("data")
    tasks = _tasks(top.sections("tasks"), top)
    manifest = Manifest(
        id=top.take("id", str, default_id),
        title=top.take("title", str),
        origin=top.take("origin", str, ""),
        tasks=tasks,
        policy=_policy(top.section("policy"), tasks),
        limits=_limits(top.section("limits")),
        packages=worker.strings("packages", ("numpy",)),
        preload=worker.strings("preload", ("numpy",)),
        data_mount=worker.take("data", str, "data"),
        data_sets=_sets(data),
        archive=files.take("archive", str, f"{default_id}.zip"),
        submit=files.strings("submit", ("*.py",)),
        required=files.strings("required"),
    )
    top.section("notebook").take("title", str, "")  # read where notebooks are made
    for section in (worker, files, data, top):
        section.done()
    return manifest


def _tasks(sections: list[_Section], top: _Section) -> tuple[Task, ...]:
    tasks: list[Task] = []
    for section in sections:
        points = section.number("points")
        task = Task(
            id=section.take("id", str),
            title=section.take("title", str),
            points=Fraction(str(points)),
            needs=section.strings("needs"),
            functions=section.strings("functions"),
            carried=Fraction(str(section.number("carried", 100, 0, 100))),
            uncarried=section.strings("uncarried"),
            lazy=Fraction(str(section.number("lazy", 0, 0, 99))),
            lazy_reason=section.take("lazy_reason", str, ""),
        )
        section.done()
        if bool(task.lazy) != bool(task.lazy_reason.strip()):
            raise section.fail(
                "lazy", "and 'lazy_reason' go together: a share, and why it is right"
            )
        if not re.fullmatch(r"[a-z][a-z0-9_]*", task.id):
            raise section.fail("id", f"must be small letters, digits and _, not '{task.id}'")
        if any(task.id == other.id for other in tasks):
            raise top.fail("tasks", f"declares '{task.id}' twice")
        tasks.append(task)
    if not tasks:
        raise top.fail("tasks", "is empty; declare at least one [[tasks]] table with points")
    known = {task.id for task in tasks}
    for task in tasks:
        for upstream in task.uncarried:
            if upstream not in needed(tasks, task.id):
                raise top.fail("tasks", f"'{task.id}' has '{upstream}' uncarried: it must need it")
        for upstream in task.needs:
            if upstream not in known:
                raise top.fail("tasks", f"'{task.id}' needs '{upstream}', which is no task")
    for task in tasks:
        if task.id in needed(tasks, task.id):
            raise top.fail("tasks", f"'{task.id}' needs itself, by way of its own 'needs'")
    return tuple(tasks)


def costly(tasks: Sequence[Task], task: Task) -> frozenset[str]:
    """Return the tasks that `task` builds on and whose errors cost points in it too."""
    return frozenset(task.uncarried if task.carried else needed(tasks, task.id))


def needed(tasks: Sequence[Task], task_id: str) -> tuple[str, ...]:
    """Return the tasks that `task_id` builds on, directly or not, in the manifest's order."""
    direct = {task.id: task.needs for task in tasks}
    reached: set[str] = set()
    waiting = set(direct[task_id])
    while waiting:
        reached |= waiting
        waiting = {more for one in waiting for more in direct[one]} - reached
    return tuple(task.id for task in tasks if task.id in reached)


def _limits(section: _Section) -> Limits:
    usual = Limits()
    limits = Limits(
        test_seconds=float(section.number("test_seconds", usual.test_seconds, 0.1, 3600)),
        training_seconds=float(
            section.number("training_seconds", usual.training_seconds, 0.1, 86400)
        ),
        submission_seconds=float(
            section.number("submission_seconds", usual.submission_seconds, 0.1, 86400)
        ),
        verifying_seconds=float(
            section.number("verifying_seconds", usual.verifying_seconds, 0, 86400)
        ),
        memory_mb=int(section.number("memory_mb", usual.memory_mb, 256, 1 << 20)),
        output_kb=int(section.number("output_kb", usual.output_kb, 1, 1 << 16)),
    )
    section.done()
    return limits


def _rule(section: _Section) -> Rule:
    name = section.take("action", str, "warn")
    try:
        action = Action(name)
    except ValueError:
        raise section.fail("action", f"must be zero, deduct or warn, not '{name}'") from None
    percent = Fraction(str(section.number("percent", 0, 0, 100)))
    if (action is Action.DEDUCT) != (percent > 0):
        raise section.fail("percent", 'goes with action = "deduct" and must be positive there')
    rule = Rule(action, percent, section.strings("allow"), section.strings("spares"))
    section.done()
    return rule


_RULES = ("printing", "imports", "standard_library", "signatures", "files")


def changed(policy: Policy, settings: Sequence[str]) -> Policy:
    """Return `policy` with what one run sets otherwise: "printing=warn", "imports=5".

    A number is a percentage of the points. Raises ManifestError.
    """
    for setting in settings:
        name, _, value = setting.partition("=")
        if name not in _RULES:
            raise ManifestError(f"policy '{setting}': there is no rule '{name}'; {_SETTINGS}")
        if value in ("warn", "zero"):
            action, percent = Action(value), Fraction(0)
        elif re.fullmatch(r"\d{1,3}(\.\d+)?", value) and 0 < Fraction(value) <= 100:
            action, percent = Action.DEDUCT, Fraction(value)
        else:
            raise ManifestError(f"policy '{setting}': '{value}' is no action; {_SETTINGS}")
        rule = replace(getattr(policy, name), action=action, percent=percent)
        policy = replace(policy, **{name: rule})
    return policy


_SETTINGS = f"write RULE=warn, RULE=zero or RULE=PERCENT, where RULE is one of {', '.join(_RULES)}"


def _policy(section: _Section, tasks: Sequence[Task]) -> Policy:
    rules = {name: _rule(section.section(name)) for name in _RULES}
    for name, rule in rules.items():
        for pattern in rule.spares:
            if not any(fnmatchcase(task.id, pattern) for task in tasks):
                raise section.fail(f"{name}.spares", f"matches no task: '{pattern}'")
    late = section.section("lateness")
    section.done()
    due = late.take("due", datetime, None)
    if due is not None and due.tzinfo is None:
        raise late.fail("due", "needs a time zone, for example 2026-01-29T08:00:00-05:00")
    steps = []
    for step in late.sections("steps"):
        steps.append(
            LateStep(
                float(step.number("after_hours")),
                Fraction(str(step.number("percent", ..., 0, 100))),
            )
        )
        step.done()
    cutoff = late.number("cutoff_hours", None)
    lateness = Lateness(
        due=due,
        grace_hours=float(late.number("grace_hours", 0)),
        steps=tuple(sorted(steps, key=lambda step: step.after_hours)),
        cutoff_hours=None if cutoff is None else float(cutoff),
    )
    late.done()
    return Policy(lateness=lateness, **rules)
