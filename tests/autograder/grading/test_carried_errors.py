"""An early error costs its own points once, and the way round it opens no way to forge."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from autograder.core.files import folder_files
from autograder.core.layout import find_assignment, find_root

pytestmark = pytest.mark.slow  # grades whole classes

_ROOT = find_root(Path(__file__))
_SOLUTION = folder_files(find_assignment("mlp_from_scratch", _ROOT).solution)
_SKELETON = folder_files(find_assignment("mlp_from_scratch", _ROOT).skeleton)
_BASE = "models/_base_network.py"

RIGHT = {
    "sigmoid": "return np.where(X >= 0, 1 / (1 + decay), decay / (1 + decay))",
    "relu": "return np.maximum(X, 0)",
    "penalty": "model.gradients[name] += self.reg * weight",
}


def changed(*changes: tuple[str, str, str], **files: str) -> dict[str, bytes]:
    """Return the reference with pieces of its text replaced: (path, old, new)."""
    made = dict(_SOLUTION)
    for path, old, new in changes:
        text = made[path].decode()
        assert text.count(old) == 1, old
        made[path] = text.replace(old, new).encode()
    return made | {name: text.encode() for name, text in files.items()}


# What each submission is, in a line; the tests below look at what it got.
SUBMISSIONS: dict[str, dict[str, bytes]] = {
    "wrong_sigmoid": changed((_BASE, RIGHT["sigmoid"], "return 1 - 1 / (1 + np.exp(-X))")),
    "sigmoid_that_hangs": changed((_BASE, RIGHT["sigmoid"], "while True: pass")),
    "sigmoid_that_kills": changed((_BASE, RIGHT["sigmoid"], "import os; os._exit(3)")),
    "no_sigmoid": changed((_BASE, "def sigmoid(self, X)", "def sigmoyd(self, X)")),
    "wrong_penalty": changed(
        ("optimizer/_base_optimizer.py", RIGHT["penalty"], "model.gradients[name] += weight ** 2")
    ),
    "model_with_functions_among_its_attributes": changed(
        (_BASE, RIGHT["sigmoid"], "return 1 - 1 / (1 + np.exp(-X))"),
        (_BASE, "self.gradients = {}", "self.gradients, self.tool = {}, np.maximum"),
    ),
    "wrong_sigmoid_and_network": changed(
        (_BASE, RIGHT["sigmoid"], "return 1 - 1 / (1 + np.exp(-X))"),
        (
            "models/two_layer_nn.py",
            'self.gradients["b1"] = d_hidden_input.sum(axis=0)',
            'self.gradients["b1"] = d_hidden_input.mean(axis=0)',
        ),
    ),
    "network_not_written": {
        **changed((_BASE, RIGHT["sigmoid"], "return X * 0")),
        "models/two_layer_nn.py": _SKELETON["models/two_layer_nn.py"],
    },
    "one_function_for_two_tasks": changed(
        (
            "utils.py",
            "def plot_curves(",
            "def _todo(*_, **__):\n"
            "    raise NotImplementedError('still to do')\n\n\n"
            "generate_batched_data = train = _todo\n\n\n"
            "def plot_curves(",
        )
    ),
    "interrupts_at_import": changed(
        (_BASE, RIGHT["sigmoid"], "return X * 0"),
        (
            "models/two_layer_nn.py",
            "class TwoLayerNet",
            "raise KeyboardInterrupt\nclass TwoLayerNet",
        ),
    ),
    # What follows wants points for a network that is not there.
    "answers_with_what_was_lent": changed(
        (_BASE, RIGHT["sigmoid"], "return X * 0"),
        (
            "models/two_layer_nn.py",
            'hidden_input = X @ self.weights["W1"]',
            "return self.cross_entropy_loss(self.softmax(X), y), self.compute_accuracy(X, y)\n"
            '        hidden_input = X @ self.weights["W1"]',
        ),
    ),
    "sends_objects_that_are_not_plain": changed(
        (_BASE, RIGHT["sigmoid"], "return X * 0"),
        (
            "models/two_layer_nn.py",
            "hidden = self.sigmoid(hidden_input)",
            "hidden = self.sigmoid(lambda: 0)",
        ),
    ),
    "exhausts_the_lender": changed(
        (_BASE, "of_true_class = x_pred[np.arange(len(y)), y]", "return 0.0"),
        (
            "models/two_layer_nn.py",
            "loss = self.cross_entropy_loss(probabilities, y)",
            # broadcasts to 60000 x 60000 numbers
            "y = np.zeros((60000, 1), dtype=int)\n"
            "        loss = self.cross_entropy_loss(np.ones((60000, 2)), y)",
        ),
    ),
    "calls_the_grader_with_nonsense": changed(
        (_BASE, RIGHT["sigmoid"], "return X * 0"),
        (
            "models/two_layer_nn.py",
            "hidden = self.sigmoid(hidden_input)",
            "import sys\n"
            "        stub = type(self).sigmoid.__closure__\n"
            "        for cell in stub or ():\n"
            "            if hasattr(cell.cell_contents, 'number'):\n"
            "                cell.cell_contents.number += 1\n"
            "        hidden = self.sigmoid(hidden_input)",
        ),
    ),
    "reads_the_stub": changed(
        (_BASE, RIGHT["sigmoid"], "return X * 0"),
        (
            "models/two_layer_nn.py",
            "hidden = self.sigmoid(hidden_input)",
            "import gc, inspect\n"
            "        texts = [str(x) for x in gc.get_objects() if isinstance(x, (str, bytes))]\n"
            "        texts += [inspect.getsource(type(self).sigmoid)]\n"
            "        found = [t for t in texts if 'neither tail can overflow' in t]\n"
            "        raise RuntimeError(f'FOUND {len(found)}')",
        ),
    ),
}


HANGS = "sigmoid_that_hangs"  # waits for its limits: graded where it is asked for


class Results(dict[str, dict[str, Any]]):
    """The results of all submissions, graded without the tests that train."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.grade([name for name in SUBMISSIONS if name != HANGS])

    def __missing__(self, name: str) -> dict[str, Any]:
        self.grade([name])
        return self[name]

    def grade(self, names: list[str]) -> None:
        """Grade submissions in one class."""
        place = self.folder / names[0]
        for name in names:
            for path, content in SUBMISSIONS[name].items():
                target = place / "class" / name / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
        command = [sys.executable, "-m", "autograder", "grade", "mlp_from_scratch"]
        submissions = [str(place / "class" / name) for name in names]
        done = subprocess.run(
            [*command, *submissions, "-o", str(place / "out"), "--no-training"],
            cwd=_ROOT,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        for name in names:
            self[name] = json.loads((place / "out" / name / "results.json").read_text())


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Grade all but the one that hangs."""
    return Results(tmp_path_factory.mktemp("carried"))


def lost(result: dict[str, Any]) -> set[str]:
    """Return the tasks that lost points."""
    tasks = result["extra_data"]["tasks"]
    return {name for name, task in tasks.items() if task["score"] < task["max_score"]}


def output(result: dict[str, Any], task: str) -> str:
    """Return what a student reads about a task."""
    return str(next(one["output"] for one in result["tests"] if one["tags"] == [task]))


@pytest.mark.parametrize(
    "name",
    [
        "wrong_sigmoid",
        pytest.param(HANGS, marks=pytest.mark.slow),
        "sigmoid_that_kills",
        "no_sigmoid",
        "model_with_functions_among_its_attributes",
    ],
)
def test_a_wrong_sigmoid_costs_its_own_points_only(results: dict[str, Any], name: str) -> None:
    """Whatever is wrong with the sigmoid, the network built on it keeps its points."""
    assert lost(results[name]) == {"sigmoid"}
    said = output(results[name], "two_layer_network")
    assert "passed with the grader's functions of “Sigmoid and its derivative”" in said
    assert "your error there costs nothing here" in said


def test_a_function_that_edits_a_model_is_supplied_too(results: dict[str, Any]) -> None:
    """The update of SGD is judged with a correct penalty, which changes the model's gradients."""
    found = results["wrong_penalty"]
    assert lost(found) == {"regularization"}
    assert "“L2 regularization”" in output(found, "training")


def test_what_is_not_written_is_not_repeated(results: dict[str, Any]) -> None:
    """No function of the grader's helps a task whose own functions are the skeleton's."""
    found = results["network_not_written"]
    assert lost(found) == {"sigmoid", "two_layer_network", "evaluation_mode"}
    said = output(found, "two_layer_network")
    assert "Not written yet" in said
    assert "with the grader's functions" not in said


def test_lending_one_name_leaves_another_alone(results: dict[str, Any]) -> None:
    """Two tasks may have one object as their function; what is lent answers for one of them."""
    found = results["one_function_for_two_tasks"]
    assert lost(found) >= {"batching", "training"}
    said = output(found, "training")
    assert "Not written yet: still to do" in said
    assert "could not use" not in said


def test_an_import_that_interrupts_says_so(results: dict[str, Any]) -> None:
    """What keeps a module from being imported is said when functions are lent, too."""
    said = output(results["interrupts_at_import"], "two_layer_network")
    assert "could not be imported: KeyboardInterrupt" in said
    assert "supply" not in said


def test_what_cannot_be_passed_on_says_nothing(results: dict[str, Any]) -> None:
    """Where nothing could be lent, the first run's failure is the one that is reported."""
    said = output(results["sends_objects_that_are_not_plain"], "two_layer_network")
    assert "with the grader's functions" not in said


def test_a_second_error_further_on_still_costs(results: dict[str, Any]) -> None:
    """Only what was supplied is forgiven; the message speaks of the task's own error."""
    found = results["wrong_sigmoid_and_network"]
    assert lost(found) == {"sigmoid", "two_layer_network"}
    tasks = found["extra_data"]["tasks"]
    assert tasks["two_layer_network"]["passed"] >= tasks["two_layer_network"]["total"] - 5
    assert "It stays so with the grader's own functions" in output(found, "two_layer_network")


@pytest.mark.parametrize(
    "name",
    [
        "answers_with_what_was_lent",
        "sends_objects_that_are_not_plain",
        "calls_the_grader_with_nonsense",
        "reads_the_stub",
    ],
)
def test_what_is_lent_cannot_be_turned_into_points(results: dict[str, Any], name: str) -> None:
    """The network of each of them is wrong, and stays so; the grader goes on."""
    found = results[name]
    assert found["extra_data"]["outcome"] == "graded"
    assert found["extra_data"]["tasks"]["two_layer_network"]["passed"] == 0


def test_the_reference_is_not_where_the_submission_runs(results: dict[str, Any]) -> None:
    """A search through memory in the worker finds no line of the reference."""
    said = output(results["reads_the_stub"], "two_layer_network")
    assert "FOUND 0" in said


def test_exhausting_the_lender_is_the_submissions_own_failure(results: dict[str, Any]) -> None:
    """Arguments that need 28 GB end the test, not the grader; nothing is left without a score."""
    found = results["exhausts_the_lender"]
    assert found["extra_data"]["outcome"] == "graded"
    assert "two_layer_network" in lost(found)
    said = output(found, "two_layer_network")
    assert "memory" in said.lower()
