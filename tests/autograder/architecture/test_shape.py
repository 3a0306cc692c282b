"""Sizes, names and late imports: what is too much today is listed, and the lists only shrink."""

from __future__ import annotations

import ast
import sys
from collections import Counter

from modules import imports, sources

_MAX_LINES = 500
# Third parties that take long to import, or that not every command needs.
HEAVY = {
    "PIL", "copydetect", "dulwich", "ipykernel", "jupytext", "matplotlib", "nbgrader", "numpy",
    "pyseccomp", "pytest", "safetensors", "sqlalchemy", "torch", "traitlets", "zmq",
}  # fmt: skip
MOST_LATE = 42  # imports of our own modules inside functions


def test_files_are_small() -> None:
    """Five hundred lines at most."""
    lengths = {name: len(path.read_text().splitlines()) for name, path in sources().items()}
    assert {name: n for name, n in lengths.items() if n > _MAX_LINES} == {}


def test_a_public_class_name_is_used_once() -> None:
    """Whoever searches for a class finds one."""
    names = Counter(
        node.name
        for path in sources().values()
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert [name for name, count in names.items() if count > 1] == []


def test_imports_inside_functions_are_of_heavy_third_parties() -> None:
    """Anything else is imported at the top; our own that are not become fewer."""
    late = [one for rows in imports().values() for one in rows if one.late]
    own = {one.where for one in late if one.module.split(".")[0] in ("autograder", "studentkit")}
    assert len(own) <= MOST_LATE, sorted(own)
    tops = {one.module.split(".")[0] for one in late if one.where not in own}
    assert tops - HEAVY - sys.stdlib_module_names - {""} == set()
