"""A notebook's source: what is read, and what is refused with its file and line."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograder.core.layout import Assignment
from autograder.notebooks.authored import leaves
from autograder.notebooks.authored.build import as_bytes, master
from autograder.notebooks.authored.source import NotebookError, parse, read

ANSWER = "### BEGIN SOLUTION\nx = 1\n### END SOLUTION\n"


def test_cells_have_their_kind_and_line(tiny: Assignment) -> None:
    """Every cell knows its kind, keys and where it begins; a marker inside a text is none."""
    cells = read(tiny.notebook)
    assert [cell.kind for cell in cells].count("given") == 4
    check = next(cell for cell in cells if cell.id == "check_squash")
    assert (check.task, check.points) == ("squash", 4)
    lines = tiny.notebook.read_text().splitlines()
    for cell in cells:
        assert lines[int(cell.where.rpartition(":")[2]) - 1].startswith("# %%")
    text = '# %%\nwords = """\n# %% kind="odd"\n"""\n# %% id="last"\n'
    assert [cell.where for cell in parse(text, "n.py")] == ["n.py:1", "n.py:5"]


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        (f'# %% kind="answer"\n{ANSWER}', '3: id="…" is missing'),
        (f'# %% kind="answr" id="a"\n{ANSWER}', "3: kind='answr' is none of given, answer"),
        (
            f'# %% kind="answer" id="first"\n{ANSWER}',
            "3: id='first' is there twice, first in line 1",
        ),
        (f'# %% kind="answer" id="A b"\n{ANSWER}', "3: id='A b' must be small letters"),
        ('# %% kind="answer" id="a"\nx = 1\n', "3: the solution is not marked"),
        ('# %% kind="answer" id="a"\n### BEGIN SOLUTION\nx = 1\n', "3: '### BEGIN SOLUTION' and"),
        ('# %% kind="answer" id="a"\n# BEGIN SOLUTION\n# END SOLUTION\n', "3: write the marks as"),
        (f'# %% kind="answer" id="a" points=2\n{ANSWER}', "3: points are for checks"),
        (f"# %%\n{ANSWER}", "3: solution belong in a cell with kind='answer'"),
        ("# %%\n### BEGIN HIDDEN TESTS\n### END HIDDEN TESTS\n", "3: hidden tests belong in"),
        ('# %% kind="check" id="a" points=2\nassert True\n', '3: task="…" is missing'),
        ('# %% kind="check" id="a" task="t" points=0\nassert True\n', "3: points=0 must be"),
        ('# %% kind="written" id="a" item="b"\n# words\n', "3: a cell with kind='written' must be"),
        ('# %% [markdown] kind="written" id="a" item="b" points=3\n', "3: points are for checks"),
        ('# %% colour="red"\n', "3: a cell with kind='given' has no key 'colour'"),
        ('# %% kind="check" id="a" task="t" tests="all"\nassert True\n', "3: tests='all' can only"),
        ('# %% kind="setup"\nx = 1\n', "3: a setup cell stays empty"),
        ("# %%\nx = (\n", ":"),
    ],
)
def test_a_bad_cell_is_named_with_file_and_line(cell: str, problem: str) -> None:
    """What is wrong with a cell is said on one line that begins with its place."""
    with pytest.raises(NotebookError) as caught:
        parse(f'# %% id="first"\n\n{cell}', "a/notebook.py")
    assert str(caught.value).startswith("a/notebook.py:")
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_nothing_stands_before_the_first_cell() -> None:
    """A text without a cell, or in front of the first one, is refused."""
    for text in ("", '"""About this notebook."""\n\n# %%\nx = 1\n'):
        with pytest.raises(NotebookError, match=r"n\.py:1: something is written before"):
            parse(text, "n.py")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('task="layer"', 'task="layers"', "task='layers' is no task of assignment.toml; there is"),
        ('item="what_else"', 'item="what"', "item='what' is no item of rubric.toml; there is why"),
        ('task="squash" points=4', 'task="squash" points=7', "squash have more than its 6 points"),
        ('task="squash" points=4', 'task="squash" points=6', "squash have more than its 6 points"),
    ],
)
def test_tasks_items_and_points_must_be_there(
    tiny: Assignment, old: str, new: str, problem: str
) -> None:
    """Cells name tasks of the manifest and items of the rubric, and share points that exist."""
    path = tiny.notebook
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(NotebookError, match=problem) as caught:
        master(tiny)
    assert str(caught.value).startswith(f"{path}:")


def test_the_master_is_valid_and_always_the_same(tiny: Assignment) -> None:
    """Equal sources give equal bytes, with ids that come from the author's and points as declared.

    nbformat's and nbgrader's validators run in `master` itself.
    """
    notebook = master(tiny)
    assert as_bytes(notebook) == as_bytes(master(tiny))
    ids = [cell.id for cell in notebook.cells]
    assert ids == [
        *("start-given-1", "imports", "imports-given-1", "squash", "check_squash", "check_odd"),
        *("width", "width-given-1", "check_layer", "why_squash-question", "why_squash"),
        *("what_else-question", "what_else"),
    ]
    words = {cell.id: cell.metadata.nbgrader for cell in notebook.cells}
    assert all(words[name].grade_id == name for name in ids)
    points = {name: one.points for name, one in words.items() if one.grade}
    checks = {"check_squash": 4, "check_odd": 2, "check_layer": 3}  # check_odd has what is left
    assert points == checks | {"why_squash": 4, "what_else": 2}
    assert notebook.metadata.kernelspec.name == "python3"
    assert notebook.metadata.title == "Tiny networks, told"
    path = tiny.notebook
    path.write_text(path.read_text().replace("maps all numbers", "maps every number"))
    assert [cell.id for cell in master(tiny).cells] == ids


def test_a_setup_cell_becomes_the_cells_for_colab(tiny: Assignment) -> None:
    """It needs no text of its own; what it does names the assignment."""
    path = tiny.notebook
    text = path.read_text().replace('# %% id="imports"', '# %% kind="setup"\n\n# %% id="imports"')
    path.write_text(text)
    cells = {cell.id: cell for cell in master(tiny).cells}
    assert 'ASSIGNMENT = "tiny"' in cells["set_up"].source
    assert cells["set_up"].metadata.nbgrader.locked
    compile(cells["set_up"].source, "set_up", "exec")


@pytest.mark.parametrize(
    ("answer", "later", "line"),
    [
        ("runs = 1", "draw(runs)", " runs"),
        ("runs, best = 1, 2", "best\nruns", " runs, best"),
        ("def shade(x):\n    return x", "shade(1)", " shade"),
        ("import numpy", "numpy.pi", " numpy"),
        ("runs = 1", "def show():\n    return [x for x in runs]", " runs"),
        ("runs = 1", "runs = runs + 1", " runs"),
        ("runs = 1", "runs = 2\ndraw(runs)", ""),
        ("runs = 1", "for runs in range(3):\n    draw(runs)", ""),
        ("runs = 1", "[runs for runs in range(3)]", ""),
        ("runs = 1", "def show(runs):\n    return runs", ""),
        ("[runs for runs in range(3)]", "draw(runs)", ""),
        ("runs = 1", "%time draw()\n!ls runs", ""),
    ],
)
def test_an_answer_cell_says_what_it_must_leave_behind(answer: str, later: str, line: str) -> None:
    """Names that later cells read and only the solution binds stand before the solution."""
    text = f"### BEGIN SOLUTION\n{answer}\n### END SOLUTION"
    cells = parse(f'# %% kind="answer" id="a"\n{text}\n\n# %%\n{later}\n', "n.py")
    cells = tuple(replace(cell, text=cell.text.replace("# %time", "%time")) for cell in cells)
    assert leaves.told(cells, 0) == (f"{leaves.SAYS}{line}\n" if line else "") + text


@pytest.mark.parametrize("visible", ["# runs: a list", "runs = None"])
def test_what_an_answer_cell_says_already_is_not_said_again(visible: str) -> None:
    """A comment or a first value that names it is enough."""
    text = f"{visible}\n### BEGIN SOLUTION\nruns = [1]\n### END SOLUTION"
    cells = parse(f'# %% kind="answer" id="a"\n{text}\n\n# %%\ndraw(runs)\n', "n.py")
    assert leaves.told(cells, 0) == text
