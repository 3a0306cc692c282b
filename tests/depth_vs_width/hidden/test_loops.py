"""Training and evaluation: modes, gradients, means, optimizers."""

import pytest
import torch
from samples import sample_dense, small_cnn, squared_error
from studentkit import assert_close, assert_same, task
from studentkit.networks import outputs_of, set_state, state_of
from training import evaluate, predict, train

pytestmark = pytest.mark.lends_stubs  # no other test expects what they return

DRAW = torch.Generator().manual_seed(6)
BATCHES = [
    (torch.randn(size, 4, generator=DRAW), torch.randint(3, (size,), generator=DRAW))
    for size in (3, 3, 2)
]
IMAGES = [(torch.randn(4, 1, 4, 4, generator=DRAW), torch.tensor([0, 1, 2, 2])) for _ in range(2)]
# Parameters of sample_dense(4, 5, 3) that give the samples above different classes.
SPREAD = {
    "1.weight": torch.tensor(
        [[1.0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [-1, 0, 0, 0]]
    ),
    "1.bias": torch.zeros(5),
    "4.weight": torch.tensor([[9.0, 0, 0, 0, 0], [0, 9, 0, 9, 0], [0, 0, 9, 0, 9]]),
    "4.bias": torch.zeros(3),
}
RECIPE = {"optimizer": "SGD", "learning_rate": 0.2, "epochs": 1, "batch_size": 3}


def book(network, optimizer, epochs, loss=torch.nn.functional.cross_entropy):
    """Return the state of a network after training by the book, and the means per sample."""
    copy = torch.nn.Sequential(
        torch.nn.Flatten(),
        torch.nn.Linear(4, 5),
        torch.nn.ReLU(),
        torch.nn.Dropout(0.0),
        torch.nn.Linear(5, 3),
    )
    copy.load_state_dict(state_of(network))
    steps, means = optimizer(copy.parameters()), []
    for _ in range(epochs):
        total = 0.0
        for inputs, labels in BATCHES:
            steps.zero_grad()
            value = loss(copy(inputs), labels)
            value.backward()
            steps.step()
            total += value.item() * len(labels) / 8
        means.append(total)
    return copy.state_dict(), means


def check(network, expected):
    """Compare a network's state with the book's."""
    for name, value in state_of(network).items():
        assert_close(value, expected[name], name, rtol=1e-3, atol=1e-5)


@task("training_loop")
def test_one_optimizer_serves_all_epochs():
    """train makes its optimizer once: Adam remembers the steps of earlier epochs."""
    network = sample_dense(4, 5, 3, p=0.0)
    expected, _ = book(network, lambda one: torch.optim.Adam(one, lr=0.01), 3)
    train(network, BATCHES, {**RECIPE, "optimizer": "Adam", "learning_rate": 0.01, "epochs": 3})
    check(network, expected)


@task("training_loop")
def test_the_loss_function_is_the_one_given():
    """train minimises and records the loss function that it is given."""
    network = sample_dense(4, 5, 3, p=0.0)

    def loss(outputs, labels):
        wanted = torch.nn.functional.one_hot(labels, 3)
        return (outputs - wanted).square().sum(dim=1).mean()

    expected, means = book(network, lambda one: torch.optim.SGD(one, lr=0.2), 1, loss)
    assert_close(list(train(network, BATCHES, RECIPE, squared_error)), means, "the loss", rtol=1e-4)
    check(network, expected)


@task("training_loop")
def test_dropout_is_on_while_training():
    """train puts the network into training mode, also where it was in evaluation mode."""
    network = sample_dense(4, 5, 3, p=1.0)
    network.eval()
    before = state_of(network)
    train(network, BATCHES, {**RECIPE, "epochs": 2})
    after = state_of(network)
    # With p = 1 nothing gets through, so no gradient reaches the first layer.
    assert_close(after["1.weight"], before["1.weight"], "the first layer's weights")
    assert not torch.equal(after["4.bias"], before["4.bias"]), "the last bias did not move"


@task("training_loop")
def test_batch_normalisation_learns_its_statistics():
    """train lets BatchNorm measure its running mean, once a batch."""
    network = small_cnn()
    train(network, IMAGES, {**RECIPE, "epochs": 3})
    count = int(state_of(network)["0.1.num_batches_tracked"])
    assert count == 6, f"BatchNorm saw {count} batches; expected 6"


@task("training_loop")
def test_the_last_short_batch_takes_part():
    """train makes an update for a last batch of one sample too."""
    network = sample_dense(4, 5, 3, p=0.0)
    start = state_of(network)
    train(network, [*BATCHES[:1], (BATCHES[1][0][:1], BATCHES[1][1][:1])], RECIPE)
    with_it = state_of(network)["4.bias"]
    set_state(network, start)
    train(network, BATCHES[:1], RECIPE)
    assert not torch.equal(with_it, state_of(network)["4.bias"]), "it made no difference"


@task("evaluation")
def test_dropout_is_off_while_evaluating():
    """evaluate and predict put the network into evaluation mode."""
    network = sample_dense(4, 5, 3, p=1.0)
    inputs, labels = (torch.cat(parts) for parts in zip(*BATCHES, strict=True))
    set_state(network, SPREAD)
    one = state_of(network)
    hidden = (inputs @ one["1.weight"].T + one["1.bias"]).clamp(min=0)
    scores = hidden @ one["4.weight"].T + one["4.bias"]
    network.train()
    loss, _ = evaluate(network, BATCHES)
    expected = torch.nn.functional.cross_entropy(scores, labels)
    assert_close(loss, expected, "the loss", rtol=1e-4)
    network.train()
    found, _ = predict(network, BATCHES)
    assert torch.equal(found, scores.argmax(dim=1)), "the predictions"


@task("evaluation")
def test_evaluating_changes_nothing():
    """evaluate and predict leave parameters, running statistics and gradients alone."""
    network = small_cnn()
    before = state_of(network)
    images, labels = (torch.cat(parts) for parts in zip(*IMAGES, strict=True))
    expected = torch.nn.functional.cross_entropy(outputs_of(network, images), labels)
    assert_close(evaluate(network, IMAGES)[0], expected, "the loss", rtol=1e-3)
    assert_same(predict(network, IMAGES)[1], labels, "the true classes")
    for name, value in state_of(network).items():
        assert_close(value, before[name], name)


@task("evaluation")
def test_no_gradients_are_prepared_while_evaluating():
    """evaluate runs the network without the bookkeeping that gradients would need."""
    seen = []

    def loss(outputs, labels):
        seen.append(outputs.requires_grad)
        return torch.tensor(0.0)

    network = sample_dense(4, 5, 3, p=0.0)
    set_state(network, SPREAD)
    _, accuracy = evaluate(network, BATCHES, loss)
    inputs, labels = (torch.cat(parts) for parts in zip(*BATCHES, strict=True))
    right = (outputs_of(network, inputs).argmax(dim=1) == labels).double().mean()
    assert_close(accuracy, right, "the accuracy")
    assert seen and not any(seen), f"the outputs of the batches ask for gradients: {seen}"


@task("evaluation")
def test_loss_and_accuracy_are_plain_numbers():
    """evaluate returns two floats, the loss by the function that it is given."""
    network = sample_dense(4, 5, 3, p=0.0)
    one = state_of(network)
    found = evaluate(network, BATCHES, squared_error)
    assert [type(value) for value in found] == [float, float], "two floats are expected"
    inputs, labels = (torch.cat(parts) for parts in zip(*BATCHES, strict=True))
    scores = (inputs @ one["1.weight"].T + one["1.bias"]).clamp(min=0) @ one["4.weight"].T
    wanted = torch.nn.functional.one_hot(labels, 3)
    expected = (scores + one["4.bias"] - wanted).square().sum(dim=1).mean()
    assert_close(found[0], expected, "the loss", rtol=1e-4)
