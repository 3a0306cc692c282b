"""Networks of linear layers."""

import torch
from figures import weight_heat_map
from linear import collapse, linear_model, probability_loss, two_layer_model
from samples import small_linear
from studentkit import assert_close, task
from studentkit.figures import figure_of
from studentkit.networks import layers_of, outputs_of, parameters_of, set_state

P = torch.tensor([[0.9, 0.1], [0.3, 0.7], [0.5, 0.5]])
LABELS = torch.tensor([0, 0, 1])


@task("linear_models")
def test_the_layers_are_those_of_the_handout():
    """linear_model has layers of 5 and 2 units and a Softmax; two_layer_model one more of 5."""
    for build, sizes in ((linear_model, [9, 5, 2]), (two_layer_model, [9, 5, 5, 2])):
        *layers, (last, _) = layers_of(build(9))
        names = [name for name, _ in layers]
        assert names == ["Linear"] * (len(sizes) - 1), f"before the last layer are {names}"
        assert last == "Softmax", f"the last layer is {last}"
        found = [9] + [one["out_features"] for _, one in layers]
        assert found == sizes, f"the sizes are {found}; expected {sizes}"


@task("linear_models")
def test_the_loss_takes_the_true_class():
    """probability_loss is the mean of -log of the true class's probability."""
    expected = -torch.log(torch.tensor([0.9, 0.3, 0.5])).mean()
    assert_close(probability_loss(P, LABELS), expected, "the loss", rtol=1e-5)


@task("collapse")
def test_one_matrix_does_what_the_layers_do():
    """X Wᵀ + b of collapse gives the outputs of the network of three linear layers."""
    network, X = small_linear(), torch.randn(6, 4, generator=torch.Generator().manual_seed(1))
    W, b = collapse(network)
    assert tuple(W.shape) == (2, 4), f"W has shape {tuple(W.shape)}; expected (2, 4)"
    assert_close(X @ W.T + b, outputs_of(network, X), "X Wᵀ + b", rtol=1e-4, atol=1e-5)


@task("heat_map")
def test_the_heat_map_shows_the_first_layer():
    """weight_heat_map draws the weights of the first layer as an image, with a colour bar."""
    network = small_linear()
    state = parameters_of(network)
    state["0.weight"] = torch.arange(12.0).reshape(3, 4) - 5
    set_state(network, state)
    axes = figure_of(weight_heat_map(network, list("abcd")), "Weights of the first layer").axes[0]
    assert len(axes.images) == 1, f"there are {len(axes.images)} images"
    assert_close(axes.images[0].values, state["0.weight"], "the values of the image")
    assert axes.colorbar, "a colour bar is missing"
    assert axes.xlabel and axes.ylabel, "an axis has no label"
