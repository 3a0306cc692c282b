"""The loops of training and evaluation, on batches of unequal size."""

import torch
from samples import sample_dense
from studentkit import assert_close, assert_same, task
from studentkit.networks import state_of
from training import evaluate, predict, train

DRAW = torch.Generator().manual_seed(5)
BATCHES = [
    (torch.randn(size, 4, generator=DRAW), torch.randint(3, (size,), generator=DRAW))
    for size in (4, 4, 1)
]
RECIPE = {"optimizer": "SGD", "learning_rate": 0.3, "epochs": 1, "batch_size": 4}


def twin(network, p=0.0):
    """Return a network of torch's own with the layers of sample_dense and the same parameters."""
    copy = torch.nn.Sequential(
        torch.nn.Flatten(),
        torch.nn.Linear(4, 5),
        torch.nn.ReLU(),
        torch.nn.Dropout(p),
        torch.nn.Linear(5, 3),
    )
    copy.load_state_dict(state_of(network))
    return copy


def trained(copy, optimizer, epochs=1):
    """Train by the book; return the mean loss per sample of each epoch."""
    losses = []
    for _ in range(epochs):
        met = []
        for inputs, labels in BATCHES:
            optimizer.zero_grad()
            each = torch.nn.functional.cross_entropy(copy(inputs), labels, reduction="none")
            each.mean().backward()
            optimizer.step()
            met.append(each.detach())
        losses.append(float(torch.cat(met).mean()))
    return losses


@task("training_loop")
def test_an_epoch_makes_one_update_for_each_batch():
    """train does for each batch what the book says: gradient of its mean loss, one update."""
    network = sample_dense(4, 5, 3, p=0.0)
    copy = twin(network)
    trained(copy, torch.optim.SGD(copy.parameters(), lr=0.3))
    train(network, BATCHES, RECIPE)
    for name, value in state_of(network).items():
        assert_close(value, copy.state_dict()[name], name, rtol=1e-4, atol=1e-6)


@task("training_loop")
def test_the_loss_of_an_epoch_is_a_mean_over_samples():
    """train returns a float for each epoch: the mean loss over samples, not over batches."""
    network = sample_dense(4, 5, 3, p=0.0)
    copy = twin(network)
    expected = trained(copy, torch.optim.SGD(copy.parameters(), lr=0.3), epochs=2)
    losses = list(train(network, BATCHES, {**RECIPE, "epochs": 2}))
    kinds = [type(loss).__name__ for loss in losses]
    assert kinds == ["float", "float"], f"the losses are {kinds}; expected two plain floats"
    assert_close(losses, expected, "the losses", rtol=1e-4)


@task("evaluation")
def test_loss_and_accuracy_are_means_over_samples():
    """evaluate gives the mean loss and the fraction of right predictions over all samples."""
    network = sample_dense(4, 5, 3, p=0.0)
    inputs, labels = (torch.cat(parts) for parts in zip(*BATCHES, strict=True))
    with torch.no_grad():
        scores = twin(network)(inputs)
    loss, accuracy = evaluate(network, BATCHES)
    expected = torch.nn.functional.cross_entropy(scores, labels)
    assert_close(loss, expected, "the loss", rtol=1e-4)
    right = (scores.argmax(dim=1) == labels).double().mean()
    assert_close(accuracy, right, "the accuracy")


@task("evaluation")
def test_a_prediction_is_the_class_of_the_highest_score():
    """predict gives for each sample the class with the highest score, and the true one."""
    network = sample_dense(4, 5, 3, p=0.5)
    inputs, labels = (torch.cat(parts) for parts in zip(*BATCHES, strict=True))
    with torch.no_grad():
        expected = twin(network).eval()(inputs).argmax(dim=1)
    found, true = predict(network, BATCHES)
    assert_same(found, expected, "the predictions")
    assert_same(true, labels, "the true classes")
