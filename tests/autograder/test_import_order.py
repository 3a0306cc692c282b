"""Imports point down the layers, and no code of an assignment is imported by the package."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "autograder"
# From what a person calls down to plain data and the kit that travels to students.
LAYERS = (
    "cli commands demo validate laziness declarations mutation mutants release grade notebooks",
    "runner diagnose scoring report exports rubric",
    "intake sandbox networks answers data datasets",
    "manifest records failures mistakes layout mnist digits core",
)
HEIGHT = {name: -row for row, names in enumerate(LAYERS) for name in names.split()}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def part(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def test_every_part_of_the_package_has_a_layer() -> None:
    """A new module or folder is given its place here."""
    parts = {part(path) for path in PACKAGE.rglob("*.py")} - {"__init__"}
    assert parts <= HEIGHT.keys()


def test_imports_point_down_the_layers() -> None:
    """What a person calls imports what does the work, never the other way round."""
    wrong = []
    for path in PACKAGE.rglob("*.py"):
        here = part(path)
        for name in imports(path):
            there = name.split(".")[1] if name.startswith("autograder.") else ""
            if HEIGHT.get(there, -99) > HEIGHT.get(here, 1):
                wrong.append(f"{path.relative_to(PACKAGE)} imports {name}")
    assert wrong == []


def test_no_code_of_an_assignment_is_imported() -> None:
    """Solutions, skeletons and tests are folders that are loaded by path."""
    theirs = {"solutions", "student_skeleton", "tests", "assignments"}
    for path in PACKAGE.rglob("*.py"):
        assert not {name.split(".")[0] for name in imports(path)} & theirs, path
