"""What each of the four networks may be made of, and how it may be trained."""

import torch
from networks import recipe
from studentkit.networks import hidden_layers, hidden_units, layers_of, outputs_of, parameter_count

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


def check_recipe(name):
    """Check that the grader can follow a recipe."""
    found = dict(recipe(name).items())
    wanted = {"optimizer", "learning_rate", "epochs", "batch_size"}
    assert wanted <= set(found), f"the recipe lacks {', '.join(sorted(wanted - set(found)))}"
    extra = set(found) - wanted - {"momentum", "weight_decay", "seeds"}
    assert not extra, f"the recipe says more than is understood: {', '.join(sorted(extra))}"
    kinds = ("Adam", "AdamW", "RMSprop", "SGD")
    assert found["optimizer"] in kinds, f"the optimizer must be one of {', '.join(kinds)}"
    assert type(found["epochs"]) is int and 1 <= found["epochs"] <= 50, "epochs: 1 to 50"
    assert type(found["batch_size"]) is int and found["batch_size"] >= 1, "batch_size: at least 1"
    assert found["learning_rate"] > 0, "the learning rate must be positive"
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
    found = check_recipe("cnn")
    assert (found["epochs"], found["batch_size"]) == (10, 32), "10 epochs, batches of 32"
