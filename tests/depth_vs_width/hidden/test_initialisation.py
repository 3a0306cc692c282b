"""Starts and the curves that follow from them, by what can be proved of them."""

import numpy as np
import pytest
import torch
from figures import plot_curves
from initialisation import distinct_units, make_network, training_curve
from samples import small_relu, small_sigmoid
from studentkit import assert_close, task
from studentkit.figures import figure_of
from studentkit.networks import layers_of, outputs_of, parameters_of, set_state, state_of

DRAW = torch.Generator().manual_seed(2)
X = torch.randn(12, 2, generator=DRAW)  # (N, 2)
UNEVEN = torch.tensor([1.0] * 9 + [-1.0] * 3)
EVEN = torch.tensor([1.0, -1.0] * 6)


def values(network):
    """Return the parameters as a list, in their order."""
    return list(parameters_of(network).values())


def at_zero(network):
    """Set all parameters to 0."""
    set_state(network, {name: 0 * value for name, value in state_of(network).items()})
    return network


@task("start_weights")
def test_a_random_start_is_torchs_own():
    """make_network(..., "random") keeps what torch draws for Linear layers after the seed."""
    found = values(make_network("relu", "random", (2, 5, 3, 1), seed=11))
    torch.manual_seed(11)
    expected = [p for a, b in ((2, 5), (5, 3), (3, 1)) for p in torch.nn.Linear(a, b).parameters()]
    assert len(found) == len(expected), "the number of parameters"
    for number, (mine, theirs) in enumerate(zip(found, expected, strict=True), 1):
        assert_close(mine, theirs.detach(), f"parameter {number}")


@task("start_weights")
def test_another_seed_draws_another_start():
    """make_network draws the same start for the same seed, and another for another seed."""
    first, again, other = (
        values(make_network("sigmoid", "random", (2, 4, 1), s)) for s in (1, 1, 2)
    )
    assert torch.equal(first[0], again[0]), "the same seed gave different weights"
    assert not torch.equal(first[0], other[0]), "different seeds gave the same weights"


@task("start_weights")
def test_the_word_relu_makes_relu_units():
    """make_network takes its activation from its argument."""
    names = [name for name, _ in layers_of(make_network("relu", "zero", (3, 4, 2)))]
    assert names == ["Linear", "ReLU", "Linear"], f"the layers are {names}"


@task("start_weights")
@pytest.mark.parametrize("words", [("tanh", "random"), ("relu", "ones")])
def test_unknown_words_are_refused(words):
    """make_network raises ValueError for an activation or a start that it does not know."""
    names = [name for name, _ in layers_of(make_network("sigmoid", "random", (2, 3, 1)))]
    assert names == ["Linear", "Sigmoid", "Linear"], f"the layers of known words are {names}"
    with pytest.raises(ValueError):
        make_network(*words)


@task("start_weights")
def test_biases_and_tolerance_count():
    """distinct_units looks at biases too, and takes units within the tolerance for the same."""
    network = make_network("relu", "zero", (2, 4, 1))
    state = state_of(network)
    weight, bias, *_ = state  # whatever the layers are called
    state[weight] = torch.tensor([[1.0, 2.0], [1.0, 2.0], [1.0, 2.0], [2.0, 1.0]])
    state[bias] = torch.tensor([0.0, 0.0, 0.01, 0.0])
    set_state(network, state)
    assert distinct_units(network) == 3, "two of four units are the same"
    assert distinct_units(network, tolerance=0.1) == 2, "with a tolerance of 0.1"


@task("start_curves")
def test_the_network_is_trained():
    """training_curve leaves the network as its updates made it."""
    network = small_relu()
    before = values(network)
    slope = 2 * (outputs_of(network, X)[:, 0] - UNEVEN).mean()  # of the last bias
    _, norms = training_curve(network, X, UNEVEN, 1, 0.25)
    assert_close(norms[0, -1], abs(slope), "the gradient of the last bias", rtol=1e-3)
    for number, (old, new) in enumerate(zip(before, values(network), strict=True)):
        moved = (old - new).norm() / 0.25
        assert_close(moved, norms[0, number], f"the move of parameter {number + 1}", rtol=1e-3)


@task("start_curves")
def test_each_step_and_each_parameter_has_a_record():
    """training_curve returns losses (T,) and norms (T, P)."""
    network = small_relu()
    start = (outputs_of(network, X)[:, 0] - EVEN).square().mean()
    losses, norms = training_curve(network, X, EVEN, 7, 0.01)
    assert_close(losses[0], start, "the first loss", rtol=1e-4)
    assert tuple(losses.shape) == (7,), f"the losses have shape {tuple(losses.shape)}"
    assert tuple(norms.shape) == (7, 6), f"the norms have shape {tuple(norms.shape)}"


@task("start_curves")
def test_from_zero_a_relu_network_learns_the_mean_only():
    """From zero a ReLU network's loss is the variance of the labels plus what its bias is off."""
    network = at_zero(small_relu())
    losses, _ = training_curve(network, X, UNEVEN, 6, 0.1)
    mean = 0.5
    expected = 1 - mean**2 + mean**2 * (1 - 2 * 0.1) ** (2 * np.arange(6.0))
    assert_close(losses, expected, "the losses", rtol=1e-5)


@task("start_curves")
def test_from_zero_sigmoid_units_move_together():
    """From zero sigmoid units do move where the labels are uneven, and stay the same as others."""
    network = at_zero(small_sigmoid())
    _, norms = training_curve(network, X, UNEVEN, 5, 0.5)
    assert float(norms[0, 0]) == 0, "the first gradient of the first layer is not 0"
    assert float(norms[1:, 0].min()) > 0, "the first layer does not move after that"
    weight, bias, outgoing, _ = values(network)
    for row in (1, 2):
        assert_close(weight[row], weight[0], "the weights of a unit", rtol=1e-5)
        assert_close(bias[row], bias[0], "the bias of a unit", rtol=1e-5)
        assert_close(outgoing[0, row], outgoing[0, 0], "an outgoing weight", rtol=1e-5)


@task("start_curves")
def test_from_zero_even_labels_hold_a_sigmoid_network_still():
    """With as many +1 as -1 a sigmoid network at zero has no gradient at all."""
    losses, norms = training_curve(at_zero(small_sigmoid()), X, EVEN, 3, 0.5)
    assert_close(losses, np.ones(3), "the losses")
    assert_close(norms, np.zeros((3, 4)), "the norms", atol=1e-7)


@task("start_curves")
def test_values_stand_at_their_steps():
    """plot_curves puts the first value at x = every, and takes tensors as well as lists."""
    axes = figure_of(plot_curves({"a": torch.tensor([3.0, 2.0, 1.0])}, "visits", "", 25)).axes[0]
    assert_close(axes.lines[0].x, [25, 50, 75], "where the values stand")
