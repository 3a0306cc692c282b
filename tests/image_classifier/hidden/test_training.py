"""The training loop against steps made by hand, and what it records and keeps."""

import numpy as np
import pytest
import torch
import training
from baseline import LinearNet
from studentkit import assert_close, assert_same, task
from studentkit.networks import set_state, state_of, stored_weights
from torch import nn

pytestmark = pytest.mark.lends_stubs  # no other test expects what they return

FILE = "trial.pth"
PIXELS, CLASSES = 12, 5  # images (N, 3, 2, 2)


def batches(sizes, seed=1):
    """Return batches of images and labels of these sizes."""
    draw = torch.Generator().manual_seed(seed)
    return [
        (
            torch.randn(size, 3, 2, 2, generator=draw),
            torch.randint(0, CLASSES, (size,), generator=draw),
        )
        for size in sizes
    ]


def start(scale=1.0):
    """Return parameters to start from."""
    draw = torch.Generator().manual_seed(2)
    weight = scale * torch.randn(CLASSES, PIXELS, generator=draw)
    return {"fc.weight": weight, "fc.bias": torch.randn(CLASSES, generator=draw)}


def own(dropout=0.0, scale=1.0):
    """Return a network of the student's side with these parameters."""
    net = LinearNet(channels=3, side=2, classes=CLASSES, dropout=dropout)
    set_state(net, start(scale))
    return net


def by_hand(loader, epochs, lr, momentum, scale=1.0):
    """Return what SGD makes of these parameters: v = momentum v + gradient, w = w - lr v."""
    values = [value.requires_grad_() for value in start(scale).values()]
    velocities = [torch.zeros_like(value) for value in values]
    for inputs, labels in loader * epochs:
        loss = nn.functional.cross_entropy(inputs.flatten(1) @ values[0].T + values[1], labels)
        for value, velocity, slope in zip(
            values, velocities, torch.autograd.grad(loss, values), strict=True
        ):
            velocity.mul_(momentum).add_(slope)
            value.data.sub_(lr * velocity)
    return {name: value.detach() for name, value in zip(start(), values, strict=True)}


def check(net, expected):
    """Compare the parameters of a trained network."""
    state = state_of(net)
    for name, value in expected.items():
        assert_close(state[name], value, f"{name} after training", rtol=1e-3, atol=1e-5)


@task("device")
def test_a_gpu_is_used_only_where_it_is_wanted():
    """choose_device stays with the CPU unless a GPU is asked for."""
    assert training.choose_device(True, available=True) == "cuda"
    assert training.choose_device(False, available=True) == "cpu"
    assert training.choose_device(False, available=False) == "cpu"


@task("device")
def test_torch_is_asked_for_a_gpu():
    """Without `available`, choose_device asks torch whether there is a GPU."""
    there = training.torch.cuda.is_available()
    assert training.choose_device(True) == ("cuda" if there else "cpu")
    assert training.choose_device(True, available=not there) == ("cpu" if there else "cuda")
    assert training.choose_device(False) == "cpu"


@task("training_loop")
def test_parameters_after_some_epochs():
    """After several epochs, short batch included, the parameters are those of SGD on each batch."""
    net, loader = own(), batches([6, 6, 6, 3])
    training.train(loader, 3, False, 0.05, 0.7, None, 2, lambda: net)
    check(net, by_hand(loader, 3, 0.05, 0.7))


@task("training_loop")
def test_large_logits_are_no_problem():
    """The loss is the cross-entropy of the logits as the network returns them."""
    net, loader = own(scale=30.0), batches([5, 5], seed=8)
    training.train(loader, 1, lr=0.5, momentum=0.0, network=lambda: net)
    check(net, by_hand(loader, 1, 0.5, 0.0, scale=30.0))


@task("training_loop")
def test_learning_rate_and_momentum_have_their_defaults():
    """Without lr and momentum, train takes 0.001 and 0.9."""
    net, loader = own(), batches([4] * 10)
    training.train(loader, 2, network=lambda: net)
    check(net, by_hand(loader, 2, 0.001, 0.9))


@task("training_loop")
def test_one_network_for_all_epochs():
    """train makes its network once, whatever the number of epochs."""
    made = []

    def network():
        made.append(own())
        return made[-1]

    loader = batches([3])
    training.train(loader, 3, network=network)
    assert_same(len(made), 1, "the number of networks made")
    check(made[0], by_hand(loader, 3, 0.001, 0.9))


@task("training_loop")
def test_generators_are_seeded_before_the_network_is_made():
    """train seeds torch and numpy, with 7 unless told otherwise, before it makes the network."""
    for options, seed in (({}, 7), ({"seed": 11}, 11)):
        made, drawn = [], []

        def network(made=made, drawn=drawn):
            drawn.append(training.np.random.rand())
            made.append(LinearNet(channels=3, side=2, classes=CLASSES))
            return made[-1]

        training.train(batches([3]), 1, lr=0.0, network=network, **options)
        torch.manual_seed(seed)
        expected = nn.Linear(PIXELS, CLASSES)
        check(made[0], {f"fc.{name}": value for name, value in expected.state_dict().items()})
        assert_close(drawn[0], np.random.RandomState(seed).rand(), "numpy's first number")


@task("training_loop")
def test_dropout_is_on_in_training():
    """train leaves the network in training mode while it trains: with all pixels dropped, the
    weights cannot change."""
    net = own(dropout=1.0)
    training.train(batches([4, 4]), 1, lr=0.5, network=lambda: net)
    state = state_of(net)
    assert_close(state["fc.weight"], start()["fc.weight"], "the weights")
    assert (state["fc.bias"] - start()["fc.bias"]).abs().max() > 0.01, "the biases did not change"


@task("training_loop")
def test_a_wanted_gpu_need_not_be_there():
    """With use_gpu=True, train does its work on any machine, and the result is the same."""
    net, loader = own(), batches([4, 4])
    training.train(loader, 1, True, 0.1, network=lambda: net)
    check(net, by_hand(loader, 1, 0.1, 0.9))


def losses_of(loader):
    """Return the loss of each batch while nothing is learnt."""
    sizes = [len(labels) for _, labels in loader]
    inputs, labels = (torch.cat(parts) for parts in zip(*loader, strict=True))
    logits = inputs.flatten(1) @ start()["fc.weight"].T + start()["fc.bias"]
    single = nn.functional.cross_entropy(logits, labels, reduction="none")
    return [part.mean().item() for part in single.split(sizes)]


@task("running_loss")
def test_each_epoch_counts_anew():
    """Batches left over at the end of an epoch are not recorded, nor carried into the next one."""
    loader = batches([4, 2, 5, 3, 4, 1, 6], seed=5)
    found = training.train(loader, 2, lr=0.0, every=3, network=own)
    losses = losses_of(loader)
    expected = [sum(losses[:3]) / 3, sum(losses[3:6]) / 3] * 2
    assert_close(list(found), expected, "running_loss_list", rtol=1e-4)


@task("running_loss")
def test_every_batch_can_be_recorded():
    """With every=1, the list holds the loss of each batch, as plain numbers."""
    loader = batches([4, 4, 2])
    found = list(training.train(loader, 1, lr=0.0, every=1, network=own))
    assert all(isinstance(entry, float) for entry in found), "the entries are no plain floats"
    assert_close(found, losses_of(loader), "running_loss_list", rtol=1e-4)


@task("running_loss")
def test_an_entry_stands_for_250_batches():
    """Unless told otherwise, train records every 250 batches."""
    loader = batches([1] * 2) * 126  # 252 batches
    found = training.train(loader[:251], 1, lr=0.0, network=own)
    assert_close(list(found), [np.mean(losses_of(loader[:2]))], "running_loss_list", rtol=1e-4)


@task("running_loss")
def test_too_few_batches_leave_no_entry():
    """Where an epoch has fewer than `every` batches, the list is empty."""
    loader = batches([2, 2])
    enough = list(training.train(loader, 1, lr=0.0, every=2, network=own))
    assert_close(enough, [np.mean(losses_of(loader))], "the list where there are enough", rtol=1e-4)
    found = list(training.train(loader, 2, lr=0.0, every=3, network=own))
    assert found == [], f"running_loss_list is {found}; expected an empty list"


@task("checkpoint")
def test_the_checkpoint_is_written_after_training():
    """The file holds the parameters at the end of training, not those at the start."""
    net = own()
    training.train(batches([4] * 3), 2, lr=0.3, model_save_path=FILE, network=lambda: net)
    stored, state = stored_weights(FILE), state_of(net)
    assert sorted(stored) == sorted(state), f"the file holds {sorted(stored)}"
    for name, value in state.items():
        assert_close(stored[name], value, f"{name} in the file")


@task("checkpoint")
def test_a_new_run_replaces_the_file():
    """A second training writes over the file of the first."""
    for lr in (0.3, 0.1):
        net = own()
        training.train(batches([4]), 1, lr=lr, model_save_path=FILE, network=lambda net=net: net)
    stored = stored_weights(FILE)
    for name, value in state_of(net).items():
        assert_close(stored[name], value, f"{name} in the file")
