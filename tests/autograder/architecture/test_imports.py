"""The shape of the code: who imports whom."""

from __future__ import annotations

import graphlib

from modules import imports


def test_no_module_imports_itself_by_way_of_others() -> None:
    """The graph of imports has no circle, those inside functions counted."""
    found = imports()
    graph = {name: {one.module for one in rows} & set(found) for name, rows in found.items()}
    graphlib.TopologicalSorter(graph).prepare()  # raises CycleError, which names them


def test_the_imports_are_read() -> None:
    """What the other tests go by is there: names, relative places, imports inside functions."""
    found = imports()
    rows = {one.module: one for one in found["autograder.commands.proving"]}
    assert rows["autograder.layout"].late is False
    assert rows["autograder.validate"].late is True
    assert "studentkit.checks" in {one.module for one in found["studentkit"]}
