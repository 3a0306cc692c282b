"""Writes a tree in the ordinary notation that the reader reads back as the same tree."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction

from studentkit.notation.tree import (
    Apply,
    Cases,
    Compare,
    Constant,
    Index,
    Matrix,
    Name,
    Number,
    Record,
    Sum,
    Tree,
    Tuple,
)

# how tightly an operator holds its parts; what is looser than its place asks gets brackets
COMPARISON, SUM, HADAMARD, QUOTIENT, PRODUCT, SIGN, RIGHT, POWER, ATOM = range(1, 10)
LEVELS = {
    "or": 0, "and": 0, "not": 0, "add": SUM, "sub": SUM, "hadamard": HADAMARD, "div": QUOTIENT,
    "mul": PRODUCT, "matmul": PRODUCT, "neg": SIGN, "pow": POWER,
}  # fmt: skip
BETWEEN = {
    "add": " + ", "sub": " - ", "mul": "*", "matmul": "*", "div": "/", "hadamard": " ∘ ",
    "pow": "^", "and": " and ", "or": " or ",
}  # fmt: skip
NEEDS = {
    "add": (SUM, HADAMARD), "sub": (SUM, HADAMARD), "mul": (PRODUCT, RIGHT),
    "matmul": (PRODUCT, RIGHT), "div": (PRODUCT, RIGHT), "hadamard": (RIGHT, RIGHT),
    "pow": (ATOM, ATOM), "and": (ATOM, ATOM), "or": (ATOM, ATOM),
}  # fmt: skip
_AXES = {"_down": ", axis=0", "_across": ", axis=1"}


def level(tree: Tree) -> int:
    """Return how tightly the outermost operator of `tree` holds together."""
    match tree:
        case Compare():
            return COMPARISON
        case Cases():
            return ATOM
        case Apply(operator, _):
            return LEVELS.get(operator, ATOM)
        case _:
            return ATOM


def text(tree: Tree, declared: Collection[str] = ()) -> str:
    """Return `tree` in ordinary notation; names in `declared` are no functions there."""
    return _Text(frozenset(declared)).write(tree)


def literal(number: Number) -> str:
    """Return a number as it was typed, or exactly."""
    if number.typed:
        return str(number.typed)
    value = number.value
    return str(value.numerator) if value.denominator == 1 else f"({decimal(value)})"


def decimal(value: Fraction) -> str:
    """Return p/q in full."""
    return f"{value.numerator}/{value.denominator}"


class _Text:
    def __init__(self, declared: frozenset[str]) -> None:
        self.declared = declared

    def write(self, tree: Tree, needed: int = 0) -> str:
        written = self.bare(tree)
        return f"({written})" if level(tree) < needed else written

    def bare(self, tree: Tree) -> str:
        match tree:
            case Number():
                return str(literal(tree))
            case Constant(name) | Name(name):
                return str(name)
            case Apply():
                return self.apply(tree)
            case Index(base, indices):
                inside = ", ".join(self.write(index) for index in indices)
                return f"{self.write(base, ATOM)}[{inside}]"
            case Sum(index, _, body):
                return f"{self.function('sum')}({self.write(body)}, {index})"
            case Compare(operator, left, right):
                return f"{self.write(left, SUM)} {operator} {self.write(right, SUM)}"
            case Cases(branches, otherwise):
                parts = [f"({self.write(value)}, {self.write(when)})" for when, value in branches]
                if otherwise is not None:
                    parts.append(self.write(otherwise))
                return f"cases({', '.join(parts)})"
            case Matrix(rows):
                return self.matrix(rows)
            case Tuple(items):
                inside = ", ".join(self.item(item) for item in items)
                return f"({inside},)" if len(items) == 1 else f"({inside})"
            case Record(items):
                return "; ".join(f"{name}: {self.item(value)}" for name, value in items)
        raise AssertionError(tree)

    def item(self, tree: Tree) -> str:
        if isinstance(tree, Tuple):
            return f"[{', '.join(self.item(item) for item in tree.items)}]"
        return self.write(tree)

    def matrix(self, rows: tuple[tuple[Tree, ...], ...]) -> str:
        if len(rows[0]) == 1:
            return f"[{', '.join(self.write(row[0]) for row in rows)}]"
        lines = (f"[{', '.join(self.write(entry) for entry in row)}]" for row in rows)
        return f"[{', '.join(lines)}]"

    def apply(self, tree: Apply) -> str:
        operator, args = tree.operator, tree.args
        if operator in BETWEEN:
            left, right = NEEDS[operator]
            return f"{self.write(args[0], left)}{BETWEEN[operator]}{self.write(args[1], right)}"
        if operator == "neg":
            return f"-{self.write(args[0], POWER)}"
        if operator == "not":
            return f"not ({self.write(args[0])})"
        if operator == "transpose":
            return f"{self.write(args[0], ATOM)}.T"
        for suffix, axis in _AXES.items():
            if operator.endswith(suffix):
                name = self.function(operator.removesuffix(suffix))
                return f"{name}({self.write(args[0])}{axis})"
        shown = {"softmax_rows": "softmax", "diagonal": "diagonal"}.get(operator, operator)
        inside = ", ".join(self.write(arg) for arg in args)
        return f"{self.function(shown)}({inside})"

    def function(self, name: str) -> str:
        return f"np.{name}" if name in self.declared and name != "sigma" else name
