"""What each of the four networks may be made of, and how it may be trained."""

import torch
from networks import cnn, recipe
from studentkit.claims.layers import measure, read_layers
from studentkit.claims.recipe import read_recipe, work_of
from studentkit.networks import hidden_layers, hidden_units, layers_of, outputs_of, parameter_count

MNIST = 60_000  # images that a network is trained with, at most
DENSE = {"Flatten", "Linear", "ReLU", "Softmax", "Dropout"}
CONVOLUTIONAL = DENSE | {"Conv2d", "MaxPool2d", "BatchNorm2d"}


def checked(build, allowed):
    """Check what holds for every network, and return its layers."""
    network = build()
    layers = layers_of(network)
    others = {name for name, _ in layers} - allowed
    assert not others, f"these layers are not allowed: {', '.join(sorted(others))}"
    name, arguments = layers[-1]
    assert name == "Linear", f"the last layer is {name}; cross-entropy needs scores from a Linear"
    assert arguments["out_features"] == 10, "the last layer needs one output for each digit"
    scores = outputs_of(network, torch.rand(3, 1, 28, 28))
    assert tuple(scores.shape) == (3, 10), f"three images give outputs {tuple(scores.shape)}"
    return layers


def check_recipe(name, build):
    """Check that the grader can follow a recipe, and that training by it is not too long."""
    found = read_recipe(dict(recipe(name).items()))
    layers = read_layers(layers_of(build()))
    work_of(measure(layers, (1, 28, 28)), found, MNIST)
    return found


def check_100(build):
    """Check layers and hidden units of network_100."""
    layers = checked(build, DENSE)
    assert 1 <= hidden_units(layers) <= 100, f"it has {hidden_units(layers)} hidden units"


def check_200(build):
    """Check layers, hidden layers and hidden units of network_200."""
    layers = checked(build, DENSE)
    assert hidden_layers(layers) >= 2, f"it has {hidden_layers(layers)} hidden layers"
    assert hidden_units(layers) <= 200, f"it has {hidden_units(layers)} hidden units"


def check_1000(build):
    """Check layers, hidden layers and hidden units of network_1000."""
    layers = checked(build, DENSE)
    assert hidden_layers(layers) >= 3, f"it has {hidden_layers(layers)} hidden layers"
    assert hidden_units(layers) <= 1000, f"it has {hidden_units(layers)} hidden units"


def check_cnn_layers(build):
    """Check which layers the convolutional network has."""
    names = {name for name, _ in checked(build, CONVOLUTIONAL)}
    missing = {"Conv2d", "Dropout", "BatchNorm2d"} - names
    assert not missing, f"the network has no {', '.join(sorted(missing))}"


def check_cnn_size(build):
    """Check that the convolutional network is not too large."""
    checked(build, CONVOLUTIONAL)
    count = parameter_count(build())
    assert count < 1_000_000, f"it has {count:,} parameters"


def check_cnn_recipe():
    """Check how the convolutional network is to be trained."""
    found = check_recipe("cnn", cnn)
    assert (found.epochs, found.batch_size) == (10, 32), "10 epochs, batches of 32"
