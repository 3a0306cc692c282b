"""Gives syntax its meaning: what kind of part is read by which rule."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from studentkit.notation.errors import Unreadable
from studentkit.notation.functions import OTHER
from studentkit.notation.grammar.syntax import (
    Conditional,
    Denial,
    Entry,
    FractionSign,
    FunctionCall,
    Indicator,
    Junction,
    Labelled,
    Listing,
    Numeral,
    Operation,
    Opposite,
    PrimeMark,
    Relation,
    Series,
    Span,
    Summation,
    Syntax,
    Transposition,
    Word,
)
from studentkit.notation.meaning.calls import Calls
from studentkit.notation.meaning.shapes import UNSIZED, Typed, number, tuple_shape
from studentkit.notation.meaning.sums import MAX_WORK
from studentkit.notation.names import Shape
from studentkit.notation.symbols import FRACTIONS
from studentkit.notation.tree import (
    Apply,
    Matrix,
    Number,
    Record,
    Tree,
    Tuple,
    children,
)


class Meaning(Calls):
    """Turns one answer's syntax into a tree; `notes` collects how ambiguous things were read."""

    def whole(self, syntax: Syntax) -> tuple[Tree, Shape | None]:
        """Return the tree and the shape of an answer."""
        wide = self.question.kind in ("tuple", "design")
        if wide and isinstance(syntax, Series | Listing):
            tree = self.nested(syntax)
            return tree, tuple_shape(tree)
        if wide and is_array_call(syntax):
            tree = self.nested(syntax.parts[0])
            return tree, tuple_shape(tree)
        if isinstance(syntax, Labelled):
            return Record(tuple((name, self.nested(part)) for name, part in syntax.items)), None
        if isinstance(syntax, Series):
            raise Unreadable(
                f"one answer is expected here, not {len(syntax.parts)} with commas between them",
                syntax.at,
            )
        tree, shape = self.read(syntax)
        if shape == UNSIZED:
            raise Unreadable("say how large the identity is, as in eye(n)", syntax.at)
        if wide and shape:
            tree = _listed(tree, syntax)
            count = _count(tree)
            if count * max(1, self.work - 2 * count) > MAX_WORK:  # the factor, once an answer
                raise Unreadable("this is too long to be read", syntax.at)
            return tree, tuple_shape(tree)
        return tree, shape

    def nested(self, syntax: Syntax) -> Tree:
        """Return a tuple of the answers within brackets."""
        if is_array_call(syntax):
            return self.nested(syntax.parts[0])
        if isinstance(syntax, Series | Listing):
            return Tuple(tuple(self.nested(part) for part in syntax.parts))
        tree, shape = self.read(syntax)
        if shape == UNSIZED:
            raise Unreadable("say how large the identity is, as in eye(n)", syntax.at)
        return tree

    def read(self, syntax: Syntax) -> Typed:
        """Return the tree and shape of one expression."""
        self.work += 1
        if self.work > MAX_WORK:
            raise Unreadable("this is too long to be read", syntax.at)
        tree, shape = self.meant(syntax)
        if shape == (1, 1):
            shape = ()
            if isinstance(tree, Matrix):
                tree = tree.rows[0][0]
        return tree, shape

    def meant(self, syntax: Syntax) -> Typed:
        match syntax:
            case Numeral(text):
                return number(text), ()
            case FractionSign(text):
                above, below = FRACTIONS[text]
                return Apply("div", (Number(Fraction(above)), Number(Fraction(below)))), ()
            case Word():
                return self.word(syntax)
            case Operation():
                return self.operation(syntax)
            case Opposite():
                tree, shape = self.read(syntax.inner)
                return Apply("neg", (tree,)), shape
            case Transposition():
                return self.transposition(syntax)
            case PrimeMark():
                return self.prime_mark(syntax)
            case Relation():
                return self.relation(syntax)
            case Junction():
                return self.junction(syntax)
            case Denial():
                tree, shape = self.condition(syntax.inner)
                return Apply("not", (tree,)), shape
            case Indicator():
                return self.indicator(syntax)
            case Conditional():
                return self.cases([(syntax.condition, syntax.value)], syntax.other, syntax)
            case Entry():
                return self.indexed(syntax)
            case Listing():
                return self.matrix(syntax)
            case Summation(body, span, condition):
                return self.summed(body, span, syntax, condition)
            case FunctionCall():
                return self.called(syntax)
            case Span():
                raise Unreadable("`for` is read only inside of sum(...)", syntax.at)
            case Series() | Labelled():
                said = "nothing can be computed with several answers in brackets"
                raise Unreadable(said, syntax.at)

    def indexed(self, syntax: Entry) -> Typed:
        whole, given = syntax.base, syntax.indices
        if isinstance(whole, Entry):  # A[i][j]
            base = self.read(whole.base)
            if len(whole.indices) == 1 and len(given) == 1 and base[1] and 1 not in base[1]:
                given, whole = (*whole.indices, *given), whole.base
        tree, shape = self.read(whole)
        indices = []
        for part in given:
            index, its_shape = self.read(part)
            if len(given) == 1 and (its_shape != () or shape == ()):
                # square brackets around a factor, as in s_i[delta_ij - s_j]
                self.note(f"`{self.typed(syntax)}` is read as a product")
                pair = Operation("", whole, part, at=syntax.at, end=syntax.end)
                return self.combine("", (tree, shape), (index, its_shape), pair)
            if its_shape != ():
                raise Unreadable("an index is a number", part.at)
            indices.append(index)
        if shape == () or shape == UNSIZED:
            raise Unreadable(f"`{self.typed(whole)}` has no entries", syntax.at)
        return self.entry(tree, shape, tuple(indices), syntax)


def _listed(tree: Tree, syntax: Syntax) -> Tree:
    """Return several answers that were typed as a list times or over a number, one by one."""
    match tree:
        case Matrix(rows):
            if all(len(row) == 1 for row in rows):  # a flat list
                return Tuple(tuple(row[0] for row in rows))
            return Tuple(tuple(Tuple(row) for row in rows))
        case Apply("neg", (inner,)):
            return _each(_listed(inner, syntax), lambda one: Apply("neg", (one,)))
        case Apply("mul" | "div" as operator, (left, right)) if not _holds_matrix(right):
            return _each(_listed(left, syntax), lambda one: Apply(operator, (one, right)))
        case Apply("mul", (left, right)) if not _holds_matrix(left):
            return _each(_listed(right, syntax), lambda one: Apply("mul", (left, one)))
    raise Unreadable("nothing more can be computed with a list of answers", syntax.at)


def _each(tree: Tree, make: Callable[[Tree], Tree]) -> Tree:
    if isinstance(tree, Tuple):
        return Tuple(tuple(_each(item, make) for item in tree.items))
    return make(tree)


def _count(tree: Tree) -> int:
    return sum(map(_count, tree.items)) if isinstance(tree, Tuple) else 1


def _holds_matrix(tree: Tree) -> bool:
    return isinstance(tree, Matrix) or any(map(_holds_matrix, children(tree)))


def is_array_call(syntax: Syntax) -> bool:
    """Tell whether this is `array([...])` or one of its kind."""
    return (
        isinstance(syntax, FunctionCall)
        and OTHER.get(syntax.name) == "array"
        and len(syntax.arguments) == 1
        and isinstance(syntax.arguments[0], Listing | Series)
    )
