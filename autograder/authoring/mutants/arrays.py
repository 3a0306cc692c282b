"""Changes that a teacher of the field expects: the other axis, no transpose, sum for mean."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from autograder.authoring.mutants.nodes import Change, text

_PAIRS = (
    "max min",
    "amax amin",
    "argmax argmin",
    "maximum minimum",
    "sum mean",
    "any all",
    "zeros ones",
    "zeros_like ones_like",
    "hstack vstack",
    "floor ceil",
    "sin cos",
    "std var",
    "log log10",
    "exp exp2",
    "sigmoid tanh",
    "softmax log_softmax",
    "train eval",
)
_OTHER = {
    one: other
    for first, second in map(str.split, _PAIRS)
    for one, other in ((first, second), (second, first))
}
_SHAPING = {"astype", "reshape", "transpose", "permute", "view", "clip", "to", "unsqueeze"}


def axes(node: cst.CSTNode, _: cst.CSTNode | None) -> Iterator[Change]:
    """The other axis."""
    if not isinstance(node, cst.Arg) or node.keyword is None:
        return
    name = node.keyword.value
    if name not in ("axis", "dim") or not isinstance(node.value, cst.Integer | cst.UnaryOperation):
        return
    old = text(node.value)
    new = "1" if old == "0" else "0"
    yield f"{name} {old} becomes {new}", node.with_changes(value=cst.Integer(new))


def transposes(node: cst.CSTNode, _: cst.CSTNode | None) -> Iterator[Change]:
    """No `.T`."""
    if isinstance(node, cst.Attribute) and node.attr.value in ("T", "mT"):
        yield f"leaves out .{node.attr.value}", node.value


def shapes_and_types(node: cst.CSTNode, parent: cst.CSTNode | None) -> Iterator[Change]:
    """No `.astype(float)`, no `.reshape(-1, 1)`; calls without arguments are left out anyway."""
    if not isinstance(node, cst.Call) or not isinstance(node.func, cst.Attribute):
        return
    name = node.func.attr.value
    if name in _SHAPING and node.args and not isinstance(parent, cst.Expr):
        yield f"leaves out .{name}(…)", node.func.value


def functions(node: cst.CSTNode, parent: cst.CSTNode | None) -> Iterator[Change]:
    """The function that is confused with the right one: min for max, sum for mean."""
    if not isinstance(node, cst.Attribute) or node.attr.value not in _OTHER:
        return
    own = isinstance(node.value, cst.Name) and node.value.value == "self"
    if isinstance(parent, cst.Call) and parent.func is node and not own:
        other = _OTHER[node.attr.value]
        words = f"{node.attr.value} becomes {other}"
        yield words, node.with_changes(attr=cst.Name(other))


OPERATORS = (axes, transposes, shapes_and_types, functions)
