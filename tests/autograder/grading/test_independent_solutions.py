"""Right work in other people's styles gets every point that needs no training.

`tests/independent/<assignment>_<style>/` holds submissions written from what students get (handout,
skeleton, public tests) by people who had seen neither the reference nor a hidden test.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from autograder.core.files import folder_files
from autograder.core.layout import Assignment, find_root

_ROOT = find_root(Path(__file__))
_FOLDER = _ROOT / "tests" / "independent"
_ASSIGNMENTS = ("depth_vs_width", "handmade_networks", "image_classifier", "mlp_from_scratch")

# What right work loses though no sentence of the handout asks for it: submission -> test's title or
# rule -> why that is unfair. Whoever mends one of them has to take it out here.
KNOWN: dict[str, dict[str, str]] = {}


def grade(folder: Path, cache: Path, work: Path) -> dict[str, Any]:
    """Grade a submission by the command, without the tests that train; return its results."""
    name = next(name for name in _ASSIGNMENTS if folder.name.startswith(f"{name}_"))
    submission = work / folder.name
    files = {**folder_files(Assignment(_ROOT, name).skeleton), **folder_files(folder)}
    for path, content in files.items():
        (submission / path).parent.mkdir(parents=True, exist_ok=True)
        (submission / path).write_bytes(content)
    command = [sys.executable, "-m", "autograder", "grade", name, submission, "--no-training"]
    subprocess.run(
        [*command, "--jobs", "1", "-o", work / "reports"],
        cwd=_ROOT,
        env={**os.environ, "XDG_CACHE_HOME": str(cache)},
        capture_output=True,
        check=True,
        timeout=300,
    )
    results: dict[str, Any] = json.loads(
        (work / "reports" / folder.name / "results.json").read_text()
    )
    return results


def losses(results: dict[str, Any]) -> dict[str, str]:
    """Return what cost points: the titles of failed tests, and the rules that deduct."""
    tasks = {row["title"]: row for row in results["extra_data"]["tasks"].values()}
    found = {}
    for row in results["tests"]:
        task = tasks.get(row["name"])
        if task is None or task["score"] == task["max_score"]:
            continue
        failed = [line[2:] for line in row["output"].splitlines() if line.startswith("✗ ")]
        found |= dict.fromkeys(failed or [row["name"]], row["output"])
    for verdict in results["extra_data"]["verdicts"]:
        if verdict["action"] != "warn":
            found[verdict["rule"]] = verdict["sentence"]
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    "folder", [pytest.param(path, id=path.name) for path in sorted(_FOLDER.iterdir())]
)
def test_right_work_of_another_style_loses_nothing(
    cache: Path, tmp_path: Path, folder: Path
) -> None:
    """Every task has all its points, except for what is known to be unfair."""
    results = grade(folder, cache, tmp_path)
    found = losses(results)
    known = KNOWN.get(folder.name, {})
    assert not {what: found[what] for what in sorted(found.keys() - known.keys())}
    assert not sorted(known.keys() - found.keys()), "it is fair now: take it out of KNOWN"
    if not known:
        assert results["score"] == results["extra_data"]["max_score"]
