"""The four networks: their layers and how they are to be trained."""

import torch
from networks import cnn, network_100, network_200, network_1000, recipe
from studentkit import task
from studentkit.networks import (
    hidden_layers,
    hidden_units,
    layers_of,
    outputs_of,
    parameter_count,
)

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


@task("budget_100")
def test_network_100_keeps_to_its_budget():
    """network_100 has allowed layers only, at most 100 hidden units, and gives ten scores."""
    layers = checked(network_100, DENSE)
    assert 1 <= hidden_units(layers) <= 100, f"it has {hidden_units(layers)} hidden units"


@task("budget_100")
def test_the_recipe_of_network_100_is_complete():
    """recipe("network_100") says all that the grader needs to train the network."""
    check_recipe("network_100")


@task("budget_200")
def test_network_200_keeps_to_its_budget():
    """network_200 has at most 200 hidden units in at least 2 hidden layers."""
    layers = checked(network_200, DENSE)
    assert hidden_layers(layers) >= 2, f"it has {hidden_layers(layers)} hidden layers"
    assert hidden_units(layers) <= 200, f"it has {hidden_units(layers)} hidden units"
    check_recipe("network_200")


@task("budget_1000")
def test_network_1000_keeps_to_its_budget():
    """network_1000 has at most 1000 hidden units in at least 3 hidden layers."""
    layers = checked(network_1000, DENSE)
    assert hidden_layers(layers) >= 3, f"it has {hidden_layers(layers)} hidden layers"
    assert hidden_units(layers) <= 1000, f"it has {hidden_units(layers)} hidden units"
    check_recipe("network_1000")


@task("cnn")
def test_the_cnn_is_made_of_allowed_layers():
    """cnn has allowed layers only, among them Conv2d, Dropout and BatchNorm2d."""
    names = {name for name, _ in checked(cnn, CONVOLUTIONAL)}
    missing = {"Conv2d", "Dropout", "BatchNorm2d"} - names
    assert not missing, f"the network has no {', '.join(sorted(missing))}"


@task("cnn")
def test_the_cnn_has_fewer_than_a_million_parameters():
    """cnn has fewer than 1,000,000 parameters."""
    count = parameter_count(cnn())
    assert count < 1_000_000, f"it has {count:,} parameters"


@task("cnn")
def test_the_cnn_is_trained_for_ten_epochs_in_batches_of_32():
    """recipe("cnn") has 10 epochs and batches of 32."""
    found = check_recipe("cnn")
    assert (found["epochs"], found["batch_size"]) == (10, 32), "10 epochs, batches of 32"
