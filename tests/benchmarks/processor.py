"""Processor seconds of everything that a benchmark started, workers in their sandboxes included.

bubblewrap ends before what ran in it is waited for: without adoption nobody would count that.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import time

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
