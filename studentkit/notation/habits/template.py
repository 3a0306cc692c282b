"""The form that a question asks for, as places with names: `([w1, w2], b)`."""

from __future__ import annotations

import re
from typing import TypeAlias

from studentkit.notation.habits.spoken import split
from studentkit.notation.names import loosened

Template: TypeAlias = "str | list[Template]"

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")


def template(form: str) -> list[Template]:
    """Return the first brackets of a question's form, [] where it has none."""
    match = re.search(r"[(\[]", form)
    if match is None:
        return []
    depth = 0
    for place in range(match.start(), len(form)):
        depth += (form[place] in "([") - (form[place] in ")]")
        if depth == 0:
            made = _read(form[match.start() : place + 1])
            return made if isinstance(made, list) else []
    return []


def is_open(made: Template) -> bool:
    """Tell whether the form leaves open how many values there are."""
    return made == "..." if isinstance(made, str) else any(map(is_open, made))


def places(made: Template) -> list[str]:
    """Return the names of all places, [] where one has none."""
    if isinstance(made, str):
        return [made] if _NAME.match(made) else []
    found = [places(part) for part in made]
    return [name for names in found for name in names] if all(found) else []


def top(made: list[Template]) -> list[str]:
    """Return what each part may be called: its name, or the first in it."""
    first = [part if isinstance(part, str) else next(iter(part), "") for part in made]
    named = [name for name in first if isinstance(name, str) and _NAME.match(name)]
    return named if len(named) == len(made) else []


def laid_out(made: Template, values: list[str]) -> str:
    """Return the form with `values` in its places, in order; takes them from the list."""
    if isinstance(made, str):
        return values.pop(0)
    return f"[{', '.join(laid_out(part, values) for part in made)}]"


def count(made: Template) -> int:
    """Return how many places a form has."""
    return 1 if isinstance(made, str) else sum(map(count, made))


def filled(made: Template, values: dict[str, str]) -> str:
    """Return the form with a value in each place."""
    if isinstance(made, str):
        return values[made]
    return f"[{', '.join(filled(part, values) for part in made)}]"


def meant(label: str, names: list[str]) -> str | None:
    """Return the one name that `label` means: itself, in other letters, or its beginning."""
    label = re.sub(r"\b(?:set|size|samples|images|data)\b", "", label.strip()) or label
    plain = loosened(
        re.sub(r"[\\{}\s]", "", re.sub(r"\\(bar|hat)\s*\{?\s*(\w)\}?", r"\2\1", label))
    )
    for same in (lambda name: loosened(name) == plain, lambda name: name.lower() == plain.lower()):
        found = [name for name in names if same(name)]
        if found:
            return found[0] if len(found) == 1 else None
    plain = plain.lower()
    found = [name for name in names if plain and name.lower().startswith(plain)]
    if not found and len(plain) > 2:  # channels, height, weights
        bare = {name: name.lower().rstrip("0123456789") for name in names}
        found = [name for name in names if bare[name] == plain[0]]
    return found[0] if len(found) == 1 else None


def _read(text: str) -> Template:
    text = text.strip()
    if text[:1] in ("(", "[") and text[-1:] in (")", "]"):
        return [_read(part) for part in split(text[1:-1], ",")]
    return text
