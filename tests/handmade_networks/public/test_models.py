"""The networks: their parameters, and what they compute from given ones."""

from itertools import pairwise

import models
import torch
from studentkit import assert_close, task
from studentkit.networks import outputs_of, parameters_of, set_state
from torch.nn import functional as F

DRAW = torch.Generator().manual_seed(11)
X = torch.rand(4, 1, 28, 28, generator=DRAW)
SIZES = (784, 200, 100, 60, 30, 10)
CONVOLUTIONS = ((4, 1, 5, 5), (8, 4, 5, 5), (12, 8, 4, 4))


def drawn(shapes):
    """Return a tensor of each shape, by name."""
    return {name: 0.1 * torch.randn(shape, generator=DRAW) for name, shape in shapes.items()}


def dense(sizes):
    """Return the names and shapes of dense layers."""
    shapes = {}
    for number, (rows, columns) in enumerate(pairwise(sizes), 1):
        shapes |= {f"W{number}": (rows, columns), f"b{number}": (columns,)}
    return shapes


def convolutional(hidden):
    """Return the names and shapes of the convolutional network."""
    shapes = {}
    for number, shape in enumerate(CONVOLUTIONS, 1):
        shapes |= {f"W{number}": shape, f"b{number}": shape[:1]}
    shapes |= {"W4": (588, hidden), "b4": (hidden,), "W5": (hidden, 10), "b5": (10,)}
    return shapes


def check_shapes(net, expected):
    """Compare names and shapes of all parameters."""
    found = {name: tuple(one.shape) for name, one in parameters_of(net).items()}
    assert found, "the network has no parameters; a plain tensor is none: wrap it in nn.Parameter"
    assert found == expected, f"the parameters are {found}; expected {expected}"


def close(found, expected):
    """Compare outputs; float32 leaves about six digits."""
    assert_close(found, expected, "the outputs", rtol=1e-4, atol=1e-5)


def check_last_bias(net, name):
    """Check that what is added to the last bias comes out again, whatever lies before it."""
    before, state = outputs_of(net, X), parameters_of(net)
    set_state(net, {**state, name: state[name] + torch.arange(10.0)})
    change = outputs_of(net, X) - before
    close(change, torch.arange(10.0).expand(len(X), 10))


@task("two_layers")
def test_two_layers_have_four_parameters():
    """TwoLayers(200) has W1 (784, 200), b1 (200,), W2 (200, 10) and b2 (10,)."""
    check_shapes(models.TwoLayers(200), dense((784, 200, 10)))
    check_last_bias(models.TwoLayers(200, logits=True), "b2")


@task("two_layers")
def test_two_layers_return_probabilities():
    """TwoLayers returns softmax(sigmoid(X W1 + b1) W2 + b2), a distribution in each row."""
    net, state = models.TwoLayers(7), drawn(dense((784, 7, 10)))
    set_state(net, state)
    hidden = torch.sigmoid(X.flatten(1) @ state["W1"] + state["b1"])
    close(outputs_of(net, X), F.softmax(hidden @ state["W2"] + state["b2"], dim=1))


@task("five_layers")
def test_five_layers_have_ten_parameters():
    """FiveLayers has W1, b1 to W5, b5 for hidden layers of 200, 100, 60 and 30 units."""
    check_shapes(models.FiveLayers(), dense(SIZES))
    check_last_bias(models.FiveLayers(logits=True), "b5")


@task("five_layers")
def test_five_layers_pass_each_hidden_layer_through_relu():
    """FiveLayers("relu", logits=True) applies ReLU after each layer but the last."""
    net, state = models.FiveLayers("relu", logits=True), drawn(dense(SIZES))
    set_state(net, state)
    expected = X.flatten(1)
    for number in range(1, 5):
        expected = F.relu(expected @ state[f"W{number}"] + state[f"b{number}"])
    close(outputs_of(net, X), expected @ state["W5"] + state["b5"])


@task("starting_values")
def test_a_start_from_zeros_is_zero_everywhere():
    """With start="zeros" every weight and every bias is exactly 0."""
    sizes = (784, 200, 10), SIZES
    nets = models.TwoLayers(start="zeros"), models.FiveLayers("relu", start="zeros")
    for net, expected in zip(nets, sizes, strict=True):
        check_shapes(net, dense(expected))
        for name, value in parameters_of(net).items():
            assert not bool(value.any()), f"{name} is not 0 everywhere"


@task("starting_values")
def test_relu_units_start_with_a_bias_of_a_tenth():
    """With "relu" and a random start all biases of FiveLayers are 0.1."""
    found = parameters_of(models.FiveLayers("relu"))
    for number, units in enumerate(SIZES[1:], 1):
        assert_close(found[f"b{number}"], torch.full((units,), 0.1), f"b{number}")


@task("convnet")
def test_the_convolutional_network_has_ten_parameters():
    """ConvNet has W1, b1 to W5, b5 in the shapes of the table and of the dense layers."""
    net = models.ConvNet()
    check_shapes(net, convolutional(30))
    check_last_bias(net, "b5")


@task("convnet")
def test_each_convolution_gets_what_the_last_one_gave():
    """ConvNet chains three convolutions, each with ReLU, then two dense layers; scores come out."""
    net, state = models.ConvNet(9), drawn(convolutional(9))
    set_state(net, state)
    maps = X
    for number, (stride, padding) in enumerate(((1, 2), (2, 2), (2, 1)), 1):
        weight, bias = state[f"W{number}"], state[f"b{number}"]
        maps = F.relu(F.conv2d(maps, weight, bias, stride, padding))
    hidden = F.relu(maps.flatten(1) @ state["W4"] + state["b4"])
    close(outputs_of(net, X), hidden @ state["W5"] + state["b5"])
