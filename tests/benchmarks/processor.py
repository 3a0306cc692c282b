"""Processor seconds of everything that a benchmark started, workers in their sandboxes included.

bubblewrap ends before what ran in it is waited for: without adoption nobody would count that.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import time
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36
_SECONDS = 5.0  # for orphans to end


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parents end first; call it at the start."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "orphans cannot be adopted, so they cannot be counted")


def seconds_of_children() -> float:
    """Wait for adopted orphans, and return the processor seconds of all that have ended."""
    until = time.monotonic() + _SECONDS
    with contextlib.suppress(ChildProcessError):  # none is left
        while time.monotonic() < until:
            if not os.waitpid(-1, os.WNOHANG)[0]:
                time.sleep(0.01)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def seconds_of_tree() -> float:
    """Return the processor seconds of this process and all below it, ended ones included.

    A process counts with its children as soon as its parent has waited for it. The kernel counts
    those of other processes in steps of 10 ms.
    """
    times = os.times()
    found = time.process_time() + times.children_user + times.children_system
    tick = os.sysconf("SC_CLK_TCK")
    for pid in _below(os.getpid()):
        with contextlib.suppress(OSError):  # it has just ended
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            found += sum(map(int, fields[11:15])) / tick
    return found


def memory_of_tree() -> float:
    """Return the proportional set size of all processes below this one, in MiB."""
    total = 0
    for pid in _below(os.getpid()):
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def _below(top: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                children.setdefault(int(fields[1]), []).append(int(entry.name))
    found, waiting = [], [top]
    while waiting:
        mine = children.get(waiting.pop(), [])
        found += mine
        waiting += mine
    return found
