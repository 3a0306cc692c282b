"""Designs as answers: read into exact numbers, and tested as `tests/<a>/designs.py` says.

That file has PREDICATES, a dict from the names that key.toml uses to a Predicate each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studentkit.notation import Reading
from studentkit.notation.tree import Record, Tree, Tuple

from autograder.answers.evaluate import (
    Activation,
    Budget,
    OverweightError,
    Several,
    Value,
    evaluate,
    is_finite,
)
from autograder.core.errors import AutograderError
from autograder.core.loading import run

Parameters = Mapping[str, Any]

NUMBER, LIST, ROWS, AS_READ = 0, 1, 2, -1  # how a part is nested; AS_READ is not of numbers
_PLAIN = Activation(False, "")


class DesignsError(AutograderError):
    """`designs.py` cannot be used; the message says where and why."""


class FormError(Exception):
    """A design that does not have the parts it should have; the message says which."""


@dataclass(frozen=True)
class FormFinding:
    """Whether a design does what is asked, and what it does instead where that is known."""

    holds: bool
    mistake: str = ""
    hint: str = ""


HOLDS = FormFinding(True)


def fails(mistake: str, hint: str) -> FormFinding:
    """Return the finding that a design does something else; `hint` is for whoever typed it."""
    return FormFinding(False, mistake, hint)


@dataclass(frozen=True)
class Predicate:
    """A kind of design: its parts with their nesting, and the exact test of their values."""

    parts: Mapping[str, int]  # name -> NUMBER, LIST, ROWS or AS_READ, in the order of the form
    test: Callable[[list[Any], Parameters], FormFinding]  # may raise FormError
    parameters: frozenset[str] = frozenset()  # what key.toml may set
    respell: Callable[[Any], Any] | None = None  # what is typed -> what is read


def load(path: Path) -> dict[str, Predicate]:
    """Return the predicates that the author's `path` declares; raises DesignsError."""
    if not path.is_file():
        raise DesignsError(f"{path}: not found; declare the predicates of the designs there")
    found = run(path, DesignsError).get("PREDICATES")
    if not isinstance(found, dict):
        raise DesignsError(f"{path}: has no PREDICATES; make it a dict from names to Predicate")
    for name, one in found.items():
        if not isinstance(name, str) or not isinstance(one, Predicate):
            raise DesignsError(f"{path}: PREDICATES[{name!r}] is no Predicate; make it one")
    return found


def decide(predicate: Predicate, reading: Reading, parameters: Parameters) -> FormFinding:
    """Tell whether a design satisfies `predicate`.

    Raises FormError, OverweightError, and whatever an author's test may end in.
    """
    finding = predicate.test(_parts(predicate, reading.tree), parameters)
    if not isinstance(finding, FormFinding):
        raise TypeError("it returns neither HOLDS nor fails(...)")
    return finding


def normal_form(predicate: Predicate, reading: Reading) -> Any:
    """Return what makes two designs the same one, None where there is no such thing."""
    try:
        return _parts(predicate, reading.tree)
    except (FormError, OverweightError):
        return None


def value_at(tree: Tree, point: Mapping[str, Value]) -> Value:
    """Return the exact value of a part that was left as read; raises LookupError for a name."""
    return evaluate(tree, point, _PLAIN, Budget())


def sized(name: str, value: Sequence[Any], size: int) -> None:
    """Raise FormError unless the part `name` has `size` entries."""
    if len(value) != size:
        raise FormError(f"{name} has {len(value)} entries where {size} are needed")


def _parts(predicate: Predicate, tree: Tree) -> list[Any]:
    """Return the values of a design's parts, nested as the predicate says."""
    made: list[Any] = []
    trees = _items(list(predicate.parts), tree)
    for (name, level), part in zip(predicate.parts.items(), trees, strict=True):
        if level == AS_READ:
            made.append(part)
            continue
        try:
            value = value_at(part, {})
        except LookupError:
            raise FormError(f"{name} has to be made of numbers") from None
        if not is_finite(value):
            raise FormError(f"{name} holds what is no number")
        made.append(_nested(name, value, level))
    return made


def _items(fields: Sequence[str], tree: Tree) -> list[Tree]:
    if isinstance(tree, Record):
        spelled = {field.lower(): field for field in fields}
        given = {spelled.get(name.lower(), name): part for name, part in tree.items}
        if set(given) != set(fields):
            raise FormError(f"the parts are called {', '.join(fields)}")
        return [given[name] for name in fields]
    if not isinstance(tree, Tuple) or len(tree.items) != len(fields):
        raise FormError(f"{len(fields)} parts are asked for: {', '.join(fields)}")
    return list(tree.items)


def _nested(name: str, value: Value, level: int) -> Any:
    """Return a part as a number, a vector or a matrix; [[1, 1]] will do for [1, 1] and so on."""
    if type(value) is tuple:
        value = Several(tuple(Several(tuple(row)) for row in value))
    if level == NUMBER:
        while isinstance(value, Several) and len(value.items) == 1:
            value = value.items[0]
        if isinstance(value, Several):
            raise FormError(f"{name} is one number")
        return value
    if not isinstance(value, Several):
        value = Several((value,))
    rows = value.items
    if level == LIST:
        if len(rows) == 1 and isinstance(rows[0], Several):
            rows = rows[0].items
        return tuple(_nested(name, row, NUMBER) for row in rows)
    if not any(isinstance(row, Several) for row in rows):
        rows = (value,)  # a flat list is the only row
    if len({len(row.items) if isinstance(row, Several) else 0 for row in rows}) != 1:
        raise FormError(f"the rows of {name} are not equally long")
    return tuple(_nested(name, row, LIST) for row in rows)
