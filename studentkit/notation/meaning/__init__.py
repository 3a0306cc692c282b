"""Gives syntax its meaning: names, shapes, and which product a `*` is. Makes the tree."""

from studentkit.notation.meaning.shapes import tuple_shape
from studentkit.notation.meaning.whole import Meaning

__all__ = ["Meaning", "tuple_shape"]
