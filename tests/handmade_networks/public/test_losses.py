"""Cross-entropy and accuracy."""

import math

import losses
import torch
from studentkit import assert_close, task
from torch.nn import functional as F

GUESSES = torch.tensor([[0.2, 0.5, 0.3], [0.5, 0.1, 0.4], [0.3, 0.3, 0.4], [0.6, 0.2, 0.2]])


@task("cross_entropy")
def test_crossentropy_is_the_mean_over_the_batch():
    """crossentropy takes probabilities and returns the mean of -ln(that of the true class)."""
    expected = -(math.log(0.5) + math.log(0.4) + math.log(0.3) + math.log(0.6)) / 4
    found = losses.crossentropy(GUESSES, torch.tensor([1, 2, 1, 0]))
    assert_close(found, torch.tensor(expected), "the loss")


@task("logits_loss")
def test_the_loss_of_logits_needs_no_softmax_before_it():
    """crossentropy_of_logits gives for scores what crossentropy gives for their softmax."""
    scores = torch.tensor([[1.0, 2.0, -1.0], [0.5, 0.0, 0.5]])
    labels = torch.tensor([2, 0])
    expected = F.nll_loss(F.log_softmax(scores, dim=1), labels)
    assert_close(losses.crossentropy_of_logits(scores, labels), expected, "the loss")


@task("logits_loss")
def test_large_scores_give_a_finite_loss():
    """crossentropy_of_logits is exact where softmax has no digits left: at a score of -1000."""
    scores = torch.tensor([[0.0, -1000.0], [1000.0, 0.0]])
    found = losses.crossentropy_of_logits(scores, torch.tensor([1, 0]))
    assert_close(found, torch.tensor(500.0), "the loss")


@task("accuracy")
def test_accuracy_is_a_share_of_the_rows():
    """accuracy is the share of rows whose largest entry is the true class, as a plain float."""
    found = losses.accuracy(GUESSES, torch.tensor([1, 2, 2, 0]))
    assert isinstance(found, float), f"accuracy is of type {type(found).__name__}; expected a float"
    assert_close(found, 0.75, "the accuracy")
