"""Functions of the submission that the grader answers for, and the other end of such a call.

In the student's worker a stub stands where the function was; its arguments travel by value and
come back to be called in a second worker, which has the reference and nothing of the student's.
An object of the submission travels as its attributes, and what the call changes in them comes
back the same way.
"""

from __future__ import annotations

import contextlib
import sys
import types
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from . import tensors
from .mistaken import find, rebind

_OBJECT = "\0object"  # [_OBJECT, number] stands for an object that travels as its attributes


def put(functions: Mapping[str, Callable[..., Any]], home: str) -> None:
    """Replace each function, named "module.Class.name", wherever it is bound."""
    for target, answer in functions.items():
        # A module that cannot be imported fails in the test itself, with its own message.
        with contextlib.suppress(Exception, SystemExit):
            owner, name = find(target)
            original = vars(owner).get(name)
            setattr(owner, name, _stub(answer, name, home))
            if isinstance(owner, types.ModuleType) and original is not None:
                rebind(original, getattr(owner, name))


def _stub(answer: Callable[..., Any], name: str, home: str) -> Callable[..., Any]:
    wanted: list[bool] = []  # whether the function looks at attributes of objects

    def supplied(*arguments: Any, **named: Any) -> Any:
        packer = _Packer(home)
        sent = [packer.pack(arguments), packer.pack(named)]
        found = answer(*sent, packer.states(attributes=bool(wanted)))
        if found is None:  # most functions need no attribute, and a model's are large
            wanted.append(True)
            found = answer(*sent, packer.states(attributes=True))
        result, states = found
        for thing, state in zip(packer.things, states, strict=False):  # none for bare objects
            _restore(vars(thing), state)
        return result

    supplied.__name__ = name
    return supplied


def call(target: str, arguments: tuple[Any, ...], named: dict[str, Any], states: list[Any]) -> Any:
    """Call the reference's `target` with what a stub sent; return [result, new states].

    Where objects came without attributes and one was looked for, the answer is None.
    """
    things: list[Any] = []
    for class_name, state in states:
        owner, name = find(class_name)
        kind = getattr(owner, name)
        thing = kind.__new__(kind)
        vars(thing).update(state or {})
        things.append(thing)
    owner, name = find(target)
    function = getattr(owner, name)
    bare = any(state is None for _, state in states)
    try:
        result = function(*_unpack(arguments, things), **_unpack(named, things))
    except AttributeError:
        if bare:
            return None
        raise
    packer = _Packer("")
    changed = [] if bare else [packer.pack(vars(thing)) for thing in things]
    return [packer.pack(result), changed]


class _Packer:
    """Turns arguments into plain data; each object of the submission once."""

    def __init__(self, home: str) -> None:
        self._home = home
        self._numbers: dict[int, int] = {}
        self.things: list[Any] = []

    def states(self, attributes: bool) -> list[Any]:
        """Return [class, attributes or None] of every object met, and of those met on the way."""
        found: list[Any] = []
        while len(found) < len(self.things):
            thing = self.things[len(found)]
            state: dict[str, Any] = {}
            for name, value in vars(thing).items() if attributes else ():
                with contextlib.suppress(TypeError):  # what a student keeps there beside data
                    state[name] = self.pack(value)
            kind = f"{type(thing).__module__}.{type(thing).__qualname__}"
            found.append([kind, state if attributes else None])
        return found

    def pack(self, value: Any) -> Any:
        if value is None or isinstance(value, bool | int | float | complex | str | bytes):
            return value
        if isinstance(value, np.ndarray | np.generic):
            return value
        if tensors.is_tensor(value):
            return tensors.to_plain(value)
        if type(value) in (list, tuple):
            return type(value)(self.pack(item) for item in value)
        if type(value) is dict:
            return {key: self.pack(item) for key, item in value.items()}
        module = sys.modules.get(type(value).__module__)
        if self._home and str(getattr(module, "__file__", "")).startswith(self._home):
            number = self._numbers.setdefault(id(value), len(self.things))
            if number == len(self.things):
                self.things.append(value)
            return [_OBJECT, number]
        raise TypeError(f"a {type(value).__name__} cannot be passed to the function of the grader")


def _unpack(value: Any, things: list[Any]) -> Any:
    if type(value) is list and len(value) == 2 and value[0] == _OBJECT:
        return things[value[1]]
    if type(value) in (list, tuple):
        return type(value)(_unpack(item, things) for item in value)
    if type(value) is dict:
        return {key: _unpack(item, things) for key, item in value.items()}
    return value


def _restore(target: dict[str, Any], state: dict[str, Any]) -> None:
    """Put new values in, keeping the identity of dictionaries that others may hold."""
    for key, value in state.items():
        if type(value) is dict and type(target.get(key)) is dict:
            _restore(target[key], value)
        elif not (type(value) is list and value[:1] == [_OBJECT]):
            target[key] = value
