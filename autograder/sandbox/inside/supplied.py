"""Functions of the submission that the grader answers for, and the other end of such a call.

In the student's worker a stub stands where the function was; its arguments travel by value and
come back to be called in another process (see `lending`), which has the lent functions and
nothing of the student's. An object of the submission travels as its plain attributes, and what
the call changes in them comes back the same way.
"""

from __future__ import annotations

import contextlib
import itertools
import sys
import types
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from . import tensors, travelling, wire
from .loaders import Batches
from .mistaken import find, rebind

_ITERATOR = "\0iterator"  # [_ITERATOR, items] stands for a generator that yields them
_MAX_YIELDED = 100_000
_OBJECT = "\0object"  # [_OBJECT, number] stands for an object that travels as its attributes


def put(functions: Mapping[str, Callable[..., Any]], keep: frozenset[str], home: str) -> None:
    """Replace each function, named "module.Class.name", wherever it is bound.

    Names in `keep` stay what they are: a submission may bind one object to two of them.
    """
    for target, answer in functions.items():
        # A module that cannot be imported fails in the test itself, with its own message.
        with contextlib.suppress(BaseException):
            owner, name = find(target)
            original = vars(owner).get(name)
            setattr(owner, name, _stub(answer, name, home))
            if isinstance(owner, types.ModuleType) and original is not None:
                rebind(original, getattr(owner, name), keep)


def _stub(answer: Callable[..., Any], name: str, home: str) -> Callable[..., Any]:
    wanted: list[bool] = []  # whether the function looks at attributes of objects

    def supplied(*arguments: Any, **named: Any) -> Any:
        packer = _Packer(home)
        try:
            sent = [packer.pack(arguments), packer.pack(named)]
            states = packer.states(attributes=bool(wanted))
        except Exception:
            answer(None, None, None)  # raises: the grader notes that this cannot be answered
            raise
        found = answer(*sent, states)
        if found is None:  # most functions need no attribute, and a model's are large
            wanted.append(True)
            found = answer(*sent, packer.states(attributes=True))
        result, states = found
        for thing, state in zip(packer.things, states, strict=False):
            if travelling.is_network(thing):
                travelling.take_over(thing, _unpack(state, []))
            else:
                _restore(vars(thing), state)
        if type(result) is list and len(result) == 2 and result[0] == _ITERATOR:
            return iter(result[1])
        return result

    supplied.__name__ = name
    return supplied


def call(
    function: Callable[..., Any],
    classes: Mapping[str, tuple[type, frozenset[str]]],
    arguments: tuple[Any, ...],
    named: dict[str, Any],
    states: list[Any],
) -> Any:
    """Call the reference's `function` with what a stub sent; return [result, new states].

    `classes` are those of which objects are taken, by dotted name, with the attributes that they
    may have. Where objects came without attributes and one was looked for, the answer is None.
    """
    things: list[Any] = []
    kept: list[frozenset[str]] = []
    for name, state in states:
        if name == travelling.NETWORK:
            things.append(travelling.rebuilt(state))
            kept.append(frozenset())
            continue
        kind, attributes = classes[name]
        thing: Any = object.__new__(kind)
        for attribute, value in (state or {}).items():
            if attribute not in attributes:
                raise TypeError("an attribute that no such object has")
            thing.__dict__[attribute] = value
        things.append(thing)
        kept.append(attributes)
    bare = any(state is None for _, state in states)
    try:
        result = function(*_unpack(arguments, things), **_unpack(named, things))
        if isinstance(result, types.GeneratorType):
            result = [_ITERATOR, list(itertools.islice(result, _MAX_YIELDED))]
    except AttributeError:
        if bare:
            return None
        raise
    packer = _Packer("")
    changed = []
    for thing, attributes in zip(things, kept, strict=True):
        if travelling.is_network(thing):
            changed.append(travelling.changes(thing))
            continue
        now = {name: value for name, value in vars(thing).items() if name in attributes}
        changed.append({} if bare else packer.pack(now))
    return [packer.pack(result), changed]


def tensor(plain: wire.Tensor) -> Any:
    """Make a tensor of an argument."""
    return tensors.to_torch(plain, share=True)


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
            if travelling.is_network(thing):
                found.append([travelling.NETWORK, travelling.described(thing)])
                continue
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
        if (loss := travelling.loss_of(value)) is not None:
            return [travelling.LOSS, *loss]
        if (pairs := travelling.pairs_of(value)) is not None:
            return [travelling.BATCHES, *map(self.pack, pairs)]
        module = sys.modules.get(type(value).__module__)
        ours = self._home and str(getattr(module, "__file__", "")).startswith(self._home)
        if (self._home and travelling.is_network(value)) or (ours and hasattr(value, "__dict__")):
            number = self._numbers.setdefault(id(value), len(self.things))
            if number == len(self.things):
                self.things.append(value)
            return [_OBJECT, number]
        raise TypeError(f"a {type(value).__name__} cannot be passed to the function of the grader")


def _unpack(value: Any, things: list[Any]) -> Any:
    if type(value) is list and len(value) == 2 and value[0] == _OBJECT:
        return things[value[1]]
    if type(value) is list and value[:1] == [travelling.LOSS]:
        return travelling.loss(*value[1:])
    if type(value) is list and value[:1] == [travelling.BATCHES]:
        return Batches(_unpack(value[1:], things))
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
