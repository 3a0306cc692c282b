"""Operators, from the loosest to the tightest."""

from __future__ import annotations

from studentkit.notation.errors import Unreadable
from studentkit.notation.grammar.brackets import COMPARE, MIXED
from studentkit.notation.grammar.equations import ROUNDED
from studentkit.notation.grammar.operands import Operands
from studentkit.notation.grammar.syntax import (
    Conditional,
    Denial,
    Junction,
    Operation,
    Opposite,
    Relation,
    Series,
    Syntax,
)

_NUMERALS = ("number", "fraction")
_PRODUCTS = {"*", "·", "/", "//", "@", "∘", "⊗"}
_NO_FACTORS = {"and", "or", "if", "else", "for", "in", "is", "not", "lambda_"}


class Parser(Operands):
    """The whole grammar."""

    def listed(self) -> Syntax:
        """One expression, or several with commas between them."""
        at = self.next.at
        items = [self.expression()]
        separators: set[str] = set()
        while self.sees(",", ";"):
            separators.add(self.take().text)
            if self.next.kind == "end" or self.sees(")", "]"):
                break
            items.append(self.expression())
        if len(separators) == 2:
            raise Unreadable(MIXED, at)
        return self.make(Series, at, tuple(items)) if separators else items[0]

    def expression(self) -> Syntax:
        self.guard()
        at = self.next.at
        value = self.either()
        if self.sees("if"):
            self.take()
            condition = self.either()
            self.expect("else", "; write `a if x > 0 else b`")
            value = self.make(Conditional, at, condition, value, self.expression())
        self.open -= 1
        return value

    def either(self) -> Syntax:
        at = self.next.at
        value: Syntax = self.both()
        while self.sees("or"):
            self.take()
            value = self.make(Junction, at, "or", value, self.both())
        return value

    def both(self) -> Syntax:
        at = self.next.at
        value: Syntax = self.comparison()
        while self.sees("and"):
            self.take()
            value = self.make(Junction, at, "and", value, self.comparison())
        return value

    def comparison(self) -> Syntax:
        at = self.next.at
        if self.sees("not"):
            self.take()
            self.guard()
            value = self.make(Denial, at, self.comparison())
            self.open -= 1
            return value
        left = self.sum()
        found: Syntax | None = None
        while self.next.text in COMPARE or (self.sees("=") and self.open > 1):
            operator = self.take().text
            right = self.sum()
            said = "==" if operator == "=" else operator
            link = self.make(Relation, at, said, left, right)
            found = link if found is None else self.make(Junction, at, "and", found, link)
            left = right
        return found or left

    def sum(self) -> Syntax:
        at = self.next.at
        value: Syntax = self.product()
        while self.sees("+", "-"):
            operator = self.take().text
            value = self.make(Operation, at, operator, value, self.product())
        return value

    def product(self) -> Syntax:
        at = self.next.at
        value: Syntax = self.signed()
        while True:
            if self.sees(*_PRODUCTS):
                operator = self.take().text
                value = self.make(Operation, at, operator, value, self.signed())
            elif self.starts_operand():
                if self.tokens[self.place - 1].kind in _NUMERALS and self.next.kind in _NUMERALS:
                    raise self.two_numbers()
                value = self.make(Operation, at, "", value, self.power())
            else:
                return value

    def two_numbers(self) -> Unreadable:
        """Say what to type where a number follows a number."""
        last, token = self.tokens[self.place - 1], self.next
        if len(token.text) == 3 and token.text.isdigit() and last.text.isdigit():
            return Unreadable(f"type {last.text}{token.text} without a space", token.at)
        return Unreadable("two numbers in a row: something is missing between them", token.at)

    def starts_operand(self) -> bool:
        token = self.next
        if token.kind in ("number", "fraction"):
            return True
        if token.kind == "name":
            return token.text not in _NO_FACTORS
        if token.text in ("|", "||"):
            return self.bars == 0
        return (token.kind == "op" and token.text in ("(", "{", *ROUNDED)) or token.text.startswith(
            "\\begin"
        )

    def signed(self) -> Syntax:
        at = self.next.at
        if not self.sees("-", "+"):
            return self.power()
        self.guard()
        minus = self.take().text == "-"
        value = self.signed()
        self.open -= 1
        return self.make(Opposite, at, value) if minus else value

    def power(self) -> Syntax:
        at = self.next.at
        base = self.postfixed()
        if not self.sees("^", ".^"):
            return base
        self.guard()
        operator = self.take().text
        exponent = self.exponent()
        self.open -= 1
        value = self.make(Operation, at, operator, base, exponent)
        if self.sees("^"):
            raise self.unexpected()
        return value

    def exponent(self) -> Syntax:
        label = [self.ahead(count).text for count in (0, 1, 3, 4)] == ["{", "(", ")", "}"]
        if label and self.ahead(2).kind == "number" and self.ahead(2).at > self.next.at:
            raise Unreadable(
                "is this a power or a label? type x^2 for a power, W_2 for a name", self.next.at
            )
        return self.signed()
