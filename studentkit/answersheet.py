"""Typed answers in the student's folder: how each was read, and never whether it is right.

Needs the standard library and the reader only.
"""

from __future__ import annotations

import importlib
import sys
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from studentkit.declare import task, unscored
from studentkit.notation import Names, Reading, Unreadable, read_value
from studentkit.setting import show

MODULE = "answers"  # the student's file
_LEVELS = 8  # of lists within lists


def define_public(namespace: dict[str, Any], questions: str | Path | None = None) -> None:
    """Add one test a question to a test module's `namespace`: it passes if the answer is readable.

    `questions` is the path of `questions.toml`; by default the one of the student's folder, or of
    the project's. Raises FileNotFoundError, tomllib.TOMLDecodeError, KeyError for a broken file.
    """
    path = Path(questions) if questions is not None else find_questions(namespace["__file__"])
    for table in tomllib.loads(path.read_text(encoding="utf-8"))["questions"]:
        test = _test(table)
        test.__module__ = namespace["__name__"]
        namespace[test.__name__] = test


def find_questions(test_file: str | Path) -> Path:
    """Return the `questions.toml` that belongs to a test file; raises FileNotFoundError."""
    file = Path(test_file).resolve()
    places = [parent / "questions.toml" for parent in file.parents[:3]]
    places += [
        parent.parent / "assignments" / file.parents[1].name / "questions.toml"
        for parent in file.parents
        if parent.name == "tests"
    ]
    for place in places:
        if place.is_file():
            return place
    raise FileNotFoundError(f"{file}: there is no questions.toml for it")


def names_of(table: Mapping[str, Any]) -> Names:
    """Return what the reader needs of one question's table."""
    return Names(
        vars=dict(table.get("vars", {})),
        dims=dict(table.get("dims", {})),
        names=dict(table.get("names", {})),
        aliases=dict(table.get("aliases", {})),
        kind=table.get("kind", "expression"),
        form=str(table.get("form", "")),
    )


def answer_of(name: str) -> Any:
    """Return the student's answer called `name`, as it is (see `plain`).

    Raises what importing their file raises, and AttributeError where the name is not in it.
    """
    return getattr(importlib.import_module(MODULE), name)


def plain(value: Any, depth: int = 0) -> Any:
    """Return lists, tuples, dicts and tensors as plain ones, whatever stands in for them.

    Raises Unreadable for a function, a class and the like that another process holds.
    """
    if depth > _LEVELS:
        return value
    if isinstance(value, list | dict) and type(value) not in (list, dict):
        value = value.copy()  # one that lives elsewhere comes as a whole
    if type(value) in (list, tuple):
        return type(value)(plain(item, depth + 1) for item in value)
    if type(value) is dict:
        return {key: plain(item, depth + 1) for key, item in value.items()}
    if type(value).__module__.startswith("autograder.execution"):
        raise Unreadable("this is no text, number, list, array or dict")
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        return value.detach().cpu().numpy()
    return value


def shown(answer: Any, names: Names) -> str:
    """Return how an answer is read, in one line: in full, and its shape; raises Unreadable."""
    return _line(read_value(plain(answer), names))


def spoken(shape: tuple[int, ...] | None) -> str:
    """Return a shape in words."""
    if shape is None:
        return "several answers"
    if shape == ():
        return "one number"
    if len(shape) == 2 and shape[1] == 1:
        return f"a column {shape}"
    if len(shape) == 2 and shape[0] == 1:
        return f"a row {shape}"
    return f"a matrix {shape}" if len(shape) == 2 else f"numbers in the shape {shape}"


def _line(reading: Reading) -> str:
    text = f"{reading.text()}   ({spoken(reading.shape)})"
    return "; ".join([text, *reading.notes])


def _test(table: Mapping[str, Any]) -> Callable[[], None]:
    name, names = str(table["name"]), names_of(table)

    def test() -> None:
        answer = answer_of(name)
        try:
            reading = read_value(plain(answer), names)
        except Unreadable as error:
            raise AssertionError(f"{name} cannot be read: {error}") from None
        show(f"{name} = {_line(reading)}", reading.mathml())

    test.__name__ = test.__qualname__ = f"test_{name}"
    test.__doc__ = f"{name} can be read."
    declared: Callable[[], None] = unscored(task(str(table["task"]))(test))
    return declared
