"""Do one thing in a fork, so that whatever happens there leaves this process alone."""

from __future__ import annotations

import contextlib
import gc
import json
import logging
import os
import resource
import select
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.sandbox.inside.confine import die_with_parent

_log = logging.getLogger(__name__)
Note = Callable[[str], None]

_MORE_MEMORY = 4 << 30  # bytes for a fork, beside what this process has already


@dataclass(frozen=True)
class Ending:
    """How a fork ended: with an answer (plain data), or with a problem."""

    answer: Any = None
    problem: str = ""  # why there is no answer
    noted: str = ""  # the latest note of a fork that could not even say why


def in_fork(work: Callable[[Note], Any], seconds: float) -> Ending:
    """Return what `work(note)` gives in a fork, which ends after `seconds` or at its memory limit.

    `work` may call `note(text)` to say what it is about to do.
    """
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ours)
        try:
            die_with_parent()
            gc.disable()  # it would copy every page that it looks at; this does not live long
            _limit_memory()
            row = {"answer": work(lambda text: _tell(theirs, {"note": text}))}
        except BaseException as error:
            _log.debug("a fork failed", exc_info=True)
            row = {"problem": f"{type(error).__name__}: {error}"}
        with contextlib.suppress(OSError):
            _tell(theirs, row)
        os._exit(0)
    os.close(theirs)
    rows, in_time = _read_all(ours, seconds)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    last = rows[-1] if rows else {}
    if "answer" in last:
        return Ending(answer=last["answer"])
    if "problem" in last:
        return Ending(problem=str(last["problem"]))
    problem = "the grading process was killed" if in_time else f"no end in {seconds:.0f} s"
    return Ending(problem=problem, noted=str(last.get("note", "")))


def _tell(descriptor: int, row: dict[str, Any]) -> None:
    line = f"{json.dumps(row)}\n".encode()
    while line:
        line = line[os.write(descriptor, line) :]


def _limit_memory() -> None:
    """Give this process a limit of its own: what a submission makes it hold is not the class's."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    limit = pages * os.sysconf("SC_PAGE_SIZE") + _MORE_MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _read_all(descriptor: int, seconds: float) -> tuple[list[dict[str, Any]], bool]:
    """Read rows until the end or for `seconds`; return them, and whether that was all."""
    deadline = time.monotonic() + seconds
    data, in_time = bytearray(), False
    try:
        while (left := deadline - time.monotonic()) > 0:
            if not select.select([descriptor], [], [], left)[0]:
                break
            part = os.read(descriptor, 65536)
            if not part:
                in_time = True
                break
            data += part
    finally:
        os.close(descriptor)
    whole, _, _ = data.rpartition(b"\n")  # without a line that was cut off
    return [json.loads(line) for line in whole.splitlines()], in_time
