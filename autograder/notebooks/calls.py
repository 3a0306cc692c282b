"""The system calls of a confined kernel: a worker's, and those to talk over given sockets."""

from __future__ import annotations

from autograder.sandbox import filter as workers

# A kernel answers over unix sockets that listened before it started. It may accept on those and
# make pairs that lead nowhere, which asyncio needs; it cannot make, bind or connect any other.
_TALKING = """
accept accept4 recvfrom recvmsg recvmmsg sendto sendmsg sendmmsg shutdown getsockopt setsockopt
getsockname getpeername
""".split()
# An interrupt arrives as a message, and the kernel signals itself; it has no other to signal, for
# it is alone in its table of processes.
_SIGNALLING = "kill tgkill getpgid getpgrp getsid".split()
# IPython copies files with their modes; those of its own folder, where nothing can be executed.
_MODES = "chmod fchmod fchmodat fchmodat2".split()
# libzmq sets its threads to the priority they have; raising it takes a capability.
_SCHEDULING = "sched_getparam sched_getscheduler sched_setscheduler".split()


def compiled() -> bytes:
    """Return the seccomp program; raises FilterError where libseccomp is missing.

    As for workers: no process can be made, no program executed, no address connected to.
    """
    more = (*_TALKING, *_SIGNALLING, *_MODES, *_SCHEDULING)
    return workers.compiled(more, pairs=True)
