"""The four runs, what is computed of them, and both figures."""

import experiments
import figures
import numpy as np
import pytest
from studentkit import assert_close, assert_same, task
from studentkit.figures import figure_of

pytestmark = pytest.mark.lends_stubs  # no other test expects what they return

DRAW = np.random.default_rng(6)
CURVE = DRAW.normal(size=9).tolist()
RUNS = [
    {"batch_size": 4, "epochs": 5, "losses": CURVE, "accuracy": 0.55},
    {"batch_size": 4, "epochs": 20, "losses": CURVE[:4], "accuracy": 0.65},
    {"batch_size": 16, "epochs": 5, "losses": CURVE[5:], "accuracy": 0.35},
    {"batch_size": 16, "epochs": 20, "losses": CURVE[2:7], "accuracy": 0.65},
]


def rough(losses):
    """Return the mean distance of an entry from the middle of its neighbours."""
    values = np.array(losses)
    return np.abs(values[1:-1] - (values[:-2] + values[2:]) / 2).mean()


@task("runs")
def test_there_are_four_runs():
    """Unless told otherwise, run_all runs batches of 4 and 16 for 5 and 20 epochs."""
    asked = []

    def run(batch_size, epochs):
        asked.append((batch_size, epochs))
        return [float(batch_size), float(epochs)], batch_size / (1 + epochs)

    runs = [dict(one) for one in experiments.run_all(run)]
    assert asked == [(4, 5), (4, 20), (16, 5), (16, 20)], f"the calls were {asked}"
    assert_same([one["batch_size"] for one in runs], [4, 4, 16, 16], "the batch sizes")
    assert_same([one["epochs"] for one in runs], [5, 20, 5, 20], "the epochs")


@task("runs")
def test_each_run_keeps_its_own_results():
    """Each entry of run_all holds the losses and the accuracy of its own run."""

    def run(batch_size, epochs):
        return [float(batch_size), float(epochs)], batch_size / (1 + epochs)

    pairs = [(2, 1), (8, 3), (5, 2)]
    for one, (batch_size, epochs) in zip(experiments.run_all(run, pairs), pairs, strict=True):
        assert_close(list(one["losses"]), [batch_size, epochs], "the losses")
        assert_close(one["accuracy"], batch_size / (1 + epochs), "the accuracy")


@task("runs")
def test_a_short_batch_is_an_update_too():
    """updates counts every batch of every epoch, the short last one as well."""
    for batch, epochs, images in ((16, 20, 50000), (4, 3, 10), (7, 2, 7)):
        expected = epochs * len(range(0, images, batch))
        found = experiments.updates(batch, epochs, images)
        assert_same(found, expected, f"updates({batch}, {epochs}, {images})")


@task("runs")
def test_roughness_is_a_mean_distance():
    """roughness is the mean distance between an entry and the middle of its neighbours."""
    values = np.array(CURVE)
    expected = np.abs(values[1:-1] - (values[:-2] + values[2:]) / 2).mean()
    assert_close(experiments.roughness(CURVE), expected, "the roughness")


@task("runs")
def test_a_trend_is_not_rough():
    """Adding a straight line to a curve does not change its roughness."""
    tilted = [value - 3 * number for number, value in enumerate(CURVE)]
    assert_close(experiments.roughness(tilted), rough(CURVE), "the roughness")


@task("runs")
def test_too_short_a_curve_has_no_roughness():
    """roughness is 0.0 where no entry has two neighbours."""
    assert_close(experiments.roughness(CURVE[:3]), rough(CURVE[:3]), "the roughness of three")
    for losses in ([], [1.5], [2.0, 1.0]):
        assert_close(experiments.roughness(losses), 0.0, f"the roughness of {losses}")


@task("runs")
def test_the_table_of_four_runs():
    """compare_runs lists each run with its last loss and its roughness, the best one first."""
    rows = [dict(row) for row in experiments.compare_runs(RUNS)]
    order = [(row["batch_size"], row["epochs"]) for row in rows]
    assert order[2:] == [(4, 5), (16, 5)] and set(order[:2]) == {(4, 20), (16, 20)}, (
        f"the runs come in the order {order}"
    )
    for row in rows:
        key = row["batch_size"], row["epochs"]
        run = next(one for one in RUNS if (one["batch_size"], one["epochs"]) == key)
        values = np.array(run["losses"])
        rough = np.abs(values[1:-1] - (values[:-2] + values[2:]) / 2).mean()
        assert_close(row["accuracy"], run["accuracy"], "the accuracy")
        assert_close(row["last_loss"], values[-1], "the last loss")
        assert_close(row["roughness"], rough, "the roughness")


@task("runs")
def test_lines_of_all_runs():
    """plot_runs draws each run over its own iterations, whatever its length, and names it."""
    axes = figure_of(figures.plot_runs(RUNS, every=50)).axes[0]
    assert len(axes.lines) == 4, f"there are {len(axes.lines)} lines for 4 runs"
    for line, run in zip(axes.lines, RUNS, strict=True):
        assert_same(line.x, 50 * np.arange(1, len(run["losses"]) + 1), "the iterations")
        assert_close(line.y, run["losses"], "the losses")
        name = f"batch {run['batch_size']}, {run['epochs']} epochs"
        assert line.label.lower() == name, f'a line is called "{line.label}", not "{name}"'


@task("runs")
def test_the_comparison_can_be_read():
    """plot_runs labels both axes and has a legend with an entry for each run."""
    axes = figure_of(figures.plot_runs(RUNS)).axes[0]
    assert axes.xlabel and axes.ylabel, "an axis has no label"
    assert len(axes.legend) == 4, f"the legend has {len(axes.legend)} entries for 4 runs"


@task("loss_curve")
def test_the_curve_follows_its_period():
    """plot_loss_curve counts iterations in steps of `every`, from the first entry on."""
    axes = figure_of(figures.plot_loss_curve(CURVE, every=40)).axes[0]
    assert len(axes.lines) == 1, f"there are {len(axes.lines)} lines; expected one"
    assert_same(axes.lines[0].x, 40 * np.arange(1, 10), "the iterations")
    assert_close(axes.lines[0].y, CURVE, "the losses")


@task("loss_curve")
def test_the_curve_can_be_read():
    """plot_loss_curve labels both axes."""
    axes = figure_of(figures.plot_loss_curve(CURVE)).axes[0]
    assert axes.xlabel, "the x axis has no label"
    assert axes.ylabel, "the y axis has no label"


@task("loss_curve")
def test_each_curve_has_a_plot_of_its_own():
    """A second call of plot_loss_curve draws into a new plot."""
    figures.plot_loss_curve(CURVE)
    axes = figure_of(figures.plot_loss_curve(CURVE[:3])).axes[0]
    assert len(axes.lines) == 1, f"the second plot has {len(axes.lines)} lines"
