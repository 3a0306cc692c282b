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

from autograder.notebooks.markdown import disarmed

_SHOWN = ("text/plain", "image/png")


class Disarmed(Preprocessor):
    """Takes out of cells and outputs what a browser would run."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the cell with its Markdown as text and its outputs without HTML."""
        del index
        if cell.cell_type != "code":
            cell.source = disarmed(cell.source)
            cell.pop("attachments", None)
        for output in cell.get("outputs", []):
            if "data" in output:
                data = output["data"]
                output["data"] = {kind: data[kind] for kind in _SHOWN if _harmless(data, kind)}
                output["metadata"] = {}
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.get("data", True)]
        return cell, resources


def _harmless(data: dict[str, Any], kind: str) -> bool:
    value = data.get(kind)
    if not isinstance(value, str) or kind == "text/plain":
        return isinstance(value, str)
    try:
        base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True
