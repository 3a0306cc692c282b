"""What stands where in a typed answer, before anything is known of shapes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A part of what was typed, from the character `at` (the first is 1) up to `end`."""

    at: int
    end: int
    grouped: bool = False  # in brackets of its own
    depth: int = 1

    @property
    def parts(self) -> tuple[Syntax, ...]:
        """What it is made of, from left to right; options of calls are not among them."""
        return ()


@dataclass(frozen=True, slots=True)
class Numeral(Node):
    """`12.5`, `1e-3`, `50%`."""

    text: str


@dataclass(frozen=True, slots=True)
class FractionSign(Node):
    """`½` and the like."""

    text: str


@dataclass(frozen=True, slots=True)
class Word(Node):
    """A name, whatever it stands for."""

    text: str


@dataclass(frozen=True, slots=True)
class _Pair(Node):
    operator: str
    left: Syntax
    right: Syntax

    @property
    def parts(self) -> tuple[Syntax, ...]:
        """Left and right."""
        return self.left, self.right


@dataclass(frozen=True, slots=True)
class Operation(_Pair):
    """`+ - * · / // @ ∘ ⊗ ^ .^` between two operands; "" is a product by juxtaposition."""


@dataclass(frozen=True, slots=True)
class Relation(_Pair):
    """`<`, `<=`, `>`, `>=`, `==` or `!=`."""


@dataclass(frozen=True, slots=True)
class Junction(_Pair):
    """`and` or `or`."""


@dataclass(frozen=True, slots=True)
class _Around(Node):
    inner: Syntax

    @property
    def parts(self) -> tuple[Syntax, ...]:
        """What is within."""
        return (self.inner,)


@dataclass(frozen=True, slots=True)
class Opposite(_Around):
    """`-x`."""


@dataclass(frozen=True, slots=True)
class Denial(_Around):
    """`not x > 0`."""


@dataclass(frozen=True, slots=True)
class Transposition(_Around):
    """`A.T`, `A^T`, `A.transpose()`."""


@dataclass(frozen=True, slots=True)
class PrimeMark(_Around):
    """`A'`."""


@dataclass(frozen=True, slots=True)
class Conditional(Node):
    """`value if condition else other`."""

    condition: Syntax
    value: Syntax
    other: Syntax

    @property
    def parts(self) -> tuple[Syntax, ...]:
        """The condition first."""
        return self.condition, self.value, self.other


@dataclass(frozen=True, slots=True)
class Entry(Node):
    """`A[i, j]`, `s_{k}`; also a factor in square brackets."""

    base: Syntax
    indices: tuple[Syntax, ...]

    @property
    def parts(self) -> tuple[Syntax, ...]:
        """What has entries, and where."""
        return self.base, *self.indices


@dataclass(frozen=True, slots=True)
class _Several(Node):
    items: tuple[Syntax, ...]

    @property
    def parts(self) -> tuple[Syntax, ...]:
        """The items."""
        return self.items


@dataclass(frozen=True, slots=True)
class Indicator(_Several):
    """`1[x > 0]`."""


@dataclass(frozen=True, slots=True)
class Listing(_Several):
    """Square brackets, or a matrix of LaTeX."""


@dataclass(frozen=True, slots=True)
class Series(_Several):
    """Several answers with commas between."""


@dataclass(frozen=True, slots=True)
class FunctionCall(Node):
    """`f(x, y, axis=0)`, also `x.f(y)` and `|x|`."""

    name: str
    arguments: tuple[Syntax, ...]
    options: tuple[tuple[str, Syntax], ...] = ()

    @property
    def parts(self) -> tuple[Syntax, ...]:
        """The arguments."""
        return self.arguments


@dataclass(frozen=True, slots=True)
class Span(Node):
    """What a sum runs over: an index, and no bounds, the last, or both."""

    index: str
    bounds: tuple[Syntax, ...] = ()

    @property
    def parts(self) -> tuple[Syntax, ...]:
        """The bounds."""
        return self.bounds


@dataclass(frozen=True, slots=True)
class Summation(Node):
    """`sum_k`, `Σ_{k=1}^{n}`, `Σ_{k≠i}` and the product that follows."""

    body: Syntax
    span: Span
    condition: Syntax | None = None

    @property
    def parts(self) -> tuple[Syntax, ...]:
        """The body first."""
        found = (self.body, self.span)
        return found if self.condition is None else (*found, self.condition)


@dataclass(frozen=True, slots=True)
class Labelled(Node):
    """`padding = 1, stride = 2`."""

    items: tuple[tuple[str, Syntax], ...]


Syntax: TypeAlias = (
    Numeral
    | FractionSign
    | Word
    | Operation
    | Relation
    | Junction
    | Opposite
    | Denial
    | Transposition
    | PrimeMark
    | Conditional
    | Entry
    | Indicator
    | Listing
    | Series
    | FunctionCall
    | Span
    | Summation
    | Labelled
)
