"""The training loop on a linear network and a handful of numbers, and the loss curve."""

import unittest

import figures
import torch
import training
from baseline import LinearNet
from studentkit import assert_close, assert_same, task
from studentkit.figures import figure_of
from studentkit.networks import set_state, state_of, stored_weights
from torch.nn import functional as F

TRIAL = "trial.pth"  # a file that these tests leave behind; it is not handed in


def batches(count, size=4):
    """Return `count` batches of images (size, 1, 2, 2) with labels 0, 1 or 2."""
    draw = torch.Generator().manual_seed(count)
    return [
        (
            torch.randn(size, 1, 2, 2, generator=draw),
            torch.randint(0, 3, (size,), generator=draw),
        )
        for _ in range(count)
    ]


def start():
    """Return weights and biases to start from."""
    draw = torch.Generator().manual_seed(5)
    return {"fc.weight": torch.randn(3, 4, generator=draw), "fc.bias": torch.zeros(3)}


def linear():
    """Return a small linear network with these weights."""
    net = LinearNet(channels=1, side=2, classes=3)
    set_state(net, start())
    return net


def by_hand(loader, epochs, lr, momentum):
    """Return what SGD with momentum makes of the weights: v = momentum v + g, w = w - lr v."""
    values = [value.clone().requires_grad_() for value in start().values()]
    velocities = [torch.zeros_like(value) for value in values]
    for inputs, labels in loader * epochs:
        loss = F.cross_entropy(inputs.flatten(1) @ values[0].T + values[1], labels)
        slopes = torch.autograd.grad(loss, values)
        with torch.no_grad():
            for value, velocity, slope in zip(values, velocities, slopes, strict=True):
                velocity.mul_(momentum).add_(slope)
                value.sub_(lr * velocity)
    return {name: value.detach() for name, value in zip(start(), values, strict=True)}


@task("device")
class TestDevice(unittest.TestCase):
    """`choose_device`."""

    def test_the_gpu_is_used_where_there_is_one(self):
        """choose_device names "cuda" where a GPU is wanted and there, and "cpu" otherwise."""
        self.assertEqual(training.choose_device(True, available=True), "cuda")
        self.assertEqual(training.choose_device(True, available=False), "cpu")


@task("training_loop")
class TestTrain(unittest.TestCase):
    """`train`."""

    def test_every_batch_makes_one_step(self):
        """train makes one step of SGD for each batch, on the gradient of that batch alone."""
        net, loader = linear(), batches(3)
        training.train(loader, 1, lr=0.1, momentum=0.0, network=lambda: net)
        for name, expected in by_hand(loader, 1, 0.1, 0.0).items():
            assert_close(state_of(net)[name], expected, name, rtol=1e-4, atol=1e-6)

    def test_momentum_goes_on_through_the_epochs(self):
        """train keeps one network and one optimizer, with its momentum, for all epochs."""
        net, loader = linear(), batches(3)
        training.train(loader, 2, lr=0.1, momentum=0.9, network=lambda: net)
        for name, expected in by_hand(loader, 2, 0.1, 0.9).items():
            assert_close(state_of(net)[name], expected, name, rtol=1e-4, atol=1e-6)


@task("running_loss")
class TestRunningLoss(unittest.TestCase):
    """What `train` returns."""

    def test_entries_are_means(self):
        """Each entry is the mean loss of `every` batches (with lr=0, nothing is learnt)."""
        net, loader = linear(), batches(4)
        values = start()
        losses = [
            F.cross_entropy(inputs.flatten(1) @ values["fc.weight"].T, labels).item()
            for inputs, labels in loader
        ]
        found = training.train(loader, 1, lr=0.0, every=2, network=lambda: net)
        expected = [(losses[0] + losses[1]) / 2, (losses[2] + losses[3]) / 2]
        assert_close(list(found), expected, "running_loss_list", rtol=1e-4)


@task("checkpoint")
class TestCheckpoint(unittest.TestCase):
    """The file that `train` writes."""

    def test_the_file_holds_the_trained_parameters(self):
        """train saves the state_dict of the network as it is after training."""
        net = linear()
        training.train(batches(2), 1, lr=0.1, model_save_path=TRIAL, network=lambda: net)
        stored = stored_weights(TRIAL)
        self.assertEqual(sorted(stored), ["fc.bias", "fc.weight"])
        for name, value in state_of(net).items():
            assert_close(stored[name], value, f"{name} in the file")


@task("loss_curve")
class TestLossCurve(unittest.TestCase):
    """`plot_loss_curve`."""

    def test_losses_stand_over_their_iterations(self):
        """plot_loss_curve draws the entries over 250, 500, 750 and so on."""
        figure = figure_of(figures.plot_loss_curve([2.3, 1.9, 1.6]), "a loss curve")
        lines = figure.axes[0].lines
        self.assertEqual(len(lines), 1, "the number of lines")
        assert_same(lines[0].x, [250, 500, 750], "the iterations")
        assert_close(lines[0].y, [2.3, 1.9, 1.6], "the losses")


if __name__ == "__main__":
    unittest.main()
