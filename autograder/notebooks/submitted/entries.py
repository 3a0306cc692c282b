"""Reads a notebook that somebody handed in, whatever is in it: plain cells, and what was wrong.

Nothing in the file is believed: not its size, its nesting, its types, its version or its encoding.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

MAX_BYTES = 16 * 1024 * 1024
MAX_CELLS = 1000
MAX_TEXT = 200_000  # characters of one cell
_MAX_CONTAINERS = 300_000  # lists and objects: an empty one takes 30 times its two letters
_MAX_VALUES = 2_000_000
_MAX_PICTURE = 4 * 1024 * 1024
_MAX_PICTURES = 20  # of one cell
_PICTURES = {"image/png": b"\x89PNG\r\n", "image/jpeg": b"\xff\xd8\xff", "image/gif": b"GIF8"}
_TYPES = ("code", "markdown", "raw")


class UnreadableNotebook(Exception):
    """Nothing in the file can be taken for a notebook; the message is a sentence's end."""


@dataclass(frozen=True)
class NotebookEntry:
    """One cell as it was handed in."""

    index: int
    type: str  # "code", "markdown" or "raw"
    text: str
    grade_id: str = ""
    cell_id: str = ""
    pictures: dict[str, dict[str, str]] = field(default_factory=dict)  # nbformat's attachments


def read_entries(content: bytes) -> tuple[list[NotebookEntry], list[str]]:
    """Return the cells of `content` in order, and a sentence for each oddity.

    Raises UnreadableNotebook.
    """
    notes: list[str] = []
    found = _load(content, notes)
    entries: list[NotebookEntry] = []
    odd = 0
    for number, cell in enumerate(_cells(found, notes), 1):
        if len(entries) == MAX_CELLS:
            notes.append(f"Only the first {MAX_CELLS} cells of the notebook were read.")
            break
        entry = _entry(cell, len(entries), number, notes)
        if entry is None:
            odd += 1
        else:
            entries.append(entry)
    if odd:
        notes.append(f"{odd} cells of the notebook could not be read and were left out.")
    return entries, notes


def _load(content: bytes, notes: list[str]) -> Any:
    if not content.strip():
        raise UnreadableNotebook("it is empty")
    if len(content) > MAX_BYTES:
        raise UnreadableNotebook(f"it has more than {MAX_BYTES // 2**20} MB; clear its outputs")
    containers = content.count(b"[") + content.count(b"{")
    if containers > _MAX_CONTAINERS or content.count(b",") > _MAX_VALUES:
        raise UnreadableNotebook("it holds more values than any notebook; clear its outputs")
    try:
        return json.loads(_decoded(content, notes))
    except RecursionError:
        raise UnreadableNotebook("it is nested more deeply than any notebook") from None
    except ValueError as error:
        where = f" in line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise UnreadableNotebook(f"it is not valid JSON{where}") from None


def _decoded(content: bytes, notes: list[str]) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        notes.append("The notebook is in UTF-16; notebooks should be in UTF-8.")
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        notes.append("The notebook is not in UTF-8; characters that cannot be read show as �.")
        return content.decode("utf-8-sig", "replace")


def _cells(found: Any, notes: list[str]) -> Iterable[Any]:
    """Return the cells, wherever a version of the format, or an accident, has put them."""
    if isinstance(found, list):
        notes.append("The notebook is a bare list; it was taken for its cells.")
        return found
    if not isinstance(found, dict):
        raise UnreadableNotebook("it is JSON, but no notebook")
    cells = found.get("cells")
    if cells is None and isinstance(found.get("worksheets"), list):
        notes.append(
            "The notebook is in the format of 2014 (version 3); its cells were taken over."
        )
        sheets = [sheet.get("cells") for sheet in found["worksheets"] if isinstance(sheet, dict)]
        return [cell for sheet in sheets if isinstance(sheet, list) for cell in sheet]
    if isinstance(cells, dict):
        notes.append("The notebook's cells are no list; they were taken in the order they have.")
        return list(cells.values())
    if not isinstance(cells, list):
        raise UnreadableNotebook("it is JSON, but has no cells")
    return cells


def _entry(cell: Any, index: int, number: int, notes: list[str]) -> NotebookEntry | None:
    if not isinstance(cell, dict):
        return None
    kind = cell.get("cell_type")
    source = cell.get("source", cell.get("input"))  # version 3 has `input`
    text = _text(source)
    if text is None or len(text) > MAX_TEXT:
        why = "has no text" if text is None else f"is longer than {MAX_TEXT} characters"
        notes.append(f"Cell {number} of the notebook {why} and counts as empty.")
        text = ""
    if kind in ("heading", "html"):  # of version 3
        kind = "markdown"
    words = _dict(_dict(cell.get("metadata")).get("nbgrader"))
    return NotebookEntry(
        index,
        kind if isinstance(kind, str) and kind in _TYPES else "raw",
        text,
        _name(words.get("grade_id")),
        _name(cell.get("id")),
        _pictures(cell.get("attachments"), number, notes),
    )


def _text(source: Any) -> str | None:
    """Return a source that is a text or a list of lines; None for anything else."""
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        return None
    whole = source.encode("utf-8", "surrogatepass").decode("utf-8", "replace")  # no half characters
    return whole.replace("\r\n", "\n").replace("\r", "\n")


def _pictures(found: Any, number: int, notes: list[str]) -> dict[str, dict[str, str]]:
    """Return the pictures pasted into a cell; nothing else that could be attached."""
    kept: dict[str, dict[str, str]] = {}
    dropped = 0
    for name, bundle in _dict(found).items():
        good = {
            kind: data
            for kind, data in _dict(bundle).items()
            if kind in _PICTURES and _is_picture(data, _PICTURES[kind])
        }
        if good and len(kept) < _MAX_PICTURES and _name(name):
            kept[name] = good
        else:
            dropped += 1
    if dropped:
        notes.append(f"{dropped} attachments of cell {number} are no pictures and were left out.")
    return kept


def _is_picture(data: Any, magic: bytes) -> bool:
    if not isinstance(data, str) or not data.isascii() or len(data) > _MAX_PICTURE:
        return False
    try:
        return base64.b64decode("".join(data.split()), validate=True).startswith(magic)
    except (binascii.Error, ValueError):
        return False


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _name(value: Any) -> str:
    return value if isinstance(value, str) and len(value) <= 200 else ""
