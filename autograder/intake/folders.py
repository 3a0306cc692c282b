"""Reads folders without following links, leaving them, or waiting for anything."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from autograder.intake.contents import Contents
from autograder.intake.limits import Allowance, ArchiveRefused
from autograder.intake.paths import is_bytecode, is_junk

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# O_NONBLOCK: opening a pipe that took a file's place must not wait for somebody to write.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_PIECE = 1024 * 1024
_SPECIAL = {
    stat.S_IFLNK: "it is a link, and links are not followed",
    stat.S_IFIFO: "it is a pipe and no file",
    stat.S_IFSOCK: "it is a socket and no file",
    stat.S_IFCHR: "it is a device and no file",
    stat.S_IFBLK: "it is a device and no file",
}


@dataclass(frozen=True)
class FolderEntry:
    """One thing in a folder; `read` works only until the next one is asked for."""

    path: str  # POSIX, below the top; odd characters as they are
    status: os.stat_result | None  # of the entry itself, never of what a link points to
    problem: str  # why it is neither a file nor a folder that can be read; "" otherwise
    parent: int  # descriptor of the folder it lies in

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return self.status is not None and stat.S_ISDIR(self.status.st_mode)

    def read(self, longest: int) -> bytes | None:
        """Return the content, None when it has more than `longest` bytes; raises OSError."""
        name = self.path.rsplit("/", 1)[-1]
        descriptor = os.open(name, _FILE, dir_fd=self.parent)
        with os.fdopen(descriptor, "rb", buffering=0) as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise OSError(0, "it is no ordinary file any more")
            pieces, count = [], 0
            while piece := file.read(_PIECE):
                count += len(piece)
                if count > longest:
                    return None
                pieces.append(piece)
            return b"".join(pieces)


def walk(top: Path, allowance: Allowance, enter: Callable[[str], bool]) -> Iterator[FolderEntry]:
    """Yield what lies below `top` in sorted order; folders for which `enter` says no stay shut.

    Raises OSError when `top` itself cannot be opened, ArchiveRefused when it holds too much.
    """
    descriptor = os.open(top, _FOLDER)
    try:
        yield from _walk(descriptor, "", allowance, enter)
    finally:
        os.close(descriptor)


def _walk(
    parent: int, base: str, allowance: Allowance, enter: Callable[[str], bool]
) -> Iterator[FolderEntry]:
    most = allowance.limits.headers
    with os.scandir(parent) as found:
        names = sorted(entry.name for entry in islice(found, most + 1))
    if len(names) > most:
        raise ArchiveRefused(f"it holds more than {most} entries")
    for name in names:
        path = base + name
        try:
            status = os.stat(name, dir_fd=parent, follow_symlinks=False)
        except OSError as error:
            yield FolderEntry(path, None, f"it cannot be read ({error.strerror})", parent)
            continue
        kind = stat.S_IFMT(status.st_mode)
        if kind == stat.S_IFREG:
            yield FolderEntry(path, status, "", parent)
        elif kind != stat.S_IFDIR:
            yield FolderEntry(path, status, _SPECIAL.get(kind, "it is no ordinary file"), parent)
        else:
            yield FolderEntry(path, status, "", parent)
            if not enter(path) or path.count("/") >= allowance.limits.folders_deep:
                continue
            try:
                descriptor = os.open(name, _FOLDER, dir_fd=parent)
            except OSError as error:
                yield FolderEntry(path, None, f"it cannot be opened ({error.strerror})", parent)
                continue
            try:
                yield from _walk(descriptor, f"{path}/", allowance, enter)
            finally:
                os.close(descriptor)


def belongs(path: str) -> bool:
    """Tell whether the folder at `path` can hold something that a student wrote."""
    return not is_junk(path) and not is_bytecode(f"{path}/")


def read_folder(top: Path, contents: Contents) -> None:
    """Add the files below `top` to `contents`; raises OSError and ArchiveRefused."""

    def enter(path: str) -> bool:
        return belongs(path) and not contents.is_data(path, folder=True)

    for entry in walk(top, contents.allowance, enter):
        path = contents.admit(entry.path, entry.is_folder)
        if path is None or entry.is_folder:
            continue
        if entry.problem:
            contents.leave_out(path, entry.problem)
            continue
        try:
            content = entry.read(contents.largest(path))
        except OSError as error:
            contents.leave_out(path, f"it cannot be read ({error.strerror})")
            continue
        if content is None:
            contents.too_large(path)
        else:
            contents.add(path, content)
