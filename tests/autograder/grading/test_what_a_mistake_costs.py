"""A known mistake that explains all that fails costs what its teacher wrote down for it."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from typing import Any

import pytest

from autograder.core import mistakes, scoring
from autograder.core.files import folder_files
from autograder.core.layout import find_assignment
from autograder.core.manifest import load
from autograder.core.records import Outcome, Status, Weighed

from .small_class import ROOT, graded

pytestmark = pytest.mark.slow  # real classes, graded by the command
_MLP = folder_files(find_assignment("mlp_from_scratch", ROOT).solution)
_BASE = "models/_base_network.py"
_ACCURACY = b"return np.mean(np.argmax(x_pred, axis=1) == y)"
_NAMES = ("mlp_from_scratch", "depth_vs_width", "handmade_networks", "image_classifier")


def _with(*changes: tuple[bytes, bytes]) -> dict[str, bytes]:
    text = _MLP[_BASE]
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return {**_MLP, _BASE: text}


@pytest.fixture(scope="module")
def class_(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return results of one slip, of two slips in one task, and of something unheard of."""
    percent = (_ACCURACY, b"return 100 * np.mean(np.argmax(x_pred, axis=1) == y)")
    submissions = {
        "percent": _with(percent),
        "both": _with((_ACCURACY, b"return 100 * np.mean(np.argmax(x_pred, axis=0)[0] == y)")),
        "unheard_of": _with((_ACCURACY, b"return 0.123456")),
    }
    return graded("mlp_from_scratch", submissions, tmp_path_factory.mktemp("prices"), "--quick")


def _accuracy(result: dict[str, Any]) -> dict[str, Any]:
    return next(one for one in result["tests"] if one["tags"] == ["accuracy"])


def test_a_recognised_slip_costs_its_price(class_: dict[str, Any]) -> None:
    """Every test of the task fails with it, and it costs 40 percent, which the report says."""
    found = _accuracy(class_["percent"])
    assert (found["score"], found["max_score"]) == (3, 5)
    assert "It costs 40 % of the task, however many tests notice it." in found["output"]


@pytest.mark.parametrize("name", ["both", "unheard_of"])
def test_anything_else_is_decided_by_tests(class_: dict[str, Any], name: str) -> None:
    """A second mistake beside it, or code that only looks like it, buys nothing."""
    found = _accuracy(class_[name])
    assert found["score"] == 0 and "It costs" not in found["output"]


def test_the_price_needs_exactly_its_tests() -> None:
    """One more test that fails, or one that passes with lent functions, and tests decide."""
    manifest = load(find_assignment("mlp_from_scratch", ROOT).manifest)
    costs = {("accuracy", "slip"): Weighed(Fraction(2, 5), frozenset({"a", "b"}))}

    def score(*rows: tuple[str, Status, str]) -> Fraction:
        outcomes = [
            Outcome(test, "accuracy", "", status, test != "a", mistake=name)
            for test, status, name in rows
        ]
        found = scoring.task_scores(manifest, outcomes, costs=costs)
        return next(one.score for one in found if one.id == "accuracy")

    fails, passes = Status.FAILED, Status.PASSED
    assert score(("a", fails, "slip"), ("b", fails, "slip"), ("c", passes, "")) == 3
    assert score(("a", fails, "slip"), ("b", fails, "slip"), ("c", fails, "")) == 0
    assert score(("a", fails, "slip"), ("b", passes, ""), ("c", passes, "")) == Fraction(10, 3)
    assert score(("a", fails, "slip"), ("b", fails, "other"), ("c", passes, "")) == Fraction(5, 3)


@pytest.mark.parametrize("name", _NAMES)
def test_no_slip_costs_a_whole_task(name: str) -> None:
    """Prices lie between a fifth and seven tenths; what has none is decided by tests."""
    found = mistakes.load(find_assignment(name, ROOT).mistakes)
    prices = [one.costs for one in found if one.costs is not None]
    assert len(prices) >= 20
    assert all(20 <= price <= 70 for price in prices)


def test_the_table_of_prices_can_be_printed() -> None:
    """For whoever reviews an assignment as a teacher."""
    command = [sys.executable, "-m", "autograder", "validate", "handmade_networks", "--points"]
    done = subprocess.run(
        [*command, "--every", "30", "--lazy-every", "5000", "--quick"],
        cwd=ROOT, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "share" in done.stdout and "%" in done.stdout
