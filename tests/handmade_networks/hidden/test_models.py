"""The networks: outputs, gradients, starting values, independence."""

import math

import models
import torch
from studentkit import assert_close, task
from studentkit.gradients import assert_module_gradients, module_gradients
from studentkit.networks import outputs_of, parameters_of, set_state
from torch.nn import functional as F

DRAW = torch.Generator().manual_seed(31)
X = torch.rand(5, 1, 28, 28, generator=DRAW)
Y = torch.tensor([9, 0, 4, 4, 7])
SIZES = (784, 200, 100, 60, 30, 10)


def own_values(net, scale=0.1):
    """Give every parameter of a network values of the test's own, and return them."""
    shapes = {name: value.shape for name, value in parameters_of(net).items()}
    assert shapes, "the network has no parameters"
    state = {name: scale * torch.randn(shape, generator=DRAW) for name, shape in shapes.items()}
    set_state(net, state)
    return {name: value.clone().requires_grad_() for name, value in state.items()}


def two_scores(state):
    """Return the scores of two layers."""
    hidden = torch.sigmoid(X.flatten(1) @ state["W1"] + state["b1"])
    return hidden @ state["W2"] + state["b2"]


def five_scores(state, activation):
    """Return the scores of five layers."""
    values = X.flatten(1)
    for number in range(1, 5):
        values = activation(values @ state[f"W{number}"] + state[f"b{number}"])
    return values @ state["W5"] + state["b5"]


def conv_scores(state):
    """Return the scores of the convolutional network."""
    maps = X
    for number, (stride, padding) in enumerate(((1, 2), (2, 2), (2, 1)), 1):
        maps = F.conv2d(maps, state[f"W{number}"], state[f"b{number}"], stride, padding).relu()
    hidden = F.relu(maps.flatten(1) @ state["W4"] + state["b4"])
    return hidden @ state["W5"] + state["b5"]


def check_outputs(net, expected):
    """Compare outputs in evaluation mode."""
    assert_close(outputs_of(net, X), expected.detach(), "the outputs", rtol=1e-4, atol=1e-5)


def check_gradients(net, state, scores):
    """Compare the gradients of cross-entropy with those of the formula."""
    expected = torch.autograd.grad(F.cross_entropy(scores, Y), list(state.values()))
    found = module_gradients(net, "cross_entropy", X, Y)
    for name, slope in zip(state, expected, strict=True):
        assert_close(found[name], slope, f"the gradient of {name}", rtol=1e-3, atol=1e-5)


def check_last_bias(net, name):
    """Check that what is added to the last bias comes out again, whatever lies before it."""
    before, state = outputs_of(net, X), parameters_of(net)
    shift = torch.linspace(-1, 2, 10)
    set_state(net, {**state, name: state[name] + shift})
    change = outputs_of(net, X) - before
    assert_close(change, shift.expand(len(X), 10), "the change", rtol=1e-3, atol=1e-4)


@task("two_layers")
def test_two_layers_return_scores_where_they_are_asked_to():
    """With logits=True TwoLayers leaves the softmax out."""
    net = models.TwoLayers(6, logits=True)
    check_outputs(net, two_scores(own_values(net)))


@task("two_layers")
def test_the_softmax_of_two_layers_runs_over_the_classes():
    """Without logits TwoLayers gives each image its own distribution over ten classes."""
    net = models.TwoLayers(6)
    check_outputs(net, F.softmax(two_scores(own_values(net, 0.3)), dim=1))


@task("two_layers")
def test_every_parameter_of_two_layers_learns():
    """The gradients of TwoLayers are those of its formula, for all four parameters."""
    net = models.TwoLayers(6, logits=True)
    state = own_values(net)
    check_gradients(net, state, two_scores(state))


@task("two_layers")
def test_backpropagation_through_two_layers_is_a_slope():
    """Autograd through TwoLayers agrees with finite differences."""
    net = models.TwoLayers(6, logits=True)
    own_values(net)
    check_last_bias(net, "b2")
    assert_module_gradients(net, "cross_entropy", X, Y)


@task("two_layers")
def test_the_number_of_hidden_units_is_respected():
    """TwoLayers(hidden) has exactly `hidden` units, few or many."""
    for hidden in (1, 10, 33):
        shapes = {
            name: tuple(one.shape) for name, one in parameters_of(models.TwoLayers(hidden)).items()
        }
        expected = {"W1": (784, hidden), "b1": (hidden,), "W2": (hidden, 10), "b2": (10,)}
        assert shapes == expected, "the parameters"
    check_last_bias(models.TwoLayers(3, logits=True), "b2")


@task("five_layers")
def test_five_layers_use_the_sigmoid_unless_told_otherwise():
    """FiveLayers() applies the sigmoid after each hidden layer and a softmax at the end."""
    net = models.FiveLayers()
    check_outputs(net, F.softmax(five_scores(own_values(net), torch.sigmoid), dim=1))


@task("five_layers")
def test_five_layers_of_relu_return_probabilities_too():
    """FiveLayers("relu") ends with a softmax over the classes unless logits are wanted."""
    net = models.FiveLayers("relu")
    check_outputs(net, F.softmax(five_scores(own_values(net), F.relu), dim=1))


@task("five_layers")
def test_every_parameter_of_five_layers_learns():
    """The gradients of FiveLayers are those of its formula, for all ten parameters."""
    net = models.FiveLayers("relu", logits=True)
    state = own_values(net)
    check_gradients(net, state, five_scores(state, F.relu))


@task("convnet")
def test_the_convolutional_network_computes_its_formula():
    """ConvNet has the strides, the padding and the order of units that the handout gives."""
    net = models.ConvNet(8)
    check_outputs(net, conv_scores(own_values(net)))


@task("convnet")
def test_every_parameter_of_the_convolutional_network_learns():
    """The gradients of ConvNet are those of its formula, for all ten parameters."""
    net = models.ConvNet(8)
    state = own_values(net)
    check_gradients(net, state, conv_scores(state))


@task("convnet")
def test_images_do_not_depend_on_their_neighbours():
    """ConvNet scores an image the same whether it comes alone or in a batch."""
    net = models.ConvNet(8)
    own_values(net)
    check_last_bias(net, "b5")
    together, alone = outputs_of(net, X), outputs_of(net, X[3:4])
    assert_close(alone[0], together[3], "the scores of one image", rtol=1e-4, atol=1e-5)


@task("convnet")
def test_the_convolutional_network_starts_small_and_active():
    """ConvNet starts with weights of standard deviation 0.1 and with biases of 0.1."""
    net = models.ConvNet()
    found = parameters_of(net)
    for number in range(1, 6):
        check_spread(found[f"W{number}"], f"W{number}")
        bias = found[f"b{number}"]
        assert_close(bias, torch.full(bias.shape, 0.1), f"b{number}")
    check_last_bias(net, "b5")


def check_spread(weights, name):
    """Look whether weights are 0.1 times numbers of a normal distribution.

    The bounds are seven standard deviations wide.
    """
    n = weights.numel()
    mean, deviation = float(weights.mean()), float(weights.std())
    assert abs(mean) < 7 * 0.1 / math.sqrt(n), f"the mean of {name} is {mean:.3g}"
    assert abs(deviation - 0.1) < 7 * 0.1 / math.sqrt(2 * n), (
        f"the standard deviation of {name} is {deviation:.3g}"
    )
    beyond = float((weights.abs() > 0.2).double().mean())  # 4.55 % of a normal distribution
    assert n < 10_000 or 0.03 < beyond < 0.06, f"{name} is not normally distributed"


def found(net):
    """Return all parameters of a dense network; a loop over none of them would find no fault."""
    values = parameters_of(net)
    layers = 5 if "W3" in values else 2
    expected = {f"{letter}{number}" for letter in "Wb" for number in range(1, layers + 1)}
    assert set(values) == expected, f"the parameters are {sorted(values)}"
    return values


@task("starting_values")
def test_random_weights_have_a_standard_deviation_of_a_tenth():
    """From a random start all weights are 0.1 times numbers of torch.randn."""
    for net in (models.TwoLayers(), models.FiveLayers(), models.FiveLayers("relu")):
        for name, value in found(net).items():
            if name.startswith("W"):
                check_spread(value, name)


@task("starting_values")
def test_biases_of_sigmoid_networks_start_at_zero():
    """Biases of TwoLayers and of FiveLayers with sigmoid start at 0."""
    for net in (models.TwoLayers(), models.FiveLayers("sigmoid")):
        for name, value in found(net).items():
            if name.startswith("b"):
                assert_close(value, torch.zeros(value.shape), name)


@task("starting_values")
def test_zeros_are_zeros_for_every_activation():
    """With start="zeros" biases are 0 as well, with sigmoid and with ReLU."""
    for net in (models.TwoLayers(5, "zeros"), models.FiveLayers("sigmoid", "zeros")):
        for name, value in found(net).items():
            assert_close(value, torch.zeros(value.shape), name)


@task("starting_values")
def test_two_networks_start_differently():
    """Each network draws its own random weights."""
    for make in (models.TwoLayers, models.FiveLayers):
        first, second = (parameters_of(make())["W1"] for _ in range(2))
        assert not torch.equal(first, second), "two networks have the same W1"
