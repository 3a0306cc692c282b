"""Words around and between what counts: "it is …", "1 if x > 0, 0 otherwise", Excel's IF."""

from __future__ import annotations

import re

_BEGINS = re.compile(
    r"\s*(?:(?:it(?:['’]s|\s+is)|that(?:['’]s|\s+is)|(?:the\s+)?answer(?:\s+is|:)|is|about|around|"
    r"roughly|approx(?:imately|\.)?|circa|ca\.|~)\s*)(?=\S)",
    re.IGNORECASE,
)
_IF = r"(?:if|for|when|where)"
_ELSE = r"(?:else|otherwise)"
_FIRST = re.compile(rf"(?P<value>.+?)\s*,?\s*\b{_IF}\b\s+(?P<when>.+)\Z", re.DOTALL)
_NEXT = re.compile(
    rf"(?P<when>[^,;]+?)\s*(?:[,;]|\band\b)?\s*(?:\b{_ELSE}\b\s+(?P<plain>[^,;]+)"
    rf"|[,;]\s*(?P<other>[^,;]+?)\s+\b(?:otherwise|else)\b"
    rf"|(?:[,;]|\band\b)\s*(?P<second>[^,;]+?)\s+\b{_IF}\b\s+(?P<then>[^,;]+))\s*\Z",
    re.DOTALL,
)
_TABLE = re.compile(
    r"\{\s*([^,;{}]+?)\s*,\s*(?:if\s+)?([^,;{}]+?)\s*[;,]\s*([^,;{}]+?)\s*,\s*(?:if\s+)?"
    r"([^,;{}]+?)\s*\}\s*\Z"
)
_EXCEL = re.compile(r"\s*=?\s*(?:IF|WENN|SI)\s*\(")
_COLON = re.compile(
    rf"\s*if\s+([^:?]+?)\s*:\s*([^:?]+?)\s*[,;]?\s*\b{_ELSE}\b\s*:?\s*(.+)\Z", re.DOTALL
)
_QUESTION = re.compile(r"([^?:]+?)\s*\?\s*([^?:]+?)\s*:\s*([^?:]+)\Z")
_BEHIND = re.compile(
    r"\s*([^(),;]+?)\s*\(([^()]*[<>=≤≥][^()]*)\)\s*[,;]\s*([^(),;]+?)\s*\(([^()]*[<>=≤≥][^()]*)\)\s*\Z"
)
_REMARK = re.compile(r"(?<=\S)\s+\((?:[A-Za-z]+[ ,]+){1,8}[A-Za-z]+\)\s*\Z")
_SINGLE = re.compile(r"(?<![<>=!:])=(?!=)")


def without_phrases(text: str) -> str:
    """Return `text` without the words that people begin with."""
    return _BEGINS.sub("", text, count=1) if _BEGINS.match(text) else text


def without_remark(text: str) -> str:
    """Return `text` without a remark of several words in brackets at its end."""
    return _REMARK.sub("", text)


def spoken_cases(text: str) -> str:
    """Return `1 if x > 0, 0 otherwise`, `{1, x > 0; 0, x <= 0}` and `IF(x>0; 1; 0)` as cases."""
    excel = _EXCEL.match(text)
    if excel and text.rstrip().endswith(")"):
        parts = split(text.rstrip()[excel.end() : -1])
        if len(parts) == 3:
            return _cases((parts[1], parts[0]), parts[2])
    asked = _COLON.match(text) or _QUESTION.match(text.strip())
    if asked:
        return _cases((asked[2], asked[1]), asked[3])
    table = _TABLE.match(text.strip()) or _BEHIND.match(text)
    if table:
        return _cases((table[1], table[2]), (table[3], table[4]))
    inner = text.strip()
    if inner.startswith("{") and inner.endswith("}"):
        inner = inner[1:-1]
    first = _FIRST.match(inner)
    if first is None or "sum" in first["value"]:
        return text
    rest = _NEXT.match(first["when"])
    if rest is None:
        return text
    other = rest["plain"] or rest["other"]
    if other is None:
        return _cases((first["value"], rest["when"]), (rest["second"], rest["then"]))
    return _cases((first["value"], rest["when"]), other)


def split(text: str, separators: str = ",;") -> list[str]:
    """Return the parts of `text` between separators outside of brackets, without white space."""
    parts, depth, start = [], 0, 0
    for place, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if depth == 0 and character in separators:
            parts.append(text[start:place])
            start = place + 1
    return [part.strip() for part in (*parts, text[start:])]


def _cases(*branches: tuple[str, str] | str) -> str:
    said = [
        branch if isinstance(branch, str) else f"({branch[0]}, {_SINGLE.sub('==', branch[1])})"
        for branch in branches
    ]
    return f"cases({', '.join(said)})"
