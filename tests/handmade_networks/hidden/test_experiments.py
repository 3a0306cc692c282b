"""The experiments: which networks they train, how, and what they make of the records."""

import experiments
import models
import numpy as np
import pytest
import schedule
import torch
from studentkit import assert_close, assert_same, task
from test_experiments import watched  # the file of that name that students have
from torch.nn import functional as F

pytestmark = pytest.mark.lends_stubs  # no other test expects what they return

DRAW = torch.Generator().manual_seed(13)
TRAIN = torch.rand(20, 1, 28, 28, generator=DRAW), torch.arange(20) % 10
TEST = torch.rand(6, 1, 28, 28, generator=DRAW), torch.tensor([1, 2, 3, 4, 5, 6])


def numbers(tensor):
    """Return an array of what student code gave to `train`: a tensor, or plain data of one."""
    return np.asarray(getattr(tensor, "array", tensor))


def check_run(asked, **expected):
    """Compare what `train` was asked to do, and look whether loss and network fit together."""
    for name, value in expected.items():
        assert asked[name] == value, f"{name} is {asked[name]}; expected {value}"
    for name, digits in (("train_set", TRAIN), ("test_set", TEST)):
        for found, wanted, what in zip(asked[name], digits, ("images", "labels"), strict=True):
            assert_same(numbers(found), wanted, f"the {what} of {name}")
    logits = asked.get("logits", True)
    scores = torch.linspace(-2, 2, 60).reshape(6, 10) ** 2
    outputs = scores if logits else F.softmax(scores, dim=1)
    if "loss" in asked or not logits:
        assert "loss" in asked, "a network that gives probabilities is trained on logits' loss"
        found = asked["loss"](outputs, TEST[1])
        assert_close(found, F.cross_entropy(scores, TEST[1]), "the loss", rtol=1e-4)


@task("experiments")
def test_both_starts_are_trained_alike():
    """zeros_against_random differs in the start only: TwoLayers, SGD with rate 0.5."""
    with watched() as watch:
        found = experiments.zeros_against_random(TRAIN, TEST, 7, 5)
    assert len(watch.runs) == 2, f"{len(watch.runs)} networks were trained"
    for start in ("zeros", "random"):
        asked = watch.run_of(found[start])
        check_run(asked, kind="TwoLayers", hidden=200, start=start, iterations=7, batch_size=5)
        check_run(asked, optimizer="SGD", rate=0.5, schedule=None)


@task("experiments")
def test_the_units_of_each_trained_network_are_counted():
    """The number of units that zeros_against_random reports is that of the run's own network."""
    with watched() as watch:
        found = experiments.zeros_against_random(TRAIN, TEST, 7, 5)
    for start in ("zeros", "random"):
        number = 1 + watch.run_of(found[start])["net"].number
        units = len({unit // (1 + number) for unit in range(200)})
        assert found[start]["units"] == units, f"{found[start]['units']} units from {start}"


@task("experiments")
def test_the_sweep_keeps_everything_but_the_size():
    """hidden_unit_sweep trains one TwoLayers of each size alike and reports the last results."""
    with watched() as watch:
        found = experiments.hidden_unit_sweep(TRAIN, TEST, (4, 2, 9), 6, 10)
    assert [asked["hidden"] for asked in watch.runs] == [4, 2, 9], "the sizes in their order"
    for asked in watch.runs:
        check_run(asked, kind="TwoLayers", start="random", iterations=6, batch_size=10)
        check_run(asked, optimizer="SGD", rate=0.5, schedule=None)
    assert list(found["hidden"]) == [4, 2, 9], "hidden"
    assert list(found["parameters"]) == [795 * size + 10 for size in (4, 2, 9)], "parameters"
    assert_close(list(found["test_loss"]), [1.0, 1 / 2, 1 / 3], "test_loss")
    assert_close(list(found["test_accuracy"]), [0.5, 0.25, 0.5 / 3], "test_accuracy")


@task("experiments")
@pytest.mark.parametrize(
    ("name", "activation", "start", "optimizer", "rate"),
    [
        ("sigmoid", "sigmoid", "random", "SGD", 0.5),
        ("relu", "relu", "random", "SGD", 0.5),
        ("zeros", "relu", "zeros", "SGD", 0.5),
        ("adam", "relu", "random", "Adam", 0.003),
    ],
)
def test_each_run_of_five_layers_is_the_one_it_is_called(name, activation, start, optimizer, rate):
    """Each record of five_layer_runs comes from the network and the optimizer of its name."""
    with watched() as watch:
        found = experiments.five_layer_runs(TRAIN, TEST, 4, 10)
    assert len(watch.runs) == 4, f"{len(watch.runs)} networks were trained"
    named = [one for one in ("sigmoid", "relu", "zeros", "adam") if one in found]
    runs = {id(watch.run_of(found[one])) for one in named}
    assert len(runs) == len(named), "two names stand for the same run"
    asked = watch.run_of(found[name])
    check_run(asked, kind="FiveLayers", activation=activation, start=start, logits=True)
    check_run(asked, iterations=4, batch_size=10, optimizer=optimizer, rate=rate, schedule=None)


@task("experiments")
def test_rounding_makes_no_new_units():
    """different_units takes columns for equal that differ by rounding alone."""
    net = models.OneLayer()
    column = torch.randn(784, 1, generator=DRAW)
    wobble = 1e-8 * torch.randn(784, 4, generator=DRAW)
    net.W1 = torch.cat([column + wobble, column + 0.01, -column], dim=1)
    assert experiments.different_units(net) == 3, "three kinds of columns"


@task("rate_comparison")
def test_only_the_schedule_differs():
    """constant_against_falling trains ConvNet with Adam and 0.003; one run has the schedule."""
    with watched() as watch:
        found = experiments.constant_against_falling(TRAIN, TEST, 8, 10)
    assert len(watch.runs) == 2, f"{len(watch.runs)} networks were trained"
    for name in ("constant", "falling"):
        asked = watch.run_of(found[name])
        check_run(asked, kind="ConvNet", hidden=30, iterations=8, batch_size=10, optimizer="Adam")
        if name == "constant":
            check_run(asked, rate=0.003, schedule=None)
        else:
            expected = schedule.learning_rate(1234)
            assert_close(asked["schedule"](1234), expected, "the rate of iteration 1234")


@task("nan")
def test_what_can_be_counted_is_counted():
    """nan_counts counts zeros and NaN over all entries, and computes both losses."""
    Z = torch.tensor([[150.0, 0.0, 0.0], [1.0, 0.0, 2.0], [0.0, 300.0, 0.0]])
    Y = torch.tensor([1, 2, 0])
    found = experiments.nan_counts(Z, Y)
    assert found["zeros"] == int((F.softmax(Z, dim=1) == 0).sum()), "zeros"
    assert found["nan_of_probabilities"] == 6, "two rows of three entries are NaN"
    assert found["nan_of_logits"] == 0, "no entry of the other gradient is NaN"
    assert found["loss_of_probabilities"] == float("inf"), "the loss of the probabilities"
    expected = float(F.cross_entropy(Z, Y))
    assert_close(found["loss_of_logits"], expected, "the loss of the logits", rtol=1e-5)


@task("nan")
def test_moderate_scores_make_no_nan():
    """Where nothing underflows nan_counts finds equal losses and no NaN."""
    Z = torch.tensor([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]])
    Y = torch.tensor([0, 2])
    found = experiments.nan_counts(Z, Y)
    expected = float(F.cross_entropy(Z, Y))
    for name in ("probabilities", "logits"):
        assert_close(found[f"loss_of_{name}"], expected, f"loss_of_{name}", rtol=1e-5)
        assert found[f"nan_of_{name}"] == 0, f"nan_of_{name}"
    assert found["zeros"] == 0, "zeros"


@task("overfitting")
@pytest.mark.parametrize(
    "losses", [[1.0, 0.5, 0.5, 0.75], [0.5, 1.0, 2.0, 4.0], [4.0, 2.0, 1.0, 0.5]]
)
def test_the_first_smallest_loss_counts(losses):
    """overfitting finds the first smallest loss, at the start, in between or at the end."""
    iterations = [0, 100, 200, 250]
    found = experiments.overfitting({"test_iterations": iterations, "test_loss": losses})
    best = losses.index(min(losses))
    assert found["iteration"] == iterations[best], "the iteration"
    assert_close(found["rise"], losses[-1] - min(losses), "the rise")
