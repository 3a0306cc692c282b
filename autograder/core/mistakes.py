"""Known mistakes: small, named changes to the reference whose docstring is a student's hint."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from autograder.core.errors import AutograderError
from autograder.core.loading import run

_MARK = "__mistakes__"
Function = TypeVar("Function", bound=Callable[..., Any])


class MistakesError(AutograderError):
    """`mistakes.py` cannot be used; the message says where and why."""


@dataclass(frozen=True)
class Mistake:
    """One wrong variant of the reference."""

    id: str  # the function's name
    target: str  # "optimizer.sgd.SGD.update": what it replaces
    task: str  # the task that must lose points
    hint: str  # what a student reads
    also: tuple[str, ...] = ()  # further tasks that grade the same function and lose points too
    costs: int | None = None  # percent of its task; None: as many tests as notice it

    @property
    def tasks(self) -> tuple[str, ...]:
        """Every task in which it costs points."""
        return (self.task, *self.also)


def mistake(
    target: str, task: str, also: tuple[str, ...] = (), costs: int | None = None
) -> Callable[[Function], Function]:
    """Declare the decorated function as a wrong variant of `target`, which `task` is about.

    Where two tasks grade one function, `also` names the other one if it loses points as well.
    `costs` is the percent of the task that a teacher would take for it: so much it costs where it
    explains all that fails there, however many tests notice it.

    It is called with the original function first, then with the original's arguments. Its
    docstring is the hint. The function itself only ever runs in a confined worker.
    """

    def declare(function: Function) -> Function:
        hint = " ".join((function.__doc__ or "").split())
        declared = Mistake(function.__name__, target, task, hint, also, costs)
        setattr(function, _MARK, [*getattr(function, _MARK, ()), declared])
        return function

    return declare


def load(path: Path) -> tuple[Mistake, ...]:
    """Read the mistakes that the author's `path` declares, in order; () without such a file."""
    if not path.is_file():
        return ()
    declared = run(path, MistakesError).values()
    marked = [getattr(one, _MARK, ()) for one in declared if callable(one)]
    found = tuple(each for several in marked for each in several)
    functions = [node.name for node in _functions(path)]
    for entry in found:
        if functions.count(entry.id) > 1:  # the second has taken the name of the first
            raise MistakesError(f"{path}: '{entry.id}' is declared twice")
        if entry.costs is not None and not (
            isinstance(entry.costs, int) and 1 <= entry.costs <= 100
        ):
            raise MistakesError(f"{path}: '{entry.id}' costs {entry.costs!r}; say 1 to 100 percent")
        if not entry.hint:
            raise MistakesError(f"{path}: '{entry.id}' has no docstring; it is the hint to print")
    return found


def _functions(path: Path) -> list[ast.FunctionDef]:
    return [node for node in ast.parse(path.read_bytes()).body if isinstance(node, ast.FunctionDef)]
