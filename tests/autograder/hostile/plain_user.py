"""Run a command as a plain user to whom user namespaces are denied: plain_user.py UID COMMAND…

Started by root it becomes a user made up for this, with nothing in common with anybody else; the
folders that such a user could not reach (Python's own may lie in root's home) are shown to it in
a mount namespace of its own. Started by a plain user it only gives up user namespaces.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
import tempfile
from pathlib import Path

import pyseccomp as seccomp

_PRIVATE, _BIND, _RECURSIVE, _MOVE = 1 << 18, 1 << 12, 1 << 14, 1 << 13
_NEW_MOUNTS, _NEW_USERS = 0x00020000, 0x10000000
_NO_NEW_PRIVILEGES = 38
libc = ctypes.CDLL(None, use_errno=True)


def checked(what: str, result: int) -> None:
    """Raise OSError with what failed."""
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    """Call mount(2)."""
    texts = [text.encode() or None for text in (source, target, kind)]
    result = libc.mount(*texts, ctypes.c_ulong(flags), data.encode() or None)
    checked(f"mount {target}", result)


def closed(path: Path) -> Path | None:
    """Return the topmost folder above `path` that others may not enter."""
    for parent in reversed([path, *path.parents]):
        if parent.is_dir() and not parent.stat().st_mode & 1:
            return parent
    return None


def show(paths: list[Path]) -> None:
    """Let others reach `paths`, in this process and what it starts alone."""
    checked("unshare", libc.unshare(_NEW_MOUNTS))
    mount("none", "/", "", _PRIVATE | _RECURSIVE)
    for path in paths:
        top = closed(path)
        if top is None:
            continue
        kept = tempfile.mkdtemp(dir="/mnt")
        mount(str(path), kept, "", _BIND | _RECURSIVE)
        mount("tmpfs", str(top), "tmpfs", 0, "mode=755")
        path.mkdir(parents=True, exist_ok=True)
        mount(kept, str(path), "", _MOVE)


def deny_user_namespaces() -> None:
    """Have the kernel refuse them to this process and to all that it starts."""
    checked("prctl", libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    asks = seccomp.Arg(0, seccomp.MASKED_EQ, _NEW_USERS, _NEW_USERS)
    for name in ("unshare", "clone"):
        rules.add_rule(seccomp.ERRNO(errno.EPERM), name, asks)
    rules.add_rule(seccomp.ERRNO(errno.EPERM), "setns")
    rules.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    rules.load()


def main(user: int, command: list[str]) -> None:
    """Become that user and run the command in its place."""
    if os.geteuid() == 0:
        show([Path(sys.base_prefix).resolve()])
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    deny_user_namespaces()
    os.execv(command[0], command)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
