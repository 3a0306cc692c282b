"""A submission's notebook as the person who grades gets it, beside the report."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.core.layout import Assignment
from autograder.grading.batch import grade_class
from autograder.notebooks.authored.build import as_bytes, from_bytes, master
from autograder.notebooks.authored.student import student_notebook
from autograder.release.skeleton import sync
from autograder.sandbox.tiers import Tier


@pytest.mark.slow
def test_it_was_run_in_every_tier(tiny: Assignment, tier: Tier, tmp_path: Path) -> None:
    """Outputs are there; the notebook without files beside it ran with those that students got."""
    sync(tiny, tiny.root)
    (tmp_path / "class" / "ada").mkdir(parents=True)
    (tmp_path / "class" / "bob").mkdir()
    (tmp_path / "class" / "ada" / "tiny.ipynb").write_bytes(as_bytes(master(tiny)))
    (tmp_path / "class" / "ada" / "nets.py").write_bytes(
        (tiny.solution / "nets.py").read_bytes() + b"print('from the file')\n"
    )
    (tmp_path / "class" / "bob" / "tiny.ipynb").write_bytes(student_notebook(tiny).content)
    grade_class(
        tiny,
        [tmp_path / "class"],
        tmp_path / "reports",
        jobs=1,
        tier=tier,
        training=False,
        executes=True,
    )
    shown = {}
    for name in ("ada", "bob"):
        notebook = from_bytes((tmp_path / "reports" / name / "notebook.ipynb").read_bytes())
        outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
        shown[name] = " ".join(one.get("text") or one.get("ename", "") for one in outputs)
    assert "from the file" in shown["ada"] and "units: 23" in shown["ada"]
    assert "from the file" not in shown["bob"] and "NameError" in shown["bob"]
