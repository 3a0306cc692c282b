"""Known mistakes: small, named changes to the reference whose docstring is a student's hint."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from autograder.core.errors import AutograderError

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

    @property
    def tasks(self) -> tuple[str, ...]:
        """Every task in which it costs points."""
        return (self.task, *self.also)


_declared: list[Mistake] = []


def mistake(target: str, task: str, also: tuple[str, ...] = ()) -> Callable[[Function], Function]:
    """Declare the decorated function as a wrong variant of `target`, which `task` is about.

    Where two tasks grade one function, `also` names the other one if it loses points as well.

    It is called with the original function first, then with the original's arguments. Its
    docstring is the hint. The function itself only ever runs in a confined worker.
    """

    def declare(function: Function) -> Function:
        hint = " ".join((function.__doc__ or "").split())
        _declared.append(Mistake(function.__name__, target, task, hint, also))
        return function

    return declare


def load(path: Path) -> tuple[Mistake, ...]:
    """Read the mistakes that the author's `path` declares, in order; () without such a file."""
    if not path.is_file():
        return ()
    _declared.clear()
    spec = importlib.util.spec_from_file_location("_declared_mistakes", path)
    if spec is None or spec.loader is None:
        raise MistakesError(f"{path}: cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    sys.modules["autograder.mistakes"] = sys.modules[__name__]
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise MistakesError(f"{path}: {type(error).__name__}: {error}") from error
    found = tuple(_declared)
    names = [entry.id for entry in found]
    for entry in found:
        if names.count(entry.id) > 1:
            raise MistakesError(f"{path}: '{entry.id}' is declared twice")
        if not entry.hint:
            raise MistakesError(f"{path}: '{entry.id}' has no docstring; it is the hint to print")
    return found
