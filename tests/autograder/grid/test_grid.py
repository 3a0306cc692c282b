"""Whatever a submission is, it is graded, and what its report says is true."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

_PROGRAM = Path(__file__).with_name("run_grid.py")
_ASSIGNMENTS = ("mlp_from_scratch", "depth_vs_width", "handmade_networks", "image_classifier")
# Each so-many-th variant in everyday tests; GRID_EVERY=1 runs all of them, in about half an hour.
_EVERY = {
    "mlp_from_scratch": 53,
    "depth_vs_width": 331,
    "handmade_networks": 277,
    "image_classifier": 251,
}
_OURS = re.compile(
    r"object is not callable|_Module|Remote|SuiteError|WireError|RecursionError|Traceback"
    r"|could not run|the grader|abuse|forged",
    re.IGNORECASE,
)


def rows_of(name: str) -> list[dict[str, Any]]:
    """Run the variants of one assignment that are chosen."""
    every = int(os.environ.get("GRID_EVERY", _EVERY[name]))
    done = subprocess.run(
        [sys.executable, str(_PROGRAM), name, str(every), str(every // 2)],
        capture_output=True,
        text=True,
        check=False,
        timeout=3600,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    _, *rows = [json.loads(line) for line in done.stdout.splitlines()]
    return rows


def false_words(message: str) -> str:
    """Return what of a public test's message is not true, or not a student's business."""
    if not message:
        return "nothing is said"
    raised = "Your code raised" in message
    if raised and not re.search(r"\n  \S+, line \d+, in ", message):
        return "it says that code raised, and not where"
    found = None if raised else _OURS.search(message.split("\n")[0])
    return f"it says {found.group()!r}" if found else ""


@pytest.mark.parametrize(
    "name",
    [_ASSIGNMENTS[0], *(pytest.param(one, marks=pytest.mark.slow) for one in _ASSIGNMENTS[1:])],
)
def test_every_broken_submission_is_graded(name: str) -> None:
    """No outcome but passed and failed, nothing escapes, and no sentence is false."""
    rows = rows_of(name)
    assert len(rows) > 3
    for row in rows:
        assert "escaped" not in row, f"{row['name']}: {row['escaped']}"
        assert row.get("status", "graded") == "graded", row["name"]
        for test, status, hidden, message, _ in row["outcomes"]:
            assert status in ("passed", "failed"), f"{row['name']}: {test} is {status}"
            if hidden:
                assert not message, f"{row['name']}: {test} tells {message!r}"
            elif status == "failed":
                wrong = false_words(message)
                assert not wrong, f"{row['name']}: {test}: {wrong} in {message!r}"


def test_false_words_are_recognised() -> None:
    """The check itself notices what it looks for."""
    assert false_words("")
    assert false_words("Your code raised TypeError: no")
    assert not false_words("Your code raised TypeError: no\n  a.py, line 3, in f: x")
    assert false_words("TypeError: 'float' object is not callable")
    assert not false_words("utils.py has no function accuracy.")
