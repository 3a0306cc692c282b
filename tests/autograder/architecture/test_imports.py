"""The shape of the code: who imports whom."""

from __future__ import annotations

import graphlib

from modules import imports, sources

# From what a person calls down to plain data and what travels to students. What stands in one row
# does not know of each other.
ROWS = (
    "cli",
    "authoring",
    "grading",
    "notebooks",
    "release similarity",
    "execution",
    "answers networks intake reports datasets course",
    "sandbox",
    "core",
    "studentkit",
)
HEIGHT = {name: -row for row, names in enumerate(ROWS) for name in names.split()}
FACE = {"autograder", "autograder.__main__"}  # hand on names of every row


def test_no_module_imports_itself_by_way_of_others() -> None:
    """The graph of imports has no circle, those inside functions counted."""
    found = imports()
    graph = {name: {one.module for one in rows} & set(found) for name, rows in found.items()}
    graphlib.TopologicalSorter(graph).prepare()  # raises CycleError, which names them


def package(module: str) -> str:
    """Return the package that a module of ours is in, "" for anybody else's."""
    parts = module.split(".")
    if parts[0] == "studentkit":
        return parts[0]
    return parts[1] if parts[0] == "autograder" and len(parts) > 1 else ""


def test_every_package_has_its_row() -> None:
    """A new package is given its place here."""
    assert {package(name) for name in sources() if name not in FACE} == HEIGHT.keys()


def test_imports_run_down_the_rows() -> None:
    """Those inside functions too: a package knows only of packages below it."""
    wrong = [
        f"{one.where} imports {one.module}"
        for name, rows in imports().items()
        for one in rows
        if name not in FACE and package(one.module)
        if package(one.module) != package(name)
        if HEIGHT[package(one.module)] >= HEIGHT[package(name)]
    ]
    assert wrong == []


def test_no_code_of_an_assignment_is_imported() -> None:
    """Solutions, skeletons and tests are folders that are loaded by path."""
    theirs = {"solutions", "student_skeleton", "tests", "assignments"}
    for name, rows in imports().items():
        assert not {one.module.split(".")[0] for one in rows} & theirs, name


def test_the_imports_are_read() -> None:
    """What the other tests go by is there: names, relative places, imports inside functions."""
    found = imports()
    rows = {one.module: one for one in found["autograder.cli.proving"]}
    assert rows["autograder.core.layout"].late is False
    assert rows["autograder.authoring.validate"].late is True
    assert "studentkit.checks" in {one.module for one in found["studentkit"]}
