"""What is worked out once for a class, and how a report says which way a verdict was reached."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from studentkit.ahead import ahead

from autograder.core.layout import find_root

_ROOT = find_root(Path(__file__))
_UPDATE = "model.weights[name] -= self.learning_rate * model.gradients[name]"
_SLIGHTLY_OFF = _UPDATE.replace("self.learning_rate", "1.01 * self.learning_rate")


def test_a_function_is_called_once_for_each_of_its_arguments() -> None:
    """What was declared is known before it is asked for; anything else is found when asked for."""
    calls = []

    @ahead((1,), (2,), training=[(3,)])
    def double(number: int) -> int:
        calls.append(number)
        return 2 * number

    double.work_out(training=False)
    assert calls == [1, 2]
    assert [double(2), double(2), double(4), double(4)] == [4, 4, 8, 8]
    assert calls == [1, 2, 4]
    double.work_out(training=True)
    assert calls == [1, 2, 4, 3]


def test_an_error_is_left_to_the_test_that_needs_the_result() -> None:
    """A fault in what is worked out ahead ends no grading process."""

    @ahead((0,))
    def divided(number: int) -> float:
        return 1 / number

    divided.work_out(training=False)
    with pytest.raises(ZeroDivisionError):
        divided(0)


@pytest.mark.slow
def test_a_network_is_trained_as_a_whole_where_its_steps_differ(tmp_path: Path) -> None:
    """The report says which it was; a network that learns all the same keeps those points."""
    for name, update in (("right", _UPDATE), ("off", _SLIGHTLY_OFF)):
        for path in (_ROOT / "solutions" / "mlp_from_scratch").rglob("*.py"):
            text = path.read_text()
            new = tmp_path / "class" / name / path.relative_to(_ROOT / "solutions")
            new.parent.mkdir(parents=True, exist_ok=True)
            new.write_text(text.replace(_UPDATE, update))
    command = [sys.executable, "-P", "-m", "autograder", "grade", "mlp_from_scratch"]
    out = tmp_path / "out"
    done = subprocess.run(
        [*command, str(tmp_path / "class"), "-o", str(out)],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    reports = {name: (out / name / "report.html").read_text() for name in ("right", "off")}
    along, whole = "Compared along its steps", "Trained as a whole"
    assert reports["right"].count(along) == 2 and whole not in reports["right"]
    assert reports["off"].count(whole) == 2 and along not in reports["off"]
    rows = {row["submission"]: row for row in csv.DictReader((out / "grades.csv").open())}
    for task, lost in (("sgd", True), ("training", False)):  # the error costs where it was made
        points = {name: float(row[task]) for name, row in rows.items()}
        assert (points["off"] < points["right"]) is lost, task
    results = json.loads((out / "off" / "results.json").read_text())
    assert "✓ The two-layer network classifies digits" in json.dumps(results, ensure_ascii=False)
