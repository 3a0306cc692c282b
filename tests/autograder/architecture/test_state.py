"""State between calls lives in the test context, and nowhere else."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from modules import sources

STATE = {
    "studentkit.context": {"_contexts"},  # the one place
    # What the confined process that answers for lent functions has, before it is asked anything.
    "autograder.sandbox.inside.lending": {"_classes", "_functions"},
    # Beside pyplot's own list of figures, where student code runs: pyplot knows no context.
    "studentkit.probes.watching": {"_seen", "_undo"},
    # Runs in a worker, in the place of a submission's function.
    "autograder.authoring.laziness.forms": {"MEMO", "TABLE"},
}
_EMPTY = {"list", "dict", "set", "defaultdict", "Counter", "deque", "ContextVar"}


def mutable(tree: ast.Module) -> Iterator[str]:
    """Yield names that a module binds and a function of it changes, by what can be seen."""
    changed = {name for node in ast.walk(tree) for name in _changed(node)}
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
        for target in targets:
            if isinstance(target, ast.Name) and (target.id in changed or _is_empty(node.value)):
                yield target.id
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            yield from node.names


def _is_empty(value: ast.expr | None) -> bool:
    """Tell whether a value was made to be filled later."""
    if isinstance(value, ast.List | ast.Set):
        return not value.elts
    if isinstance(value, ast.Dict):
        return not value.keys
    if isinstance(value, ast.Call):
        name = value.func.id if isinstance(value.func, ast.Name) else ""
        return name in _EMPTY and not value.args
    return False


def _changed(node: ast.AST) -> Iterator[str]:
    """Yield the names that a statement in a function fills, empties or assigns into."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return
    local = {one.id for one in ast.walk(node) if _is(one, ast.Store)}
    local |= {one.arg for one in ast.walk(node) if isinstance(one, ast.arg)}
    for one in ast.walk(node):
        owner: ast.AST | None = None
        if isinstance(one, ast.Subscript) and isinstance(one.ctx, ast.Store | ast.Del):
            owner = one.value
        elif isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute):
            changes = "append extend insert clear update pop setdefault add remove discard".split()
            owner = one.func.value if one.func.attr in changes else None
        if isinstance(owner, ast.Name) and owner.id not in local:
            yield owner.id


def _is(node: ast.AST, kind: type) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, kind)


def test_no_module_has_state_of_its_own() -> None:
    """Memory of pure functions (`functools.cache`) aside, there is one place."""
    found = {name: set(mutable(ast.parse(path.read_bytes()))) for name, path in sources().items()}
    assert {name: names for name, names in found.items() if names} == STATE


def test_state_is_recognised() -> None:
    """What the test goes by sees lists to fill, tables that a function changes, and `global`."""
    source = """
found = []
table = {"a": 1}
constant = {"a": 1}
counter = 0
def f(x):
    global counter
    table["b"] = x
    mine = {}
    mine["c"] = constant["a"]
"""
    assert set(mutable(ast.parse(source))) == {"found", "table", "counter"}
