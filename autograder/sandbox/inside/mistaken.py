"""Put one known mistake into the reference, to prove that a suite notices it."""

from __future__ import annotations

import functools
import importlib
import sys
import types
from typing import Any

# The fork server imports this file last of all that it imports, long before a submission: looking
# through the thousands of names of torch would copy their pages in every worker.
_LIBRARIES = frozenset(sys.modules)


def apply(source: bytes, name: str) -> None:
    """Replace the function that mistake `name` of a `mistakes.py` targets, wherever it is bound."""
    declared: dict[str, Any] = {}

    def mistake(target: str, **_: Any) -> Any:
        def declare(function: Any) -> Any:
            declared[function.__name__] = (target, function)
            return function

        return declare

    stand_in = types.ModuleType("autograder")
    stand_in.mistake = mistake  # type: ignore[attr-defined]
    sys.modules["autograder"] = stand_in
    # Trusted source of the assignment's author, run in the worker like the code it changes.
    exec(compile(source, "mistakes.py", "exec"), {"__name__": "mistakes"})
    target, wrong = declared[name]
    owner, attribute = find(target)
    original = getattr(owner, attribute)

    @functools.wraps(original)
    def mistaken(*arguments: Any, **named: Any) -> Any:
        return wrong(original, *arguments, **named)

    setattr(owner, attribute, mistaken)
    if isinstance(owner, types.ModuleType):
        rebind(original, mistaken)


def rebind(original: Any, replacement: Any, keep: frozenset[str] = frozenset()) -> None:
    """Follow what `from module import name` bound elsewhere, but for the dotted names in `keep`.

    Libraries that were there before the submission have nothing of it.
    """
    for name, module in list(sys.modules.items()):
        if name in _LIBRARIES:
            continue
        for key, value in list(vars(module).items()):
            if value is original and f"{name}.{key}" not in keep:
                setattr(module, key, replacement)


def find(target: str) -> tuple[Any, str]:
    """Return the owner (a module or class) and the attribute of a dotted path."""
    parts = target.split(".")
    for length in range(len(parts) - 1, 0, -1):
        try:
            owner: Any = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:-1]:
            owner = getattr(owner, part)
        return owner, parts[-1]
    raise LookupError(f"no module of the submission begins {target}")
