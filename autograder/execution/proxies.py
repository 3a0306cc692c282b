"""What a test holds of a submission: names, objects and containers that live in the worker."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
from studentkit import context
from studentkit.context import TestContext

from autograder.core.failures import SuiteError
from autograder.execution.errors import SubmissionError
from autograder.execution.session import Session
from autograder.sandbox.inside import tensors
from autograder.sandbox.inside.wire import Reference

_CHUNK = 64  # items of one iteration that travel together
_MANY = 4096  # of numbers and texts


@contextmanager
def speaking_to(session: Session, services: Sequence[object] = ()) -> Iterator[TestContext]:
    """Let every name and object that a test holds speak to `session`, for what runs inside.

    `services` are further objects of the grader that tests may need.
    """
    session.handles.resolve, session.handles.reference_of = _resolve, _reference_of
    with context.using(TestContext(ask=_ask_probe, services=(session, *services))) as made:
        yield made


def current() -> Session:
    """Return the session in use; raises SuiteError at collection time."""
    found = context.current().service(Session)
    if found is None:
        raise SuiteError(
            "student code was used while the tests were being collected; "
            "call it inside a test or in setUp, not at module level"
        )
    return found


def running() -> bool:
    """Tell whether tests are being run (and not collected)."""
    return context.current().service(Session) is not None


def plain(value: Any) -> Any:
    """Bring a container of the submission here, where that is possible; finish tensors.

    A handle would be dead with its worker, and a test file's constant outlives that.
    """
    return value._fetch() if isinstance(value, _Container) else tensors.received(value)


def _ask_probe(name: str, arguments: list[Any]) -> Any:
    """Answer a question of the student kit from the worker, where the objects are."""
    # A picture is for the report: replies with and without it must be known as the same.
    return _deep(current().request("probe", name, arguments, keep=name != "picture"))


def _deep(value: Any) -> Any:
    """Finish tensors in lists and dicts as well: plain answers, not containers of students."""
    if type(value) is list:
        return [_deep(item) for item in value]
    if type(value) is dict:
        return {key: _deep(item) for key, item in value.items()}
    return tensors.received(value)


class _Remote:
    """Shared behaviour of everything remote; a subclass says how to address it."""

    __slots__ = ("__weakref__",)

    def _address(self) -> list[Any]:
        raise NotImplementedError

    def _ask(self, operation: str, *arguments: Any) -> Any:
        found = current().request(operation, self._address(), *arguments)
        return _of(tensors.received(found), self._label())

    def _label(self) -> str:
        """Say in a report's words what this is."""
        raise NotImplementedError

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self._ask("call", list(arguments), named)

    def __getattr__(self, name: str) -> Any:
        if name == "__signature__":
            return self._signature()
        if (name.startswith("__") and name.endswith("__")) or name.startswith("_pytest"):
            raise AttributeError(name)
        return self._attribute(name)

    def _attribute(self, name: str) -> Any:
        found = current().request("get", [*self._address(), name])
        return _of(tensors.received(found), f"{self._label()}.{name}")

    def __setattr__(self, name: str, value: Any) -> None:
        current().request("set", [*self._address(), name], value)

    def __delattr__(self, name: str) -> None:
        current().request("delete", [*self._address(), name])

    def __dir__(self) -> list[str]:
        names = current().request("directory", self._address())
        return [name for name in names if type(name) is str] if type(names) is list else []

    def __instancecheck__(self, thing: Any) -> bool:
        if not isinstance(thing, _Remote):
            return False
        return current().request("instance", thing, self._address()) is True

    def __subclasscheck__(self, thing: Any) -> bool:
        if not isinstance(thing, _Remote):
            return False
        return current().request("subclass", thing._address(), self._address()) is True

    def __mro_entries__(self, bases: Any) -> Any:
        raise SuiteError("a test cannot subclass a student's class; make an object of it instead")

    def _signature(self) -> inspect.Signature:
        rows = current().request("signature", self._address())
        parameters = []
        try:
            for name, kind, has_default, default in rows:
                value = default if has_default is True else inspect.Parameter.empty
                parameter_kind = list(inspect._ParameterKind)[kind]
                parameters.append(inspect.Parameter(name, parameter_kind, default=value))
            return inspect.Signature(parameters)
        except (TypeError, ValueError, IndexError) as error:
            raise ValueError(f"no usable signature: {error}") from None

    # A student's == or < must never be a verdict: objects are equal when they are the same.
    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


class RemoteName(_Remote):
    """A name imported from a student's module; it is looked up anew at each use.

    Where a test puts something else in its place, it goes on to mean what it meant: what a test
    has kept can be called from what replaces it, and be put back.
    """

    __slots__ = ("_module", "_path", "_since")

    def __init__(self, module: str, path: tuple[str, ...]) -> None:
        object.__setattr__(self, "_module", module)
        object.__setattr__(self, "_path", path)
        object.__setattr__(self, "_since", current().handles.replacements if running() else 0)

    def _address(self) -> list[Any]:
        handles = current().handles if running() else None
        if handles is not None and handles.replaced:
            whole = (self._module, *self._path)
            for length in range(len(whole), 1, -1):
                kept = handles.before(whole[:length], self._since)
                if kept is not None:
                    return [kept, *whole[length:]]
        return ["name", self._module, *self._path]

    def __setattr__(self, name: str, value: Any) -> None:
        with self._replacing(name):
            super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        with self._replacing(name):
            super().__delattr__(name)

    @contextmanager
    def _replacing(self, name: str) -> Iterator[None]:
        try:
            kept = current().request("get", [*self._address(), name], keep=False)
        except SubmissionError:  # there is nothing of that name yet
            kept = None
        yield
        if isinstance(kept, RemoteObject):
            current().handles.replace((self._module, *self._path, name), kept)

    def _label(self) -> str:
        return ".".join(self._path) or str(self._module)

    def _attribute(self, name: str) -> Any:
        # What should be a class or a function stays a name, whatever the submission has there:
        # its use then says what is wrong with it.
        dotted = ".".join((self._module, *self._path, name))
        if not running() or current().declared.kind(dotted):
            return RemoteName(self._module, (*self._path, name))
        value = current().request("get", [*self._address(), name])
        if isinstance(value, RemoteObject) and value._kind in ("callable", "class", "module"):
            return RemoteName(self._module, (*self._path, name))
        return tensors.received(value)

    @property
    def __name__(self) -> str:
        return self._path[-1] if self._path else str(self._module)

    def __repr__(self) -> str:
        return f"<{'.'.join((self._module, *self._path))} of the submission>"


class RemoteObject(_Remote):
    """An object that student code made."""

    __slots__ = ("_generation", "_kind", "_number", "_origin", "_session", "_type_name")

    def __init__(self, session: Session, reference: Reference) -> None:
        fields = (session.handles.generation, reference.kind, reference.number, session)
        for name, value in zip(
            ("_generation", "_kind", "_number", "_session"), fields, strict=True
        ):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "_type_name", reference.type_name)
        object.__setattr__(self, "_origin", "")

    def _address(self) -> list[Any]:
        return [self]

    def _word(self) -> str:
        return str(self._type_name or self._kind)

    def _label(self) -> str:
        return str(self._origin or self._word())

    def __del__(self) -> None:
        self._session.handles.drop(self._generation, self._number)

    def __getitem__(self, key: Any) -> Any:
        return self._ask("item", key)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._ask("setitem", key, value)

    def __delitem__(self, key: Any) -> None:
        self._ask("delitem", key)

    def __len__(self) -> int:
        length = self._ask("length")
        if type(length) is not int or not 0 <= length < 1 << 48:
            raise TypeError("the object has no usable length")
        return length

    def __bool__(self) -> bool:
        return len(self) > 0 if self._kind in ("list", "dict", "set", "array") else True

    def __contains__(self, value: Any) -> bool:
        return self._ask("contains", value) is True

    def __iter__(self) -> Iterator[Any]:
        iterator = self if self._kind == "iterator" else self._ask("iterate")
        count = _CHUNK
        while True:
            items = iterator._ask("next", count)
            if type(items) is not list:
                raise TypeError("the object cannot be iterated over")
            yield from map(tensors.received, items)
            if len(items) < count:
                return
            if all(type(item) in (int, float, str, bool) for item in items):
                count = _MANY  # a whole column of labels in a few messages

    def __next__(self) -> Any:
        items = self._ask("next", 1)
        if type(items) is not list or not items:
            raise StopIteration
        return tensors.received(items[0])

    def _fetch(self) -> Any:
        """Bring the whole value here; raises SubmissionError where it is too large."""
        value = self._ask("fetch")
        if isinstance(value, _Remote):  # a subclass that only calls itself a list
            raise TypeError(f"a {self._type_name or self._kind} is no plain {self._kind}")
        return value

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if self._kind not in ("list", "array", "iterator"):
            raise TypeError(f"{self!r} is no array")
        array = np.asarray(self._fetch(), dtype=dtype)
        if array.dtype == object:
            raise TypeError(f"{self!r} holds more than numbers")
        return array

    def __repr__(self) -> str:
        return f"<{self._type_name or self._kind} of the submission>"


class _Container(RemoteObject):
    """A list, dict or set in the worker: equal to a plain one of the same content."""

    __slots__ = ()
    _plain: ClassVar[type] = object

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        mine = self._fetch()
        theirs = other._fetch() if isinstance(other, _Container) else other
        return type(mine) is type(theirs) and bool(mine == theirs)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        try:
            if len(self) <= _MANY:
                return repr(self._fetch())
        except Exception:  # it cannot come here, or not be shown: what asks is a message
            pass
        return super().__repr__()

    def copy(self) -> Any:
        """Return a plain copy here."""
        return self._fetch()


class RemoteList(_Container):
    """A list in the worker."""

    __slots__ = ()
    # Suites ask isinstance(result, list) of what is one over there.
    __class__ = property(lambda self: list)


class RemoteDict(_Container):
    """A dict in the worker."""

    __slots__ = ()
    __class__ = property(lambda self: dict)

    def keys(self) -> Any:
        """Return the keys, as a plain list."""
        return list(self)

    def values(self) -> Any:
        """Return the values, one by one."""
        return [self[key] for key in self]

    def items(self) -> Any:
        """Return (key, value) pairs."""
        return [(key, self[key]) for key in self]


class RemoteSet(_Container):
    """A set in the worker."""

    __slots__ = ()
    __class__ = property(lambda self: set)


_KINDS = {"list": RemoteList, "dict": RemoteDict, "set": RemoteSet}
# As a test's message and Python's own call them:
RemoteList.__name__, RemoteDict.__name__, RemoteSet.__name__ = _KINDS
type.__setattr__(RemoteName, "__name__", "name of the submission")


def _of(thing: Any, origin: str) -> Any:
    """Note where a handle comes from, where its type says little: a method, a list, an iterator."""
    if isinstance(thing, RemoteObject) and thing._kind != "object" and not thing._origin:
        object.__setattr__(thing, "_origin", origin[:200])
    return thing


def _resolve(reference: Reference) -> Any:
    kind = _KINDS.get(reference.kind) or _class_called(reference.type_name or reference.kind)
    return kind(current(), reference)


@lru_cache(maxsize=256)
def _class_called(type_name: str) -> type[RemoteObject]:
    """Return a class of handles whose name, in a test's message, is what the student would see.

    With a second word it is no name that a test could take for a type of Python's own.
    """
    word = re.sub(r"[^\w.]", "", type_name)[:60]
    return type(f"{word} object", (RemoteObject,), {"__slots__": (), "__module__": "submission"})


def _reference_of(thing: Any) -> tuple[int, Any] | None:
    kind = type(thing)
    if kind is RemoteName:
        session = current()
        return session.handles.generation, _reference_of_name(thing, session)
    if issubclass(kind, RemoteObject):
        reference = Reference(thing._number, thing._kind, thing._type_name)
        return thing._generation, reference
    return None


def _reference_of_name(name: RemoteName, session: Session) -> Any:
    found = session.request("get", name._address())
    if not isinstance(found, RemoteObject):
        return found
    return Reference(found._number, found._kind, found._type_name)
