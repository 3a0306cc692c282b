"""What was taken out of an archive or a folder so far, and what was left out and why."""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from autograder.intake.limits import MB, Allowance, ArchiveRefused
from autograder.intake.notebooks import without_outputs
from autograder.intake.paths import BadPath, clean, folded, is_archive, is_bytecode, is_junk, shown

_NAMED = 3  # entries that a note names; the rest is a number


class Contents:
    """Files in memory, by clean path.

    `marks` are the names by which the root of a submission is known; `data` is the folder that
    the grader puts its own data in.
    """

    def __init__(
        self, allowance: Allowance, marks: Collection[str] = (), data: str = "data"
    ) -> None:
        self.allowance = allowance
        self.files: dict[str, bytes] = {}
        self._marks = frozenset(marks)
        self._data = data
        self._left_out: dict[str, list[str]] = {}
        self._remarks: list[str] = []
        self._folders: dict[str, str] = {}  # folded path -> path
        self._known: dict[str, str] = {}
        self._total = 0

    def admit(self, raw: str, folder: bool = False) -> str | None:
        """Return the clean path of an entry, or None where it stays out (a note may say why)."""
        self.allowance.header()
        try:
            path = clean(raw)
        except BadPath as problem:
            self.leave_out(raw, str(problem))
            return None
        if not path or is_junk(path):
            return None
        if self.is_data(path, folder):
            self._remark("the data folder was left out: the grader brings its own")
            return None
        if is_bytecode(path):
            self._remark("compiled Python files were left out: the source is what counts")
            return None
        if path.count("/") >= self.allowance.limits.folders_deep:
            self.leave_out(path, "it lies too deep")
            return None
        if folder:
            self._note_folder(path)
        return path

    def is_data(self, path: str, folder: bool = False) -> bool:
        """Tell whether `path` lies in the data folder of the submission's root."""
        parts = path.split("/")
        if not folder:
            parts = parts[:-1]
        if self._data not in parts:
            return False
        # `models/data/` is part of the code, `data/` and `wrapper/data/` are not.
        return not self._marks.intersection(parts[: parts.index(self._data)])

    def largest(self, path: str) -> int:
        """Return how many bytes the file at `path` may have; an archive inside may have more."""
        limits = self.allowance.limits
        if path.endswith(".ipynb"):
            return limits.notebook_bytes
        return limits.total_bytes if is_archive(path) else limits.file_bytes

    def too_large(self, path: str) -> None:
        """Note that the file at `path` is larger than allowed."""
        self.leave_out(path, f"it is larger than {self.largest(path) // MB} MB")

    def add(self, path: str, content: bytes) -> None:
        """Keep a file; raises ArchiveRefused for conflicts and when the whole becomes too much."""
        if path.endswith(".ipynb") and len(content) > MB:
            content = without_outputs(content)
            limit = self.allowance.limits.file_bytes
            if len(content) > limit:
                self.leave_out(path, f"it has more than {limit // MB} MB beside its outputs")
                return
        key = folded(path)
        if key in self._folders:
            raise ArchiveRefused(f"'{shown(path)}' is a file and a folder at once")
        if key in self._known:
            other = self._known[key]
            if self.files[other] != content:
                pair = f"'{shown(other)}' and '{shown(path)}'"
                what = f"'{shown(path)}' twice" if other == path else f"both {pair}"
                raise ArchiveRefused(
                    f"it holds {what}, with different content; hand in one of them"
                )
            return
        self._note_parents(path)
        self._known[key] = path
        self.files[path] = content
        self._total += len(content)
        limits = self.allowance.limits
        if self._total > limits.total_bytes:
            size = limits.total_bytes // MB
            raise ArchiveRefused(
                f"its files have more than {size} MB; hand in the source code only"
            )
        if len(self.files) > limits.entries:
            raise ArchiveRefused(
                f"it holds more than {limits.entries} files; hand in your own only"
            )

    def leave_out(self, raw: str, reason: str) -> None:
        """Note that the entry called `raw` stays out because of `reason`."""
        self._left_out.setdefault(reason, []).append(shown(raw, 60))

    def remove(self, path: str, reason: str) -> None:
        """Take the file at `path` out again, with a note."""
        del self.files[path]
        self.leave_out(path, reason)

    def remark(self, sentence: str) -> None:
        """Add a note."""
        self._remark(sentence)

    def notes(self) -> tuple[str, ...]:
        """Return one sentence for each kind of thing that was left out or repaired."""
        sentences = list(self._remarks)
        for reason, names in self._left_out.items():
            first = ", ".join(f"'{name}'" for name in names[:_NAMED])
            more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
            sentences.append(f"{first}{more} left out: {reason}")
        return tuple(sentences)

    def _remark(self, sentence: str) -> None:
        if sentence not in self._remarks:
            self._remarks.append(sentence)

    def _note_parents(self, path: str) -> None:
        parts = path.split("/")
        for length in range(1, len(parts)):
            self._note_folder("/".join(parts[:length]))

    def _note_folder(self, path: str) -> None:
        key = folded(path)
        if key in self._known:
            raise ArchiveRefused(f"'{shown(path)}' is a file and a folder at once")
        self._folders.setdefault(key, path)


def digest(files: dict[str, bytes]) -> str:
    """Return the sha256 over sorted paths and contents, each with its length before it."""
    sha = hashlib.sha256()
    for path in sorted(files):
        for piece in (path.encode(), files[path]):
            sha.update(len(piece).to_bytes(8, "big"))
            sha.update(piece)
    return sha.hexdigest()
