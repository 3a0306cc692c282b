"""Names, and entries of what has a name."""

from __future__ import annotations

import re
from difflib import get_close_matches
from fractions import Fraction

from studentkit.notation.errors import Unreadable
from studentkit.notation.functions import KNOWN
from studentkit.notation.grammar.syntax import Syntax, Word
from studentkit.notation.meaning.shapes import UNSIZED, WHOLE, Typed, is_vector
from studentkit.notation.meaning.state import State
from studentkit.notation.names import Shape
from studentkit.notation.tree import (
    Apply,
    Constant,
    Index,
    Name,
    Number,
    Tree,
)

ENTRY = re.compile(r"([A-Za-z][A-Za-z0-9]*?(?:_[A-Za-z0-9]+)*?)_([a-z]{1,2}|[0-9]+)\Z")


class NamedThings(State):
    """Reads names."""

    def word(self, syntax: Word) -> Typed:
        typed = syntax.text
        if typed in self.bound:
            return Name(typed), ()
        entry = self.entry_of(typed, syntax)
        if entry is not None and entry[0]:
            return entry[1]
        name = self.question.resolve(typed)
        if name is not None:
            return Name(name), self.question.shapes[name]
        if entry is not None:
            return entry[1]
        if typed in ("e", "E", "pi"):
            return Constant("pi" if typed == "pi" else "e"), ()
        if typed in ("I", "eye", "Identity"):
            return WHOLE, UNSIZED
        raise self.unknown(typed, syntax.at)

    def entry_of(self, typed: str, syntax: Syntax) -> tuple[bool, Typed] | None:
        """Return s_i as an entry of s, and whether an index of it is bound by a sum."""
        match = ENTRY.match(typed)
        if match is None:
            return None
        base_name, letters = match[1], match[2]
        if letters.isdigit():
            base = self.question.resolve(base_name)
            if base and self.question.shapes[base] and self.question.resolve(typed) is None:
                raise Unreadable(
                    f"entries count from 0 here; type {base_name}[0] for the first", syntax.at
                )
            return None
        inside = any(letter in self.bound for letter in letters)
        if base_name in ("delta", "d", "kron") and len(letters) == 2:
            known = [self.index_name(letter) for letter in letters]
            if None not in known:
                first, second = (Name(str(name)) for name in known)
                return inside, (Apply("delta", (first, second)), ())
        base = self.question.resolve(base_name)
        shape = self.question.shapes.get(base or "", ())
        if base is None or not shape:
            if inside and self.question.resolve(typed):
                raise Unreadable(f"{typed} cannot be summed over {letters} here", syntax.at)
            return None
        if len(letters) != (1 if 1 in shape else 2):
            return None
        names = [self.index_name(letter) for letter in letters]
        if None in names:
            return None
        indices = tuple(Name(str(name)) for name in names)
        return inside, self.entry(Name(base), shape, indices, syntax)

    def index_name(self, letter: str) -> str | None:
        if letter in self.bound:
            return letter
        name = self.question.resolve(letter)
        if name is None or self.question.shapes[name] != ():
            return None
        return str(name)

    def unknown(self, typed: str, at: int) -> Unreadable:
        shown = typed if len(typed) <= 30 else typed[:27] + "..."
        names = [*self.question.shapes, *self.question.aliases]
        if len(typed) > 1 and all(self.question.resolve(letter) for letter in typed):
            product = "*".join(typed)
            if len(product) <= 20:
                said = f"`{shown}` is not a name of this question; did you mean {product}?"
                return Unreadable(said, at)
        close = get_close_matches(typed[:40], names, 1, 0.5) or [
            name for name in names if name.lower() == typed.lower()
        ]
        if not close and len(typed) > 2:
            close = get_close_matches(typed[:40], sorted(KNOWN), 1, 0.8)
        if close:
            said = f"`{shown}` is not a name of this question; did you mean `{close[0]}`?"
        elif self.question.kind == "number" and not names:
            said = f"`{shown}` is not read; type the number alone"
        else:
            said = f"`{shown}` is not a name of this question"
        return Unreadable(said, at)

    def entry(self, tree: Tree, shape: Shape, indices: tuple[Tree, ...], at: Syntax) -> Typed:
        """Return one entry; literal indices must exist, those of a sum learn their size."""
        if is_vector(shape) and len(indices) == 2:
            fixed = indices[1] if shape[1] == 1 else indices[0]
            if fixed == Number(Fraction(0)):
                indices = (indices[0] if shape[1] == 1 else indices[1],)
        lengths = (max(shape),) if is_vector(shape) else shape
        if len(indices) != len(lengths):
            needed = "one index" if len(lengths) == 1 else "two indices"
            raise Unreadable(f"an entry of this needs {needed}", at.at)
        if len(indices) == 2 and self.on_diagonal(indices):
            lengths = (min(lengths),) * 2  # where the matrix is not square, it ends early
        for index, length in zip(indices, lengths, strict=True):
            if isinstance(index, Number) and not (
                index.value.denominator == 1 and index.value < length
            ):
                raise Unreadable(f"there are {length} entries, which count from 0", at.at)
            if isinstance(index, Apply) and index.operator == "neg":
                raise Unreadable("entries count from 0, from the front", at.at)
            if isinstance(index, Name) and index.name in self.bound:
                known = self.bound[index.name]
                if known not in (None, length):
                    raise Unreadable(
                        f"{index.name} runs over {known} entries, but there are {length}", at.at
                    )
                self.bound[index.name] = length
        return Index(tree, indices), ()

    def on_diagonal(self, indices: tuple[Tree, ...]) -> bool:
        """Tell whether both indices are the same index of a sum."""
        first, second = indices
        return first == second and isinstance(first, Name) and first.name in self.bound
