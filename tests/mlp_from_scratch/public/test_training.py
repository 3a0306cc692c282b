"""The penalty, the optimizer, a little training, and the learning curves."""

import unittest

import numpy as np
import utils
from models import SoftmaxRegression, TwoLayerNet
from optimizer import SGD
from studentkit import assert_close, task
from studentkit.figures import figures_drawn, watch_figures


def network_with_gradients():
    """Return a small two-layer network, its weights and its gradients, all set by hand."""
    draw = np.random.default_rng(7)
    model = TwoLayerNet(input_size=3, num_classes=4, hidden_size=2)
    shapes = {"W1": (3, 2), "b1": (2,), "W2": (2, 4), "b2": (4,)}
    weights = {name: draw.normal(size=shape) for name, shape in shapes.items()}
    gradients = {name: draw.normal(size=shape) for name, shape in shapes.items()}
    for name in shapes:
        model.weights[name] = weights[name].copy()
        model.gradients[name] = gradients[name].copy()
    return model, weights, gradients


@task("regularization")
class TestRegularization(unittest.TestCase):
    """`apply_regularization` of `_BaseOptimizer`."""

    def test_the_penalty_is_added_to_the_gradients_of_weight_matrices(self):
        """apply_regularization adds reg times each weight matrix to its gradient."""
        model, weights, gradients = network_with_gradients()
        SGD(learning_rate=0.3, reg=0.2).apply_regularization(model)
        for name in ("W1", "W2"):
            expected = gradients[name] + 0.2 * weights[name]
            assert_close(model.gradients[name], expected, f"the gradient of {name}")


@task("sgd")
class TestSGD(unittest.TestCase):
    """`update` of `SGD`."""

    def test_weights_go_against_their_gradients(self):
        """SGD.update subtracts learning rate times gradient from each weight matrix."""
        model, weights, gradients = network_with_gradients()
        SGD(learning_rate=0.1, reg=0.0).update(model)
        for name in ("W1", "W2"):
            expected = weights[name] - 0.1 * gradients[name]
            assert_close(model.weights[name], expected, name)


@task("training")
class TestTraining(unittest.TestCase):
    """Everything together, on a handful of made-up samples."""

    def test_a_few_epochs_lower_the_loss(self):
        """Ten epochs of training make the loss smaller and the accuracy better than guessing."""
        draw = np.random.default_rng(3)
        label = [number % 3 for number in range(30)]
        data = np.eye(3)[label] + 0.1 * draw.normal(size=(30, 3))
        model = SoftmaxRegression(input_size=3, num_classes=3)
        optimizer = SGD(learning_rate=0.5, reg=0.001)
        batches = utils.generate_batched_data(data.tolist(), label, 8, shuffle=True, seed=5)
        first, _ = utils.evaluate(*batches, model, debug=False)
        for epoch in range(10):
            utils.train(epoch, *batches, model, optimizer, debug=False)
        last, accuracy = utils.evaluate(*batches, model, debug=False)
        self.assertLess(last, first, "the loss after training")
        self.assertGreater(accuracy, 0.5, "the accuracy after training")


@task("curves")
class TestCurves(unittest.TestCase):
    """`utils.plot_curves`."""

    def test_all_four_histories_are_drawn(self):
        """plot_curves draws loss and accuracy of training and of validation."""
        histories = [[2.1, 1.2, 0.7], [0.3, 0.6, 0.8], [2.2, 1.4, 1.1], [0.2, 0.5, 0.65]]
        watch_figures()
        utils.plot_curves(*histories)
        drawn = [
            line.y for figure in figures_drawn() for axes in figure.axes for line in axes.lines
        ]
        names = ["training loss", "training accuracy", "validation loss", "validation accuracy"]
        for name, history in zip(names, histories, strict=True):
            close = [len(line) == 3 and np.allclose(line, history) for line in drawn]
            self.assertTrue(any(close), f"the {name} is not among the {len(drawn)} drawn lines")


if __name__ == "__main__":
    unittest.main()
