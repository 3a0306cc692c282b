"""Answer the trusted side's requests about one submission, inside the confinement.

The submission runs in this process, so nothing here protects anything: what is sent is an
answer, and the other side treats it as hostile.
"""

from __future__ import annotations

import builtins
import contextlib
import gc
import importlib
import inspect
import os
import sys
import time
import traceback
import types
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from . import tensors, wire
from .absent import Absent
from .loaders import Batches, as_batches
from .printing import Recorder
from .wire import Reference

_LARGE = 8 * 1024 * 1024  # bytes of an array above which it stays here
_MAX_MESSAGE = 2000
_LOOKED_AT = 100_000  # bytes of an answer from which on its items are counted before it is sent
_NOTHING = object()  # an attribute that is not there
_IN_CODE = ("code", 0, "")
_OURS = {"load", "survey", "begin", "usage", "supply", "mistake", "random"}


class FrameStream:
    """Frames over the one descriptor that leads out."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def send(self, payload: bytes) -> None:
        data = memoryview(wire.frame(payload))
        while data:
            data = data[os.write(self._descriptor, data) :]

    def receive(self) -> bytes:
        return self._read(wire.frame_length(self._read(wire.HEADER_SIZE)))

    def _read(self, size: int) -> bytes:
        parts = []
        while size:
            part = os.read(self._descriptor, min(size, 1 << 20))
            if not part:
                os._exit(0)  # the trusted side is gone
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


class _Callback:
    """A function of the trusted side, as seen by student code."""

    def __init__(self, server: Server, number: int) -> None:
        self._server, self.number = server, number

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self._server.call_back(self.number, arguments, named)

    def __get__(self, thing: Any, owner: type | None = None) -> Any:
        return self if thing is None else types.MethodType(self, thing)  # as a function would


class _Answer(_Callback):
    """A function that the grader supplies: everything travels by value, both ways."""

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self._server.call_back(self.number, arguments, named, by_value=True)


class CallbackError(Exception):
    """A function of the test raised an exception."""


class Server:
    """The objects of one submission and the requests about them."""

    def __init__(self, descriptor: int, home: str) -> None:
        self._channel = FrameStream(descriptor)
        self._home = home
        self._objects: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}
        self._next = 1
        self._printed = Recorder(home)
        self._absent = Absent(home)
        self._stage: tuple[str, int, str] = _IN_CODE  # how far the request under way has come
        self._busy = 0.0  # seconds of processor time in what requests asked student code for
        self._replaced: list[tuple[Any, str, Any]] = []  # what this test put something else for

    def serve(self) -> None:
        """Answer until the trusted side closes the channel."""
        sys.stdout = self._printed
        builtins.input = _nobody  # its prompt is no printing
        self._channel.send(wire.encode(["ready"]))
        while True:
            self._handle(self._channel.receive())

    def call_back(
        self,
        number: int,
        arguments: tuple[Any, ...],
        named: dict[str, Any],
        by_value: bool = False,
    ) -> Any:
        """Ask the trusted side to call its function `number`; nested requests are answered."""
        values, named_values = list(arguments), named
        if not by_value:
            values = list(map(self._outgoing, arguments))
            named_values = {name: self._outgoing(value) for name, value in named.items()}
        self._channel.send(self._encode(["callback", number, values, named_values]))
        while True:
            payload = self._channel.receive()
            message = wire.decode(payload, self._resolve, [], _tensor)
            if message[0] == "answer":
                return message[1]
            if message[0] == "refuse":
                raise CallbackError(message[1])
            self._handle(payload)

    # one request ------------------------------------------------------------------------

    def _handle(self, payload: bytes) -> None:
        arrays: list[tuple[np.ndarray, np.ndarray]] = []
        request, operation, drops, *rest = wire.decode(payload, self._resolve, arrays, _tensor)
        for number in drops:
            thing = self._objects.pop(number, None)
            self._numbers.pop(id(thing), None)
        # With a limit on processor time a process's own clock is exact only where it was switched.
        began, outer = time.thread_time(), self._stage
        self._stage = _IN_CODE
        try:
            try:
                value = getattr(self, f"_do_{operation}")(*rest)
            finally:
                if operation not in _OURS:
                    self._busy += time.thread_time() - began
            status, self._stage = "ok", ("answer", 0, _kind(value))
            reply = self._encode([request, status, value, self._take_printed(), _changed(arrays)])
            if len(reply) > wire.MAX_FRAME:
                raise ValueError(f"an answer of {len(reply) >> 20} MB is too large to be sent")
            if len(reply) > _LOOKED_AT:
                wire.measure(reply)  # what the other side would refuse is better said here
        except BaseException as error:  # SystemExit and the like are answers too
            body = _describe(error, self._home, self._stage)
            reply = self._encode([request, "raise", body, self._take_printed(), _changed(arrays)])
        self._stage = outer
        self._channel.send(reply)

    def _take_printed(self) -> list[list[str]]:
        for stream in (sys.__stdout__, sys.__stderr__, sys.stderr):
            if stream is not None:
                # Closed by the submission, or replaced by something of its own.
                with contextlib.suppress(BaseException):
                    stream.flush()
        return self._printed.take()

    def _do_load(self, files: dict[str, bytes]) -> None:
        for name, content in files.items():
            path = Path(self._home, name)
            # A name that cannot be one here is as good as missing: its own test will say so.
            with contextlib.suppress(OSError, ValueError):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        os.chdir(self._home)
        sys.path.insert(0, self._home)
        sys.argv = ["main.py"]

    def _do_survey(self, files: dict[str, bytes]) -> Any:
        from studentkit.survey import survey  # beside this package; no student code ran yet

        return survey(files)

    def _do_mistake(self, source: bytes, name: str) -> None:
        from .mistaken import apply

        apply(source, name)

    def _do_supply(self, functions: dict[str, Any], keep: list[str]) -> None:
        from .supplied import put

        stubs = {target: _Answer(self, lent.number) for target, lent in functions.items()}
        put(stubs, frozenset(keep), self._home)

    def _do_begin(self, seed: int) -> None:
        import random

        for owner, name, value in reversed(self._replaced):
            with contextlib.suppress(BaseException):  # a class may refuse it: its own matter
                delattr(owner, name) if value is _NOTHING else setattr(owner, name, value)
        self._replaced.clear()
        random.seed(seed)
        np.random.seed(seed)
        if "torch" in sys.modules:
            sys.modules["torch"].manual_seed(seed)
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].close("all")

    def _do_random(self, numpy_state: Any, python_state: Any) -> None:
        import random

        if numpy_state is not None:
            np.random.set_state(numpy_state)
        if python_state is not None:
            random.setstate(python_state)

    def _do_call(self, target: Any, arguments: list[Any], named: dict[str, Any]) -> Any:
        function = self._target(target)
        if not callable(function):
            self._stage = ("use", 0, _kind(function))
            raise TypeError(f"{_kind(function)} cannot be called")
        values = list(map(as_batches, arguments))
        return self._outgoing(function(*values, **{k: as_batches(v) for k, v in named.items()}))

    def _do_usage(self) -> list[float]:
        """Return processor seconds: of student code, and of this process as a whole."""
        return [self._busy, time.process_time()]

    def _do_probe(self, name: str, arguments: list[Any]) -> Any:
        """Answer a question of the student kit about objects that live here."""
        probes = importlib.import_module("studentkit.probes")
        return getattr(probes, name)(*arguments)

    def _do_get(self, target: Any) -> Any:
        return self._outgoing(self._target(target))

    def _do_peek(self, module: str, names: list[str]) -> list[Any]:
        answers: list[Any] = []
        for name in names:
            try:
                thing = self._target(["name", module, name])
            except AttributeError:  # the other names are there all the same
                answers.append(["name", None])
                continue
            known = callable(thing) or inspect.ismodule(thing)
            answers.append(["name", None] if known else ["value", self._outgoing(thing)])
        return answers

    def _do_set(self, target: Any, value: Any) -> None:
        *path, name = target
        owner = self._target(path)
        self._remember(owner, name)
        setattr(owner, name, value)

    def _do_delete(self, target: Any) -> None:
        *path, name = target
        owner = self._target(path)
        self._remember(owner, name)
        delattr(owner, name)

    def _remember(self, owner: Any, name: str) -> None:
        """Note what a test replaces in a module or a class: the next one finds it again."""
        if inspect.ismodule(owner) or inspect.isclass(owner):
            # As it is there: a static method stays one.
            self._replaced.append((owner, name, vars(owner).get(name, _NOTHING)))

    def _do_item(self, target: Any, key: Any) -> Any:
        return self._outgoing(self._target(target)[key])

    def _do_setitem(self, target: Any, key: Any, value: Any) -> None:
        self._target(target)[key] = value

    def _do_delitem(self, target: Any, key: Any) -> None:
        del self._target(target)[key]

    def _do_length(self, target: Any) -> int:
        return len(self._target(target))

    def _do_contains(self, target: Any, value: Any) -> bool:
        return bool(value in self._target(target))

    def _do_iterate(self, target: Any) -> Any:
        return self._refer(iter(self._target(target)), "iterator")

    def _do_next(self, target: Any, count: int) -> list[Any]:
        iterator: Iterator[Any] = self._target(target)
        return [self._outgoing(item) for item in islice(iterator, count)]

    def _do_fetch(self, target: Any) -> Any:
        thing = self._target(target)
        # torch.Size, a named tuple: what is in it, whatever its class makes of iteration.
        return list(tuple.__iter__(thing)) if isinstance(thing, tuple) else thing

    def _do_instance(self, thing: Any, target: Any) -> bool:
        return bool(isinstance(thing, self._target(target)))

    def _do_subclass(self, thing: Any, target: Any) -> bool:
        return bool(issubclass(self._target(thing), self._target(target)))

    def _do_signature(self, target: Any) -> list[Any]:
        parameters = inspect.signature(self._target(target)).parameters.values()
        rows: list[Any] = []
        for parameter in parameters:
            has_default = parameter.default is not parameter.empty
            default = self._outgoing(parameter.default) if has_default else None
            rows.append([parameter.name, int(parameter.kind), has_default, default])
        return rows

    def _do_directory(self, target: Any) -> list[str]:
        return [str(name) for name in dir(self._target(target))]

    # things and their numbers -----------------------------------------------------------

    def _target(self, target: Any) -> Any:
        """Find what a path speaks of: ["name", module, attribute…] or [object, attribute…]."""
        if type(target) is not list:
            return target
        if type(target[0]) is str and target[0] == "name":  # an array's == is no truth
            self._stage = ("import", 0, "")
            try:
                thing: Any = self._absent.import_module(target[1])
            except ModuleNotFoundError as error:
                if error.name and f"{target[1]}.".startswith(f"{error.name}."):
                    self._stage = ("missing", 0, "")
                raise
            path = target[2:]
        else:
            thing, *path = target
        for depth, name in enumerate(path, 1):
            self._stage = ("missing", depth, "")
            try:
                thing = getattr(thing, name)
            except AttributeError:
                if not inspect.ismodule(thing):
                    raise
                submodule = f"{thing.__name__}.{name}"
                if importlib.util.find_spec(submodule) is None:
                    raise
                thing = self._absent.import_module(submodule)
        self._stage = _IN_CODE
        return thing

    def _resolve(self, reference: Reference) -> Any:
        if reference.kind == "function":
            return _Callback(self, reference.number)
        return self._objects[reference.number]

    def _refer(self, thing: Any, kind: str) -> Reference:
        number = self._numbers.get(id(thing))
        if number is None:
            number, self._next = self._next, self._next + 1
            self._numbers[id(thing)] = number
            self._objects[number] = thing
        return Reference(number, kind, type(thing).__qualname__[:200])

    def _outgoing(self, value: Any) -> Any:
        """Decide what travels by value: containers and large arrays stay, as references."""
        kind = type(value)
        if kind is np.longdouble or (kind is np.ndarray and value.dtype == np.longdouble):
            value = value.astype(np.float64)  # as precise as anything that a test compares with
        if kind is tuple:
            return tuple(self._outgoing(item) for item in value)
        if kind is Batches:
            return self._refer(value, "list")
        if kind in (list, dict, set):
            return self._refer(value, kind.__name__)
        if isinstance(value, np.ndarray):
            if value.dtype.kind not in "biufcUS":
                return self._refer(value, "object")
            if value.nbytes > _LARGE:
                return self._refer(value, "array")
            return np.asarray(value) if kind is np.ndarray else np.array(value, subok=False)
        return value

    def _reference_for(self, thing: Any) -> Any:
        if tensors.is_tensor(thing):
            if thing.numel() * thing.element_size() > _LARGE:
                return self._refer(thing, "array")
            return tensors.to_plain(thing)
        if isinstance(thing, np.ndarray):
            plain = np.array(thing, subok=False)
            return plain if plain.dtype.kind in "biufcUS" else self._refer(thing, "object")
        if isinstance(thing, type):
            return self._refer(thing, "class")
        if _is_sympy(thing):
            return str(thing)[:_MAX_MESSAGE]  # read on the other side like anything typed
        if inspect.ismodule(thing):
            return self._refer(thing, "module")
        if isinstance(thing, tuple):  # a named tuple or the like
            return self._refer(thing, "list")
        if callable(thing):
            return self._refer(thing, "callable")
        for base in (dict, list, set):
            if isinstance(thing, base):
                return self._refer(thing, base.__name__)
        if isinstance(thing, Iterator):
            return self._refer(thing, "iterator")
        return self._refer(thing, "object")

    def _encode(self, value: Any) -> bytes:
        return wire.encode(value, self._reference_for)


def _nobody(prompt: object = "") -> str:
    raise EOFError("input() asks a person, and nobody answers while code is graded")


def _tensor(plain: wire.Tensor) -> Any:
    return tensors.to_torch(plain, share=True)


def _is_sympy(thing: Any) -> bool:
    if "sympy" not in sys.modules:
        return False
    found = [getattr(sys.modules["sympy"], name, None) for name in ("Basic", "MatrixBase")]
    return isinstance(thing, tuple(kind for kind in found if isinstance(kind, type)))


def _changed(arrays: list[tuple[np.ndarray, np.ndarray]]) -> list[int]:
    changed = []
    for position, (copy, original) in enumerate(arrays):
        same = copy.shape == original.shape and copy.dtype == original.dtype
        if not same or copy.tobytes() != original.tobytes():
            changed.append(position)
    return changed


def _kind(thing: Any) -> str:
    """Name what stands where something else was expected."""
    if thing is None:
        return "None"
    name = "module" if inspect.ismodule(thing) else type(thing).__name__[:60]
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def _describe(error: BaseException, home: str, stage: tuple[str, int, str]) -> list[Any]:
    """Put an exception into plain data, whatever the submission has made of its class."""
    try:
        return _described(error, home, stage)
    except BaseException as second:
        said = f"(it could not be described: {type(second).__name__})"
        return ["Exception", ["Exception"], said[:_MAX_MESSAGE], [], *stage]


def _described(error: BaseException, home: str, stage: tuple[str, int, str]) -> list[Any]:
    """Put an exception into plain data.

    Builtin bases, message, the submission's own lines, and how far the request had come.
    """
    bases = [
        base.__name__
        for base in type(error).__mro__
        if getattr(builtins, base.__name__, None) is base
    ]
    try:
        message = str(error)
    except BaseException as second:  # SystemExit too
        message = f"(its message could not be made: {type(second).__name__})"
    if isinstance(error, SyntaxError):
        message = str(error.msg)
        if error.filename and error.lineno:  # a null byte has no line
            message += f" ({_relative(str(error.filename), home)}, line {error.lineno})"
    # A library may lie between: all of a long way is searched, and only its own lines are read.
    own = [pair for pair in traceback.walk_tb(error.__traceback__) if _is_in(pair[0], home)]
    frames = []
    for frame in traceback.StackSummary.extract(own[-10:]):
        place = [_relative(frame.filename, home), frame.lineno or 0, frame.name]
        frames.append([*place, (frame.line or "")[:200]])
    error.__traceback__ = None  # its frames would keep the test's arrays alive
    return [type(error).__name__[:100], bases, message[:_MAX_MESSAGE], frames, *stage]


def _is_in(frame: types.FrameType, home: str) -> bool:
    return frame.f_code.co_filename.startswith(home)


def _relative(path: str, home: str) -> str:
    return path.removeprefix(home).lstrip("/")


def run(descriptor: int, home: str) -> None:
    """Serve one submission; never returns to the fork server's code."""
    status = 1
    try:
        gc.enable()
        Server(descriptor, home).serve()
        status = 0
    finally:
        os._exit(status)
