"""The system calls of a confined kernel: a worker's, and those to talk over given sockets."""

from __future__ import annotations

from autograder.sandbox import filter as workers

# A kernel answers over unix sockets that listened before it started. It may accept on those and
# make pairs that lead nowhere, which asyncio needs; it cannot make, bind or connect any other.
_TALKING = """
accept accept4 recvfrom recvmsg shutdown getsockopt setsockopt getsockname getpeername
""".split()
# An interrupt arrives as a message, and the kernel signals itself.
_SIGNALLING = "kill tgkill getpgid getpgrp getsid".split()
# IPython copies files with their modes; those of its own folder, where nothing can be executed.
_MODES = "chmod fchmod fchmodat fchmodat2".split()
# libzmq sets its threads to the priority they have; raising it takes a capability.
_SCHEDULING = "sched_getparam sched_getscheduler sched_setscheduler".split()


def compiled(alone: bool = True) -> bytes:
    """Return the seccomp program; raises FilterError where libseccomp is missing.

    As for workers: no process can be made, no program executed, no address connected to. Only a
    kernel that is `alone`, with no other process to reach, may send signals.
    """
    more = (*_TALKING, *(_SIGNALLING if alone else ()), *_MODES, *_SCHEDULING)
    return workers.compiled(more, talks=True)
