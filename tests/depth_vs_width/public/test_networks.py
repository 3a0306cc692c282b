"""The four networks: their layers and how they are to be trained."""

from budgets import (
    check_100,
    check_200,
    check_1000,
    check_cnn_layers,
    check_cnn_recipe,
    check_cnn_size,
    check_recipe,
)
from networks import cnn, network_100, network_200, network_1000
from studentkit import task


@task("budget_100")
def test_network_100_keeps_to_its_budget():
    """network_100 has allowed layers only, at most 100 hidden units, and gives ten scores."""
    check_100(network_100)


@task("budget_100")
def test_the_recipe_of_network_100_is_complete():
    """recipe("network_100") says all that the grader needs to train the network."""
    check_recipe("network_100", network_100)


@task("budget_200")
def test_network_200_keeps_to_its_budget():
    """network_200 has at most 200 hidden units in at least 2 hidden layers."""
    check_200(network_200)
    check_recipe("network_200", network_200)


@task("budget_1000")
def test_network_1000_keeps_to_its_budget():
    """network_1000 has at most 1000 hidden units in at least 3 hidden layers."""
    check_1000(network_1000)
    check_recipe("network_1000", network_1000)


@task("cnn")
def test_the_cnn_is_made_of_allowed_layers():
    """cnn has allowed layers only, among them Conv2d, Dropout and BatchNorm2d."""
    check_cnn_layers(cnn)


@task("cnn")
def test_the_cnn_has_fewer_than_a_million_parameters():
    """cnn has fewer than 1,000,000 parameters."""
    check_cnn_size(cnn)


@task("cnn")
def test_the_cnn_is_trained_for_ten_epochs_in_batches_of_32():
    """recipe("cnn") has 10 epochs and batches of 32."""
    check_cnn_recipe()
