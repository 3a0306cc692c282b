"""The network against its definition, for several kernels, with gradients."""

import model
import torch
from baseline import LinearNet
from model import Net
from studentkit import assert_close, assert_same, assert_shape, task
from studentkit.gradients import assert_module_gradients, module_gradients
from studentkit.networks import outputs_of, parameter_count, set_state, state_of
from torch.nn import functional as F

SIDES = {1: 8, 3: 6, 5: 5, 7: 3, 9: 2}  # kernel -> side of the maps behind both poolings


def parameters(kernel=5, seed=20):
    """Return random parameters for Net: name -> tensor."""
    draw = torch.Generator().manual_seed(seed)
    inputs = 16 * SIDES[kernel] ** 2
    shapes = [(6, 3, kernel, kernel), (16, 6, kernel, kernel), (120, inputs), (84, 120), (10, 84)]
    found = {}
    for name, shape in zip("conv1 conv2 fc1 fc2 fc3".split(), shapes, strict=True):
        fan_in = shape[1] if len(shape) == 2 else shape[1] * kernel**2
        found[f"{name}.weight"] = torch.randn(shape, generator=draw) * (2 / fan_in) ** 0.5
        found[f"{name}.bias"] = 0.3 * torch.randn(shape[0], generator=draw)
    return found


def forward(p, x):
    """Return the logits of Net by its definition."""
    for name in ("conv1", "conv2"):
        x = F.conv2d(x, p[f"{name}.weight"], p[f"{name}.bias"])
        x = F.max_pool2d(x.clamp(min=0), 2)
    x = x.reshape(len(x), -1)
    for name in ("fc1", "fc2"):
        x = F.linear(x, p[f"{name}.weight"], p[f"{name}.bias"]).clamp(min=0)
    return F.linear(x, p["fc3.weight"], p["fc3.bias"])


def images(count, seed=4):
    """Return `count` normal images."""
    return torch.randn(count, 3, 32, 32, generator=torch.Generator().manual_seed(seed))


def network(kernel=5):
    """Return a network of the student's with known parameters."""
    net = Net(kernel_size=kernel)
    set_state(net, parameters(kernel))
    return net


def check_last_bias(net, x):
    """Check that what is added to the last bias comes out again, whatever lies before it."""
    shift = torch.linspace(-2, 7, 10)
    before, state = outputs_of(net, x), state_of(net)
    set_state(net, {**state, "fc3.bias": state["fc3.bias"] + shift})
    after = outputs_of(net, x)
    assert_close(after - before, shift.expand(len(x), 10), "the change", rtol=1e-3, atol=1e-3)


@task("network")
def test_logits_follow_the_definition():
    """With given parameters, Net returns the logits of its definition, negative ones too."""
    x = images(4)
    expected = forward(parameters(), x)
    assert expected.min() < 0 < expected.max()
    assert_close(outputs_of(network(), x), expected, "the logits", rtol=1e-3, atol=1e-3)


@task("network")
def test_smaller_kernels_change_only_sizes():
    """With kernels of 3, Net computes the same steps, and every image keeps its row."""
    x = images(25)
    expected = forward(parameters(3), x)
    assert_close(outputs_of(network(3), x), expected, "the logits", rtol=1e-3, atol=1e-3)


@task("network")
def test_other_kernels_fit():
    """fc1 of Net has as many inputs as the kernels leave."""
    for kernel in (1, 7):
        shape = tuple(state_of(Net(kernel_size=kernel))["fc1.weight"].shape)
        assert shape == (120, 16 * SIDES[kernel] ** 2), f"fc1.weight has shape {shape}"
        check_last_bias(Net(kernel_size=kernel), images(2))


@task("network")
def test_an_image_does_not_see_its_neighbours():
    """The logits of an image are the same alone and within a batch."""
    net, x = network(), images(3)
    check_last_bias(net, x)
    alone = torch.cat([outputs_of(net, x[i : i + 1]) for i in range(3)])
    assert_close(outputs_of(net, x), alone, "the logits of the batch", rtol=1e-3, atol=1e-3)


@task("network")
def test_nothing_is_drawn_in_forward():
    """Two calls of Net give the same logits, in training too, and make no new parameters."""
    net, x = network(), images(2)
    check_last_bias(net, x)
    first, again = (outputs_of(net, x, train=True) for _ in range(2))
    assert_close(again, first, "the logits of the second call")
    assert_same(parameter_count(net), 62006, "the number of parameters after forward")


@task("network")
def test_gradients_of_the_network():
    """Gradients through Net are those of its definition, for each parameter."""
    x, labels = images(2), torch.tensor([3, 8])
    p = {name: value.requires_grad_() for name, value in parameters().items()}
    F.cross_entropy(forward(p, x), labels).backward()
    slopes = module_gradients(network(), "cross_entropy", x, labels)
    assert sorted(slopes) == sorted(p), "the parameters with a gradient"
    for name, value in p.items():
        assert_close(slopes[name], value.grad, f"the gradient of {name}", rtol=1e-2, atol=1e-4)


@task("network")
def test_gradients_agree_with_differences():
    """Gradients through Net agree with finite differences of the loss."""
    check_last_bias(network(), images(1))
    assert_module_gradients(network(), "cross_entropy", images(1), torch.tensor([1]))


@task("kernel_sizes")
def test_flat_sizes():
    """flat_size follows both convolutions and both poolings, for odd maps too."""
    for kernel, side in SIDES.items():
        assert_same(model.flat_size(kernel), 16 * side**2, f"flat_size({kernel})")


@task("kernel_sizes")
def test_a_view_can_regroup_without_an_error():
    """rows_at_fc1 tells how many rows view makes where the numbers happen to fit."""
    for kernel, batch, rows in ((3, 25, 36), (3, 50, 72), (7, 25, 9), (5, 1, 1), (4, 2, 2)):
        assert_same(model.rows_at_fc1(kernel, batch), rows, f"rows_at_fc1({kernel}, {batch})")


@task("kernel_sizes")
def test_most_batches_do_not_pass():
    """rows_at_fc1 is None where view raises an error."""
    assert_same(model.rows_at_fc1(3, 75), 108, "rows_at_fc1(3, 75)")
    for kernel, batch in ((3, 16), (7, 4), (9, 1)):
        found = model.rows_at_fc1(kernel, batch)
        assert found is None, f"rows_at_fc1({kernel}, {batch}) is {found!r}; expected None"


@task("layer_table")
def test_the_table_of_the_classifier():
    """layer_table lists all layers of Net in the order in which the constructor makes them."""
    # Net may be wrong: count what it has.
    net = Net()
    state = state_of(net)
    names = list(dict.fromkeys(name.partition(".")[0] for name in state))
    table = dict(model.layer_table(net))
    assert names, "Net has no layers"
    assert [name for name in table if table[name]] == names, f"the layers are {list(table)}"
    for name in names:
        count = sum(value.numel() for key, value in state.items() if key.startswith(f"{name}."))
        assert_same(table[name], count, f"the parameters of {name}")


@task("layer_table")
def test_frozen_parameters_count_too():
    """layer_table counts parameters, whether or not they are trained at the moment."""
    net = LinearNet(channels=2, side=3, classes=4)
    net.requires_grad_(False)
    assert list(dict(model.layer_table(net)).items()) == [("dropout", 0), ("fc", 18 * 4 + 4)]


@task("layer_table")
def test_a_layer_that_is_used_twice_stands_there_once():
    """layer_table has one entry for each child, and plain numbers in it."""
    net = Net()
    table = dict(model.layer_table(net))
    assert_same(sum(table.values()), parameter_count(net), "the parameters of all layers")
    assert all(type(count) is int for count in table.values()), "the counts are no plain numbers"
    assert table.get("pool") == 0, f"pooling has {table.get('pool')!r} parameters in the table"
    children = [name for name, _ in net.named_children()]
    assert_shape(list(table.values()), (len(children),), "the counts of Net's layers")
