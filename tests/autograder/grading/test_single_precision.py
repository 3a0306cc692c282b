"""Right code that goes through float32 loses nothing to a test that measures slopes."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.core.files import folder_files
from autograder.core.layout import find_assignment

from .small_class import ROOT, graded

pytestmark = pytest.mark.slow  # real classes, graded by the command
_BASE = "models/_base_network.py"
_SINGLE = b"""

def _single(function):
    def wrapped(self, *arguments):
        return np.asarray(function(self, *arguments), dtype=np.float32)
    return wrapped


for _name in ("sigmoid", "sigmoid_dev", "ReLU", "ReLU_dev", "softmax"):
    setattr(_baseNetwork, _name, _single(getattr(_baseNetwork, _name)))
"""
_CHANGES = {
    "mlp_from_scratch": {
        "inputs": [
            ("models/two_layer_nn.py", 'X @ self.weights["W1"]', "X.astype(np.float32) @ W"),
            (
                "models/two_layer_nn.py",
                "    hidden_input =",
                "    W = W32(self)\n        hidden_input =",
            ),
            ("models/softmax_regression.py", "X @ self.w", "X.astype(np.float32) @ self.w"),
        ],
    },
    "handmade_networks": {
        "losses": [
            ("losses.py", "return -torch.log(G[", "G = G.float()\n    return -torch.log(G["),
            (
                "losses.py",
                "return (torch.logsumexp(Z",
                "Z = Z.float()\n    return (torch.logsumexp(Z",
            ),
        ],
    },
    "depth_vs_width": {
        "loss": [
            ("linear.py", "torch.log(probabilities.clamp", "torch.log(probabilities.float().clamp"),
            ("linear.py", "weight=weights", "weight=None if weights is None else weights.float()"),
        ],
    },
}
_HELPER = b"\n\ndef W32(model):\n    return model.weights['W1'].astype(np.float32)\n"


@pytest.mark.parametrize("assignment", _CHANGES)
def test_single_precision_costs_nothing(assignment: str, tmp_path: Path) -> None:
    """Numbers of seven digits are right numbers."""
    reference = folder_files(find_assignment(assignment, ROOT).solution)
    class_ = {"as_it_is": reference}
    for name, changes in _CHANGES[assignment].items():
        files = dict(reference)
        for path, old, new in changes:
            assert old.encode() in files[path], old
            files[path] = files[path].replace(old.encode(), new.encode())
        class_[name] = files
    if assignment == "mlp_from_scratch":
        class_["inputs"]["models/two_layer_nn.py"] += _HELPER
        class_["functions"] = {**reference, _BASE: reference[_BASE] + _SINGLE}
    results = graded(assignment, class_, tmp_path, "--quick")
    full = results["as_it_is"]["score"]
    for result in results.values():
        assert result["score"] == full, [one["output"] for one in result["tests"]]
