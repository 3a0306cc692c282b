"""Answer for functions of the reference that the grader lends to student code.

A process of its own kind: it has the code of the lent functions and of what they need, read from
memory and not kept as text, and nothing else of the reference. It is forked anew for every test.
Whoever asks is a student's code: it may choose the arguments, and nothing more. Functions and
classes are those of a table that was made when the assignment was opened; no name from outside
is ever imported, and no file is opened while a function runs.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import os
import sys
import types
from collections.abc import Mapping, Sequence
from typing import Any

from . import supplied, wire
from .server import FrameStream

_LENT_FILE = "<lent>"
_REFUSED_EVENTS = frozenset({"open", "os", "shutil", "subprocess", "socket", "ctypes", "tempfile"})
_REFUSED_EVENTS |= {"import", "exec", "compile", "glob", "pathlib", "mmap", "marshal", "pickle"}
_IMPORTS = ("<frozen importlib._bootstrap>", "<frozen importlib._bootstrap_external>")

_functions: dict[str, Any] = {}
_classes: dict[str, tuple[type, frozenset[str]]] = {}


class _Modules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports from source that is given as text, once."""

    def __init__(self, sources: Mapping[str, str], packages: Sequence[str]) -> None:
        self._sources, self._packages = dict(sources), frozenset(packages)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in self._sources:
            return None
        package = fullname in self._packages
        return importlib.machinery.ModuleSpec(fullname, self, is_package=package)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        """Leave it to the import system."""

    def exec_module(self, module: types.ModuleType) -> None:
        # The assignment's own reference: code of the author, not of a student.
        exec(compile(self._sources[module.__name__], _LENT_FILE, "exec"), vars(module))


def prepare(lent: Mapping[str, Any]) -> None:
    """Import what is lent, in the parent of all who answer with it.

    `lent` has "sources" (text by module), "packages" (those with modules in them), "libraries"
    (to import beforehand), "functions" (dotted names) and "classes" (attributes by dotted name).
    """
    for name in lent["libraries"]:
        importlib.import_module(name)
    finder = _Modules(lent["sources"], lent["packages"])
    sys.meta_path.insert(0, finder)
    try:
        for name in lent["functions"]:
            _functions[name] = _found(name, lent["sources"])
        for name, attributes in lent["classes"].items():
            _classes[name] = (_found(name, lent["sources"]), frozenset(attributes))
    finally:
        sys.meta_path.remove(finder)
        for name in lent["sources"]:
            module = sys.modules.get(name)
            if module is not None:  # both lead to the finder, which holds the text
                module.__spec__ = module.__loader__ = None


def _found(name: str, sources: Mapping[str, str]) -> Any:
    """Look up a dotted name of the table in the modules that were read."""
    parts = name.split(".")
    length = max(n for n in range(1, len(parts)) if ".".join(parts[:n]) in sources)
    thing: Any = importlib.import_module(".".join(parts[:length]))
    for part in parts[length:]:
        thing = getattr(thing, part)
    return thing


def _no_files(event: str, _: tuple[Any, ...]) -> None:
    """Refuse files, processes and code to whatever runs here; a library may load its parts."""
    if event.partition(".")[0] not in _REFUSED_EVENTS:
        return
    frame: types.FrameType | None = sys._getframe(1)
    if event in ("import", "exec", "compile", "marshal.loads"):
        return  # how a library loads a part of itself; what is imported is found by `open`
    if frame is not None and frame.f_code.co_filename in _IMPORTS:
        return
    raise PermissionError("a lent function opens no files")


def _answer(operation: str, arguments: list[Any]) -> Any:
    if operation == "load":
        return None
    if operation == "begin":
        import random

        import numpy as np

        random.seed(arguments[0])
        np.random.seed(arguments[0])
        if "torch" in sys.modules:
            sys.modules["torch"].manual_seed(arguments[0])
        return None
    if operation == "supplied":
        target, positional, named, states = arguments
        return supplied.call(_functions[target], _classes, positional, named, states)
    raise ValueError(operation)


def run(descriptor: int, home: str) -> None:
    """Answer for one test; never returns."""
    try:
        channel = FrameStream(descriptor)
        channel.send(wire.encode(["ready"]))
        sys.addaudithook(_no_files)
        while True:
            number, operation, _, *arguments = wire.decode(
                channel.receive(), None, [], supplied.tensor
            )
            try:
                row = [number, "ok", _answer(operation, arguments), [], []]
                reply = wire.encode(row)
            except BaseException as error:  # the name of its type is all that is told
                reply = wire.encode([number, "raise", [type(error).__name__, [], "", []], [], []])
            channel.send(reply)
    finally:
        os._exit(1)
