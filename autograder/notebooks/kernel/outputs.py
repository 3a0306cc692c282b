"""What a cell printed and drew, made safe for the page of the person who grades.

Every byte of it was chosen by student code. Text stays text, pictures are encoded again, and what a
browser would interpret (HTML, SVG, scripts, widgets, formulas) is left out and named.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode, v4

MAX_TEXT = 64 << 10  # characters of one cell
MAX_PICTURES = 8  # of one cell
_MAX_PICTURES_OF_ALL = 40
_MAX_PICTURE = 8 << 20  # bytes
_MAX_OUTPUTS = 200  # of one cell
_PICTURES = ("image/png", "image/jpeg")
# What torch says of a kernel without /proc; no student can help it.
_OURS = re.compile(
    r"^Error in cpuinfo: failed to parse .*\n?|^\[W.*Could not initialize NNPACK.*\n?", re.M
)
_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass
class _Picture:
    """A place in some cell's outputs where a picture goes."""

    output: NotebookNode
    content: bytes


@dataclass
class Cleaning:
    """Cleans one notebook's outputs: first every cell's, then all pictures at once.

    `encode` makes new pictures of them, and None of what is none (see `pictures.encoded_again`).
    """

    encode: Callable[[Sequence[bytes]], Sequence[bytes | None]]
    notes: list[str] = field(default_factory=list)
    _pictures: list[_Picture] = field(default_factory=list)

    def cell(self, name: str, outputs: Iterable[Any]) -> list[NotebookNode]:
        """Return new outputs made of what may stay; `name` is the cell's, for notes."""
        kept: list[NotebookNode] = []
        left_out: set[str] = set()
        room, drawn = MAX_TEXT, 0
        for output in list(outputs)[:_MAX_OUTPUTS]:
            data = _data(output)
            if data is not None:
                left_out |= {str(kind)[:40] for kind in data} - {"text/plain", *_PICTURES}
                content = _picture(data)
                if content is not None:
                    drawn += 1
                    if drawn > MAX_PICTURES or len(self._pictures) >= _MAX_PICTURES_OF_ALL:
                        left_out.add(f"more than {MAX_PICTURES} pictures")
                        content = None
                shown = _text(data.get("text/plain", ""))
                made = _output("display_data", data={"text/plain": shown[:room] or "(shown)"})
                room -= len(shown[:room])
                if content is not None:
                    self._pictures.append(_Picture(made, content))
                kept.append(made)
                continue
            text = _printed(output)
            if text is None:
                continue
            if len(text) > room:
                left_out.add(f"text beyond {MAX_TEXT >> 10} KiB")
            if not text[:room]:
                continue
            kept.append(_like(output, text[:room]))
            room -= len(text[:room])
        if left_out:
            self.notes.append(f"{name}: left out of its output: {', '.join(sorted(left_out))}")
        return kept

    def finish(self) -> None:
        """Encode all pictures again and put them into the outputs returned before."""
        again = self.encode([picture.content for picture in self._pictures])
        for picture, content in zip(self._pictures, again, strict=True):
            if content is None:
                picture.output.data["text/plain"] += " (a picture that cannot be read)"
            else:
                picture.output.data["image/png"] = base64.b64encode(content).decode()
        self._pictures.clear()


def _output(kind: str, **content: Any) -> NotebookNode:
    made: NotebookNode = v4.new_output(kind, **content)  # type: ignore[no-untyped-call]
    return made


def stopped(words: str) -> NotebookNode:
    """Return an output that says, where a cell's own would be, why it has none or no more."""
    return _output("error", ename="Stopped", evalue=words, traceback=[f"Stopped: {words}"])


def printed(words: str) -> NotebookNode:
    """Return an output as if the cell had printed `words`."""
    return _output("stream", name="stdout", text=words + "\n")


def _data(output: Any) -> dict[str, Any] | None:
    if output.get("output_type") not in ("display_data", "execute_result"):
        return None
    data = output.get("data")
    return data if isinstance(data, dict) else {}


def _picture(data: dict[str, Any]) -> bytes | None:
    for kind in _PICTURES:
        value = data.get(kind)
        if isinstance(value, str) and len(value) < _MAX_PICTURE * 4 // 3:
            try:
                return base64.b64decode(value)
            except (binascii.Error, ValueError):
                return None
    return None


def _printed(output: Any) -> str | None:
    if output.get("output_type") == "stream":
        return _OURS.sub("", _text(output.get("text")))
    if output.get("output_type") == "error":
        lines = output.get("traceback")
        lines = lines if isinstance(lines, Sequence) and not isinstance(lines, str) else []
        name, value = _text(output.get("ename")), _text(output.get("evalue"))
        return "\n".join(_text(line) for line in lines) or f"{name}: {value}"
    return None


def _like(output: Any, text: str) -> NotebookNode:
    if output["output_type"] == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return _output("stream", name=name, text=text)
    ename, evalue = _text(output.get("ename"))[:200], _text(output.get("evalue"))[:2000]
    return _output("error", ename=ename, evalue=evalue, traceback=text.split("\n"))


def _text(value: Any) -> str:
    """Return what is readable of `value`: colours of terminals and control characters go."""
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    if not isinstance(value, str):
        return ""
    return _ESCAPES.sub("", value[: 4 * MAX_TEXT]).encode("utf-8", "replace").decode("utf-8")
