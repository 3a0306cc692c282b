"""One submission's worker: requests with deadlines, a fresh worker after each end."""

from __future__ import annotations

import contextlib
import logging
import random
import signal
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, NoReturn

import numpy as np

from autograder.core.failures import SuiteError
from autograder.core.manifest import Limits
from autograder.core.records import Printed, Reason
from autograder.execution import requests
from autograder.execution.channel import Channel, ChannelAbuseError, WorkerGoneError
from autograder.execution.deadline import Deadline, Stalls
from autograder.execution.declared import Declared
from autograder.execution.errors import SubmissionError, WorkerStopped, raised
from autograder.execution.handles import Handles, StaleHandleError
from autograder.execution.record import TestRecord
from autograder.sandbox.fork_server import Child, ForkServerError, Parent
from autograder.sandbox.inside import tensors, wire
from autograder.sandbox.inside.wire import WireError

_log = logging.getLogger(__name__)
_START_SECONDS = 20
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
        self.data: str | None = None  # name of the data folder that the current test may read
        self.record = TestRecord()
        self.handles = Handles()
        self._limits = limits
        self._deadline = Deadline(limits)
        self._stalls = Stalls()
        self._channel: Channel | None = None  # to the worker, while there is one
        self._next_request = 1
        self._asked = ""  # what the request under way calls
        self._module = ""  # the one that it is about
        self._random_moved: set[str] = set()
        self._mistakes: list[tuple[bytes, str]] = []
        self._supplied: dict[str, Callable[..., Any]] = {}

    # tests ------------------------------------------------------------------------------

    def use_mistake(self, source: bytes, name: str) -> None:
        """Put one more known mistake into every worker from now on (for proving a suite)."""
        self._mistakes.append((source, name))

    def supply(self, functions: dict[str, Callable[..., Any]]) -> None:
        """Have `functions`, by "module.Class.name", answer in place of the submission's own."""
        self._supplied = dict(functions)
        self.handles.lend_for_good(functions.values())
        self.stop()

    def begin(
        self, data: str | None, trains: bool = False, source: str = "", secret: bool = True
    ) -> None:
        """Start a test: a new record, its own deadline, fixed seeds, the data it may read.

        A test that trains has a time of its own, which does not count for the submission.
        `source` is the file of the test; of a `secret` one nothing may help in another.
        """
        # A function lent to student code in one test does not answer for it in the next. Nor may
        # what a secret test's function told survive it: a fresh worker knows nothing.
        told = self.handles.forget_functions() and self.record.secret
        self.record = TestRecord(source=source, secret=secret)
        if told or data != self.data:
            self.stop()
        self.data = data
        used = self._channel.child.used() if self._channel is not None else 0.0
        self._deadline.begin(trains and not self._stalls, used)
        if self._channel is not None:
            self._channel.begin()
            try:
                self._quietly("begin", SEED)
            except WorkerStopped:
                # It died between two tests: the next one gets a fresh one.
                self.record = TestRecord(source=source, secret=secret)

    @property
    def interruptible(self) -> bool:
        """Whether an exception may come from outside now: not in the middle of a question."""
        return not self._fork_server.asking and not self._deadline.is_paused

    def paused(self) -> AbstractContextManager[None]:
        """Stop the test's clock: what follows is the grader's own work, not the submission's."""
        return self._deadline.paused()

    def seconds_left(self) -> float:
        """Return what is left of the current test's time; below 0 where it is over."""
        return self._deadline.left()

    def over(self, trains: bool = False) -> str:
        """Say that the time for the whole submission is over; "" while it is not.

        A test that trains has a time of its own, unless something hung before.
        """
        if not self._deadline.whole_is_over() or (trains and not self._stalls):
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

    def has_file_of(self, module: str) -> bool:
        """Tell whether the submission has a file or a folder for `module`."""
        path = module.replace(".", "/")
        return f"{path}.py" in self.file_names or any(
            name.startswith(f"{path}/") for name in self.file_names
        )

    # requests ---------------------------------------------------------------------------

    def request(self, operation: str, *arguments: Any, keep: bool = True) -> Any:
        """Ask the worker one thing and return the value it answers with.

        Without `keep` the reply is not recorded for diagnosis.
        Raises SubmissionError for an exception of student code, WorkerStopped when the worker
        ended, SuiteError when an argument cannot travel.
        """
        if self.record.stopped is not None:
            raise self.record.stopped
        if self._channel is None:
            self._start()
        if self._random_moved:
            self._send_random()
        self.record.requests += 1
        if operation == "call":
            self.record.asked = operation, arguments
        self._asked = requests.name_of(operation, arguments)
        self._module = requests.module_of(operation, arguments)
        if given_up := self._stalls.given_up(self._module):
            self._end(Reason.TIME, given_up)
        if self._stalls.has(self._asked, self._module):
            self._deadline.shorten()
        value = self._exchange(operation, arguments, keep)
        self._stalls.answered(self._module)
        return value

    def _quietly(self, operation: str, *arguments: Any) -> Any:
        """Make a request of the grader's own, which no record shows."""
        try:
            return self._exchange(operation, arguments, keep=False)
        except SubmissionError as error:
            self._end(Reason.PROTOCOL, f"the worker could not {operation}: {error}")

    def _exchange(self, operation: str, arguments: tuple[Any, ...], keep: bool = True) -> Any:
        number, self._next_request = self._next_request, self._next_request + 1
        arrays: list[np.ndarray] = []
        message = [number, operation, self.handles.take_drops(), *arguments]
        try:
            payload = wire.encode(message, self.handles.outgoing, arrays)
        except WireError as error:
            raise SuiteError(f"{error} (tests pass plain data, arrays and handles)") from None
        except StaleHandleError:
            self._stopped(Reason.CRASH, "the worker that held this object has ended")
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
                    giver = requests.giver_of(target, arguments)
                    self.record.note_gift(giver, operation, arguments, value)
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

    def _talk(self, payload: bytes) -> tuple[bytes, Any]:
        """Send one request; return the reply, raw and decoded, answering callbacks in between."""
        while True:
            reply = self._over(payload)
            message = self._decoded(reply)
            if type(message) is not list or not message or type(message[0]) is not str:
                return reply, message
            if message[0] != "callback":
                return reply, message
            payload = self._answer(message)

    def _over(self, payload: bytes | None) -> bytes:
        """Send a frame, if there is one, and return the next that comes; or end the worker."""
        channel = self._channel
        if channel is None:
            raise WorkerStopped(Reason.CRASH, "the worker had already ended")
        try:
            if payload is not None:
                channel.send(payload)
            return channel.receive()
        except WorkerGoneError:
            self._ended(channel)
        except ChannelAbuseError as abuse:
            self._end(abuse.reason, abuse.sentence)
        except TimeoutError:
            self._out_of_time()

    def _answer(self, callback: list[Any]) -> bytes:
        """Run a function of the test that student code called."""
        try:
            _, number, arguments, named = callback
            function = self.handles.function(number)
            plain = type(arguments) is list and type(named) is dict
        except (ValueError, KeyError, TypeError):
            plain = False
        if not plain or not all(type(name) is str for name in named):
            self._end(Reason.PROTOCOL, "the code sent a malformed callback")
        try:
            if function is None:
                raise LookupError("that function was lent in an earlier test")
            if not self.handles.lasts(function):  # those pass it on as plain data
                arguments = list(map(tensors.received, arguments))
                named = {name: tensors.received(value) for name, value in named.items()}
            value = function(*arguments, **named)
            return wire.encode(["answer", value], self.handles.outgoing)
        except (WorkerStopped, ForkServerError):  # the latter is the grader's own fault
            raise
        except StaleHandleError:
            self._stopped(Reason.CRASH, "the worker that held this object has ended")
        except Exception as error:
            text = f"{type(error).__name__}: {error}"[:500]
            return wire.encode(["refuse", text.encode("utf-8", "replace").decode()])

    def _checked(self, message: Any, number: int, arrays: int) -> tuple[str, Any, Any, list[int]]:
        # By exact types: a handle calls itself a list and would ask the worker what is in it.
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
            return wire.decode(reply, self.handles.incoming)
        except WireError as error:
            self._end(Reason.PROTOCOL, f"an answer could not be read: {error}")
        except Exception as problem:
            self._unusable(problem)

    def _send_random(self) -> None:
        moved, self._random_moved = self._random_moved, set()
        numpy_state = python_state = None
        if "numpy" in moved:
            kind, keys, position, has_gauss, gauss = np.random.get_state()
            numpy_state = (str(kind), keys, int(position), int(has_gauss), float(gauss))
        if "random" in moved:
            python_state = random.getstate()
        self._quietly("random", numpy_state, python_state)

    # the worker -------------------------------------------------------------------------

    def _start(self, load: bool = True) -> None:
        self.handles.next_worker()
        self._deadline.fresh_worker()
        limits = self._limits
        longest = max(limits.submission_seconds, limits.training_seconds)
        child = self._fork_server.spawn(limits.memory_mb, longest, self.data)
        self._channel = Channel(child, limits.output_kb, lambda: self._left_for(child))
        with self._deadline.set_aside(_START_SECONDS):
            greeting = self._decoded(self._over(None))
        if type(greeting) is not list or greeting[:1] != ["ready"]:
            detail = greeting[1] if type(greeting) is list and len(greeting) > 1 else greeting
            self.stop()
            raise ForkServerError(f"the confinement did not take hold: {detail}")
        _log.debug("worker %d started", self.handles.generation)
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
        if self._channel is not None:
            self._reap()

    def _reap(self) -> tuple[int, bool]:
        """End the worker; return its status, and whether it wrote more to its disk than it may."""
        channel, self._channel = self._channel, None
        if channel is None:
            raise WorkerStopped(Reason.CRASH, "the worker had already ended")
        try:
            return self._fork_server.reap(channel.child)
        finally:
            channel.child.close()

    def _left_for(self, child: Child) -> float:
        """Return the seconds that a worker has, and more where a busy machine has kept it."""
        if self._deadline.left() <= 0 and not self._stalls.has_call(self._asked):
            self._deadline.stretch(child.starved())
        return self._deadline.left()

    def _out_of_time(self) -> NoReturn:
        sentence = self._deadline.sentence
        if self._stalls.has(self._asked, self._module):
            sentence = f"{requests.asking(self._asked)} ran out of time once more"
        self._stalls.note(self._asked, self._module)
        self._end(Reason.TIME, sentence)

    def _ended(self, channel: Channel) -> NoReturn:
        """Find out how the worker died, and say so."""
        with contextlib.suppress(ChannelAbuseError):
            self._show(channel.take_output(), "")
        status, overfull = self._reap()
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

    def _unusable(self, problem: Exception) -> NoReturn:
        """End the worker for a reply that this side could not even look at."""
        if isinstance(problem, MemoryError):
            self._end(Reason.MEMORY, "an answer of the code was too large to be read")
        self._end(Reason.PROTOCOL, f"an answer could not be used: {type(problem).__name__}")

    def _end(self, reason: Reason, sentence: str) -> NoReturn:
        """Kill the worker and raise WorkerStopped."""
        if self._channel is not None:
            with contextlib.suppress(ChannelAbuseError):
                self._show(self._channel.take_output(), "")
        self.stop()
        self._stopped(reason, sentence)

    def _stopped(self, reason: Reason, sentence: str) -> NoReturn:
        _log.debug("worker %d ended: %s", self.handles.generation, sentence)
        self.record.stopped = WorkerStopped(reason, sentence)
        raise self.record.stopped

    # what was printed -------------------------------------------------------------------

    def _note_printed(self, rows: list[list[str]], target: str) -> None:
        for text, function, where in rows[:40]:
            self.record.printed.append(Printed(text[:2000], function[:200], where[:200]))
            sys.stdout.write(text[:2000])  # a test may redirect and read it
        if self._channel is not None:
            try:
                self._show(self._channel.take_output(), target)
            except ChannelAbuseError as abuse:
                self._end(abuse.reason, abuse.sentence)

    def _show(self, text: str, target: str) -> None:
        if text:
            self.record.printed.append(Printed(text, target[:200], ""))
            sys.stdout.write(text)


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
