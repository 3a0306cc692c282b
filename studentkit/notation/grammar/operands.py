"""Operands and what follows them: calls, indices, .T, ', powers of T."""

from __future__ import annotations

from dataclasses import replace

from studentkit.notation.errors import Unreadable
from studentkit.notation.functions import KNOWN
from studentkit.notation.grammar.equations import ROUNDED, short
from studentkit.notation.grammar.syntax import (
    Entry,
    FractionSign,
    FunctionCall,
    Indicator,
    Listing,
    Numeral,
    Operation,
    PrimeMark,
    Syntax,
    Transposition,
)
from studentkit.notation.grammar.words import Words
from studentkit.notation.tokens import Token

_METHODS = frozenset(
    "dot sum mean trace diagonal max min exp log matmul mm norm relu sigmoid tanh softmax pow mul "
    "sqrt abs".split()
)


class Operands(Words):
    """Reads operands."""

    def postfixed(self) -> Syntax:
        at = self.next.at
        value: Syntax = self.operand()
        while True:
            token = self.next
            if self.sees("'"):
                self.take()
                value = self.make(PrimeMark, at, value)
            elif self.sees("%"):
                value = self.percent(value)
            elif self.sees("["):
                value = self.indexed(value)
            elif self.sees("_{"):
                self.take()
                value = self.make(Entry, at, value, tuple(self.arguments("}")))
            elif self.sees("."):
                follows = self.ahead()
                if follows.kind != "name":
                    return value
                self.take()
                value = self.attribute(value)
            elif self.sees("^", ".^") and self.transposing():
                value = self.make(Transposition, at, value)
            else:
                assert token is self.next
                return value

    def transposing(self) -> bool:
        """Take `^T`, `^{T}`, also with the next name glued on (`A^Tx`), if T is no name."""
        first, braced = self.ahead(), False
        if first.text in ("{", "(") and self.ahead(2).text in ("T", "t", "'"):
            closing = "}" if first.text == "{" else ")"
            if self.ahead(3).text == closing:
                first, braced = self.ahead(2), True
        if first.kind == "op" and first.text == "'" and not braced:
            self.place += 2
            return True
        if first.text == "'" and braced:
            self.place += 4
            return True
        if first.kind != "name" or self.question.resolve(first.text) is not None:
            return False
        if first.text == "T" or (
            braced and first.text == "t" and self.question.resolve("t") is None
        ):
            self.place += 4 if braced else 2
            return True
        rest = first.text[1:]
        if first.text[0] == "T" and (
            self.question.resolve(rest) or rest in KNOWN or self.letters(rest)
        ):
            self.place += 1
            self.tokens[self.place] = replace(first, text=rest, at=first.at + 1)
            return True
        return False

    def percent(self, value: Syntax) -> Syntax:
        if not isinstance(value, Numeral) or value.grouped or value.text.endswith("%"):
            raise Unreadable("`%` is read only after a number, as in 50%", self.next.at)
        percent = self.take()
        if self.starts_operand():
            raise Unreadable("`%` is read as per cent; a remainder is not read", percent.at)
        return self.make(Numeral, value.at, value.text + "%")

    def indexed(self, value: Syntax) -> Syntax:
        opening = self.take()
        if isinstance(value, Numeral) and value.text == "1":
            return self.make(Indicator, value.at, tuple(self.arguments("]")))
        if isinstance(value, Numeral):
            raise Unreadable("a number has no entries", opening.at)
        return self.make(Entry, value.at, value, tuple(self.arguments("]")))

    def attribute(self, value: Syntax) -> Syntax:
        token = self.take()
        at, name = value.at, token.text
        called = self.sees("(") and not self.next.spaced
        if name in ("T", "mT") and not called:
            return self.make(Transposition, at, value)
        if not called:
            raise Unreadable(
                f"`.{short(name)}` is not read; an array has .T, .dot(...), .sum() and .mean()",
                token.at,
            )
        parts, options = self.call_arguments()
        if name == "transpose" and _texts(parts) in (["0", "1"], ["1", "0"]):
            return self.make(Transposition, at, value)
        if name in ("t", "transpose") and not parts:
            return self.make(Transposition, at, value)
        if name not in _METHODS:
            raise Unreadable(f"`.{short(name)}(...)` is not read", token.at)
        if name in ("max", "min") and not parts:
            name = f"a{name}"
        return self.make(FunctionCall, at, name, (value, *parts), options)

    def exponent_apart(self, token: Token) -> None:
        """Refuse `3.0 e-3`, which is no product with Euler's number to whoever types it."""
        letter, sign, power = self.next, self.ahead(1), self.ahead(2)
        if letter.text not in ("e", "E") or self.question.resolve(letter.text) is not None:
            return
        if sign.text in ("+", "-") and power.kind == "number" and not power.spaced:
            meant = f"{token.text}e{sign.text}{power.text}"
            raise Unreadable(f"type {meant} without a space", letter.at)

    def operand(self) -> Syntax:
        token = self.next
        phrase = self.phrase()
        if phrase is not None:
            return phrase
        if token.kind in ("number", "fraction"):
            self.take()
            if token.kind == "fraction":
                return self.make(FractionSign, token.at, token.text)
            made = self.make(Numeral, token.at, token.text)
            if token.text.isdigit() and self.next.kind == "fraction":  # 3⅓
                part = self.take()
                sign = self.make(FractionSign, part.at, part.text)
                return replace(self.make(Operation, token.at, "+", made, sign), grouped=True)
            self.exponent_apart(token)
            if token.text == "1":
                called = self.sees("(") and not self.next.spaced and self.holds_comparison()
                if called or self.sees("{", "_{"):
                    return self.indicator(token)
            return made
        if token.kind == "name":
            return self.named()
        if token.text in ("(", "{"):
            return self.group()
        if token.text == "[":
            self.take()
            return self.make(Listing, token.at, tuple(self.arguments("]")))
        if token.text in ("|", "||") and token.kind == "op":
            self.take()
            self.bars += 1
            inner = self.expression()
            self.bars -= 1
            self.expect(token.text, " to close the bars")
            name = "abs" if token.text == "|" else "norm"
            return self.make(FunctionCall, token.at, name, (inner,), ())
        if token.text in ROUNDED:
            self.take()
            closing, name = ROUNDED[token.text]
            inside = self.arguments(closing)
            return self.make(FunctionCall, token.at, name, tuple(inside), ())
        if token.text.startswith("\\begin"):
            return self.environment()
        raise self.unexpected()


def _texts(parts: list[Syntax]) -> list[str]:
    return [part.text for part in parts if isinstance(part, Numeral)]
