"""What a typed answer means: a small immutable tree of exact numbers, names and operators.

The reader makes it, the judge evaluates it, the writers show it. Nothing in it can run.

Values. A scalar has shape (); everything else is a matrix of shape (rows, columns): a vector is a
column (n, 1), its transpose a row (1, n). A product that comes out as (1, 1) is a scalar. A
comparison is 1 where it holds and 0 elsewhere. Entries and indices count from 0. All sizes are
concrete: the question's `dims` give them.

Operators of `Apply`, by what they take (E = entry by entry; any shape):

    add a b          E, a + b. Shapes are equal, or one is a scalar, or one is the row (1, c) or
                     the column (r, 1) that is repeated along the matrix (r, c) (as numpy does;
                     never a row with a column)
    sub a b          E, a - b; shapes as add
    neg a            E, -a
    mul a b          a * b where at least one of them is a scalar
    hadamard a b     E, a * b of two arrays; shapes as add
    matmul a b       matrix product (r, k) (k, c) -> (r, c)
    div a b          E, a / b; shapes as add (never an inverse)
    pow a b          E, a ** b; shapes as add (never a matrix power; 0 ** 0 is 1)
    exp log log2 log10 sqrt abs sign floor ceil sin cos tan sinh cosh tanh softplus relu sigmoid  a
                     E; log is the natural logarithm, relu is max(0, a),
                     sigmoid is 1/(1 + exp(-a)), softplus is log(1 + exp(a))
    heaviside a      E, 1 where a > 0 and 0 where a < 0 (the judge picks the value at 0)
    sigma a          E, the question's own activation: abstract where the question says so and
                     the logistic function elsewhere
    sigma_prime a    E, its derivative at a
    max a b, min a b E, the larger, the smaller; shapes as add
    transpose a      (r, c) -> (c, r); of a scalar: itself
    trace a          (n, n) -> ()
    diag a           column (n, 1) or row (1, n) -> the matrix (n, n) with it on the diagonal
    diagonal a       (n, n) -> column (n, 1)
    softmax a        of a column or row, over all its entries; same shape
    softmax_rows a   of a matrix (r, c): each row on its own; same shape
    sum a, mean a    all entries -> ()
    amax a, amin a   the largest, the smallest of all entries -> ()
    sum_down a, mean_down a     (r, c) -> (1, c): numpy's axis 0
    sum_across a, mean_across a (r, c) -> (r, 1): numpy's axis 1
    norm a           root of the sum of squares of all entries -> ()
    eye n            the identity (n, n); n is a Number or the Name of a size
    ones r c, zeros r c         (r, c), all 1 or all 0; r and c as in eye
    delta i j        1 if the scalars i and j are equal, else 0
    and a b, or a b, not a      E, of comparisons (values 0 and 1)

Names. `Name.name` is always a key of the question's `vars`, `names` or `dims` (an alias is
replaced by what it stands for), or the index of an enclosing `Sum`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

ELEMENTWISE = frozenset(
    "exp log log2 log10 sqrt abs sign floor ceil sin cos tan sinh cosh tanh softplus relu sigmoid "
    "heaviside sigma sigma_prime neg not".split()
)
BINARY = frozenset("add sub mul hadamard div pow matmul max min and or delta".split())
REDUCING = frozenset("sum mean amax amin norm trace".split())  # to a scalar
ARITY = {
    **dict.fromkeys(ELEMENTWISE | REDUCING, 1),
    **dict.fromkeys(BINARY, 2),
    **dict.fromkeys("transpose diag diagonal softmax softmax_rows eye".split(), 1),
    **dict.fromkeys("sum_down mean_down sum_across mean_across".split(), 1),
    **dict.fromkeys("ones zeros".split(), 2),
}
COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")


@dataclass(frozen=True)
class Number:
    """An exact number that is not negative (-2 is neg of 2); 0.1 is 1/10, 50% is 1/2."""

    value: Fraction
    typed: str = ""  # how it was written ("1e-3"); plays no part in what it means

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Number) and self.value == other.value

    def __hash__(self) -> int:
        return hash(self.value)


@dataclass(frozen=True)
class Constant:
    """A mathematical constant: "e" or "pi". (e ** x is read as exp of x.)"""

    name: str


@dataclass(frozen=True)
class Name:
    """A name of the question (see the module), or the index of an enclosing `Sum`."""

    name: str


@dataclass(frozen=True)
class Apply:
    """An operator of the module's list with its arguments, as many as `ARITY` says."""

    operator: str
    args: tuple[Tree, ...]


@dataclass(frozen=True)
class Index:
    """One entry, a scalar: `base` is a vector with one index or a matrix with two, from 0."""

    base: Tree
    indices: tuple[Tree, ...]


@dataclass(frozen=True)
class Sum:
    """Sum of `body` with the name `index` bound to 0, 1, ..., size - 1 in it."""

    index: str
    size: int
    body: Tree


@dataclass(frozen=True)
class Compare:
    """1 where `left` `operator` `right` holds, else 0; entry by entry, shapes as add."""

    operator: str  # one of COMPARISONS
    left: Tree
    right: Tree


@dataclass(frozen=True)
class Cases:
    """The value of the first branch whose condition is 1; entry by entry, shapes as add.

    Where none is 1 and `otherwise` is None, there is no value.
    """

    branches: tuple[tuple[Tree, Tree], ...]  # (condition, value)
    otherwise: Tree | None = None


@dataclass(frozen=True)
class Matrix:
    """A matrix written out: at least one row, all of the same length >= 1, of scalars.

    A flat list is a column, one entry a row.
    """

    rows: tuple[tuple[Tree, ...], ...]


@dataclass(frozen=True)
class Tuple:
    """Several answers in order, or a nested list, in questions of kind tuple or design.

    Round and square brackets mean the same there. A single number is no tuple.
    """

    items: tuple[Tree, ...]


@dataclass(frozen=True)
class Record:
    """Named answers, from a dict (designs)."""

    items: tuple[tuple[str, Tree], ...]


Tree: TypeAlias = (
    Number | Constant | Name | Apply | Index | Sum | Compare | Cases | Matrix | Tuple | Record
)


def children(tree: Tree) -> tuple[Tree, ...]:
    """Return the parts of `tree`, from left to right."""
    match tree:
        case Apply(_, args) | Tuple(args):
            return args
        case Index(base, indices):
            return (base, *indices)
        case Sum(_, _, body):
            return (body,)
        case Compare(_, left, right):
            return (left, right)
        case Cases(branches, otherwise):
            parts = tuple(part for branch in branches for part in branch)
            return parts if otherwise is None else (*parts, otherwise)
        case Matrix(rows):
            return tuple(entry for row in rows for entry in row)
        case Record(items):
            return tuple(value for _, value in items)
        case _:
            return ()
