"""Share the running of many variants among forks of a process that has the suites collected."""

from __future__ import annotations

import json
import os
import select
import signal
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from autograder.core.errors import AutograderError
from autograder.sandbox.fork_server import ForkServer
from autograder.sandbox.inside.confine import die_with_parent

Work = Callable[[ForkServer, str], Any]


class SharingError(AutograderError):
    """A variant could not be run; the message says which and why."""


def share(
    fork_server: Callable[[], ForkServer],
    names: Sequence[str],
    work: Work,
    jobs: int | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> dict[str, Any]:
    """Return what `work(fork_server, name)` gives for each name, as JSON would bring it back.

    Each of the `jobs` forks starts a fork server of its own.

    The order of the result is the order in which they were finished. Raises SharingError.
    """
    if not names:
        return {}
    jobs = min(jobs or os.cpu_count() or 1, len(names))
    queue, queue_end = os.pipe()  # two bytes a name: whoever is free takes the next
    children: dict[int, int] = {}  # where its answers come from -> process
    rows: dict[str, Any] = {}
    try:
        for _ in range(jobs):
            ours, theirs = os.pipe()  # one each: long answers into one pipe would get mixed up
            pid = os.fork()
            if pid == 0:
                try:
                    die_with_parent()
                    os.close(queue_end)
                    _serve(fork_server, names, work, queue, theirs)
                finally:
                    os._exit(0)
            os.close(theirs)
            children[ours] = pid
        os.write(queue_end, b"".join(number.to_bytes(2, "big") for number in range(len(names))))
        os.close(queue_end)
        os.close(queue)
        for name, row in _answers(list(children)):
            rows[name] = row
            if progress:
                progress(len(rows), len(names), name)
    finally:
        for ours, pid in children.items():
            os.close(ours)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    for name in names:
        if name not in rows:
            raise SharingError(f"the process that ran '{name}' ended without a result")
        if "error" in rows[name]:
            raise SharingError(f"'{name}' could not be run: {rows[name]['error']}")
    return {name: row["result"] for name, row in rows.items()}


def _answers(sources: list[int]) -> Iterator[tuple[str, Any]]:
    """Yield (name, row) from lines of JSON until every source is closed."""
    begun = dict.fromkeys(sources, b"")
    while begun:
        for source in select.select(list(begun), [], [])[0]:
            part = os.read(source, 65536)
            *lines, begun[source] = (begun[source] + part).split(b"\n")
            for line in lines:
                name, row = json.loads(line)
                yield name, row
            if not part:
                del begun[source]


def _serve(
    start: Callable[[], ForkServer], names: Sequence[str], work: Work, queue: int, answers: int
) -> None:
    with start() as fork_server:
        while number := os.read(queue, 2):
            name = names[int.from_bytes(number, "big")]
            try:
                row: dict[str, Any] = {"result": work(fork_server, name)}
            except Exception as error:
                row = {"error": f"{type(error).__name__}: {error}"}
            line = (json.dumps([name, row]) + "\n").encode()
            while line:
                line = line[os.write(answers, line) :]
