"""Says what a file is that should be Python and is not: another encoding, newer syntax."""

from __future__ import annotations

import ast
import re
import sys

VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"  # of the Python that reads

_DOCUMENTS = {
    b"PK\x03\x04": "a zip or an office document, renamed",
    b"%PDF": "a PDF document, renamed",
    b"{\\rtf": "a document of a word processor (RTF)",
    b"\x89PNG": "a picture, renamed",
    b"<!DOCTYPE": "a web page, as a browser saves it in place of the file",
    b"<html": "a web page, as a browser saves it in place of the file",
}
_NEWER = (
    (re.compile(r"^\s*type\s+\w+\s*(?:\[.*\])?\s*="), "the type statement", (3, 12)),
    (
        re.compile(r"^\s*(?:async\s+)?(?:def|class)\s+\w+\s*\["),
        "type parameters in brackets",
        (3, 12),
    ),
    (re.compile(r"\b[tT][rR]?[\"']"), "a t-string", (3, 14)),
    (re.compile(r"^\s*except\s+[\w.]+\s*,\s*[\w.]+[^()]*:"), "except without brackets", (3, 14)),
    (
        re.compile(r"\b[fF][rR]?[\"'].*\{"),
        "quotes or a backslash inside of an f-string's braces",
        (3, 12),
    ),
)
NO_SOURCE = ("is ", "holds ")  # how a sentence of `no_source` begins
_LFS = b"version https://git-lfs"


def no_source(content: bytes) -> str:
    """Return what `content` is where it is no source text, with what to do; "" where it is."""
    if content.startswith(_LFS):
        return (
            "is a pointer of Git LFS, not the file itself; run `git lfs pull` and hand the file in"
        )
    for magic, what in _DOCUMENTS.items():
        if content.lstrip()[: len(magic)].lower() == magic.lower():
            return f"is {what}; hand in the Python file itself"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or _mostly_two_bytes(content):
        return "is saved in UTF-16; save it as UTF-8 in your editor"
    if b"\0" in content:
        return "holds bytes that no text has; hand in the Python file itself"
    return ""


def why_not_read(message: str, line: str, source: bytes) -> str:
    """Return what the parser said of a line, and why where the line shows it."""
    if re.search(rb"^(<{7}|>{7}) ", source, re.MULTILINE) and re.match("[<=>]{7}", line.lstrip()):
        return "the marks of a merge that was never ended stand in it"
    if re.match(r"\s*[%!]", line):
        return "a line for notebooks, which is no Python"
    if re.search("[“”„‘’«»]", line) and "invalid character" in message:
        return "a word processor's quotation marks; type plain ones"
    if "invalid non-printable character U+00A0" in message:
        return "a space that is none (U+00A0), as copied from a web page; type it anew"
    for pattern, what, since in _NEWER:
        if pattern.search(line) and sys.version_info[:2] < since:
            return (
                f"{message}; {what} came with Python {since[0]}.{since[1]}, this one is {VERSION}"
            )
    return message


def _mostly_two_bytes(content: bytes) -> bool:
    """Tell UTF-16 without its mark by the zeros in every second place."""
    start = content[:400]
    if len(start) < 16:
        return False
    return max(start[::2].count(0), start[1::2].count(0)) > len(start) * 0.4


def nested_quotes(tree: ast.Module, content: bytes) -> int:
    """Return the line of an f-string that Python 3.11 cannot read and 3.12 can, 0 without any."""
    text = content.decode("utf-8", "replace")
    for node in ast.walk(tree):
        if not isinstance(node, ast.JoinedStr):
            continue
        written = ast.get_source_segment(text, node) or ""
        quote = re.match(r"[A-Za-z]*(\"\"\"|'''|\"|')", written)
        for part in node.values:
            if quote and isinstance(part, ast.FormattedValue):
                inner = ast.get_source_segment(text, part.value) or ""
                if quote[1] in inner or "\\" in inner:
                    return node.lineno
    return 0
