"""Networks that start from zero or at random, and how gradient descent goes on from there."""

import torch
from figures import plot_curves
from initialisation import distinct_units, make_network, training_curve
from samples import small_relu
from studentkit import assert_close, task
from studentkit.figures import figure_of
from studentkit.networks import layers_of, parameters_of, set_state, state_of

X = torch.tensor([[0.5, -1.0], [1.5, 0.5], [-0.5, 2.0], [1.0, 1.0], [-2.0, 0.5]])  # (N, 2)
Y = torch.tensor([1.0, -1.0, 1.0, 1.0, -1.0])


def twin(network):
    """Return a network of torch's own with the layers of small_relu and the same parameters."""
    copy = torch.nn.Sequential(
        torch.nn.Linear(2, 3),
        torch.nn.ReLU(),
        torch.nn.Linear(3, 2),
        torch.nn.ReLU(),
        torch.nn.Linear(2, 1),
    )
    copy.load_state_dict(state_of(network))
    return copy


@task("start_weights")
def test_an_activation_stands_between_linear_layers():
    """make_network alternates Linear layers and activations, and ends in a Linear layer."""
    layers = layers_of(make_network("sigmoid", "random", (2, 5, 4, 1)))
    names = [name for name, _ in layers]
    assert names == ["Linear", "Sigmoid", "Linear", "Sigmoid", "Linear"], f"the layers are {names}"
    sizes = [(one["in_features"], one["out_features"]) for name, one in layers if name == "Linear"]
    assert sizes == [(2, 5), (5, 4), (4, 1)], f"the Linear layers are {sizes}"


@task("start_weights")
def test_a_start_from_zero_is_zero_everywhere():
    """make_network(..., "zero") sets all weights and all biases to 0."""
    found = parameters_of(make_network("relu", "zero", (2, 3, 1)))
    shapes = [tuple(value.shape) for value in found.values()]
    assert shapes == [(3, 2), (3,), (1, 3), (1,)], f"the parameters have shapes {shapes}"
    for name, value in found.items():
        assert_close(value, torch.zeros(value.shape), name)


@task("start_weights")
def test_units_are_counted_by_their_weights():
    """distinct_units finds one unit after a start from zero, and all after a random one."""
    assert distinct_units(make_network("relu", "zero", (2, 6, 1))) == 1
    assert distinct_units(make_network("relu", "random", (2, 6, 1))) == 6


@task("start_curves")
def test_the_losses_are_those_of_gradient_descent():
    """training_curve records the mean squared error before each update of gradient descent."""
    network = small_relu()
    copy, expected = twin(network), []
    for _ in range(4):
        loss = (copy(X)[:, 0] - Y).square().mean()
        slopes = torch.autograd.grad(loss, list(copy.parameters()))
        expected.append(loss.item())
        with torch.no_grad():
            for parameter, slope in zip(copy.parameters(), slopes, strict=True):
                parameter.sub_(0.1 * slope)
    losses, _ = training_curve(network, X, Y, 4, 0.1)
    assert_close(losses, expected, "the losses", rtol=1e-4)


@task("start_curves")
def test_from_zero_only_the_last_bias_of_a_relu_network_moves():
    """With ReLU and a start from zero every gradient but that of the last bias is exactly 0."""
    network = small_relu()
    set_state(network, {name: 0 * value for name, value in state_of(network).items()})
    _, norms = training_curve(network, X, Y, 3, 0.1)
    assert_close(norms[:, :-1], torch.zeros(3, 5), "the gradients of all but the last bias")
    assert float(norms[:, -1].min()) > 0, "the last bias has a gradient, but yours is recorded as 0"


@task("start_curves")
def test_curves_have_names_and_labels():
    """plot_curves draws each curve as a line of its name, with a legend and both labels."""
    drawn = figure_of(plot_curves({"a": [3.0, 2.0], "b": [1.0, 4.0]}, "step", "loss"), "Curves")
    axes = drawn.axes[0]
    assert (axes.xlabel, axes.ylabel) == ("step", "loss"), "the labels of the axes"
    found = {line.label: list(line.y) for line in axes.lines}
    assert found == {"a": [3.0, 2.0], "b": [1.0, 4.0]}, f"the lines are {found}"
    assert sorted(axes.legend) == ["a", "b"], f"the legend names {axes.legend}"
