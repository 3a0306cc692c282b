"""What somebody wrote of a submission: its Python, that of notebooks too, as one text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

_MOST_FILE = 200_000  # characters of one file that are looked at
_MOST = 400_000  # of one submission


@dataclass(frozen=True)
class Code:
    """The code of one submission."""

    name: str
    text: str
    earlier: bool = False  # of another year: compared with this year's, not with its own


def code_of(
    name: str, files: Mapping[str, bytes], given: Mapping[str, bytes], earlier: bool = False
) -> Code:
    """Return what `files` hold beside files that are as they were `given` out."""
    parts, left = [], _MOST
    for path, content in sorted(files.items()):
        if content == given.get(path) or not path.endswith((".py", ".ipynb")):
            continue
        text = _python(path, content)[: min(_MOST_FILE, left)]
        if text.strip():
            parts.append(f"# {path}\n{text.rstrip()}\n")
            left -= len(text)
    return Code(name, "\n".join(parts), earlier)


def given_code(given: Mapping[str, bytes]) -> str:
    """Return all code that students were given, which is nobody's work."""
    return "\n".join(_python(path, content) for path, content in sorted(given.items()))


def _python(path: str, content: bytes) -> str:
    text = content.decode("utf-8", "replace")
    if path.endswith(".py"):
        return text
    if not path.endswith(".ipynb"):
        return ""
    try:
        cells = json.loads(text)["cells"]
        sources = [
            source if isinstance(source := cell.get("source", ""), str) else "".join(source)
            for cell in cells
            if cell.get("cell_type") == "code"
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ""
    return "\n".join(sources)
