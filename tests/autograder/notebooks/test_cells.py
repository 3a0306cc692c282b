"""A notebook's cells as a module: one cell's failure is its own, and says so."""

from __future__ import annotations

import sys
import types
from pathlib import Path

import nbformat
import pytest
from studentkit.cells import run

from autograder.notebooks.submitted.module import module_of


def module(*cells: tuple[str, str]) -> tuple[types.ModuleType, dict[str, str]]:
    made = types.ModuleType("notebook_under_test")
    return made, run(vars(made), cells, seconds=0.4)


def test_cells_share_one_namespace() -> None:
    """A later cell sees what an earlier one defined."""
    made, failed = module(("a", "x = 2\ndef double(y): return x * y"), ("b", "z = double(4)"))
    assert (made.z, failed) == (8, {})


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("def f(:\n  pass", "not valid Python"),
        ("while True: pass", "longer than 0.4 s"),
        ("while True:\n  try:\n    while True: pass\n  except Exception: pass", "longer than"),
        ("import sys; sys.exit(0)", "ended the process"),
        ("raise KeyError(3)", "KeyError: 3"),
        ("class E(Exception):\n  def __str__(self): raise ValueError\nraise E()", "E"),
    ],
)
def test_a_cell_that_fails_costs_itself(source: str, said: str) -> None:
    """The cells after it run, and a name that is missing says which cell stopped, and why."""
    made, failed = module(("bad", source), ("good", "answer = 42"))
    assert made.answer == 42
    assert said in failed["bad"]
    with pytest.raises(AttributeError, match=r"defines no lost \(the cell “bad” stopped"):
        _ = made.lost


def test_output_and_warnings_cost_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    """What cells print, or warn of, goes nowhere."""
    source = "import sys, warnings\nprint('a')\nprint('b', file=sys.stderr)\nwarnings.warn('c')"
    _, failed = module(("talks", source))
    assert failed == {}
    assert capfd.readouterr() == ("", "")


def test_the_module_holds_own_cells_only_and_no_magics(tmp_path: Path) -> None:
    """Check cells stay out; magics, shell lines and quotes do no harm."""
    node = nbformat.v4.new_notebook()
    for name, source, grade in (
        ("one", "%matplotlib inline\n!pip list\nx = '''\\n\"\"\" ])\n'''", False),
        ("two", "%%bash\nrm -rf /", False),
        ("three", "if True:\n    %time y = 1\n    z = x", False),
        ("check", "assert False", True),
    ):
        cell = nbformat.v4.new_code_cell(source, id=name)
        cell.metadata["nbgrader"] = {"grade": grade, "solution": False, "grade_id": name}
        node.cells.append(cell)
    node.cells.append(nbformat.v4.new_markdown_cell("text", id="text"))
    made = types.ModuleType("made")
    assert "studentkit" in sys.modules
    exec(compile(module_of(node), "notebook.py", "exec"), vars(made))
    assert made.z == made.x == '\n""" ])\n'
    assert b"assert False" not in module_of(node)


def test_given_cells_run_only_where_something_builds_on_them() -> None:
    """A figure that no answer needs costs no time; imports and data that it needs are there."""
    node = nbformat.v4.new_notebook()
    for name, source, locked in (
        ("imports", "import math", True),
        ("figure", "x = 1 / 0", True),
        ("data", "radius = math.tau", True),
        ("answer", "def area(): return radius**2 / math.tau", False),
    ):
        cell = nbformat.v4.new_code_cell(source, id=name)
        cell.metadata["nbgrader"] = {"grade": False, "solution": not locked, "locked": locked}
        node.cells.append(cell)
    text = module_of(node).decode()
    assert "figure" not in text
    assert [text.index(name) for name in ("imports", "data", "answer")] == sorted(
        text.index(name) for name in ("imports", "data", "answer")
    )
