"""How good a trained network is, on images that it has not seen."""

import torch
from model import Net


def load_network(model_path, network=Net):
    """Return a new network with the parameters stored at `model_path`, ready for evaluation.

    The file may hold tensors only (`weights_only=True`), and the network is in evaluation mode.
    """
    # BEGIN SOLUTION
    net = network()
    net.load_state_dict(torch.load(model_path, map_location="cpu", weights_only=True))
    net.eval()
    return net
    # END SOLUTION


def confusion_counts(test_loader, model_path, network=Net, classes=10):
    """Count how often images of each class are taken for each class.

    No gradients are recorded meanwhile.

    :return: integer tensor (classes, classes): row is the true class, column the predicted one
    """
    # BEGIN SOLUTION
    net = load_network(model_path, network)
    counts = torch.zeros(classes, classes, dtype=torch.long)
    with torch.no_grad():
        for images, labels in test_loader:
            predicted = net(images).argmax(dim=1)  # (N,)
            pairs = labels * classes + predicted
            counts += torch.bincount(pairs, minlength=classes**2).view(classes, classes)
    return counts
    # END SOLUTION


def test(test_loader, model_path, network=Net):
    """Return the accuracy on all images of the loader: a fraction between 0 and 1, a float.

    The network is `network()` with the parameters stored at `model_path`. It is in evaluation
    mode, and no gradients are recorded.
    """
    # BEGIN SOLUTION
    net = load_network(model_path, network)
    correct, total = 0, 0
    with torch.no_grad():
        for images, labels in test_loader:
            predicted = net(images).argmax(dim=1)  # (N,)
            correct += (predicted == labels).sum().item()
            total += len(labels)
    return correct / total
    # END SOLUTION


def accuracy_by_class(counts):
    """Return the accuracy within each class, as a list.

    :param counts: confusion counts, (C, C): row is the true class
    :return: C fractions, plain floats; None for a class without images
    """
    # BEGIN SOLUTION
    totals = counts.sum(dim=1).tolist()  # (C,)
    right = counts.diagonal().tolist()
    return [good / total if total else None for good, total in zip(right, totals, strict=True)]
    # END SOLUTION
