"""Cuts a typed answer into tokens, after limits that hold before anything else is done.

The limits bound everything later: characters, nesting, tokens, digits and exponents. Each token
knows its place in what was typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from studentkit.notation.errors import Unreadable
from studentkit.notation.symbols import (
    ACCENTED,
    ACCENTS,
    FRACTIONS,
    GREEK,
    LATEX_ACCENTS,
    LATEX_FONTS,
    LATEX_NAMES,
    LATEX_OPERATORS,
    LATEX_SPACES,
    OPERATORS,
    SPACES,
    SUBSCRIPTS,
    SUPERSCRIPTS,
)

MAX_LENGTH = 1000  # characters
MAX_NESTING = 40  # brackets within brackets
MAX_DIGITS = 30  # of one number
MAX_EXPONENT = 100  # of 1e-3
MAX_TOKENS = 400

_NUMBER = re.compile(r"(?:[0-9]+(?:_[0-9]{3})*(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*_?")
_TAIL = re.compile(r"[0-9]*(?:_[A-Za-z0-9]+)*")  # what may follow a Greek letter in one name
_COMMAND = re.compile(r"\\([A-Za-z]+)\*?")
_GROUP = re.compile(r"\s*\{\s*(\\?[A-Za-z0-9]+)\s*\}|\s*(\\[A-Za-z]+|[A-Za-z0-9])")
_SUBSCRIPT = re.compile(
    r"_\s*(?:\{\s*(?:\\(?:text|mathrm|mathit|operatorname)\s*\{\s*([A-Za-z0-9 ]+?)\s*\}"
    r"|\\?([A-Za-z0-9]+(?: +[A-Za-z0-9]+)*))\s*\}|\\([A-Za-z]+)|([A-Za-z0-9]+))"
)
_DIGITS = re.compile(r"[0-9]+")
_LONG = ("||", "**", "==", "!=", "<=", ">=", "=<", "=>", ":=", "&&", "//", ".*", "./", ".^", "\\\\")
_PLAIN = "+-*/^@()[]{},;=<>|.'%&"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the answer: kind "number", "name", "fraction", "op" or "end"."""

    kind: str
    text: str
    at: int  # first character, from 1
    end: int  # one past the last
    spaced: bool = False  # white space in front


def tokenize(text: str) -> list[Token]:
    """Return the tokens of `text`, the last of kind "end"; `Unreadable` if it is not notation."""
    if len(text) > MAX_LENGTH:
        raise Unreadable(f"the answer has {len(text)} characters; at most {MAX_LENGTH} are read")
    _scan(text)
    cutter = _Cutter(text)
    cutter.run()
    return cutter.tokens


def _scan(text: str) -> None:
    """Check nesting and numbers in one pass, before any structure is built."""
    depth = 0
    for at, character in enumerate(text, 1):
        if character in "([{⌊⌈":
            depth += 1
            if depth > MAX_NESTING:
                raise Unreadable(f"more than {MAX_NESTING} brackets within brackets", at)
        elif character in ")]}⌋⌉":
            depth = max(depth - 1, 0)
    for match in _DIGITS.finditer(text):
        if len(match[0]) > MAX_DIGITS:
            raise Unreadable(f"a number of more than {MAX_DIGITS} digits", match.start() + 1)


class _Cutter:
    """One pass over the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.spaced = False
        self.tokens: list[Token] = []

    def run(self) -> None:
        while self.place < len(self.text):
            character = self.text[self.place]
            if character in SPACES or character == "$":
                self.place += 1
                self.spaced = True
            else:
                self._one(character)
                self.spaced = False
            if len(self.tokens) > MAX_TOKENS:
                raise Unreadable(f"more than {MAX_TOKENS} symbols", self.place)
        self._add("end", "", self.place)

    def _add(self, kind: str, text: str, end: int) -> None:
        self.tokens.append(Token(kind, text, self.place + 1, end + 1, self.spaced))
        self.place = end

    def _one(self, character: str) -> None:
        text, place = self.text, self.place
        if character.isascii() and (character.isdigit() or character == "."):
            match = _NUMBER.match(text, place)
            if match and not (character == "." and self._after_operand()):
                self._number(match)
                return
        if character.isascii() and character.isalpha():
            match = _WORD.match(text, place)
            assert match is not None
            self._word(match[0], match.end())
        elif character in GREEK or character in ACCENTED:
            match = _TAIL.match(text, place + 1)
            assert match is not None
            word = GREEK.get(character) or ACCENTED[character]
            self._word(word + match[0], match.end())
        elif character == "∂":
            self._partial(place + 1)
        elif character == "√":
            self._add("name", "sqrt", place + 1)
        elif character in FRACTIONS:
            self._add("fraction", character, place + 1)
        elif character in SUPERSCRIPTS:
            self._superscript()
        elif character == "⊤" and self.tokens and self.tokens[-1].text not in ("^", "{", "("):
            self.tokens.append(Token("op", "^", place + 1, place + 2))  # X⊤ is X^T
            self._add("name", "T", place + 1)
        elif character in OPERATORS:
            self._operator(OPERATORS[character], place + 1)
        elif character == "\\":
            self._command()
        elif text[place : place + 2] in _LONG:
            self._operator(text[place : place + 2], place + 2)
        elif character in _PLAIN:
            self._operator(character, place + 1)
        elif character == "_":
            self._underscore()
        else:
            raise Unreadable(_refusal(character), place + 1)

    def _operator(self, text: str, end: int) -> None:
        same = {"**": "^", "=<": "<=", "=>": ">=", "&&": "and", ".*": "∘", "./": "/"}
        text = same.get(text, text)
        kind = "name" if text in ("and", "or", "in", "T") else "op"
        self._add(kind, text, end)

    def _after_operand(self) -> bool:
        """Tell whether a dot here continues an operand, as in A.T, and is no decimal point."""
        if not self.tokens or self.spaced:
            return False
        last = self.tokens[-1]
        return last.kind != "op" or last.text in (")", "]", "}", "'")

    def _number(self, match: re.Match[str]) -> None:
        typed = match[0]
        end = match.end()
        if typed.endswith(".") and self.text[end : end + 1] in ("*", "/", "^"):
            # 2.*x and 2.*.x: numpy's float and Matlab's operator mean the same here
            typed = typed[:-1]
        mantissa, _, exponent = typed.lower().partition("e")
        if sum(character.isdigit() for character in mantissa) > MAX_DIGITS:
            raise Unreadable(f"a number of more than {MAX_DIGITS} digits", self.place + 1)
        if exponent and abs(int(exponent)) > MAX_EXPONENT:
            raise Unreadable(f"an exponent beyond {MAX_EXPONENT} is not read", self.place + 1)
        if self.text[end : end + 1] == "_" and self.text[end + 1 : end + 2] != "{":
            raise Unreadable("`_` groups digits by three, or names an entry: 1_000, x_1", end + 1)
        self._add("number", typed.replace("_", ""), end)

    def _word(self, word: str, end: int) -> None:
        """Add a name with what belongs to it: accents, subscripts of all three writings."""
        text = self.text
        if end < len(text) and text[end] in ACCENTS:
            if not (word[-1:].isalpha() and (len(word) == 1 or word in GREEK.values())):
                raise Unreadable("an accent belongs on a single letter", end + 1)
            word += ACCENTS[text[end]]
            end += 1
            tail = _TAIL.match(text, end)
            assert tail is not None
            word, end = word + tail[0], tail.end()
        below = ""
        while end < len(text) and text[end] in SUBSCRIPTS:
            below += SUBSCRIPTS[text[end]]
            end += 1
        if below:
            word = f"{word.rstrip('_')}_{below}"
        elif text[end : end + 1] == "_" or (word.endswith("_") and text[end : end + 1] == "{"):
            start = end if text[end] == "_" else end - 1
            inner = _SUBSCRIPT.match(text, start)
            if inner and "__" not in text[start : start + 2]:
                part = next(group for group in inner.groups() if group)
                word = f"{word.rstrip('_')}_{part.replace(' ', '')}"
                end = inner.end()
            elif word.endswith("_"):
                word, end = word[:-1], end - 1
            elif start + 1 < len(text) and text[start + 1] in GREEK:
                word, end = f"{word}_{GREEK[text[start + 1]]}", start + 2
        elif word.endswith("_") and end < len(text) and text[end] in GREEK:
            word, end = word + GREEK[text[end]], end + 1
        self._add("name", word, end)

    def _underscore(self) -> None:
        """Read `_{i+1}` or `_{k=1}`, which is no plain name, as brackets of their own."""
        place = self.place
        follows = self.tokens and self.tokens[-1].end == place + 1
        if follows and self.text[place + 1 : place + 2] == "{":
            self._add("op", "_{", place + 2)
            return
        raise Unreadable("`_` stands only inside a name, as in x_1 or x_{ij}", place + 1)

    def _superscript(self) -> None:
        end = self.place
        while end < len(self.text) and self.text[end] in SUPERSCRIPTS:
            end += 1
        typed = "".join(SUPERSCRIPTS[character] for character in self.text[self.place : end])
        inner = re.findall(r"[0-9]+|[A-Za-z]|[+()-]", typed)
        at = self.place
        for kind, text in [("op", "^"), ("op", "{")]:
            self.tokens.append(Token(kind, text, at + 1, end + 1))
        for piece in inner:
            kind = "number" if piece.isdigit() else "name" if piece.isalpha() else "op"
            if len(piece) > MAX_DIGITS:
                raise Unreadable(f"a number of more than {MAX_DIGITS} digits", at + 1)
            self.tokens.append(Token(kind, piece, at + 1, end + 1))
        self._add("op", "}", end)

    def _partial(self, end: int) -> None:
        """Read ∂L as the name dL, so that both are the same."""
        while end < len(self.text) and self.text[end] in SPACES:
            end += 1
        match = _WORD.match(self.text, end)
        if match:
            self._add("name", "d" + match[0], match.end())
        elif end < len(self.text) and self.text[end] in GREEK:
            self._add("name", "d" + GREEK[self.text[end]], end + 1)
        else:
            self._add("name", "d", end)

    def _command(self) -> None:
        """Read one LaTeX command."""
        text, place = self.text, self.place
        match = _COMMAND.match(text, place)
        if match is None:
            follows = text[place + 1 : place + 2]
            if follows == "\\":
                self._add("op", "\\\\", place + 2)
            elif follows in ("{", "}", "%", "_"):
                self._add("op", {"{": "(", "}": ")", "%": "%", "_": "_{"}[follows], place + 2)
            elif follows == "|":
                self._add("op", "||", place + 2)
            elif follows and follows in ",;:! ()[]":
                self.place += 2
            else:
                raise Unreadable("a backslash starts no LaTeX command here", place + 1)
            return
        command, end = match[1], match.end()
        if command == "partial":
            self._partial(end)
        elif command in LATEX_OPERATORS:
            self._operator(LATEX_OPERATORS[command], end)
        elif command in LATEX_SPACES:
            self.place = end
            if text[end : end + 1] == "." and command in ("left", "right"):
                self.place += 1
        elif command in LATEX_ACCENTS or command in LATEX_FONTS:
            self._dressed(command, end)
        elif command in ("begin", "end"):
            group = re.compile(r"\s*\{\s*([a-z]+)\*?\s*\}").match(text, end)
            if group is None:
                raise Unreadable(f"`\\{command}` needs a name in braces", place + 1)
            self._add("op", f"\\{command}{{{group[1]}}}", group.end())
        elif command in LATEX_NAMES:
            self._word(LATEX_NAMES[command], end)
        else:
            raise Unreadable(f"the LaTeX command `\\{command[:20]}` is not known here", place + 1)

    def _dressed(self, command: str, end: int) -> None:
        """Read a letter in a font, or under an accent, as one name."""
        group = _GROUP.match(self.text, end)
        if group is None:
            raise Unreadable(f"`\\{command}` needs one name in braces", self.place + 1)
        word = group[1] or group[2]
        if word.startswith("\\"):
            if word[1:] not in LATEX_NAMES:
                raise Unreadable(f"`\\{command}` needs one name in braces", self.place + 1)
            word = LATEX_NAMES[word[1:]]
        if word.isdigit():
            if word != "1" or command in LATEX_ACCENTS:
                raise Unreadable(f"`\\{command}` needs a name, not a number", self.place + 1)
            word = "indicator"
        self._word(word + LATEX_ACCENTS.get(command, ""), group.end())


def _refusal(character: str) -> str:
    code = f"U+{ord(character):04X}"
    if character in "\"'`“”‘":
        return "quotation marks do not belong in an answer; type it without them"
    if character == "!":
        return "`!` is not read; factorials are not needed in any answer here"
    if character in "?#~:":
        return f"`{character}` is not notation that is read here"
    if character == "∞":
        return "infinity is no answer here"
    if character.isascii() and character.isprintable():
        return f"`{character}` is not notation that is read here"
    shown = f" ({character})" if character.isprintable() and not _joins(character) else ""
    return f"the character {code}{shown} is not read; type it in plain letters"


def _joins(character: str) -> bool:
    import unicodedata

    return unicodedata.category(character)[0] in "MC"
