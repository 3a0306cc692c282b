"""Imports of student modules in a test file become names that are bound late."""

from __future__ import annotations

import contextlib
import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Sequence
from typing import Any

from autograder.execution import proxies
from autograder.execution.proxies import RemoteName


class _Module(types.ModuleType):
    """A student's module as a test file sees it."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith(("__", "pytest")):
            raise AttributeError(name)
        found: Any = RemoteName(self.__name__, ())._attribute(name)
        return found

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("__") or isinstance(value, _Module):
            super().__setattr__(name, value)  # the import system's own bookkeeping
        else:
            RemoteName(self.__name__, ()).__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        RemoteName(self.__name__, ()).__delattr__(name)


class StudentModules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds every module whose top-level name belongs to the assignment."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Claim `fullname` if it is a student's; other finders get the rest."""
        if fullname.split(".")[0] not in self._names:
            return None
        # `from models import Net` inside a test looks for a module of that name where the
        # submission's package has no such thing; it is to fail, not to become an empty module.
        parent = sys.modules.get(fullname.rpartition(".")[0])
        if isinstance(parent, _Module) and proxies.running() and not _exists(fullname):
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        """Make the stand-in; nothing of the student's is looked at."""
        return _Module(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Leave it empty: attributes are fetched when a test uses them."""


def _exists(module: str) -> bool:
    return proxies.current().has_file_of(module)


def install(names: frozenset[str]) -> None:
    """Put the finder first."""
    sys.meta_path.insert(0, StudentModules(names))


def bind(namespace: dict[str, Any], session: Any) -> None:
    """Replace names of plain values in a test module by this submission's values.

    Classes, functions and modules stay names; what cannot be had stays one too and fails the
    tests that use it.
    """
    waiting: dict[str, list[tuple[str, RemoteName]]] = {}
    for key, thing in list(namespace.items()):
        if type(thing) is not RemoteName or len(thing._path) != 1:
            continue
        # A function's name is not replaced by the number that a submission has in its place.
        if not session.declared.kind(f"{thing._module}.{thing._path[0]}"):
            waiting.setdefault(thing._module, []).append((key, thing))
    for module, names in waiting.items():
        answers = session.request("peek", module, [name._path[0] for _, name in names])
        if type(answers) is not list or len(answers) != len(names):
            continue
        for (key, _), answer in zip(names, answers, strict=True):
            if type(answer) is list and len(answer) == 2 and answer[0] == "value":
                with contextlib.suppress(Exception):  # it stays a name, and its use says why
                    namespace[key] = proxies.plain(answer[1])
