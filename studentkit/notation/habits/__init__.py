"""Other ways to write the same: what people type where the grammar's own notation is not theirs.

An answer that cannot be read as it stands is written anew by the rules here and read once more.
What is read already is never touched by them, so no rule can change the meaning of an answer; the
reading says what became of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from studentkit.notation.habits.mathematics import rewritten
from studentkit.notation.habits.numerals import as_number, asks_for_bits, counted
from studentkit.notation.habits.ones import with_ones
from studentkit.notation.habits.several import as_series, laid, placed, product_of
from studentkit.notation.habits.spoken import spoken_cases, without_phrases, without_remark
from studentkit.notation.names import Names

__all__ = ["asks_for_bits", "laid", "placed", "product_of", "respelled", "spoken_cases"]


def respelled(text: str, question: Names) -> Iterator[str]:
    """Return `text` in other words, the likeliest first; nothing where no rule knows more."""
    if question.kind == "tuple" and (numbers := product_of(text, question.form)) is not None:
        yield numbers
    made = without_remark(without_phrases(text))
    if question.kind == "number":
        made = as_number(made)
    elif question.kind in ("tuple", "design"):
        made = as_series(counted(made, question.form), question.form)
    made = spoken_cases(rewritten(made, question))
    if made != text:
        yield made
    if question.kind == "expression":
        yield from with_ones(made, question)
