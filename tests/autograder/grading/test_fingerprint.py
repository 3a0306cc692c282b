"""What a grade depends on is in its fingerprint, so that a change grades anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.core.layout import Assignment
from autograder.grading.files import fingerprint_of
from autograder.grading.options import GradingOptions
from autograder.sandbox.tiers import Level, Tier


@pytest.mark.parametrize("name", ["key.toml", "mistakes.py", "designs.py", "hidden/test_a.py"])
def test_a_trusted_file_that_changes_changes_the_fingerprint(tmp_path: Path, name: str) -> None:
    """Whatever tells right from wrong: the key, the designs, the hidden tests, the hints."""
    assignment = Assignment(tmp_path, "tiny")
    options = GradingOptions(str(tmp_path), "tiny", Tier(Level.B, (), ()), "", "", "", "digits")
    found = {fingerprint_of(options, assignment)}
    file = assignment.tests / name
    file.parent.mkdir(parents=True)
    for text in ("x = 1\n", "x = 2\n"):
        file.write_text(text)
        found.add(fingerprint_of(options, assignment))
    assert len(found) == 3
