"""What the order of the samples does."""

import torch
from ordering import dead_fraction, order_effect, visiting_order
from samples import small_relu
from studentkit import assert_close, assert_same, task
from studentkit.networks import set_state, state_of

Y = torch.tensor([1.0, -1.0, -1.0, 1.0, -1.0])
X = torch.tensor([[1.0, 2.0], [-1.0, 0.5], [0.5, -2.0], [2.0, 1.0], [-1.5, -1.0]])  # (N, 2)


def by_hand(network):
    """Give a small_relu weights of which two units of three, and one of two, are dead."""
    state = state_of(network)
    state["0.weight"] = torch.tensor([[1.0, 0.0], [0.0, 0.0], [-1.0, 0.0]])
    state["0.bias"] = torch.tensor([0.0, -1.0, -9.0])
    state["2.weight"] = torch.tensor([[1.0, 0.0, 0.0], [-1.0, 0.0, 0.0]])
    state["2.bias"] = torch.tensor([0.5, -0.5])
    set_state(network, state)
    return network


@task("order_effect")
def test_negative_samples_come_first():
    """Without shuffling visiting_order gives all negative samples, then all positive ones."""
    assert_same(visiting_order(Y, False), [1, 2, 4, 0, 3], "the order")


@task("order_effect")
def test_units_that_never_fire_are_dead():
    """dead_fraction counts the ReLU units that are 0 for every sample, in all layers together."""
    assert_close(dead_fraction(by_hand(small_relu()), X), 3 / 5, "the fraction of dead units")


@task("order_effect")
def test_each_sample_makes_one_update():
    """order_effect updates after each sample, and records the loss over all of them."""
    network = small_relu()
    copy = torch.nn.Sequential(
        torch.nn.Linear(2, 3),
        torch.nn.ReLU(),
        torch.nn.Linear(3, 2),
        torch.nn.ReLU(),
        torch.nn.Linear(2, 1),
    )
    copy.load_state_dict(state_of(network))
    expected = []
    for number in (3, 0, 1, 4):
        loss = (copy(X[number : number + 1])[0, 0] - Y[number]).square()
        slopes = torch.autograd.grad(loss, list(copy.parameters()))
        with torch.no_grad():
            for parameter, slope in zip(copy.parameters(), slopes, strict=True):
                parameter.sub_(0.05 * slope)
            expected.append(float((copy(X)[:, 0] - Y).square().mean()))
    losses, dead = order_effect(network, X, Y, torch.tensor([3, 0, 1, 4]), 0.05, every=2)
    assert_close(losses, expected[1::2], "the losses after 2 and after 4 samples", rtol=1e-4)
    assert tuple(dead.shape) == (2,), f"the fractions have shape {tuple(dead.shape)}; expected (2,)"
    with torch.no_grad():
        hidden = [copy[:2](X), copy[:4](X)]
    units = torch.cat([(values <= 0).all(dim=0) for values in hidden])
    assert_close(dead[1], units.double().mean(), "the fraction of dead units at the end", rtol=1e-5)
