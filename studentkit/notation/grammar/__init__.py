"""Parses tokens into syntax: what stands where, before anything is known of shapes.

Precedence, loosest first: if/else; or; and; not; comparisons; + -; products and quotients from
left to right, written or by juxtaposition; sign; powers from right to left; what follows an
operand (calls, indices, .T, ', powers of T).
"""

from __future__ import annotations

from studentkit.notation.errors import Unreadable
from studentkit.notation.grammar.equations import assigned, labelled, right_side, rounded
from studentkit.notation.grammar.operators import Parser
from studentkit.notation.grammar.syntax import Labelled, Syntax
from studentkit.notation.names import Names
from studentkit.notation.tokens import tokenize


def parse(text: str, question: Names) -> tuple[Syntax, tuple[str, ...]]:
    """Return the syntax of what counts in `text`, and notes on what does not."""
    tokens = tokenize(text)
    notes: list[str] = []
    labels, tokens = labelled(tokens) if question.kind == "design" else ((), tokens)
    if not labels:
        tokens = right_side(assigned(tokens, notes), text, question.kind, notes)
        tokens = rounded(tokens, notes)
    if tokens[0].kind == "end":
        raise Unreadable("nothing is typed here", 0 if not notes else tokens[0].at)
    parser = Parser(tokens, text, question)
    found = parser.listed()
    parser.finish()
    if labels and len(found.parts) == len(labels):
        found = parser.make(Labelled, found.at, tuple(zip(labels, found.parts, strict=True)))
    return found, (*notes, *parser.notes)
