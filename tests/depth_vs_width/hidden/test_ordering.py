"""Orders, dead units, and what samples do to them."""

import torch
from ordering import dead_fraction, order_effect, visiting_order
from samples import small_relu
from studentkit import assert_close, assert_same, task
from studentkit.networks import outputs_of, set_state, state_of

Y = torch.tensor([1.0, -1.0] * 20)
X = torch.randn(40, 2, generator=torch.Generator().manual_seed(4))  # (N, 2)


def with_units(biases, deeper):
    """Return a small_relu whose units see the first coordinate, with these biases."""
    network = small_relu()
    state = state_of(network)
    state["0.weight"] = torch.tensor([[1.0, 0.0]] * 3)
    state["0.bias"] = torch.tensor(biases)
    state["2.weight"] = torch.zeros(2, 3)
    state["2.bias"] = torch.tensor(deeper)
    set_state(network, state)
    return network


@task("order_effect")
def test_a_shuffled_order_visits_everybody_once():
    """A shuffled visiting_order holds each number once and mixes the classes."""
    order = visiting_order(Y, True, seed=3)
    assert_same(order.sort().values, torch.arange(40), "the numbers in the order")
    first = Y[order[:20]]
    assert 0 < int((first > 0).sum()) < 20, "the first half holds one class only"


@task("order_effect")
def test_the_seed_decides_the_order():
    """visiting_order repeats an order for the same seed, and draws another for another seed."""
    one, again, other = (visiting_order(Y, True, seed) for seed in (5, 5, 6))
    assert_same(one, again, "the order of the same seed")
    assert not torch.equal(one, other), "two seeds gave the same order"


@task("order_effect")
def test_a_unit_that_fires_once_lives():
    """dead_fraction spares a unit that fires for a single sample."""
    inputs = torch.tensor([[3.0, 0.0], [-1.0, 0.0], [0.0, 1.0]])
    found = dead_fraction(with_units([-2.0, -3.0, -4.0], [1.0, 1.0]), inputs)
    assert_close(found, 2 / 5, "the fraction of dead units")


@task("order_effect")
def test_units_weigh_the_same_in_every_layer():
    """dead_fraction is a mean over units, whatever the sizes of their layers."""
    inputs = torch.ones(2, 2)
    found = dead_fraction(with_units([0.0, 0.0, 0.0], [-1.0, -1.0]), inputs)
    assert_close(found, 2 / 5, "the fraction of dead units")


@task("order_effect")
def test_dead_units_are_counted_over_all_samples():
    """order_effect records the dead units over all samples, not over the one just visited."""
    network = with_units([0.5, 0.5, -9.0], [1.0, 1.0])
    points = torch.tensor([[-2.0, 0.0], [2.0, 0.0], [-3.0, 0.0]])
    _, dead = order_effect(network, points, torch.ones(3), torch.tensor([0, 2]), 0.0, every=1)
    assert_close(dead, [1 / 5, 1 / 5], "the fractions of dead units", rtol=1e-5)


@task("order_effect")
def test_nothing_revives_a_dead_layer():
    """Where all units are dead, samples change no weight but the output's bias."""
    network = with_units([-9.0, -9.0, -9.0], [-1.0, -1.0])
    before = state_of(network)
    _, dead = order_effect(network, X, Y, torch.arange(40), 0.2, every=10)
    assert_close(dead, torch.ones(4), "the fractions of dead units")
    for name, value in state_of(network).items():
        if name != "4.bias":
            assert_close(value, before[name], name)
    assert float((state_of(network)["4.bias"] - before["4.bias"]).abs()) > 0, "4.bias did not move"


@task("order_effect")
def test_visits_after_the_last_full_interval_are_not_recorded():
    """order_effect records every so many visits, and trains on the rest without a record."""
    network = small_relu()
    start = float((outputs_of(network, X)[:, 0] - Y).square().mean())
    losses, dead = order_effect(network, X, Y, torch.arange(11), 0.0, every=4)
    assert (len(losses), len(dead)) == (2, 2), f"there are {len(losses)} and {len(dead)} records"
    assert_close(losses, [start, start], "the losses at a learning rate of 0", rtol=1e-4)


@task("order_effect")
def test_samples_are_visited_in_the_given_order():
    """order_effect follows the order: other orders lead to other networks."""
    start, ends = state_of(small_relu()), []
    for order in ([0, 1, 2], [2, 1, 0], [0, 0, 0]):
        network = small_relu()
        set_state(network, start)
        order_effect(network, X, Y, torch.tensor(order), 0.2)
        ends.append(state_of(network)["4.bias"])
    assert not torch.allclose(ends[0], ends[1]), "the order made no difference"
    assert not torch.allclose(ends[0], ends[2]), "the numbers in the order made no difference"
