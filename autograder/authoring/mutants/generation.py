"""Make the mutants of one file, in the regions that students write themselves."""

from __future__ import annotations

import ast
import re

import libcst as cst
from libcst.metadata import MetadataWrapper, ParentNodeProvider, PositionProvider

from autograder.authoring.mutants import arrays, expressions, statements
from autograder.authoring.mutants.mutant import Mutant
from autograder.authoring.mutants.nodes import Operator
from autograder.release.regions import split

OPERATORS: tuple[Operator, ...] = (
    *arrays.OPERATORS,
    *expressions.OPERATORS,
    *statements.OPERATORS,
)
_MARK = re.compile(r"^[ \t]*#[ \t]*(?P<which>BEGIN|END)[ \t]+SOLUTION")
_DROPPED = re.compile(r"#[ \t]*SOLUTION[ \t]*$")
# Not what a function computes: annotations, and the words of messages.
_UNREAD = (cst.Annotation, cst.FormattedString, cst.Raise, cst.Assert, cst.Decorator)


def mutants_of(file: str, source: str) -> list[Mutant]:
    """Return the mutants of `source`, sorted by line, each of them valid and unlike the others.

    Raises RegionError where the marks of the regions do not fit.
    """
    lines = solution_lines(file, source)
    if not lines:
        return []
    wrapper = MetadataWrapper(cst.parse_module(source))
    finder = _Finder(lines)
    wrapper.visit(finder)
    seen = {ast.dump(ast.parse(source))}
    found = []
    for node, function, words, replacement in finder.changes:
        changed = wrapper.module.deep_replace(node, replacement)
        assert isinstance(changed, cst.Module)
        code = changed.code
        try:
            tree = ast.parse(code)
            compile(tree, file, "exec", dont_inherit=True)
        except SyntaxError:
            continue
        shape = ast.dump(tree)
        if shape not in seen:
            seen.add(shape)
            found.append(_mutant(file, source, function, words, code))
    return sorted(found, key=lambda mutant: mutant.line)


def solution_lines(file: str, source: str) -> frozenset[int]:
    """Return the numbers of the lines that students do not get; raises RegionError."""
    split(source, file)  # complains where marks do not fit
    lines, inside = set(), False
    for number, line in enumerate(source.splitlines(), 1):
        mark = _MARK.match(line)
        if mark:
            inside = mark["which"] == "BEGIN"
        elif inside or _DROPPED.search(line):
            lines.add(number)
    return frozenset(lines)


class _Finder(cst.CSTVisitor):
    """Collects what every operator makes of every node inside the given lines."""

    METADATA_DEPENDENCIES = (PositionProvider, ParentNodeProvider)

    def __init__(self, lines: frozenset[int]) -> None:
        super().__init__()
        self._lines = lines
        self._scope: list[str] = []
        self.changes: list[tuple[cst.CSTNode, str, str, cst.CSTNode]] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, _UNREAD):
            return False
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self._scope.append(node.name.value)
        if self._inside(node):
            parent = self.get_metadata(ParentNodeProvider, node, None)
            for operator in OPERATORS:
                for words, replacement in operator(node, parent):
                    self.changes.append((node, ".".join(self._scope), words, replacement))
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if isinstance(original_node, cst.FunctionDef | cst.ClassDef):
            self._scope.pop()

    def _inside(self, node: cst.CSTNode) -> bool:
        place = self.get_metadata(PositionProvider, node, None)
        if place is None:
            return False
        last = place.end.line if place.end.column else place.end.line - 1
        return all(line in self._lines for line in range(place.start.line, last + 1))


def _mutant(file: str, source: str, function: str, words: str, changed: str) -> Mutant:
    before, after = source.splitlines(), changed.splitlines()
    pairs = enumerate(zip(before, after, strict=False))
    lines = [number for number, (old, new) in pairs if old != new]
    if len(before) != len(after):  # what follows has moved, and did not change
        lines = lines[:1]
    original = " … ".join(_bare(before[number]) for number in lines)
    mutated = " … ".join(_bare(after[number]) for number in lines)
    return Mutant(file, lines[0] + 1, function, words, original, mutated, changed)


def _bare(line: str) -> str:
    return " ".join(_DROPPED.sub("", line).split())
