"""A wrong loop of training costs its own points: networks travel to the grader's and back."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.core.files import folder_files
from autograder.core.layout import find_assignment

from .small_class import ROOT, graded

pytestmark = pytest.mark.slow  # grades a class with torch
_FILES = folder_files(find_assignment("depth_vs_width", ROOT).solution)
_FILE = "training.py"


def _changed(old: str, new: str) -> dict[str, bytes]:
    assert old.encode() in _FILES[_FILE]
    return {**_FILES, _FILE: _FILES[_FILE].replace(old.encode(), new.encode())}


def test_what_trains_and_measures_elsewhere_is_lent(tmp_path: Path) -> None:
    """Without a step of the optimizer, or with a loop that raises, the dropout sweep is right."""
    class_ = {
        "never_steps": _changed("            optimizer.step()\n", ""),
        "raises": _changed("    losses = []\n", "    raise ValueError('not yet')\n"),
        "counts_instead": _changed("return total / samples, correct", "return total, correct * 2"),
    }
    results = graded("depth_vs_width", class_, tmp_path, "--quick")
    lost = {
        name: {test["name"] for test in result["tests"] if test["score"] < test["max_score"]}
        for name, result in results.items()
    }
    assert "Training" in lost["never_steps"] and "Training" in lost["raises"]
    assert lost["counts_instead"] == {"Evaluation"}
    for name in class_:
        assert "Dropout from 0 to 1" not in lost[name], results[name]
