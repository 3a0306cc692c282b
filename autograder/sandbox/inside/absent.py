"""A package that is not here costs what uses it, not every file that imports it.

Where a file of the submission cannot be imported because it imports a package that the worker
lacks, it is imported once more with an empty module in that package's place: names in it can be
imported and handed on, and the first that is called raises what the import would have raised.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

_MOST = 20  # packages that stand empty; more of them are nobody's honest work


def _refuse(name: str) -> NoReturn:
    top = name.partition(".")[0]
    raise ModuleNotFoundError(f"No module named '{top}', so {name} cannot be used", name=top)


class _Name:
    """Something of a package that is not here."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Name(f"{self._name}.{name}")

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        _refuse(self._name)

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[Any, ...]:
        return ()  # as a base class it adds nothing


class _Module(types.ModuleType):
    """A package that is not here."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Name(f"{self.__name__}.{name}")


class Absent(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Makes empty modules of the packages that were asked for in vain."""

    def __init__(self, home: str) -> None:
        self._home = Path(home)
        self._tops: set[str] = set()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Claim what is below an absent package."""
        if fullname.partition(".")[0] not in self._tops:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        """Make the empty module."""
        return _Module(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Leave it empty."""

    def import_module(self, name: str) -> types.ModuleType:
        """Import a module of the submission, with what it lacks left empty."""
        while True:
            try:
                return importlib.import_module(name)
            except ModuleNotFoundError as error:
                top = str(error.name or "").partition(".")[0]
                if not self._is_absent(top, name):
                    raise
                if not self._tops:
                    sys.meta_path.append(self)
                self._tops.add(top)

    def _is_absent(self, top: str, asked: str) -> bool:
        """Tell whether `top` is a package that is neither Python's, nor installed, nor theirs."""
        if not top.isidentifier() or top in self._tops or len(self._tops) >= _MOST:
            return False
        if top == asked.partition(".")[0] or top in sys.stdlib_module_names or top in sys.modules:
            return False
        return not (self._home / top).exists() and not (self._home / f"{top}.py").exists()
