"""Put attacks on graded networks through the real worker and print what happened as JSON.

A program of its own: network_arena.py FOLDER NAME… (names of attacks; none means all).
"""

from __future__ import annotations

import json
import os
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parent))

from network_attacks import ATTACKS, HONEST

from autograder.core.manifest import Limits
from autograder.datasets import files
from autograder.datasets.handwriting import draw_handwriting
from autograder.execution import suite
from autograder.execution.session import Session
from autograder.grading.measuring import measuring
from autograder.sandbox import tiers
from autograder.sandbox.fork_server import ForkServer

LIMITS = Limits(test_seconds=4, training_seconds=8, submission_seconds=30, memory_mb=4096)

HIDDEN = '''
import pytest, torch
import model
from autograder.networks import accuracy_on, disagreement, held_out, rebuilt, verify
from studentkit import task, trains
from studentkit.networks import (
    hidden_units, layers_of, outputs_of, set_state, state_of, stored_weights,
)

@task("all")
def test_budget():
    """The network keeps to its budget."""
    net = model.net()
    layers, state = layers_of(net), state_of(net)
    assert 0 < hidden_units(layers) <= 100
    inputs = torch.rand(16, 1, 28, 28, generator=torch.Generator().manual_seed(1))
    outputs = outputs_of(net, inputs)
    assert disagreement(rebuilt(layers, state, (1, 28, 28)), inputs, outputs) == ""

@task("all")
@trains
def test_claim():
    """The recipe keeps what it promises."""
    verdict = verify(layers_of(model.net()), dict(model.recipe()), 0.6)
    assert verdict.holds, verdict.sentence

@task("all")
@trains
def test_weights():
    """The weights recognise digits."""
    net = model.own()
    set_state(net, stored_weights(model.WEIGHTS))
    held = held_out()
    assert accuracy_on(held, outputs_of(net, held.images)) >= 0.5
'''


def _lay_out(folder: Path) -> bytes:
    """Write the suite, small data and held-out images; return weights of a linear model."""
    (folder / "hidden").mkdir(parents=True)
    (folder / "hidden" / "test_networks.py").write_text(textwrap.dedent(HIDDEN))
    train, test, held = (
        draw_handwriting(count, seed) for count, seed in ((600, 1), (100, 2), (300, 3))
    )
    (folder / "small").mkdir()
    files.write_mnist(folder / "small", train, test, "handwriting")
    np.savez(folder / "held_out.npz", images=held[0], labels=held[1])
    torch.manual_seed(0)
    images = torch.from_numpy(train[0]).float().reshape(-1, 784) / 255
    labels = torch.from_numpy(train[1]).long()
    linear = torch.nn.Linear(784, 10)
    optimizer = torch.optim.Adam(linear.parameters(), lr=1e-2)
    for _ in range(150):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(linear(images), labels).backward()
        optimizer.step()
    weights = {"W": linear.weight.detach().T.contiguous(), "b": linear.bias.detach()}
    torch.save(weights, folder / "own.pth")
    return (folder / "own.pth").read_bytes()


def main(folder: Path, names: list[str]) -> None:
    """Run and print."""
    weights = _lay_out(folder)
    held = np.load(folder / "held_out.npz")["labels"].tobytes()
    answers = os.fdopen(os.dup(1), "w")
    data = {"small": folder / "small", "training": folder / "small"}
    rows = []
    made = measuring(folder / "small", folder / "held_out.npz", folder / "cache", "handwriting")

    scene = suite.Scene(data, "handwriting", [made], keep_calls=True)
    suites = folder / "none", folder / "hidden"
    tests = suite.collect(folder, *suites, frozenset({"model"}), frozenset({"all"}))
    packages = ["numpy", "torch", "safetensors"]
    honest = {"model.py": HONEST.encode(), "weights/own.pth": weights}
    with ForkServer(tiers.probe(), packages, ["numpy", "torch"], data) as fork_server:
        for name in ["honest", *(names or ATTACKS)]:
            code = honest if name == "honest" else {"model.py": ATTACKS[name].encode()}
            start = time.monotonic()
            session = Session(fork_server, code, LIMITS)
            found = suite.run(tests, session, scene)
            replies = b"".join(call.reply for one in found for call in one.calls)
            row = {
                "name": name,
                "seconds": time.monotonic() - start,
                "passed": [one.test.split("::")[-1] for one in found if one.status == "passed"],
                "errors": [one.message for one in found if one.status == "error"],
                "texts": [one.message for one in found if one.message],
                "labels": held[:40] in replies,
            }
            rows.append(row)
        session = Session(fork_server, honest, LIMITS)
        after = suite.run(tests, session, scene)
        rows.append(
            {
                "name": "honest after",
                "passed": [one.test for one in after if one.status == "passed"],
            }
        )
    json.dump(rows, answers)
    answers.close()


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(Path(sys.argv[1]), sys.argv[2:])
