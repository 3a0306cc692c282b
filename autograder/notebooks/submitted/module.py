"""A notebook's cells as one module of the submission, for the confined worker."""

from __future__ import annotations

import ast
import re

from nbformat import NotebookNode

NAME = "notebook"  # tests write: import notebook
FILE = f"{NAME}.py"
_HEAD = '''"""The cells of the notebook that was handed in; made by the grader."""

from studentkit.cells import run

run(globals(), [
'''
_WORD = re.compile(r"[^\W\d]\w*")


def module_of(notebook: NotebookNode) -> bytes:
    """Return the source of a module that runs the student's cells, and what they build on.

    Check cells are tests and stay where the tests are. Of the given cells those are run that
    define a name which a student's cell has: nobody waits for the others' figures. Every cell is
    a literal in there; nothing of it is read or run before the worker does.
    """
    chosen: list[tuple[str, str]] = []
    wanted: set[str] = set()
    for cell in reversed(notebook.cells):
        words = cell.metadata.get("nbgrader", {})
        if cell.cell_type != "code" or (words.get("grade") and not words.get("solution")):
            continue
        source = _plain(cell.source)
        if words.get("locked") and not wanted & _defined(source):
            continue
        wanted |= set(_WORD.findall(source))
        chosen.append((str(cell.id), source))
    lines = [f"    ({name!r}, {source!r}),\n" for name, source in reversed(chosen)]
    return (_HEAD + "".join(lines) + "])\n").encode("utf-8", "backslashreplace")


def _defined(source: str) -> set[str]:
    """Return the names that a given cell binds at its top level."""
    found: set[str] = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        else:
            stored = (one for one in ast.walk(node) if isinstance(one, ast.Name))
            found |= {one.id for one in stored if isinstance(one.ctx, ast.Store)}
    return found


def _plain(source: str) -> str:
    """Leave out what only a notebook understands: magics and commands of the shell."""
    if source.lstrip().startswith("%%"):
        return "pass"
    return "\n".join(
        line[: len(line) - len(line.lstrip())] + "pass"
        if line.lstrip().startswith(("%", "!", "?"))
        else line
        for line in source.split("\n")
    )
