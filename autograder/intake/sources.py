"""Where a submission lies, before anything in it is opened."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from autograder.intake.folders import belongs, walk
from autograder.intake.limits import MB, Allowance, ArchiveLimits, ArchiveRefused
from autograder.intake.timestamps import moment

Kind = Literal["archive", "folder"]
_Update = Callable[[bytes], None]
_HASHED_BYTES = 256 * MB
_HASHED_FILE_BYTES = 16 * MB


@dataclass(frozen=True)
class Source:
    """A submission that was found: an archive, or a folder."""

    name: str  # unique in the class, safe as a folder's name
    path: Path
    kind: Kind

    def to_json(self) -> dict[str, str]:
        """Return plain data from which `from_json` makes the same source."""
        return {"name": self.name, "path": str(self.path), "kind": self.kind}

    @classmethod
    def from_json(cls, plain: Mapping[str, str]) -> Source:
        """Make a source of what `to_json` returned."""
        return cls(plain["name"], Path(plain["path"]), _kind(plain["kind"]))

    def stat_key(self) -> str:
        """Return a sha256 that changes with the bytes or the time of what was handed in.

        Nothing is decompressed. Only the first 256 MB are hashed, and of a folder's huge files
        the size and the time alone. What cannot be read gives a key as well: its error.
        """
        sha = hashlib.sha256(f"{self.kind}\0{moment(self)}\0".encode())
        try:
            if self.kind == "archive":
                _hash_file(self.path, sha.update)
            else:
                self._hash_folder(sha.update)
        except (OSError, ArchiveRefused) as error:
            sha.update(f"{type(error).__name__}: {error}".encode("utf-8", "surrogatepass"))
        return sha.hexdigest()

    def _hash_folder(self, update: _Update) -> None:
        left = _HASHED_BYTES
        for entry in walk(self.path, Allowance(ArchiveLimits()), belongs):
            status = entry.status
            size = status.st_size if status else -1
            update(f"{entry.path}\0{entry.problem}\0".encode("utf-8", "surrogatepass"))
            if entry.is_folder or entry.problem or status is None:
                continue
            update(f"{size}\0".encode())
            content = None
            if size <= min(left, _HASHED_FILE_BYTES):
                try:
                    content = entry.read(_HASHED_FILE_BYTES)
                except OSError as error:
                    content = str(error.strerror).encode()
            if content is None:
                update(f"{status.st_mtime_ns}\0".encode())
            else:
                left -= len(content)
                update(hashlib.sha256(content).digest())


def _kind(text: str) -> Kind:
    if text == "archive":
        return "archive"
    if text == "folder":
        return "folder"
    raise ValueError(f"no kind of source: {text!r}")


def _hash_file(path: Path, update: _Update) -> None:
    left = _HASHED_BYTES
    with path.open("rb") as file:
        while left > 0 and (piece := file.read(MB)):
            update(piece)
            left -= len(piece)
    update(str(path.stat().st_size).encode())
