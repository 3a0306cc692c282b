"""The process pool: forks of a process that has everything prepared share what is to be done.

A fork inherits what was collected and learnt before, and the things themselves: only numbers and
answers in JSON travel. One that is killed is replaced, and what it was working on is done again.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import selectors
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from autograder.core.errors import AutograderError
from autograder.sandbox.fork_server import Parent
from autograder.sandbox.inside.confine import die_with_parent

Station = Callable[[Parent], AbstractContextManager[Callable[[Any], Any]]]
Work = Callable[[Parent, str], Any]

_log = logging.getLogger(__name__)
_MOST_DEATHS = 3  # of processes that work on the same thing, or before they work on any


class PoolError(AutograderError):
    """Something could not be done; the message says what and why."""


@dataclass(frozen=True)
class Lost:
    """Stands for the answer about a thing that ended its process again and again."""


def answers(
    station: Station,
    things: Sequence[Any],
    parent: Callable[[], Parent],
    processes: int | None = None,
) -> Iterator[tuple[int, Any]]:
    """Yield (number, answer) for each of `things`, in the order in which they are finished.

    Each process enters `station(one)` for a function that takes a thing and returns plain data;
    `one` is the parent of workers that `parent()` has made for it here. Raises PoolError with the
    words of an exception from there, ForkServerError.
    """
    processes = min(processes or os.cpu_count() or 1, len(things))
    pool = _Pool(station, things, parent)
    try:
        for _ in range(processes):
            pool.fork()
        yield from pool.answers()
    finally:
        pool.close()


def share(
    parent: Callable[[], Parent],
    names: Sequence[str],
    work: Work,
    jobs: int | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> dict[str, Any]:
    """Return what `work(fork_server, name)` gives for each name, as JSON would bring it back.

    Each of the `jobs` processes has a fork server of its own, made by `parent()`. Raises PoolError,
    ForkServerError.
    """

    @contextmanager
    def station(fork_server: Parent) -> Iterator[Callable[[str], Any]]:
        yield lambda name: work(fork_server, name)

    rows: dict[str, Any] = {}
    for number, answer in answers(station, names, parent, jobs):
        name = names[number]
        if isinstance(answer, Lost):
            raise PoolError(f"the process that ran '{name}' ended without a result")
        rows[name] = answer
        if progress:
            progress(len(rows), len(names), name)
    return rows


@dataclass
class _Process:
    """One fork, the channel to it, and the number of what it is working on."""

    pid: int
    channel: socket.socket
    begun: bytes = b""  # of its next line
    number: int | None = None


class _Pool:
    def __init__(
        self, station: Station, things: Sequence[Any], parent: Callable[[], Parent]
    ) -> None:
        self._station, self._things, self._parent = station, things, parent
        self._waiting = list(reversed(range(len(things))))
        self._deaths: dict[int | None, int] = {}
        self._selector = selectors.DefaultSelector()
        self._processes: list[_Process] = []

    def fork(self) -> None:
        """Start one more process; it says when it is ready."""
        fork_server = self._parent()
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            try:
                die_with_parent()
                signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it, and ends us
                ours.close()
                _serve(partial(self._station, fork_server), self._things, theirs)
            finally:
                os._exit(0)
        theirs.close()
        fork_server.close()  # here; the fork has it now
        process = _Process(pid, ours)
        self._processes.append(process)
        self._selector.register(ours, selectors.EVENT_READ, process)

    def answers(self) -> Iterator[tuple[int, Any]]:
        """Yield answers until there is one for everything."""
        done = 0
        while done < len(self._things):
            for key, _ in self._selector.select():
                for number, answer in self._heard(key.data):
                    done += 1
                    yield number, answer

    def _heard(self, process: _Process) -> Iterator[tuple[int, Any]]:
        """Take what a process has said; give it something to do, or replace it."""
        try:
            part = process.channel.recv(1 << 16)
        except ConnectionError:
            part = b""
        *lines, process.begun = (process.begun + part).split(b"\n")
        for line in lines:
            row = json.loads(line)
            if "error" in row:
                what = "" if process.number is None else f"{self._name(process.number)}: "
                raise PoolError(f"{what}{row['error']}")
            number, process.number = process.number, None
            if self._waiting:
                process.number = self._waiting.pop()
                with contextlib.suppress(BrokenPipeError):  # its end is noticed where it is read
                    process.channel.sendall(process.number.to_bytes(4, "big"))
            if number is not None:
                yield number, row["answer"]
        if not part:
            yield from self._replace(process)

    def _name(self, number: int) -> str:
        return f"'{self._things[number]}' could not be run"

    def _replace(self, process: _Process) -> Iterator[tuple[int, Any]]:
        """Bury a process that was killed; what it was working on is done again, or lost."""
        self._bury(process)
        number = process.number
        _log.info("process %d ended by itself; another takes its place", process.pid)
        self._deaths[number] = self._deaths.get(number, 0) + 1
        if number is not None and self._deaths[number] < _MOST_DEATHS:
            self._waiting.append(number)
        elif number is not None:
            yield number, Lost()
        elif self._deaths[None] >= _MOST_DEATHS:
            raise PoolError("a process of the pool ends by itself again and again")
        if self._waiting:
            self.fork()

    def _bury(self, process: _Process) -> None:
        self._processes.remove(process)
        self._selector.unregister(process.channel)
        process.channel.close()
        os.kill(process.pid, signal.SIGKILL)
        os.waitpid(process.pid, 0)

    def close(self) -> None:
        """End every process; what they have started ends with them."""
        for process in list(self._processes):
            self._bury(process)
        self._selector.close()


def _serve(station: Callable[[], Any], things: Sequence[Any], channel: socket.socket) -> None:
    """Do what is asked for, in a process of the pool."""
    try:
        with station() as work:
            _say(channel, {"ready": True})
            while number := channel.recv(4, socket.MSG_WAITALL):
                _say(channel, {"answer": work(things[int.from_bytes(number, "big")])})
    except Exception as error:
        named = isinstance(error, AutograderError)
        _say(channel, {"error": str(error) if named else f"{type(error).__name__}: {error}"})


def _say(channel: socket.socket, row: dict[str, Any]) -> None:
    channel.sendall((json.dumps(row) + "\n").encode())
