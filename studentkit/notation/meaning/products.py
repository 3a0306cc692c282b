"""Operators: which product a `*` is."""

from __future__ import annotations

from fractions import Fraction

from studentkit.notation.errors import Unreadable
from studentkit.notation.grammar.syntax import (
    Numeral,
    Operation,
    PrimeMark,
    Syntax,
    Transposition,
    Word,
)
from studentkit.notation.meaning.shapes import UNSIZED, Typed, in_words, is_vector, transposed
from studentkit.notation.meaning.words import NamedThings
from studentkit.notation.tree import (
    Apply,
    Constant,
    Number,
    Tree,
)

_NEGATIVE_ONE: Tree = Apply("neg", (Number(Fraction(1)),))


class Products(NamedThings):
    """Reads operators."""

    def operation(self, syntax: Operation) -> Typed:
        left, right, operator = syntax.left, syntax.right, syntax.operator
        if operator in ("^", ".^"):
            return self.power(syntax)
        regrouped = self.regrouped(syntax)
        if regrouped is not None:
            return regrouped
        made = self.combine(operator, self.read(left), self.read(right), syntax)
        divided_first = isinstance(left, Operation) and left.operator == "/" and not left.grouped
        if operator == "" and isinstance(left, Operation) and divided_first:
            below = left.right
            if isinstance(below, Numeral | Word) or not below.grouped:
                divided, times = self.typed(left), self.typed(right)
                self.note(f"`{self.typed(syntax)}` is read as ({divided})*{times}")
        return made

    def regrouped(self, syntax: Operation) -> Typed | None:
        """Read a∘b*c as a∘(b*c) where only that fits, and refuse it where both do."""
        left, last = syntax.left, syntax.right
        if syntax.operator not in ("*", "", "@", "·"):
            return None
        if not isinstance(left, Operation) or left.operator != "∘" or left.grouped:
            return None
        first, second = self.read(left.left), self.read(left.right)
        third = self.read(last)
        if () in (first[1], second[1], third[1]):
            inner = self.combine("∘", first, second, left)
            return self.combine(syntax.operator, inner, third, syntax)
        kept = len(self.notes)
        found: list[Typed] = []
        refused: Unreadable | None = None
        for other in (False, True):
            try:
                if other:
                    inner = self.combine(syntax.operator, second, third, syntax)
                    if inner[1] != first[1]:
                        continue  # it would fit only by repeating a row or column
                    found.append(self.combine("∘", first, inner, syntax))
                else:
                    inner = self.combine("∘", first, second, left)
                    found.append(self.combine(syntax.operator, inner, third, syntax))
            except Unreadable as refusal:
                del self.notes[kept:]
                if other and not found:
                    raise refused or refusal from None
                refused = refusal
        if len(found) == 2 and _uses_matmul(syntax.operator, second, third):
            raise Unreadable("which product comes first? put brackets around it", syntax.at)
        if not found:
            raise refused or self.misfit("these have no product", first, third, syntax)
        return found[0]

    def combine(self, operator: str, left: Typed, right: Typed, syntax: Syntax) -> Typed:
        """Return `left operator right`, where shapes decide which product is meant."""
        if operator in ("+", "-"):
            left, right = self.settled(left, right)
            shape = self.joined(left, right, operator, syntax)
            return Apply("add" if operator == "+" else "sub", (left[0], right[0])), shape
        if operator in ("/", "//"):
            return self.quotient(operator, left, right, syntax)
        a, b = left[1], right[1]
        if UNSIZED in (a, b):
            left, right = self.multiplied_identity(left, right)
            a, b = left[1], right[1]
        if operator == "⊗":
            if is_vector(a) and is_vector(b):
                column = left[0] if a[1] == 1 else transposed(left[0])
                row = right[0] if b[0] == 1 else transposed(right[0])
                return Apply("matmul", (column, row)), (max(a), max(b))
            raise self.misfit("an outer product takes two vectors", left, right, syntax)
        if a == () or b == ():
            if operator == "@":
                raise self.misfit("`@` multiplies matrices, not numbers", left, right, syntax)
            return Apply("mul", (left[0], right[0])), a or b
        if operator == "∘":
            return Apply("hadamard", (left[0], right[0])), self.joined(left, right, "∘", syntax)
        if a[1] == b[0]:
            shape = (a[0], b[1])
            return Apply("matmul", (left[0], right[0])), () if shape == (1, 1) else shape
        if operator in ("·", "@") and a == b and is_vector(a):
            parts = (left[0], right[0])
            first, second = parts if a[0] == 1 else (transposed(parts[0]), parts[1])
            second = transposed(second) if a[0] == 1 else second
            self.note(f"`{self.typed(syntax)}` is read as the dot product of two vectors")
            return Apply("matmul", (first, second)), ()
        if operator != "@" and a == b:
            self.note(
                f"`{self.typed(syntax)}` is read entry by entry, because shapes {in_words(a)} "
                f"and {in_words(b)} have no matrix product"
            )
            return Apply("hadamard", (left[0], right[0])), a
        raise self.misfit("these have no product", left, right, syntax)

    def quotient(self, operator: str, left: Typed, right: Typed, syntax: Syntax) -> Typed:
        a, b = left[1], right[1]
        if b == UNSIZED or (a == UNSIZED and b != ()):
            raise self.misfit("one cannot divide by a matrix", left, right, syntax)
        if b and min(b) > 1 and a and a != b:
            raise self.misfit("one cannot divide by a matrix", left, right, syntax)
        shape = a if a == UNSIZED else self.joined(left, right, "/", syntax)
        if b:
            self.note(f"`{self.typed(syntax)}` is read entry by entry")
        tree: Tree = Apply("div", (left[0], right[0]))
        return (Apply("floor", (tree,)) if operator == "//" else tree), shape

    def power(self, syntax: Operation) -> Typed:
        below, above = syntax.left, syntax.right
        exponent = self.read(above)
        if isinstance(below, Word) and below.text in ("e", "E"):
            base = self.read(below)
            if base[0] == Constant("e"):
                return Apply("exp", (exponent[0],)), exponent[1]
        else:
            base = self.read(below)
        a, b = base[1], exponent[1]
        if UNSIZED in (a, b):
            raise Unreadable("say how large the identity is, as in eye(n)", below.at)
        if a:
            if exponent[0] in (_NEGATIVE_ONE, Number(Fraction(-1))):
                raise Unreadable("an inverse is not needed in any answer here", above.at)
            if syntax.operator == "^" and min(a) > 1 and a[0] == a[1]:
                raise Unreadable(
                    "a power of a matrix can be meant in two ways; type A*A or hadamard(A, A)",
                    syntax.at,
                )
            self.note(f"`{self.typed(syntax)}` is read entry by entry")
        shape = self.joined(base, exponent, "^", syntax)
        return Apply("pow", (base[0], exponent[0])), shape

    def transposition(self, syntax: Transposition) -> Typed:
        if isinstance(syntax.inner, Numeral):
            raise Unreadable("for a vector of ones type ones(n)", syntax.at)
        tree, shape = self.read(syntax.inner)
        if shape == UNSIZED:
            return tree, shape
        if shape == ():
            self.note(f"`{self.typed(syntax)}` is a number, which is its own transpose")
            return tree, ()
        return Apply("transpose", (tree,)), (shape[1], shape[0])

    def prime_mark(self, syntax: PrimeMark) -> Typed:
        tree, shape = self.read(syntax.inner)
        if shape == ():
            raise Unreadable(
                f"`{self.typed(syntax)}` is a derivative that is not known here", syntax.at
            )
        self.note(f"`{self.typed(syntax)}` is read as a transpose")
        return (tree, shape) if shape == UNSIZED else (transposed(tree), (shape[1], shape[0]))


def _uses_matmul(operator: str, second: Typed, third: Typed) -> bool:
    return operator in ("*", "", "@", "·") and bool(second[1]) and second[1][1] == third[1][0]
