"""Which lazy code is tried on an assignment, generated from its manifest."""

from __future__ import annotations

import ast
import json
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.answers.variants import FILE as ANSWERS_FILE
from autograder.core.manifest import Task

FORMS = {
    "none": "returns None",
    "zero": "returns 0",
    "one": "returns 1",
    "empty": "returns []",
    "nan": "returns NaN",
    "first": "returns its first argument",
    "raises": "raises an exception",
    "zeros": "returns zeros of the right shape",
    "ones": "returns ones of the right shape",
    "identity": "returns the array that it got",
    "skeleton": "does what the skeleton does",
    "memo": "knows the published examples by heart",
}
VALUES = {"None": "None", "0": "0", "1": "1", "[]": "[]", "NaN": 'float("nan")', '""': '""'}
_HELPER = "_lazy_forms"
_MEMO = "_lazy_memo.json"
_SOURCE = Path(__file__).with_name("forms.py").read_bytes()
_CONSTRUCTS = ("none", "raises", "skeleton")  # what an __init__ can do at all


@dataclass(frozen=True)
class Lazy:
    """A submission some of whose functions do nothing."""

    name: str
    form: str
    functions: tuple[str, ...]  # those that do nothing
    tasks: tuple[str, ...]  # those that must earn nothing by it
    alone: bool = False  # one of several functions of its task, the others are right
    on_skeleton: bool = False  # the others are the skeleton's, not the reference's
    answers: str = ""  # the value of every typed answer; "" leaves them


def variants(
    tasks: Sequence[Task], typed: Sequence[str], reference: Mapping[str, bytes]
) -> list[Lazy]:
    """Return every lazy variant; `typed` are the tasks that typed answers belong to.

    A function that two tasks grade is lazy for both. Who knows examples by heart is tried where
    there is anything but examples to ask for: where every function takes arguments.
    """
    fixed = {
        name
        for task in tasks
        for name in task.functions
        if name.endswith("__init__") or not _takes_arguments(name, reference)
    }
    found: list[Lazy] = []
    graded = [task for task in tasks if task.functions]
    owners: dict[str, list[str]] = {}
    for task in graded:
        for function in task.functions:
            owners.setdefault(function, []).append(task.id)
    for form, words in FORMS.items():
        for task in graded:
            if _fits(form, task.functions, fixed):
                name = f"{task.id}: every function {words}"
                found.append(Lazy(name, form, task.functions, (task.id,)))
        for function, mine in owners.items():
            if not _fits(form, [function], fixed):
                continue
            if all(len(task.functions) > 1 for task in graded if function in task.functions):
                name = f"{function} {words}"
                found.append(Lazy(name, form, (function,), tuple(mine), alone=True))
            name = f"{function} {words}, the rest is the skeleton's"
            found.append(Lazy(name, form, (function,), tuple(mine), on_skeleton=True))
        own = {task.id for task in tasks}
        if form == "memo":
            own = {task.id for task in graded if _fits(form, task.functions, fixed)}
        everything = tuple(task.id for task in tasks if task.id in own - set(typed))
        found.append(Lazy(f"everything {words}", form, tuple(owners), everything))
    for value, source in VALUES.items():
        found += [Lazy(f"every typed answer is {value}", "", (), tuple(typed), answers=source)]
    return [one for one in found if one.tasks]


def _fits(form: str, functions: Sequence[str], fixed: Container[str]) -> bool:
    """Leave out what an earlier form does already, and what means nothing."""
    if form == "memo":
        return not any(name in fixed for name in functions)
    if all(name.endswith("__init__") for name in functions):
        return form in _CONSTRUCTS
    return True


def _takes_arguments(function: str, files: Mapping[str, bytes]) -> bool:
    path, _, owner, name = _place(function, files)
    body = ast.parse(files[path]).body
    for part in filter(None, owner.split(".")):
        body = next(one.body for one in body if isinstance(one, ast.ClassDef) and one.name == part)
    for node in body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            given = node.args
            known = len(given.posonlyargs + given.args + given.kwonlyargs) - bool(owner)
            return known > 0 or given.vararg is not None or given.kwarg is not None
    return True


def files_of(
    lazy: Lazy,
    reference: Mapping[str, bytes],
    skeleton: Mapping[str, bytes],
    memo: Mapping[str, str] | None = None,
) -> dict[str, bytes]:
    """Return the files of a lazy submission; `memo` is what its functions answered before.

    A function is replaced at the end of its own file, before anybody imports it from there. The
    right one, whose answers have the right shape, and the skeleton's lie beside it where they
    are needed.
    """
    made = dict(skeleton if lazy.on_skeleton else reference)
    if lazy.answers:
        made[ANSWERS_FILE] = _with_answers(reference[ANSWERS_FILE], lazy.answers)
    if not lazy.form:
        return made
    made[f"{_HELPER}.py"] = _SOURCE + _LOADS
    made[_MEMO] = json.dumps(dict(memo or {})).encode()
    for function in lazy.functions:
        path, module, owner, name = _place(function, reference)
        lines = [f"import importlib, {_HELPER} as _lazy"]
        original, other = _expression("", owner, name), "None"
        if lazy.on_skeleton:
            original = _beside(made, "original", path, module, reference[path], lines)
            original = _expression(original, owner, name)
        if lazy.form == "skeleton":
            other = _beside(made, "skeleton", path, module, skeleton.get(path, b""), lines)
            other = _expression(other, owner, name)
        target = f"{owner}.{name}" if owner else name
        lines.append(f"{target} = _lazy.lazy({lazy.form!r}, {original}, {function!r}, {other})")
        made[path] = made.get(path, b"") + ("\n" + "\n".join(lines) + "\n").encode()
    return made


def _beside(
    files: dict[str, bytes], kind: str, path: str, module: str, source: bytes, lines: list[str]
) -> str:
    """Put another version of a module beside it; return the name it is imported under."""
    folder, _, file = path.rpartition("/")
    twin = f"_{kind}_{file}"
    files[f"{folder}/{twin}" if folder else twin] = source
    stem = twin.removesuffix(".py")
    dotted = ".".join(filter(None, [folder.replace("/", "."), stem]))
    lines.append(f"_{kind} = importlib.import_module({dotted!r})")
    return f"_{kind}"


_LOADS = f"""
import base64 as _base64
import json as _json
from pathlib import Path as _Path

_file = _Path(__file__).with_name("{_MEMO}")
if _file.is_file():
    MEMO.update((k, _base64.b64decode(v)) for k, v in _json.loads(_file.read_text()).items())
""".encode()


def _expression(module: str, owner: str, name: str) -> str:
    prefix = f"{module}." if module else ""
    return f"{prefix}{owner}.__dict__[{name!r}]" if owner else f"{prefix}{name}"


def _place(function: str, files: Mapping[str, bytes]) -> tuple[str, str, str, str]:
    """Return path, module, class ("" for none) and name of "module.Class.name"."""
    parts = function.split(".")
    for length in range(len(parts) - 1, 0, -1):
        path = "/".join(parts[:length])
        for candidate in (f"{path}.py", f"{path}/__init__.py"):
            if candidate in files:
                *owner, name = parts[length:]
                return candidate, ".".join(parts[:length]), ".".join(owner), name
    raise LookupError(f"{function} is in no file of the reference")


def _with_answers(source: bytes, value: str) -> bytes:
    """Give every name that the reference's answers bind the same value."""
    names = [
        target.id
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    ]
    return "".join(f"{name} = {value}\n" for name in names).encode()
