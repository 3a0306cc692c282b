"""The four networks once more: what a closer look shows."""

import torch
from budgets import check_100, check_200, check_1000, check_cnn_layers
from networks import cnn, network_100, network_200, network_1000
from studentkit import task
from studentkit.networks import outputs_of, parameters_of


def check(build, allowed):
    """Check that each call builds a new network whose outputs are scores of one image each."""
    allowed(build)
    network, other = build(), build()
    first, second = (next(iter(parameters_of(one).values())) for one in (network, other))
    assert not torch.equal(first, second), "two calls give the same weights"
    images = torch.rand(4, 1, 28, 28)
    scores = outputs_of(network, images)
    assert torch.allclose(outputs_of(network, images[2:3]), scores[2:3], atol=1e-4), (
        "the scores of an image depend on the images beside it"
    )


@task("budget_100")
def test_network_100_is_made_anew():
    """Each call of network_100 gives a new network with weights of its own."""
    check(network_100, check_100)


@task("budget_200")
def test_network_200_is_made_anew():
    """Each call of network_200 gives a new network with weights of its own."""
    check(network_200, check_200)


@task("budget_1000")
def test_network_1000_is_made_anew():
    """Each call of network_1000 gives a new network with weights of its own."""
    check(network_1000, check_1000)


@task("cnn")
def test_the_cnn_is_made_anew():
    """Each call of cnn gives a new network with weights of its own."""
    check(cnn, check_cnn_layers)
