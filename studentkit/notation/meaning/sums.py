"""Sums over an index, whose size the entries in them give."""

from __future__ import annotations

from fractions import Fraction

from studentkit.notation.errors import Unreadable
from studentkit.notation.grammar.syntax import (
    Entry,
    Numeral,
    Operation,
    Series,
    Span,
    Syntax,
    Word,
)
from studentkit.notation.meaning.conditions import Conditions
from studentkit.notation.meaning.shapes import UNSIZED, Typed, number
from studentkit.notation.meaning.words import ENTRY
from studentkit.notation.tree import (
    Cases,
    Name,
    Number,
    Sum,
    Tree,
)

MAX_SIZE = 64  # of eye(n) and the like
MAX_WORK = 20_000  # nodes that evaluation visits, sums unrolled


class Totals(Conditions):
    """Reads sums."""

    def summed(
        self, body: Syntax, span: Span, syntax: Syntax, condition: Syntax | None = None
    ) -> Typed:
        """Sum `body` over the index of `span`, whose extent the entries in `body` give."""
        index = span.index
        if not index.isalpha() or index in self.bound:
            raise Unreadable(f"`{index}` cannot be the index of this sum", span.at)
        if len(self.bound) >= 3:
            raise Unreadable("more than three sums within sums", syntax.at)
        self.bound[index] = None
        before = self.work
        tree, shape = self.read(body)
        if condition is not None:
            wanted, _ = self.condition(condition)
            tree = Cases(((wanted, tree),), Number(Fraction(0)))
        size = self.bound.pop(index)
        if shape == UNSIZED:
            raise Unreadable("say how large the identity is, as in eye(n)", syntax.at)
        if size is None:
            raise Unreadable(f"nothing in this sum has an entry number {index}", syntax.at)
        self.work += (self.work - before) * (size - 1)
        if self.work > MAX_WORK:
            raise Unreadable("sums within sums are too large here", syntax.at)
        self.check_span(span, size)
        return Sum(index, size, tree), shape

    def check_span(self, span: Span, size: int) -> None:
        """Accept bounds that mean all entries: 0 to n-1, 1 to n, range(n)."""
        bounds = [self.extent(part) for part in span.bounds]
        if not bounds:
            return
        first = bounds[0] if len(bounds) == 2 else None
        last = bounds[-1]
        good = {(0, size - 1), (1, size), (0, size), (None, size), (None, None)}
        if last is None:
            self.note(f"{span.index} runs over all {size} entries")
            last = size if first != 0 else size - 1
        if (first, last) not in good:
            raise Unreadable(f"{span.index} has to run over all {size} entries", span.at)

    def extent(self, syntax: Syntax) -> int | None:
        """Return the value of a bound, None if it is a letter of the student's own."""
        match syntax:
            case Word(text) if len(text) == 1 and self.question.resolve(text) is None:
                return None
            case Operation("-", left, Numeral("1")):
                inner = self.extent(left)
                return None if inner is None else inner - 1
        return self.size(syntax)[1]

    def size(self, syntax: Syntax) -> tuple[Tree, int]:
        """Return a size as a tree and as an integer."""
        if isinstance(syntax, Numeral):
            made = number(syntax.text)
            if made.value.denominator == 1 and made.value <= MAX_SIZE:
                return made, int(made.value)
        if isinstance(syntax, Word):
            name = self.question.resolve(syntax.text)
            if name in self.question.sizes:
                return Name(name), self.question.sizes[name]
        raise Unreadable(
            f"a size of this question, or a number to {MAX_SIZE}, is expected", syntax.at
        )

    def span(self, rest: tuple[Syntax, ...]) -> Span | None:
        """Return what a sum runs over: `k`, `(k, 0, n - 1)`, `k, 0, n - 1`, `for k in ...`."""
        first = rest[0] if rest else None
        if len(rest) == 1 and isinstance(first, Span):
            return first
        if len(rest) == 1 and isinstance(first, Series) and len(first.items) == 3:
            rest, first = first.items, first.items[0]
        if len(rest) not in (1, 3) or not isinstance(first, Word) or len(first.text) > 2:
            return None
        return Span(first.text, rest[1:], at=first.at, end=first.end)

    def free_index(self, body: Syntax) -> str | None:
        """Return the one letter that stands as an index in `body` and is nothing else yet."""
        found: set[str] = set()
        waiting = [body]
        while waiting:
            part = waiting.pop()
            if isinstance(part, Entry):
                letters = [inner.text for inner in part.indices if isinstance(inner, Word)]
                found.update(letter for letter in letters if self.index_name(letter) is None)
            elif isinstance(part, Word) and self.question.resolve(part.text) is None:
                match = ENTRY.match(part.text)
                if match and match[2].isalpha():
                    found.update(letter for letter in match[2] if self.index_name(letter) is None)
            waiting.extend(part.parts)
        return found.pop() if len(found) == 1 else None
