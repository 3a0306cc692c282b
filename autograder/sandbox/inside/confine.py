"""The layers that hold a worker: namespaces, mounts, limits, capabilities, landlock, seccomp.

Each function either takes hold or raises ConfinementError; nothing is best effort. Python 3.11
has no `os.unshare` and no binding of landlock, hence ctypes.
"""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import signal
import socket
import struct
from collections.abc import Sequence
from pathlib import Path

CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS = 0x00020000, 0x02000000, 0x04000000
CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID = 0x08000000, 0x10000000, 0x20000000
CLONE_NEWNET = 0x40000000

_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC = 1, 2, 4, 8
_MS_BIND, _MS_REC, _MS_PRIVATE = 4096, 16384, 1 << 18
_MNT_DETACH = 2
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP = 1, 4, 22
_PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 24, 38
_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
_SYS_MOUNT_SETATTR = 442
_SYS_LANDLOCK = (444, 445, 446)
_SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_AT_RECURSIVE = 0x8000
_AT_FDCWD = -100
_LAST_CAPABILITY = 40

_libc = ctypes.CDLL(None, use_errno=True)


class ConfinementError(Exception):
    """A layer was asked for and did not take hold."""


def _checked(what: str, result: int) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise ConfinementError(f"{what}: {os.strerror(code)}")
    return result


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent ends.

    Must be repeated after every change of identity, which clears it.
    """
    _checked("prctl(PDEATHSIG)", _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))


def unshare(flags: int) -> None:
    """Leave the namespaces named by `flags`."""
    _checked("unshare", _libc.unshare(flags))


def set_namespace(descriptor: int, kind: int) -> None:
    """Enter the namespace behind an open descriptor."""
    _checked("setns", _libc.setns(descriptor, kind))


def _mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    result = _libc.mount(
        source.encode(), target.encode(), kind.encode() if kind else None, flags, options.encode()
    )
    _checked(f"mount {target}", result)


def private_root(
    new_root: str, visible: Sequence[str], binds: Sequence[tuple[str, str]], size: int
) -> None:
    """Replace the root by a small noexec tmpfs that shows `visible` paths and `binds`, read-only.

    `binds` are (source, target) pairs inside the new root; `size` bounds all that can be
    written, in bytes. Needs a mount namespace of its own.
    """
    _mount("none", "/", None, _MS_REC | _MS_PRIVATE)
    flags = _MS_NOSUID | _MS_NODEV | _MS_NOEXEC
    _mount("tmpfs", new_root, "tmpfs", flags, f"size={size},mode=755,nr_inodes=4096")
    for source, target in [(path, path) for path in visible] + list(binds):
        place = Path(new_root + target)
        if Path(source).is_symlink():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(Path(source).readlink())
            continue
        if Path(source).is_dir():
            place.mkdir(parents=True, exist_ok=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.touch()
        _mount(source, str(place), None, _MS_BIND | _MS_REC)
        # struct mount_attr: set, clear, propagation, user namespace
        attributes = struct.pack("QQQQ", _MS_RDONLY | _MS_NOSUID, 0, 0, 0)
        result = _libc.syscall(
            _SYS_MOUNT_SETATTR,
            _AT_FDCWD,
            str(place).encode(),
            _AT_RECURSIVE,
            attributes,
            len(attributes),
        )
        _checked(f"mount_setattr {place}", result)
    os.chdir(new_root)
    machine = os.uname().machine
    if machine not in _SYS_PIVOT_ROOT:
        raise ConfinementError(f"pivot_root: unknown on {machine}")
    _checked("pivot_root", _libc.syscall(_SYS_PIVOT_ROOT[machine], b".", b"."))
    _checked("detaching the old root", _libc.umount2(b".", _MNT_DETACH))
    os.chdir("/")


def limit_resources(
    memory: int, cpu_seconds: int, file_size: int, descriptors: int, processes: int | None
) -> None:
    """Set the kernel's limits: address space and file size in bytes, CPU in seconds."""
    limits = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_FSIZE: file_size,
        resource.RLIMIT_NOFILE: descriptors,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    if processes is not None:
        limits[resource.RLIMIT_NPROC] = processes
    for kind, value in limits.items():
        resource.setrlimit(kind, (value, value))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))


def become(uid: int) -> None:
    """Change to a user and group of that number, with no other groups."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def drop_capabilities(bounding: bool) -> None:
    """Give up every capability, the bounding set too where that is permitted."""
    if bounding:
        for capability in range(_LAST_CAPABILITY + 1):
            if _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) < 0:
                code = ctypes.get_errno()
                if code != errno.EINVAL:  # a capability this kernel does not know
                    raise ConfinementError(f"dropping capability {capability}: {code}")
    _libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    header = struct.pack("Ii", 0x20080522, 0)
    _checked("capset", _libc.capset(header, bytes(24)))


def no_new_privileges() -> None:
    """Forbid gaining privileges by exec; unprivileged seccomp and landlock require it."""
    _checked("no_new_privs", _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    _checked("non-dumpable", _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0))


# landlock's rights on files, by the ABI that brought them
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_TRUNCATE = 1 << 14
_ALL_RIGHTS_BY_ABI = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}


def landlock_abi() -> int:
    """Return the kernel's landlock ABI, 0 where there is none."""
    return max(0, int(_libc.syscall(_SYS_LANDLOCK[0], None, 0, 1)))


def landlock(readable: Sequence[str], writable: Sequence[str]) -> None:
    """Allow reading below `readable` and changing files below `writable`, and no more.

    Forbids TCP (ABI 4), abstract sockets and signals to outsiders (ABI 6) as well.
    """
    abi = landlock_abi()
    if abi < 1:
        raise ConfinementError("landlock: not offered by this kernel")
    handled = max(rights for since, rights in _ALL_RIGHTS_BY_ABI.items() if since <= abi)
    attributes = struct.pack("Q", handled)
    if abi >= 4:
        attributes += struct.pack("Q", 3)  # TCP bind and connect
    if abi >= 6:
        attributes += struct.pack("Q", 3)  # abstract unix sockets, signals
    rules = _checked("landlock", _libc.syscall(_SYS_LANDLOCK[0], attributes, len(attributes), 0))
    read = _READ_FILE | _READ_DIR
    change = read | _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG
    if abi >= 3:
        change |= _TRUNCATE
    try:
        for paths, rights in ((readable, read), (writable, change)):
            for path in paths:
                _allow(rules, path, rights)
        _checked("landlock", _libc.syscall(_SYS_LANDLOCK[2], rules, 0))
    finally:
        os.close(rules)


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return  # nothing there to allow
    try:
        if not Path(path).is_dir():
            rights &= _READ_FILE | _WRITE_FILE | _TRUNCATE
        rule = struct.pack("=Qi", rights, descriptor)
        _checked(f"landlock {path}", _libc.syscall(_SYS_LANDLOCK[1], rules, 1, rule, 0))
    finally:
        os.close(descriptor)


def filter_system_calls(program: bytes) -> None:
    """Install a compiled seccomp program (an array of struct sock_filter)."""
    buffer = ctypes.create_string_buffer(program, len(program))
    count = len(program) // 8
    header = struct.pack("HxxxxxxP", count, ctypes.addressof(buffer))
    _checked("seccomp", _libc.prctl(_PR_SET_SECCOMP, 2, header, 0, 0))


def probe(outside: str, layers: frozenset[str]) -> None:
    """Try what must fail; raises ConfinementError where a socket, a fork or a file answers."""
    if "seccomp" in layers:
        try:
            socket.socket(socket.AF_UNIX).close()
        except OSError:
            pass
        else:
            raise ConfinementError("a socket could be made: the system-call filter is not in force")
        try:
            child = os.fork()
        except OSError:
            pass
        else:
            if child == 0:
                os._exit(0)
            raise ConfinementError(
                "a process could be made: the system-call filter is not in force"
            )
    if layers & {"landlock", "mounts"}:
        try:
            os.close(os.open(outside, os.O_RDONLY))
        except OSError:
            pass
        else:
            raise ConfinementError(f"{outside} could be read: the file system is not closed off")
