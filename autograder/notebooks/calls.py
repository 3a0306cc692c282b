"""The system calls of a confined kernel: a worker's, and those to talk over given sockets."""

from __future__ import annotations

import errno
import functools
import tempfile

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
_AF_UNIX = 1


@functools.cache
def compiled() -> bytes:
    """Return the seccomp program; raises FilterError where libseccomp is missing.

    As for workers: what is not listed fails with EPERM, `clone` makes threads only, and `clone3`
    does not exist. So no process can be made, no program executed, no address connected to.
    """
    try:
        import pyseccomp as seccomp
    except (ImportError, RuntimeError, OSError) as error:
        raise workers.FilterError(
            f"libseccomp cannot be loaded ({error}); install libseccomp2"
        ) from None
    rules = seccomp.SyscallFilter(seccomp.ERRNO(errno.EPERM))

    def allow(name: str, *arguments: object) -> None:
        try:
            number = seccomp.resolve_syscall(seccomp.Arch.NATIVE, name)
        except (ValueError, OSError):
            return  # newer than this libseccomp: stays forbidden
        if number >= 0:  # negative: exists on other architectures only
            rules.add_rule(seccomp.ALLOW, name, *arguments)

    for name in (*workers._ALLOWED, *_TALKING, *_SIGNALLING, *_MODES, *_SCHEDULING):
        allow(name)
    thread = workers._CLONE_THREAD
    allow("clone", seccomp.Arg(0, seccomp.MASKED_EQ, thread, thread))
    allow("prctl", seccomp.Arg(0, seccomp.EQ, workers._PR_SET_NAME))
    allow("prlimit64", seccomp.Arg(0, seccomp.EQ, 0), seccomp.Arg(2, seccomp.EQ, 0))
    for command in workers._FCNTL:
        allow("fcntl", seccomp.Arg(1, seccomp.EQ, command))
    for command in workers._IOCTL:
        allow("ioctl", seccomp.Arg(1, seccomp.EQ, command))
    allow("socketpair", seccomp.Arg(0, seccomp.EQ, _AF_UNIX))
    rules.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()
