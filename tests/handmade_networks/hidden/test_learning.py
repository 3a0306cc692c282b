"""Whole networks: trained here for some hundred iterations, or handed in as weights."""

import challenge
import digits
import losses
import models
import numpy as np
import torch
import training
from studentkit import assert_close, data_folder, data_source, task, trains, unscored
from studentkit.networks import outputs_of, set_state, stored_weights
from test_challenge import trained_challenge  # the file of that name that students have

from autograder.networks.held import HeldOut, accuracy_on, held_out

# Accuracy to reach, by data. The networks are trained here, in 600 iterations of 100 images.
TWO = {"handwriting": 0.72, "mnist": 0.88}
FIVE = {"handwriting": 0.88, "mnist": 0.93}
CONV = {"handwriting": 0.92, "mnist": 0.94}
# What weights that are handed in reach.
CONV_WEIGHTS = {"handwriting": 0.97, "mnist": 0.98}
CHALLENGE = {"handwriting": 0.992, "mnist": 0.99}
SUSPICIOUS = 0.998  # on MNIST's test part: more than such small networks have ever reached
ITERATIONS = 600
IMAGES = torch.rand(6, 1, 28, 28, generator=torch.Generator().manual_seed(6))


def trained(net, **settings):
    """Train with the student's own loop and return the accuracy on images held out."""
    train_set, (images, labels) = digits.load_digits()
    test_set = images[:500], labels[:500]
    training.train(net, train_set, test_set, ITERATIONS, 100, **settings)
    held = held_out()
    return accuracy_on(held, outputs_of(net, held.images))


def slightly_changed(images):
    """Return images that look the same and have other bytes: no table of answers knows them."""
    noise = torch.rand(images.shape, generator=torch.Generator().manual_seed(99)) - 0.5
    return (images + noise * 4 / 255).clamp(0, 1)


def known(count):
    """Return images that students may learn from, with their labels, read without their code."""
    folder = data_folder() / "MNIST" / "raw"
    pixels = np.fromfile(folder / "train-images-idx3-ubyte", np.uint8, 784 * count, offset=16)
    labels = np.fromfile(folder / "train-labels-idx1-ubyte", np.uint8, count, offset=8)
    images = torch.from_numpy(pixels).reshape(-1, 1, 28, 28).float() / 255
    return HeldOut(images, torch.from_numpy(labels.astype(np.int64)))


def handed_in(net, name):
    """Return the accuracies of stored weights: on images held out, and on training images.

    Whoever learnt from the held-out labels is better on those than on the training images.
    """
    set_state(net, stored_weights(f"weights/{data_source()}/{name}.pt"))
    held, seen = held_out(), known(5000)
    reached = accuracy_on(held, outputs_of(net, slightly_changed(held.images)))
    return reached, accuracy_on(seen, outputs_of(net, slightly_changed(seen.images)))


def check_weights(net, name, cut):
    """Compare the accuracy of stored weights with what is asked for."""
    reached, on_training = handed_in(net, name)
    assert reached >= cut, f"the accuracy is {reached:.4f}; {cut} is asked for"
    assert reached - on_training < 0.01, "better on images held out than on training images"


@task("learning")
@trains
def test_two_layers_learn():
    """Your TwoLayers, trained by your loop with your crossentropy, classifies digits."""
    reached = trained(models.TwoLayers(), rate=0.5, loss=losses.crossentropy)
    assert reached >= TWO[data_source()], f"the accuracy is {reached:.4f}"


@task("learning")
@trains
def test_five_layers_learn_with_adam():
    """Your FiveLayers with ReLU, trained by your loop with Adam, classifies digits better."""
    reached = trained(models.FiveLayers("relu", logits=True), optimizer="Adam", rate=0.003)
    assert reached >= FIVE[data_source()], f"the accuracy is {reached:.4f}"


@task("trained_convnet")
@trains
def test_the_convolutional_network_learns():
    """Your ConvNet, trained by your loop with Adam and a rate that falls, is better still."""
    reached = trained(
        models.ConvNet(), optimizer="Adam", schedule=lambda t: 0.0001 + 0.0029 * 0.9995**t
    )
    assert reached >= CONV[data_source()], f"the accuracy is {reached:.4f}"


@task("trained_convnet")
@trains
def test_the_weights_of_the_convolutional_network_are_trained():
    """ConvNet with the weights you handed in classifies digits that it has not seen."""
    check_weights(models.ConvNet(), "convnet", CONV_WEIGHTS[data_source()])


@task("challenge")
@trains
def test_the_challenge_is_met():
    """ChallengeNet with the weights you handed in is as often right as the handout asks."""
    check_weights(challenge.ChallengeNet(), "challenge", CHALLENGE[data_source()])


@task("challenge")
@unscored
@trains
def test_the_accuracy_can_be_believed():
    """No network of this size is as good as yours on these images; talk to your instructor."""
    reached, _ = handed_in(challenge.ChallengeNet(), "challenge")
    assert data_source() != "mnist" or reached < SUSPICIOUS, f"the accuracy is {reached:.4f}"


@task("challenge")
def test_scores_do_not_change_from_call_to_call():
    """In evaluation mode ChallengeNet gives the same scores again: nothing is dropped."""
    net = trained_challenge()
    once, again = (outputs_of(net, IMAGES) for _ in range(2))
    assert_close(again, once, "the scores of the second call")
    assert float(once.std()) > 0, "all scores are the same"


@task("challenge")
def test_an_image_is_judged_by_itself():
    """ChallengeNet scores an image alone as it does among others."""
    net = trained_challenge()
    together, alone = outputs_of(net, IMAGES), outputs_of(net, IMAGES[2:3])
    assert_close(alone[0], together[2], "the scores of one image", rtol=1e-3, atol=1e-4)
