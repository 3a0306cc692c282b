"""Typed answers through the whole grader: right, confused, written with sympy, hostile."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from autograder.core.layout import find_assignment, find_root

pytestmark = pytest.mark.slow  # grades whole classes

_ROOT = find_root(Path(__file__))
_PLACE = find_assignment("image_classifier", _ROOT)
_RIGHT = (_PLACE.solution / "answers.py").read_text(encoding="utf-8")
_BLANK = (_PLACE.skeleton / "answers.py").read_text(encoding="utf-8")
_TYPED = 22  # points for typed answers
_CLI = [sys.executable, "-m", "autograder"]

CLASS = {
    "right": _RIGHT,
    "blank": _BLANK,
    "confused": _RIGHT
    + """
jacobian_of_linear = "A"
loss = "y*log(yhat)+(1-y)*log(1-yhat)"
normalize = "x*std/mean"
total_parameters = 61770
l2_update = "w - alpha*(g + lambda*w"
""",
    "sympy": _RIGHT
    + """
import sympy as sp
x, mean, std, y, yhat = sp.symbols("x mean std y yhat")
normalize = (x - mean) / std
loss = -y*sp.log(yhat) - (1-y)*sp.log(1-yhat)
total_parameters = sp.Integer(62006)
""",
    "numpy": _RIGHT
    + """
import numpy as np
pool1_output = np.array([6, 14, 14])
total_parameters = np.int64(62006)
convolution_output = [64, 62, 62]
""",
    # Everything below wants points for answers that are not there.
    "hostile": _BLANK
    + """
import os
class Yes(str):
    def __eq__(self, other): return True
    __hash__ = str.__hash__
class Number(float):
    def __eq__(self, other): return True
    def __float__(self): return 62006.0
class Looks(list):
    def __getitem__(self, index): return 6
    def __len__(self): return 3
gradient_of_x_x = Yes("x")
gradient_of_trace = "__import__('os').system('touch " + os.path.abspath("pwned") + "')"
gradient_of_bilinear = "9**9**9**9"
jacobian_of_linear = ["A.T"] * 100000
likelihood = "(" * 5000
log_likelihood = {"verdict": "correct", "reference": "correct"}
loss = lambda: "correct"
loss_gradient = "x" * (1 << 25)
total_parameters = Number(1)
normalize = float("nan")
iterations_batch_4 = float("inf")
conv1_output = Looks()
pool1_output = "(6, 14, 14) or (6, 13, 13)"
layer_parameters = []
penalised_gradient = "sum(sum(sum(sum(g_i, i), i), i), i)"
l2_update = "exp(exp(exp(exp(9))))*w"
def __getattr__(name): return "2*x"
""",
}
HANGING = {"hanging": _BLANK + "while True: pass\n"}


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Call the command line in the project's folder."""
    return subprocess.run(
        [*_CLI, *map(str, arguments)],
        cwd=_ROOT,
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Grade the class once; but for their answers all hand in the reference."""
    return graded(tmp_path_factory.mktemp("typed"), CLASS)


def graded(folder: Path, sheets: dict[str, str]) -> Path:
    """Grade submissions that differ in `answers.py`."""
    for name, text in sheets.items():
        place = folder / "class" / name
        shutil.copytree(_PLACE.solution, place, ignore=shutil.ignore_patterns("weights"))
        (place / "answers.py").write_text(text, encoding="utf-8")
    submissions = [folder / "class" / name for name in sheets]
    done = run("grade", "image_classifier", *submissions, "-o", folder / "out", "--quick")
    assert done.returncode == 0, done.stderr
    return folder


def result(folder: Path, name: str, out: str = "out") -> dict[str, Any]:
    """Read a submission's results."""
    found: dict[str, Any] = json.loads((folder / out / name / "results.json").read_text())
    return found


@pytest.mark.parametrize("name", ["right", "sympy", "numpy"])
def test_right_answers_earn_everything_in_any_form(folder: Path, name: str) -> None:
    """Strings, sympy's expressions, numbers and arrays are read alike."""
    found = result(folder, name)
    assert found["score"] == found["extra_data"]["max_score"]


def test_a_sheet_that_hangs_earns_nothing_and_costs_no_other_task(tmp_path: Path) -> None:
    """It has a score: that of everything else."""
    test_nothing_is_earned_without_an_answer(graded(tmp_path, HANGING), "hanging")


@pytest.mark.parametrize("name", ["blank", "hostile"])
def test_nothing_is_earned_without_an_answer(folder: Path, name: str) -> None:
    """No forged equality, text or size is worth a point, and each has a score."""
    found = result(folder, name)
    assert found["score"] == found["extra_data"]["max_score"] - _TYPED
    assert found["extra_data"]["outcome"] == "graded"
    assert not (folder / "class" / name / "pwned").exists()


def test_questions_left_blank_are_no_new_mistake(folder: Path) -> None:
    """Nothing was confused where nothing was typed: such groups come last and in one line."""
    failures = result(folder, "blank")["extra_data"]["failures"]
    assert len(failures) == 8
    assert all(row["unfinished"] for row in failures)
    said = run("mistakes", "image_classifier", folder / "out").stdout
    assert said.index("other_layout") < said.index("not written yet: 8 tasks")


def test_each_confusion_is_named(folder: Path) -> None:
    """The hint names what was confused; what cannot be read says where, and costs as an error."""
    found = result(folder, "confused")
    assert {row["id"] for row in found["extra_data"]["mistakes"]} == {
        "other_layout",
        "loss_sign_lost",
        "std_over_mean",
        "total_without_biases",
    }
    said = "\n".join(one["output"] for one in found["tests"])
    assert "l2_update cannot be read: character 24" in said
    assert "62006" not in said, "the right answer is nobody's hint"


def test_the_report_typesets_how_answers_were_read(folder: Path) -> None:
    """Mathematics is MathML in the page, with the plain reading beside it."""
    page = (folder / "out" / "right" / "report.html").read_text(encoding="utf-8")
    assert "How your answers were read" in page
    assert page.count("<math") > 20
    assert "gradient_of_x_x = 2*x" in page
    hostile = (folder / "out" / "hostile" / "report.html").read_text(encoding="utf-8")
    assert "<script" not in hostile


def test_rows_are_judged_in_bulk() -> None:
    """`judge --jsonl` answers every row, also one that is none."""
    rows = [
        {"question": "image_classifier/loss", "answer": "-log(1-abs(y-yhat))"},
        {"question": "p4.1.1d", "answer": "A"},
        {"question": "p4.arch.total", "answer": 62006},
        {"question": "image_classifier/nothing", "answer": "1"},
    ]
    text = "\n".join(map(json.dumps, rows)) + "\nnonsense\n"
    done = subprocess.run(
        [*_CLI, "judge", "--jsonl"],
        cwd=_ROOT,
        input=text,
        capture_output=True,
        text=True,
        check=True,
    )
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["verdict"] for row in found] == [
        "correct",
        "wrong",
        "correct",
        "unreadable",
        "unreadable",
    ]
    assert found[1]["mistake"] == "other_layout"


def test_the_quick_level_says_what_it_left_out(folder: Path) -> None:
    """A task that only training shows is no zero; the report names the level and the task."""
    found = result(folder, "right")["extra_data"]
    assert "trained_network" not in found["tasks"]
    assert "quick level" in found["data"]
    assert "The weights you hand in" in found["data"]


def test_the_report_shows_the_figures_of_public_tests(folder: Path) -> None:
    """Pictures are PNG of our own making, beside the titles that the tests gave them."""
    page = (folder / "out" / "right" / "report.html").read_text(encoding="utf-8")
    assert page.count('<img src="data:image/png;base64,iVBOR') == 2
    assert "Your figures" in page
