"""Writes a tree as presentation MathML that a browser shows without any script or network."""

from __future__ import annotations

import re
from html import escape

from studentkit.notation.symbols import GREEK, GREEK_NAMES
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

_DECIMALS = 6  # that are shown
_LETTERS = {name: letter for letter, name in reversed(GREEK.items()) if len(name) > 1}
_LETTERS |= {"lam": "λ", "epsilon": "ε", "mu": "μ", "Sigma": "Σ"}
_ACCENTS = {"hat": "^", "bar": "¯", "tilde": "~"}
_NAME = re.compile(r"([A-Za-z]+?)(hat|bar|tilde)?([0-9]*)((?:_[A-Za-z0-9]+)*)_?\Z")
_COMPARED = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "==": "=", "!=": "≠"}
_FENCES = {"abs": ("|", "|"), "norm": ("‖", "‖"), "floor": ("⌊", "⌋"), "ceil": ("⌈", "⌉")}
_SHOWN = {
    "log": "ln", "log2": "log₂", "log10": "log₁₀", "sigma": "σ", "sigma_prime": "σ′",
    "amax": "max", "amin": "min",
}  # fmt: skip


def mathml(tree: Tree) -> str:
    """Return a complete `<math>` element."""
    return (
        '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">'
        f"<mrow>{_write(tree)}</mrow></math>"
    )


def _write(tree: Tree, needed: int = 0) -> str:
    written = _bare(tree)
    loose = level(tree)
    if isinstance(tree, Apply) and tree.operator == "div":
        loose = ATOM if needed < ATOM else SUM
    return _fenced(written) if loose < needed else f"<mrow>{written}</mrow>"


def _fenced(inside: str, left: str = "(", right: str = ")") -> str:
    return f"<mrow>{_sign(left)}{inside}{_sign(right)}</mrow>"


def _sign(sign: str) -> str:
    return f"<mo>{escape(sign)}</mo>"


def _word(word: str) -> str:
    shown = _LETTERS.get(word, word) if word in _LETTERS or word in GREEK_NAMES else word
    return f"<mi>{escape(shown)}</mi>"


def _parts_of_name(name: str) -> tuple[str, str, str]:
    """Return a name's stem, its accent and its subscript: y_hat_1 -> ("y", "hat", "1")."""
    loose = re.sub(r"_(?=(hat|bar|tilde)(_|\Z|[0-9]))", "", name)
    match = _NAME.match(loose)
    if match is None:
        return name, "", ""
    stem, accent, digits, below = match[1], match[2] or "", match[3], match[4]
    if accent and len(stem) > 1 and stem not in GREEK_NAMES:
        stem, accent = stem + accent, ""
    return stem, accent, ",".join(part for part in [digits, *below.split("_")] if part)


def _name(name: str) -> str:
    stem, accent, below = _parts_of_name(name)
    written = _word(stem)
    if accent:
        written = f'<mover accent="true">{written}<mo>{_ACCENTS[accent]}</mo></mover>'
    return f"<msub>{written}{_word(below)}</msub>" if below else written


def _listed(trees: tuple[Tree, ...]) -> str:
    return _sign(",").join(_write(tree) for tree in trees)


def _table(rows: list[str]) -> str:
    return "<mtable>" + "".join(f"<mtr>{row}</mtr>" for row in rows) + "</mtable>"


def _short(number: str) -> str:
    """Cut a long decimal fraction off; the text beside it has all its digits."""
    whole, point, decimals = number.partition(".")
    long = decimals.isdecimal() and len(decimals) > _DECIMALS
    return f"{whole}{point}{decimals[:_DECIMALS]}…" if long else number


def _bare(tree: Tree) -> str:
    match tree:
        case Number():
            return f"<mn>{escape(_short(literal(tree).strip('()')))}</mn>"
        case Constant(name):
            return _word(name)
        case Name(name):
            return _name(name)
        case Apply():
            return _apply(tree)
        case Index(base, indices):
            return f"<msub>{_write(base, ATOM)}<mrow>{_listed(indices)}</mrow></msub>"
        case Sum(index, _, body):
            return f"<munder><mo>∑</mo>{_name(index)}</munder>{_write(body, HADAMARD)}"
        case Compare():
            return f"<mn>1</mn>{_fenced(_condition(tree), '[', ']')}"
        case Cases(branches, otherwise):
            rows = [
                f"<mtd>{_write(value)}</mtd><mtd>{_condition(when)}</mtd>"
                for when, value in branches
            ]
            if otherwise is not None:
                rows.append(f"<mtd>{_write(otherwise)}</mtd><mtd><mtext>otherwise</mtext></mtd>")
            return f"{_sign('{')}{_table(rows)}"
        case Matrix(lines):
            rows = ["".join(f"<mtd>{_write(entry)}</mtd>" for entry in line) for line in lines]
            return _fenced(_table(rows), "[", "]")
        case Tuple(items):
            return _fenced(_listed(items))
        case Record(items):
            named = (f"<mtext>{escape(name)}: </mtext>{_write(value)}" for name, value in items)
            return _sign(",").join(named)
    raise AssertionError(tree)


def _condition(tree: Tree) -> str:
    if isinstance(tree, Compare):
        left, right = _write(tree.left, SUM), _write(tree.right, SUM)
        return f"<mrow>{left}{_sign(_COMPARED[tree.operator])}{right}</mrow>"
    if isinstance(tree, Apply) and tree.operator in ("and", "or"):
        word = f"<mtext> {tree.operator} </mtext>"
        return word.join(_condition(arg) for arg in tree.args)
    if isinstance(tree, Apply) and tree.operator == "not":
        return f"{_sign('¬')}{_fenced(_condition(tree.args[0]))}"
    return _write(tree)


def _apply(tree: Apply) -> str:
    operator, args = tree.operator, tree.args
    match operator, args:
        case "add", (a, b):
            return _write(a, SUM) + _sign("+") + _write(b, HADAMARD)
        case "sub", (a, b):
            return _write(a, SUM) + _sign("−") + _write(b, HADAMARD)
        case (("mul" | "matmul"), (a, b)):
            sign = "·" if operator == "mul" and isinstance(b, Number) else "\u2062"
            return _write(a, PRODUCT) + _sign(sign) + _write(b, RIGHT)
        case "hadamard", (a, b):
            return _write(a, RIGHT) + _sign("⊙") + _write(b, RIGHT)
        case "div", (a, b):
            return f"<mfrac>{_write(a)}{_write(b)}</mfrac>"
        case "pow", (a, b):
            return f"<msup>{_write(a, ATOM)}{_write(b)}</msup>"
        case "neg", (a,):
            return _sign("−") + _write(a, SIGN)
        case "exp", (a,):
            return f"<msup><mi>e</mi>{_write(a)}</msup>"
        case "sqrt", (a,):
            return f"<msqrt>{_write(a)}</msqrt>"
        case (("abs" | "norm" | "floor" | "ceil"), (a,)):
            return _fenced(_write(a), *_FENCES[operator])
        case "transpose", (a,):
            return f"<msup>{_write(a, ATOM)}<mi>⊤</mi></msup>"
        case "eye", (n,):
            return f"<msub><mi>I</mi>{_write(n)}</msub>"
        case (("ones" | "zeros"), (r, c)):
            symbol = "1" if operator == "ones" else "0"
            return f"<msub><mn>{symbol}</mn><mrow>{_write(r)}{_sign('×')}{_write(c)}</mrow></msub>"
        case "delta", (i, j):
            return f"<msub><mi>δ</mi><mrow>{_write(i)}{_write(j)}</mrow></msub>"
        case (("and" | "or" | "not"), _):
            return f"<mn>1</mn>{_fenced(_condition(tree), '[', ']')}"
    name = _SHOWN.get(operator, operator.replace("_", " "))
    return f"<mi>{escape(name)}</mi>{_fenced(_listed(args))}"
