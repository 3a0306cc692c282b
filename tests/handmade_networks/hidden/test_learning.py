"""Whole networks: their training compared with the formulas, and weights that are handed in."""

import challenge
import digits
import losses
import models
import numpy as np
import torch
import training
from studentkit import (
    ahead,
    assert_close,
    data_folder,
    data_source,
    judged,
    task,
    trains,
    unscored,
)
from studentkit.networks import outputs_of, set_state, stored_weights
from test_challenge import trained_challenge  # the file of that name that students have
from torch.nn import functional as F

from autograder.networks.held import HeldOut, accuracy_on, held_out

# Accuracy to reach, by data. The networks are trained here, in 600 iterations of 100 images.
TWO = {"handwriting": 0.72, "mnist": 0.88}
FIVE = {"handwriting": 0.88, "mnist": 0.93}
CONV = {"handwriting": 0.92, "mnist": 0.94}
# What weights that are handed in reach.
CONV_WEIGHTS = {"handwriting": 0.97, "mnist": 0.98}
CHALLENGE = {"handwriting": 0.992, "mnist": 0.99}
SUSPICIOUS = 0.998  # on MNIST's test part: more than such small networks have ever reached
ITERATIONS, FEW = 600, 60  # of the whole, and of a few images
STEPS, EARLIER = 14, 20  # of the course that is compared, and before its second part
IMAGES = torch.rand(6, 1, 28, 28, generator=torch.Generator().manual_seed(6))


def two_layers(w, x):
    """Return the probabilities of TwoLayers."""
    hidden = torch.sigmoid(x.flatten(1) @ w["W1"] + w["b1"])
    return torch.softmax(hidden @ w["W2"] + w["b2"], dim=1)


def five_layers(w, x):
    """Return the scores of FiveLayers with ReLU."""
    x = x.flatten(1)
    for number in range(1, 5):
        x = torch.relu(x @ w[f"W{number}"] + w[f"b{number}"])
    return x @ w["W5"] + w["b5"]


def conv_net(w, x):
    """Return the scores of ConvNet."""
    for number, stride, padding in ((1, 1, 2), (2, 2, 2), (3, 2, 1)):
        x = torch.relu(F.conv2d(x, w[f"W{number}"], w[f"b{number}"], stride, padding))
    hidden = torch.relu(x.flatten(1) @ w["W4"] + w["b4"])
    return hidden @ w["W5"] + w["b5"]


def rate_that_falls(t):
    """Return the rate of iteration t for the convolutional network."""
    return 0.0001 + 0.0029 * 0.9995**t


CONVOLUTIONS = {"W1": (4, 1, 5, 5), "W2": (8, 4, 5, 5), "W3": (12, 8, 4, 4)}
SIZES = (784, 200, 100, 60, 30, 10)
SHAPES = {
    two_layers: {"W1": (784, 200), "W2": (200, 10)},
    five_layers: {f"W{k}": SIZES[k - 1 : k + 1] for k in range(1, 6)},
    conv_net: CONVOLUTIONS | {"W4": (588, 30), "W5": (30, 10)},
}


@ahead((two_layers,), (five_layers,), training=[(conv_net,)])
def courses(outputs):
    """Return batch, probe, and (weights, what the network gives for the probe after training).

    From small weights, and from those of a network that has learnt. The batch is all there is,
    so that it does not matter in which order it is drawn. Each of its images is there twice, with
    two labels: where all is learnt, gradients are noise, and Adam makes steps of noise.
    """
    draw = torch.Generator().manual_seed(577)
    labels = torch.arange(20) % 10
    drawn = torch.rand(20, 1, 28, 28, generator=draw) * torch.rand(20, 1, 28, 28, generator=draw)
    images = drawn[:10][torch.arange(20) % 7]
    probe = drawn[10:]
    weights = {}
    for name, shape in SHAPES[outputs].items():
        weights[name] = 0.1 * torch.randn(shape, generator=draw)
        units = shape[0] if len(shape) == 4 else shape[1]
        weights[name.replace("W", "b")] = 0.1 * torch.rand(units, generator=draw)
    parts = []
    for start in (weights, stepped(outputs, weights, images, labels, EARLIER)):
        after = stepped(outputs, start, images, labels, STEPS)
        parts.append((start, outputs(after, probe)))
    return (images, labels), probe, parts


def stepped(outputs, weights, images, labels, steps):
    """Return the weights after some steps with the settings of the handout."""
    weights = {name: value.clone().requires_grad_() for name, value in weights.items()}
    kind, rate = (torch.optim.SGD, 0.5) if outputs is two_layers else (torch.optim.Adam, 0.003)
    optimizer = kind(list(weights.values()), lr=rate, fused=True)
    for t in range(steps):
        if outputs is conv_net:
            optimizer.param_groups[0]["lr"] = rate_that_falls(t)
        found = outputs(weights, images)
        scores = found.log() if outputs is two_layers else found  # the same loss for both
        loss = F.cross_entropy(scores, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return {name: value.detach() for name, value in weights.items()}


def check_course(net, outputs, **settings):
    """Compare what `net` gives after some training with what the formulas give."""
    batch, probe, parts = courses(outputs)
    for weights, expected in parts:
        set_state(net, weights)
        training.train(net, batch, batch, STEPS, len(batch[1]), **settings)
        found = outputs_of(net, probe)
        assert_close(found, expected, f"the outputs after {STEPS} steps", rtol=0, atol=5e-3)


def follows(net, outputs, **settings):
    """Tell whether training leads where it should; then the whole would too."""
    try:
        check_course(net, outputs, **settings)
    except Exception:  # whatever it is: the accuracy decides
        return False
    judged(f"Compared along its steps, {STEPS} from the start and {STEPS} later on.")
    return True


def real():
    """Tell whether real data was given, to see the real thing."""
    return data_source() == "mnist"


def learnt(net, **settings):
    """Train on ten images with the student's own loop and return the accuracy on them."""
    judged("Trained on a few images.")
    draw = torch.Generator().manual_seed(733)
    images, labels = torch.rand(10, 1, 28, 28, generator=draw), torch.arange(10)
    training.train(net, (images, labels), (images, labels), FEW, 10, **settings)
    return float((outputs_of(net, images).argmax(dim=1) == labels).double().mean())


def trained(net, **settings):
    """Train with the student's own loop and return the accuracy on images held out."""
    judged("Trained as a whole.")
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
    path = f"weights/{data_source()}/{name}.pt"
    judged(f"{path} could not be read as weights of this network; a public test says why.")
    set_state(net, stored_weights(path))
    held, seen = held_out(), known(5000)
    reached = accuracy_on(held, outputs_of(net, slightly_changed(held.images)))
    return reached, accuracy_on(seen, outputs_of(net, slightly_changed(seen.images)))


def check_weights(net, name, cut):
    """Compare the accuracy of stored weights with what is asked for."""
    reached, on_training = handed_in(net, name)
    judged(f"The accuracy of your weights is {reached:.3f}; {cut:g} is asked for.")
    assert reached >= cut, f"the accuracy is {reached:.4f}; {cut} is asked for"
    assert reached - on_training < 0.01, "better on images held out than on training images"


TWO_LAYERS = {"rate": 0.5, "loss": losses.crossentropy}
FIVE_LAYERS = {"optimizer": "Adam", "rate": 0.003}
CONV_NET = {"optimizer": "Adam", "schedule": rate_that_falls}


@task("learning")
def test_two_layers_can_learn_a_few_images():
    """Your TwoLayers, your loop and your crossentropy learn ten images by heart."""
    if not follows(models.TwoLayers(), two_layers, **TWO_LAYERS):
        reached = learnt(models.TwoLayers(), **TWO_LAYERS)
        assert reached >= 0.8, f"the accuracy is {reached:.1f}"


@task("learning")
def test_five_layers_can_learn_a_few_images():
    """Your FiveLayers with ReLU, your loop and Adam learn ten images by heart."""
    if not follows(models.FiveLayers("relu", logits=True), five_layers, **FIVE_LAYERS):
        reached = learnt(models.FiveLayers("relu", logits=True), **FIVE_LAYERS)
        assert reached >= 0.8, f"the accuracy is {reached:.1f}"


@task("learning")
@trains
def test_two_layers_learn():
    """Your TwoLayers, trained by your loop with your crossentropy, classifies digits."""
    if real() or not follows(models.TwoLayers(), two_layers, **TWO_LAYERS):
        reached = trained(models.TwoLayers(), **TWO_LAYERS)
        assert reached >= TWO[data_source()], f"the accuracy is {reached:.4f}"


@task("learning")
@trains
def test_five_layers_learn_with_adam():
    """Your FiveLayers with ReLU, trained by your loop with Adam, classifies digits better."""
    if real() or not follows(models.FiveLayers("relu", logits=True), five_layers, **FIVE_LAYERS):
        reached = trained(models.FiveLayers("relu", logits=True), **FIVE_LAYERS)
        assert reached >= FIVE[data_source()], f"the accuracy is {reached:.4f}"


@task("trained_convnet")
@trains
def test_the_convolutional_network_learns():
    """Your ConvNet, trained by your loop with Adam and a rate that falls, is better still."""
    if real() or not follows(models.ConvNet(), conv_net, **CONV_NET):
        reached = trained(models.ConvNet(), **CONV_NET)
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
    """The accuracy of your weights is one that a network of this size is known to reach."""
    try:
        reached, _ = handed_in(challenge.ChallengeNet(), "challenge")
    except Exception:  # weights that are missing or do not fit are no matter of this test
        return
    judged("")
    if data_source() == "mnist" and reached >= SUSPICIOUS:
        judged("It is higher: talk to your instructor about how it came about.")
        raise AssertionError(f"the accuracy is {reached:.4f}")


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
