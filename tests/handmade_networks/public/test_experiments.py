"""The experiments: what they train, and what they make of the records."""

import contextlib

import experiments
import models
import torch
import training
from studentkit import assert_close, task

DIGITS = torch.zeros(4, 1, 28, 28), torch.arange(4)

SETTINGS = ("net", "train_set", "test_set", "iterations", "batch_size")
SETTINGS += ("optimizer", "rate", "loss", "schedule")
USUAL = {"iterations": 2000, "batch_size": 100, "optimizer": "SGD", "rate": 0.5, "schedule": None}
NETWORKS = {
    "TwoLayers": {"hidden": 200, "start": "random", "logits": False},
    "FiveLayers": {"activation": "sigmoid", "start": "random", "logits": False},
    "ConvNet": {"hidden": 30},
}


class Watched:
    """Stand-ins for the networks and for `train`: nothing is trained, everything is noted.

    The experiments are judged by what they ask for, so that an error in a network or in the loop
    does not cost points here as well.
    """

    def __init__(self):
        self.made = []  # for each network its kind and its settings
        self.runs = []  # for each call of `train` its settings and those of its network

    def maker(self, kind):
        """Return a function that notes which network is wanted, and makes a simple one."""

        def make(*given, **named):
            self.made.append(
                NETWORKS[kind]
                | dict(zip(NETWORKS[kind], given, strict=False))
                | named
                | {"kind": kind}
            )
            nn = training.torch.nn
            hidden = self.made[-1].get("hidden", 1)
            net = nn.Sequential(nn.Flatten(), nn.Linear(784, hidden), nn.Linear(hidden, 10))
            net.W1 = torch.arange(hidden) // (1 + len(self.made)) * torch.ones(784, 1)
            net.number = len(self.made) - 1
            return net

        return make

    def train(self, *given, **named):
        """Note what is to be trained, and return a record that tells its number."""
        asked = USUAL | dict(zip(SETTINGS, given, strict=False)) | named
        net = self.made[asked["net"].number]
        self.runs.append(net | asked)
        number = len(self.runs)
        return {
            "train_iterations": [0],
            "train_loss": [2.0],
            "train_accuracy": [0.125],
            "test_iterations": [0, asked["iterations"]],
            "test_loss": [3.0, 1.0 / number],
            "test_accuracy": [0.0, 0.5 / number],
        }

    def run_of(self, record):
        """Return what was asked for in the run that gave `record`."""
        return self.runs[round(1 / record["test_loss"][-1]) - 1]


@contextlib.contextmanager
def watched():
    """Let the experiments use the stand-ins for a while."""
    watch = Watched()
    changes = [(training, "train", watch.train), (experiments, "train", watch.train)]
    for kind in NETWORKS:
        changes += [(models, kind, watch.maker(kind)), (experiments, kind, watch.maker(kind))]
    kept = [(place, name, getattr(place, name)) for place, name, _ in changes]
    for place, name, value in changes:
        setattr(place, name, value)
    try:
        yield watch
    finally:
        for place, name, value in kept:
            setattr(place, name, value)


@task("experiments")
def test_both_starts_are_compared():
    """zeros_against_random trains a network from zeros and one from random weights."""
    with watched() as watch:
        found = experiments.zeros_against_random(DIGITS, DIGITS, 3, 4)
    assert len(watch.runs) == 2, f"{len(watch.runs)} networks were trained"
    assert set(found) == {"zeros", "random"}, f"the runs are {set(found)}"
    for start, record in found.items():
        assert watch.run_of(record)["start"] == start, f'the record of "{start}"'
        assert "units" in record, "the number of different units is missing"


@task("experiments")
def test_each_number_of_hidden_units_is_tried():
    """hidden_unit_sweep counts the parameters of each network and measures it at the end."""
    with watched() as watch:
        found = experiments.hidden_unit_sweep(DIGITS, DIGITS, (3, 5), 2, 4)
    assert [asked["hidden"] for asked in watch.runs] == [3, 5], "the networks that were trained"
    assert list(found["hidden"]) == [3, 5], "the numbers of hidden units"
    expected = [784 * hidden + hidden + hidden * 10 + 10 for hidden in (3, 5)]
    assert list(found["parameters"]) == expected, f"the parameters are {found['parameters']}"
    assert_close(list(found["test_loss"]), [1.0, 0.5], "test_loss")


@task("experiments")
def test_five_layers_are_trained_in_four_ways():
    """five_layer_runs returns a record for "sigmoid", "relu", "zeros" and "adam"."""
    with watched() as watch:
        found = experiments.five_layer_runs(DIGITS, DIGITS, 2, 4)
    assert set(found) == {"sigmoid", "relu", "zeros", "adam"}, f"the runs are {set(found)}"
    for name in ("sigmoid", "relu"):
        asked = watch.run_of(found[name])
        assert asked["activation"] == name, f"{name} is trained with {asked['activation']}"
    assert watch.run_of(found["adam"])["optimizer"] == "Adam", 'the optimizer of "adam"'


@task("experiments")
def test_equal_columns_are_one_unit():
    """different_units counts the distinct columns of W1."""
    net = models.OneLayer()
    column = torch.linspace(-1, 1, 784)[:, None]
    net.W1 = torch.cat([column, column + 1, column, column], dim=1)
    assert experiments.different_units(net) == 2, "two kinds of columns"


@task("rate_comparison")
def test_both_rates_are_tried():
    """constant_against_falling trains ConvNet with a schedule and without."""
    with watched() as watch:
        found = experiments.constant_against_falling(DIGITS, DIGITS, 2, 4)
    assert set(found) == {"constant", "falling"}, f"the runs are {set(found)}"
    assert [asked["kind"] for asked in watch.runs] == ["ConvNet"] * 2, "the networks"
    assert watch.run_of(found["constant"])["schedule"] is None, "the constant rate has a schedule"
    assert watch.run_of(found["falling"])["schedule"] is not None, "the schedule is missing"


@task("nan")
def test_an_underflowing_probability_spoils_the_gradient():
    """nan_counts sees softmax reach exactly 0, and NaN in the gradient behind log and softmax."""
    found = experiments.nan_counts(torch.tensor([[0.0, 200.0], [1.0, 2.0]]), torch.tensor([0, 1]))
    assert found["zeros"] == 1, f"{found['zeros']} probabilities are 0"
    assert found["loss_of_probabilities"] == float("inf"), "the loss of the probabilities"
    assert found["nan_of_probabilities"] == 2, f"{found['nan_of_probabilities']} entries are NaN"


@task("nan")
def test_logits_are_the_cure():
    """With the same scores the loss of logits is finite, and so is its gradient."""
    found = experiments.nan_counts(torch.tensor([[0.0, 200.0]]), torch.tensor([0]))
    assert_close(found["loss_of_logits"], 200.0, "the loss of the logits")
    assert found["nan_of_logits"] == 0, "the gradient of the loss of logits has NaN"


@task("overfitting")
def test_overfitting_begins_where_the_test_loss_was_smallest():
    """overfitting returns the iteration of the smallest test loss and the rise since then."""
    found = experiments.overfitting(
        {"test_iterations": [0, 100, 200, 300], "test_loss": [2.0, 0.5, 0.75, 1.0]}
    )
    assert found["iteration"] == 100, f"the iteration is {found['iteration']}"
    assert_close(found["rise"], 0.5, "the rise")
