"""What training minimises, and what we count: cross-entropy and accuracy."""

import torch
from torch.nn import functional as F  # noqa: F401  (you may want it)


def crossentropy(G: torch.Tensor, Y: torch.Tensor) -> torch.Tensor:
    """Return the mean over the batch of -log(probability of the true class).

    :param G: probabilities (N, C), as softmax gives them
    :param Y: classes (N,), integers
    :return: a tensor of shape () that `backward` can start from
    """
    return -torch.log(G[torch.arange(Y.shape[0]), Y]).mean()


def crossentropy_of_logits(Z: torch.Tensor, Y: torch.Tensor) -> torch.Tensor:
    """Return the same loss, computed from scores that no softmax has seen.

    Scores of any size give a finite loss: no probability is ever computed, so none can underflow
    to 0. Write it yourself with `torch.logsumexp`, or let `F.cross_entropy` do it.

    :param Z: scores (N, C)
    :param Y: classes (N,), integers
    :return: a tensor of shape ()
    """
    return F.nll_loss(F.log_softmax(Z, dim=1), Y, reduction="sum") / Z.size(0)


def accuracy(G: torch.Tensor, Y: torch.Tensor) -> float:
    """Return the share of rows whose largest entry is that of the true class.

    :param G: probabilities or scores (N, C)
    :param Y: classes (N,), integers
    :return: a plain float between 0 and 1
    """
    return (G.argmax(dim=1) == Y).float().mean().item()
