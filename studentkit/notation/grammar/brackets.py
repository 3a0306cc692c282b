"""Brackets of all kinds, and what stands in those of a call."""

from __future__ import annotations

from dataclasses import replace

from studentkit.notation.errors import Unreadable
from studentkit.notation.grammar.cursor import Cursor
from studentkit.notation.grammar.syntax import Indicator, Series, Span, Syntax
from studentkit.notation.tokens import Token

COMPARE = {"<", "<=", ">", ">=", "==", "!="}

MIXED = "`,` and `;` are mixed; write rows as [[a, b], [c, d]] and decimals with a point"


class Brackets(Cursor):
    """Reads what is enclosed."""

    def group(self) -> Syntax:
        opening = self.take()
        closing = ")" if opening.text == "(" else "}"
        if self.sees(closing):
            raise Unreadable("there is nothing between these brackets", opening.at)
        bars, self.bars = self.bars, 0
        self.guard()
        inner = self.listed()
        self.open -= 1
        self.bars = bars
        self.expect(closing, f" to close the bracket at character {opening.at}")
        if isinstance(inner, Series) and closing == "}":
            raise Unreadable("braces with commas are not read; use round brackets", opening.at)
        return replace(inner, grouped=True)

    def arguments(self, closing: str) -> list[Syntax]:
        """Return what stands up to `closing`, with commas between."""
        bars, self.bars = self.bars, 0
        items: list[Syntax] = []
        separators: set[str] = set()
        while not self.sees(closing):
            self.guard()
            items.append(self.expression())
            self.open -= 1
            if not self.sees(closing):
                separator = "," if not self.sees(";") else ";"
                separators.add(separator)
                self.expect(separator, f" or `{closing}`")
        if len(separators) == 2:  # rows, or decimal commas: never one long list
            raise Unreadable(MIXED, self.next.at)
        self.take()
        self.bars = bars
        if not items:
            raise Unreadable(
                f"nothing stands before this `{closing}`", self.tokens[self.place - 1].at
            )
        return items

    def call_arguments(self) -> tuple[list[Syntax], tuple[tuple[str, Syntax], ...]]:
        """Return the arguments in round brackets (or braces), and those with `axis=`."""
        if not self.sees("(", "{"):
            raise Unreadable("`(` is expected here", self.next.at)
        closing = ")" if self.take().text == "(" else "}"
        bars, self.bars = self.bars, 0
        items: list[Syntax] = []
        options: list[tuple[str, Syntax]] = []
        while not self.sees(closing):
            self.guard()
            named = self.next.kind == "name" and self.ahead().text == "="
            if named and self.next.text in ("axis", "dim", "keepdims", "keepdim", "dtype"):
                key = self.take().text
                self.take()
                options.append((key, self.expression()))
            else:
                items.append(self.expression())
            self.open -= 1
            if self.sees("for"):
                items.append(self.generator())
            if not self.sees(closing):
                self.expect(",", f" or `{closing}`")
        self.take()
        self.bars = bars
        return items, tuple(options)

    def generator(self) -> Syntax:
        """`for k in range(n)` after the body of a sum."""
        at = self.take().at
        index = self.take()
        if index.kind != "name" or len(index.text) > 2:
            raise Unreadable("an index is one letter", index.at)
        self.expect("in")
        self.expect("range", "; write `for k in range(n)`")
        bounds, _ = self.call_arguments()
        if not 1 <= len(bounds) <= 2:
            raise Unreadable("`range` takes one or two numbers here", at)
        return self.make(Span, at, index.text, tuple(bounds))

    def holds_comparison(self) -> bool:
        """Tell whether the bracket that opens here holds a comparison, not within another."""
        depth = 0
        for token in self.tokens[self.place : self.closing()]:
            depth += (token.text in ("(", "[", "{", "_{")) - (token.text in (")", "]", "}"))
            if depth == 1 and (token.text in COMPARE or token.text == "="):
                return True
        return False

    def indicator(self, token: Token) -> Syntax:
        opening = self.take()
        closing = {"[": "]", "{": "}", "_{": "}", "(": ")"}[opening.text]
        return self.make(Indicator, token.at, tuple(self.arguments(closing)))
