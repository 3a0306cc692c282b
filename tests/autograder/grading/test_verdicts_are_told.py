"""What a training or handed-in weights reached stands in the report, and what they lack."""

from __future__ import annotations

import io
from typing import Any

import pytest
import torch

from autograder.core.files import folder_files
from autograder.core.layout import find_assignment

from .small_class import ROOT, graded

pytestmark = pytest.mark.slow  # grades whole classes

ASSIGNMENT = find_assignment("image_classifier", ROOT)
_REFERENCE = folder_files(ASSIGNMENT.solution)
_WEIGHTS = "weights/net_colours.pth"
TOLD = "The accuracy of your weights is 0."


def _edited(**changes: Any) -> bytes:
    state = torch.load(io.BytesIO(_REFERENCE[_WEIGHTS]), weights_only=True) | changes
    out = io.BytesIO()
    torch.save({name: value for name, value in state.items() if value is not None}, out)
    return out.getvalue()


SUBMISSIONS = {
    "reference": _REFERENCE,
    "missing": {name: one for name, one in _REFERENCE.items() if "weights/" not in name},
    "nan": {**_REFERENCE, _WEIGHTS: _edited(**{"fc3.bias": torch.full((10,), torch.nan)})},
    "other": {**_REFERENCE, _WEIGHTS: _edited(**{"fc3.bias": torch.zeros(7)})},
    "text": {**_REFERENCE, _WEIGHTS: b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n"},
}
for _files in (SUBMISSIONS["nan"], SUBMISSIONS["other"], SUBMISSIONS["text"]):
    _files.pop("weights/net_cifar10.pth", None)  # one good file would be enough


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return what the reports say of the task, by submission."""
    results = graded(ASSIGNMENT.id, SUBMISSIONS, tmp_path_factory.mktemp("weights"), "--full")
    found = {}
    for name, result in results.items():
        (task,) = (one for one in result["tests"] if one["tags"] == ["trained_network"])
        found[name] = task["output"]
    return found


def test_the_accuracy_is_told(outputs: dict[str, str]) -> None:
    """With the one that is asked for."""
    assert TOLD in outputs["reference"] and "0.6 is asked for" in outputs["reference"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("missing", "weights/net_colours.pth is missing; train the network"),
        ("nan", "fc3.bias has entries that are no numbers"),
        ("other", "fc3.bias"),
        ("text", "weights/net_colours.pth cannot be read"),
    ],
)
def test_weights_that_cannot_be_used_are_named(
    outputs: dict[str, str], name: str, says: str
) -> None:
    """The public test says what is wrong, the hidden one points there; nobody is accused."""
    output = outputs[name]
    assert says in output and "a public test says why" in output
    assert TOLD not in output and "instructor" not in output
