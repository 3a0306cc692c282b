"""One submission's worker: requests with deadlines, a fresh worker after each end."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NoReturn
from weakref import WeakValueDictionary

import numpy as np

from autograder.core.failures import SuiteError
from autograder.core.manifest import Limits
from autograder.core.records import Printed, Reason
from autograder.execution import requests
from autograder.execution.declared import Declared
from autograder.execution.errors import SubmissionError, WorkerStopped, raised
from autograder.execution.record import TestRecord
from autograder.sandbox.fork_server import Child, ForkServerError, Parent
from autograder.sandbox.inside import tensors, wire
from autograder.sandbox.inside.wire import Reference, WireError

_START_SECONDS = 20
_AGAIN_SECONDS = 0.5  # for a call that has hung before
_MOST_STRETCHED = 10  # times its limit a test may take by the clock, on a busy machine
_IMPORTS = 2  # attempts at a module whose import runs out of time
_MAX_RECEIVED = 512 << 20  # bytes of all answers during one test
_GIVE_NOTHING = frozenset({"set", "delete", "setitem", "delitem"})
SEED = 20240129


class Session:
    """Everything one submission does, in one worker after another."""

    def __init__(
        self,
        fork_server: Parent,
        files: dict[str, bytes],
        limits: Limits,
        data_mount: str = "data",
        declared: Declared | None = None,
    ) -> None:
        """Prepare; the first worker starts with the first request.

        Files below `data_mount` are not passed on: the grader's own data is there. `declared`
        are the names that the assignment asks for, to say what is missing.
        """
        self._fork_server = fork_server
        self._files = {
            name: content
            for name, content in files.items()
            if name.split("/")[0].casefold() != data_mount
        }
        self.file_names = frozenset(self._files)
        self.declared = declared or Declared()
        self._limits = limits
        self._child: Child | None = None
        self._poller = select.poll()
        self._data: str | None = None
        self._generation = 0
        self._next_request = 1
        self._drops: list[int] = []
        self._remotes: WeakValueDictionary[int, Any] = WeakValueDictionary()
        self._functions: dict[int, Callable[..., Any]] = {}
        self._submission_ends = time.monotonic() + limits.submission_seconds
        self._test_ends = self._submission_ends
        self._test_seconds = limits.test_seconds
        self._latest = self._submission_ends
        self._used_before = 0.0  # processor seconds of the worker when the test began
        self._asked = ""  # what the request under way calls
        self._pauses = 0
        self._hung: set[str] = set()  # calls that ran out of time before
        self._module = ""  # the one that the request under way is about
        self._answered: set[str] = set()  # modules that have answered something
        self._stalled: Counter[str] = Counter()  # the others: how often they ran out of time
        self._output = bytearray()  # the beginning of what reached descriptor 1 itself
        self._written = 0
        self._random_moved: set[str] = set()
        self._mistakes: list[tuple[bytes, str]] = []
        self._supplied: dict[str, Callable[..., Any]] = {}
        self.record = TestRecord()
        self.resolve_reference: Callable[[Reference], Any] = lambda reference: reference
        self.reference_of: Callable[[Any], Any] = lambda thing: None

    # tests ------------------------------------------------------------------------------

    def use_mistake(self, source: bytes, name: str) -> None:
        """Put one more known mistake into every worker from now on (for proving a suite)."""
        self._mistakes.append((source, name))

    def supply(self, functions: dict[str, Callable[..., Any]]) -> None:
        """Have `functions`, by "module.Class.name", answer in place of the submission's own."""
        self._supplied = dict(functions)
        self.stop()

    def begin(self, data: str | None, trains: bool = False, source: str = "") -> None:
        """Start a test: a new record, its own deadline, fixed seeds, the data it may read.

        A test that trains has a time of its own, which does not count for the submission.
        `source` is the file of the test.
        """
        self.record = TestRecord(source=source)
        if self._child is not None and (data != self._data or self._functions):
            # A function lent to student code in one test must not answer for it in the next,
            # nor may anything that was learnt from it survive: a fresh worker knows nothing.
            self.stop()
        self._functions.clear()
        self._data = data
        now = time.monotonic()
        self._test_seconds = self._limits.test_seconds
        if trains and not self._hung:  # code that hangs gets no long time to do so
            self._test_seconds = self._limits.training_seconds
            self._submission_ends = max(self._submission_ends, now + self._test_seconds)
        self._test_ends = min(now + self._test_seconds, self._submission_ends)
        self._latest = now + _MOST_STRETCHED * self._test_seconds
        self._used_before = self._child.used() if self._child is not None else 0.0
        self._output.clear()
        self._written = 0
        if self._child is not None:
            try:
                self._quietly("begin", SEED)
            except WorkerStopped:
                # It died between two tests: the next one gets a fresh one.
                self.record = TestRecord(source=source)

    @property
    def interruptible(self) -> bool:
        """Whether an exception may come from outside now: not in the middle of a question."""
        return not self._fork_server.asking and not self._pauses

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Stop the test's clock: what follows is the grader's own work, not the submission's."""
        began, self._pauses = time.monotonic(), self._pauses + 1
        try:
            yield
        finally:
            self._pauses -= 1
            if not self._pauses:
                worked = time.monotonic() - began
                self._test_ends += worked
                self._latest += worked
                self._submission_ends += worked

    def seconds_left(self) -> float:
        """Return what is left of the current test's time; below 0 where it is over."""
        return self._test_ends - time.monotonic()

    def over(self, trains: bool = False) -> str:
        """Say that the time for the whole submission is over; "" while it is not.

        A test that trains has a time of its own, unless something hung before.
        """
        if time.monotonic() < self._submission_ends or (trains and not self._hung):
            return ""
        limit = self._limits.submission_seconds
        return f"the {limit:g} s allowed for the whole submission were over before this test"

    def survey(self) -> dict[str, Any]:
        """Have a fresh worker read the source before any of it runs."""
        self.stop()
        self.begin(None)
        self._start(load=False)
        found = self.request("survey", self._files)
        self._quietly("load", self._files)
        if type(found) is not dict:  # no code of the submission ran yet: it is our own
            raise ForkServerError("the survey of the source is no table")
        return found

    def random_moved(self, library: str) -> None:
        """Note that a test seeded "numpy" or "random": the worker follows before the next call."""
        self._random_moved.add(library)

    # requests ---------------------------------------------------------------------------

    def request(self, operation: str, *arguments: Any, keep: bool = True) -> Any:
        """Ask the worker one thing and return the value it answers with.

        Without `keep` the reply is not recorded for diagnosis.
        Raises SubmissionError for an exception of student code, WorkerStopped when the worker
        ended, SuiteError when an argument cannot travel.
        """
        if self.record.stopped is not None:
            raise self.record.stopped
        if self._child is None:
            self._start()
        if self._random_moved:
            self._send_random()
        self.record.requests += 1
        self._asked = requests.name_of(operation, arguments)
        self._module = requests.module_of(operation, arguments)
        if self._stalled[self._module] >= _IMPORTS:
            what = f"importing {self._module} ran out of time {_IMPORTS} times before"
            self._end(Reason.TIME, what)
        if self._asked in self._hung or self._stalled[self._module]:
            # It hung before; a class should not wait for it again and again.
            self._test_ends = min(self._test_ends, time.monotonic() + _AGAIN_SECONDS)
        value = self._exchange(operation, arguments, keep)
        self._answered.add(self._module)
        return value

    def _quietly(self, operation: str, *arguments: Any) -> Any:
        """Make a request of the grader's own, which no record shows."""
        try:
            return self._exchange(operation, arguments, keep=False)
        except SubmissionError as error:
            self._end(Reason.PROTOCOL, f"the worker could not {operation}: {error}")

    def _exchange(self, operation: str, arguments: tuple[Any, ...], keep: bool = True) -> Any:
        number, self._next_request = self._next_request, self._next_request + 1
        drops, self._drops = self._drops, []
        arrays: list[np.ndarray] = []
        message = [number, operation, drops, *arguments]
        try:
            payload = wire.encode(message, self._refer, arrays)
        except WireError as error:
            raise SuiteError(f"{error} (tests pass plain data, arrays and handles)") from None
        reply, answer = self._talk(payload)
        target = requests.name_of(operation, arguments)
        try:
            status, value, printed, changed = self._checked(answer, number, len(arrays))
            self._note_printed(printed, target)
            for position in changed:
                _poison(arrays[position])
            if changed:
                self.record.changed.append(target)
            if keep:
                self.record.note_call(target, reply, changed)
                if status == "ok" and operation not in _GIVE_NOTHING:
                    self.record.note_gift(
                        requests.giver_of(target, arguments), operation, arguments, value
                    )
            over_there = None
            if status == "raise":
                over_there = requests.placed(raised(value), operation, arguments)
        except Exception as problem:  # whatever it is, the reply brought it about
            self._unusable(problem)
        if over_there is not None:
            if over_there.stage == "missing":
                self.record.missing = over_there
            raise over_there
        return value

    def _unusable(self, problem: Exception) -> NoReturn:
        """End the worker for a reply that this side could not even look at."""
        if isinstance(problem, MemoryError):
            self._end(Reason.MEMORY, "an answer of the code was too large to be read")
        self._end(Reason.PROTOCOL, f"an answer could not be used: {type(problem).__name__}")

    def _talk(self, payload: bytes) -> tuple[bytes, Any]:
        """Send one request; return the reply, raw and decoded, answering callbacks in between."""
        child = self._child
        if child is None:
            raise WorkerStopped(Reason.CRASH, "the worker had already ended")
        self._send(child, payload)
        while True:
            reply = self._receive(child)
            message = self._decoded(reply)
            if type(message) is not list or not message or type(message[0]) is not str:
                return reply, message
            if message[0] != "callback":
                return reply, message
            self._send(child, self._answer(message))

    def _answer(self, callback: list[Any]) -> bytes:
        """Run a function of the test that student code called."""
        try:
            _, number, arguments, named = callback
            function = self._functions[number]
            plain = type(arguments) is list and type(named) is dict
        except (ValueError, KeyError, TypeError):
            plain = False
        if not plain or not all(type(name) is str for name in named):
            self._end(Reason.PROTOCOL, "the code sent a malformed callback")
        try:
            if function not in self._supplied.values():  # those pass it on as plain data
                arguments = list(map(tensors.received, arguments))
                named = {name: tensors.received(value) for name, value in named.items()}
            value = function(*arguments, **named)
            return wire.encode(["answer", value], self._refer)
        except (WorkerStopped, ForkServerError):  # the latter is the grader's own fault
            raise
        except Exception as error:
            text = f"{type(error).__name__}: {error}"[:500]
            return wire.encode(["refuse", text.encode("utf-8", "replace").decode()])

    def _checked(self, message: Any, number: int, arrays: int) -> tuple[str, Any, Any, list[int]]:
        good = type(message) is list and len(message) == 5
        good = good and [type(part) for part in message[:2]] == [int, str]
        good = good and message[0] == number and message[1] in ("ok", "raise")
        if good:
            printed, changed = message[3], message[4]
            good = type(printed) is list and type(changed) is list
            good = good and all(
                type(row) is list and len(row) == 3 and all(type(part) is str for part in row)
                for row in printed
            )
            good = good and all(type(item) is int and 0 <= item < arrays for item in changed)
        if not good:
            self._end(Reason.PROTOCOL, "the code forged a message to the grader")
        return message[1], message[2], message[3], message[4]

    def _decoded(self, reply: bytes) -> Any:
        try:
            return wire.decode(reply, self._incoming)
        except WireError as error:
            self._end(Reason.PROTOCOL, f"an answer could not be read: {error}")
        except Exception as problem:
            self._unusable(problem)

    # values -----------------------------------------------------------------------------

    def _refer(self, thing: Any) -> Any:
        found = self.reference_of(thing)
        if found is not None:
            generation, reference = found
            if generation != self._generation:
                self._stopped(Reason.CRASH, "the worker that held this object has ended")
            return reference
        if tensors.is_tensor(thing):
            return tensors.to_plain(thing)
        if isinstance(thing, np.ndarray):
            return np.array(thing, subok=False)
        if callable(thing) and not isinstance(thing, type):
            number = len(self._functions) + 1
            self._functions[number] = thing
            return Reference(number, "function")
        raise WireError(f"a {type(thing).__name__} cannot be passed to student code")

    def _incoming(self, reference: Reference) -> Any:
        if reference.kind == "function":
            raise WireError("a function came back")
        known = self._remotes.get(reference.number)
        if reference.number in self._drops:  # it came back before the worker could forget it
            self._drops.remove(reference.number)
        if known is None:
            known = self.resolve_reference(reference)
            if known is not reference:
                self._remotes[reference.number] = known
        return known

    def has_file_of(self, module: str) -> bool:
        """Tell whether the submission has a file or a folder for `module`."""
        path = module.replace(".", "/")
        return f"{path}.py" in self.file_names or any(
            name.startswith(f"{path}/") for name in self.file_names
        )

    @property
    def data(self) -> str | None:
        """Name of the data folder that the current test may read."""
        return self._data

    @property
    def generation(self) -> int:
        """Number of the current worker; handles of an earlier one are dead."""
        return self._generation

    def drop(self, generation: int, number: int) -> None:
        """Let the worker forget an object, with the next request."""
        if generation == self._generation:
            self._drops.append(number)

    def _send_random(self) -> None:
        moved, self._random_moved = self._random_moved, set()
        import random

        numpy_state = python_state = None
        if "numpy" in moved:
            kind, keys, position, has_gauss, gauss = np.random.get_state()
            numpy_state = (str(kind), keys, int(position), int(has_gauss), float(gauss))
        if "random" in moved:
            python_state = random.getstate()
        self._quietly("random", numpy_state, python_state)

    # the worker -------------------------------------------------------------------------

    def _start(self, load: bool = True) -> None:
        self._generation += 1
        self._used_before = 0.0
        self._remotes.clear()
        self._drops.clear()
        limits = self._limits
        longest = max(limits.submission_seconds, limits.training_seconds)
        self._child = self._fork_server.spawn(limits.memory_mb, longest, self._data)
        self._child.channel.setblocking(False)
        self._poller = select.poll()
        self._poller.register(self._child.channel, select.POLLIN)
        self._poller.register(self._child.output, select.POLLIN)
        outer, self._test_ends = self._test_ends, time.monotonic() + _START_SECONDS
        try:
            greeting = self._decoded(self._receive(self._child))
        finally:
            self._test_ends = outer
        if type(greeting) is not list or greeting[:1] != ["ready"]:
            detail = greeting[1] if type(greeting) is list and len(greeting) > 1 else greeting
            self.stop()
            raise ForkServerError(f"the confinement did not take hold: {detail}")
        if load:
            self._quietly("load", self._files)
            for mistake in self._mistakes:
                self._make(*mistake)
            if self._supplied:
                self._quietly("supply", self._supplied, self.declared.others(self._supplied))
            self._quietly("begin", SEED)

    def _make(self, source: bytes, name: str) -> None:
        try:
            self._exchange("mistake", (source, name), keep=False)
        except SubmissionError as error:  # the author's, not a student's
            self.stop()
            problem = f"{error.type_name}: {error.message}"
            raise ForkServerError(
                f"mistakes.py does not run where student code runs: {problem}"
            ) from None

    def stop(self) -> None:
        """End the worker, if there is one."""
        if self._child is not None:
            child, self._child = self._child, None
            try:
                self._fork_server.reap(child)
            finally:
                child.close()

    def _send(self, child: Child, payload: bytes) -> None:
        data = memoryview(wire.frame(payload))
        while data:
            try:
                data = data[child.channel.send(data) :]
            except BlockingIOError:
                self._wait(child, select.POLLOUT)
            except OSError:
                self._ended(child)

    def _receive(self, child: Child) -> bytes:
        """Read one frame; whatever follows it was not asked for and ends the worker."""
        inbox = bytearray()
        self._fill(child, inbox, wire.HEADER_SIZE)
        try:
            size = wire.frame_length(bytes(inbox[: wire.HEADER_SIZE])) + wire.HEADER_SIZE
        except WireError as error:
            self._end(Reason.PROTOCOL, str(error))
        self.record.received += size
        if self.record.received > _MAX_RECEIVED:
            limit = _MAX_RECEIVED >> 20
            self._end(Reason.OUTPUT, f"the code answered with more than {limit} MB in one test")
        self._fill(child, inbox, size)
        if len(inbox) > size:
            self._end(Reason.PROTOCOL, "the code wrote to the grader's channel by itself")
        return bytes(memoryview(inbox)[wire.HEADER_SIZE :])

    def _fill(self, child: Child, inbox: bytearray, size: int) -> None:
        """Read until `inbox` holds at least `size` bytes."""
        while len(inbox) < size:
            self._wait(child, select.POLLIN)
            try:
                part = child.channel.recv(max(1 << 16, min(size - len(inbox), 1 << 20)))
            except BlockingIOError:
                continue
            except OSError:
                part = b""
            if not part:
                self._ended(child)
            inbox += part

    def _wait(self, child: Child, event: int) -> None:
        """Wait for the channel; drain the worker's output; end it at its deadline."""
        channel = child.channel.fileno()
        self._poller.modify(channel, event)
        while True:
            left = self.seconds_left()
            if left <= 0 and not self._stretched(child):
                self._out_of_time()
            left = max(self.seconds_left(), 0)
            ready = dict(self._poller.poll(left * 1000 + 1))
            if child.output in ready:
                self._drain(child)
                if not ready[child.output] & select.POLLIN:
                    self._poller.unregister(child.output)  # closed by the worker
            if channel in ready:
                return

    def _drain(self, child: Child) -> None:
        while True:
            try:
                part = os.read(child.output, 65536)
            except BlockingIOError:
                return
            if not part:
                return
            self._output += part[: 2000 - len(self._output)]
            self._written += len(part)
            if self._written > self._limits.output_kb * 1024:
                limit = self._limits.output_kb
                self._end(Reason.OUTPUT, f"the code wrote more than {limit} kB of output")

    def _stretched(self, child: Child) -> bool:
        """Give the worker what a busy machine has kept from it; tell whether there was anything.

        Limits are meant as time of a processor. Code that waits for something else gets none, and
        nobody gets more than some times the limit by the clock.
        """
        now = time.monotonic()
        if self._asked in self._hung or now >= self._latest:
            return False
        used = child.starved()
        if used is None:
            return False
        missing = self._test_seconds - (used - self._used_before)
        if missing <= 0.05 * self._test_seconds:
            return False
        more = min(missing, self._latest - now)
        self._test_ends = now + more
        self._submission_ends = max(self._submission_ends, self._test_ends)
        return True

    def _out_of_time(self) -> NoReturn:
        whole = time.monotonic() >= self._submission_ends
        limit = self._limits.submission_seconds if whole else self._test_seconds
        what = "the whole submission" if whole else "one test"
        again = self._asked in self._hung or bool(self._stalled[self._module])
        self._hung.add(self._asked)
        if self._module and self._module not in self._answered:
            self._stalled[self._module] += 1
        if again:
            self._end(Reason.TIME, f"{requests.asking(self._asked)} ran out of time once more")
        self._end(Reason.TIME, f"the code ran longer than the {limit:g} s allowed for {what}")

    def _ended(self, child: Child) -> NoReturn:
        """Find out how the worker died, and say so."""
        self._drain(child)
        self._child = None
        try:
            status, overfull = self._fork_server.reap(child)
        finally:
            child.close()
        if overfull:
            self._stopped(Reason.OUTPUT, "the code wrote more to its disk than it may")
        if status == -signal.SIGKILL:
            self.record.killed_from_outside = True
            self._stopped(Reason.CRASH, "the process was killed")
        if status == -signal.SIGXCPU:
            self._stopped(Reason.TIME, "the code used up its processor time")
        if status < 0:
            name = signal.Signals(-status).name
            self._stopped(Reason.CRASH, f"the code crashed the interpreter ({name})")
        self._stopped(Reason.CRASH, f"the code ended the process itself (exit code {status})")

    def _end(self, reason: Reason, sentence: str) -> NoReturn:
        """Kill the worker and raise WorkerStopped."""
        self.stop()
        self._stopped(reason, sentence)

    def _stopped(self, reason: Reason, sentence: str) -> NoReturn:
        self._flush_output("")
        self.record.stopped = WorkerStopped(reason, sentence)
        raise self.record.stopped

    def _note_printed(self, rows: list[list[str]], target: str) -> None:
        for text, function, where in rows[:40]:
            self.record.printed.append(Printed(text[:2000], function[:200], where[:200]))
            sys.stdout.write(text[:2000])  # a test may redirect and read it
        if self._child is not None:
            self._drain(self._child)
        self._flush_output(target)

    def _flush_output(self, target: str) -> None:
        if self._output:
            text = self._output.decode("utf-8", "replace")
            self.record.printed.append(Printed(text, target[:200], ""))
            sys.stdout.write(text)
            self._output.clear()


def _poison(array: np.ndarray) -> None:
    """Spoil the test's own copy of an array that student code edited in place.

    The student's values must not reach it: a function could otherwise change the input that a
    test computes its expectation from. A test that looks at the array again notices.
    """
    if not array.flags.writeable:
        return
    kind = array.dtype.kind
    if kind in "fc":
        array[...] = np.nan
    elif kind in "iu":
        array[...] = np.iinfo(array.dtype).max
    elif kind == "b":
        np.logical_not(array, out=array)
