"""Linear networks, their loss and their one matrix."""

import pytest
import torch
from figures import weight_heat_map
from linear import class_weights, collapse, linear_model, probability_loss, two_layer_model
from samples import small_linear, small_relu
from studentkit import assert_close, task
from studentkit.gradients import assert_gradients
from studentkit.networks import layers_of, outputs_of, parameters_of, set_state

DRAW = torch.Generator().manual_seed(9)
P = torch.softmax(torch.randn(6, 3, generator=DRAW, dtype=torch.float64), dim=1)
LABELS = torch.tensor([0, 2, 1, 1, 0, 1])
WEIGHTS = torch.tensor([0.5, 2.0, 7.0], dtype=torch.float64)


@task("linear_models")
@pytest.mark.parametrize("build", [linear_model, two_layer_model], ids=["one", "two"])
def test_probabilities_sum_to_one_for_each_sample(build):
    """Both models give each sample two probabilities that sum to 1."""
    found = outputs_of(build(7), torch.randn(5, 7, generator=DRAW))
    assert tuple(found.shape) == (5, 2), f"the outputs have shape {tuple(found.shape)}"
    assert_close(found.sum(dim=1), torch.ones(5), "the sums", rtol=1e-5)


@task("linear_models")
@pytest.mark.parametrize("build", [linear_model, two_layer_model], ids=["one", "two"])
def test_layers_have_biases_and_fit_the_inputs(build):
    """Both models take as many inputs as asked, and their layers have biases."""
    layers = [one for name, one in layers_of(build(12)) if name == "Linear"]
    assert layers[0]["in_features"] == 12, f"it takes {layers[0]['in_features']} inputs"
    assert all(one["bias"] for one in layers), "a layer has no bias"


@task("linear_models")
def test_the_loss_is_a_weighted_mean():
    """probability_loss with weights divides by the sum of the samples' weights."""
    each = -torch.log(P[torch.arange(6), LABELS])
    weights = WEIGHTS[LABELS]
    expected = (weights * each).sum() / weights.sum()
    assert_close(probability_loss(P, LABELS, WEIGHTS), expected, "the loss", rtol=1e-5)


@task("linear_models")
def test_a_probability_of_zero_is_survived():
    """probability_loss stays finite, and large, where the true class has probability 0."""
    loss = float(probability_loss(torch.tensor([[0.0, 1.0]]), torch.tensor([0])))
    assert 10 < loss < 1000, f"the loss is {loss}"


@task("linear_models")
def test_the_loss_has_a_gradient():
    """The gradient of probability_loss is that of its values."""
    expected = -torch.log(P[torch.arange(6), LABELS]).mean()
    assert_close(probability_loss(P, LABELS), expected, "the loss", rtol=1e-5)
    assert_gradients(probability_loss, P, LABELS, what="the loss")


@task("linear_models")
def test_rare_classes_weigh_more():
    """class_weights are N / (C * count), so that all classes weigh the same together."""
    found = class_weights(torch.tensor([0, 0, 0, 1, 0, 2, 0, 2]))
    assert_close(found, [8 / 15, 8 / 3, 8 / 6], "the weights", rtol=1e-5)


def check_matrix(network):
    """Check that collapse returns the product of the three matrices."""
    one = parameters_of(network)
    W, _ = collapse(network)
    expected = one["2.weight"] @ one["1.weight"] @ one["0.weight"]
    assert_close(W, expected, "W", rtol=1e-4, atol=1e-6)


@task("collapse")
def test_matrix_and_bias_are_products():
    """collapse multiplies the matrices from the last to the first, and carries biases along."""
    network = small_linear()
    one = parameters_of(network)
    W, b = collapse(network)
    expected = one["2.weight"] @ one["1.weight"] @ one["0.weight"]
    assert_close(W, expected, "W", rtol=1e-4, atol=1e-6)
    carried = one["2.weight"] @ (one["1.weight"] @ one["0.bias"] + one["1.bias"]) + one["2.bias"]
    assert_close(b, carried, "b", rtol=1e-4, atol=1e-6)


@task("collapse")
def test_what_is_collapsed_goes_into_the_softmax():
    """collapse of a network that ends in Softmax gives the scores in front of it."""
    network, X = small_linear(softmax=True), torch.randn(6, 4, generator=DRAW)
    W, b = collapse(network)
    scores = torch.softmax(X @ W.T + b, dim=1)
    assert_close(scores, outputs_of(network, X), "the probabilities", rtol=1e-4)


@task("collapse")
def test_an_activation_between_layers_is_refused():
    """collapse raises ValueError where another layer stands between the Linear ones."""
    check_matrix(small_linear())
    with pytest.raises(ValueError):
        collapse(small_relu())


@task("collapse")
def test_collapsing_leaves_the_network_alone():
    """collapse changes no parameter of the network."""
    network = small_linear()
    before = parameters_of(network)
    check_matrix(network)
    for name, value in parameters_of(network).items():
        assert_close(value, before[name], name)


@task("heat_map")
def test_columns_have_the_names_of_their_inputs():
    """weight_heat_map names each column after its input."""
    axes = weight_heat_map(small_linear(), ["age", "day", "male", "icu"])
    found = [label.get_text() for label in axes.get_xticklabels()]
    assert found == ["age", "day", "male", "icu"], f"the tick labels are {found}"


@task("heat_map")
def test_zero_is_in_the_middle_of_the_colours():
    """weight_heat_map gives 0 the middle of its colour scale, so that signs can be seen."""
    network = small_linear()
    state = parameters_of(network)
    state["0.weight"] = torch.arange(12.0).reshape(3, 4)
    set_state(network, state)
    low, high = weight_heat_map(network, list("abcd")).images[0].get_clim()
    assert_close(low, -high, "the lower end of the colours")
    assert high >= 11, "the largest weight lies outside the colours"
