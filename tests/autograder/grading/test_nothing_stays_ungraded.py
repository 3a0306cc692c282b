"""A submission cannot end the process that grades it, nor be left without a grade by it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow  # grades whole classes

_MANIFEST = """\
title = "Tiny"
[worker]
packages = ["numpy"]
preload = ["numpy"]
[limits]
test_seconds = 1
submission_seconds = 6
[[tasks]]
id = "scale"
title = "Scale"
points = 4
functions = ["pieces.scale"]
[[tasks]]
id = "whole"
title = "Whole"
points = 2
needs = ["scale"]
functions = ["pieces.whole"]
"""
_SOLUTION = """\
def scale(x):
    # BEGIN SOLUTION
    return 2 * x
    # END SOLUTION


def whole(x):
    # BEGIN SOLUTION
    return scale(x) + 1
    # END SOLUTION
"""
_SKELETON = """\
def scale(x):
    raise NotImplementedError


def whole(x):
    raise NotImplementedError
"""
# A suite that dies of values: what a bug of numpy, torch or the interpreter would do.
_TESTS = """\
import os
import signal
from pathlib import Path
import numpy as np
import pytest
from pieces import scale, whole
from studentkit import task


def use(value):
    if value == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if value == "fill":
        held = [np.empty(1 << 28) for _ in range(4)]
    return value


@task("scale")
@pytest.mark.parametrize("number", [1, 2, 3])
def test_scale(number):
    with Path("{counter}").open("a") as file:
        file.write("x")
    assert use(scale(number)) == 2 * number


@task("scale")
def test_other():
    assert scale(5) == 10


@task("whole")
def test_whole():
    assert use(whole(3)) == 7
"""
_RIGHT = _SOLUTION
SUBMISSIONS = {
    "right": _RIGHT,
    "dies_once": _RIGHT.replace("return 2 * x", 'return "die" if x == 2 else 2 * x'),
    "dies_always": _RIGHT.replace("return 2 * x", 'return "die" if x in (1, 2, 3) else 2 * x'),
    "dies_in_a_repeated_test": _RIGHT.replace("2 * x", "3 * x").replace(
        "scale(x) + 1", '"die" if scale(x) == 6 else 8'
    ),
    "fills": _RIGHT.replace("return 2 * x", 'return "fill" if x == 2 else 2 * x'),
    "wrong": _RIGHT.replace("2 * x", "3 * x"),
    "hangs": _RIGHT.replace("return 2 * x", "while True: pass"),
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the root of a project with one tiny assignment."""
    root = tmp_path_factory.mktemp("project")
    for path, text in {
        "assignments/tiny/assignment.toml": _MANIFEST,
        "solutions/tiny/pieces.py": _SOLUTION,
        "student_skeleton/tiny/pieces.py": _SKELETON,
        "tests/tiny/public/test_pieces.py": _TESTS.replace("{counter}", str(root / "counter")),
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def grade(root: Path, out: Path, names: list[str]) -> dict[str, dict[str, Any]]:
    """Grade a class of these submissions in this order; return their results."""
    folders = []
    for name in names:
        place = out.parent / "class" / name
        if not place.exists():
            place.mkdir(parents=True)
            (place / "pieces.py").write_text(SUBMISSIONS[name])
        folders.append(str(place))
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "grade", "tiny", *folders, "-o", str(out)],
        cwd=root,
        env={**os.environ, "XDG_CACHE_HOME": str(root / "cache")},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return {name: json.loads((out / name / "results.json").read_text()) for name in names}


@pytest.fixture(scope="module")
def results(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Grade everything once."""
    return grade(root, tmp_path_factory.mktemp("out") / "reports", list(SUBMISSIONS))


@pytest.mark.parametrize(
    ("name", "scale", "whole"),
    [
        ("right", 4, 2),
        ("dies_once", 3, 2),
        ("fills", 3, 2),
        ("dies_always", 0, 0),  # the rest is not run once it is plain what it does
        ("dies_in_a_repeated_test", 0, 0),
        ("wrong", 0, 2),
        ("hangs", 0, 2),
    ],
)
def test_everything_gets_a_grade(
    results: dict[str, dict[str, Any]], name: str, scale: float, whole: float
) -> None:
    """What ends the grading process costs the tests in which it does so, and no more."""
    found = results[name]["extra_data"]
    assert found["outcome"] == "graded"
    scores = {task: row["score"] for task, row in found["tasks"].items()}
    assert scores == {"scale": scale, "whole": whole}


def test_the_report_says_what_happened(results: dict[str, dict[str, Any]]) -> None:
    """In words that are true: which test, and that its value was the reason."""
    text = json.dumps(results["dies_once"])
    assert "What your code returned ended the process that compares it." in text
    text = json.dumps(results["fills"])
    assert "The test ran out of memory with what pieces.scale gave (a str)." in text
    assert "Not run, as other tests ended" in json.dumps(results["dies_always"])


def test_a_test_that_ends_twice_in_the_same_way_is_not_run_a_third_time(
    root: Path, tmp_path: Path
) -> None:
    """Two deaths, one look at the reference, and the test is failed without another run."""
    counter = root / "counter"
    counter.unlink(missing_ok=True)
    grade(root, tmp_path / "reports", ["dies_once"])
    # Test 1 runs in each of three attempts, test 2 in two and for the reference, test 3 in one.
    assert counter.read_text() == "x" * (3 + 3 + 1)


def test_reports_do_not_depend_on_order_and_company(
    root: Path, results: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    """The same submission in another class, at another place in it: the same bytes."""
    names = ["wrong", "dies_once", "right"]
    grade(root, tmp_path / "one", names)
    grade(root, tmp_path / "two", names[::-1])
    grade(root, tmp_path / "alone", names[:1])
    for name, other in zip([*names, names[0]], ["two", "two", "two", "alone"], strict=True):
        mine = {path.name: path.read_bytes() for path in (tmp_path / "one" / name).iterdir()}
        theirs = {path.name: path.read_bytes() for path in (tmp_path / other / name).iterdir()}
        assert mine.keys() == theirs.keys() and len(mine) > 1
        for file in mine:
            assert mine[file] == theirs[file], file
