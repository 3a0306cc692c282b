"""What a request is about, in the words of a report."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.execution.errors import SubmissionError
from autograder.execution.record import kind_of

_LONGEST = 300  # characters of one value
_MANY = 12  # entries that are written out


def name_of(operation: str, arguments: tuple[Any, ...]) -> str:
    """Return the dotted name that a request asks for, or else what it does."""
    target = arguments[0] if arguments else ""
    if type(target) is list:
        return ".".join(str(part) for part in target[1:])
    return f"{operation} {target}" if operation == "probe" else operation


def module_of(operation: str, arguments: tuple[Any, ...]) -> str:
    """Return the module that a request names; "" where it is about an object."""
    target = arguments[0] if arguments else ""
    if operation == "peek" and type(target) is str:
        return target
    named = type(target) is list and type(target[0]) is str and target[0] == "name"
    return str(target[1]) if named else ""


def asking(asked: str) -> str:
    """Say what hung, so that a sentence can begin with it."""
    if "." in asked and not asked.startswith("probe "):
        return f"a use of {asked}"
    return "the same question to an object of the code"


def giver_of(target: str, arguments: tuple[Any, ...]) -> str:
    """Return the name of what was asked for, with the type of the object that was asked."""
    first = arguments[0] if arguments else None
    if type(first) is not list or not first:
        return target
    label = getattr(type(first[0]), "_label", None)
    return ".".join(filter(None, (label(first[0]), target))) if label else target


def as_typed(operation: str, arguments: tuple[Any, ...]) -> str:
    """Return a call as one would type it, long arrays cut; "" for anything else.

    What lives in the worker is named by its type: nothing is asked of it.
    """
    if operation != "call" or not arguments:
        return ""
    name = giver_of(name_of(operation, arguments), arguments).rpartition(".")[2] or "a function"
    given = [_value(one) for one in (arguments[1] if len(arguments) > 1 else ())]
    named = arguments[2] if len(arguments) > 2 else {}
    given += [f"{key}={_value(one)}" for key, one in named.items()]
    return f"{name}({', '.join(given)})"


def _value(value: Any, depth: int = 0) -> str:
    if type(value) in (bool, int, float, complex, str, type(None)):
        return repr(value)[:_LONGEST]
    if type(value) in (list, tuple) and depth < 3:
        inside = ", ".join(_value(one, depth + 1) for one in value[:_MANY])
        more = ", …" if len(value) > _MANY else ""
        return f"[{inside}{more}]" if type(value) is list else f"({inside}{more})"
    kind, shape = kind_of(value)
    if isinstance(value, np.ndarray):
        text = np.array2string(value, threshold=_MANY, edgeitems=2, precision=4, separator=", ")
        return " ".join(text.split())[:_LONGEST]
    return f"a {kind} of shape {shape}" if shape is not None else f"a {kind}"


def placed(error: SubmissionError, operation: str, arguments: tuple[Any, ...]) -> SubmissionError:
    """Note what the request that ended in `error` was about."""
    target = arguments[0] if arguments else None
    if operation == "probe":  # a question about objects, the first of which it is about
        about = arguments[1][0] if arguments[1] else None
        label = getattr(type(about), "_label", None)
        error.owner = label(about) if label else f"a value of your code ({kind_of(about)[0]})"
        return error
    if type(target) is list and target and type(target[0]) is str and target[0] == "name":
        error.module = str(target[1])
        error.asked = ".".join(map(str, target[1:]))
    elif type(target) is list and target:
        label = getattr(type(target[0]), "_label", None)
        error.owner = label(target[0]) if label else ""
        error.owner_type = kind_of(target[0])[0] if label else ""
        error.asked = ".".join(str(part) for part in target[1:])
    elif type(target) is str:
        error.module = error.asked = target  # a module whose names are looked at
    return error
