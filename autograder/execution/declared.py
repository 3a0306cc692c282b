"""The names that an assignment asks its students for, by kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from autograder.execution.given import Given


class Declared:
    """Classes, methods and functions of a skeleton, by dotted name; empty where nothing is known.

    With it a missing name can be called what it should have been, and a test holds a name even
    where the submission put something else in its place.
    """

    def __init__(self, survey: Mapping[str, Any] | None = None, given: Given | None = None) -> None:
        """Read the names out of `survey`, the skeleton's (trusted) one; `given` are complete."""
        self.given = given or Given({}, {})
        self._kinds: dict[str, str] = {}
        self._origins: dict[str, str] = {}
        files = (survey or {}).get("files", {})
        for file in files.values():
            classes = {str(row["name"]) for row in file.get("classes", ())}
            self._kinds |= dict.fromkeys(classes, "class")
            for row in file.get("functions", ()):
                name = str(row["name"])
                kind = "method" if name.rpartition(".")[0] in classes else "function"
                if "property" not in row.get("binding", ()):
                    self._kinds[name] = kind

        for path, file in files.items():
            if path.endswith("__init__.py"):
                self._brought(path, file.get("imports", ()))

    def _brought(self, path: str, imports: Iterable[Mapping[str, Any]]) -> None:
        """Note what a package takes from its own modules, to be imported from the package."""
        package = path.removesuffix("/__init__.py").replace("/", ".")
        for row in imports:
            for name, alias in row.get("names", ()) if row.get("own") else ():
                origin = f"{row['module']}.{name}"
                if origin in self._kinds:
                    brought = f"{package}.{alias or name}"
                    self._kinds[brought], self._origins[brought] = self._kinds[origin], origin

    def origin(self, name: str) -> str:
        """Return the name in the module where it is made, for one that a package only passes on."""
        return self._origins.get(name, name)

    def kind(self, name: str) -> str:
        """Return "class", "method", "function", or "" for what is none of them or unknown."""
        return self._kinds.get(name, "")

    def others(self, functions: Iterable[str]) -> list[str]:
        """Return the dotted names of all functions and classes that are none of `functions`."""
        left_out = set(functions)
        return [name for name in self._kinds if self.origin(name) not in left_out]

    def classes(self) -> Iterable[str]:
        """Return the dotted names of the classes."""
        return (
            name
            for name, kind in self._kinds.items()
            if kind == "class" and name not in self._origins
        )


def file_of(module: str, files: Iterable[str]) -> str:
    """Return the path of a module among `files`, or the one where it is expected."""
    path = module.replace(".", "/")
    package = f"{path}/__init__.py"  # Python takes it before a file of that name
    return package if package in set(files) else f"{path}.py"
