"""Splitting and batching."""

import random

import numpy as np
import utils
from studentkit import assert_close, assert_same, data_folder, task


def rows():
    """Read the training file without the student's code: labels and the first pixels."""
    table = [line.split(",") for line in (data_folder() / "mnist_train.csv").open()]
    return [int(row[0]) for row in table], table


@task("data_loading")
def test_nothing_is_shuffled_or_lost():
    """load_mnist_trainval keeps the order of the file: training first, then validation."""
    labels, table = rows()
    size = int(0.8 * len(labels))
    train_data, train_label, val_data, val_label = utils.load_mnist_trainval()
    assert_same(list(train_label), labels[:size], "the training labels")
    assert_same(list(val_label), labels[size:], "the validation labels")
    assert (len(train_data), len(val_data)) == (size, len(labels) - size), "images of each part"
    for part, index, number in ((train_data, 0, 0), (train_data, size - 1, size - 1)):
        expected = np.array(table[number][1:], dtype=float) / 255
        assert_close(part[index], expected, f"image {index} of the training data")
    assert_close(
        val_data[len(val_data) - 1], np.array(table[-1][1:], dtype=float) / 255, "the last image"
    )


def samples(count):
    """Return `count` samples whose content tells their number, and their labels."""
    return [[number + 0.25, -float(number)] for number in range(count)], [
        (number * 7) % 5 for number in range(count)
    ]


@task("batching")
def test_every_sample_is_in_exactly_one_batch():
    """generate_batched_data loses and repeats nothing, whatever the batch size."""
    for count, size in ((7, 3), (6, 3), (5, 8), (1, 1), (9, 2)):
        data, label = samples(count)
        batches, labels = utils.generate_batched_data(data, label, size)
        sizes = [size] * (count // size) + ([count % size] if count % size else [])
        assert [len(batch) for batch in batches] == sizes, f"{count} samples in batches of {size}"
        assert_close(np.concatenate(list(batches)), np.array(data), "all batches in a row")
        assert_same(np.concatenate(list(labels)), np.array(label), "all labels in a row")


@task("batching")
def test_batches_are_arrays():
    """Each batch is an array of shape (N, D), its labels one of shape (N,)."""
    data, label = samples(5)
    batches, labels = utils.generate_batched_data(data, label, 2)
    for batch, targets in zip(batches, labels, strict=True):
        assert isinstance(batch, np.ndarray) and batch.ndim == 2, "a batch is no array (N, D)"
        assert isinstance(targets, np.ndarray) and targets.ndim == 1, "labels are no array (N,)"
    assert_close(np.concatenate(list(batches)), np.array(data), "all batches in a row")
    assert_same(np.concatenate(list(labels)), np.array(label), "all labels in a row")


@task("batching")
def test_shuffling_keeps_pairs_together():
    """With shuffle=True the order changes, and every label stays with its sample."""
    data, label = samples(40)
    batches, labels = utils.generate_batched_data(data, label, 7, shuffle=True, seed=11)
    order = [int(sample[0]) for batch in batches for sample in batch]
    assert sorted(order) == list(range(40)), "not every sample is there once"
    assert order != list(range(40)), "the order is as before"
    expected = np.array([label[number] for number in order])
    assert_same(np.concatenate(list(labels)), expected, "the labels in the new order")


@task("batching")
def test_a_seed_makes_the_order_repeatable():
    """The same seed gives the same batches; another seed gives others."""
    data, label = samples(30)

    def order(seed):
        batches, _ = utils.generate_batched_data(data, label, 30, shuffle=True, seed=seed)
        return [int(sample[0]) for sample in batches[0]]

    random.seed(0)
    assert order(5) == order(5), "the same seed gave two orders"
    assert order(5) != order(6), "two seeds gave one order"


@task("batching")
def test_without_shuffle_the_order_stays():
    """With shuffle=False the order stays, with a seed too."""
    data, label = samples(12)
    batches, labels = utils.generate_batched_data(data, label, 5, shuffle=False, seed=3)
    assert_close(np.concatenate(list(batches)), np.array(data), "all batches in a row")
    assert_same(np.concatenate(list(labels)), np.array(label), "all labels in a row")


@task("batching")
def test_shuffling_goes_across_batches():
    """With shuffle=True samples change, not whole batches: others are together than before."""
    data, label = samples(40)
    batches, _ = utils.generate_batched_data(data, label, 8, shuffle=True, seed=2)
    numbers = [{int(sample[0]) for sample in batch} for batch in batches]
    assert set().union(*numbers) == set(range(40)), "not every sample is there once"
    before = [set(range(start, start + 8)) for start in range(0, 40, 8)]
    assert not any(batch in before for batch in numbers), "a batch has stayed together"


@task("batching")
def test_the_lists_given_stay_as_they_are():
    """generate_batched_data shuffles no list of the caller."""
    data, label = utils.load_mnist_test()  # lists of the student's side, which show every change
    before = list(label)
    for part in (data, label):
        assert len(part) > 1, "load_mnist_test gave nothing to shuffle"
    images = [list(image) for image in data]
    _, labels = utils.generate_batched_data(data, label, 16, shuffle=True, seed=4)
    shuffled = np.concatenate(list(labels))
    assert sorted(shuffled.tolist()) == sorted(before), "not every label is there once"
    assert not np.array_equal(shuffled, np.array(before)), "the order of the batches is as before"
    assert list(label) == before, "the list of labels was shuffled"
    assert [list(image) for image in data] == images, "the list of samples was shuffled"
