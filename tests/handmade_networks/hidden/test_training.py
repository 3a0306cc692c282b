"""The training loop against torch's own optimizers, and what it writes down."""

import contextlib
import math

import models
import pytest
import schedule
import torch
import training
from studentkit import assert_close, task
from studentkit.networks import parameters_of, set_state
from torch.nn import functional as F

pytestmark = pytest.mark.lends_stubs  # no other test expects what they return

DRAW = torch.Generator().manual_seed(17)
TRAIN = torch.rand(8, 1, 28, 28, generator=DRAW), torch.tensor([0, 1, 2, 3, 4, 4, 3, 9])
TEST = torch.rand(5, 1, 28, 28, generator=DRAW), torch.tensor([8, 6, 4, 2, 0])
START = {
    "W": 0.1 * torch.randn(784, 10, generator=DRAW),
    "b": 0.1 * torch.randn(10, generator=DRAW),
}
NAMES = ("train_loss", "train_accuracy", "test_loss", "test_accuracy")


def starter(**values):
    """Return a starter network that gives scores, with weights of the test's own."""
    net = models.OneLayer(logits=True)
    set_state(net, {**START, **values})
    return net


def by_torch(steps, optimizer="SGD", rate=0.5, schedule=None):
    """Train the starter on all of TRAIN at once, here; return its weights and a record."""
    weights = {name: value.clone().requires_grad_() for name, value in START.items()}
    kind = {"SGD": torch.optim.SGD, "Adam": torch.optim.Adam}[optimizer]
    moving = kind(list(weights.values()), lr=rate)
    record = {name: [] for name in NAMES}

    def measure(part, digits):
        scores = digits[0].flatten(1) @ weights["W"] + weights["b"]
        value = F.cross_entropy(scores, digits[1])
        record[f"{part}_loss"].append(value.item())
        record[f"{part}_accuracy"].append(float((scores.argmax(1) == digits[1]).double().mean()))
        return value

    for t in range(steps):
        if schedule is not None:
            moving.param_groups[0]["lr"] = schedule(t)
        if t % 100 == 0:
            measure("test", TEST)
        value = measure("train", TRAIN)
        moving.zero_grad()
        value.backward()
        moving.step()
    measure("test", TEST)
    for name in ("train_loss", "train_accuracy"):
        record[name] = record[name][::10]
    return {name: value.detach() for name, value in weights.items()}, record


def check_weights(net, expected):
    """Compare the weights after training."""
    found = parameters_of(net)
    for name, value in expected.items():
        assert_close(found[name], value, f"{name} after training", rtol=1e-3, atol=1e-4)


@task("training")
def test_gradients_do_not_add_up_over_iterations():
    """25 iterations of SGD lead where torch's optimizer leads with fresh gradients each time."""
    net = starter()
    training.train(net, TRAIN, TEST, 25, 8, rate=0.05)
    check_weights(net, by_torch(25, rate=0.05)[0])


@task("training")
def test_adam_is_torchs_adam():
    """With optimizer="Adam" the iterations are those of torch.optim.Adam."""
    net = starter()
    training.train(net, TRAIN, TEST, 4, 8, optimizer="Adam", rate=0.003)
    check_weights(net, by_torch(4, "Adam", 0.003)[0])


@task("training")
def test_the_record_holds_what_was_true_before_each_step():
    """Losses and accuracies are those of the weights before the step, each on its own data."""
    record = training.train(starter(), TRAIN, TEST, 121, 8, rate=0.05)
    _, expected = by_torch(121, rate=0.05)
    for name in NAMES:
        assert_close(list(record[name]), expected[name], name, rtol=1e-3, atol=1e-4)


@task("training")
def test_records_are_plain_numbers():
    """Everything that train writes down is an int or a float, no tensor with its graph."""
    record = training.train(starter(), TRAIN, TEST, 11, 8, rate=0.01)
    for name in (*NAMES, "train_iterations", "test_iterations"):
        kinds = {type(value).__name__ for value in record[name]}
        wanted = {"int"} if name.endswith("iterations") else {"float"}
        assert kinds == wanted, f"{name} holds {', '.join(sorted(kinds))}"
    _, expected = by_torch(11, rate=0.01)
    for name in NAMES:
        assert_close(list(record[name]), expected[name], name, rtol=1e-3, atol=1e-4)


@task("training")
def test_the_last_measurement_is_made_once():
    """Where the number of iterations is a multiple of 100, the end is written down once."""
    record = training.train(starter(), TRAIN, TEST, 100, 8, rate=0.001)
    assert list(record["test_iterations"]) == [0, 100], "test_iterations"
    assert list(record["train_iterations"]) == list(range(0, 100, 10)), "train_iterations"


@task("training")
def test_an_epoch_uses_every_sample():
    """Three iterations with batches of 2 reach all of five samples: the short batch counts."""
    images = torch.zeros(5, 1, 28, 28)
    images[range(5), 0, 0, range(5)] = 1  # a pixel of its own for each sample
    net = models.OneLayer(logits=True)
    training.train(net, (images, torch.arange(5)), TEST, 3, 2, rate=1.0)
    touched = parameters_of(net)["W"][:5].abs().sum(dim=1) > 0
    assert bool(touched.all()), f"{int(touched.sum())} of 5 samples were learnt from"


@task("training")
def test_images_keep_their_labels():
    """With batches of one sample, each written loss is that of some image with its own label."""
    each = F.cross_entropy(
        TRAIN[0].flatten(1) @ START["W"] + START["b"], TRAIN[1], reduction="none"
    )
    record = training.train(starter(), TRAIN, TEST, 200, 1, rate=0.0)
    for value in record["train_loss"]:
        distance = (each - value).abs().min().item()
        assert distance < 1e-4, "a loss belongs to no pair of image and label"


@task("training")
def test_every_epoch_is_shuffled_anew():
    """The first batch of an epoch changes from epoch to epoch."""
    images = torch.zeros(10, 1, 28, 28)
    images[range(10), 0, 0, range(10)] = 1
    W = torch.zeros(784, 10)
    W[:10, 0] = torch.arange(10.0)  # ten samples, ten different losses
    net = starter(W=W)
    digits = images, torch.zeros(10, dtype=torch.int64)
    record = training.train(net, digits, digits, 400, 1, rate=0.0)
    firsts = {round(value, 3) for value in record["train_loss"]}
    assert len(firsts) > 1, "forty epochs begin with the same sample"


@task("training")
def test_the_given_loss_is_minimised():
    """train minimises and writes down the loss that it is given, not always the same."""
    net = models.OneLayer()  # probabilities
    guesses = F.softmax(TRAIN[0].flatten(1) @ START["W"] + START["b"], dim=1)
    set_state(net, START)
    record = training.train(
        net, TRAIN, TEST, 1, 8, rate=0.0, loss=training.torch.nn.functional.nll_loss
    )
    expected = float(F.nll_loss(guesses, TRAIN[1]))
    assert_close(record["train_loss"][0], expected, "the loss of the first batch", rtol=1e-4)


@task("training")
def test_an_optimizer_moves_all_parameters():
    """make_optimizer returns torch's SGD or Adam for every parameter, with the given rate."""
    for name in ("SGD", "Adam"):
        optimizer = training.make_optimizer(models.OneLayer(), name, 0.25)
        groups = optimizer.param_groups
        assert sum(len(group["params"]) for group in groups) == 2, "the number of parameters"
        assert_close(groups[0]["lr"], 0.25, "the learning rate")
        assert ("betas" in groups[0]) == (name == "Adam"), f"this is not torch's {name}"


@task("training")
def test_evaluation_changes_nothing():
    """evaluate uses the loss it is given and leaves the weights as they are."""
    net = starter()
    loss, accuracy = training.evaluate(net, TEST, training.torch.nn.functional.multi_margin_loss)
    scores = TEST[0].flatten(1) @ START["W"] + START["b"]
    assert_close(loss, float(F.multi_margin_loss(scores, TEST[1])), "the loss", rtol=1e-4)
    assert_close(accuracy, float((scores.argmax(1) == TEST[1]).double().mean()), "the accuracy")
    check_weights(net, START)


@task("training")
def test_nothing_is_dropped_while_a_network_is_measured():
    """evaluate measures in evaluation mode and leaves the network in training mode."""
    nn = training.torch.nn
    net = nn.Sequential(nn.Flatten(), nn.Dropout(0.9), nn.Linear(784, 10))
    set_state(net, {"2.weight": START["W"].T, "2.bias": START["b"]})
    loss, _ = training.evaluate(net, TEST)
    scores = TEST[0].flatten(1) @ START["W"] + START["b"]
    assert_close(loss, float(F.cross_entropy(scores, TEST[1])), "the loss", rtol=1e-4)
    assert net.training is True, "the network is left in evaluation mode"


@task("falling_rate")
def test_the_ends_of_the_schedule_can_be_chosen():
    """learning_rate uses the eta_min and eta_max that it is given, for every t."""
    for t in (0, 1, 500, 10_000):
        expected = 0.2 + 0.6 * math.exp(-t / 2000)
        found = schedule.learning_rate(t, eta_min=0.2, eta_max=0.8)
        assert_close(found, expected, f"the rate of iteration {t}")


@task("falling_rate")
def test_the_rate_is_a_number():
    """learning_rate returns a float that falls from t to t + 1."""
    rates = [schedule.learning_rate(t) for t in range(4)]
    assert all(isinstance(rate, float) for rate in rates), "learning_rate returned no float"
    assert rates == sorted(rates, reverse=True), "the rates do not fall"
    assert_close(rates[3], 0.0001 + 0.0029 * math.exp(-3 / 2000), "the rate of iteration 3")


@task("falling_rate")
def test_all_groups_get_the_new_rate():
    """set_learning_rate changes every group of parameters, for SGD and for Adam."""
    for name in ("SGD", "Adam"):
        net, other = models.OneLayer(), models.OneLayer()
        optimizer = training.make_optimizer(net, name, 0.5)
        optimizer.add_param_group({"params": list(other.parameters()), "lr": 0.25})
        schedule.set_learning_rate(optimizer, 0.0625)
        for group in optimizer.param_groups:
            assert_close(group["lr"], 0.0625, "the rate of a group")


@contextlib.contextmanager
def right_optimizer():
    """Let `train` use an optimizer, and a way to set its rate, that do what they should."""

    def make_optimizer(net, optimizer, rate):
        kinds = {"SGD": training.torch.optim.SGD, "Adam": training.torch.optim.Adam}
        return kinds[optimizer](net.parameters(), lr=rate)

    def set_learning_rate(optimizer, rate):
        for group in optimizer.param_groups:
            group["lr"] = rate

    changes = (
        (training, "make_optimizer", make_optimizer),
        (training, "set_learning_rate", set_learning_rate),
        (schedule, "set_learning_rate", set_learning_rate),
    )
    kept = [(place, name, getattr(place, name)) for place, name, _ in changes]
    for place, name, value in changes:
        setattr(place, name, value)
    try:
        yield
    finally:
        for place, name, value in kept:
            setattr(place, name, value)


@task("falling_training")
def test_each_step_is_made_with_its_own_rate():
    """With a schedule the weights end where torch's SGD leads with these rates."""
    net = starter()
    with right_optimizer():
        training.train(net, TRAIN, TEST, 12, 8, schedule=lambda t: 0.2 / (1 + t))
    check_weights(net, by_torch(12, schedule=lambda t: 0.2 / (1 + t))[0])


@task("falling_training")
def test_the_rate_follows_iterations_and_not_epochs():
    """The schedule is asked for t = 0, 1, 2, ... over epochs of several batches."""
    asked = []

    def rate(t):
        asked.append(t)
        return 0.05

    net = starter()
    with right_optimizer():
        training.train(net, TRAIN, TEST, 9, 4, optimizer="Adam", rate=0.5, schedule=rate)
    moved = (parameters_of(net)["W"] - START["W"]).abs().max()
    assert moved > 0.01, "the weights are those from before training"
    assert asked == list(range(9)), f"asked for {asked}"
