"""Where the parser stands among the tokens, what it has open, and how it makes a node."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TypeVar

from studentkit.notation.errors import Unreadable
from studentkit.notation.grammar.equations import short
from studentkit.notation.grammar.syntax import Node, Syntax
from studentkit.notation.names import Names
from studentkit.notation.tokens import Token, tokenize

MAX_DEPTH = 100  # of the syntax; what walks it later may recurse
_MAX_OPEN = 60  # unfinished rules at one time

Kind = TypeVar("Kind", bound=Node)


class Cursor(ABC):
    """The tokens of one answer; rules of the grammar are added by subclasses."""

    def __init__(self, tokens: list[Token], text: str, question: Names) -> None:
        """Begin at the first token."""
        self.tokens = tokens
        self.text = text
        self.question = question
        self.place = 0
        self.open = 0
        self.bars = 0
        self.bound: list[str] = []
        self.notes: list[str] = []
        self.phrases = _phrases(question)

    @property
    def next(self) -> Token:
        return self.tokens[self.place]

    def ahead(self, count: int = 1) -> Token:
        return self.tokens[min(self.place + count, len(self.tokens) - 1)]

    def take(self) -> Token:
        token = self.next
        if token.kind != "end":
            self.place += 1
        return token

    def sees(self, *texts: str) -> bool:
        return self.next.kind != "end" and self.next.kind != "number" and self.next.text in texts

    def expect(self, text: str, why: str = "") -> Token:
        if not self.sees(text):
            raise Unreadable(f"`{text}` is expected here{why}", self.next.at)
        return self.take()

    def finish(self) -> None:
        if self.sees("."):
            self.take()  # a full stop
        token = self.next
        if token.kind == "end":
            return
        if token.text in (")", "]", "}"):
            raise Unreadable(f"`{token.text}` closes a bracket that was never opened", token.at)
        raise self.unexpected()

    def unexpected(self) -> Unreadable:
        token = self.next
        if token.kind == "end":
            return Unreadable("something is missing at the end", token.at)
        if token.text in (":", ":=", "="):
            return Unreadable(f"`{token.text}` is not read here", token.at)
        return Unreadable(f"`{short(token.text)}` is not expected here", token.at)

    def make(self, kind: type[Kind], at: int, *fields: object) -> Kind:
        """Return a node that ends where the last token did; refuse what is nested too deeply."""
        depth = 1 + max(map(_depth, fields), default=0)
        if depth > MAX_DEPTH:
            raise Unreadable("this is nested too deeply, or too long a chain", at)
        end = self.tokens[self.place - 1].end if self.place else self.next.end
        return kind(*fields, at=at, end=end, depth=depth)

    def guard(self) -> None:
        self.open += 1
        if self.open > _MAX_OPEN:
            raise Unreadable("this is nested too deeply", self.next.at)

    def closing(self) -> int:
        """Return where the bracket that opens here closes, or the end."""
        depth = 0
        for place in range(self.place, len(self.tokens)):
            text = self.tokens[place].text
            depth += (text in ("(", "[", "{", "_{")) - (text in (")", "]", "}"))
            if depth == 0:
                return place
        return len(self.tokens) - 1

    # rules that others stand in for brackets, calls and sums

    @abstractmethod
    def listed(self) -> Syntax:
        """One expression, or several with commas between them."""

    @abstractmethod
    def expression(self) -> Syntax:
        """Read the loosest rule."""

    @abstractmethod
    def sum(self) -> Syntax:
        """Read terms with + and - between them."""

    @abstractmethod
    def product(self) -> Syntax:
        """Read factors, written or side by side."""

    @abstractmethod
    def power(self) -> Syntax:
        """Read an operand, perhaps with an exponent."""

    @abstractmethod
    def postfixed(self) -> Syntax:
        """Read an operand with what follows it."""

    @abstractmethod
    def starts_operand(self) -> bool:
        """Tell whether a factor may begin here."""


def _depth(field: object) -> int:
    if isinstance(field, Node):
        return field.depth
    if isinstance(field, tuple):
        return max(map(_depth, field), default=0)
    return 0


def _phrases(question: Names) -> dict[tuple[str, ...], str]:
    """Return the aliases that are several tokens long."""
    found = {}
    for alias, name in question.aliases.items():
        words = tuple(token.text for token in tokenize(alias)[:-1])
        if len(words) > 1:
            found[words] = name
    return found
