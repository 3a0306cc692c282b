"""What counts of an equation: its right side, or the values of `padding = 1, stride = 2`."""

from __future__ import annotations

from dataclasses import replace

from studentkit.notation.errors import Unreadable
from studentkit.notation.tokens import Token

ROUNDED = {"⌊": ("⌋", "floor"), "⌈": ("⌉", "ceil")}


def labelled(tokens: list[Token]) -> tuple[tuple[str, ...], list[Token]]:
    """Return the names in `padding = 1, stride = 2`, and the tokens without them."""
    depth, labels, values, starts = 0, [], [], True
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if starts and token.kind != "end":
            if token.kind != "name" or tokens[place + 1].text != "=":
                return (), tokens
            labels.append(token.text)
            place += 2
            starts = False
            continue
        depth += (token.text in ("(", "[", "{", "_{")) - (token.text in (")", "]", "}"))
        starts = depth == 0 and token.text in (",", ";")
        values.append(token)
        place += 1
    return (tuple(labels), values) if len(labels) > 1 else ((), tokens)


def assigned(tokens: list[Token], notes: list[str]) -> list[Token]:
    """Return what a name becomes by `w <- …` or `w -= …`, as an equation or as the new value."""
    if tokens[0].text == "=":
        return tokens[1:]  # an answer that begins with its equals sign
    if tokens[0].kind != "name" or len(tokens) < 4:
        return tokens
    name, first, second = tokens[:3]
    if first.text == ":=":
        return [name, replace(first, text="="), *tokens[2:]]
    together = second.at == first.end
    if first.text == "<" and second.text == "-" and together:
        if not (first.spaced and tokens[3].spaced):
            raise Unreadable("type `=` for a new value, or a space, as in x < -1", first.at)
        return [name, replace(first, text="="), *tokens[3:]]
    if first.text in ("+", "-", "*", "/") and second.text == "=" and together:
        *change, end = tokens[3:]
        if not change:
            raise Unreadable("nothing follows `=`", end.at)
        notes.append(f"`{name.text} {first.text}= …` is read as {name.text} {first.text} (…)")
        opening = Token("op", "(", second.at, second.end)
        return [name, first, opening, *change, Token("op", ")", end.at, end.end), end]
    return tokens


def rounded(tokens: list[Token], notes: list[str]) -> list[Token]:
    """Return what stands before `≈`: the value itself, not what it was rounded to."""
    signs = [number for number, token in enumerate(tokens) if token.text == "≈"]
    if not signs:
        return tokens
    if signs == [0]:
        return tokens[1:]
    notes.append("only what stands before `≈` counts")
    return [*tokens[: signs[0]], tokens[-1]] if signs[0] else tokens


def right_side(tokens: list[Token], text: str, kind: str, notes: list[str]) -> list[Token]:
    """Return what follows the last `=` outside of brackets.

    Before it stands a name, or in questions for a number the way that led there.
    """
    depth, last, commas = 0, None, []
    for number, token in enumerate(tokens):
        if token.kind != "op":
            continue
        if token.text in ("(", "[", "{", "_{", *ROUNDED) or token.text.startswith("\\begin"):
            depth += 1
        elif token.text in (")", "]", "}", "⌋", "⌉") or token.text.startswith("\\end"):
            depth -= 1
        elif depth == 0 and token.text == "=":
            if last is not None and commas and commas[-1] > last:
                raise Unreadable("type the values alone, without `name =`", token.at)
            last = number
        elif depth == 0 and token.text == ",":
            commas.append(number)
    if last is None:
        return tokens
    if kind != "number" and (last == 0 or tokens[0].kind == "number"):
        raise Unreadable("before `=` a name is expected", tokens[0].at)
    left = text[tokens[0].at - 1 : tokens[last - 1].end - 1] if last else ""
    notes.append(f"only what follows `{short(left + ' =')}` counts")
    rest = tokens[last + 1 :]
    if rest[0].kind == "end":
        raise Unreadable("nothing follows `=`", rest[0].at)
    return rest


def short(text: str) -> str:
    """Return what was typed in at most thirty characters."""
    text = " ".join(text.split())
    return text if len(text) <= 30 else text[:27] + "..."
