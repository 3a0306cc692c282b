"""Text of strangers, shown so that nothing in it can act on a terminal or a page."""

from __future__ import annotations

import unicodedata

# Letters and symbols by category, yet drawn as nothing at all.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_MAX_MARKS = 2  # accents on one letter; more of them paint over the lines around

# Signs that begin a formula, in the widths that some spreadsheets take for the same.
_FORMULA = tuple("=+-@|%＝＋－＠")


def visible(text: str) -> str:
    """Replace control, formatting, blank and unassigned characters by escapes; keep line ends.

    Terminal escapes, bidirectional overrides and invisible characters become readable.
    """
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    shown, marks = [], 0
    for char in text:
        marks = marks + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        kept = char == "\n" or (_shows(char) and marks <= _MAX_MARKS)
        shown.append(char if kept else _escape(char))
    return "".join(shown)


def excerpt(text: str, characters: int = 4000, lines: int = 60) -> str:
    """Return `text` made visible and cut to a length that a report can hold."""
    rows = text[: characters + 1].split("\n")
    cut = len(text) > characters or len(rows) > lines
    kept = visible("\n".join(rows[:lines])[:characters])
    return f"{kept}\n… (cut)" if cut else kept


def _shows(char: str) -> bool:
    selector = "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
    return char.isprintable() and not selector and char not in _BLANK


def _escape(char: str) -> str:
    if char == "\t":
        return "    "
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def inert(name: str) -> str:
    """Return `name` so that no spreadsheet takes it for a formula."""
    # A tab or a line end in front can start a formula as well, and white space may be dropped.
    rest = name.lstrip()
    space = name[: len(name) - len(rest)]
    formula = rest.startswith(_FORMULA) or not {*"\t\r\n"}.isdisjoint(space)
    return ("'" if formula else "") + visible(name).replace("\n", "\\n")
