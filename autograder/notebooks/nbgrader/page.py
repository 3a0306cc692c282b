"""Makes the pages that nbgrader shows of students' notebooks safe to open.

An nbconvert preprocessor: a course's `nbgrader_config.py` names it, and formgrader and feedback
then show text and pictures only. nbconvert's own `sanitize_html` has no effect on formgrader's
template, and its sanitiser leaves links that run scripts and spoils formulas.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode

from autograder.notebooks.submitted.markdown import disarmed

_SHOWN = ("text/plain", "image/png")
_PHOTOS = ("image/png", "image/jpeg", "image/gif")  # pasted into an answer
_NOTHING = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"  # one transparent pixel
_ALT = {"image/png": {"alt": "a figure that the cell above drew"}}  # for who cannot see it


class Disarmed(Preprocessor):
    """Takes out of cells and outputs what a browser would run."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the cell with its Markdown as text and its outputs without HTML."""
        del index
        if cell.cell_type != "code":
            cell.source = disarmed(cell.source)
            cell.attachments = _photos(cell.get("attachments"))
        for output in cell.get("outputs", []):
            if "data" in output:
                data = output["data"]
                output["data"] = {kind: data[kind] for kind in _SHOWN if _harmless(data, kind)}
                output["metadata"] = _ALT if "image/png" in output["data"] else {}
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.get("data", True)]
        return cell, resources


class _Photos(NotebookNode):
    """The pictures among a cell's attachments; any other one is shown as nothing.

    nbconvert makes no page at all of a notebook that names an attachment which is not there.
    """

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> Any:
        return NotebookNode({"image/gif": _NOTHING})


def _photos(attached: Any) -> _Photos:
    kept = _Photos()
    for name, bundle in attached.items() if isinstance(attached, dict) else ():
        found = {kind: bundle[kind] for kind in _PHOTOS if _harmless(bundle, kind)}
        if found:
            kept[name] = NotebookNode(found)
    return kept


def _harmless(data: Any, kind: str) -> bool:
    value = data.get(kind) if isinstance(data, dict) else None
    if not isinstance(value, str) or kind == "text/plain":
        return isinstance(value, str)
    try:
        base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True
