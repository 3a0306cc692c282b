"""The part of a reference that answers for lent functions: their code, what that needs, no more.

Other functions, the typed answers, comments and docstrings are left out, so that the process
which a submission may ask has nothing else worth asking for.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from autograder.answers.variants import FILE as ANSWERS_FILE

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_FUTURE = "__future__"


def lent_code(
    files: Mapping[str, bytes], functions: Iterable[str], classes: Iterable[str]
) -> dict[str, Any]:
    """Cut what `functions` ("module.Class.name") need out of the reference's `files`.

    Objects are taken of those of `classes`, the ones that students are asked for, that are plain:
    their attributes are the ones that the reference itself gives them. Returns what
    `inside.lending` is prepared with.
    """
    taken = {name: found for name in classes if (found := attributes(name, files)) is not None}
    wanted = [name for name in functions if _can_be_called(name, taken, files)]
    cut = _Cut(files)
    for name in wanted:
        cut.need_path(name)
    if wanted:
        for name in taken:
            cut.need_path(name)
    cut.follow()
    sources = cut.sources()
    return {
        "sources": sources,
        "packages": [name for name in sources if _is_package(name, files)],
        "libraries": sorted(cut.libraries),
        "functions": wanted,
        "classes": {name: sorted(found) for name, found in taken.items()} if wanted else {},
    }


def _can_be_called(
    name: str, taken: Mapping[str, frozenset[str]], files: Mapping[str, bytes]
) -> bool:
    """Tell whether `name` is there, and no method of objects that cannot be passed."""
    place = _split(name, files)
    return place is not None and (len(place[1]) == 1 or name.rpartition(".")[0] in taken)


def attributes(name: str, files: Mapping[str, bytes]) -> frozenset[str] | None:
    """Return the attributes of objects of class `name` as the reference makes them.

    None where such objects are not plain: slots, or bases that are not the reference's own.
    """
    found, hidden = set(), set()
    for definition in _with_bases(name, files):
        if definition is None:
            return None
        for node in definition.body:
            names = set(_bound(node))
            if "__slots__" in names:
                return None
            hidden |= names if isinstance(node, _Definition) else set()
            if isinstance(node, ast.FunctionDef) and node.args.args:
                found |= set(_assigned_on(node, node.args.args[0].arg))
    return frozenset(one for one in found - hidden if not one.startswith("_"))


def _with_bases(name: str, files: Mapping[str, bytes]) -> Iterator[ast.ClassDef | None]:
    """Yield the class and its bases in the reference; None for one from elsewhere."""
    place = _split(name, files)
    if place is None or len(place[1]) != 1:
        yield None
        return
    module, (last,) = place
    statements = _bindings(_tree(module, files)).get(last, [])
    definition = statements[-1] if statements else None
    if isinstance(definition, ast.ImportFrom):
        yield from _with_bases(_imported(definition, last, module, files), files)
        return
    if not isinstance(definition, ast.ClassDef) or definition.decorator_list:
        yield None
        return
    if definition.keywords:  # a metaclass
        yield None
    yield definition
    for base in definition.bases:
        dotted = ast.unparse(base)
        if dotted != "object":
            yield from _with_bases(_resolved(dotted, module, files), files)


def _resolved(dotted: str, module: str, files: Mapping[str, bytes]) -> str:
    """Return the full name of what `dotted` means in `module`."""
    first, _, rest = dotted.partition(".")
    for statement in _bindings(_tree(module, files)).get(first, []):
        if isinstance(statement, ast.ImportFrom):
            first = _imported(statement, first, module, files)
            return f"{first}.{rest}" if rest else first
        if isinstance(statement, ast.Import):
            original = {one.asname or one.name.split(".")[0]: one for one in statement.names}
            alias = original.get(first)
            first = alias.name if alias is not None and alias.asname else first
            return f"{first}.{rest}" if rest else first
    return f"{module}.{dotted}"


def _imported(statement: ast.ImportFrom, name: str, module: str, files: Mapping[str, bytes]) -> str:
    original = {one.asname or one.name: one.name for one in statement.names}.get(name, name)
    return f"{_source_of(statement, module, files)}.{original}"


class _Cut:
    """Follows names from what is wanted to everything that it needs."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._kept: dict[str, set[int]] = {}  # module -> numbers of its statements
        self._names: set[tuple[str, str]] = set()  # (module, name) already followed
        self._seen: set[int] = set()  # nodes already looked through
        self._attributes: set[str] = set()  # every attribute that kept code mentions
        self._methods: set[tuple[str, str, str]] = set()  # (module, class, method) wanted
        self._called: set[str] = set()  # names that kept functions mention
        self._whole: set[str] = set()  # modules that are mentioned as such
        self.libraries: set[str] = set()

    def need_path(self, name: str) -> None:
        place = _split(name, self._files)
        if place is None:
            return
        module, parts = place
        if len(parts) > 1:
            self._methods.add((module, parts[0], parts[1]))
        self._need(module, parts[0])

    def follow(self) -> None:
        """Look through what is kept until nothing more is found."""
        before = None
        while before != (before := self._size()):
            for module, numbers in list(self._kept.items()):
                body = _tree(module, self._files).body
                for number in list(numbers):
                    self._look(body[number], module)
            for module in list(self._whole):
                for name in self._attributes & _bindings(_tree(module, self._files)).keys():
                    self._need(module, name)

    def _size(self) -> tuple[int, ...]:
        kept = sum(map(len, self._kept.values()))
        sets: list[set[Any]] = [self._names, self._seen, self._attributes, self._called]
        return (kept, len(self._whole), *map(len, sets))

    def _need(self, module: str, name: str) -> None:
        if (module, name) in self._names or f"{module}.py" == ANSWERS_FILE:
            return
        self._names.add((module, name))
        parts = module.split(".")
        for length in range(1, len(parts) + 1):
            self._kept.setdefault(".".join(parts[:length]), set())
        tree = _tree(module, self._files)
        found = _bindings(tree).get(name, [])
        self._kept[module] |= {tree.body.index(statement) for statement in found}
        if not found:  # a submodule, or what a star brings
            if _path(f"{module}.{name}", self._files) is not None:
                self._kept.setdefault(f"{module}.{name}", set())
                self._whole.add(f"{module}.{name}")
            for number, statement in enumerate(tree.body):
                if isinstance(statement, ast.ImportFrom) and statement.names[0].name == "*":
                    self._kept[module].add(number)
                    source = _source_of(statement, module, self._files)
                    if _path(source, self._files) is not None:
                        self._need(source, name)

    def _look(self, statement: ast.stmt, module: str) -> None:
        for node in self._parts(statement, module):
            if id(node) in self._seen:
                continue
            self._seen.add(id(node))
            inner = not isinstance(statement, ast.ClassDef) or node is not statement
            for one in ast.walk(node) if inner else ():
                if isinstance(one, ast.Import | ast.ImportFrom):
                    self._import(one, module)
                elif isinstance(one, ast.Attribute):
                    self._attributes.add(one.attr)
                elif isinstance(one, ast.Name):
                    self._called.add(one.id)
                    if one.id in _bindings(_tree(module, self._files)) or self._stars(module):
                        self._need(module, one.id)

    def _stars(self, module: str) -> bool:
        return any(
            isinstance(one, ast.ImportFrom) and one.names[0].name == "*"
            for one in _tree(module, self._files).body
        )

    def _parts(self, statement: ast.stmt, module: str) -> list[ast.AST]:
        """Return the parts of a statement that are kept: of a class, some of its methods."""
        if not isinstance(statement, ast.ClassDef):
            return [statement]
        kept = [one for one in statement.body if self._keeps(one, statement, module)]
        return [*statement.bases, *statement.keywords, *statement.decorator_list, *kept]

    def _keeps(self, node: ast.stmt, owner: ast.ClassDef, module: str) -> bool:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return True
        if (module, owner.name, node.name) in self._methods or node.name in self._attributes:
            return True
        special = node.name.startswith("__") and node.name.endswith("__")
        return special and owner.name in self._called

    def _import(self, node: ast.Import | ast.ImportFrom, module: str) -> None:
        if isinstance(node, ast.Import):
            for one in node.names:
                if _path(one.name, self._files) is None:
                    self.libraries.add(one.name)
                else:
                    self._kept.setdefault(one.name, set())
                    self._whole.add(one.name)
            return
        source = _source_of(node, module, self._files)
        if _path(source, self._files) is None:
            if source != _FUTURE:
                self.libraries.add(source)
            return
        for one in node.names:
            if one.name != "*":
                self._need(source, one.name)

    def sources(self) -> dict[str, str]:
        """Return the text of every module of which something is kept."""
        return {module: self._text(module) for module in sorted(self._kept)}

    def _text(self, module: str) -> str:
        lines = []
        for number, statement in enumerate(_tree(module, self._files).body):
            future = isinstance(statement, ast.ImportFrom) and statement.module == _FUTURE
            if future or number in self._kept[module]:
                lines.append(ast.unparse(self._shortened(statement, module)))
        return "\n".join(lines)

    def _shortened(self, statement: ast.stmt, module: str) -> ast.stmt:
        copy = ast.parse(ast.unparse(statement)).body[0]
        if isinstance(statement, ast.ClassDef) and isinstance(copy, ast.ClassDef):
            kept = [self._keeps(one, statement, module) for one in statement.body]
            copy.body = [one for one, keep in zip(copy.body, kept, strict=True) if keep]
        if isinstance(statement, ast.ImportFrom) and isinstance(copy, ast.ImportFrom):
            copy.names = [one for one in copy.names if self._has(one, statement, module)]
        for node in ast.walk(copy):
            if isinstance(node, _Definition):
                first = node.body[0] if node.body else None
                if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                    node.body = node.body[1:]
                node.body = node.body or [ast.Pass()]
        return ast.fix_missing_locations(copy)

    def _has(self, alias: ast.alias, statement: ast.ImportFrom, module: str) -> bool:
        """Tell whether what an import from the reference brings is there and needed."""
        source = _source_of(statement, module, self._files)
        if _path(source, self._files) is None or alias.name == "*":
            return True
        return (module, alias.asname or alias.name) in self._names


def _tree(module: str, files: Mapping[str, bytes]) -> ast.Module:
    path = _path(module, files)
    return _parsed(files[path] if path is not None else b"")


@lru_cache(maxsize=64)
def _parsed(source: bytes) -> ast.Module:
    return ast.parse(source)


def _path(module: str, files: Mapping[str, bytes]) -> str | None:
    path = module.replace(".", "/")
    for name in (f"{path}/__init__.py", f"{path}.py"):
        if name in files and name != ANSWERS_FILE:
            return name
    folder = any(name.startswith(f"{path}/") and name.endswith(".py") for name in files)
    return "" if folder and path else None


def _is_package(module: str, files: Mapping[str, bytes]) -> bool:
    return not str(_path(module, files)).endswith(f"{module.rpartition('.')[2]}.py")


def _split(name: str, files: Mapping[str, bytes]) -> tuple[str, list[str]] | None:
    """Split a dotted name into a module of the reference and the rest; None without one."""
    parts = name.split(".")
    for length in range(len(parts) - 1, 0, -1):
        module = ".".join(parts[:length])
        if _path(module, files):
            return module, parts[length:]
    return None


def _source_of(node: ast.ImportFrom, module: str, files: Mapping[str, bytes]) -> str:
    """Return the full name of the module that an import takes names from."""
    if not node.level:
        return node.module or ""
    parts = module.split(".")
    drop = node.level - (1 if _is_package(module, files) else 0)
    base = parts[: len(parts) - drop] if drop else parts
    return ".".join([*base, *([node.module] if node.module else [])])


def _bindings(tree: ast.Module) -> dict[str, list[ast.stmt]]:
    found: dict[str, list[ast.stmt]] = {}
    for statement in tree.body:
        for name in _bound(statement):
            found.setdefault(name, []).append(statement)
    return found


def _bound(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement binds in its own scope."""
    if isinstance(statement, _Definition):
        yield statement.name
        return
    for node in ast.walk(statement):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for one in node.names:
                yield one.asname or one.name.split(".")[0]
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, _Definition):
            yield node.name


def _assigned_on(function: ast.FunctionDef, owner: str) -> Iterator[str]:
    for node in ast.walk(function):
        if not isinstance(node, ast.Attribute) or not isinstance(node.ctx, ast.Store):
            continue
        if isinstance(node.value, ast.Name) and node.value.id == owner:
            yield node.attr
