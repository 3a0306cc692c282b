"""Which names an answer cell must leave behind: those that only its solution binds, that later
cells of the course use, and that nothing in the cell tells a student.
"""

from __future__ import annotations

import dis
import re
from collections.abc import Iterator, Sequence
from types import CodeType

from autograder.notebooks.authored.source import BEGIN_SOLUTION, END_SOLUTION, Cell, without_magics

SAYS = "# leave behind for later cells:"


def told(cells: Sequence[Cell], number: int) -> str:
    """Return the text of the answer cell `cells[number]` with a line before its first solution
    that says which names later cells need; as it is where it names them itself.
    """
    text = cells[number].text
    names = _left(text) & _needed(cells[number + 1 :])
    if names <= set(re.findall(r"\w+", _shown(text))):
        return text
    in_order = [name for name in _names(_compiled(text))[1] if name in names]
    line = f"{SAYS} {', '.join(in_order)}\n"
    before, mark, after = text.partition(BEGIN_SOLUTION)
    return before + line + mark + after


def _left(text: str) -> set[str]:
    """Return what the solutions bind at the top level of a cell, and nothing else in it does."""
    return set(_names(_compiled(text))[1]) - set(_names(_compiled(_shown(text)))[1])


def _shown(text: str) -> str:
    """Return the cell as students get it: `pass` where each solution was."""
    lines, hidden = [], False
    for line in text.splitlines():
        if line.strip() == BEGIN_SOLUTION:
            lines.append(line[: len(line) - len(line.lstrip())] + "pass")
            hidden = True
        elif line.strip() == END_SOLUTION:
            hidden = False
        elif not hidden:
            lines.append(line)
    return "\n".join(lines)


def _needed(cells: Sequence[Cell]) -> set[str]:
    """Return the names that the course's own cells read, up to where they bind them themselves."""
    needed: set[str] = set()
    theirs: set[str] = set()
    for cell in cells:
        if not cell.markdown and cell.kind in ("given", "check"):
            read, bound = _names(_compiled(cell.text))
            needed |= read - theirs
            theirs |= set(bound)
    return needed


def _names(code: CodeType) -> tuple[set[str], dict[str, None]]:
    """Return the names that a cell reads before it binds them, and those that it binds, in order.

    The compiler tells: it knows scopes, loops and comprehensions.
    """
    read: set[str] = set()
    bound: dict[str, None] = {}
    for instruction in dis.get_instructions(code):
        name = str(instruction.argval)
        if instruction.opname == "STORE_NAME":
            bound[name] = None
        elif instruction.opname == "LOAD_NAME" and name not in bound:
            read.add(name)
    return read | (set(_inside(code)) - set(bound)), bound


def _inside(code: CodeType) -> Iterator[str]:
    """Yield the global names that the functions and comprehensions of a cell read."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            for instruction in dis.get_instructions(constant):
                if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
                    yield str(instruction.argval)
            yield from _inside(constant)


def _compiled(text: str) -> CodeType:
    try:
        return compile(without_magics(text), "<cell>", "exec")
    except SyntaxError:  # only IPython understands it: nothing is known about it
        return compile("", "<cell>", "exec")
