"""The project's modules and what each imports, read from their source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = ("autograder", "studentkit")


@dataclass(frozen=True)
class Import:
    """One import of a module of ours, or of a third party's."""

    where: str  # "autograder/cli/app.py:12"
    module: str  # what is imported, "autograder.core.layout" or "torch"
    late: bool  # inside a function


def sources() -> dict[str, Path]:
    """Return every module by its dotted name."""
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports() -> dict[str, list[Import]]:
    """Return what every module imports, wherever in it; what is imported is a module itself."""
    known = sources()
    return {
        name: [
            Import(f"{path.relative_to(ROOT)}:{line}", module, late)
            for line, module, late in _read(name, path, known)
        ]
        for name, path in known.items()
    }


def _read(name: str, path: Path, known: dict[str, Path]) -> Iterator[tuple[int, str, bool]]:
    tree = ast.parse(path.read_bytes())
    package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        late = id(node) in inside
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, late
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*above, *filter(None, [node.module])])
            for alias in node.names:
                whole = f"{module}.{alias.name}"
                yield node.lineno, whole if whole in known else module, late
