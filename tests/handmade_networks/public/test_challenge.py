"""The network of the challenge, with the weights that are handed in."""

import challenge
import numpy as np
import torch
from studentkit import assert_shape, data_folder, data_source, task
from studentkit.networks import outputs_of, parameter_count, set_state, stored_weights

X = torch.rand(3, 1, 28, 28, generator=torch.Generator().manual_seed(8))
COUNT = 100  # training images


def trained_challenge():
    """Return ChallengeNet with the weights handed in.

    They have to tell digits apart, at least half of some training images: a network that has not
    learnt anything is no answer to the challenge.
    """
    net = challenge.ChallengeNet()
    set_state(net, stored_weights(f"weights/{data_source()}/challenge.pt"))
    folder = data_folder() / "MNIST" / "raw"
    pixels = np.fromfile(folder / "train-images-idx3-ubyte", np.uint8, 784 * COUNT, offset=16)
    labels = np.fromfile(folder / "train-labels-idx1-ubyte", np.uint8, COUNT, offset=8)
    images = torch.from_numpy(pixels).reshape(-1, 1, 28, 28).float() / 255
    found = np.asarray(outputs_of(net, images).argmax(dim=1))
    right = float((found == labels[: len(found)]).mean())
    assert right >= 0.5, f"with your weights {right:.0%} of {len(found)} training images are right"
    return net


@task("challenge")
def test_the_network_is_small_enough():
    """ChallengeNet has at least one and at most 200,000 parameters, and has learnt something."""
    count = parameter_count(trained_challenge())
    assert 0 < count <= 200_000, f"the network has {count} parameters"


@task("challenge")
def test_the_network_scores_ten_classes():
    """ChallengeNet returns ten scores for each image, with weights that have learnt something."""
    assert_shape(outputs_of(trained_challenge(), X), (3, 10), "the scores")
