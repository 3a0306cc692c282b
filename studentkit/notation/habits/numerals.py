# ruff: noqa: E501 (a pattern a line, with the signs that people type)
"""Numbers as people write them down: with units, in words, with other marks between digits."""

from __future__ import annotations

import re

UNITS = (
    "batch batches channel channels colour colours class classes epoch epochs entry entries example "
    "examples feature features filter filters image images input inputs iteration iterations layer "
    "layers map maps neuron neurons output outputs params parameter parameters picture pictures pixel pixels "
    "position positions row rows sample samples step steps time times total trainable unit units "
    "update updates value values weight weights"
).split()
_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
).split()
_UNIT = "|".join(UNITS)
_TRAILING = re.compile(rf"(?<=[0-9a-z)%])\s+(?:(?:{_UNIT})\b[\s,]*)+(?:per\s+\w+)?[.\s]*\Z", re.I)
_REMARK = re.compile(r"(?<=[0-9%])\s*\((?:[A-Za-z×]+[\s,]*)+\)\s*\Z")
_PERCENT = re.compile(r"(?<=[0-9])\s*(?:percent|per\s+cent)\b\s*", re.IGNORECASE)
_TOTAL = re.compile(
    r"\A\s*(?:in\s+)?total\s*(?:is|of|:|=)?\s*(?=[0-9])|(?<=[0-9])\s+in\s+total\b", re.IGNORECASE
)
_WORD = re.compile(rf"\b({'|'.join(_WORDS)})\b", re.IGNORECASE)
_THOUSAND = re.compile(r"(?<![\w.])([0-9]+(?:\.[0-9]+)?)\s?[kK]\b")
# 62 006, 62'006 and LaTeX's 62\,006 and 62{,}006; a number alone has nothing else in such places
_GROUPS = re.compile(
    r"(?<![\w.,'’])[1-9][0-9]{0,2}(?:(?:[ \u00a0\u2009\u202f]|['’]|\\,|\{,\})[0-9]{3})+(?!\w|[.,'’][0-9])"
)
_MIXED = re.compile(r"\s*([0-9]{1,6})\s+(?:and\s+)?([0-9]{1,4})\s*[/⁄]\s*([0-9]{1,4})\s*\Z")
_BETWEEN = re.compile(r"(?<=[0-9)])\s*[xX]\s*(?=[0-9(])")
_RATIO = re.compile(r"\s*([0-9]+)\s*:\s*([0-9]+)\s*\Z")
_GOES_ON = re.compile(r"(?<=[0-9])\s*(?:…|\.\.\.)\s*\Z")
_YES = {"yes": "1", "true": "1", "y": "1", "no": "0", "false": "0", "n": "0"}
_ANSWER = re.compile(rf"\b({'|'.join(_YES)})\b", re.IGNORECASE)


def as_number(text: str) -> str:
    """Return one number without what stands around it; words that are no units stay."""
    text = _PERCENT.sub("%", _GOES_ON.sub("", _REMARK.sub("", text)))
    text = _TOTAL.sub("", text)
    text = _TRAILING.sub("", text)
    text = in_digits(text)
    text = grouped(text)
    mixed = _MIXED.match(text)
    if mixed and 0 < int(mixed[2]) < int(mixed[3]):
        return f"{mixed[1]} + {mixed[2]}/{mixed[3]}"
    ratio = _RATIO.match(text)
    return f"{ratio[1]}/{ratio[2]}" if ratio else _BETWEEN.sub("*", text)


def counted(text: str, form: str) -> str:
    """Return several numbers without units; yes and no as 1 and 0 where the form asks for these."""
    if asks_for_bits(form):
        text = _ANSWER.sub(lambda match: _YES[match[1].lower()], text)
        words = text.replace("/", " ").split()
        if len(words) > 1 and set(words) <= {"0", "1"}:
            return ", ".join(words)
    if text.count("(") == 1:
        text = _REMARK.sub("", text)
    if re.search(r",\s|[/&]|\band\b", text):
        text = grouped(text)
    return re.sub(
        rf"(?<=[0-9])\s+(?:(?:{_UNIT})\b\s*)+(?:of\b)?", " ", in_digits(text), flags=re.IGNORECASE
    )


def grouped(text: str) -> str:
    """Return numbers without the marks between groups of three digits."""
    return _GROUPS.sub(lambda match: re.sub(r"[^0-9]", "", match[0]), text)


def asks_for_bits(form: str) -> bool:
    """Tell whether a form says that each value is 1 or 0."""
    return re.search(r"\b1 or 0\b", form) is not None


def in_digits(text: str) -> str:
    """Return `12k` as a product, and words for numbers in digits where no other words stand."""
    text = _THOUSAND.sub(r"(\1*1000)", text)
    letters = re.sub(rf"\b(?:{_UNIT}|and)\b", "", _WORD.sub("", text), flags=re.IGNORECASE)
    if re.search(r"[A-Za-z]", letters):  # other words: "one" may be anything beside them
        return text
    return _WORD.sub(lambda match: str(_WORDS.index(match[1].lower())), text)
