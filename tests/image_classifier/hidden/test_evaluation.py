"""Accuracy by all images, in evaluation mode, without gradients; counts of classes."""

import evaluation
import pytest
import torch
from baseline import LinearNet
from studentkit import assert_close, assert_same, assert_shape, task
from studentkit.networks import set_state, state_of

pytestmark = pytest.mark.lends_stubs  # no other test expects what they return

FILE = "trial.pth"
CLASSES = 4


def identity():
    """Return parameters with which a network names the channel that is switched on."""
    return {"fc.weight": torch.eye(CLASSES), "fc.bias": torch.tensor([0.2, 0.0, 0.0, 0.1])}


def network():
    """Return a network that takes images (N, 4, 1, 1) for the channel that is switched on."""
    return LinearNet(channels=CLASSES, side=1, classes=CLASSES)


def store(state=None):
    """Write these parameters into the file."""
    evaluation.torch.save(identity() if state is None else state, FILE)


def batch(predicted, labels):
    """Return images that are taken for `predicted`, with `labels`."""
    return torch.eye(CLASSES)[predicted].view(-1, CLASSES, 1, 1), torch.tensor(labels)


@task("evaluation")
def test_every_image_counts_the_same():
    """A short batch weighs as much as it has images; every batch is looked at."""
    store()
    loader = [batch([0, 1, 2, 3], [0, 1, 2, 3]), batch([3, 3, 3, 3], [3, 0, 0, 0]), batch([1], [0])]
    assert_close(evaluation.test(loader, FILE, network), 5 / 9, "the accuracy")


@task("evaluation")
def test_the_accuracy_is_a_plain_fraction():
    """test returns a float from 0 to 1."""
    store()
    for labels, expected in (([2, 2, 1], 1.0), ([0, 0, 0], 0.0)):
        found = evaluation.test([batch([2, 2, 1], labels)], FILE, network)
        assert isinstance(found, float), f"the accuracy is a {type(found).__name__}, no float"
        assert_close(found, expected, "the accuracy")


@task("evaluation")
def test_dropout_is_off():
    """test and load_network put the network into evaluation mode."""
    store()

    def dropping():
        return LinearNet(channels=CLASSES, side=1, classes=CLASSES, dropout=1.0)

    found = evaluation.test([batch([1, 2, 3], [1, 2, 3])], FILE, dropping)
    assert_close(found, 1.0, "the accuracy of a network with dropout")
    assert evaluation.load_network(FILE, dropping).training is False, "the network is in training"


@task("evaluation")
def test_no_gradients_are_recorded():
    """While it tests, test records nothing for backpropagation."""
    store()
    net, recording = network(), []

    def forward(_):
        recording.append(evaluation.torch.is_grad_enabled())
        return torch.eye(CLASSES)[:2]

    net.forward = forward
    found = evaluation.test([batch([0, 1], [0, 2])], FILE, lambda: net)
    assert_close(found, 0.5, "the accuracy")
    assert recording, "the network was never called"
    assert not any(recording), "gradients are recorded while the network is tested"


@task("evaluation")
def test_stored_parameters_are_loaded():
    """load_network returns a network with the parameters of the file."""
    state = {name: value + 3 for name, value in identity().items()}
    store(state)
    net = network()
    set_state(net, identity())
    found = evaluation.load_network(FILE, lambda: net)
    for name, value in state.items():
        assert_close(state_of(found)[name], value, name)


@task("evaluation")
def test_a_file_that_does_not_fit_is_refused():
    """load_network takes a file that fits, and raises an error where parameters are missing."""
    state = {name: value - 2 for name, value in identity().items()}
    store(state)
    found = evaluation.load_network(FILE, network)
    assert_close(state_of(found)["fc.bias"], state["fc.bias"], "fc.bias")
    store({"fc.weight": torch.eye(CLASSES)})
    with pytest.raises(Exception):  # noqa: B017  (which one is torch's business)
        evaluation.load_network(FILE, network)


@task("classes")
def test_counts_add_up_over_the_batches():
    """confusion_counts counts all batches; row: true class, column: predicted class."""
    store()
    loader = [batch([0, 1, 1, 3], [0, 0, 1, 2]), batch([1, 0], [0, 0])]
    counts = evaluation.confusion_counts(loader, FILE, network, CLASSES)
    expected = torch.zeros(CLASSES, CLASSES, dtype=torch.long)
    for row, column in ((0, 0), (0, 1), (1, 1), (2, 3), (0, 1), (0, 0)):
        expected[row, column] += 1
    assert_same(counts, expected, "the counts")
    assert not counts.is_floating_point(), "the counts are no whole numbers"


@task("classes")
def test_there_are_ten_classes():
    """confusion_counts has ten rows and ten columns unless told otherwise."""
    store({"fc.weight": torch.eye(10)[:, :CLASSES], "fc.bias": torch.zeros(10)})

    def ten():
        return LinearNet(channels=CLASSES, side=1, classes=10)

    counts = evaluation.confusion_counts([batch([3], [2])], FILE, ten)
    assert_shape(counts, (10, 10), "the counts")
    assert_same(counts[2, 3], 1, "class 2, taken for class 3")
    assert_same(counts.sum(), 1, "the number of images")


@task("classes")
def test_a_class_without_images_has_no_accuracy():
    """accuracy_by_class divides by the images of the true class; without any it says None."""
    found = list(evaluation.accuracy_by_class(torch.tensor([[1, 3, 0], [0, 0, 0], [4, 0, 12]])))
    assert found[1] is None, f"a class without images has the accuracy {found[1]!r}, not None"
    assert isinstance(found[0], float), "the accuracies are no plain floats"
    assert_close([found[0], found[2]], [0.25, 0.75], "the accuracies of the other classes")
