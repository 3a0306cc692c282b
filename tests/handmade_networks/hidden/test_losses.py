"""Losses: values, gradients, extreme scores."""

import losses
import torch
from studentkit import assert_close, assert_shape, assert_unchanged, task
from studentkit.gradients import assert_gradients, by_autograd
from torch.nn import functional as F

DRAW = torch.Generator().manual_seed(21)
Z = torch.randn(5, 4, generator=DRAW, dtype=torch.float64)
Y = torch.tensor([3, 0, 0, 2, 1])
G = F.softmax(Z, dim=1)


@task("cross_entropy")
def test_the_mean_of_any_batch_is_taken():
    """crossentropy averages over the rows, for batches of every size."""
    for rows in (1, 2, 5):
        expected = F.nll_loss(G[:rows].log(), Y[:rows])
        found = losses.crossentropy(G[:rows].clone(), Y[:rows].clone())
        assert_close(found, expected, f"the loss of {rows} rows")


@task("cross_entropy")
def test_the_gradient_of_the_loss_is_its_slope():
    """Autograd through crossentropy agrees with finite differences."""
    assert_close(losses.crossentropy(G.clone(), Y.clone()), F.nll_loss(G.log(), Y), "the loss")
    assert_gradients(losses.crossentropy, G.clone(), Y.clone(), what="the loss")


@task("cross_entropy")
def test_only_the_probability_of_the_true_class_counts():
    """The gradient of crossentropy is -1 / (N g) at the true class and 0 elsewhere."""
    [slope] = by_autograd(losses.crossentropy, G.clone(), Y.clone())
    truth = F.one_hot(Y, 4)
    assert_close(slope, -truth / (5 * G), "the gradient")


@task("cross_entropy")
def test_the_loss_is_one_number():
    """crossentropy returns a tensor of shape () and leaves its arguments alone."""
    found = assert_unchanged(losses.crossentropy, G.clone(), Y.clone(), name="crossentropy")
    assert_shape(found, (), "the loss")
    assert_close(found, F.nll_loss(G.log(), Y), "the loss")


@task("logits_loss")
def test_the_loss_of_logits_is_that_of_torch():
    """crossentropy_of_logits gives torch's cross-entropy, for batches of every size."""
    for rows in (1, 2, 5):
        found = losses.crossentropy_of_logits(Z[:rows].clone(), Y[:rows].clone())
        assert_close(found, F.cross_entropy(Z[:rows], Y[:rows]), f"the loss of {rows} rows")


@task("logits_loss")
def test_the_gradient_of_the_loss_of_logits_is_its_slope():
    """Autograd through crossentropy_of_logits agrees with finite differences."""
    found = losses.crossentropy_of_logits(Z.clone(), Y.clone())
    assert_close(found, F.cross_entropy(Z, Y), "the loss")
    assert_gradients(losses.crossentropy_of_logits, Z.clone(), Y.clone(), what="the loss")


@task("logits_loss")
def test_extreme_scores_have_a_finite_gradient():
    """Scores of 10,000 give crossentropy_of_logits the gradient that torch gives them."""
    scores = torch.tensor([[1e4, 0.0, -1e4], [0.0, 0.0, 1e4]], dtype=torch.float64)
    labels = torch.tensor([2, 2])
    [slope] = by_autograd(losses.crossentropy_of_logits, scores, labels)
    expected = (F.softmax(scores, dim=1) - F.one_hot(labels, 3)) / 2
    assert_close(slope, expected, "the gradient")


@task("accuracy")
def test_each_row_is_judged_by_itself():
    """accuracy takes the largest entry of each row; batches that are not square as well."""
    for outputs in (G, Z - 100):
        expected = float((outputs.argmax(dim=1) == Y).double().mean())
        assert_close(losses.accuracy(outputs.clone(), Y.clone()), expected, "the accuracy")
    three = torch.tensor([[0.5, 0.25, 0.25]])
    assert_close(losses.accuracy(three, torch.tensor([0])), 1.0, "the accuracy of one row")


@task("accuracy")
def test_the_share_does_not_depend_on_the_size_of_the_batch():
    """accuracy of a batch repeated twice is that of the batch, no count of right rows."""
    once = losses.accuracy(G.clone(), torch.tensor([3, 3, 3, 3, 3]))
    twice = losses.accuracy(torch.cat([G, G]), torch.full((10,), 3))
    assert_close(once, float((G.argmax(dim=1) == 3).double().mean()), "the accuracy")
    assert_close(twice, once, "the accuracy of the same rows twice")
