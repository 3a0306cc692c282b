"""A broken rule costs what it says, of the points that it speaks of, and nothing beside."""

from __future__ import annotations

import csv
import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest

from autograder.core.files import folder_files
from autograder.core.layout import find_assignment

from .small_class import ROOT, graded

pytestmark = pytest.mark.slow  # grades whole classes

ASSIGNMENT = find_assignment("mlp_from_scratch", ROOT)
_REFERENCE = folder_files(ASSIGNMENT.solution)
_BASE, _REGRESSION = "models/_base_network.py", "models/softmax_regression.py"
THEORY = 30  # points of the typed questions


def _after(path: str, line: str, more: str) -> dict[str, bytes]:
    """Return the reference with `more` put in after the first `line` that holds it."""
    rows = _REFERENCE[path].decode().splitlines(keepends=True)
    place = next(number for number, row in enumerate(rows, 1) if line in row)
    while not rows[place - 1].rstrip().endswith(":"):
        place += 1
    return {**_REFERENCE, path: "".join([*rows[:place], more, *rows[place:]]).encode()}


def _before(path: str, more: str) -> dict[str, bytes]:
    """Return the reference with `more` above the first import of a file."""
    text = _REFERENCE[path].decode()
    return {**_REFERENCE, path: text.replace("import numpy", f"{more}import numpy", 1).encode()}


SUBMISSIONS = {
    "prints": _after(_BASE, "def softmax(", "        print('scores', scores.shape)\n"),
    "given_prints": _after("utils.py", "def load_csv(", "    print('Loading data...')\n"),
    "asks": _after(
        _BASE,
        "def ReLU(",
        "        try:\n            input('go on? ')\n        except EOFError:\n            pass\n",
    ),
    "plots_elsewhere": _before(_REGRESSION, "import matplotlib.pyplot as plt\n"),
    "unused": _before(
        "utils.py",
        "import pandas as pd\nfrom tqdm.auto import tqdm\nimport seaborn.objects as so\n"
        "sns_set = pd.DataFrame\n",
    ),
    "with_a_way_out": _before(
        "utils.py",
        "try:\n    from tqdm import tqdm\nexcept ImportError:\n    tqdm = list\n"
        "assert tqdm is list\n",
    ),
    "used_once": _after(
        "utils.py",
        "def generate_batched_data(",
        "    import pandas as pd\n    pd.DataFrame(label)\n",
    ),
    "used_at_the_top": _before("utils.py", "import pandas as pd\npd.set_option('x', 3)\n"),
}


def _grade(
    out: Path, *options: str, only: Collection[str] = SUBMISSIONS
) -> dict[str, dict[str, Any]]:
    class_ = {name: SUBMISSIONS[name] for name in only}
    return graded(ASSIGNMENT.id, class_, out, "--quick", *options)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the class was graded with the rules of the manifest."""
    out = tmp_path_factory.mktemp("rules")
    _grade(out)
    return out


def _result(folder: Path, name: str) -> dict[str, Any]:
    return json.loads((folder / "reports" / name / "results.json").read_text())


def _costing(result: dict[str, Any]) -> list[str]:
    return [one["rule"] for one in result["extra_data"]["verdicts"] if one["action"] != "warn"]


def _full(result: dict[str, Any]) -> float:
    return float(result["extra_data"]["max_score"])


def test_printing_costs_the_coding_part_and_leaves_theory(folder: Path) -> None:
    """The handout speaks of the coding part; typed answers print nothing."""
    result = _result(folder, "prints")
    assert result["extra_data"]["raw_score"] == _full(result)
    assert result["score"] == THEORY
    assert "costs all coding points" in result["output"]


@pytest.mark.parametrize("name", ["given_prints", "asks", "plots_elsewhere"])
def test_what_the_course_does_itself_costs_nothing(folder: Path, name: str) -> None:
    """Given functions may print, a prompt is no printing, the course's packages are anybody's."""
    result = _result(folder, name)
    assert result["score"] == _full(result), result["output"]
    assert _costing(result) == []


@pytest.mark.parametrize("name", ["unused", "with_a_way_out"])
def test_an_import_that_nothing_uses_costs_its_rule_alone(folder: Path, name: str) -> None:
    """Every test passes with the missing packages empty, and what a program does without works."""
    result = _result(folder, name)
    assert result["extra_data"]["raw_score"] == _full(result), result["output"]
    assert result["score"] == pytest.approx(0.9 * _full(result))
    assert set(_costing(result)) == {"imports"}


def test_what_uses_a_missing_package_fails_and_says_so(folder: Path) -> None:
    """The function that calls it loses its points; a file that calls it at once says its name."""
    result = _result(folder, "used_once")
    tasks = result["extra_data"]["tasks"]
    short = {name for name, task in tasks.items() if task["score"] < task["max_score"]}
    assert short == {"batching"}
    top = _result(folder, "used_at_the_top")
    assert "No module named 'pandas', so pandas.set_option cannot be used" in json.dumps(top)


def test_the_table_of_the_class_shows_what_rules_took(folder: Path) -> None:
    """The tests' points, what rules took, and the score, in the CSV and on the page."""
    rows = {
        row["submission"]: row
        for row in csv.DictReader((folder / "reports" / "grades.csv").read_text().splitlines())
    }
    full = float(rows["given_prints"]["raw_score"])
    assert float(rows["prints"]["rules"]) == THEORY - full
    assert float(rows["prints"]["score"]) == THEORY
    assert f"−{full - THEORY:g}" in (folder / "reports" / "index.html").read_text()


def test_a_rule_can_be_softened_for_one_run(folder: Path, tmp_path: Path) -> None:
    """`--policy printing=warn` costs nothing and says what it still sees."""
    options = ("--policy", "printing=warn", "--policy", "imports=50")
    result = _grade(tmp_path, *options, only=("prints", "unused"))["prints"]
    assert result["score"] == _full(result)
    assert "models._base_network._baseNetwork.softmax" in result["output"]
    assert _result(tmp_path, "unused")["score"] == _full(result) / 2


def test_a_class_that_a_rule_hits_as_a_whole_is_pointed_out(folder: Path, tmp_path: Path) -> None:
    """A median far below what the tests gave is said, with the way to soften the rule."""
    assert "--policy" not in (folder / "reports" / "index.html").read_text()
    several = ("unused", "with_a_way_out", "used_once", "asks")
    _grade(tmp_path, "--policy", "imports=zero", only=several)
    page = (tmp_path / "reports" / "index.html").read_text()
    assert "soften a rule for one run with --policy" in page
    assert "They cost 3 of 4 submissions points" in page
