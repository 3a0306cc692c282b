"""What comes back is put onto the released notebook, however it was damaged, and said."""

from __future__ import annotations

import base64
import copy
import json
import random
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbconvert.filters import markdown2html
from nbformat import NotebookNode
from nbgrader.nbgraderformat import MetadataValidator

from autograder.core.records import Submission
from autograder.notebooks.submitted.handed_in import Notebook
from autograder.notebooks.submitted.intake import Restored, restored
from autograder.notebooks.submitted.markdown import disarmed

WORK = {
    "squash": "def squash(x):\n    return np.tanh(x)",
    "width": "width = 40",
    "why_squash": "Linear maps compose to linear maps.",
    "what_else": "arctan",
}
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"0" * 20).decode()


def solved(released: NotebookNode) -> dict[str, Any]:
    """Return the notebook with a student's work in it, as plain JSON."""
    notebook: dict[str, Any] = json.loads(nbformat.writes(released))
    for cell in notebook["cells"]:
        cell["source"] = WORK.get(cell["id"], cell["source"])
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "forged"}]
            cell["execution_count"] = 7
    return notebook


def put_back(released: NotebookNode, notebook: Any) -> Restored:
    """Return what becomes of a notebook given as JSON; it must be valid, and the release's own."""
    content = notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode()
    before = copy.deepcopy(released)
    found = restored(released, content)
    assert released == before
    nbformat.validate(found.notebook)
    MetadataValidator().validate_nb(found.notebook)
    kept = [cell for cell in found.notebook.cells if "nbgrader" in cell.metadata]
    for cell, own in zip(kept, released.cells, strict=True):
        assert (cell.id, cell.cell_type, cell.metadata) == (own.id, own.cell_type, own.metadata)
        assert own.metadata.nbgrader.solution or cell.source == own.source
        assert cell.cell_type != "code" or not cell.outputs
    for note in found.notes:
        assert note.endswith(".") and "\n" not in note
    return found


def answers(found: Restored) -> dict[str, str]:
    """Return the sources of the student's cells by id."""
    return {cell.id: cell.source for cell in found.notebook.cells if cell.id in WORK}


def cell_of(notebook: dict[str, Any], name: str) -> dict[str, Any]:
    """Return one cell of plain JSON."""
    return next(dict_ for dict_ in notebook["cells"] if dict_["id"] == name)


def stripped(notebook: dict[str, Any], ids: bool = True) -> dict[str, Any]:
    """Take the metadata of all cells away, and their ids if asked."""
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        if ids:
            cell.pop("id", None)
    return notebook


def test_an_undamaged_notebook_needs_no_words(released: NotebookNode) -> None:
    """Work comes through, outputs do not, and nothing is to be said."""
    found = put_back(released, solved(released))
    assert answers(found) == WORK
    assert found.notes == () and found.blank == ()
    untouched = put_back(released, json.loads(nbformat.writes(released)))
    assert untouched.notes == () and untouched.blank == tuple(WORK)


@pytest.mark.parametrize("ids", [False, True])
def test_stripped_metadata_costs_nothing(released: NotebookNode, ids: bool) -> None:
    """Without nbgrader's metadata, and without ids too, every cell is recognised."""
    found = put_back(released, stripped(solved(released), ids))
    assert answers(found) == WORK
    how = "their own ids" if not ids else "their place"
    assert any(f"metadata was lost; recognised by {how}: squash, " in note for note in found.notes)


def test_a_deleted_cell_counts_as_left_blank_and_is_named(released: NotebookNode) -> None:
    """A deleted answer is blank; deleted checks and given cells come back."""
    notebook = solved(released)
    gone = ("width", "check_squash", "imports")
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] not in gone]
    found = put_back(released, notebook)
    assert answers(found)["squash"] == WORK["squash"]
    assert found.blank == ("width",)
    assert found.notes == (
        "The cell “width” is missing and counts as left blank.",
        "These checks had been deleted and were put back: check_squash.",
        "These given cells had been deleted and were put back: imports.",
    )


def test_of_copies_the_first_that_was_worked_on_counts(released: NotebookNode) -> None:
    """An untouched or empty copy hides no work, and a later one does not replace it."""
    notebook = solved(released)
    place = notebook["cells"].index(cell_of(notebook, "squash"))
    copies = [copy.deepcopy(notebook["cells"][place]) for _ in range(3)]
    copies[0]["source"], copies[2]["source"] = "  \n", "squash = None"
    notebook["cells"][place : place + 1] = copies
    found = put_back(released, notebook)
    assert answers(found) == WORK
    assert found.notes == (
        "The cell “squash” was there more than once; the first that had been worked on was "
        "graded, the others were left out.",
    )


def test_changed_checks_and_given_cells_come_from_the_release(released: NotebookNode) -> None:
    """A check without its asserts is the released one again, and that is said."""
    notebook = solved(released)
    cell_of(notebook, "check_odd")["source"] = "pass"
    cell_of(notebook, "imports")["source"] = "import os"
    cell_of(notebook, "check_layer")["metadata"]["nbgrader"]["points"] = 1000
    assert put_back(released, notebook).notes == (
        "These checks had been changed; the released ones count: check_odd.",
        "These given cells had been changed; the released ones count: imports.",
    )


def test_the_notebook_with_most_work_in_it_is_graded(released: NotebookNode) -> None:
    """An untouched copy under the right name does not win over answers under another."""
    worked = json.dumps(solved(released)).encode()
    half = solved(released)
    cell_of(half, "width")["source"] = cell_of(json.loads(nbformat.writes(released)), "width")[
        "source"
    ]
    untouched = nbformat.writes(released).encode() + b" " * 10_000  # the largest, too
    files = {
        "tiny.ipynb": untouched,
        "tiny (1).ipynb": json.dumps(half).encode(),
        "work/Untitled.ipynb": worked,
        "broken.ipynb": b"{",
    }
    notebook = Notebook("tiny", released, released)
    node, notes = notebook.of(Submission("ada", files, "0" * 64))
    assert answers(Restored(node, ())) == WORK
    assert notes[0].startswith("of 4 notebooks, work/Untitled.ipynb was graded, which has most")
    assert "left out: tiny.ipynb, " in notes[0] and "broken.ipynb" in notes[0]


def test_moved_cells_are_put_back_in_order(released: NotebookNode) -> None:
    """Only the cells that were moved are named, not all that they were moved across."""
    notebook = solved(released)
    notebook["cells"].append(notebook["cells"].pop(3))
    found = put_back(released, notebook)
    assert answers(found) == WORK
    assert found.notes == ("Cells had been moved and were put back in order: squash.",)


def test_retyped_cells_get_their_type_back(released: NotebookNode) -> None:
    """Code in a markdown cell is code again, with metadata or without."""
    notebook = solved(released)
    for name, kind in (("width", "markdown"), ("why_squash", "code"), ("what_else", "raw")):
        cell_of(notebook, name)["cell_type"] = kind
    found = put_back(released, notebook)
    assert answers(found) == WORK
    assert "The cell “width” had been turned into a markdown cell; it was graded as code." in (
        found.notes
    )
    assert len(found.notes) == 3
    assert answers(put_back(released, stripped(notebook))) == WORK


def test_cells_of_ones_own_stay_where_they_were(released: NotebookNode) -> None:
    """What a student adds is kept, without any claim to points."""
    notebook = solved(released)
    place = notebook["cells"].index(cell_of(notebook, "squash"))
    words = {"grade": True, "grade_id": "mine", "points": 99, "solution": False, "locked": False}
    own = {"cell_type": "code", "source": ["half = 1 / 2\n", "third"], "metadata": {}, "outputs": 3}
    notebook["cells"].insert(place, {**own, "metadata": {"nbgrader": words}})
    notebook["cells"].insert(0, {"cell_type": "markdown", "source": "I am Ada."})
    found = put_back(released, notebook)
    assert answers(found) == WORK and found.notes == ()
    sources = [cell.source for cell in found.notebook.cells]
    assert sources[0] == "I am Ada."
    assert sources[sources.index(WORK["squash"]) - 1] == "half = 1 / 2\nthird"
    assert all("nbgrader" in cell.metadata or not cell.metadata for cell in found.notebook.cells)


def test_an_answer_written_into_a_new_cell_is_found(released: NotebookNode) -> None:
    """Deleted and written anew in the same place, it is taken for the answer."""
    notebook = solved(released)
    for cell in notebook["cells"]:
        if cell["id"] in WORK:
            cell |= {"id": f"new-{cell['id']}".replace("_", "-"), "metadata": {}}
    assert answers(put_back(released, notebook)) == WORK


def test_pasted_pictures_stay_and_other_attachments_do_not(released: NotebookNode) -> None:
    """A photograph of a derivation is an answer; SVG with a script in it is none."""
    notebook = solved(released)
    script = base64.b64encode(b"<svg onload='alert(1)'/>").decode()
    cell_of(notebook, "what_else")["source"] = "YOUR ANSWER HERE"
    cell_of(notebook, "what_else")["attachments"] = {
        "photo.png": {"image/png": PNG, "text/html": "<script>"},
        "evil.svg": {"image/svg+xml": script},
        "fake.png": {"image/png": script},
    }
    found = put_back(released, notebook)
    assert found.notebook.cells[-1].attachments == {"photo.png": {"image/png": PNG}}
    assert found.blank == ()
    assert found.notes == ("2 attachments of cell 13 are no pictures and were left out.",)


class _Active(HTMLParser):
    """Collects what a browser would run or fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in HARMLESS:
            self.found.append(tag)
        for name, value in attrs:
            harmful = name in PLACES and (value or "").lower().strip().startswith(ACTIVE)
            if name.startswith("on") or name in ("style", "srcdoc") or harmful:
                self.found.append(f"{name}={value}")


HARMLESS = set(
    "p a img em strong code pre ol ul li dl dt dd h1 h2 h3 h4 blockquote br hr span div".split()
)
PLACES = ("href", "src")
ACTIVE = ("javascript:", "vbscript:", "data:text", "data:image/svg")
ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<http://x onmouseover=alert(1)>",
    "<svg/onload=alert(1)>",
    "<!--[if IE]><script>alert(1)</script>-->",
    "[a](#)[x](javascript:alert(1))",
    "[x]( jAvAsCrIpT:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x][y]\n\n[y]:\n  javascript:alert(1)",
    "[x](javascript\\:alert(1))",
    "![x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](data:image/svg+xml;base64,PHNjcmlwdD4=)",
    "[a [x](javascript:alert(1))](y)",
    "[x](javascript:alert(1))",
    '![x](x"onerror=alert(1))',
    "$a<img/src=x onerror=alert(1)>$",
    "```html\n<script>alert(1)</script>\n",
    "`<b>` \\<script>alert(1)</script>",
    "</textarea><script>alert(1)//",
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_markdown_runs_in_the_page_of_who_grades(released: NotebookNode, attack: str) -> None:
    """What nbconvert makes of a written answer, or of a cell of one's own, runs nothing."""
    notebook = solved(released)
    cell_of(notebook, "why_squash")["source"] = attack
    for kind in ("markdown", "raw"):
        notebook["cells"].append({"cell_type": kind, "source": attack, "metadata": {}})
    found = put_back(released, notebook)
    cells = [cell for cell in found.notebook.cells if cell.id in ("why_squash", "own-1", "own-2")]
    assert [cell.cell_type for cell in cells] == ["markdown"] * 3
    for cell in cells:
        page = _Active()
        page.feed(markdown2html(cell.source))
        assert page.found == []


def test_formulas_and_comparisons_read_as_they_were(released: NotebookNode) -> None:
    """Mathematics is not taken for HTML, and real HTML is told."""
    notebook = solved(released)
    links = "[see](https://x.org/a?b=1&c=2), ![p](attachment:photo.png), [top](#top), [f](a/b.md)"
    for words in (links, "$a < b$ and $\\frac{1}{2} \\le x$, 1 < 2", "a<b"):
        cell_of(notebook, "why_squash")["source"] = words
        found = put_back(released, notebook)
        assert answers(found)["why_squash"].replace("< ", "<") == words.replace("< ", "<")
        assert found.notes == ()
    cell_of(notebook, "why_squash")["source"] = "<b>bold</b> $\\href{javascript:alert(1)}{x}$"
    found = put_back(released, notebook)
    assert "\\href" not in answers(found)["why_squash"]
    assert found.notes == ("The cell “why_squash” has HTML in it, which is shown as text.",)


def version_3(notebook: dict[str, Any]) -> dict[str, Any]:
    """Return the notebook as Jupyter wrote it in 2014."""
    cells = []
    for cell in stripped(notebook)["cells"]:
        name = "input" if cell["cell_type"] == "code" else "source"
        cells.append(
            {"cell_type": cell["cell_type"], name: "".join(cell["source"]).splitlines(True)}
        )
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells}]}


ENCODED: list[Callable[[dict[str, Any]], bytes]] = [
    lambda one: b"\xef\xbb\xbf" + json.dumps(one).encode(),
    lambda one: json.dumps(one).encode("utf-16"),
    lambda one: json.dumps(one, indent=4).replace("\n", "\r\n").encode(),
    lambda one: json.dumps(version_3(one)).encode(),
    lambda one: json.dumps(one["cells"]).encode(),
    lambda one: json.dumps(one | {"cells": dict(enumerate(one["cells"]))}).encode(),
    lambda one: json.dumps(one | {"nbformat": 99, "metadata": [1, 2]}).encode(),
    lambda one: json.dumps(one).encode().replace(b"# Tiny", b"\\ud800 \xff"),
]


@pytest.mark.parametrize("write", ENCODED)
def test_every_way_to_write_a_notebook_is_read(
    released: NotebookNode, write: Callable[[dict[str, Any]], bytes]
) -> None:
    """Encodings, versions and shapes of the file cost nothing."""
    assert answers(put_back(released, write(solved(released)))) == WORK


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b"PK\x03\x04", "it is not valid JSON in line 1"),
        (b'{"cells": ', "it is not valid JSON in line 1"),
        (b"[" * 100_000, "it is nested more deeply than any notebook"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "it is nested more deeply"),
        (b"[" + b"[]," * 400_000 + b"[]]", "it holds more values than any notebook"),
        (b" " * (17 * 2**20) + b"[]", "it has more than 16 MB; clear its outputs"),
        (b"1" * 5000, "it is not valid JSON"),
        (b'"cells"', "it is JSON, but no notebook"),
        (b'{"cells": null}', "it is JSON, but has no cells"),
    ],
)
def test_what_is_no_notebook_is_said_and_counts_as_blank(
    released: NotebookNode, content: bytes, reason: str
) -> None:
    """The released notebook comes back, with one sentence that says why."""
    found = put_back(released, content if content else b" ")
    assert found.unreadable and found.blank == tuple(WORK)
    assert len(found.notes) == 1
    assert found.notes[0].startswith(f"The notebook cannot be read: {reason}")


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
KEYS = st.sampled_from(["cell_type", "source", "metadata", "id", "attachments", "outputs"])


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_no_damage_breaks_the_release(released: NotebookNode, data: st.DataObject) -> None:
    """Whatever is put into a notebook, a valid one with the release's checks comes out."""
    notebook = solved(released)
    cells = notebook["cells"]
    for _ in range(data.draw(st.integers(1, 6))):
        if not cells:
            break
        place = data.draw(st.integers(0, len(cells) - 1))
        kind = data.draw(st.sampled_from(["value", "cell", "words", "delete", "copy", "move"]))
        if kind == "value" and isinstance(cells[place], dict):
            cells[place][data.draw(KEYS)] = data.draw(ODD)
        elif kind == "cell":
            cells[place] = data.draw(ODD)
        elif kind == "words" and isinstance(cells[place], dict):
            names = st.sampled_from([*WORK, "check_odd", "other"])
            cells[place]["metadata"] = {"nbgrader": data.draw(ODD | names.map(_named))}
        elif kind == "delete":
            del cells[place]
        elif kind == "copy":
            cells.insert(data.draw(st.integers(0, len(cells))), copy.deepcopy(cells[place]))
        else:
            cells.insert(data.draw(st.integers(0, len(cells) - 1)), cells.pop(place))
    put_back(released, notebook)


def _named(name: str) -> dict[str, str]:
    return {"grade_id": name}


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(order=st.randoms(use_true_random=False), lost=st.sets(st.integers(0, 12)))
def test_no_work_is_lost_by_moving_cells_and_losing_metadata(
    released: NotebookNode, order: random.Random, lost: set[int]
) -> None:
    """Any order, with the metadata of any cells gone: ids are enough to find all work."""
    notebook = solved(released)
    for index in lost:
        notebook["cells"][index]["metadata"] = {}
    order.shuffle(notebook["cells"])
    assert answers(put_back(released, notebook)) == WORK


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_bytes_at_all_come_back_as_the_release(released: NotebookNode, content: bytes) -> None:
    """Bytes that are no notebook never raise."""
    put_back(released, content)


MARKS = ["javascript:", "&colon;", "script", "a](", "# ", *"[]()<>:x!`$\\\t\n "]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(MARKS)))
def test_no_mixture_of_marks_becomes_active(parts: list[str]) -> None:
    """Brackets, quotes and fences in any order make no script out of a disarmed text."""
    page = _Active()
    page.feed(markdown2html(disarmed("".join(parts))))
    assert page.found == []
