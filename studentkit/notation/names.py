"""What a question lets a student name: variables, sizes, further names, other spellings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

Shape = tuple[int, ...]

_KIND = re.compile(r"(?P<what>[a-z_]+)(?::(?P<sizes>[A-Za-z0-9_]+(?:\s*,\s*[A-Za-z0-9_]+)*))?\Z")
_ARRAYS = {"vec": 1, "row": 1, "mat": 2}


@dataclass(frozen=True)
class Names:
    """The public part of a question that reading needs.

    `vars` and `names` give each name's kind: "vec:n" (a column), "row:n", "mat:m,n", or any other
    word for a scalar ("real", "pos", "unit", "scalar", "index:n", "dim:B"). `dims` gives the
    sizes, whose names may be typed too. `aliases` maps another spelling to a name of these; it may
    be longer than a word ("dL/dw"). `kind` is "expression", "number", "tuple" or "design"; `form`
    shows how several answers are typed.
    ValueError from `shapes` means that the question itself is wrong.
    """

    vars: Mapping[str, str] = field(default_factory=dict)
    dims: Mapping[str, int] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    kind: str = "expression"
    form: str = ""  # of several answers: "(C, H, W)"

    @cached_property
    def shapes(self) -> dict[str, Shape]:
        """Return the shape of every name: () for a scalar, (rows, columns) otherwise."""
        shapes: dict[str, Shape] = dict.fromkeys(self.dims, ())
        for name, kind in {**self.names, **self.vars}.items():
            shapes[name] = self._shape(name, kind)
        for alias, name in self.aliases.items():
            if name not in shapes:
                raise ValueError(f"alias {alias} stands for {name}, which is no name")
        return shapes

    @cached_property
    def sizes(self) -> dict[str, int]:
        """Return the value of every name that stands for a size: `dims`, and kinds "dim:B"."""
        sizes = dict(self.dims)
        for name, kind in {**self.names, **self.vars}.items():
            sizes.pop(name, None)
            match = _KIND.match(kind)
            if match and match["what"] == "dim" and match["sizes"]:
                sizes[name] = self._size(name, match["sizes"])
        return sizes

    @cached_property
    def spellings(self) -> dict[str, str]:
        """Return every loosened spelling (see `loosened`) that only one name can mean."""
        found: dict[str, set[str]] = {}
        for name in self.shapes:
            found.setdefault(loosened(name), set()).add(name)
        for alias, name in self.aliases.items():
            found.setdefault(loosened(alias), set()).add(name)
        return {spelling: meant.pop() for spelling, meant in found.items() if len(meant) == 1}

    def resolve(self, typed: str) -> str | None:
        """Return the name that `typed` means, or None."""
        if typed in self.shapes:
            return typed
        return self.aliases.get(typed) or self.spellings.get(loosened(typed))

    def _shape(self, name: str, kind: str) -> Shape:
        match = _KIND.match(kind)
        if match is None:
            raise ValueError(f"{name} has the kind {kind!r}, which cannot be read")
        count = _ARRAYS.get(match["what"])
        if count is None:
            return ()
        sizes = [part.strip() for part in (match["sizes"] or "").split(",") if part.strip()]
        if len(sizes) != count:
            raise ValueError(f"{name} has the kind {kind!r}: {count} size(s) are needed")
        lengths = tuple(self._size(name, size) for size in sizes)
        if match["what"] == "mat":
            return lengths
        return (lengths[0], 1) if match["what"] == "vec" else (1, lengths[0])

    def _size(self, name: str, size: str) -> int:
        length = int(size) if size.isdecimal() else self.dims.get(size)
        if length is None or not 1 <= length <= 64:
            raise ValueError(f"{name} has the size {size}, which is not in dims (1 to 64)")
        return length


_LOOSE = [
    (re.compile(r"(?<![A-Za-z])(lambda_?|lambd|lmbda|lam)(?![A-Za-z])"), "lam"),
    (re.compile(r"(?<![A-Za-z])(varepsilon|epsilon|eps)(?![A-Za-z])"), "eps"),
    (re.compile(r"(?<![A-Za-z])var(?=phi|theta|sigma)"), ""),
    (re.compile(r"_(?=(hat|bar|tilde|dot)(?![a-z]))"), ""),
    (re.compile(r"(?<=[A-Za-z])_(?=\d)"), ""),
]


def loosened(typed: str) -> str:
    """Return `typed` with what people spell differently made one: y_hat, W_1, lambda_."""
    from studentkit.notation.symbols import spelled_out

    typed = spelled_out(typed)
    for pattern, replacement in _LOOSE:
        typed = pattern.sub(replacement, typed)
    return typed
