"""Names and functions: what a word means by what stands around it."""

from __future__ import annotations

import re
from dataclasses import replace

from studentkit.notation.errors import Unreadable
from studentkit.notation.functions import BARE, KNOWN, MODULES, REFUSED
from studentkit.notation.grammar.equations import short
from studentkit.notation.grammar.latex import Latex
from studentkit.notation.grammar.syntax import FunctionCall, Numeral, Operation, Syntax, Word
from studentkit.notation.tokens import Token

_SUM_NAMES = re.compile(r"(?:sum|Sum|Sigma)_([a-z])\Z")
_INDICATOR = {"1", "indicator", "Indicator", "I", "ind"}


class Words(Latex):
    """Reads names and calls."""

    def named(self) -> Syntax:
        token = self.take()
        name, at = token.text, token.at
        if self.question.resolve(name) is not None or name in self.bound:
            declared = self.make(Word, at, name)
            both = name in KNOWN and name not in self.bound
            if both and self.sees("(") and not self.next.spaced:
                return self.perhaps_called(declared)
            return declared
        if name in MODULES and self.sees("."):
            self.take()
            if self.next.kind != "name":
                raise self.unexpected()
            if self.next.text in MODULES and self.ahead().text == ".":
                return self.named()
            function = self.take()
            if function.text in ("pi", "e"):
                return self.make(Word, at, function.text)
            return self.function(function, at)
        match = _SUM_NAMES.match(name)
        if match:
            return self.summed(at, match[1])
        if name in ("sum", "Sum", "Sigma") and not self.sees("("):
            return self.big_sum(at)
        indicates = name != "I" or not self.sees("(") or self.holds_comparison()
        if name in _INDICATOR and self.sees("[", "{", "_{", "(") and indicates:
            return self.indicator(token)
        if name == "frac":
            return self.fraction(at)
        if name in REFUSED and self.sees("(", "{"):
            raise Unreadable(f"`{name}` is not read: {REFUSED[name]}", at)
        if name in ("e", "pi", "E"):
            return self.make(Word, at, name)
        if name in KNOWN and (self.sees("(", "{", "'", "^") or name in BARE):
            return self.function(token, at)
        if self.splits(token):
            return self.named()
        if self.sees("(") and not self.next.spaced and not _entry_like(name):
            raise Unreadable(f"`{short(name)}` is no function that is known here", at)
        return self.make(Word, at, name)

    def function(self, token: Token, at: int) -> Syntax:
        name = token.text
        if name in REFUSED:
            raise Unreadable(f"`{name}` is not read: {REFUSED[name]}", at)
        if name not in KNOWN:
            raise Unreadable(f"`{short(name)}` is no function that is known here", token.at)
        if self.sees("'") and name in ("sigma", "sigmoid", "relu", "tanh"):
            if name != "sigma":
                raise Unreadable(f"write out the derivative of {name}", self.next.at)
            self.take()
            name = "sigma_prime"
        if self.sees("^"):
            return self.raised(token, at, name)
        return self.applied(name, at)

    def raised(self, token: Token, at: int, name: str) -> Syntax:
        """`sigma^2(x)`: the square of sigma(x)."""
        texts = [self.ahead(count).text for count in range(1, 5)]
        plain, braced = texts[0].isdigit(), texts[0] == "{" and texts[1].isdigit()
        called = texts[1] if plain else texts[3] if braced and texts[2] == "}" else ""
        if not called or called not in "({":
            raise Unreadable(
                f"put the power after the argument, as in {name}(x)^2, or the argument in "
                f"brackets, as in {name}(x)",
                self.next.at,
            )
        self.take()
        exponent = self.power() if plain else self.group()
        called_there = self.applied(name, at)
        return replace(self.make(Operation, at, "^", called_there, exponent), grouped=True)

    def applied(self, name: str, at: int) -> Syntax:
        """Read the argument of a function, in brackets or without."""
        if name == "sqrt" and self.sees("["):
            raise Unreadable("only square roots are read", self.next.at)
        if self.sees("(", "{"):
            parts, options = self.call_arguments()
            if not parts:
                raise Unreadable(f"`{name}` needs something in its brackets", at)
            return self.make(FunctionCall, at, name, tuple(parts), options)
        if name not in BARE:
            raise Unreadable(f"`{name}` needs its argument in brackets", at)
        self.guard()
        argument = self.power()
        self.open -= 1
        cut = isinstance(argument, Numeral) and self.sees("/")
        if (self.starts_operand() or cut) and name != "sqrt":
            raise Unreadable(f"how far does {name} reach? type {name}(...) with brackets", at)
        return self.make(FunctionCall, at, name, (argument,), ())

    def perhaps_called(self, declared: Word) -> Syntax:
        """Tell σ(z), the function, from σ(1-σ), a product with the σ of the question."""
        if declared.text not in ("sigma", "softmax", "sigmoid", "relu", "heaviside"):
            return declared
        inside = self.tokens[self.place + 1 : self.closing()]
        if any(token.kind == "name" and token.text == declared.text for token in inside):
            return declared
        parts, options = self.call_arguments()
        return self.make(FunctionCall, declared.at, declared.text, tuple(parts), options)

    def letters(self, name: str) -> bool:
        return bool(name) and all(letter in self.question.shapes for letter in name)

    def splits(self, token: Token) -> bool:
        """Cut XW into X and W where only these are names; put both back among the tokens."""
        name = token.text
        if not 2 <= len(name) <= 4 or token.end - token.at != len(name) or name in KNOWN:
            return False
        if not self.letters(name):
            return False
        note = f"`{name}` is read as {'*'.join(name)}"
        if note not in self.notes:
            self.notes.append(note)
        letters = [
            Token("name", letter, token.at + place, token.at + place + 1)
            for place, letter in enumerate(name)
        ]
        self.place -= 1
        self.tokens[self.place : self.place + 1] = letters
        return True


def _entry_like(name: str) -> bool:
    """Tell whether `name` may be an entry such as s_i, which a product may follow."""
    return re.fullmatch(r"[A-Za-z]+_[a-z]{1,2}", name) is not None
