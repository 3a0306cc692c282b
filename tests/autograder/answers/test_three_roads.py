"""Every answer in the keys is reached by other roads: sympy, torch's autograd, torch's modules.

The numbers compared are those of key.toml, by way of the project's own reader and evaluator.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy as sp
import torch
from by_autograd import DERIVATIVES
from by_counting import MEASURED, pooled
from by_sympy import DERIVED, matrix, shortcut, softmax
from closed_forms import FORMS
from written_keys import Point, flat, points, questions, value

from autograder.answers.questions import Question

QUESTIONS = questions()
DESIGNS = {name: one for name, one in QUESTIONS.items() if one.kind == "design"}
# Nothing to derive or to count: what a question fixes by itself, or a fact about data.
FACTS = {
    "depth_vs_width/image_counts": (60_000, 10_000),
    "depth_vs_width/image_shape": (1, 28, 28),
    "depth_vs_width/xor_layers": (2,),
    "image_classifier/normalize_grey": (0.5, 0.5),
    "handmade_networks/losses_bar": (1, 1),
    "handmade_networks/vanishing_derivatives": (1, 1, 0),
}
CORNERS = list(itertools.product([0, 1], repeat=2))


def agree(one: Any, other: Any) -> None:
    """Fail unless two values hold the same numbers in the same order."""
    np.testing.assert_allclose(flat(one), flat(other), rtol=1e-9, atol=1e-12)


def small(question: Question) -> Point:
    """Return a point whose arrays have at most two rows and columns; sympy is slow on more."""
    point = next(points(question, 1))
    return {
        name: number[:2, :2] if isinstance(number, np.ndarray) else number
        for name, number in point.items()
    }


def test_every_question_has_a_road() -> None:
    """A question that is added needs a second road to its answer."""
    roads = [set(FORMS), set(MEASURED), set(FACTS), set(DESIGNS)]
    assert set().union(*roads) == set(QUESTIONS)
    assert sum(map(len, roads)) == len(QUESTIONS)
    assert set(DERIVED) | set(DERIVATIVES) <= set(FORMS)


@pytest.mark.parametrize("name", FORMS)
def test_references_are_the_closed_forms(name: str) -> None:
    """The key says what the formula written in numpy says, in every case."""
    for point in points(QUESTIONS[name]):
        agree(value(QUESTIONS[name], point), FORMS[name](point))


@pytest.mark.parametrize("name", DERIVATIVES)
def test_autograd_confirms_the_closed_forms(name: str) -> None:
    """torch differentiates the definition and finds the same numbers."""
    for point in points(QUESTIONS[name]):
        agree(DERIVATIVES[name](point), FORMS[name](point))


@pytest.mark.parametrize("name", DERIVED)
def test_sympy_derives_the_closed_forms(name: str) -> None:
    """sympy differentiates the definition exactly and finds the same numbers."""
    slow = QUESTIONS[name].names.vars.keys() >= {"X"}
    question = QUESTIONS[name]
    for point in [small(question)] if slow else points(question, 1):
        if slow:  # rows that were cut off may leave none of the labels
            point["Y"] = np.eye(2)
        agree(DERIVED[name](point), FORMS[name](point))


@pytest.mark.parametrize("name", MEASURED)
def test_counts_and_shapes_are_those_of_torch(name: str) -> None:
    """What is counted by formula is what torch's modules have."""
    agree(value(QUESTIONS[name], {}), np.ravel(MEASURED[name]()))


@pytest.mark.parametrize("name", FACTS)
def test_facts_are_as_written(name: str) -> None:
    """The key says what is written here a second time."""
    agree(value(QUESTIONS[name], {}), np.array(FACTS[name]))


def test_softmax_jacobian_by_diff_is_its_closed_form() -> None:
    """diff gives diag(s) - s sᵀ, and s_i (δ_ij - s_j) for each entry, as expressions."""
    z = matrix("z", 4)
    s = softmax(z)
    derived = s.jacobian(z)
    assert sp.simplify(derived - (sp.diag(*s) - s * s.T)) == sp.zeros(4, 4)
    entries = sp.Matrix(4, 4, lambda i, j: s[i] * (sp.KroneckerDelta(i, j) - s[j]))
    assert sp.simplify(derived - entries) == sp.zeros(4, 4)


def test_cross_entropy_gradient_by_diff_is_softmax_minus_label() -> None:
    """For each class, diff of -log s_k gives s - t as an expression."""
    z = matrix("z", 3)
    s = softmax(z)
    for k in range(3):
        label = sp.Matrix([int(i == k) for i in range(3)])
        derived = z.applyfunc(lambda one, k=k: sp.diff(-sp.log(s[k]), one))
        assert sp.simplify(derived - (s - label)) == sp.zeros(3, 1)


@pytest.mark.parametrize("name", ["output", "hidden", "z", "x", "W1", "b1", "W2", "b2"])
def test_backpropagation_holds_for_any_activation(name: str) -> None:
    """With σ and σ′ left open, diff of the loss is the closed form, as an expression."""
    derived, closed = shortcut()
    assert (derived[name] - closed[name]).expand() == sp.zeros(*closed[name].shape)


def test_every_max_pooled_image_is_the_same() -> None:
    """One answer serves all four images."""
    for number in range(4):
        agree(pooled(torch.nn.MaxPool2d(2), number), np.ones(4))


def test_padding_and_stride_give_the_size_asked_for() -> None:
    """torch's convolution with the design's padding and stride halves the image."""
    padding, stride = (int(number) for number in value(DESIGNS[_ic("padding_and_stride")], {}))
    layer = torch.nn.Conv2d(32, 64, 3, padding=padding, stride=stride)
    assert layer(torch.zeros(1, 32, 64, 64)).shape[1:] == (64, 32, 32)


def test_the_side_of_a_convolution_is_that_of_torch() -> None:
    """In every case of the key, torch's convolution has the side that the formula gives."""
    question = QUESTIONS[_ic("convolution_side")]
    for point in points(question, 1):
        n, k, p, s = (int(point[name]) for name in "nkps")
        layer = torch.nn.Conv2d(1, 1, k, stride=s, padding=p)
        agree(value(question, point), np.array(layer(torch.zeros(1, 1, n, n)).shape[-1:]))


@pytest.mark.parametrize(("name", "gate"), [("and_gate", all), ("or_gate", any)])
def test_gates_follow_their_truth_tables(name: str, gate: Any) -> None:
    """The unit fires where it should, and nowhere else."""
    one, two, bias = value(DESIGNS[f"mlp_from_scratch/{name}"], {})
    for x in CORNERS:
        assert (one * x[0] + two * x[1] + bias >= 0) == gate(x)


@pytest.mark.parametrize(
    ("name", "units", "on"), [("or_network", 1, any), ("xor_network", 2, lambda x: x[0] != x[1])]
)
def test_relu_networks_follow_their_truth_tables(name: str, units: int, on: Any) -> None:
    """The output is at least 1 where it should, and exactly 0 elsewhere."""
    numbers = value(DESIGNS[f"depth_vs_width/{name}"], {})
    assert len(numbers) == 4 * units + 1
    weights, biases, outputs, offset = np.split(numbers, np.cumsum([2 * units, units, units]))
    for x in CORNERS:
        hidden = np.maximum(weights.reshape(units, 2) @ x + biases, 0)
        result = float(outputs @ hidden + offset[0])
        assert result >= 1 if on(x) else result == 0


def test_descending_network_knows_every_order() -> None:
    """All lists of five ranks, ties included, and gaps as small as one likes."""
    numbers = value(DESIGNS["handmade_networks/descending_network"], {})
    exact = [Fraction(float(number)) for number in numbers]
    tiny = Fraction(1, 10**30)
    lists: list[Sequence[Fraction | int]] = list(itertools.product(range(5), repeat=5))
    lists += [[tiny * rank for rank in ranks] for ranks in random.Random(0).sample(lists, 200)]
    lists += [[4 * tiny, 3 * tiny, 2 * tiny, tiny, 0]]
    for x in lists:
        hidden = [
            sum(w * a for w, a in zip(exact[5 * i : 5 * i + 5], x, strict=True)) + exact[20 + i]
            >= 0
            for i in range(4)
        ]
        fires = sum(w for w, on in zip(exact[24:28], hidden, strict=True) if on) + exact[28] >= 0
        assert fires == all(a > b for a, b in itertools.pairwise(x))


def test_xor_inequalities_say_what_xor_asks_and_contradict_each_other() -> None:
    """Each holds exactly where the unit is right at its input; together they cancel out."""
    question = DESIGNS["mlp_from_scratch/xor_proof"]
    grid = [number / 2 for number in range(-3, 4)]
    for w1, w2, b in itertools.product(grid, repeat=3):
        holds = value(question, {"w1": w1, "w2": w2, "b": b})[:4]
        right = [(w1 * x[0] + w2 * x[1] + b >= 0) == (x[0] != x[1]) for x in CORNERS]
        assert holds.tolist() == right
        assert not all(right)
    factors = value(question, {"w1": 0.0, "w2": 0.0, "b": 0.0})[4:]
    signs = np.array([1 if x[0] != x[1] else -1 for x in CORNERS])  # all turned the same way
    assert (factors > 0).all()
    assert not ((factors * signs) @ np.array([[*x, 1] for x in CORNERS])).any()


def _ic(name: str) -> str:
    return f"image_classifier/{name}"
