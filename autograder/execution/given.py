"""Functions that the course gives complete, and whether a line of a traceback is one of theirs."""

from __future__ import annotations

import ast
from collections.abc import Mapping


class Given:
    """The functions that are the same in the skeleton and in the reference."""

    def __init__(self, skeleton: Mapping[str, bytes], reference: Mapping[str, bytes]) -> None:
        """Compare two sets of files (path -> content), both of the assignment's author."""
        self._lines = {
            (path, name): frozenset(line.strip() for line in text.splitlines())
            for path in skeleton
            if path.endswith(".py") and path in reference
            for name, text in (_functions(skeleton[path]) & _functions(reference[path]))
        }

    def has(self, path: str, function: str, line: str) -> bool:
        """Tell whether a submission's `line` is in a given function, and as it was given."""
        return line.strip() in self._lines.get((path, function), ())


def _functions(source: bytes) -> set[tuple[str, str]]:
    """Return (name, text) of every function; a name is one part, as a traceback has it."""
    text = source.decode("utf-8")
    return {
        (node.name, ast.get_source_segment(text, node) or "")
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
