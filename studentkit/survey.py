"""Static facts of Python source: imports, signatures, printing calls. Nothing is ever executed.

Standard library only and free of most of this package, because it runs in the confined worker on
hostile source. Everything it returns is bounded in size and plain JSON.
"""

from __future__ import annotations

import ast
import hashlib
import re
import warnings
from bisect import bisect_left
from collections.abc import Mapping
from typing import Any

from studentkit.foreign import no_source, why_not_read

VERSION = 1
MAX_NAMES = 5000  # paths listed
MAX_FILES = 200  # Python files read
MAX_BYTES = 256 * 1024  # of one file
MAX_ITEMS = 400  # of one kind in one file
MAX_TEXT = 160  # characters of one string
MAX_NODES = 60  # of a default value that is still shown as it was written

_CALLS = re.compile(rb"print|pprint|write|__import__|import_module")
_PRINTING = frozenset(
    {"print", "pprint", "pprint.pprint", "pprint.pp"}
    | {
        f"{stream}.{method}"
        for stream in ("sys.stdout", "sys.stderr", "sys.__stdout__", "sys.__stderr__")
        for method in ("write", "writelines", "buffer.write")
    }
)
_BINDINGS = ("staticmethod", "classmethod", "property")  # decorators that change how to call

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def survey(files: Mapping[str, bytes]) -> dict[str, Any]:
    """Describe the Python files among `files` (POSIX path -> content).

    Returns `{"version", "names", "complete", "files"}`. `files` maps the path of each `.py` file
    either to `{"error": {"line", "message", "source"}}` or to `{"imports", "functions",
    "classes", "prints", "complete"}`; `complete` is false where a limit of this module cut in.
    """
    names = sorted(files)
    python = [name for name in names if name.endswith(".py") and len(name) <= MAX_TEXT]
    report: dict[str, Any] = {
        "version": VERSION,
        "names": [_clip(name) for name in names[:MAX_NAMES]],
        "complete": len(names) <= MAX_NAMES
        and len(python) <= MAX_FILES
        and len(python) == sum(name.endswith(".py") for name in names),
        "files": {},
    }
    for name in python[:MAX_FILES]:
        report["files"][_clip(name)] = survey_file(name, files[name])
    return report


def survey_file(path: str, source: bytes) -> dict[str, Any]:
    """Describe one Python file; see `survey`."""
    if len(source) > MAX_BYTES:
        return _error(0, f"the file is larger than {MAX_BYTES // 1024} KiB")
    other = no_source(source)
    if other:
        return _error(0, other)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an odd escape in a string is nobody's error here
            tree = ast.parse(source, _clip(path))
    except SyntaxError as error:
        text = error.text if isinstance(error.text, str) else ""
        return _error(error.lineno or 0, why_not_read(str(error.msg), text, source), text)
    except RecursionError:
        return _error(0, "the code is nested too deeply")
    except MemoryError:
        return _error(0, "the code is nested too deeply or too large")
    except (ValueError, LookupError, OverflowError) as error:
        return _error(0, str(error))
    return _Survey(path, source).run(tree)


def module_of(path: str) -> str:
    """Return the dotted name under which the file at `path` is imported."""
    parts = path.removesuffix(".py").split("/")
    if parts[-1] == "__init__" and len(parts) > 1:
        parts.pop()
    return ".".join(parts)


class _Survey:
    """One file's walk, with an explicit stack: depth of nesting must not matter."""

    def __init__(self, path: str, source: bytes) -> None:
        self.module = module_of(path)
        self.package = path.split("/")[:-1]
        self.imports: list[dict[str, Any]] = []
        self.functions: list[dict[str, Any]] = []
        self.classes: list[dict[str, Any]] = []
        self.prints: list[dict[str, Any]] = []
        self.complete = True
        self.lines = source.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        # Expressions are searched only on lines that can hold a call we look for. Identifiers
        # outside ASCII are normalised by the parser, and a declared encoding can hide letters.
        if source.isascii() and b"coding" not in b"".join(self.lines[:2]):
            self.calls = [
                number for number, line in enumerate(self.lines, 1) if _CALLS.search(line)
            ]
            self.everywhere = False
        else:
            self.calls, self.everywhere = [], True

    def run(self, tree: ast.Module) -> dict[str, Any]:
        # (node, name of the enclosing function or class, inside a function, under the main guard)
        stack: list[tuple[ast.AST, str, bool, bool]] = [
            (node, "", False, False) for node in reversed(tree.body)
        ]
        while stack:
            node, scope, inner, main = stack.pop()
            if isinstance(node, ast.Import | ast.ImportFrom):
                self._import(node)
                continue
            if isinstance(node, ast.Call):
                self._call(node, scope if inner else "", main)
            elif isinstance(node, _Function | ast.ClassDef):
                if not inner:
                    scope = f"{scope}.{node.name}" if scope else node.name
                    if isinstance(node, ast.ClassDef):
                        self._add(self.classes, name=self._qualified(scope), line=node.lineno)
                    else:
                        self._function(node, scope)
                        inner = True
            elif isinstance(node, ast.If) and not scope and _is_main_guard(node.test):
                stack.extend((child, scope, inner, main) for child in reversed(node.orelse))
                stack.extend((child, scope, inner, True) for child in reversed(node.body))
                continue
            children = [
                (child, scope, inner, main)
                for child in ast.iter_child_nodes(node)
                if self._is_of_interest(child)
            ]
            stack.extend(reversed(children))
        return {
            "imports": self.imports,
            "functions": self.functions,
            "classes": self.classes,
            "prints": self.prints,
            "complete": self.complete,
        }

    def _is_of_interest(self, node: ast.AST) -> bool:
        """Statements that hold statements always are; anything else only on a line with a call."""
        if isinstance(node, _ALWAYS):
            return True
        first = getattr(node, "lineno", None)
        if first is None:
            return not isinstance(node, ast.expr_context | ast.operator | ast.cmpop)
        if self.everywhere:
            return True
        last = getattr(node, "end_lineno", first) or first
        next_call = bisect_left(self.calls, first)
        return next_call < len(self.calls) and self.calls[next_call] <= last

    def _add(self, items: list[dict[str, Any]], **fact: Any) -> None:
        if len(items) < MAX_ITEMS:
            items.append(fact)
        else:
            self.complete = False

    def _qualified(self, scope: str) -> str:
        return _clip(f"{self.module}.{scope}")

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                self._add(
                    self.imports,
                    module=_clip(alias.name),
                    names=[],
                    alias=_clip(alias.asname or ""),
                    line=node.lineno,
                )
            return
        module = node.module or ""
        own = node.level > 0
        if own:
            package = self.package[: max(0, len(self.package) - (node.level - 1))]
            module = ".".join([*package, *([module] if module else [])])
        names = [[_clip(alias.name), _clip(alias.asname or "")] for alias in node.names]
        if len(names) > MAX_ITEMS:
            self.complete = False
        fact = {"module": _clip(module), "names": names[:MAX_ITEMS], "alias": ""}
        self._add(self.imports, **fact, line=node.lineno, **({"own": True} if own else {}))

    def _call(self, node: ast.Call, scope: str, main: bool) -> None:
        name = _dotted(node.func)
        if name.rpartition(".")[2] in ("__import__", "import_module"):
            first = node.args[0] if node.args else None
            literal = isinstance(first, ast.Constant) and isinstance(first.value, str)
            module = first.value if literal else ""  # type: ignore[union-attr]
            fact = {"module": _clip(str(module)), "names": [], "alias": "", "dynamic": True}
            own = {"own": True} if str(module).startswith(".") else {}
            self._add(self.imports, **fact, line=node.lineno, **own)
        elif name in _PRINTING and not main and not _prints_elsewhere(node):
            function = self._qualified(scope) if scope else ""
            self._add(self.prints, call=name, function=function, line=node.lineno)

    def _function(self, node: _Function, scope: str) -> None:
        given = node.args
        plain = [*given.posonlyargs, *given.args]
        defaults: list[ast.expr | None] = [None] * (len(plain) - len(given.defaults))
        defaults += given.defaults
        parameters: list[list[str | None]] = []
        for index, (parameter, default) in enumerate(zip(plain, defaults, strict=True)):
            kind = "positional-only" if index < len(given.posonlyargs) else "positional"
            parameters.append([_clip(parameter.arg), kind, self._default(default)])
        if given.vararg:
            parameters.append([_clip(given.vararg.arg), "varargs", None])
        for parameter, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
            parameters.append([_clip(parameter.arg), "keyword-only", self._default(default)])
        if given.kwarg:
            parameters.append([_clip(given.kwarg.arg), "varkw", None])
        if len(parameters) > MAX_ITEMS:
            self.complete = False
        binding = [_dotted(item) for item in node.decorator_list]
        fact: dict[str, Any] = {
            "name": self._qualified(scope),
            "line": node.lineno,
            "text": self._text(node),
            "parameters": parameters[:MAX_ITEMS],
            "binding": [name for name in binding if name in _BINDINGS][:3],
        }
        if isinstance(node, ast.AsyncFunctionDef):
            fact["binding"].append("async")
        self._add(self.functions, **fact)

    def _text(self, node: ast.stmt) -> str:
        """Return a short hash of a definition's lines, to tell whether it was changed at all."""
        lines = self.lines[node.lineno - 1 : node.end_lineno]
        return hashlib.sha256(b"\n".join(line.strip() for line in lines)).hexdigest()[:16]

    def _default(self, node: ast.expr | None) -> str | None:
        """Return a default's source in one spelling; `28*28` and `784` are the same."""
        if node is None:
            return None
        if isinstance(node, ast.Constant) and isinstance(node.value, bool | None):
            return str(node.value)
        count, stack = 0, [node]
        while stack and count <= MAX_NODES:
            count += 1
            stack.extend(
                child for child in ast.iter_child_nodes(stack.pop()) if isinstance(child, ast.expr)
            )
        if count > MAX_NODES:
            text = b"\n".join(self.lines[node.lineno - 1 : node.end_lineno])
            return f"<long expression {hashlib.sha256(text).hexdigest()[:8]}>"
        try:
            value = _number(node)
            return _clip(ast.unparse(node) if value is None else repr(value))
        except (ValueError, OverflowError, RecursionError) as error:
            return f"<{type(error).__name__}>"  # a number of ten thousand digits, for example


_ALWAYS = (
    ast.Import,
    ast.ImportFrom,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.If,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.With,
    ast.AsyncWith,
    ast.Try,
    ast.TryStar,
    ast.Match,
    ast.match_case,
    ast.ExceptHandler,
)


def _number(node: ast.AST) -> int | float | None:
    """Return the value of simple arithmetic on constants; None for anything else."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, int | float) and not isinstance(node.value, bool):
            return node.value if abs(node.value) < 1e18 else None
        return None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = _number(node.operand)
        return None if value is None else -value
    if isinstance(node, ast.BinOp):
        left, right = _number(node.left), _number(node.right)
        if left is None or right is None or max(abs(left), abs(right)) > 1e18:
            return None
        if isinstance(node.op, ast.Mult):
            return left * right
        if isinstance(node.op, ast.Add):
            return left + right
        if isinstance(node.op, ast.Sub):
            return left - right
        if isinstance(node.op, ast.Div) and right:
            return left / right
    return None


def _dotted(node: ast.expr) -> str:
    """Return `a.b.c` for such an expression, with at most four parts; "" for any other."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute) and len(parts) < 4:
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        parts.append(node.id)
    elif not parts:
        return ""
    return _clip(".".join(reversed(parts)))


def _prints_elsewhere(node: ast.Call) -> bool:
    """Tell whether `print(..., file=f)` names a file that is no standard stream."""
    for keyword in node.keywords:
        if keyword.arg == "file":
            return not _dotted(keyword.value).startswith("sys.")
    return False


def _is_main_guard(test: ast.expr) -> bool:
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.left, ast.Name)
        and test.left.id == "__name__"
    )


def _error(line: int, message: str, source: str = "") -> dict[str, Any]:
    return {"error": {"line": line, "message": _clip(message), "source": _clip(source.strip())}}


def _clip(text: str) -> str:
    """Return `text` cut to a bounded length, with everything unprintable escaped."""
    if len(text) > MAX_TEXT:
        text = text[: MAX_TEXT - 1] + "…"
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else ascii(character)[1:-1] for character in text
    )


def texts(facts: Mapping[str, Any] | str) -> dict[str, str]:
    """Return by a function's dotted name what its text is known by; hostile input is fine."""
    found: dict[str, str] = {}
    try:
        files = {} if isinstance(facts, str) else facts["files"]
        for file in files.values():
            for row in file.get("functions", ()):
                found[str(row["name"])] = str(row["text"])
    except (AttributeError, KeyError, TypeError):
        return {}
    return found
