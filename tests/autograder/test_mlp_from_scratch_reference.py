"""The reference of mlp_from_scratch agrees with torch's autograd, and its programs run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.core.cache import Cache
from autograder.core.layout import find_root
from autograder.datasets import digits_csv

_SOLUTION = find_root(Path(__file__)) / "solutions" / "mlp_from_scratch"

_AGAINST_TORCH = """
import json, sys
import numpy as np, torch
from models import SoftmaxRegression, TwoLayerNet
torch.set_num_threads(1)
random = np.random.default_rng(0)
worst = {}

def note(name, ours, theirs):
    theirs = theirs.detach().numpy() if hasattr(theirs, "detach") else theirs
    assert np.shape(ours) == np.shape(theirs), (name, np.shape(ours), np.shape(theirs))
    worst[name] = max(worst.get(name, 0.0), float(np.max(np.abs(ours - theirs))))

for trial in range(20):
    n, d, h, c = (int(size) for size in random.integers(1, 9, 4))
    c += 1
    x, y = random.normal(size=(n, d)), random.integers(0, c, n)
    target = torch.tensor(y)
    model = SoftmaxRegression(d, c)
    model.weights["W1"] = random.normal(size=(d, c))
    w = torch.tensor(model.weights["W1"], requires_grad=True)
    scores = torch.relu(torch.tensor(x) @ w)
    loss = torch.nn.functional.cross_entropy(scores, target)
    loss.backward()
    ours, accuracy = model.forward(x, y)
    note("softmax regression: loss", ours, loss)
    note("softmax regression: accuracy", accuracy, (scores.argmax(1) == target).double().mean())
    note("softmax regression: W1", model.gradients["W1"], w.grad)

    net = TwoLayerNet(d, c, h)
    for name, shape in {"W1": (d, h), "b1": (h,), "W2": (h, c), "b2": (c,)}.items():
        net.weights[name] = random.normal(size=shape)
    t = {name: torch.tensor(v, requires_grad=True) for name, v in net.weights.items()}
    hidden = torch.sigmoid(torch.tensor(x) @ t["W1"] + t["b1"])
    loss = torch.nn.functional.cross_entropy(hidden @ t["W2"] + t["b2"], target)
    loss.backward()
    ours, _ = net.forward(x, y)
    note("network: loss", ours, loss)
    for name in t:
        note(f"network: {name}", net.gradients[name], t[name].grad)

    scale = 10.0 ** random.integers(-2, 4)
    z = torch.tensor(random.normal(size=(n, c)) * scale, requires_grad=True)
    note("softmax", net.softmax(z.detach().numpy()), torch.softmax(z, 1))
    for name, function in (("sigmoid", torch.sigmoid), ("ReLU", torch.relu)):
        z = torch.tensor(random.normal(size=(n, c)) * 5, requires_grad=True)
        value = function(z)
        value.sum().backward()
        note(name, getattr(net, name)(z.detach().numpy()), value)
        note(f"{name}_dev", getattr(net, f"{name}_dev")(z.detach().numpy()), z.grad)
json.dump(worst, sys.stdout)
"""


def _run(*arguments: str, folder: Path = _SOLUTION) -> str:
    environment = {**os.environ, "MPLBACKEND": "Agg", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(_SOLUTION)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_formula_agrees_with_torch() -> None:
    """Losses, gradients and activations equal autograd's on random shapes and values."""
    worst = json.loads(_run("-c", _AGAINST_TORCH))
    assert len(worst) == 13
    assert max(worst.values()) < 1e-10, worst


@pytest.mark.parametrize("config", ["config_softmax.yaml", "config_twolayer.yml"])
def test_main_trains_and_saves_the_curves(config: str, tmp_path: Path) -> None:
    """main.py runs as the handout says, with either suffix of the configuration."""
    small = digits_csv.small(Cache(tmp_path / "cache"))
    place = tmp_path / "student"
    place.mkdir()
    for path in _SOLUTION.iterdir():
        if path.name != "data":
            (place / path.name).symlink_to(path)
    (place / "data").symlink_to(small)
    printed = _run("main.py", "--config", f"configs/{config}", folder=place)
    assert "accuracy on test data" in printed
    assert (place / "learning_curves.png").read_bytes().startswith(b"\x89PNG")
