"""Check cells as tests: they run on the trusted side, and only the cells they check do not.

A test file of two lines is enough, in `tests/<a>/hidden/`:

    from autograder.notebooks.authored.checks import define
    define(globals())
"""

from __future__ import annotations

import ast
import builtins
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from studentkit import task
from studentkit.declare import told

from autograder.core.layout import Assignment
from autograder.execution import proxies, student_imports
from autograder.execution.proxies import RemoteName
from autograder.notebooks.authored.source import (
    BEGIN_HIDDEN,
    END_HIDDEN,
    Cell,
    NotebookError,
    read,
    without_magics,
)
from autograder.notebooks.submitted.module import NAME


def define(namespace: dict[str, Any]) -> None:
    """Add a test for each check cell to a test module; raises NotebookError.

    The visible part of a cell is a test that students know, with its message; where the cell has
    hidden tests, the whole of it is a hidden test beside. Checks that call the tests of the files
    are left out.
    """
    file = Path(namespace["__file__"]).resolve()
    assignment = Assignment(file.parents[3], file.parents[1].name)
    cells = read(assignment.notebook)
    typed = _typed(assignment)
    for number, cell in enumerate(cells):
        if cell.kind != "check" or cell.tests == "files" or cell.task in typed:
            continue
        title, visible, whole = _parts(cell)
        imports = _imports(cells[:number], _used(_tree(cell, whole)))
        tests = [_test(cell, cell.id, title, imports + visible, known=True)]
        if whole != visible:
            more = f"{title} It holds for further cases."
            tests.append(_test(cell, f"{cell.id}_further", more, imports + whole, known=False))
        for test in tests:
            test.__module__ = namespace["__name__"]
            namespace[test.__name__] = test


def _typed(assignment: Assignment) -> set[str]:
    """Return the tasks of typed answers: those have their tests already, from the key."""
    if not assignment.questions.is_file():
        return set()
    found = tomllib.loads(assignment.questions.read_text(encoding="utf-8"))
    return {str(question["task"]) for question in found["questions"]}


def _parts(cell: Cell) -> tuple[str, str, str]:
    """Return the cell's sentence, and its source without and with the hidden tests."""
    visible, whole, hidden = [], [], False
    for line in cell.text.split("\n"):
        if line.strip() == BEGIN_HIDDEN:
            hidden = True
        elif line.strip() == END_HIDDEN:
            hidden = False
        else:
            whole.append(line)
            if not hidden:
                visible.append(line)
    first = cell.text.split("\n")[0].strip()
    title = first.lstrip("# ").strip() if first.startswith("#") else cell.id.replace("_", " ")
    return title, "\n".join(visible), "\n".join(whole)


def _imports(cells: Sequence[Cell], used: set[str]) -> str:
    """Return the import statements of the given cells for the names in `used`: a check may rely
    on them, and a file of the student's that cannot be imported costs no check without it.
    """
    lines = []
    for cell in cells:
        if cell.kind == "given" and not cell.markdown:
            for node in _tree(cell, without_magics(cell.text)).body:
                if isinstance(node, ast.Import | ast.ImportFrom):
                    node.names = [one for one in node.names if _bound(one) in used]
                    lines += [ast.unparse(node) + "\n"] * bool(node.names)
    return "".join(lines)


def _bound(alias: ast.alias) -> str:
    """Return the name that an import gives to what it imports."""
    return (alias.asname or alias.name).split(".")[0]


def _used(tree: ast.Module) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _tree(cell: Cell, text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError as error:
        raise NotebookError(f"{cell.where}: is not valid Python ({error.msg})") from None


def _test(cell: Cell, name: str, title: str, source: str, known: bool) -> Callable[[], None]:
    code = compile(_tree(cell, source), cell.where, "exec")
    free = _free(_tree(cell, source))

    def test() -> None:
        scope: dict[str, Any] = {"__name__": name, "__builtins__": builtins}
        scope |= {one: RemoteName(NAME, (one,)) for one in free}
        student_imports.bind(scope, proxies.current())
        exec(code, scope)  # the author's own cell; what it asks for comes from the worker

    test.__name__ = test.__qualname__ = f"test_{name}"
    test.__doc__ = title
    declared: Callable[[], None] = task(cell.task)(told(test) if known else test)
    return declared


def _free(tree: ast.Module) -> set[str]:
    """Return the names that the code uses and nothing in it binds: those of the notebook."""
    used: set[str] = set()
    bound = set(dir(builtins))
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            bound |= {_bound(alias) for alias in node.names}
        elif isinstance(node, ast.ExceptHandler) and node.name:
            bound.add(node.name)
    return used - bound
