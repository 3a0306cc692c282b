"""Gives syntax its meaning: names, shapes, and which product a `*` is. Makes the tree."""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches
from fractions import Fraction

from studentkit.notation.errors import Unreadable
from studentkit.notation.functions import (
    ARRAYS,
    BINARY,
    ELEMENTWISE,
    KNOWN,
    OTHER,
    REDUCING,
    SIZED,
    VARIADIC,
)
from studentkit.notation.grammar import Syntax
from studentkit.notation.names import Names, Shape
from studentkit.notation.symbols import FRACTIONS
from studentkit.notation.tree import (
    Apply,
    Cases,
    Compare,
    Constant,
    Index,
    Matrix,
    Name,
    Number,
    Record,
    Sum,
    Tree,
    Tuple,
    children,
)

MAX_SIZE = 64  # of eye(n) and the like
MAX_WORK = 20_000  # nodes that evaluation visits, sums unrolled

_ENTRY = re.compile(r"([A-Za-z][A-Za-z0-9]*?(?:_[A-Za-z0-9]+)*?)_([a-z]{1,2}|[0-9]+)\Z")
_WHOLE = Apply("eye", ())  # an identity whose size its surroundings give
_UNSIZED: Shape = (-1, -1)

Typed = tuple[Tree, Shape]


class Meaning:
    """Turns one answer's syntax into a tree; `notes` collects how ambiguous things were read."""

    def __init__(self, question: Names, text: str) -> None:
        self.question = question
        self.text = text
        self.notes: list[str] = []
        self.bound: dict[str, int | None] = {}  # index of an enclosing sum -> its size, once known
        self.work = 0

    def whole(self, syntax: Syntax) -> tuple[Tree, Shape | None]:
        """Return the tree and the shape of an answer."""
        wide = self.question.kind in ("tuple", "design")
        if wide and syntax.kind in ("tuple", "list"):
            tree = self.nested(syntax)
            return tree, tuple_shape(tree)
        if wide and _is_array_call(syntax):
            tree = self.nested(syntax.parts[0])
            return tree, tuple_shape(tree)
        if syntax.kind == "record":
            return Record(tuple((name, self.nested(part)) for name, part in syntax.options)), None
        if syntax.kind == "tuple":
            raise Unreadable(
                f"one answer is expected here, not {len(syntax.parts)} with commas between them",
                syntax.at,
            )
        tree, shape = self.read(syntax)
        if shape == _UNSIZED:
            raise Unreadable("say how large the identity is, as in eye(n)", syntax.at)
        return tree, shape

    def nested(self, syntax: Syntax) -> Tree:
        """Return a tuple of the answers within brackets."""
        if _is_array_call(syntax):
            return self.nested(syntax.parts[0])
        if syntax.kind in ("tuple", "list"):
            return Tuple(tuple(self.nested(part) for part in syntax.parts))
        tree, shape = self.read(syntax)
        if shape == _UNSIZED:
            raise Unreadable("say how large the identity is, as in eye(n)", syntax.at)
        return tree

    def read(self, syntax: Syntax) -> Typed:
        """Return the tree and shape of one expression."""
        self.work += 1
        if self.work > MAX_WORK:
            raise Unreadable("this is too long to be read", syntax.at)
        method: Callable[[Syntax], Typed] = getattr(self, f"_{_METHODS[syntax.kind]}")
        tree, shape = method(syntax)
        if shape == (1, 1):
            shape = ()
            if isinstance(tree, Matrix):
                tree = tree.rows[0][0]
        return tree, shape

    def note(self, sentence: str) -> None:
        if sentence not in self.notes and len(self.notes) < 12:
            self.notes.append(sentence)

    def typed(self, syntax: Syntax) -> str:
        found = " ".join(self.text[syntax.at - 1 : syntax.end - 1].split())
        return found if len(found) <= 40 else found[:37] + "..."

    # --- leaves

    def _number(self, syntax: Syntax) -> Typed:
        return number(syntax.text), ()

    def _fraction(self, syntax: Syntax) -> Typed:
        above, below = FRACTIONS[syntax.text]
        return Apply("div", (Number(Fraction(above)), Number(Fraction(below)))), ()

    def _name(self, syntax: Syntax) -> Typed:
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
            return _WHOLE, _UNSIZED
        raise self.unknown(typed, syntax.at)

    def entry_of(self, typed: str, syntax: Syntax) -> tuple[bool, Typed] | None:
        """Return s_i as an entry of s, and whether an index of it is bound by a sum."""
        match = _ENTRY.match(typed)
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

    # --- operators

    def _binary(self, syntax: Syntax) -> Typed:
        left, right = syntax.parts
        operator = syntax.text
        if operator in ("^", ".^"):
            return self.power(syntax)
        regrouped = self.regrouped(syntax)
        if regrouped is not None:
            return regrouped
        made = self.combine(operator, self.read(left), self.read(right), syntax)
        ambiguous = operator == "" and left.kind == "binary" and left.text == "/"
        if ambiguous and not left.grouped:
            below = left.parts[1]
            if below.kind in ("number", "name") or not below.grouped:
                divided, times = self.typed(left), self.typed(right)
                self.note(f"`{self.typed(syntax)}` is read as ({divided})*{times}")
        return made

    def regrouped(self, syntax: Syntax) -> Typed | None:
        """Read a∘b*c as a∘(b*c) where only that fits, and refuse it where both do."""
        left, last = syntax.parts
        if syntax.text not in ("*", "", "@", "·") or left.text != "∘" or left.grouped:
            return None
        if left.kind != "binary":
            return None
        first, second = (self.read(part) for part in left.parts)
        third = self.read(last)
        if () in (first[1], second[1], third[1]):
            inner = self.combine("∘", first, second, left)
            return self.combine(syntax.text, inner, third, syntax)
        kept = len(self.notes)
        found: list[Typed] = []
        refused: Unreadable | None = None
        for other in (False, True):
            try:
                if other:
                    inner = self.combine(syntax.text, second, third, syntax)
                    if inner[1] != first[1]:
                        continue  # it would fit only by repeating a row or column
                    found.append(self.combine("∘", first, inner, syntax))
                else:
                    inner = self.combine("∘", first, second, left)
                    found.append(self.combine(syntax.text, inner, third, syntax))
            except Unreadable as refusal:
                del self.notes[kept:]
                if other and not found:
                    raise refused or refusal from None
                refused = refusal
        if len(found) == 2 and _uses_matmul(syntax.text, second, third):
            raise Unreadable("which product comes first? put brackets around it", syntax.at)
        if not found:
            raise refused or self.misfit("these have no product", first, third, syntax)
        return found[0]

    def combine(self, operator: str, left: Typed, right: Typed, syntax: Syntax) -> Typed:
        """Return `left operator right`, where shapes decide which product is meant."""
        if operator in ("+", "-"):
            left, right = self.settled(left, right)
            shape = self.joined(left, right, operator, syntax)
            return Apply("add" if operator == "+" else "sub", (left[0], right[0])), shape
        if operator in ("/", "//"):
            return self.quotient(operator, left, right, syntax)
        a, b = left[1], right[1]
        if _UNSIZED in (a, b):
            left, right = self.multiplied_identity(left, right)
            a, b = left[1], right[1]
        if operator == "⊗":
            if _is_vector(a) and _is_vector(b):
                column = left[0] if a[1] == 1 else _transposed(left[0])
                row = right[0] if b[0] == 1 else _transposed(right[0])
                return Apply("matmul", (column, row)), (max(a), max(b))
            raise self.misfit("an outer product takes two vectors", left, right, syntax)
        if a == () or b == ():
            if operator == "@":
                raise self.misfit("`@` multiplies matrices, not numbers", left, right, syntax)
            return Apply("mul", (left[0], right[0])), a or b
        if operator == "∘":
            return Apply("hadamard", (left[0], right[0])), self.joined(left, right, "∘", syntax)
        if a[1] == b[0]:
            shape = (a[0], b[1])
            return Apply("matmul", (left[0], right[0])), () if shape == (1, 1) else shape
        if operator in ("·", "@") and a == b and _is_vector(a):
            parts = (left[0], right[0])
            first, second = parts if a[0] == 1 else (_transposed(parts[0]), parts[1])
            second = _transposed(second) if a[0] == 1 else second
            self.note(f"`{self.typed(syntax)}` is read as the dot product of two vectors")
            return Apply("matmul", (first, second)), ()
        if operator != "@" and a == b:
            self.note(
                f"`{self.typed(syntax)}` is read entry by entry, because shapes {_said(a)} "
                f"and {_said(b)} have no matrix product"
            )
            return Apply("hadamard", (left[0], right[0])), a
        raise self.misfit("these have no product", left, right, syntax)

    def quotient(self, operator: str, left: Typed, right: Typed, syntax: Syntax) -> Typed:
        a, b = left[1], right[1]
        if b == _UNSIZED or (a == _UNSIZED and b != ()):
            raise self.misfit("one cannot divide by a matrix", left, right, syntax)
        if b and min(b) > 1 and a and a != b:
            raise self.misfit("one cannot divide by a matrix", left, right, syntax)
        shape = a if a == _UNSIZED else self.joined(left, right, "/", syntax)
        if b:
            self.note(f"`{self.typed(syntax)}` is read entry by entry")
        tree: Tree = Apply("div", (left[0], right[0]))
        return (Apply("floor", (tree,)) if operator == "//" else tree), shape

    def power(self, syntax: Syntax) -> Typed:
        below, above = syntax.parts
        exponent = self.read(above)
        if below.kind == "name" and below.text in ("e", "E"):
            base = self.read(below)
            if base[0] == Constant("e"):
                return Apply("exp", (exponent[0],)), exponent[1]
        else:
            base = self.read(below)
        a, b = base[1], exponent[1]
        if _UNSIZED in (a, b):
            raise Unreadable("say how large the identity is, as in eye(n)", below.at)
        if a:
            if exponent[0] in (_negative_one(), Number(Fraction(-1))):
                raise Unreadable("an inverse is not needed in any answer here", above.at)
            if syntax.text == "^" and min(a) > 1 and a[0] == a[1]:
                raise Unreadable(
                    "a power of a matrix can be meant in two ways; type A*A or hadamard(A, A)",
                    syntax.at,
                )
            self.note(f"`{self.typed(syntax)}` is read entry by entry")
        shape = self.joined(base, exponent, "^", syntax)
        return Apply("pow", (base[0], exponent[0])), shape

    def _negative(self, syntax: Syntax) -> Typed:
        tree, shape = self.read(syntax.parts[0])
        return Apply("neg", (tree,)), shape

    def _transpose(self, syntax: Syntax) -> Typed:
        tree, shape = self.read(syntax.parts[0])
        if shape == _UNSIZED:
            return tree, shape
        if shape == ():
            self.note(f"`{self.typed(syntax)}` is a number, which is its own transpose")
            return tree, ()
        return Apply("transpose", (tree,)), (shape[1], shape[0])

    def _prime(self, syntax: Syntax) -> Typed:
        tree, shape = self.read(syntax.parts[0])
        if shape == ():
            raise Unreadable(
                f"`{self.typed(syntax)}` is a derivative that is not known here", syntax.at
            )
        self.note(f"`{self.typed(syntax)}` is read as a transpose")
        return (tree, shape) if shape == _UNSIZED else (_transposed(tree), (shape[1], shape[0]))

    # --- comparisons

    def _compare(self, syntax: Syntax) -> Typed:
        left, right = (self.read(part) for part in syntax.parts)
        shape = self.joined(left, right, syntax.text, syntax)
        return Compare(syntax.text, left[0], right[0]), shape

    def _logical(self, syntax: Syntax) -> Typed:
        parts = [self.condition(part) for part in syntax.parts]
        if len(parts) == 1:
            return Apply("not", (parts[0][0],)), parts[0][1]
        shape = self.joined(parts[0], parts[1], syntax.kind, syntax)
        return Apply(syntax.kind, (parts[0][0], parts[1][0])), shape

    def condition(self, syntax: Syntax) -> Typed:
        tree, shape = self.read(syntax)
        if not _is_condition(tree):
            raise Unreadable("a condition such as x > 0 is expected here", syntax.at)
        return tree, shape

    def _indicator(self, syntax: Syntax) -> Typed:
        if len(syntax.parts) != 1:
            raise Unreadable("one condition is expected here", syntax.at)
        return self.condition(syntax.parts[0])

    def _if(self, syntax: Syntax) -> Typed:
        condition, first, other = syntax.parts
        return self.cases([(condition, first)], other, syntax)

    def cases(
        self, branches: list[tuple[Syntax, Syntax]], otherwise: Syntax | None, syntax: Syntax
    ) -> Typed:
        shape: Shape = ()
        made = []
        for condition, value in branches:
            one, two = self.condition(condition), self.read(value)
            for part in (one, two):
                shape = self.joined((one[0], shape), part, "cases", syntax)
            made.append((one[0], two[0]))
        last = None
        if otherwise is not None:
            last = self.read(otherwise)
            shape = self.joined((last[0], shape), last, "cases", syntax)
        return Cases(tuple(made), None if last is None else last[0]), shape

    # --- entries, lists, sums

    def _entry(self, syntax: Syntax) -> Typed:
        whole, *given = syntax.parts
        if whole.kind == "entry":  # A[i][j]
            base_syntax, *first = whole.parts
            base = self.read(base_syntax)
            if len(first) == 1 and len(given) == 1 and base[1] and 1 not in base[1]:
                given, whole = [*first, *given], base_syntax
        tree, shape = self.read(whole)
        indices = []
        for part in given:
            index, its_shape = self.read(part)
            if len(given) == 1 and (its_shape != () or shape == ()):
                # square brackets around a factor, as in s_i[delta_ij - s_j]
                self.note(f"`{self.typed(syntax)}` is read as a product")
                pair = Syntax("binary", syntax.at, syntax.end, (whole, part), "")
                return self.combine("", (tree, shape), (index, its_shape), pair)
            if its_shape != ():
                raise Unreadable("an index is a number", part.at)
            indices.append(index)
        if shape == () or shape == _UNSIZED:
            raise Unreadable(f"`{self.typed(whole)}` has no entries", syntax.at)
        return self.entry(tree, shape, tuple(indices), syntax)

    def entry(self, tree: Tree, shape: Shape, indices: tuple[Tree, ...], at: Syntax) -> Typed:
        """Return one entry; literal indices must exist, those of a sum learn their size."""
        if _is_vector(shape) and len(indices) == 2:
            fixed = indices[1] if shape[1] == 1 else indices[0]
            if fixed == Number(Fraction(0)):
                indices = (indices[0] if shape[1] == 1 else indices[1],)
        lengths = (max(shape),) if _is_vector(shape) else shape
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

    def _list(self, syntax: Syntax) -> Typed:
        rows: list[tuple[Tree, ...]] = []
        for part in syntax.parts:
            entries = part.parts if part.kind in ("list", "tuple") else (part,)
            row = []
            for entry in entries:
                tree, shape = self.read(entry)
                if shape != ():
                    raise Unreadable("an entry of a matrix is a number", entry.at)
                row.append(tree)
            if rows and len(row) != len(rows[0]):
                raise Unreadable("rows of a matrix are equally long", part.at)
            rows.append(tuple(row))
        return Matrix(tuple(rows)), (len(rows), len(rows[0]))

    def _tuple(self, syntax: Syntax) -> Typed:
        raise Unreadable("nothing can be computed with several answers in brackets", syntax.at)

    def _range(self, syntax: Syntax) -> Typed:
        raise Unreadable("`for` is read only inside of sum(...)", syntax.at)

    def _sum(self, syntax: Syntax) -> Typed:
        body, span, *condition = syntax.parts
        return self.summed(body, span, syntax, condition[0] if condition else None)

    def summed(
        self, body: Syntax, span: Syntax, syntax: Syntax, condition: Syntax | None = None
    ) -> Typed:
        """Sum `body` over the index of `span`, whose extent the entries in `body` give."""
        index = span.text
        if not index.isalpha() or index in self.bound:
            raise Unreadable(f"`{index}` cannot be the index of this sum", span.at)
        if len(self.bound) >= 3:
            raise Unreadable("more than three sums within sums", syntax.at)
        self.bound[index] = None
        before = self.work
        tree, shape = self.read(body)
        if condition is not None:
            wanted, _ = self.condition(condition)
            tree = Cases(((wanted, tree),), Number(Fraction(0)))
        size = self.bound.pop(index)
        if shape == _UNSIZED:
            raise Unreadable("say how large the identity is, as in eye(n)", syntax.at)
        if size is None:
            raise Unreadable(f"nothing in this sum has an entry number {index}", syntax.at)
        self.work += (self.work - before) * (size - 1)
        if self.work > MAX_WORK:
            raise Unreadable("sums within sums are too large here", syntax.at)
        self.check_span(span, size)
        return Sum(index, size, tree), shape

    def check_span(self, span: Syntax, size: int) -> None:
        """Accept bounds that mean all entries: 0 to n-1, 1 to n, range(n)."""
        bounds = [self.extent(part) for part in span.parts]
        if not bounds:
            return
        first = bounds[0] if len(bounds) == 2 else None
        last = bounds[-1]
        good = {(0, size - 1), (1, size), (0, size), (None, size), (None, None)}
        if last is None:
            self.note(f"{span.text} runs over all {size} entries")
            last = size if first != 0 else size - 1
        if (first, last) not in good:
            raise Unreadable(f"{span.text} has to run over all {size} entries", span.at)

    def extent(self, syntax: Syntax) -> int | None:
        """Return the value of a bound, None if it is a letter of the student's own."""
        letter = syntax.kind == "name" and len(syntax.text) == 1
        if letter and self.question.resolve(syntax.text) is None:
            return None
        if syntax.kind == "binary" and syntax.text == "-" and syntax.parts[1].text == "1":
            inner = self.extent(syntax.parts[0])
            return None if inner is None else inner - 1
        return self.size(syntax)[1]

    def size(self, syntax: Syntax) -> tuple[Tree, int]:
        """Return a size as a tree and as an integer."""
        if syntax.kind == "number":
            made = number(syntax.text)
            if made.value.denominator == 1 and made.value <= MAX_SIZE:
                return made, int(made.value)
        if syntax.kind == "name":
            name = self.question.resolve(syntax.text)
            if name in self.question.sizes:
                return Name(name), self.question.sizes[name]
        raise Unreadable(
            f"a size of this question, or a number to {MAX_SIZE}, is expected", syntax.at
        )

    # --- functions

    def _call(self, syntax: Syntax) -> Typed:
        name, parts = syntax.text, syntax.parts
        axis = self.axis(syntax)
        if name in REDUCING:
            return self.reduced(syntax, axis)
        if name in ("softmax", "Softmax", "logsumexp", "LSE", "lse", "log_softmax"):
            if len(parts) == 2 and parts[1].kind in ("number", "negative"):
                axis, parts = self.axis_value(parts[1]), parts[:1]
            return self.soft(name, self.only(syntax, parts), axis, syntax)
        if axis is not None:
            raise Unreadable(f"`axis` is not read in {name}", syntax.at)
        if name == "log" and len(parts) == 2:
            return self.log_to_base(syntax)
        if name in ELEMENTWISE:
            tree, shape = self.only(syntax, parts)
            if shape == _UNSIZED:
                raise Unreadable("say how large the identity is, as in eye(n)", syntax.at)
            return Apply(ELEMENTWISE[name], (tree,)), shape
        if name in ARRAYS:
            return self.array_function(ARRAYS[name], syntax)
        if name in BINARY:
            return self.two(syntax)
        if name in VARIADIC:
            return self.extreme(syntax)
        if name in SIZED:
            return self.sized(syntax)
        return self.other(syntax)

    def only(self, syntax: Syntax, parts: tuple[Syntax, ...]) -> Typed:
        if len(parts) != 1:
            raise Unreadable(f"`{syntax.text}` takes one argument, not {len(parts)}", syntax.at)
        if parts[0].kind == "tuple":
            raise Unreadable(f"`{syntax.text}` takes one argument", parts[0].at)
        return self.read(parts[0])

    def axis(self, syntax: Syntax) -> int | None:
        for key, value in syntax.options:
            if key in ("axis", "dim"):
                return self.axis_value(value)
        return None

    def axis_value(self, syntax: Syntax) -> int | None:
        if syntax.kind == "name" and syntax.text == "None":
            return None
        minus = syntax.kind == "negative"
        inner = syntax.parts[0] if minus else syntax
        if inner.kind == "number" and inner.text in (("1", "2") if minus else ("0", "1")):
            return int(inner.text) if not minus else 2 - int(inner.text)
        raise Unreadable("an axis is 0 or 1", syntax.at)

    def reduced(self, syntax: Syntax, axis: int | None) -> Typed:
        operator, parts = REDUCING[syntax.text], syntax.parts
        body, rest = parts[0], parts[1:]
        span = self.span(rest)
        if operator == "sum" and span is not None:
            return self.summed(body, span, syntax)
        if len(rest) == 1 and rest[0].kind in ("number", "negative"):
            axis, rest = self.axis_value(rest[0]), ()
        if rest:
            raise Unreadable(
                f"`{syntax.text}` is read as sum(X), sum(X, axis=0) or sum(s_k, k)", syntax.at
            )
        if operator == "sum" and axis is None:
            letter = self.free_index(body)
            if letter is not None:
                self.note(f"`{self.typed(syntax)}` is read as the sum over {letter}")
                made = Syntax("range", syntax.at, syntax.end, text=letter)
                return self.summed(body, made, syntax)
        tree, shape = self.only(syntax, (body,))
        if shape == _UNSIZED:
            raise Unreadable("say how large the identity is, as in eye(n)", syntax.at)
        if shape == ():
            raise Unreadable(
                f"`{self.typed(body)}` is one number; say what the sum runs over, as in "
                "sum(s_k*z_k, k)"
                if operator == "sum"
                else "this is one number already",
                syntax.at,
            )
        if axis is None or (_is_vector(shape) and shape[axis] != 1):
            return Apply(operator, (tree,)), ()
        if _is_vector(shape) and axis == 1:
            raise Unreadable("a vector has only the axis 0", syntax.at)
        if operator not in ("sum", "mean"):
            raise Unreadable(f"`axis` is not read in {syntax.text}", syntax.at)
        if _is_vector(shape):
            return Apply(operator, (tree,)), ()
        if axis == 0:
            return Apply(f"{operator}_down", (tree,)), (1, shape[1])
        return Apply(f"{operator}_across", (tree,)), (shape[0], 1)

    def span(self, rest: tuple[Syntax, ...]) -> Syntax | None:
        """Return what a sum runs over: `k`, `(k, 0, n - 1)`, `k, 0, n - 1`, `for k in ...`."""
        if len(rest) == 1 and rest[0].kind == "range":
            return rest[0]
        if len(rest) == 1 and rest[0].kind == "tuple" and len(rest[0].parts) == 3:
            rest = rest[0].parts
        if len(rest) not in (1, 3) or rest[0].kind != "name" or len(rest[0].text) > 2:
            return None
        return Syntax("range", rest[0].at, rest[0].end, rest[1:], rest[0].text)

    def free_index(self, body: Syntax) -> str | None:
        """Return the one letter that stands as an index in `body` and is nothing else yet."""
        found: set[str] = set()
        waiting = [body]
        while waiting:
            part = waiting.pop()
            if part.kind == "entry":
                letters = [inner.text for inner in part.parts[1:] if inner.kind == "name"]
                found.update(letter for letter in letters if self.index_name(letter) is None)
            elif part.kind == "name" and self.question.resolve(part.text) is None:
                match = _ENTRY.match(part.text)
                if match and match[2].isalpha():
                    found.update(letter for letter in match[2] if self.index_name(letter) is None)
            waiting.extend(part.parts)
        return found.pop() if len(found) == 1 else None

    def soft(self, name: str, argument: Typed, axis: int | None, syntax: Syntax) -> Typed:
        tree, shape = argument
        if shape == () or shape == _UNSIZED:
            raise Unreadable(f"{name} takes a vector, not a number", syntax.at)
        vector = _is_vector(shape)
        if name in ("logsumexp", "LSE", "lse"):
            exponential = Apply("exp", (tree,))
            if vector:
                return Apply("log", (Apply("sum", (exponential,)),)), ()
            if axis != 1:
                raise Unreadable("say along which axis: logsumexp(X, axis=1)", syntax.at)
            return Apply("log", (Apply("sum_across", (exponential,)),)), (shape[0], 1)
        if not vector:
            if axis == 0:
                raise Unreadable("softmax of the columns is not read; rows are samples", syntax.at)
            self.note("softmax of a matrix is taken of each row")
        made: Tree = Apply("softmax" if vector else "softmax_rows", (tree,))
        return (Apply("log", (made,)) if name == "log_softmax" else made), shape

    def log_to_base(self, syntax: Syntax) -> Typed:
        base = syntax.parts[1]
        value = self.read(syntax.parts[0])
        named = {"2": "log2", "10": "log10", "e": "log", "E": "log"}.get(base.text)
        if named is not None and base.kind in ("number", "name"):
            return Apply(named, (value[0],)), value[1]
        raise Unreadable("only logarithms to the bases e, 2 and 10 are read", base.at)

    def array_function(self, operator: str, syntax: Syntax) -> Typed:
        if operator == "diag" and len(syntax.parts) > 1:
            return self.read_diagonal_entries(syntax)
        tree, shape = self.only(syntax, syntax.parts)
        one = Number(Fraction(1))
        if shape == _UNSIZED:
            raise Unreadable("say how large the identity is, as in eye(n)", syntax.at)
        if operator == "transpose":
            return (_transposed(tree), (shape[1], shape[0])) if shape else (tree, ())
        if operator == "square":
            return Apply("pow", (tree, Number(Fraction(2)))), shape
        if operator == "log1p":
            return Apply("log", (Apply("add", (one, tree)),)), shape
        if operator == "expm1":
            return Apply("sub", (Apply("exp", (tree,)), one)), shape
        if operator == "norm":
            return Apply("norm", (tree,)), ()
        if shape == ():
            if operator == "trace":
                self.note(f"`{self.typed(syntax)}` is the trace of a number, which is itself")
                return tree, ()
            raise Unreadable(f"`{syntax.text}` takes an array, not a number", syntax.at)
        if operator == "diag" and _is_vector(shape):
            return Apply("diag", (tree,)), (max(shape), max(shape))
        if shape[0] != shape[1]:
            self.note(
                f"`{self.typed(syntax)}`: this matrix is {_said(shape)}, so its diagonal has "
                f"{min(shape)} entries"
            )
        if operator == "trace":
            return Apply("trace", (tree,)), ()
        self.note(f"`{self.typed(syntax)}` is the diagonal of a matrix, as a column")
        return Apply("diagonal", (tree,)), (min(shape), 1)

    def read_diagonal_entries(self, syntax: Syntax) -> Typed:
        entries = Syntax("list", syntax.at, syntax.end, syntax.parts)
        tree, shape = self.read(entries)
        return Apply("diag", (tree,)), (shape[0], shape[0])

    def two(self, syntax: Syntax) -> Typed:
        if len(syntax.parts) != 2:
            raise Unreadable(f"`{syntax.text}` takes two arguments", syntax.at)
        operator = BINARY[syntax.text]
        left, right = (self.read(part) for part in syntax.parts)
        if operator == "delta":
            if left[1] or right[1]:
                raise Unreadable("delta compares two indices", syntax.at)
            return Apply("delta", (left[0], right[0])), ()
        if operator == "^":
            made = Syntax("binary", syntax.at, syntax.end, syntax.parts, ".^")
            return self.power(made)
        if operator == "@" and () in (left[1], right[1]):
            operator = "*"
        return self.combine(operator, left, right, syntax)

    def extreme(self, syntax: Syntax) -> Typed:
        operator, parts = VARIADIC[syntax.text], syntax.parts
        if len(parts) == 1:
            tree, shape = self.only(syntax, parts)
            if shape == () or shape == _UNSIZED:
                raise Unreadable(f"`{syntax.text}` takes two numbers or one array", syntax.at)
            return Apply(f"a{operator}", (tree,)), ()
        made = self.read(parts[0])
        for part in parts[1:]:
            other = self.read(part)
            shape = self.joined(made, other, operator, syntax)
            made = Apply(operator, (made[0], other[0])), shape
        return made

    def sized(self, syntax: Syntax) -> Typed:
        operator, parts = SIZED[syntax.text], syntax.parts
        if len(parts) == 1 and parts[0].kind == "tuple":
            parts = parts[0].parts
        if not 1 <= len(parts) <= 2:
            raise Unreadable(f"`{syntax.text}` takes one or two sizes", syntax.at)
        sizes = [self.size(part) for part in parts]
        if any(size < 1 for _, size in sizes):
            raise Unreadable("a size is at least 1", syntax.at)
        if operator == "eye":
            if len(sizes) == 2 and sizes[0][1] != sizes[1][1]:
                raise Unreadable("an identity is square", syntax.at)
            return Apply("eye", (sizes[0][0],)), (sizes[0][1], sizes[0][1])
        if len(sizes) == 1:
            sizes.append((Number(Fraction(1)), 1))
        return Apply(operator, (sizes[0][0], sizes[1][0])), (sizes[0][1], sizes[1][1])

    def other(self, syntax: Syntax) -> Typed:
        meaning, parts = OTHER[syntax.text], syntax.parts
        if meaning == "where":
            if len(parts) != 3:
                raise Unreadable("`where` takes a condition and two values", syntax.at)
            return self.cases([(parts[0], parts[1])], parts[2], syntax)
        if meaning == "cases":
            return self.listed_cases(syntax)
        if meaning == "1":
            return self._indicator(syntax)
        if meaning == "float":
            return self.only(syntax, parts)
        if meaning == "/" and len(parts) == 2:
            return self.combine("/", self.read(parts[0]), self.read(parts[1]), syntax)
        if meaning == "array" and len(parts) == 1 and parts[0].kind in ("list", "tuple"):
            if self.question.kind in ("tuple", "design"):
                raise Unreadable("nothing can be computed with a list of answers", syntax.at)
            return self._list(parts[0])
        raise Unreadable(f"`{syntax.text}` is not read in this way", syntax.at)

    def listed_cases(self, syntax: Syntax) -> Typed:
        """cases((1, x > 0), (0, x <= 0)), cases((x > 0, 1), 0), Piecewise((…), (0, True))."""
        branches: list[tuple[Syntax, Syntax]] = []
        otherwise: Syntax | None = None
        for number_, part in enumerate(syntax.parts, 1):
            if otherwise is not None:
                raise Unreadable("nothing may follow the last case", part.at)
            if part.kind != "tuple" or len(part.parts) == 1:
                inner = part.parts[0] if part.kind == "tuple" else part
                if number_ != len(syntax.parts) or not branches:
                    raise Unreadable("a case is a pair: (value, condition)", part.at)
                otherwise = inner
                continue
            if len(part.parts) != 2:
                raise Unreadable("a case is a pair: (value, condition)", part.at)
            value, condition = part.parts
            if _conditional(value) and not _conditional(condition):
                value, condition = condition, value
            if condition.kind == "name" and condition.text in ("True", "otherwise", "else"):
                otherwise = value
            else:
                branches.append((condition, value))
        if not branches:
            raise Unreadable("there is no case with a condition", syntax.at)
        return self.cases(branches, otherwise, syntax)

    # --- shapes

    def joined(self, left: Typed, right: Typed, operator: str, syntax: Syntax) -> Shape:
        """Return the shape of `left` and `right` taken entry by entry."""
        if _UNSIZED in (left[1], right[1]):
            raise Unreadable("say how large the identity is, as in eye(n)", syntax.at)
        shape = broadcast(left[1], right[1])
        if shape is None:
            raise self.misfit("shapes do not fit", left, right, syntax)
        if operator in ("+", "-") and left[1] != right[1]:
            scalar = () in (left[1], right[1])
            what = "the number" if scalar else "the vector"
            self.note(f"`{self.typed(syntax)}`: {what} is taken with every part of the other")
        return shape

    def misfit(self, what: str, left: Typed, right: Typed, syntax: Syntax) -> Unreadable:
        if len(syntax.parts) == 2:
            first, second = (self.typed(part) for part in syntax.parts)
            said = f"`{first}` is {_said(left[1])} and `{second}` is {_said(right[1])}"
        else:
            said = f"{_said(left[1])} and {_said(right[1])}"
        return Unreadable(f"{what}: {said}", syntax.at)

    def settled(self, left: Typed, right: Typed) -> tuple[Typed, Typed]:
        """Give an identity without a size that of the square matrix beside it."""
        a, b = left[1], right[1]
        if a == _UNSIZED and b and b != _UNSIZED and b[0] == b[1]:
            return (_sized(left[0], b[0]), b), right
        if b == _UNSIZED and a and a != _UNSIZED and a[0] == a[1]:
            return left, (_sized(right[0], a[0]), a)
        return left, right

    def multiplied_identity(self, left: Typed, right: Typed) -> tuple[Typed, Typed]:
        a, b = left[1], right[1]
        if a == _UNSIZED and b and b != _UNSIZED and b[0] > 1:
            return (_sized(left[0], b[0]), (b[0], b[0])), right
        if b == _UNSIZED and a and a != _UNSIZED and a[1] > 1:
            return left, (_sized(right[0], a[1]), (a[1], a[1]))
        return left, right


_METHODS = {
    kind: kind
    for kind in (
        "number fraction name binary negative transpose prime compare indicator if entry list "
        "tuple range sum call"
    ).split()
} | dict.fromkeys(("and", "or", "not"), "logical")


def number(typed: str) -> Number:
    """Return the exact value of a literal that has passed the limits."""
    if typed.endswith("%"):
        return Number(Fraction(typed[:-1]) / 100, typed)
    return Number(Fraction(typed), typed)


def broadcast(a: Shape, b: Shape) -> Shape | None:
    """Return the common shape, where a number, a row or a column may repeat; else None."""
    if a == b or b == ():
        return a
    if a == ():
        return b
    for whole, part in ((a, b), (b, a)):
        if min(whole) > 1 and part in ((1, whole[1]), (whole[0], 1)):
            return whole
    return None


def tuple_shape(tree: Tree) -> Shape | None:
    """Return the shape of a nested tuple as of an array, None if it is ragged or holds names."""
    if not isinstance(tree, Tuple):
        return None if not isinstance(tree, Number) and _named(tree) else ()
    shapes = {tuple_shape(item) for item in tree.items}
    if len(shapes) != 1 or None in shapes:
        return None if shapes else (0,)
    inner = shapes.pop()
    assert inner is not None
    return (len(tree.items), *inner)


def _named(tree: Tree) -> bool:
    return isinstance(tree, Name | Matrix) or any(_named(part) for part in children(tree))


def _is_array_call(syntax: Syntax) -> bool:
    return (
        syntax.kind == "call"
        and OTHER.get(syntax.text) == "array"
        and len(syntax.parts) == 1
        and syntax.parts[0].kind in ("list", "tuple")
    )


def _is_vector(shape: Shape) -> bool:
    return len(shape) == 2 and 1 in shape


def _is_condition(tree: Tree) -> bool:
    return isinstance(tree, Compare) or (
        isinstance(tree, Apply) and tree.operator in ("and", "or", "not", "delta")
    )


def _conditional(syntax: Syntax) -> bool:
    return syntax.kind in ("compare", "and", "or", "not")


def _uses_matmul(operator: str, second: Typed, third: Typed) -> bool:
    return operator in ("*", "", "@", "·") and bool(second[1]) and second[1][1] == third[1][0]


def _transposed(tree: Tree) -> Tree:
    return Apply("transpose", (tree,))


def _negative_one() -> Tree:
    return Apply("neg", (Number(Fraction(1)),))


def _sized(tree: Tree, size: int) -> Tree:
    """Put the size into an identity that may be scaled or added to others."""
    if tree == _WHOLE:
        return Apply("eye", (Number(Fraction(size)),))
    if isinstance(tree, Apply):
        return Apply(tree.operator, tuple(_sized(part, size) for part in tree.args))
    return tree


def _said(shape: Shape) -> str:
    if shape == ():
        return "a number"
    if shape == _UNSIZED:
        return "an identity"
    return f"({shape[0]}, {shape[1]})"
