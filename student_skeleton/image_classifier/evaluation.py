"""How good a trained network is, on images that it has not seen."""

import torch
from model import Net


def load_network(model_path, network=Net):
    """Return a new network with the parameters stored at `model_path`, ready for evaluation.

    The file may hold tensors only (`weights_only=True`), and the network is in evaluation mode.
    """
    raise NotImplementedError("load_network is yours to write")


def confusion_counts(test_loader, model_path, network=Net, classes=10):
    """Count how often images of each class are taken for each class.

    No gradients are recorded meanwhile.

    :return: integer tensor (classes, classes): row is the true class, column the predicted one
    """
    raise NotImplementedError("confusion_counts is yours to write")


def test(test_loader, model_path, network=Net):
    """Return the accuracy on all images of the loader: a fraction between 0 and 1, a float.

    The network is `network()` with the parameters stored at `model_path`. It is in evaluation
    mode, and no gradients are recorded.
    """
    raise NotImplementedError("test is yours to write")


def accuracy_by_class(counts):
    """Return the accuracy within each class, as a list.

    :param counts: confusion counts, (C, C): row is the true class
    :return: C fractions, plain floats; None for a class without images
    """
    raise NotImplementedError("accuracy_by_class is yours to write")
