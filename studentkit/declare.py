"""How a test says which task it belongs to, and what its sentence is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Thing = TypeVar("Thing")


def task(task_id: str) -> Callable[[Thing], Thing]:
    """Name the task of a test function, a test method or a whole test class."""

    def declare(thing: Thing) -> Thing:
        thing.__task__ = task_id  # type: ignore[attr-defined]
        return thing

    return declare


def trains(thing: Thing) -> Thing:
    """Mark a test that trains a network: it sees the larger data and is timed apart."""
    thing.__trains__ = True  # type: ignore[attr-defined]
    return thing


def unscored(thing: Thing) -> Thing:
    """Mark a test that tells a student something and carries no points."""
    thing.__unscored__ = True  # type: ignore[attr-defined]
    return thing


def told(thing: Thing) -> Thing:
    """Mark a test among the hidden ones that students know all the same, with its message."""
    thing.__told__ = True  # type: ignore[attr-defined]
    return thing


def told_of(function: Any) -> bool:
    """Tell whether students know a test, wherever it lies."""
    return bool(getattr(function, "__told__", False))


def task_of(function: Any, owner: Any = None) -> str | None:
    """Return the id of the task that `function` (in class `owner`) names; None if it names none."""
    return getattr(function, "__task__", None) or getattr(owner, "__task__", None)


def trains_of(function: Any, owner: Any = None) -> bool:
    """Tell whether a test trains a network."""
    return bool(getattr(function, "__trains__", False) or getattr(owner, "__trains__", False))


def unscored_of(function: Any, owner: Any = None) -> bool:
    """Tell whether a test carries no points."""
    return bool(getattr(function, "__unscored__", False) or getattr(owner, "__unscored__", False))


def title_of(function: Any) -> str:
    """Return the sentence a student reads: the docstring's first paragraph or the name in words."""
    text = (getattr(function, "__doc__", None) or "").strip().split("\n\n")[0]
    if text:
        return " ".join(text.split())
    name = str(function.__name__)
    words = name.removeprefix("test_").removeprefix("test").replace("_", " ").strip()
    return words[:1].upper() + words[1:] if words else name
