"""Testing a stored network, and comparing runs."""

import unittest

import evaluation
import experiments
import figures
import torch
from baseline import LinearNet
from studentkit import assert_close, assert_same, task
from studentkit.figures import figure_of

TRIAL = "trial.pth"  # a file that these tests leave behind; it is not handed in


def small():
    """Return a network for images (N, 1, 1, 3) and three classes."""
    return LinearNet(channels=3, side=1, classes=3)


def store(weight, bias=(0.0, 0.0, 0.0)):
    """Write parameters of the small network into a file."""
    state = {"fc.weight": torch.tensor(weight), "fc.bias": torch.tensor(bias)}
    evaluation.torch.save(state, TRIAL)


def pictures(classes):
    """Return images (N, 3, 1, 1) that switch on one channel each."""
    return torch.eye(3)[classes].view(-1, 3, 1, 1)


IDENTITY = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]


@task("evaluation")
class TestAccuracy(unittest.TestCase):
    """`test` of evaluation.py."""

    def test_accuracy_is_the_fraction_of_right_predictions(self):
        """test returns the fraction of all images that the stored network classifies right."""
        store(IDENTITY)
        labels = torch.tensor([0, 1, 2, 2])
        loader = [(pictures([0, 1, 2, 0]), labels), (pictures([1, 1, 2, 0]), labels)]
        accuracy = evaluation.test(loader, TRIAL, network=small)
        assert_close(accuracy, 5 / 8, "the accuracy")


@task("classes")
class TestClasses(unittest.TestCase):
    """`confusion_counts` and `accuracy_by_class`."""

    def test_rows_are_true_classes(self):
        """confusion_counts counts pairs: the row is the true class, the column the predicted."""
        store(IDENTITY)
        loader = [(pictures([0, 1, 2, 0]), torch.tensor([0, 0, 2, 0]))]
        counts = evaluation.confusion_counts(loader, TRIAL, network=small, classes=3)
        assert_same(counts, [[2, 1, 0], [0, 0, 0], [0, 0, 1]], "the counts")

    def test_each_class_has_its_accuracy(self):
        """accuracy_by_class divides the right predictions by the images of the class."""
        found = evaluation.accuracy_by_class(torch.tensor([[3, 1], [1, 1]]))
        assert_close(list(found), [0.75, 0.5], "the accuracies")


RUNS = [
    {"batch_size": 4, "epochs": 5, "losses": [2.0, 1.5, 1.6], "accuracy": 0.4},
    {"batch_size": 16, "epochs": 5, "losses": [2.2, 2.0, 1.8], "accuracy": 0.6},
]


@task("runs")
class TestRuns(unittest.TestCase):
    """`run_all`, `updates`, `roughness`, `compare_runs` and `plot_runs`."""

    def test_each_configuration_is_run(self):
        """run_all calls run(batch_size, epochs) for each pair and collects what it returns."""
        asked = []

        def run(batch_size, epochs):
            asked.append((batch_size, epochs))
            return [2.0, 1.0], epochs / 100

        runs = experiments.run_all(run, [(4, 5), (16, 20)])
        self.assertEqual(asked, [(4, 5), (16, 20)], "the calls of run")
        assert_same([one["batch_size"] for one in runs], [4, 16], "the batch sizes")
        assert_close([one["accuracy"] for one in runs], [0.05, 0.2], "the accuracies")

    def test_updates_of_an_epoch(self):
        """With 50,000 images and batches of 4, an epoch makes 12,500 updates."""
        assert_same(experiments.updates(4, 1), 12500, "updates(4, 1)")

    def test_a_straight_curve_is_not_rough(self):
        """roughness is 0 for a straight line, and the mean distance from it for a zigzag."""
        assert_close(experiments.roughness([3.0, 2.0, 1.0]), 0.0, "the roughness of a line")
        assert_close(experiments.roughness([0.0, 1.0, 0.0, 1.0]), 1.0, "that of a zigzag")

    def test_the_table_begins_with_the_best_run(self):
        """compare_runs sorts the runs by accuracy, the most accurate one first."""
        rows = experiments.compare_runs(RUNS)
        assert_close([row["accuracy"] for row in rows], [0.6, 0.4], "the accuracies")
        assert_close([row["last_loss"] for row in rows], [1.8, 1.6], "the last losses")

    def test_each_run_is_a_line_with_its_name(self):
        """plot_runs draws one line per run and names it, as "batch 4, 5 epochs"."""
        figure = figure_of(figures.plot_runs(RUNS), "two runs")
        lines = figure.axes[0].lines
        self.assertEqual(len(lines), 2, "the number of lines")
        assert_close(lines[0].y, RUNS[0]["losses"], "the first run's losses")
        names = [name.lower() for name in figure.axes[0].legend]
        self.assertEqual(names, ["batch 4, 5 epochs", "batch 16, 5 epochs"])


if __name__ == "__main__":
    unittest.main()
