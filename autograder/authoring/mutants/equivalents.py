"""Read which mutants the author declares to be no worse than the original.

[[equivalent]]
file = "models/_base_network.py"
line = "return np.where(X >= 0, a, b)"       # the original, stripped
mutated = "return np.where(X > 0, a, b)"     # or a list of several
why = "Both branches agree at zero."
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.core.errors import AutograderError

NAME = "equivalent_mutants.toml"


class DeclarationError(AutograderError):
    """`equivalent_mutants.toml` cannot be used; the message says where and why."""


@dataclass(frozen=True)
class Equivalent:
    """One change that no test has to notice, and why."""

    file: str
    line: str
    mutated: str
    why: str

    @property
    def identity(self) -> tuple[str, str, str]:
        """What a mutant is recognised by."""
        return self.file, self.line, self.mutated


def load(folder: Path) -> list[Equivalent]:
    """Read the declarations in the tests' `folder`; [] without a file.

    Raises DeclarationError with one clear line.
    """
    path = folder / NAME
    if not path.is_file():
        return []
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DeclarationError(f"{path}: {error}") from None
    rows = table.pop("equivalent", [])
    if table or not isinstance(rows, list):
        raise DeclarationError(f"{path}: expected nothing but [[equivalent]] tables")
    found = [entry for number, row in enumerate(rows, 1) for entry in _entries(path, number, row)]
    known = [entry.identity for entry in found]
    for entry in found:
        if known.count(entry.identity) > 1:
            raise DeclarationError(f"{path}: '{entry.mutated}' is declared twice")
    return found


def _entries(path: Path, number: int, row: Any) -> list[Equivalent]:
    where = f"{path}: equivalent {number}"
    if not isinstance(row, dict):
        raise DeclarationError(f"{where}: is no table")
    unknown = set(row) - {"file", "line", "mutated", "why"}
    if unknown:
        raise DeclarationError(f"{where}: '{sorted(unknown)[0]}' is not known")
    several = row.get("mutated")
    values = several if isinstance(several, list) else [several]
    texts = [row.get("file"), row.get("line"), row.get("why"), *values]
    good = [" ".join(one.split()) for one in texts if isinstance(one, str) and one.strip()]
    if not values or len(good) < len(texts):
        raise DeclarationError(f"{where}: needs file, line, mutated and why, each of them a text")
    file, line, why, *mutated = good
    return [Equivalent(file, line, one, why) for one in mutated]
