"""The system calls a worker may make, compiled once to a seccomp program."""

from __future__ import annotations

import errno
import functools
import tempfile

from autograder.core.errors import AutograderError

_ALLOWED = """
read write readv writev pread64 pwrite64 lseek openat open creat close close_range stat fstat
lstat newfstatat fstatat64 statx access faccessat faccessat2 statfs fstatfs readlink readlinkat
getdents64 getcwd chdir dup dup2 dup3 pipe pipe2 umask unlink unlinkat mkdir mkdirat rmdir
rename renameat renameat2 ftruncate truncate fsync fdatasync utimensat fadvise64 mmap mprotect
munmap mremap madvise brk mincore rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack futex
futex_waitv nanosleep clock_nanosleep clock_gettime clock_getres gettimeofday time times
getrusage sched_yield sched_getaffinity getcpu sysinfo uname getpid gettid getppid getuid
geteuid getgid getegid getgroups getresuid getresgid getrlimit getrandom exit exit_group
set_robust_list rseq set_tid_address arch_prctl membarrier poll ppoll select pselect6
epoll_create1 epoll_ctl epoll_wait epoll_pwait eventfd2 restart_syscall
""".split()

_CLONE_THREAD = 0x00010000
_PR_SET_NAME = 15
_AF_UNIX, _SOCK_STREAM, _SOCK_KIND = 1, 1, 0xF
# F_DUPFD F_GETFD F_SETFD F_GETFL F_SETFL F_DUPFD_CLOEXEC; no locks, leases, owners or seals:
# a lock on a shared read-only file would be a channel between submissions
_FCNTL = (0, 1, 2, 3, 4, 1030)
# TCGETS FIONREAD FIONBIO FIONCLEX FIOCLEX
_IOCTL = (0x5401, 0x541B, 0x5421, 0x5450, 0x5451)


class FilterError(AutograderError):
    """libseccomp is missing or refuses; the message says what to install."""


@functools.cache
def compiled(more: tuple[str, ...] = (), talks: bool = False) -> bytes:
    """Return the program as bytes; raises FilterError where libseccomp is missing.

    Everything that is not listed, here or in `more`, fails with EPERM. `clone` makes threads
    only; `clone3` says that it does not exist, so that the C library falls back to `clone`. A
    process that `talks` may send over the sockets it has, to nobody but their other end, and make
    unix sockets that are connected to each other.
    """
    try:
        import pyseccomp as seccomp
    except (ImportError, RuntimeError, OSError) as error:
        raise FilterError(f"libseccomp cannot be loaded ({error}); install libseccomp2") from None
    rules = seccomp.SyscallFilter(seccomp.ERRNO(errno.EPERM))

    def allow(name: str, *arguments: object) -> None:
        try:
            number = seccomp.resolve_syscall(seccomp.Arch.NATIVE, name)
        except (ValueError, OSError):
            return  # newer than this libseccomp: stays forbidden
        if number >= 0:  # negative: exists on other architectures only
            rules.add_rule(seccomp.ALLOW, name, *arguments)

    for name in (*_ALLOWED, *more):
        allow(name)
    allow("clone", seccomp.Arg(0, seccomp.MASKED_EQ, _CLONE_THREAD, _CLONE_THREAD))
    allow("prctl", seccomp.Arg(0, seccomp.EQ, _PR_SET_NAME))
    allow("prlimit64", seccomp.Arg(0, seccomp.EQ, 0), seccomp.Arg(2, seccomp.EQ, 0))
    for command in _FCNTL:
        allow("fcntl", seccomp.Arg(1, seccomp.EQ, command))
    for command in _IOCTL:
        allow("ioctl", seccomp.Arg(1, seccomp.EQ, command))
    if talks:
        # Of streams only: datagrams could be addressed to any socket that has a name.
        kind = seccomp.Arg(1, seccomp.MASKED_EQ, _SOCK_KIND, _SOCK_STREAM)
        allow("socketpair", seccomp.Arg(0, seccomp.EQ, _AF_UNIX), kind)
        allow("sendto", seccomp.Arg(4, seccomp.EQ, 0))
    rules.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()
