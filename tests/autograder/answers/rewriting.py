"""Other ways to write an answer: through sympy, node by node, and by moving parts of the tree."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import sympy as sp
from studentkit.notation.text import text as written
from studentkit.notation.tree import Apply, Index, Matrix, Name, Number, Sum, Tree, Tuple

from autograder.answers.questions import Question

_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "neg": lambda a: -a,
    "pow": lambda a, b: a**b,
    "exp": sp.exp,
    "log": sp.log,
    "sqrt": sp.sqrt,
    "abs": sp.Abs,
    "sigmoid": lambda a: 1 / (1 + sp.exp(-a)),
    "sigma": lambda a: 1 / (1 + sp.exp(-a)),
    "floor": sp.floor,
}
_WAYS: list[Callable[[Any], Any]] = [
    sp.expand,
    sp.factor,
    sp.together,
    sp.simplify,
    lambda one: sp.expand(one, power_base=False, log=False),
    lambda one: sp.collect(sp.expand(one), sorted(one.free_symbols, key=str)),
    lambda one: sp.powsimp(sp.expand(one)),
    lambda one: one + sp.Integer(1) - sp.Integer(1),
]


class CannotBuild(Exception):
    """The tree holds what sympy has no plain form for."""


def build(tree: Tree, names: dict[str, Any]) -> Any:
    """Return a scalar tree as a sympy expression, made node by node."""
    match tree:
        case Number(value):
            return sp.Rational(value.numerator, value.denominator)
        case Name(name):
            if name not in names:
                raise CannotBuild(name)
            return names[name]
        case Apply(operator, args) if operator in _FUNCTIONS:
            return _FUNCTIONS[operator](*(build(arg, names) for arg in args))
    raise CannotBuild(type(tree).__name__)


def symbols(question: Question) -> dict[str, Any]:
    """Return a sympy symbol for every scalar name of a question."""
    kinds = {**question.names.names, **question.names.vars}
    made = {}
    for name, shape in question.names.shapes.items():
        if shape == ():
            positive = kinds.get(name, "") in ("pos", "unit")
            # sympy has names of its own; ours must not meet them
            made[name] = sp.Symbol(name, positive=True) if positive else sp.Symbol(name, real=True)
    return made


def by_sympy(question: Question) -> list[str]:
    """Return what sympy makes of the reference and of the accepted forms."""
    if question.kind == "design" or question.kind == "tuple":
        return []
    names = symbols(question)
    found: dict[str, None] = {}
    for form in (question.reference, *question.accept):
        try:
            expression = build(form.tree, names)
        except CannotBuild:
            continue
        for way in _WAYS:
            text = str(way(expression))
            if len(text) < 400 and not any(word in text for word in ("Piecewise", "zoo", "I*")):
                found[text] = None
    return list(found)


def by_moving(question: Question, count: int) -> list[str]:
    """Return the reference with parts exchanged and rewritten, the value unchanged."""
    chance = random.Random(question.id)
    tree = question.reference.tree
    if question.kind == "design":
        return []
    found: dict[str, None] = {}
    for _ in range(count):
        text = written(moved(tree, chance), question.names.shapes)
        if len(text) < 900:
            found[text] = None
    return list(found)


def moved(tree: Tree, chance: random.Random) -> Tree:
    """Return `tree` rewritten at random, with the same value wherever it has one."""
    match tree:
        case Tuple(items):
            return Tuple(tuple(moved(item, chance) for item in items))
        case Matrix() | Index() | Sum():
            return tree
        case Apply(operator, args) if operator not in ("eye", "ones", "zeros"):
            tree = Apply(operator, tuple(moved(arg, chance) for arg in args))
    if not isinstance(tree, Apply):
        return _doubled(tree, chance) if chance.random() < 0.2 else tree
    return _turned(tree, chance)


def _turned(tree: Apply, chance: random.Random) -> Tree:
    ways: list[Tree] = [tree]
    match tree:
        case Apply("add" | "mul" | "hadamard" | "max" | "min" as operator, (a, b)):
            ways.append(Apply(operator, (b, a)))
    match tree:
        case Apply("sub", (a, b)):
            ways.append(Apply("neg", (Apply("sub", (b, a)),)))
            ways.append(Apply("add", (Apply("neg", (b,)), a)))
        case Apply("add", (a, b)):
            ways.append(Apply("sub", (a, Apply("neg", (b,)))))
        case Apply("neg", (a,)):
            ways.append(Apply("mul", (Apply("neg", (Number(Fraction(1)),)), a)))
        case Apply("matmul", (a, b)):
            flipped = Apply("matmul", (Apply("transpose", (b,)), Apply("transpose", (a,))))
            ways.append(Apply("transpose", (flipped,)))
        case Apply("mul", (a, Apply("add" | "sub" as operator, (b, c)))):
            ways.append(Apply(operator, (Apply("mul", (a, b)), Apply("mul", (a, c)))))
        case Apply("transpose", (Apply("transpose", (a,)),)):
            ways.append(a)
    return chance.choice(ways)


def _doubled(tree: Tree, chance: random.Random) -> Tree:
    two = Number(Fraction(2))
    return chance.choice(
        [
            Apply("div", (Apply("mul", (two, tree)), two)),
            Apply("neg", (Apply("neg", (tree,)),)),
            Apply("sub", (Apply("mul", (two, tree)), tree)),
        ]
    )
