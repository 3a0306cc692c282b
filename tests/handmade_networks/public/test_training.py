"""The loop that trains, what it writes down, and the learning rate that falls."""

import math

import models
import schedule
import torch
import training
from studentkit import assert_close, task
from studentkit.networks import parameters_of, set_state
from torch.nn import functional as F

DRAW = torch.Generator().manual_seed(5)
TRAIN = torch.rand(6, 1, 28, 28, generator=DRAW), torch.tensor([3, 1, 4, 1, 5, 9])
TEST = torch.rand(4, 1, 28, 28, generator=DRAW), torch.tensor([2, 6, 5, 3])


def measured(weights, digits):
    """Return loss and accuracy of one layer, by their definitions."""
    scores = digits[0].flatten(1) @ weights[0] + weights[1]
    right = (scores.argmax(dim=1) == digits[1]).double().mean()
    return F.cross_entropy(scores, digits[1]), float(right)


def descended(steps, rate):
    """Train one layer from zeros on all of TRAIN at once; return weights and training losses."""
    weights = [torch.zeros(784, 10, requires_grad=True), torch.zeros(10, requires_grad=True)]
    losses = []
    for _ in range(steps):
        value = measured(weights, TRAIN)[0]
        slopes = torch.autograd.grad(value, weights)
        losses.append(value.item())
        with torch.no_grad():
            for weight, slope in zip(weights, slopes, strict=True):
                weight -= rate * slope
    return [weight.detach() for weight in weights], losses


@task("training")
def test_each_iteration_is_one_step_down_the_gradient():
    """After 3 iterations of SGD on the whole data the weights are where 3 exact steps lead."""
    net = models.OneLayer(logits=True)
    training.train(net, TRAIN, TEST, iterations=3, batch_size=6, rate=0.2)
    (W, b), _ = descended(3, 0.2)
    found = parameters_of(net)
    assert_close(found["W"], W, "W after 3 iterations", rtol=1e-3, atol=1e-6)
    assert_close(found["b"], b, "b after 3 iterations", rtol=1e-3, atol=1e-6)


@task("training")
def test_metrics_are_written_down_at_the_right_iterations():
    """Training is measured at t = 0, 10, 20, ..., the test set at t = 0, 100, ... and the end."""
    record = training.train(
        models.OneLayer(logits=True), TRAIN, TEST, iterations=120, batch_size=6, rate=0.01
    )
    assert list(record["train_iterations"]) == list(range(0, 120, 10)), "train_iterations"
    assert list(record["test_iterations"]) == [0, 100, 120], "test_iterations"
    for name in ("loss", "accuracy"):
        assert len(record[f"train_{name}"]) == 12, f"the length of train_{name}"
        assert len(record[f"test_{name}"]) == 3, f"the length of test_{name}"


@task("training")
def test_evaluate_returns_plain_floats():
    """evaluate(net, digits) returns the mean loss and the accuracy as two floats."""
    net = models.OneLayer(logits=True)
    weights = [torch.randn(784, 10, generator=DRAW), torch.randn(10, generator=DRAW)]
    set_state(net, dict(zip("Wb", weights, strict=True)))
    loss, accuracy = training.evaluate(net, TEST)
    plain = isinstance(loss, float) and isinstance(accuracy, float)
    assert plain, "evaluate returned no two plain floats"
    assert_close(loss, float(measured(weights, TEST)[0]), "the loss", rtol=1e-4)
    assert_close(accuracy, measured(weights, TEST)[1], "the accuracy")


@task("falling_rate")
def test_the_rate_falls_by_the_formula():
    """learning_rate(t) is eta_min + (eta_max - eta_min) exp(-t / 2000)."""
    for t in (0, 2000, 6000):
        expected = 0.0001 + 0.0029 * math.exp(-t / 2000)
        assert_close(schedule.learning_rate(t), expected, f"the rate of iteration {t}")


@task("falling_rate")
def test_an_optimizer_moves_with_the_rate_that_was_set():
    """set_learning_rate changes the rate that the optimizer's next step uses."""
    optimizer = training.make_optimizer(models.OneLayer(), "SGD", 0.5)
    schedule.set_learning_rate(optimizer, 0.125)
    assert_close(optimizer.param_groups[0]["lr"], 0.125, "the rate of the optimizer's parameters")


@task("falling_training")
def test_every_iteration_asks_for_its_own_rate():
    """train calls schedule(t) for t = 0, 1, 2, ..., once for each iteration."""
    asked = []

    def rate(t):
        asked.append(t)
        return 0.1

    record = training.train(models.OneLayer(logits=True), TRAIN, TEST, 5, 3, schedule=rate)
    assert_close(record["test_loss"][0], math.log(10), "the loss before training", rtol=1e-4)
    assert asked == [0, 1, 2, 3, 4], f"the schedule was asked for {asked}"
