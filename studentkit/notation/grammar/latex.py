"""Fractions and environments of LaTeX, and aliases that are longer than a word."""

from __future__ import annotations

from dataclasses import replace

from studentkit.notation.errors import Unreadable
from studentkit.notation.grammar.equations import short
from studentkit.notation.grammar.sums import Sums
from studentkit.notation.grammar.syntax import (
    FunctionCall,
    Listing,
    Operation,
    Series,
    Syntax,
    Word,
)


class Latex(Sums):
    """Reads what LaTeX has of its own."""

    def environment(self) -> Syntax:
        r"""\begin{cases} 1 & x > 0 \\ 0 & x \le 0 \end{cases}, and matrices."""
        opening = self.take()
        name = opening.text.removeprefix("\\begin{").removesuffix("}")
        if name not in ("cases", "pmatrix", "bmatrix", "matrix"):
            raise Unreadable(f"the LaTeX environment {short(name)} is not read", opening.at)
        closing = f"\\end{{{name}}}"
        rows: list[Syntax] = []
        self.guard()
        while not self.sees(closing):
            at = self.next.at
            cells = [self.expression()]
            while self.sees("&", ","):
                self.take()
                while self.next.text in ("if", "for") and self.next.kind == "name":
                    self.take()
                if self.sees("otherwise", "else"):
                    self.take()
                    continue
                cells.append(self.expression())
            several = tuple(cells)
            if name == "cases":
                rows.append(self.make(Series, at, several))
            else:
                rows.append(self.make(Listing, at, several))
            if not self.sees(closing):
                self.expect("\\\\", f" or `{closing}`")
        self.take()
        self.open -= 1
        if not rows:
            raise Unreadable("this LaTeX environment is empty", opening.at)
        if name == "cases":
            return self.make(FunctionCall, opening.at, "cases", tuple(rows), ())
        return self.make(Listing, opening.at, tuple(rows))

    def fraction(self, at: int) -> Syntax:
        r"""Read \frac{a}{b}; \frac{\partial L}{\partial w} may be a name of the question."""
        start = self.place
        parts: list[Syntax] = []
        texts = []
        for _ in range(2):
            if self.sees("("):
                top, _options = self.call_arguments()
                if len(top) == 2 and not parts:
                    return replace(self.make(Operation, at, "/", *top), grouped=True)
                raise Unreadable("`frac` takes two arguments", at)
            opening = self.expect("{", r"; write \frac{a}{b}")
            place = self.place
            depth = 1
            while depth and self.next.kind != "end":
                depth += {"{": 1, "_{": 1, "}": -1}.get(self.next.text, 0)
                self.take()
            if depth:
                raise Unreadable("this brace is never closed", opening.at)
            texts.append(tuple(token.text for token in self.tokens[place : self.place - 1]))
        name = self.phrases.get((*texts[0], "/", *texts[1]))
        if name is not None:
            return self.make(Word, at, name)
        self.place = start
        for _ in range(2):
            parts.append(replace(self.group(), grouped=True))
        return replace(self.make(Operation, at, "/", *parts), grouped=True)

    def phrase(self) -> Syntax | None:
        """Return the name that the longest alias beginning here stands for, as dL/dw."""
        best: tuple[str, ...] = ()
        for words in self.phrases:
            here = self.tokens[self.place : self.place + len(words)]
            if len(words) > len(best) and tuple(token.text for token in here) == words:
                best = words
        if not best:
            return None
        at = self.next.at
        self.place += len(best)
        return self.make(Word, at, self.phrases[best])
