"""How good a trained network is, on images that it has not seen."""

import torch
from model import Net


def load_network(model_path, network=Net):
    net = network()
    net.load_state_dict(torch.load(model_path, map_location="cpu", weights_only=True))
    return net.eval()


@torch.inference_mode()
def _predictions(test_loader, model_path, network):
    """All true and all predicted classes, (M,) and (M,)."""
    net = load_network(model_path, network)
    none = torch.zeros(0, dtype=torch.long)
    pairs = [(labels, net(inputs).max(dim=1).indices) for inputs, labels in test_loader]
    return tuple(torch.cat([none, *column]) for column in zip((none, none), *pairs))


def confusion_counts(test_loader, model_path, network=Net, classes=10):
    true, predicted = _predictions(test_loader, model_path, network)
    pairs = torch.bincount(true * classes + predicted, minlength=classes * classes)
    return pairs.unflatten(0, (classes, classes))


def test(test_loader, model_path, network=Net):
    true, predicted = _predictions(test_loader, model_path, network)
    return true.eq(predicted).double().mean().item()


def accuracy_by_class(counts):
    return [
        row[number] / sum(row) if any(row) else None for number, row in enumerate(counts.tolist())
    ]
