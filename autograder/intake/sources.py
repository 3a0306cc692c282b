"""Where a submission lies, and what a platform says of it, before anything in it is opened."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from autograder.intake.folders import belongs, walk
from autograder.intake.limits import MB, Allowance, ArchiveLimits, ArchiveRefused
from autograder.intake.said import Said
from autograder.intake.timestamps import moment

Kind = Literal["archive", "folder", "files"]
_Update = Callable[[bytes], None]
_HASHED_BYTES = 256 * MB
_HASHED_FILE_BYTES = 16 * MB


@dataclass(frozen=True)
class Source:
    """A submission that was found: an archive, a folder, or single files."""

    name: str  # unique in the class, safe as a folder's name
    path: Path  # of single files the folder, or what all are named after
    kind: Kind
    files: tuple[tuple[str, Path], ...] = ()  # of "files": what each is called inside, and where
    said: Said = field(default_factory=Said)

    def to_json(self) -> dict[str, Any]:
        """Return plain data from which `from_json` makes the same source."""
        return {
            "name": self.name,
            "path": str(self.path),
            "kind": self.kind,
            "files": [[name, str(path)] for name, path in self.files],
            "said": self.said.to_json(),
        }

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Source:
        """Make a source of what `to_json` returned."""
        files = tuple((name, Path(path)) for name, path in plain["files"])
        said = Said.from_json(plain["said"])
        return cls(plain["name"], Path(plain["path"]), _kind(plain["kind"]), files, said)

    def stat_key(self) -> str:
        """Return a sha256 that changes with the bytes or the time of what was handed in.

        Nothing is decompressed. Only the first 256 MB are hashed, and of a folder's huge files
        the size and the time alone. What cannot be read gives a key as well: its error.
        """
        said = self.said.to_json()
        sha = hashlib.sha256(f"{self.kind}\0{moment(self)}\0{said}\0".encode())
        try:
            if self.kind == "files":
                for name, path in self.files:
                    sha.update(f"{name}\0".encode("utf-8", "surrogatepass"))
                    _hash_file(path, sha.update)
            elif self.kind == "archive":
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
    if text == "files":
        return "files"
    raise ValueError(f"no kind of source: {text!r}")


def _hash_file(path: Path, update: _Update) -> None:
    left = _HASHED_BYTES
    with path.open("rb") as file:
        while left > 0 and (piece := file.read(MB)):
            update(piece)
            left -= len(piece)
    update(str(path.stat().st_size).encode())
