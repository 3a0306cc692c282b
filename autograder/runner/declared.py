"""The names that an assignment asks its students for, by kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


class Declared:
    """Classes, methods and functions of a skeleton, by dotted name; empty where nothing is known.

    With it a missing name can be called what it should have been, and a test holds a name even
    where the submission put something else in its place.
    """

    def __init__(self, survey: Mapping[str, Any] | None = None) -> None:
        """Read the names out of `survey`, the skeleton's (trusted) one."""
        self._kinds: dict[str, str] = {}
        files = (survey or {}).get("files", {}).values()
        for file in files:
            classes = {str(row["name"]) for row in file.get("classes", ())}
            self._kinds |= dict.fromkeys(classes, "class")
            for row in file.get("functions", ()):
                name = str(row["name"])
                kind = "method" if name.rpartition(".")[0] in classes else "function"
                if "property" not in row.get("binding", ()):
                    self._kinds[name] = kind

    def kind(self, name: str) -> str:
        """Return "class", "method", "function", or "" for what is none of them or unknown."""
        return self._kinds.get(name, "")

    def classes(self) -> Iterable[str]:
        """Return the dotted names of the classes."""
        return (name for name, kind in self._kinds.items() if kind == "class")


def file_of(module: str, files: Iterable[str]) -> str:
    """Return the path of a module among `files`, or the one where it is expected."""
    path = module.replace(".", "/")
    package = f"{path}/__init__.py"
    known = set(files)
    if f"{path}.py" not in known and package in known:
        return package
    return f"{path}.py"
