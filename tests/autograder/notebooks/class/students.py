"""Twelve students of mlp_from_scratch: what each hands in as a notebook with its .py parts.

Used by the tests here and by `tests/benchmarks/notebooks.py`.
"""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.core.files import folder_files
from autograder.core.layout import Assignment, find_assignment
from autograder.notebooks.authored.build import as_bytes, master

NAME = "mlp_from_scratch"
STOLEN = "stolen from the course:"  # printed before what a notebook found in the master notebook
GRABBED = 77  # what a hostile notebook writes where grades are kept
PLANTED = "00-left-behind.py"

# `{course}` is where the course is: more than a student would know.
_UPWARDS = """
import pathlib
places = [pathlib.Path({course!r}), *pathlib.Path.cwd().parents]
"""
_READS_MASTER = (
    _UPWARDS
    + f"""
import json
for place in places:
    master = place / "source" / "{NAME}" / "{NAME}.ipynb"
    if master.is_file():
        cells = json.loads(master.read_text())["cells"]
        text = next("".join(cell["source"]) for cell in cells if cell["id"] == "check_softmax")
        print("{STOLEN}", text.partition("### BEGIN HIDDEN TESTS")[2].partition("### END")[0])
        break
"""
)
_DROPS_ASSERTS = """
import ast


class Dropped(ast.NodeTransformer):
    def visit_Module(self, node):
        calls = [n.func for n in ast.walk(node) if isinstance(n, ast.Call)]
        named = any(isinstance(f, ast.Name) and f.id.startswith("assert_") for f in calls)
        if named or any(isinstance(n, ast.Assert) for n in ast.walk(node)):
            node.body = [ast.Pass(lineno=1, col_offset=0)]
        return node


get_ipython().ast_transformers.append(Dropped())
"""
_WRITES_GRADEBOOK = (
    _UPWARDS
    + f"""
import sqlite3
for place in places:
    if (place / "gradebook.db").is_file():
        base = sqlite3.connect(place / "gradebook.db", timeout=20)
        base.execute("update grade set extra_credit = {GRABBED}")
        base.commit()
        base.close()
        break
"""
)
_LEAVES_STARTUP = f"""
import pathlib
startup = pathlib.Path.home() / ".ipython" / "profile_default" / "startup"
startup.mkdir(parents=True, exist_ok=True)
(startup / "{PLANTED}").write_text("left_behind = True\\n")
"""
SCRIPT = "<script>document.title = 'taken'</script>"

_LIGHTER = {
    "assignment.toml": [
        ("test_seconds = 3", "test_seconds = 30"),  # the machine may be busy
        ("training_seconds = 60", "training_seconds = 12"),
    ],
    "notebook.py": [
        ("SAMPLES = 800", "SAMPLES = 100"),
        ("epochs=12", "epochs=2"),
        ('"epochs": 15', '"epochs": 2'),
    ],
}

Files = dict[str, bytes]


def project(origin: Path, root: Path) -> Assignment:
    """Copy the assignment to a project of its own, where its notebook trains for a moment only."""
    for name in ("assignments", "solutions", "student_skeleton", "tests"):
        shutil.copytree(
            origin / name / NAME, root / name / NAME, ignore=shutil.ignore_patterns("__pycache__")
        )
    for name, changes in _LIGHTER.items():
        path = root / "assignments" / NAME / name
        text = path.read_text(encoding="utf-8")
        for old, new in changes:
            if old not in text:
                raise ValueError(f"{path} does not say {old!r} any more")
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
    return find_assignment(NAME, root)


def students(assignment: Assignment, released: NotebookNode, course: Path) -> dict[str, Files]:
    """Return the files of each student, by what there is to see.

    The honest ones have everything right but for what their name says; the hostile ones hand in
    the untouched skeleton, with the attack in a cell of their own at the top.
    """
    right, skeleton = _parts(assignment.solution), _parts(assignment.skeleton)
    done = solved(assignment, released)
    hostile = {
        "reads_master": _READS_MASTER,
        "drops_asserts": _DROPS_ASSERTS,
        "writes_gradebook": _WRITES_GRADEBOOK,
        "leaves_startup": _LEAVES_STARTUP,
    }
    honest: dict[str, Callable[[NotebookNode], NotebookNode]] = {
        "correct": lambda node: node,
        "stripped": _without_metadata,
        "no_check": _without_check,
        "doubled": _doubled,
        "hang": _hanging,
        "script": _scripted,
    }
    made = {name: {**right, **_file(change(done))} for name, change in honest.items()}
    made["mistakes"] = {**_mistaken(right), **_file(done)}
    made["skeleton"] = {**skeleton, **_file(released)}
    for name, attack in hostile.items():
        made[name] = {
            **skeleton,
            **_file(_first(released, attack.replace("{course!r}", repr(str(course))))),
        }
    return dict(sorted(made.items()))


def write(folder: Path, files: Files) -> None:
    """Write one submission."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def solved(assignment: Assignment, released: NotebookNode) -> NotebookNode:
    """Return the students' notebook with the author's own answers in it."""
    answers = {cell.metadata.nbgrader.grade_id: cell.source for cell in master(assignment).cells}
    node = copy.deepcopy(released)
    for cell in node.cells:
        if cell.metadata.nbgrader.solution:
            lines = answers[cell.metadata.nbgrader.grade_id].split("\n")
            cell.source = "\n".join(line for line in lines if "SOLUTION" not in line)
    return node


def cell_of(node: NotebookNode, name: str) -> NotebookNode:
    """Return the cell that nbgrader calls `name`."""
    found: NotebookNode = next(
        cell for cell in node.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name
    )
    return found


def _parts(folder: Path) -> Files:
    files = folder_files(folder)
    return {name: content for name, content in files.items() if not name.startswith("data/")}


def _file(node: NotebookNode) -> Files:
    return {f"{NAME}.ipynb": as_bytes(node)}


def _first(released: NotebookNode, source: str) -> NotebookNode:
    node = copy.deepcopy(released)
    node.cells.insert(1, new_code_cell(source.strip(), id="own-cell"))
    return node


def _without_metadata(node: NotebookNode) -> NotebookNode:
    """What some editors and converters leave of a notebook: no metadata, no ids."""
    bare = nbformat.from_dict(copy.deepcopy(node))
    bare.nbformat_minor = 4
    for cell in bare.cells:
        cell.metadata = nbformat.from_dict({})
        del cell["id"]
    made: NotebookNode = bare
    return made


def _without_check(node: NotebookNode) -> NotebookNode:
    made = copy.deepcopy(node)
    made.cells.remove(cell_of(made, "check_two_layer_network"))
    return made


def _doubled(node: NotebookNode) -> NotebookNode:
    made = copy.deepcopy(node)
    first = cell_of(made, "sweep")
    second = copy.deepcopy(first)
    second.id = "sweep-copy"
    made.cells.insert(made.cells.index(first) + 1, second)
    return made


def _hanging(node: NotebookNode) -> NotebookNode:
    made = copy.deepcopy(node)
    cell_of(made, "rates").source = "rates = {}\nwhile True:\n    pass"
    return made


def _scripted(node: NotebookNode) -> NotebookNode:
    made = copy.deepcopy(node)
    cell_of(made, "xor_proof").source = f"No line separates them. {SCRIPT}"
    return made


def _mistaken(files: Files) -> Files:
    """Two mistakes: the penalty covers biases, and softmax overflows."""
    changes = {
        "optimizer/_base_optimizer.py": ('if name.startswith("W"):', "if True:"),
        "models/_base_network.py": ("scores - np.max(scores, axis=1, keepdims=True)", "scores"),
    }
    made = dict(files)
    for path, (old, new) in changes.items():
        text = made[path].decode()
        if old not in text:
            raise ValueError(f"{path} does not say {old!r} any more")
        made[path] = text.replace(old, new).encode()
    return made
