"""Writes a tree as LaTeX, from our own tables only: nothing typed gets into it unescaped."""

from __future__ import annotations

import re

from studentkit.notation.symbols import GREEK_NAMES
from studentkit.notation.text import ATOM, HADAMARD, PRODUCT, RIGHT, SIGN, SUM, level, literal
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
)

COMPARED = {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge", "==": "=", "!=": r"\ne"}
_FUNCTIONS = {
    "exp": r"\exp", "log": r"\ln", "log2": r"\log_{2}", "log10": r"\log_{10}", "sin": r"\sin",
    "cos": r"\cos", "tan": r"\tan", "sinh": r"\sinh", "cosh": r"\cosh", "tanh": r"\tanh",
    "max": r"\max", "min": r"\min", "sigma": r"\sigma", "sigma_prime": r"\sigma'",
    "amax": r"\max", "amin": r"\min",
}  # fmt: skip
ACCENTS = ("hat", "bar", "tilde")
_NAME = re.compile(r"([A-Za-z]+?)(hat|bar|tilde)?([0-9]*)((?:_[A-Za-z0-9]+)*)_?\Z")


def parts_of_name(name: str) -> tuple[str, str, str]:
    """Return a name's stem, its accent and its subscript: y_hat_1 -> ("y", "hat", "1")."""
    loose = re.sub(r"_(?=(hat|bar|tilde)(_|\Z|[0-9]))", "", name)
    match = _NAME.match(loose)
    if match is None:
        return name, "", ""
    stem, accent, digits, below = match[1], match[2] or "", match[3], match[4]
    if accent and len(stem) > 1 and stem not in GREEK_NAMES:
        stem, accent = stem + accent, ""
    return stem, accent, ",".join(part for part in [digits, *below.split("_")] if part)


def latex(tree: Tree, needed: int = 0) -> str:
    """Return `tree` as LaTeX, in brackets if it is looser than `needed`."""
    written = _bare(tree)
    loose = level(tree)
    if isinstance(tree, Apply) and tree.operator == "div":
        loose = ATOM if needed < ATOM else SUM  # a fraction holds together but for a power
    return rf"\left({written}\right)" if loose < needed else written


def _word(word: str) -> str:
    if word in GREEK_NAMES or (word.lower() in GREEK_NAMES and word[:1].isupper()):
        return "\\" + word
    if word == "lam":
        return r"\lambda"
    safe = re.sub(r"[^A-Za-z0-9,]", "", word)
    return safe if len(safe) == 1 else rf"\mathrm{{{safe}}}"


def _name(name: str) -> str:
    stem, accent, below = parts_of_name(name)
    written = _word(stem)
    if accent:
        written = rf"\{accent}{{{written}}}"
    if not below:
        return written
    inside = below if re.fullmatch(r"[a-z]{1,2}|[0-9]+", below) else _word(below)
    return f"{written}_{{{inside}}}"


def _bare(tree: Tree) -> str:
    match tree:
        case Number():
            return _number(tree)
        case Constant(name):
            return r"\pi" if name == "pi" else "e"
        case Name(name):
            return _name(name)
        case Apply():
            return _apply(tree)
        case Index(base, indices):
            return f"{{{latex(base, ATOM)}}}_{{{','.join(latex(index) for index in indices)}}}"
        case Sum(index, _, body):
            return rf"\sum_{{{_name(index)}}} {latex(body, HADAMARD)}"
        case Compare(operator, left, right):
            compared = f"{latex(left, SUM)} {COMPARED[operator]} {latex(right, SUM)}"
            return rf"\mathbf{{1}}\left[{compared}\right]"
        case Cases(branches, otherwise):
            rows = [f"{latex(value)} & {_condition(when)}" for when, value in branches]
            if otherwise is not None:
                rows.append(rf"{latex(otherwise)} & \text{{otherwise}}")
            return r"\begin{cases}" + r" \\ ".join(rows) + r"\end{cases}"
        case Matrix(rows_):
            lines = [" & ".join(latex(entry) for entry in row) for row in rows_]
            return r"\begin{bmatrix}" + r" \\ ".join(lines) + r"\end{bmatrix}"
        case Tuple(items):
            return rf"\left({', '.join(latex(item) for item in items)}\right)"
        case Record(items):
            named = (rf"\mathrm{{{_safe(name)}}}: {latex(value)}" for name, value in items)
            return r",\; ".join(named)
    raise AssertionError(tree)


def _safe(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", " ", name)


def _number(tree: Number) -> str:
    typed = literal(tree).strip("()").lower()
    mantissa, _, exponent = typed.partition("e")
    if exponent:
        return rf"{mantissa} \cdot 10^{{{int(exponent)}}}"
    if "/" in typed:
        above, _, below = typed.partition("/")
        return rf"\tfrac{{{above}}}{{{below}}}"
    return str(mantissa.replace("%", r"\%"))


def _condition(tree: Tree) -> str:
    if isinstance(tree, Compare):
        left, right = latex(tree.left, SUM), latex(tree.right, SUM)
        return f"{left} {COMPARED[tree.operator]} {right}"
    if isinstance(tree, Apply) and tree.operator in ("and", "or"):
        sign = r"\land" if tree.operator == "and" else r"\lor"
        return f" {sign} ".join(_condition(arg) for arg in tree.args)
    if isinstance(tree, Apply) and tree.operator == "not":
        return rf"\lnot \left({_condition(tree.args[0])}\right)"
    return latex(tree)


def _apply(tree: Apply) -> str:
    operator, args = tree.operator, tree.args
    match operator, args:
        case "add", (a, b):
            return f"{latex(a, SUM)} + {latex(b, HADAMARD)}"
        case "sub", (a, b):
            return f"{latex(a, SUM)} - {latex(b, HADAMARD)}"
        case "mul" | "matmul", (a, b):
            # two numbers side by side would look like one
            sign = r" \cdot " if isinstance(b, Number) or _digits_first(b) else r" \, "
            return f"{latex(a, PRODUCT)}{sign}{latex(b, RIGHT)}"
        case "hadamard", (a, b):
            return rf"{latex(a, RIGHT)} \odot {latex(b, RIGHT)}"
        case "div", (a, b):
            return rf"\frac{{{latex(a)}}}{{{latex(b)}}}"
        case "pow", (a, b):
            return f"{{{latex(a, ATOM)}}}^{{{latex(b)}}}"
        case "neg", (a,):
            return f"-{latex(a, SIGN)}"
        case "exp", (a,):
            return f"e^{{{latex(a)}}}"
        case "sqrt", (a,):
            return rf"\sqrt{{{latex(a)}}}"
        case "abs", (a,):
            return rf"\left|{latex(a)}\right|"
        case "norm", (a,):
            return rf"\left\|{latex(a)}\right\|"
        case "floor" | "ceil", (a,):
            return rf"\left\l{operator}{latex(a)}\right\r{operator}"
        case "transpose", (a,):
            return rf"{{{latex(a, ATOM)}}}^{{\top}}"
        case "eye", (n,):
            return f"I_{{{latex(n)}}}"
        case "ones" | "zeros", (r, c):
            symbol = "1" if operator == "ones" else "0"
            return rf"\mathbf{{{symbol}}}_{{{latex(r)} \times {latex(c)}}}"
        case "delta", (i, j):
            return rf"\delta_{{{latex(i)},{latex(j)}}}"
        case (("and" | "or" | "not"), _):
            return rf"\mathbf{{1}}\left[{_condition(tree)}\right]"
    inside = ", ".join(latex(arg) for arg in args)
    name = _FUNCTIONS.get(operator)
    if name is None:
        words = operator.replace("_", r"\ ").replace(r"rows", "by row")
        name = rf"\operatorname{{{words}}}"
    return rf"{name}\left({inside}\right)"


def _digits_first(tree: Tree) -> bool:
    if isinstance(tree, Apply) and tree.operator in ("pow", "mul") and tree.args:
        return _digits_first(tree.args[0])
    return isinstance(tree, Number)
