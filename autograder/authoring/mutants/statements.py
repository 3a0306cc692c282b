"""Changes of statements: left out, taken always or never, a round of a loop too few."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import libcst as cst
import libcst.matchers as m

from autograder.authoring.mutants.nodes import Change, text, wrapped

_ASSIGNED: dict[type[cst.BaseAugOp], type[cst.BaseAugOp]] = {
    cst.AddAssign: cst.SubtractAssign,
    cst.SubtractAssign: cst.AddAssign,
    cst.MultiplyAssign: cst.DivideAssign,
    cst.DivideAssign: cst.MultiplyAssign,
}
_ROUNDS = {"[:1]": "all rounds but the first", "[1:]": "the first round", "[:-1]": "the last round"}
_STAYS = (cst.Pass, cst.Import, cst.ImportFrom, cst.Global, cst.Nonlocal)


def leaving_out(node: cst.CSTNode, _: cst.CSTNode | None) -> Iterator[Change]:
    """`pass` in place of a statement."""
    if isinstance(node, cst.For | cst.While | cst.With | cst.Try):
        header = text(node).split(":")[0]
        yield f"leaves out '{header}' and its body", _nothing(node.leading_lines)
    elif isinstance(node, cst.SimpleStatementLine) and len(node.body) == 1:
        statement = node.body[0]
        documents = m.matches(statement, m.Expr(m.SimpleString() | m.ConcatenatedString()))
        if isinstance(statement, _STAYS) or documents or _defines(statement):
            return
        yield f"leaves out '{text(statement)}'", _nothing(node.leading_lines)


def _nothing(leading: object) -> cst.SimpleStatementLine:
    return cst.SimpleStatementLine([cst.Pass()]).with_changes(leading_lines=leading)


def _defines(statement: cst.BaseSmallStatement) -> bool:
    """Whether this gives a name its first value: without it, any test finds the name missing."""
    if not isinstance(statement, cst.Assign | cst.AnnAssign) or statement.value is None:
        return False
    targets = (
        [one.target for one in statement.targets]
        if isinstance(statement, cst.Assign)
        else [statement.target]
    )
    simple = all(isinstance(target, cst.Name | cst.Tuple) for target in targets)
    names = set().union(*map(_names, targets))
    return simple and not names & _names(statement.value)


def _names(node: cst.CSTNode) -> set[str]:
    return {name.value for name in m.findall(node, m.Name()) if isinstance(name, cst.Name)}


def assignments(node: cst.CSTNode, _: cst.CSTNode | None) -> Iterator[Change]:
    """`+=` as `=`, `+=` as `-=`."""
    if not isinstance(node, cst.AugAssign):
        return
    sign = text(node.operator)
    yield f"{sign} becomes =", cst.Assign([cst.AssignTarget(node.target)], node.value)
    replacement = _ASSIGNED.get(type(node.operator))
    if replacement is not None:
        yield f"{sign} becomes {text(replacement())}", node.with_changes(operator=replacement())


def branches(node: cst.CSTNode, _: cst.CSTNode | None) -> Iterator[Change]:
    """A condition that always holds, or never."""
    if isinstance(node, cst.If):
        yield f"'if {text(node.test)}' always holds", node.with_changes(test=cst.Name("True"))
    if isinstance(node, cst.If | cst.While):
        word = "if" if isinstance(node, cst.If) else "while"
        words = f"'{word} {text(node.test)}' never holds"
        yield words, node.with_changes(test=cst.Name("False"))


def rounds(node: cst.CSTNode, _: cst.CSTNode | None) -> Iterator[Change]:
    """A loop or a comprehension that misses some of its rounds."""
    if isinstance(node, cst.For | cst.CompFor):
        items = cst.Module(body=[]).code_for_node(wrapped(node.iter))
        for part, words in _ROUNDS.items():
            fewer = cst.parse_expression(f"list({items}){part}")
            yield f"leaves out {words} of the loop", node.with_changes(iter=fewer)


def jumps(node: cst.CSTNode, _: cst.CSTNode | None) -> Iterator[Change]:
    """`break` for `continue`, and the reverse."""
    if isinstance(node, cst.Break):
        yield "break becomes continue", cst.Continue()
    if isinstance(node, cst.Continue):
        yield "continue becomes break", cst.Break()


def results(node: cst.CSTNode, _: cst.CSTNode | None) -> Iterator[Change]:
    """Two neighbours swapped in what a function returns."""
    if not isinstance(node, cst.Return) or not isinstance(node.value, cst.Tuple):
        return
    elements = node.value.elements
    for first, second in pairwise(elements):
        changed = [
            one.with_changes(
                value=second.value if one is first else first.value if one is second else one.value
            )
            for one in elements
        ]
        words = f"swaps {text(first.value)} and {text(second.value)} in what is returned"
        yield words, node.with_changes(value=node.value.with_changes(elements=changed))


OPERATORS = (leaving_out, assignments, branches, rounds, jumps, results)
