"""Whether the networks reach what is asked, in more than half of the grader's own trainings."""

from budgets import (
    check_100,
    check_200,
    check_1000,
    check_cnn_layers,
    check_cnn_recipe,
    check_cnn_size,
    check_recipe,
)
from networks import cnn, network_100, network_200, network_1000, recipe
from studentkit import data_source, judged, task, trains
from studentkit.networks import layers_of

from autograder.networks import verify

# Accuracies to reach on real MNIST, and those that are about as hard to reach on drawn digits: the
# error allowed there is as many times the reference's error as it is on MNIST.
ALLOWED = {
    "network_100": [check_100],
    "network_200": [check_200],
    "network_1000": [check_1000],
    "cnn": [check_cnn_layers, check_cnn_size],
}
WANTED = {
    "network_100": {"mnist": 0.975, "handwriting": 0.915},
    "network_200": {"mnist": 0.98, "handwriting": 0.936},
    "network_1000": {"mnist": 0.983, "handwriting": 0.945},
    "cnn": {"mnist": 0.985, "handwriting": 0.98},
}


def check(name, build):
    """Train what is declared, and compare accuracies on images that nobody has seen.

    An accuracy counts for a network and a recipe that the task allows.
    """
    judged("Nothing was trained: the public tests of its budget say why.")
    for allowed in ALLOWED[name]:
        allowed(build)
    check_recipe(name, build)
    if name == "cnn":
        check_cnn_recipe()
    verdict = verify(layers_of(build()), dict(recipe(name).items()), WANTED[name][data_source()])
    judged(f"{verdict.sentence}.")
    assert verdict.holds, verdict.sentence


@task("accuracy_100")
@trains
def test_network_100_reaches_its_accuracy():
    """network_100 reaches the accuracy asked for in more than half of the trainings."""
    check("network_100", network_100)


@task("accuracy_200")
@trains
def test_network_200_reaches_its_accuracy():
    """network_200 reaches the accuracy asked for in more than half of the trainings."""
    check("network_200", network_200)


@task("accuracy_1000")
@trains
def test_network_1000_reaches_its_accuracy():
    """network_1000 reaches the accuracy asked for in more than half of the trainings."""
    check("network_1000", network_1000)


@task("accuracy_cnn")
@trains
def test_the_cnn_reaches_its_accuracy():
    """cnn reaches the accuracy asked for in more than half of the trainings."""
    check("cnn", cnn)
