"""Slips in what an author declares that no test run would show: names, signatures, empty tasks."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from autograder.core.layout import Assignment
from autograder.core.manifest import Manifest
from autograder.core.mistakes import Mistake
from autograder.execution.suite import Test

Function = ast.FunctionDef | ast.AsyncFunctionDef


def slips(
    assignment: Assignment, manifest: Manifest, tests: Sequence[Test], known: Sequence[Mistake]
) -> list[str]:
    """Return what is wrong, one sentence each, with what to do."""
    found = []
    for task in manifest.tasks:
        if not any(test.task == task.id and test.scored for test in tests):
            found.append(
                f"task '{task.id}' has {float(task.points):g} points and no test: "
                "nobody can earn them"
            )
        for name in task.functions:
            if _definition(assignment.solution, name) is None:
                found.append(f"task '{task.id}': {_missing(assignment.solution, name)}")
    own = _functions(assignment.mistakes)
    for mistake in known:
        target = _definition(assignment.solution, mistake.target)
        if target is None:
            found.append(f"mistake '{mistake.id}': {_missing(assignment.solution, mistake.target)}")
        elif mistake.id in own and not _fits(own[mistake.id], target):
            takes = ", ".join(_parameters(own[mistake.id]))
            wanted = ", ".join(["original", *_parameters(target)])
            found.append(f"mistake '{mistake.id}' takes ({takes}); it is called with ({wanted})")
    return found


def _functions(path: Path) -> dict[str, Function]:
    tree = ast.parse(path.read_bytes()) if path.is_file() else ast.Module([], [])
    return {node.name: node for node in tree.body if isinstance(node, Function)}


def _parameters(function: Function) -> list[str]:
    arguments = function.args
    return [one.arg for one in [*arguments.posonlyargs, *arguments.args]]


def _fits(mistake: Function, target: Function) -> bool:
    if mistake.args.vararg is not None or target.args.vararg is not None:
        return True
    return len(_parameters(mistake)) == len(_parameters(target)) + 1


def _definition(solution: Path, name: str) -> Function | None:
    """Find "module.Class.function" in the source, without importing it."""
    body, rest = _module(solution, name.split("."))
    for number, part in enumerate(rest):
        kind = Function if number == len(rest) - 1 else ast.ClassDef
        found = next((one for one in body if isinstance(one, kind) and one.name == part), None)
        if found is None:
            return None
        if isinstance(found, Function):
            return found
        body = found.body
    return None


def _module(solution: Path, parts: list[str]) -> tuple[list[ast.stmt], list[str]]:
    for length in range(len(parts) - 1, 0, -1):
        place = solution.joinpath(*parts[:length])
        for file in (place.with_suffix(".py"), place / "__init__.py"):
            if file.is_file():
                return ast.parse(file.read_bytes()).body, parts[length:]
    return [], parts


def _missing(solution: Path, name: str) -> str:
    known = {}
    for file in solution.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, Function):
                known[node.name] = node
    close = get_close_matches(name.rpartition(".")[2], known, 1)
    hint = f"; did you mean {close[0]}?" if close else ""
    return f"the solution has no {name}{hint}"
