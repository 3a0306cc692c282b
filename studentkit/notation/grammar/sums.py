"""Sums over an index: `sum_k …`, `Σ_{k=1}^{n} …`."""

from __future__ import annotations

from studentkit.notation.errors import Unreadable
from studentkit.notation.grammar.brackets import Brackets
from studentkit.notation.grammar.syntax import Relation, Span, Summation, Syntax, Word


class Sums(Brackets):
    """Reads sums."""

    def summed(self, at: int, index: str) -> Syntax:
        """`sum_k s_k`, `sum_k (…)`, `Σ_k^n …`: over the product that follows."""
        bounds = []
        if self.sees("^"):
            self.take()
            self.guard()
            bounds.append(self.postfixed() if not self.sees("{") else self.group())
            self.open -= 1
        self.bound.append(index)
        self.guard()
        body = self.product()
        self.open -= 1
        self.bound.pop()
        made = self.make(Span, at, index, tuple(bounds))
        return self.make(Summation, at, body, made, None)

    def big_sum(self, at: int) -> Syntax:
        """`Σ_{k=1}^{n} …`, `Σ_{k≠i} …`, or a bare Σ, which has no index to run over."""
        if not self.sees("_{"):
            raise Unreadable("type what the sum runs over: sum(s_k*z_k, k)", at)
        self.take()
        index = self.take()
        if index.kind != "name" or len(index.text) > 2:
            raise Unreadable("an index is one letter", index.at)
        start: Syntax | None = None
        condition: Syntax | None = None
        if self.sees("="):
            self.take()
            self.guard()
            start = self.sum()
            self.open -= 1
        elif self.sees("!="):
            self.take()
            other = self.sum()
            name = self.make(Word, index.at, index.text)
            condition = self.make(Relation, index.at, "!=", name, other)
        self.expect("}")
        bounds = [] if start is None else [start]
        if self.sees("^"):
            self.take()
            self.guard()
            bounds.append(self.postfixed() if not self.sees("{") else self.group())
            self.open -= 1
        if start is not None and len(bounds) == 1:
            raise Unreadable("the sum has no upper bound", at)
        self.bound.append(index.text)
        self.guard()
        body = self.product()
        self.open -= 1
        self.bound.pop()
        made = self.make(Span, at, index.text, tuple(bounds))
        return self.make(Summation, at, body, made, condition)
