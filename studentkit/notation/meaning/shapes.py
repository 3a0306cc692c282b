"""Shapes, and trees by what they are."""

from __future__ import annotations

from fractions import Fraction

from studentkit.notation.names import Shape
from studentkit.notation.tree import (
    Apply,
    Compare,
    Matrix,
    Name,
    Number,
    Tree,
    Tuple,
    children,
)

UNSIZED: Shape = (-1, -1)
WHOLE = Apply("eye", ())  # an identity whose size its surroundings give

Typed = tuple[Tree, Shape]


def number(typed: str) -> Number:
    """Return the exact value of a literal that has passed the limits."""
    if typed.endswith("%"):
        return Number(Fraction(typed[:-1]) / 100, typed)
    return Number(Fraction(typed), typed)


def broadcast(a: Shape, b: Shape) -> Shape | None:
    """Return the common shape, where a number, a row or a column may repeat; else None."""
    if a == b or b == ():
        return a
    if a == ():
        return b
    for whole, part in ((a, b), (b, a)):
        if min(whole) > 1 and part in ((1, whole[1]), (whole[0], 1)):
            return whole
    return None


def tuple_shape(tree: Tree) -> Shape | None:
    """Return the shape of a nested tuple as of an array, None if it is ragged or holds names."""
    if not isinstance(tree, Tuple):
        return None if not isinstance(tree, Number) and _named(tree) else ()
    shapes = {tuple_shape(item) for item in tree.items}
    if len(shapes) != 1 or None in shapes:
        return None if shapes else (0,)
    inner = shapes.pop()
    assert inner is not None
    return (len(tree.items), *inner)


def _named(tree: Tree) -> bool:
    return isinstance(tree, Name | Matrix) or any(_named(part) for part in children(tree))


def is_vector(shape: Shape) -> bool:
    """Tell a column or a row."""
    return len(shape) == 2 and 1 in shape


def is_condition(tree: Tree) -> bool:
    """Tell what is 1 or 0 by what it says."""
    return isinstance(tree, Compare) or (
        isinstance(tree, Apply) and tree.operator in ("and", "or", "not", "delta")
    )


def transposed(tree: Tree) -> Tree:
    """Return the transpose."""
    return Apply("transpose", (tree,))


def sized_identity(tree: Tree, size: int) -> Tree:
    """Put the size into an identity that may be scaled or added to others."""
    if tree == WHOLE:
        return Apply("eye", (Number(Fraction(size)),))
    if isinstance(tree, Apply):
        return Apply(tree.operator, tuple(sized_identity(part, size) for part in tree.args))
    return tree


def in_words(shape: Shape) -> str:
    """Return a shape in the words of a message."""
    if shape == ():
        return "a number"
    if shape == UNSIZED:
        return "an identity"
    return f"({shape[0]}, {shape[1]})"
