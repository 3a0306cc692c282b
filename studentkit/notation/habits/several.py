"""Several answers: with labels, with other signs between them, as numpy and Matlab print them."""

from __future__ import annotations

import re
from fractions import Fraction

from studentkit.notation.habits.numerals import in_digits
from studentkit.notation.habits.spoken import split
from studentkit.notation.habits.template import (
    Template,
    count,
    filled,
    is_open,
    laid_out,
    meant,
    places,
    template,
    top,
)

MAX_COUNT = 64  # of linspace and range
_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
# What is written out as numbers: short, and without exponents, which could be of any size.
_SHORT = r"[+-]?(?:[0-9]{1,9}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})"
_CALLED = re.compile(r"\s*(?:[A-Za-z]+\.)*Normalize\s*(?=\()")
_LINSPACE = re.compile(
    rf"(?:(?:np|numpy|torch)\s*\.\s*)?linspace\s*\(\s*({_SHORT})\s*,\s*({_SHORT})"
    r"\s*,\s*(?:(?:num|steps)\s*=\s*)?([0-9]{1,3})\s*\)(?:\s*\.tolist\(\))?"
)
_RANGE = re.compile(
    r"(?:(?:np|numpy|torch)\s*\.\s*a)?range\s*\(\s*(?:([0-9]{1,3})\s*,\s*)?"
    r"([0-9]{1,3})\s*\)"
)
_COMPREHENSION = re.compile(
    r"\s*[\[(]\s*(.{1,80}?)\s+for\s+([a-z])\s+in\s+range\s*\(([^()]+)\)\s*[\])]\s*\Z"
)
_LABELLED = re.compile(
    r"\s*([\\{}\w\s=\u0302-\u0305]*?[\w}\u0302-\u0305])\s*(?:=|:|\bis\b)\s*(.+?)\s*\Z", re.DOTALL
)
_BEFORE = re.compile(rf"\s*([A-Za-z]\w*)\s+({_NUMBER}|[\[(].*[\])])\s*\Z", re.DOTALL)
_BEHIND = re.compile(rf"\s*({_NUMBER})\s+([A-Za-z][\w\s]*?)\s*\Z")
_ONES = re.compile(
    r"(?:(?:np|numpy|torch)\s*\.\s*)?(ones|zeros)\s*\(\s*\(?\s*([1-8])\s*,\s*([1-8])\s*\)?\s*\)"
)
_CHAIN = re.compile(r"\s*([\\{}\w\s\u0302-\u0305]+?)\s*=\s*(.+)\Z", re.DOTALL)


def as_series(text: str, form: str) -> str:
    """Return the answers in brackets with commas between them, in the order of the form."""
    asked = template(form)
    text = _ONES.sub(_same, _expanded(_CALLED.sub("", text)))
    if re.fullmatch(r"\s*[<{][^<>{}:]*[>}]\s*", text):
        text = f"({text.strip()[1:-1]})"
    text = re.sub(r"(?<=[0-9])\s*(?:[xX×✕✖⨯@]|\\times)\s*(?=[0-9])", ", ", text)
    named = _in_places(text, asked)
    if named is not None:
        return named
    if len(asked) == 2:
        both = re.match(r"\s*both\s+(?:are\s+)?(.+)\Z", text)
        if both:
            return f"({both[1]}, {both[1]})"
        text = re.sub(r"(?<=[0-9)])\s*[:&+]\s*(?=[0-9(])", ", ", text)
    text = re.sub(r"(?<=[\w)\].])\s*,?\s+and\s+(?=[\w(\[.-])", ", ", text)
    words = text.split()
    if len(words) == len(asked) > 1 and all(re.fullmatch(_NUMBER, word) for word in words):
        return f"({', '.join(words)})"
    return _rows(text)


def product_of(text: str, form: str) -> str | None:
    """Return `6*28*28`, or `48000 / 12000`, as the numbers that the form asks for.

    None where it is something else, or has another number of them.
    """
    asked = template(form)
    if not asked or is_open(asked) or not all(isinstance(part, str) for part in asked):
        return None
    plain = re.sub(r"\\[()\[\]]|\$", "", text)
    plain = in_digits(re.sub(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))", "", plain))
    plain = re.sub(r"[()]", "", re.sub(r"\(([0-9]+(?:\.[0-9]+)?)\*1000\)", _thousands, plain))
    signs = r"[+*·⋅×✕✖⨯/]|\\times|\\cdot"
    parts = [part.strip() for part in re.split(signs, plain)]
    if len(parts) == len(asked) > 1 and all(re.fullmatch("[0-9]{1,9}", part) for part in parts):
        return f"({', '.join(parts)})"
    return _in_places(plain, asked)


def placed(text: str, form: str) -> str | None:
    """Return labelled values as the form has them, None where it has no names for all of them."""
    return _in_places(text, template(form))


def _in_places(text: str, asked: list[Template]) -> str | None:
    """Return labelled values in the order of the form, None where a label is none of its own."""
    names, made = places(asked), asked
    if is_open(asked) or not names:
        names = top(asked)
        made = list(names)
    if len(names) < 2:
        return None
    chain: list[str] = []
    rest = text
    while (match := _CHAIN.match(rest)) and "," not in match[1] and len(chain) < len(names):
        chain.append(match[1])
        rest = match[2]
    if "=" not in rest and {meant(one, names) for one in chain} == set(names):
        return filled(made, dict.fromkeys(names, rest.strip()))
    inner = text.strip()
    if inner[:1] in ("(", "{", "[") and inner[-1:] in (")", "}", "]"):
        inner = inner[1:-1]
    if inner.startswith(("(", "[", "{")):
        return None
    found: dict[str, str] = {}
    tops = top(asked)
    parts = [part for piece in split(inner) for part in re.split(r"\s+(?:and|/)\s+", piece)]
    if len(parts) == 1:
        parts = re.split(r"\s+(?=\w+\s*=)", inner.strip())
    for part in parts:
        labels, value = _label(part)
        for label in labels.split("="):
            name = meant(label, names) or (meant(label, tops) if tops else None)
            if name is None or name in found:
                return None
            found[name] = value
    if set(found) == set(names):
        return filled(made, found)
    return filled(tops, found) if tops and set(found) == set(tops) else None  # type: ignore[arg-type]


def _same(match: re.Match[str]) -> str:
    row = ", ".join(["1" if match[1] == "ones" else "0"] * int(match[3]))
    return f"[{', '.join([f'[{row}]'] * int(match[2]))}]"


def _thousands(match: re.Match[str]) -> str:
    value = Fraction(match[1]) * 1000
    return str(value) if value.denominator == 1 else match[0]


def laid(text: str, form: str) -> str | None:
    """Return as many plain values as the form has places, with the brackets of the form."""
    asked = template(form)
    parts = split(text)
    nested = any(isinstance(part, list) for part in asked)
    if not nested or is_open(asked) or len(parts) != count(asked):
        return None
    if any(re.search(r"[\[\](){}=]", part) for part in parts):
        return None
    return laid_out(asked, parts)


def _label(part: str) -> tuple[str, str]:
    part = re.sub(r"^\s*['\"]([^'\"]*)['\"]\s*:", r"\1:", part)
    remark = re.fullmatch(rf"\s*({_NUMBER})\s*\(([A-Za-z ]+)\)\s*", part)
    if remark:
        return remark[2], remark[1]
    for pattern, order in ((_LABELLED, (1, 2)), (_BEFORE, (1, 2)), (_BEHIND, (2, 1))):
        match = pattern.match(part)
        if match:
            label, value = match[order[0]], match[order[1]]
            more, found, last = value.rpartition("=")
            return (
                (f"{label}={more}", last)
                if found and not re.search("[<>!=]$", more)
                else (label, value)
            )
    return "", part


def _expanded(text: str) -> str:
    """Write linspace, range and a comprehension out as the numbers that they give."""
    text = _LINSPACE.sub(_spaced, text)
    listed = _COMPREHENSION.match(text)
    if listed:
        bounds = [part.strip() for part in listed[3].split(",")]
        if all(re.fullmatch("[0-9]{1,3}", bound) for bound in bounds) and len(bounds) <= 2:
            numbers = range(*map(int, bounds))
            if 1 <= len(numbers) <= MAX_COUNT:
                letter = re.compile(rf"(?<![\w.]){listed[2]}(?!\w)")
                return f"[{', '.join(letter.sub(str(n), listed[1]) for n in numbers)}]"
    return _RANGE.sub(_counted, text)


def _spaced(match: re.Match[str]) -> str:
    first, last, count = Fraction(match[1]), Fraction(match[2]), int(match[3])
    if not 2 <= count <= MAX_COUNT:
        return match[0]
    return _listed(first + (last - first) * k / (count - 1) for k in range(count))


def _counted(match: re.Match[str]) -> str:
    numbers = range(int(match[1] or 0), int(match[2]))
    return _listed(map(Fraction, numbers)) if 1 <= len(numbers) <= MAX_COUNT else match[0]


def _listed(values: object) -> str:
    return f"[{', '.join(str(value) for value in values)}]"  # type: ignore[attr-defined]


def _rows(text: str) -> str:
    """Put commas between numbers, and brackets around lines, as numpy and Matlab leave them out."""
    value = rf"{_NUMBER}(?:/[0-9]+)?"
    inner = text.strip()
    matlab = re.fullmatch(
        rf"[\[(]?\s*{value}(?:[ ,]+{value})*(?:\s*[;\n]\s*{value}(?:[ ,]+{value})*)+\s*[\])]?",
        inner,
    )
    if matlab:
        lines = [
            re.split(r"[ ,]+", line.strip()) for line in re.split(r"[;\n]", inner.strip("[]() "))
        ]
        if len({len(line) for line in lines}) == 1 and len(lines[0]) > 1:
            return f"[{', '.join('[' + ', '.join(line) + ']' for line in lines)}]"
    if re.fullmatch(rf"\[(?:\s*\[\s*{value}(?:\s+{value})*\s*\]\s*)+\]", inner):
        inner = re.sub(r"(?<=[0-9.])\s+(?=[+\-0-9.])", ", ", re.sub(r"\s+(?=\])", "", inner))
        return re.sub(r"\]\s*\[", "], [", inner)
    return text
