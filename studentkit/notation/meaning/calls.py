"""Functions of the list in `functions`."""

from __future__ import annotations

from fractions import Fraction

from studentkit.notation.errors import Unreadable
from studentkit.notation.functions import (
    ARRAYS,
    BINARY,
    ELEMENTWISE,
    OTHER,
    REDUCING,
    SIZED,
    VARIADIC,
)
from studentkit.notation.grammar.syntax import (
    FunctionCall,
    Listing,
    Numeral,
    Operation,
    Opposite,
    Series,
    Span,
    Syntax,
    Word,
)
from studentkit.notation.meaning.shapes import UNSIZED, Typed, in_words, is_vector, transposed
from studentkit.notation.meaning.sums import Totals
from studentkit.notation.tree import (
    Apply,
    Cases,
    Compare,
    Matrix,
    Number,
    Tree,
)

_BASES = {"2": "log2", "10": "log10", "e": "log", "E": "log"}


class Calls(Totals):
    """Reads calls."""

    def called(self, syntax: FunctionCall) -> Typed:
        name, parts = syntax.name, syntax.arguments
        axis = self.axis(syntax)
        if name in REDUCING:
            return self.reduced(syntax, axis)
        if name in ("softmax", "Softmax", "logsumexp", "LSE", "lse", "log_softmax"):
            if len(parts) == 2 and isinstance(parts[1], Numeral | Opposite):
                axis, parts = self.axis_value(parts[1]), parts[:1]
            return self.soft(name, self.only(syntax, parts), axis, syntax)
        if axis is not None:
            raise Unreadable(f"`axis` is not read in {name}", syntax.at)
        if name == "log" and len(parts) == 2:
            return self.log_to_base(syntax)
        if name in ELEMENTWISE:
            if ELEMENTWISE[name] == "heaviside" and len(parts) == 2:
                return self.step(parts[0], parts[1], syntax)
            tree, shape = self.only(syntax, parts)
            if shape == UNSIZED:
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

    def step(self, at: Syntax, there: Syntax, syntax: FunctionCall) -> Typed:
        """Read numpy's heaviside(x, value at 0)."""
        tree, shape = self.only(syntax, (at,))
        value, _ = self.only(syntax, (there,))
        if not isinstance(value, Number):
            raise Unreadable(f"what `{syntax.name}` is at 0 must be a number", syntax.at)
        if shape == UNSIZED:
            raise Unreadable("say how large the identity is, as in eye(n)", syntax.at)
        zero = Number(Fraction(0))
        branches = (
            (Compare("<", tree, zero), zero),
            (Compare("==", tree, zero), value),
        )
        return Cases(branches, Number(Fraction(1))), shape

    def only(self, syntax: FunctionCall, parts: tuple[Syntax, ...]) -> Typed:
        if len(parts) != 1:
            raise Unreadable(f"`{syntax.name}` takes one argument, not {len(parts)}", syntax.at)
        if isinstance(parts[0], Series):
            raise Unreadable(f"`{syntax.name}` takes one argument", parts[0].at)
        return self.read(parts[0])

    def axis(self, syntax: FunctionCall) -> int | None:
        for key, value in syntax.options:
            if key in ("axis", "dim"):
                return self.axis_value(value)
        return None

    def axis_value(self, syntax: Syntax) -> int | None:
        match syntax:
            case Word("None"):
                return None
            case Numeral("0" | "1" as text):
                return int(text)
            case Opposite(Numeral("1" | "2" as text)):
                return 2 - int(text)
        raise Unreadable("an axis is 0 or 1", syntax.at)

    def reduced(self, syntax: FunctionCall, axis: int | None) -> Typed:
        operator, parts = REDUCING[syntax.name], syntax.arguments
        body, rest = parts[0], parts[1:]
        span = self.span(rest)
        if operator == "sum" and span is not None:
            return self.summed(body, span, syntax)
        if len(rest) == 1 and isinstance(rest[0], Numeral | Opposite):
            axis, rest = self.axis_value(rest[0]), ()
        if rest:
            raise Unreadable(
                f"`{syntax.name}` is read as sum(X), sum(X, axis=0) or sum(s_k, k)", syntax.at
            )
        if operator == "sum" and axis is None:
            letter = self.free_index(body)
            if letter is not None:
                self.note(f"`{self.typed(syntax)}` is read as the sum over {letter}")
                made = Span(letter, at=syntax.at, end=syntax.end)
                return self.summed(body, made, syntax)
        tree, shape = self.only(syntax, (body,))
        if shape == UNSIZED:
            raise Unreadable("say how large the identity is, as in eye(n)", syntax.at)
        if shape == ():
            raise Unreadable(
                f"`{self.typed(body)}` is one number; say what the sum runs over, as in "
                "sum(s_k*z_k, k)"
                if operator == "sum"
                else "this is one number already",
                syntax.at,
            )
        if axis is None or (is_vector(shape) and shape[axis] != 1):
            return Apply(operator, (tree,)), ()
        if is_vector(shape) and axis == 1:
            raise Unreadable("a vector has only the axis 0", syntax.at)
        if operator not in ("sum", "mean"):
            raise Unreadable(f"`axis` is not read in {syntax.name}", syntax.at)
        if is_vector(shape):
            return Apply(operator, (tree,)), ()
        if axis == 0:
            return Apply(f"{operator}_down", (tree,)), (1, shape[1])
        return Apply(f"{operator}_across", (tree,)), (shape[0], 1)

    def soft(self, name: str, argument: Typed, axis: int | None, syntax: FunctionCall) -> Typed:
        tree, shape = argument
        if shape == () or shape == UNSIZED:
            raise Unreadable(f"{name} takes a vector, not a number", syntax.at)
        vector = is_vector(shape)
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

    def log_to_base(self, syntax: FunctionCall) -> Typed:
        base = syntax.arguments[1]
        value = self.read(syntax.arguments[0])
        if isinstance(base, Numeral | Word) and base.text in _BASES:
            return Apply(_BASES[base.text], (value[0],)), value[1]
        raise Unreadable("only logarithms to the bases e, 2 and 10 are read", base.at)

    def array_function(self, operator: str, syntax: FunctionCall) -> Typed:
        if operator == "diag" and len(syntax.arguments) > 1:
            return self.read_diagonal_entries(syntax)
        tree, shape = self.only(syntax, syntax.arguments)
        one = Number(Fraction(1))
        if shape == UNSIZED:
            raise Unreadable("say how large the identity is, as in eye(n)", syntax.at)
        if operator == "transpose":
            return (transposed(tree), (shape[1], shape[0])) if shape else (tree, ())
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
            raise Unreadable(f"`{syntax.name}` takes an array, not a number", syntax.at)
        if operator == "diag" and is_vector(shape):
            return Apply("diag", (tree,)), (max(shape), max(shape))
        if shape[0] != shape[1]:
            self.note(
                f"`{self.typed(syntax)}`: this matrix is {in_words(shape)}, so its diagonal has "
                f"{min(shape)} entries"
            )
        if operator == "trace":
            return Apply("trace", (tree,)), ()
        self.note(f"`{self.typed(syntax)}` is the diagonal of a matrix, as a column")
        return Apply("diagonal", (tree,)), (min(shape), 1)

    def read_diagonal_entries(self, syntax: FunctionCall) -> Typed:
        entries = Listing(syntax.arguments, at=syntax.at, end=syntax.end)
        tree, shape = self.read(entries)
        return Apply("diag", (tree,)), (shape[0], shape[0])

    def two(self, syntax: FunctionCall) -> Typed:
        if len(syntax.arguments) != 2:
            raise Unreadable(f"`{syntax.name}` takes two arguments", syntax.at)
        operator = BINARY[syntax.name]
        left, right = (self.read(part) for part in syntax.arguments)
        if operator == "delta":
            if left[1] or right[1]:
                raise Unreadable("delta compares two indices", syntax.at)
            return Apply("delta", (left[0], right[0])), ()
        if operator == "^":
            made = Operation(".^", *syntax.arguments, at=syntax.at, end=syntax.end)
            return self.power(made)
        if operator == "@" and () in (left[1], right[1]):
            operator = "*"
        return self.combine(operator, left, right, syntax)

    def extreme(self, syntax: FunctionCall) -> Typed:
        operator, parts = VARIADIC[syntax.name], syntax.arguments
        if len(parts) == 1:
            tree, shape = self.only(syntax, parts)
            if shape == () or shape == UNSIZED:
                raise Unreadable(f"`{syntax.name}` takes two numbers or one array", syntax.at)
            return Apply(f"a{operator}", (tree,)), ()
        made = self.read(parts[0])
        for part in parts[1:]:
            other = self.read(part)
            shape = self.joined(made, other, operator, syntax)
            made = Apply(operator, (made[0], other[0])), shape
        return made

    def sized(self, syntax: FunctionCall) -> Typed:
        operator, parts = SIZED[syntax.name], syntax.arguments
        if len(parts) == 1 and isinstance(parts[0], Series):
            parts = parts[0].items
        if not 1 <= len(parts) <= 2:
            raise Unreadable(f"`{syntax.name}` takes one or two sizes", syntax.at)
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

    def other(self, syntax: FunctionCall) -> Typed:
        meaning, parts = OTHER[syntax.name], syntax.arguments
        if meaning == "where":
            if len(parts) != 3:
                raise Unreadable("`where` takes a condition and two values", syntax.at)
            return self.cases([(parts[0], parts[1])], parts[2], syntax)
        if meaning == "cases":
            return self.listed_cases(syntax)
        if meaning == "1":
            return self.indicator(syntax)
        if meaning == "float":
            return self.only(syntax, parts)
        if meaning == "int":
            return self.cut(syntax)
        if meaning == "/" and len(parts) == 2:
            return self.combine("/", self.read(parts[0]), self.read(parts[1]), syntax)
        first = parts[0]
        if meaning == "array" and len(parts) == 1 and isinstance(first, Listing | Series):
            if self.question.kind in ("tuple", "design"):
                raise Unreadable("nothing can be computed with a list of answers", syntax.at)
            return self.matrix(first)
        raise Unreadable(f"`{syntax.name}` is not read in this way", syntax.at)

    def cut(self, syntax: FunctionCall) -> Typed:
        """Python's int: towards zero."""
        tree, shape = self.only(syntax, syntax.arguments)
        if shape != ():
            raise Unreadable("`int` takes one number", syntax.at)
        size = Apply("floor", (Apply("abs", (tree,)),))
        return Apply("mul", (Apply("sign", (tree,)), size)), ()

    def matrix(self, syntax: Listing | Series) -> Typed:
        rows: list[tuple[Tree, ...]] = []
        for part in syntax.items:
            entries = part.items if isinstance(part, Listing | Series) else (part,)
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
