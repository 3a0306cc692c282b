"""How good a trained network is, on images that it has not seen."""

import torch
from model import Net


def load_network(model_path, network=Net):
    """Return a new network with the parameters stored at `model_path`, ready for evaluation.

    The file may hold tensors only (`weights_only=True`), and the network is in evaluation mode.
    """
    net = network()
    net.load_state_dict(torch.load(model_path, weights_only=True))
    net.eval()
    return net


def confusion_counts(test_loader, model_path, network=Net, classes=10):
    """Count how often images of each class are taken for each class.

    No gradients are recorded meanwhile.

    :return: integer tensor (classes, classes): row is the true class, column the predicted one
    """
    net = load_network(model_path, network)
    counts = torch.zeros(classes, classes, dtype=torch.int32)
    with torch.no_grad():
        for images, labels in test_loader:
            _, predicted = torch.max(net(images), 1)
            for label, prediction in zip(labels, predicted):
                counts[label, prediction] += 1
    return counts


def test(test_loader, model_path, network=Net):
    """Return the accuracy on all images of the loader: a fraction between 0 and 1, a float.

    The network is `network()` with the parameters stored at `model_path`. It is in evaluation
    mode, and no gradients are recorded.
    """
    net = load_network(model_path, network)
    correct = 0
    total = 0
    with torch.no_grad():
        for data in test_loader:
            images, labels = data
            outputs = net(images)
            _, predicted = torch.max(outputs.data, 1)
            total += labels.size(0)
            correct += (predicted == labels).sum().item()
    return correct / total


def accuracy_by_class(counts):
    """Return the accuracy within each class, as a list.

    :param counts: confusion counts, (C, C): row is the true class
    :return: C fractions, plain floats; None for a class without images
    """
    accuracies = []
    for c in range(len(counts)):
        total = counts[c].sum()
        if total == 0:
            accuracies.append(None)
        else:
            accuracies.append(float(counts[c, c]) / float(total))
    return accuracies
