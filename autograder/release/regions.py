"""Takes the solution out of one file's text, by the marks its author put there.

A region from `# BEGIN SOLUTION` to `# END SOLUTION` becomes one line at the indentation of its
first mark: what follows `# BEGIN SOLUTION:`, or else an error that names the function. A line that
ends with `# SOLUTION` is dropped.
"""

from __future__ import annotations

import ast
import io
import re
from dataclasses import dataclass

from autograder.core.errors import AutograderError

SUFFIXES = (".py", ".yaml", ".yml", ".toml", ".md", ".sh", ".txt", ".cfg", ".ini")

_MARK = re.compile(r"^(?P<indent>[ \t]*)#[ \t]*(?P<which>BEGIN|END)[ \t]+SOLUTION(?P<rest>.*)$")
_LOOKS_LIKE = re.compile(r"^[ \t]*#+[ \t]*(begin|end)[ \t_-]*solutions?\b", re.IGNORECASE)
_DROPPED = re.compile(r"#[ \t]*SOLUTION$")


class ReleaseError(AutograderError):
    """Nothing can, or must, be given to students as things are; the message says what to do."""


class RegionError(ReleaseError):
    """The marks of a file do not fit; the message starts with file:line."""


@dataclass(frozen=True)
class Split:
    """A file's text in two parts."""

    skeleton: str  # what students get
    solution: tuple[str, ...]  # the lines they do not get, without line ends


def split(text: str, path: str) -> Split:
    """Part `text`, the content of the file at `path`; raises RegionError where marks do not fit."""
    kept: list[str] = []
    removed: list[str] = []
    begin: tuple[int, str, str] | None = None  # line, indentation, replacement
    for number, line in enumerate(io.StringIO(text, newline=""), 1):
        content = line.rstrip("\r\n")
        end = line[len(content) :]
        mark = _MARK.match(content)
        if mark is None and _LOOKS_LIKE.match(content):
            raise RegionError(
                f"{path}:{number}: write this mark as '# BEGIN SOLUTION' or '# END SOLUTION'"
            )
        if mark is None:
            if begin is not None:
                removed.append(content)
            elif _DROPPED.search(content.rstrip()):
                removed.append(_DROPPED.sub("", content.rstrip()).rstrip())
            else:
                kept.append(line)
        elif mark["which"] == "BEGIN":
            if begin is not None:
                raise RegionError(
                    f"{path}:{number}: a region begins inside the one of line {begin[0]}; "
                    "end that one first"
                )
            begin = (number, mark["indent"], _replacement(mark["rest"], path, number))
        else:
            if begin is None:
                raise RegionError(f"{path}:{number}: this region was never begun; remove the mark")
            if mark["rest"].strip():
                raise RegionError(f"{path}:{number}: nothing may follow '# END SOLUTION'")
            first, indent, replacement = begin
            if not replacement:
                replacement = _default(text, path, first)
            if replacement:
                kept.append(f"{indent}{replacement}{end or chr(10)}")
            begin = None
    if begin is not None:
        raise RegionError(f"{path}:{begin[0]}: this region never ends; add '# END SOLUTION'")
    skeleton = "".join(kept)
    if removed and path.endswith(".py"):
        _check(skeleton, path)
    return Split(skeleton, tuple(removed))


def _replacement(rest: str, path: str, number: int) -> str:
    if not rest.strip():
        return ""
    if not rest.startswith(":") or not rest[1:].strip():
        raise RegionError(
            f"{path}:{number}: after '# BEGIN SOLUTION' comes nothing, or ': ' and a replacement"
        )
    return rest[1:].strip()


def _default(text: str, path: str, line: int) -> str:
    """Return what replaces a region that names no replacement: an error, or nothing at all."""
    if not path.endswith(".py"):
        return ""
    name = _enclosing_function(text, path, line)
    if not name:
        raise RegionError(
            f"{path}:{line}: this region is in no function; "
            "say what replaces it: '# BEGIN SOLUTION: <code>'"
        )
    return f'raise NotImplementedError("{name} is yours to write")'


def _enclosing_function(text: str, path: str, line: int) -> str:
    """Return the dotted name of the innermost function around `line`, such as `SGD.update`."""
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        place = f"{path}:{error.lineno}"
        raise RegionError(f"{place}: the solution is not valid Python ({error.msg})") from None
    found = ""
    waiting: list[tuple[ast.AST, str]] = [(tree, "")]
    while waiting:
        node, scope = waiting.pop()
        for child in ast.iter_child_nodes(node):
            inside = scope
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                if not child.lineno <= line <= (child.end_lineno or child.lineno):
                    continue
                inside = f"{scope}.{child.name}" if scope else child.name
                if not isinstance(child, ast.ClassDef):
                    found = inside
            waiting.append((child, inside))
    return found


def _check(skeleton: str, path: str) -> None:
    try:
        compile(skeleton, path, "exec", dont_inherit=True)
    except SyntaxError as error:
        raise RegionError(
            f"{path}: without the solution, line {error.lineno} of the skeleton is no Python "
            f"({error.msg}); give the region a replacement"
        ) from None
