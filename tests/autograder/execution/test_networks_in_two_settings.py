"""Questions about networks, gradients and figures: the same in both settings, and safe."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

_HERE = Path(__file__).parent

_CODE = """
import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

def make(p=0.5):
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Sequential(nn.Conv2d(1, 2, 3, padding=1), nn.BatchNorm2d(2), nn.ReLU()),
        nn.MaxPool2d(2), nn.Flatten(), nn.Linear(8, 6), nn.ReLU(), nn.Dropout(p), nn.Linear(6, 3),
    )

class Own(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(1)
        self.W = nn.Parameter(0.1 * torch.randn(4, 3))
        self.b = nn.Parameter(torch.zeros(3))
    def forward(self, X):
        return X @ self.W + self.b

def loss(Z, Y):
    return F.nll_loss(F.log_softmax(Z, dim=1), Y)

def square(x, y):
    return x ** 2 * y

def apply(function, x):
    return function(x, (x, 2))

def edits(x):
    x += 1
    return x

def detached(x):
    return torch.tensor(x.detach().numpy() ** 2)

class Lying(torch.autograd.Function):
    @staticmethod
    def forward(context, x):
        context.save_for_backward(x)
        return x ** 3
    @staticmethod
    def backward(context, slope):
        return 2 * context.saved_tensors[0] * slope

def lying(x):
    return Lying.apply(x)

def draw():
    figure, axes = plt.subplots(1, 2)
    axes[0].semilogy([1, 2, 3], [0.1, 0.2, 0.4], label="train")
    axes[0].scatter([1, 2], [5, 6], label="points")
    axes[0].set_xlabel("iteration")
    axes[0].legend()
    shown = axes[1].imshow(np.arange(6.0).reshape(2, 3), cmap="gray")
    axes[1].set_title("3", color="red")
    axes[1].text(0, 0, "7", color="#00ff00")
    figure.colorbar(shown, ax=axes[1])
    return axes

def nothing():
    draw()

def save(name):
    import os
    os.makedirs("weights", exist_ok=True)
    state = {"W": torch.ones(4, 3), "b": torch.zeros(3)}
    if name.endswith("safetensors"):
        from safetensors.torch import save_file
        save_file(state, name)
    elif "module" in name:
        torch.save(Own(), name)
    else:
        torch.save(state, name)
"""

_TESTS = """
import pytest, torch
import numpy as np
import nets
from studentkit.figures import figure_of
from studentkit.gradients import (
    assert_gradients, assert_module_gradients, by_autograd, by_differences, module_gradients,
)
from studentkit.networks import (
    hidden_layers, hidden_units, layers_of, outputs_of, parameter_count, parameters_of, set_state,
    state_of, stored_weights,
)
pytestmark = pytest.mark.task("all")

def test_layers_are_read_in_order():
    layers = layers_of(nets.make(0.25))
    names = [name for name, _ in layers]
    assert names == "Conv2d BatchNorm2d ReLU MaxPool2d Flatten Linear ReLU Dropout Linear".split()
    assert layers[0][1]["kernel_size"] == (3, 3) and layers[0][1]["padding"] == (1, 1)
    assert layers[5][1] == {"in_features": 8, "out_features": 6, "bias": True}
    assert layers[7][1] == {"p": 0.25}
    assert (hidden_units(layers), hidden_layers(layers)) == (6, 1)

def test_a_module_is_no_sequential():
    with pytest.raises(AssertionError, match="returned a Own; build it as one nn.Sequential"):
        layers_of(nets.Own())

def test_parameters_and_state_are_read_and_set():
    assert parameter_count(nets.make()) == 20 + 4 + 54 + 21
    own = nets.Own()
    assert {name: tuple(one.shape) for name, one in parameters_of(own).items()} == {
        "W": (4, 3), "b": (3,)}
    set_state(own, {"W": torch.ones(4, 3), "b": torch.zeros(3)})
    assert torch.equal(state_of(own)["W"], torch.ones(4, 3))
    assert torch.equal(outputs_of(own, torch.ones(2, 4)), torch.full((2, 3), 4.0))

def test_a_state_that_does_not_fit_is_refused():
    with pytest.raises(RuntimeError):
        set_state(nets.Own(), {"W": torch.ones(4, 3)})

def test_outputs_come_in_eval_mode_and_the_mode_stays():
    net = nets.make(0.9)
    x = torch.rand(1500, 1, 4, 4)
    assert torch.equal(outputs_of(net, x), outputs_of(net, x))
    assert not torch.equal(outputs_of(net, x, train=True), outputs_of(net, x, train=True))
    assert net.training is True

def test_gradients_agree():
    x, y = torch.rand(2, 3, dtype=torch.float64), torch.rand(2, 3, dtype=torch.float64)
    assert_gradients(nets.square, x, y)
    a, b = by_autograd(nets.square, x, y), by_differences(nets.square, x, y)
    assert torch.allclose(a[0], 2 * x * y) and torch.allclose(b[1], x ** 2)

def test_a_function_of_the_test_gets_tensors():
    seen = []
    def double(x, pair):
        seen.append((x, pair))
        return 2 * x
    assert torch.equal(nets.apply(double, torch.ones(3)), torch.full((3,), 2.0))
    assert torch.equal(seen[0][0], torch.ones(3)) and torch.equal(seen[0][1][0], torch.ones(3))

def test_a_tensor_edited_in_place_is_seen():
    x = torch.ones(3)
    nets.edits(x)
    assert not torch.equal(x, torch.ones(3))

def test_a_wrong_backward_is_found():
    with pytest.raises(AssertionError, match="by autograd"):
        assert_gradients(nets.lying, torch.rand(3, dtype=torch.float64))

def test_a_detached_result_is_named():
    with pytest.raises(ValueError, match="detached"):
        by_autograd(nets.detached, torch.rand(3))

def test_gradients_of_parameters_agree():
    x, y = torch.rand(5, 4), torch.tensor([0, 1, 2, 0, 1])
    assert_module_gradients(nets.Own(), nets.loss, x, y)
    a = module_gradients(nets.Own(), nets.loss, x, y)
    b = module_gradients(nets.Own(), "cross_entropy", x, y)
    assert torch.allclose(a["W"], b["W"]) and float(a["b"].abs().max()) > 0

def test_figures_are_data():
    figure = figure_of(nets.draw(), "two panels")
    left, right = figure.axes
    assert (left.xlabel, left.yscale, left.legend) == ("iteration", "log", ["train", "points"])
    assert left.lines[0].label == "train" and left.lines[0].y.tolist() == [0.1, 0.2, 0.4]
    assert left.lines[1].x.tolist() == [1, 2]
    assert right.images[0].values.shape == (2, 3) and right.images[0].cmap == "gray"
    assert right.colorbar and not left.colorbar
    assert (right.title, right.title_color) == ("3", "#ff0000")
    assert (right.texts[0].text, right.texts[0].color) == ("7", "#00ff00")

def test_no_axes_are_named():
    with pytest.raises(AssertionError, match="return the axes"):
        figure_of(nets.nothing())

def test_weights_are_read_from_files():
    for name in ("weights/a.safetensors", "weights/a.pth"):
        nets.save(name)
        assert torch.equal(stored_weights(name)["W"], torch.ones(4, 3))

def test_other_files_are_refused():
    with pytest.raises(AssertionError, match="is missing"):
        stored_weights("weights/none.pth")
    nets.save("weights/module.pth")
    with pytest.raises(AssertionError, match="cannot be read"):
        stored_weights("weights/module.pth")
"""

_HOSTILE_CODE = '''
import sys
import numpy as np
import torch

def lie(answer):
    """Answer every question of the kit with `answer`."""
    import studentkit.probes as beside
    for name in list(beside.__all__):
        setattr(beside, name, lambda *arguments: answer)
    return 1

def bad(kind):
    lie({
        "huge": [["Linear", {"out_features": 10 ** 30}]],
        "many": [["ReLU", {}]] * 1000,
        "shape": torch.zeros(3, 3),
        "words": "__import__('os')",
        "nested": [[["Linear", {}]]],
        "figure": np.zeros((3000, 3000, 3), np.uint8),
        "picture": {"axes": [], "suptitle": 5},
    }[kind])
    return torch.nn.Linear(2, 2)
'''
_HOSTILE_TESTS = """
import pytest, torch
from studentkit.figures import figure_of
from studentkit.gradients import by_autograd, by_differences, module_gradients
from studentkit.networks import layers_of, outputs_of, parameter_count, state_of, stored_weights
import liar
pytestmark = pytest.mark.task("all")

@pytest.mark.parametrize("kind", "huge many shape words nested figure picture".split())
def test_every_lie_is_a_failure(kind):
    net = liar.bad(kind)
    x = torch.rand(2, 2)
    questions = [
        lambda: outputs_of(net, x), lambda: parameter_count(net), lambda: state_of(net),
        lambda: figure_of(net), lambda: stored_weights("a.pth"),
        lambda: by_autograd(net, x), lambda: by_differences(net, x),
        lambda: module_gradients(net, "cross_entropy", x, x),
    ]
    for question in questions:
        with pytest.raises(AssertionError):
            question()
    if kind != "huge":
        with pytest.raises(AssertionError):
            layers_of(net)
"""


def _confined(folder: Path) -> dict[str, dict[str, str]]:
    command = [sys.executable, str(_HERE / "outcomes.py"), str(folder), "10"]
    command += ["torch", "safetensors"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return {row["test"].split("::")[-1]: row for row in json.loads(done.stdout)}


def _lay_out(folder: Path, name: str, code: str, tests: str) -> None:
    for place, file, text in (("code", f"{name}.py", code), ("tests", f"test_{name}.py", tests)):
        (folder / place).mkdir()
        (folder / place / file).write_text(textwrap.dedent(text))


@pytest.mark.slow
@pytest.mark.bubblewrap
def test_networks_gradients_and_figures_mean_the_same_in_both_settings(tmp_path: Path) -> None:
    """Everything holds in the student's own folder and through the confined worker."""
    _lay_out(tmp_path, "nets", _CODE, _TESTS)
    found = _confined(tmp_path)
    assert {name: row["message"] for name, row in found.items() if row["status"] != "passed"} == {}
    [[title, size]] = found["test_figures_are_data"]["pictures"]
    assert title == "two panels"
    assert 1000 < int(size) < 200_000
    kit = Path(__file__).parents[3] / "autograder"
    command = [sys.executable, "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider"]
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path / 'code'}:{kit}", "MPLBACKEND": "Agg"}
    done = subprocess.run(
        [*command, "tests"], cwd=tmp_path, env=environment, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout.decode()


@pytest.mark.slow
@pytest.mark.bubblewrap
def test_lying_answers_fail_the_test_and_nothing_else(tmp_path: Path) -> None:
    """Code that takes the kit's place in its own process gets a failure for every lie."""
    _lay_out(tmp_path, "liar", _HOSTILE_CODE, _HOSTILE_TESTS)
    found = _confined(tmp_path)
    assert {name: row["message"] for name, row in found.items() if row["status"] != "passed"} == {}
