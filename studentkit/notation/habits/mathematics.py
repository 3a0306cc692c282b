# ruff: noqa: E501 (a pattern a line, with the signs that people type)
"""Formulas: LaTeX's short forms, methods of numpy and torch, words for signs, steps of time."""

from __future__ import annotations

import re
from collections.abc import Callable

from studentkit.notation.names import Names

_FONT = r"\\(?:mathbf|boldsymbol|bm|mathrm|mathit|vec|mathsf|text)"
_OPERAND = r"(?<=[\w)\]}'])\s+{word}\s+(?=[\w(\[\\-])"
Change = tuple[re.Pattern[str], "str | Callable[[re.Match[str]], str]"]

_CHANGES: list[Change] = [
    (re.compile(r"(\\(?:bar|hat|tilde)\s*)\{\s*" + _FONT + r"\s*\{?\s*([A-Za-z])\s*\}?\s*\}"), r"\1{\2}"),
    (re.compile(_FONT + r"\{([A-Za-z])\}(?=_)"), r"\1"),
    (re.compile(r"\^\s*\{?\s*\\prime\s*\}?"), "'"),
    (re.compile(r"\\[dt]?frac\s*([0-9A-Za-z])\s*([0-9A-Za-z])"), r"\\frac{\1}{\2}"),
    (re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*([0-9A-Za-z])"), r"\\frac{\1}{\2}"),
    (re.compile(r"\\[dt]?frac\s*([0-9A-Za-z])\s*\{"), r"\\frac{\1}{"),
    (re.compile(r"\\left\s*[\[(]\s*\\begin\{array\}\s*(?:\{[lcr|]*\})?"), r"\\begin{bmatrix}"),
    (re.compile(r"\\end\{array\}\s*\\right\s*[\])]"), r"\\end{bmatrix}"),
    (re.compile(r"(?:∇|\\nabla)(?:\s*_\s*\{?\s*\\?\w+\s*\}?)?\s*(?=[A-Za-z\\])"), "d"),
    (re.compile(r"\\(?:text|mathrm|operatorname)\s*\{\s*(softmax)\s*\}"), r"\1"),
    (re.compile(r"\)\s*_\s*\{?([a-z])\}?(?![A-Za-z])"), r")[\1]"),
    # arrows give a name its new value
    (re.compile(r"\A(\s*[A-Za-z]\w*\s*)(?:->|→|⟵|\\to\b|\\rightarrow\b)"), r"\1:="),
    # one step to the next
    (re.compile(r"\A(\s*)([A-Za-z])_\{?(?:t|k|n)\s*\+\s*1\}?(?=\s*(?:=|:=|\\leftarrow|\\gets|←))"), r"\1\2"),
    (re.compile(_OPERAND.replace("{word}", "times")), " * "),
    (re.compile(_OPERAND.replace("{word}", "(?:divided\\s+by|over)")), " / "),
    (re.compile(_OPERAND.replace("{word}", "plus")), " + "),
    (re.compile(_OPERAND.replace("{word}", "minus")), " - "),
    (re.compile(r"(?<![\w.])([A-Za-z]\w*)\s+transposed?\b"), r"\1.T"),
    (re.compile(r"\b(?:the\s+)?transpose\s+of\s+([A-Za-z]\w*)"), r"\1.T"),
    (re.compile(r"([α-ωϵϑϕ])(?=(?:min|max)(?![A-Za-z]))"), r"\1_"),
    (re.compile(r"\A(\s*)([A-Za-z])\^\{?\((?:t|k)\s*\+\s*1\)\}?(?=\s*(?:=|:=|\\leftarrow|\\gets|←))"), r"\1\2"),
    (re.compile(r"(?<![A-Za-z_\\])([a-z])\^\{?\((?:t|k)\)\}?"), r"\1"),
    (re.compile(r"\btorch\.t\("), "transpose("),
    (re.compile(r"\.mv\("), ".dot("),
    (re.compile(r"(?:Σ|∑|\\sum)\s*(?=[^_{(^]*?[A-Za-z]_\{?([a-z])\b)"), r"sum_\1 "),
    # numbers of another type are the same numbers
    (re.compile(r"\.(?:astype\(\s*(?:np\.|numpy\.|torch\.)?(?:float|float32|float64|'float(?:32|64)?')\s*\)"
                r"|float\(\)|double\(\)|to\(\s*torch\.float(?:32|64)?\s*\))"), ""),
    (re.compile(r"(\([^()]*[<>][^()]*\))\.(?:astype\(\s*(?:np\.)?int(?:32|64)?\s*\)|int\(\)|long\(\))"), r"\1"),
    (re.compile(r"\btorch\.tensor\(\s*([0-9.]+)\s*\)"), r"\1"),
    # a vector is a column here; its row is the transpose
    (re.compile(r"\b([A-Za-z]\w*)\[\s*:\s*,\s*(?:None|np\.newaxis)\s*\]"), r"\1"),
    (re.compile(r"\b([A-Za-z]\w*)\[\s*(?:None|np\.newaxis)\s*(?:,\s*:\s*)?\]"), r"\1.T"),
    (re.compile(r"\b([A-Za-z]\w*)\.(?:(?:reshape|view)\(\s*\(?\s*-1\s*,\s*1\s*\)?\s*\)|unsqueeze\(\s*(?:1|-1)\s*\))"), r"\1"),
    (re.compile(r"\b([A-Za-z]\w*)\.(?:(?:reshape|view)\(\s*\(?\s*1\s*,\s*-1\s*\)?\s*\)|unsqueeze\(\s*0\s*\))"), r"\1.T"),
]  # fmt: skip
_LENGTH = re.compile(
    r"\blen\(\s*([A-Za-z]\w*)\s*\)|\b([A-Za-z]\w*)\.(?:shape\[\s*0\s*\]|size\(\s*(?:0|dim\s*=\s*0)\s*\)|size\(\)\[0\])"
)


_AT_A_STEP = re.compile(r"(?<![A-Za-z_\\])([a-z])_\{?t\}?(?![A-Za-z0-9_+])")
_SMALL_T = re.compile(r"(?<=[A-Za-z)\]])\^\s*t\b")


def rewritten(text: str, question: Names) -> str:
    """Return a formula in the grammar's own notation, as far as the rules here reach."""
    for pattern, change in _CHANGES:
        text = pattern.sub(change, text)
    text = _FROM_LEFT.sub(lambda match: _row_times(match, question), text)
    if question.resolve("t") is None:
        text = _SMALL_T.sub("^T", text)
        text = _AT_A_STEP.sub(lambda match: _now(match, question), text)
    return _LENGTH.sub(lambda match: _length(match, question), text)


_FROM_LEFT = re.compile(r"(?<![\w.@*/)])([A-Za-z]\w*)\s*@\s*([A-Za-z]\w*(?:\.T)?)(?!\s*[@.(\[])")


def _row_times(match: re.Match[str], question: Names) -> str:
    """Return `x @ A` as numpy means it for an x with one axis, where columns have no such product."""
    left = question.shapes.get(question.resolve(match[1]) or "", ())
    name, _, dot = match[2].partition(".")
    right = question.shapes.get(question.resolve(name) or "", ())
    if not left or not right or left[1] != 1:
        return match[0]
    rows, columns = right[::-1] if dot else right
    if rows == 1 or columns == 1 or rows != left[0]:
        return match[0]
    return f"({match[1]}.T @ {match[2]}).T"


def _now(match: re.Match[str], question: Names) -> str:
    """Return `w` for `w_t`, where only `w` is a name."""
    known = question.resolve(match[1]) and not question.resolve(f"{match[1]}_t")
    return match[1] if known else match[0]


def _length(match: re.Match[str], question: Names) -> str:
    """Return the number of rows of an array, by its name where the question has one."""
    name = question.resolve(match[1] or match[2])
    shape = question.shapes.get(name or "", ())
    if not shape or name is None:
        return match[0]
    kind = {**question.names, **question.vars}.get(name, "")
    size = kind.partition(":")[2].split(",")[0].strip()
    for other, its in {**question.names, **question.vars}.items():
        if its == f"dim:{size}":
            return other
    return size if size in question.dims else str(shape[0])
