"""One change of a reference solution, as plain data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """A file of the solution with one change."""

    file: str  # below the solution's folder: "models/_base_network.py"
    line: int
    function: str  # "SGD.update"; "" outside functions
    words: str  # what was changed: "- becomes +"
    original: str  # the line that differs, without the mark and spare white space
    mutated: str  # what it became
    source: str  # the whole file

    @property
    def place(self) -> str:
        """Say where the change is, and which."""
        return f"{self.file}:{self.line}: {self.words}"

    @property
    def identity(self) -> tuple[str, str, str]:
        """What stays the same when lines are added elsewhere in the file."""
        return self.file, self.original, self.mutated
