"""What is drawn or learnt once and used again: entries by kind and key, below one folder.

A key is made of everything that an entry depends on, so that an entry is never out of date: one
that nobody asks for any more is only taking room. An entry is a file or a folder, and whole
whenever it is there; several processes may share the folder.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import logging
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.core.errors import AutograderError
from autograder.core.files import write_bytes

_log = logging.getLogger(__name__)
LIMIT = 8 << 30  # bytes of all entries together
_AT_LEAST = 7 * 86400  # seconds that an entry stays after it was used last, full or not
_LOCK = ".lock"
_UNFINISHED = ".unfinished-"
_HASH = re.compile(r"[-_]?[0-9a-f]{12,}")


class CacheError(AutograderError):
    """The cache cannot be written; the message says where and what to do."""


@dataclass(frozen=True)
class CacheEntry:
    """One entry of the cache."""

    kind: str
    path: Path
    size: int  # bytes
    used: float  # seconds since 1970


def key_of(*parts: str | bytes) -> str:
    """Return a short key that changes with each of `parts`, and with where one ends."""
    sha = hashlib.sha256()
    for part in parts:
        content = part.encode("utf-8", "surrogateescape") if isinstance(part, str) else part
        sha.update(f"{len(content)}:".encode() + content)
    return sha.hexdigest()[:24]


class Cache:
    """The entries below one folder."""

    def __init__(self, folder: Path | None = None) -> None:
        """By default below $XDG_CACHE_HOME, which by default is ~/.cache."""
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
        self.root = folder or Path(base) / "autograder"

    def read(self, kind: str, key: str) -> bytes | None:
        """Return the content of a file entry; None where there is none that can be read."""
        path = self.root / kind / key
        try:
            content = path.read_bytes()
        except OSError:
            _log.info("%s: not there", _named(kind, key))
            return None
        _touch(path)
        _log.info("%s: there, %d bytes", _named(kind, key), len(content))
        return content

    def write(self, kind: str, key: str, content: bytes) -> Path:
        """Keep a file entry and return its path; raises CacheError where that fails."""
        path = self.root / kind / key
        with _writable(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_bytes(path, content)
        _log.info("%s: written, %d bytes", _named(kind, key), len(content))
        return path

    def folder(
        self, kind: str, key: str, names: Sequence[str], fill: Callable[[Path], None]
    ) -> Path:
        """Return the folder entry that holds `names`; `fill` writes them where there is none.

        It is filled under another name first. Raises CacheError, and what `fill` raises.
        """
        path = self.root / kind / key
        if _whole(path, names):
            _touch(path)
            _log.info("%s: there", _named(kind, key))
            return path
        _log.info("%s: not there", _named(kind, key))
        began = time.monotonic()
        with _writable(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._make_room()
            unfinished = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=path.parent))
            try:
                unfinished.chmod(0o755)  # a worker may run as somebody else
                fill(unfinished)
                if path.exists() and not _whole(path, names):
                    shutil.rmtree(path)
                try:
                    unfinished.rename(path)
                except OSError:
                    if not _whole(path, names):  # otherwise somebody was faster, with the same
                        raise
            finally:
                shutil.rmtree(unfinished, ignore_errors=True)
        _log.info("%s: written in %.1f s", _named(kind, key), time.monotonic() - began)
        return path

    @contextlib.contextmanager
    def locked(self, kind: str) -> Iterator[None]:
        """Let one process at a time make entries of a kind that take long to make."""
        folder = self.root / kind
        with _writable(folder):
            folder.mkdir(parents=True, exist_ok=True)
            stream = (folder / _LOCK).open("w")
        with stream:
            began = time.monotonic()
            fcntl.flock(stream, fcntl.LOCK_EX)
            _log.info("%s: locked after %.1f s", kind, time.monotonic() - began)
            yield

    def entries(self) -> list[CacheEntry]:
        """Return all entries, by kind."""
        found = []
        for folder in sorted(self.root.iterdir()) if self.root.is_dir() else ():
            for path in sorted(folder.iterdir()) if folder.is_dir() else ():
                if path.name != _LOCK:
                    with contextlib.suppress(OSError):  # another process has removed it
                        found.append(
                            CacheEntry(folder.name, path, _size(path), path.stat().st_mtime)
                        )
        return found

    def clear(self) -> int:
        """Remove everything and return how many bytes that were."""
        removed = sum(entry.size for entry in self.entries())
        with _writable(self.root):
            if self.root.is_dir():
                shutil.rmtree(self.root)
        return removed

    def _make_room(self) -> None:
        """Remove what was not used for longest, as long as there is more than `LIMIT`."""
        entries = sorted(self.entries(), key=lambda entry: entry.used)
        size = sum(entry.size for entry in entries)
        for entry in entries:
            if size <= LIMIT or entry.used > time.time() - _AT_LEAST:
                return
            with contextlib.suppress(OSError):
                shutil.rmtree(entry.path) if entry.path.is_dir() else entry.path.unlink()
                _log.info("%s: removed to make room", _named(entry.kind, entry.path.name))
            size -= entry.size


@contextlib.contextmanager
def _writable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CacheError(
            f"{path}: cannot be written ({error.strerror}); set XDG_CACHE_HOME to a folder that can"
        ) from None


def _named(kind: str, key: str) -> str:
    """Return what an entry is called in the log: without hashes, since a secret may be guessed."""
    return f"{kind} {_HASH.sub('', key)}"


def _whole(folder: Path, names: Sequence[str]) -> bool:
    return folder.is_dir() and all((folder / name).exists() for name in names)


def _touch(path: Path) -> None:
    with contextlib.suppress(OSError):  # somebody else's folder serves as well
        os.utime(path)


def _size(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(each.stat().st_size for each in path.rglob("*") if each.is_file())
