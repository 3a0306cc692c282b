"""Sixty functions that other people could have written: no right one fails, no hint is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

_HERE = Path(__file__).parent
sys.path.insert(0, str(_HERE))

from implementations import IMPLEMENTATIONS, Implementation  # noqa: E402 (beside this file)


@pytest.fixture(scope="module")
def graded() -> dict[str, Any]:
    """Grade all of them once."""
    done = subprocess.run(
        [sys.executable, str(_HERE / "grading.py")],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("one", IMPLEMENTATIONS, ids=lambda one: one.name)
def test_what_others_write_is_judged_by_what_it_does(
    graded: dict[str, Any], one: Implementation
) -> None:
    """A correct function passes everything; a wrong one fails and gets its own hint or none."""
    found = graded[one.name]
    assert not found["broken"]
    if one.correct:
        assert not found["failed"]
        assert not found["carried"]
    else:
        assert found["failed"]
    assert found["mistakes"] == ([one.mistake] if one.mistake else [])
