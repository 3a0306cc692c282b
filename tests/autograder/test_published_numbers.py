"""Numbers in public tests, shipped in place of the formulas that give them, are autograd's."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from autograder.core.layout import find_root

_ROOT = find_root(Path(__file__))


def _public(assignment: str, name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Import a public test file beside the reference, as the student's pytest would."""
    for module in [one for one in sys.modules if one.split(".")[0] in ("models", "model")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.syspath_prepend(_ROOT / "solutions" / assignment)
    path = _ROOT / "tests" / assignment / "public" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"published_{assignment}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_losses_and_gradients_of_both_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    """mlp: the softmax regression, and the network with and without biases."""
    given = _public("mlp_from_scratch", "test_network", monkeypatch)
    x, y = torch.from_numpy(given.X), torch.from_numpy(given.Y)

    def loss_of(scores: torch.Tensor) -> tuple[torch.Tensor, float]:
        return F.cross_entropy(scores, y), float((scores.argmax(1) == y).double().mean())

    w1 = torch.tensor(given.W1, requires_grad=True)
    loss, accuracy = loss_of(F.relu(x @ w1))
    loss.backward()
    assert (float(loss), accuracy) == pytest.approx(
        (given.SOFTMAX_LOSS, given.SOFTMAX_ACCURACY), rel=1e-10
    )
    np.testing.assert_allclose(given.SOFTMAX_GRADIENT, w1.grad, rtol=1e-10)
    names = ("W1", "b1", "W2", "b2")
    for biases in (True, False):
        values = [given.HIDDEN, given.HIDDEN_BIAS, given.OUTPUT, given.OUTPUT_BIAS]
        made = [
            torch.tensor(value if biases or value.ndim == 2 else 0 * value, requires_grad=True)
            for value in values
        ]
        loss, accuracy = loss_of(torch.sigmoid(x @ made[0] + made[1]) @ made[2] + made[3])
        loss.backward()
        if biases:
            assert float(loss) == pytest.approx(given.NETWORK_LOSS, rel=1e-10)
            assert accuracy == given.NETWORK_ACCURACY
            continue
        for name, value in zip(names, made, strict=True):
            np.testing.assert_allclose(given.NETWORK_GRADIENTS[name], value.grad, rtol=1e-10)


def test_logits_of_the_convolutional_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """image: by torch's own layers, in double precision."""
    given = _public("image_classifier", "test_model", monkeypatch)
    values = {name: value.double() for name, value in given.weights().items()}
    x = torch.randn(3, 3, 32, 32, generator=torch.Generator().manual_seed(1)).double()
    for name in ("conv1", "conv2"):
        x = F.conv2d(x, values[f"{name}.weight"], values[f"{name}.bias"])
        x = F.max_pool2d(F.relu(x), 2)
    x = x.flatten(1)
    for name in ("fc1", "fc2", "fc3"):
        x = F.linear(x, values[f"{name}.weight"], values[f"{name}.bias"])
        x = x if name == "fc3" else F.relu(x)
    np.testing.assert_allclose(given.LOGITS, x, rtol=1e-4)
