"""Formgrader's own template, with what a student could put into it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import nbgrader.server_extensions.formgrader as formgrader
import pytest
from nbconvert.exporters.html import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from traitlets.config import Config

from autograder.notebooks.kernel import kernelspec

WRITTEN = """Because $a<b$ <script>alert('script')</script> <img src=x onerror=alert('image')>
[link](javascript:alert('link')) <a href="javascript:alert('anchor')">here</a>"""
SHOWN = {
    "text/html": "<script>alert('html')</script>",
    "image/svg+xml": "<svg onload=alert('svg')></svg>",
    "application/javascript": "alert('js')",
    "image/png": "\"><script>alert('png')</script>",
}


def notebook() -> NotebookNode:
    outputs = [new_output("display_data", data={kind: SHOWN[kind]}) for kind in SHOWN]
    outputs += [new_output("stream", text="<script>alert('stream')</script>")]
    cells = [new_markdown_cell(WRITTEN), new_code_cell("x = 1", outputs=outputs)]
    shared = {"schema_version": 3, "solution": True, "locked": False, "task": False}
    cells[0].metadata.nbgrader = shared | {"grade": True, "grade_id": "written", "points": 2}
    cells[1].metadata.nbgrader = shared | {"grade": False, "grade_id": "answer"}
    return new_notebook(cells=cells)


def page(config: Config, shown: NotebookNode | None = None) -> str:
    config.HTMLExporter.template_name = "formgrade"
    folder = Path(formgrader.__file__).parent / "templates"
    config.HTMLExporter.extra_template_basedirs = [str(folder)]
    names = (
        "submission_id base_url my_assignment_id mathjax_url last_name first_name assignment_id "
        "notebook_id name prev next"
    ).split()
    resources: dict[str, Any] = dict.fromkeys(names, "") | {"index": 0, "total": 1}
    html, _ = HTMLExporter(config=config).from_notebook_node(
        shown or notebook(), resources=resources
    )
    return str(html)


ACTIVE = (
    "<script>alert('script')",
    "<img src=x onerror",
    '<a href="javascript:',
    "<script>alert('html')",
    "<svg onload",
    "alert('js')",
    "<script>alert('png')",
    "<script>alert('stream')",
)


def test_formgrader_by_itself_runs_what_students_wrote() -> None:
    """Else there would be nothing to take out."""
    html = page(Config())
    assert [attack in html for attack in ACTIVE].count(True) >= 4


def test_a_course_with_the_confined_kernel_shows_text(tmp_path: Path) -> None:
    """The lines for `nbgrader_config.py` are executed as they are."""
    config = Config()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", "/other")
        names = {"c": config, "__file__": str(tmp_path / "nbgrader_config.py")}
        for _ in range(2):  # nbgrader loads its configuration more than once
            exec(kernelspec.course_lines(), names)
        assert os.environ["JUPYTER_PATH"] == f"{tmp_path}/.jupyter:/other"
    html = page(config)
    assert [attack for attack in ACTIVE if attack in html] == []
    assert "Because $a" in html and "link" in html


def disarmed_config() -> Config:
    config = Config()
    exec(kernelspec.page_lines(), {"c": config})
    return config


def test_a_photo_pasted_into_an_answer_is_shown() -> None:
    """A derivation on paper is an answer; what calls itself a picture and is none is not shown."""
    shown = notebook()
    shown.cells[0].source = "![mine](attachment:photo.png) ![not](attachment:page.png)"
    shown.cells[0].attachments = {
        "photo.png": {"image/png": "aGVsbG8="},
        "page.png": {"text/html": "PHNjcmlwdD4="},
    }
    html = page(disarmed_config(), shown)
    assert "data:image/png;base64,aGVsbG8=" in html
    assert "PHNjcmlwdD4" not in html and "text/html;base64" not in html


def test_an_attachment_that_is_not_there_costs_nobody_the_page() -> None:
    """nbconvert stops at it; the person who grades sees the rest of the notebook."""
    shown = notebook()
    names = ("attachment:gone.png", "&#97;ttachment:gone", "attachment:", 'attachment:x"onerror="y')
    shown.cells[0].source = "Before. " + " ".join(f"![one]({name})" for name in names) + "\n\n[p]"
    shown.cells[0].source += "\n\n![two][p]\n\n[p]: attachment:other.png"
    html = page(disarmed_config(), shown)
    assert "Before." in html and "onerror=" not in html
    with pytest.raises(Exception, match="missing attachment"):
        page(Config(), shown)


def test_figures_have_a_text_for_who_cannot_see_them() -> None:
    """It is ours: the student's own would be put into the page as it is."""
    shown = notebook()
    shown.cells[1].outputs = [
        new_output(
            "display_data",
            data={"image/png": "aGVsbG8="},
            metadata={"image/png": {"alt": '"><script>alert(1)</script>'}},
        )
    ]
    html = page(disarmed_config(), shown)
    assert 'alt="a figure that the cell above drew"' in html
    assert "alert(1)" not in html
