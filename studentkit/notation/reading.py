"""Reads a typed answer, or a value given as one, and shows how it was read."""

from __future__ import annotations

import contextlib
import math
import numbers
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from studentkit.notation.bounds import check_size
from studentkit.notation.errors import UNANSWERED, Unreadable
from studentkit.notation.grammar import parse
from studentkit.notation.grammar.equations import short
from studentkit.notation.habits import (
    asks_for_bits,
    laid,
    placed,
    product_of,
    respelled,
    spoken_cases,
)
from studentkit.notation.mathml import mathml
from studentkit.notation.meaning import Meaning, tuple_shape
from studentkit.notation.names import Names
from studentkit.notation.symbols import plain
from studentkit.notation.text import text as written
from studentkit.notation.tokens import MAX_DIGITS, MAX_EXPONENT, MAX_LENGTH
from studentkit.notation.tree import Apply, Matrix, Number, Record, Tree, Tuple

MAX_VALUES = 1000  # numbers in one answer
MAX_LEVELS = 8  # lists within lists

_THOUSANDS = re.compile(r"(?<![0-9.,_A-Za-z])[1-9][0-9]{0,2}(?:,[0-9]{3})+(?![0-9,_A-Za-z])")
# 60,000, 10,000: three digits that begin with 0 are no number of their own
_ZEROS = re.compile(r"[0-9],0[0-9]{2}(?![0-9.])")
_COMMA = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")
_GROUPED = re.compile(
    r"\s*\(?\s*[0-9]{1,3}(?:,[0-9]{3})*"
    r"(?:(?:[,;]|,?\s+and)\s+[0-9]{1,3}(?:,[0-9]{3})*)+\s*\)?\s*\Z"
)
_TIMES = re.compile(r"\s*[0-9]{1,9}(?:\s*(?:[xX×]|\bby\b)\s*[0-9]{1,9})+\s*\Z")
_DECIMAL_COMMA = re.compile(r"\s*[+-]?[0-9.]*[0-9],[0-9]+\s*%?\s*\Z")
_CONDITION = re.compile(
    r"\b(?:if|for|when|where)\b[^=<>!]*=(?!=)[^=]*(?:\b(?:if|for|when|where)\b|;)"
)
_POWER_OF_TEN = re.compile(r"(?<=[0-9.])(\s*)[xX](?=\s*10\s*(?:\^|\*\*|[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]))")


@dataclass(frozen=True)
class Reading:
    """How an answer was read.

    `shape` is () for a scalar, (rows, columns) for an array; of several answers that of the nested
    list, or None where its lengths differ. `notes` are sentences on what could have been meant
    otherwise.
    """

    tree: Tree
    shape: tuple[int, ...] | None
    notes: tuple[str, ...] = ()
    declared: frozenset[str] = frozenset()

    def text(self) -> str:
        """Return the answer in ordinary notation, with all that was left out."""
        return str(written(self.tree, self.declared))

    def mathml(self) -> str:
        """Return the answer as a MathML element."""
        return str(mathml(self.tree))


def read(text: str, question: Names) -> Reading:
    """Return how `text` is read in `question`; raise `Unreadable` where it cannot be."""
    if not isinstance(text, str):
        raise Unreadable("a typed answer is expected")
    if len(text) > MAX_LENGTH:
        raise Unreadable(f"the answer has {len(text)} characters; at most {MAX_LENGTH} are read")
    if not text.strip():
        raise Unreadable(UNANSWERED)
    typed = plain(text)
    if question.kind == "expression" and _CONDITION.search(typed):
        # `p when y = 1; 1-p when y = 0` is no equation, whose right side counts
        typed = spoken_cases(typed)
    try:
        reading = _read(typed, question)
    except Unreadable as refusal:
        for other in respelled(typed, question):
            with contextlib.suppress(Unreadable):
                return _told(text, _read(other, question))
        raise refusal
    several: str | None = None
    if question.kind == "tuple" and reading.shape == ():
        several = product_of(typed, question.form)
    elif question.kind == "design" and "=" in typed:
        several = placed(typed, question.form)
    elif question.kind in ("tuple", "design"):
        several = laid(typed, question.form)
    if several is not None:
        with contextlib.suppress(Unreadable):  # then it stays what it was read as
            return _told(text, _read(several, question))
    return reading


def _told(text: str, reading: Reading) -> Reading:
    """Return a reading that says first what became of the text as a whole."""
    said = _one_line(f"`{short(text)}` is read as {reading.text()}")
    return replace(reading, notes=(said, *reading.notes))


def _read(text: str, question: Names) -> Reading:
    typed, notes = _as_numbers(text, question)
    try:
        syntax, said = parse(typed, question)
        meaning = Meaning(question, typed)
        tree, shape = meaning.whole(syntax)
        check_size(tree)
    except RecursionError:  # the limits keep it away; a caller deep in its own stack may not
        raise Unreadable("this is nested too deeply") from None
    notes = (*notes, *said, *meaning.notes)
    return Reading(tree, shape, tuple(map(_one_line, notes)), frozenset(question.shapes))


def _one_line(sentence: str) -> str:
    return "".join(c if unicodedata.category(c)[0] != "C" else " " for c in sentence)


def _as_numbers(text: str, question: Names) -> tuple[str, tuple[str, ...]]:
    """Take commas out of 62,006, and read 6×14×14 as a shape; every place stays where it is."""
    if question.kind == "number":
        text = _POWER_OF_TEN.sub(r"\1*", text)
        found = _THOUSANDS.search(text)
        if found and not re.search(r"[\[\]()]", text):
            # underscores keep the places of all that follows
            return _THOUSANDS.sub(lambda match: match[0].replace(",", "_"), text), (
                f"`{found[0]}` is read as {found[0].replace(',', '')}",
            )
        if _DECIMAL_COMMA.match(text):
            raise Unreadable("type a decimal point, as in 0.5, and no comma")
    if question.kind == "tuple" and _ZEROS.search(text):
        if not _GROUPED.match(text):
            raise Unreadable("type numbers without a comma inside, as in 12000")
        plain = _COMMA.sub("_", text)
        return re.sub(r"\band\b", ",  ", plain), (
            f"`{text.strip()}` is read as {_COMMA.sub('', text).strip()}",
        )
    if question.kind == "tuple" and _TIMES.match(text):
        return re.sub("[xX×]", ",", text.replace("by", ", ")), (
            f"`{text.strip()}` is read as a shape",
        )
    return text, ()


def read_value(answer: Any, question: Names) -> Reading:
    """Return how an answer is read that is text, a number, a list, an array, a dict or a formula.

    Numbers are taken exactly as they are written: 0.1 is 1/10. A formula of sympy's is taken by
    its text. `Unreadable` says what else it is; None means not answered.
    """
    if answer is None:
        raise Unreadable(UNANSWERED)
    if isinstance(answer, str):
        return read(str(answer), question)
    if type(answer).__module__.split(".")[0] == "sympy":
        return read(str(answer), question)
    values = _Values(question)
    tree = values.tree(answer, 0)
    if isinstance(tree, Tuple) and question.kind in ("expression", "number"):
        tree = _matrix(tree)
    shape: tuple[int, ...] | None
    if isinstance(tree, Matrix):
        shape = (len(tree.rows), len(tree.rows[0]))
    else:
        shape = None if isinstance(tree, Record) else tuple_shape(tree)
    return Reading(tree, shape, tuple(values.notes), frozenset(question.shapes))


def _matrix(tree: Tuple) -> Tree:
    """Return a list of numbers, or of equally long lists of them, as a matrix."""
    shape = tuple_shape(tree)
    if shape is None or len(shape) > 2:
        raise Unreadable("one number or one matrix of numbers is expected here")
    rows = tuple(item.items if isinstance(item, Tuple) else (item,) for item in tree.items)
    return rows[0][0] if shape in ((1,), (1, 1)) else Matrix(rows)


class _Values:
    def __init__(self, question: Names) -> None:
        self.question = question
        self.count = 0
        self.notes: list[str] = []

    def tree(self, value: Any, depth: int) -> Tree:
        self.count += 1
        if self.count > MAX_VALUES:
            raise Unreadable(f"more than {MAX_VALUES} values")
        if depth > MAX_LEVELS:
            raise Unreadable(f"more than {MAX_LEVELS} lists within lists")
        if isinstance(value, np.ndarray):
            if value.dtype.kind not in "iuf":
                raise Unreadable(f"an array of {value.dtype} is no answer; give numbers")
            if value.size > MAX_VALUES or value.ndim > MAX_LEVELS:
                raise Unreadable(f"more than {MAX_VALUES} values")
            value = value.tolist()
        if isinstance(value, str):
            # one of several answers is not several itself: "60000/5" in a list is a quotient
            reading = read(value, replace(self.question, form="") if depth else self.question)
            self.notes.extend(reading.notes)
            return reading.tree
        if isinstance(value, list | tuple):
            if not value:
                raise Unreadable("an empty list is no answer")
            return Tuple(tuple(self.tree(item, depth + 1) for item in value))
        if isinstance(value, Mapping):
            return self.record(value, depth)
        if depth and isinstance(value, bool | np.bool_) and asks_for_bits(self.question.form):
            return Number(Fraction(int(value)), str(int(value)))
        return _exact(value)

    def record(self, value: Mapping[Any, Any], depth: int) -> Tree:
        if depth or not value:
            raise Unreadable("a dict is read only as the whole answer, and not empty")
        items = []
        for name, part in value.items():
            if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,29}", name):
                raise Unreadable("the keys of a dict are short names")
            items.append((name, self.tree(part, depth + 1)))
        return Record(tuple(items))


def _exact(value: Any) -> Tree:
    if isinstance(value, bool | np.bool_):
        raise Unreadable("True and False are no numbers here; type 1 or 0")
    if isinstance(value, complex | np.complexfloating):
        if value.imag != 0:
            raise Unreadable("a complex number is no answer here")
        value = float(value.real)
    if isinstance(value, numbers.Integral):
        whole = int(value)
        if whole.bit_length() > 100 or len(str(abs(whole))) > MAX_DIGITS:
            raise Unreadable(f"a number of more than {MAX_DIGITS} digits")
        return _signed(Number(Fraction(abs(whole)), str(abs(whole))), whole < 0)
    if isinstance(value, float | np.floating):
        if not math.isfinite(value):
            raise Unreadable("infinity and NaN are no answers")
        shown = repr(abs(value.item() if isinstance(value, np.floating) else value))
        if isinstance(value, np.floating):
            shown = np.format_float_scientific(abs(value), trim="-")
            if 1e-4 <= abs(value) < 1e16 or value == 0:
                shown = np.format_float_positional(abs(value), trim="-")
        if abs(int(shown.partition("e")[2] or 0)) > MAX_EXPONENT:
            raise Unreadable(f"an exponent beyond {MAX_EXPONENT} is not read")
        shown = shown.removesuffix(".0")
        return _signed(Number(Fraction(shown), shown), math.copysign(1, value) < 0 and value != 0)
    if isinstance(value, numbers.Rational):
        above, below = int(value.numerator), int(value.denominator)
        if max(above.bit_length(), below.bit_length()) > 100:
            raise Unreadable(f"a number of more than {MAX_DIGITS} digits")
        parts = (Number(Fraction(abs(above)), str(abs(above))), Number(Fraction(below), str(below)))
        return _signed(Apply("div", parts) if below != 1 else parts[0], above < 0)
    name = re.sub(r"[^A-Za-z0-9_.]", "", type(value).__name__)[:40]
    raise Unreadable(f"an answer of type {name} is not read")


def _signed(tree: Tree, minus: bool) -> Tree:
    return Apply("neg", (tree,)) if minus else tree
