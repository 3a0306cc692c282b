"""Comparisons, and what depends on them."""

from __future__ import annotations

from studentkit.notation.errors import Unreadable
from studentkit.notation.grammar.syntax import (
    Denial,
    FunctionCall,
    Indicator,
    Junction,
    Relation,
    Series,
    Syntax,
    Word,
)
from studentkit.notation.meaning.products import Products
from studentkit.notation.meaning.shapes import Typed, is_condition
from studentkit.notation.names import Shape
from studentkit.notation.tree import (
    Apply,
    Cases,
    Compare,
)


class Conditions(Products):
    """Reads conditions."""

    def relation(self, syntax: Relation) -> Typed:
        left, right = self.read(syntax.left), self.read(syntax.right)
        shape = self.joined(left, right, syntax.operator, syntax)
        return Compare(syntax.operator, left[0], right[0]), shape

    def junction(self, syntax: Junction) -> Typed:
        left, right = self.condition(syntax.left), self.condition(syntax.right)
        shape = self.joined(left, right, syntax.operator, syntax)
        return Apply(syntax.operator, (left[0], right[0])), shape

    def condition(self, syntax: Syntax) -> Typed:
        tree, shape = self.read(syntax)
        if not is_condition(tree):
            raise Unreadable("a condition such as x > 0 is expected here", syntax.at)
        return tree, shape

    def indicator(self, syntax: Indicator | FunctionCall) -> Typed:
        if len(syntax.parts) != 1:
            raise Unreadable("one condition is expected here", syntax.at)
        return self.condition(syntax.parts[0])

    def cases(
        self, branches: list[tuple[Syntax, Syntax]], otherwise: Syntax | None, syntax: Syntax
    ) -> Typed:
        shape: Shape = ()
        made = []
        for condition, value in branches:
            one, two = self.condition(condition), self.read(value)
            for part in (one, two):
                shape = self.joined((one[0], shape), part, "cases", syntax)
            made.append((one[0], two[0]))
        last = None
        if otherwise is not None:
            last = self.read(otherwise)
            shape = self.joined((last[0], shape), last, "cases", syntax)
        return Cases(tuple(made), None if last is None else last[0]), shape

    def listed_cases(self, syntax: FunctionCall) -> Typed:
        """cases((1, x > 0), (0, x <= 0)), cases((x > 0, 1), 0), Piecewise((…), (0, True))."""
        branches: list[tuple[Syntax, Syntax]] = []
        otherwise: Syntax | None = None
        for number_, part in enumerate(syntax.arguments, 1):
            if otherwise is not None:
                raise Unreadable("nothing may follow the last case", part.at)
            if not isinstance(part, Series) or len(part.items) == 1:
                inner = part.items[0] if isinstance(part, Series) else part
                if number_ != len(syntax.arguments) or not branches:
                    raise Unreadable("a case is a pair: (value, condition)", part.at)
                otherwise = inner
                continue
            if len(part.items) != 2:
                raise Unreadable("a case is a pair: (value, condition)", part.at)
            value, condition = part.items
            if conditional(value) and not conditional(condition):
                value, condition = condition, value
            if isinstance(condition, Word) and condition.text in ("True", "otherwise", "else"):
                otherwise = value
            else:
                branches.append((condition, value))
        if not branches:
            raise Unreadable("there is no case with a condition", syntax.at)
        return self.cases(branches, otherwise, syntax)


def conditional(syntax: Syntax) -> bool:
    return isinstance(syntax, Relation | Junction | Denial)
