"""The network's layers and outputs, and what depends on the size of its kernels."""

import unittest

import model
import torch
from baseline import LinearNet
from model import Net
from studentkit import assert_close, assert_same, assert_shape, task
from studentkit.networks import outputs_of, parameter_count, set_state, state_of


def weights(flat=400, kernel=5, seed=0):
    """Return parameters for Net, drawn at random: name -> tensor."""
    draw = torch.Generator().manual_seed(seed)
    shapes = {
        "conv1": (6, 3, kernel, kernel),
        "conv2": (16, 6, kernel, kernel),
        "fc1": (120, flat),
        "fc2": (84, 120),
        "fc3": (10, 84),
    }
    found = {}
    for name, shape in shapes.items():
        found[f"{name}.weight"] = 0.1 * torch.randn(shape, generator=draw)
        found[f"{name}.bias"] = 0.1 * torch.randn(shape[0], generator=draw)
    return found


# What the definition gives for `weights()` and the images of the test, in double precision.
LOGITS = [
    [
        2.9343,
        -0.980465,
        -1.50297,
        -0.846126,
        -0.478871,
        0.0584872,
        0.727789,
        -0.460738,
        -1.65701,
        1.0867,
    ],
    [
        2.37443,
        -0.579569,
        -1.26147,
        -0.0935762,
        0.0739951,
        -0.0561426,
        0.796584,
        -0.861069,
        -2.50733,
        0.619186,
    ],
    [
        2.78492,
        -1.1285,
        -2.1023,
        0.0102559,
        -0.322734,
        -1.03932,
        0.695915,
        -0.680155,
        -1.46782,
        0.718974,
    ],
]


@task("network")
class TestNet(unittest.TestCase):
    """`Net`."""

    def test_parameters_have_their_names_and_shapes(self):
        """Net has conv1, conv2, fc1, fc2 and fc3, with 62,006 parameters in all."""
        net = Net()
        expected = {name: tuple(value.shape) for name, value in weights().items()}
        shapes = {name: tuple(value.shape) for name, value in state_of(net).items()}
        self.assertEqual(shapes, expected)
        assert_same(parameter_count(net), 62006, "the number of parameters")
        self.check_last_bias(net)

    def test_logits_of_a_batch(self):
        """Net computes conv, ReLU, pool twice, then three linear layers with ReLU between them."""
        net = Net()
        set_state(net, weights())
        x = torch.randn(3, 3, 32, 32, generator=torch.Generator().manual_seed(1))
        assert_close(outputs_of(net, x), LOGITS, "the logits", rtol=1e-3, atol=1e-4)

    def test_smaller_kernels_fit_too(self):
        """Net(kernel_size=3) takes the same images and returns a row of logits for each."""
        net, x = Net(kernel_size=3), torch.zeros(25, 3, 32, 32)
        assert_shape(outputs_of(net, x), (25, 10), "the logits with 3×3 kernels")
        self.check_last_bias(net)

    def check_last_bias(self, net):
        """Check that what is added to the last bias comes out again."""
        x = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(3))
        before, state = outputs_of(net, x), state_of(net)
        set_state(net, {**state, "fc3.bias": state["fc3.bias"] + torch.arange(10.0)})
        change = outputs_of(net, x) - before
        expected = torch.arange(10.0).expand(2, 10)
        assert_close(change, expected, "the change of the logits", rtol=1e-3, atol=1e-4)


@task("kernel_sizes")
class TestKernelSizes(unittest.TestCase):
    """`flat_size` and `rows_at_fc1`."""

    def test_the_flat_size_of_the_given_network(self):
        """With kernels of 5, 400 numbers of an image arrive at fc1."""
        assert_same(model.flat_size(5), 400, "flat_size(5)")

    def test_with_the_right_kernels_every_image_keeps_its_row(self):
        """With kernels of 5, view(-1, 400) makes as many rows as there are images."""
        assert_same(model.rows_at_fc1(5, 3), 3, "rows_at_fc1(5, 3)")

    def test_four_images_do_not_pass_with_small_kernels(self):
        """With kernels of 3 and nothing else changed, view raises for a batch of 4: None."""
        assert_same(model.rows_at_fc1(5, 4), 4, "rows_at_fc1(5, 4)")
        self.assertIsNone(model.rows_at_fc1(3, 4), "rows_at_fc1(3, 4)")


@task("layer_table")
class TestLayerTable(unittest.TestCase):
    """`layer_table`."""

    def test_weights_and_biases_are_counted(self):
        """layer_table maps each layer's name to its number of parameters, pooling to 0."""
        table = dict(model.layer_table(LinearNet(channels=1, side=4, classes=3)))
        self.assertEqual(table, {"dropout": 0, "fc": 4 * 4 * 3 + 3})


if __name__ == "__main__":
    unittest.main()
