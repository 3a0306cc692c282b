"""Data, the loops of training and evaluation, and the learning curves."""

import random
import time
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

_GREY = [level / 255 for level in range(256)]  # MNIST has 47 million pixels: share their floats


def load_csv(path):
    """Read images from a CSV file without a header: the label, then 784 grey levels 0..255.

    :param path: the file
    :return: (data, label): a list of lists of pixels in [0, 1], and a list of integers
    """
    data, label = [], []
    with Path(path).open() as file:
        for line in file:
            first, *pixels = map(int, line.split(","))
            label.append(first)
            data.append([_GREY[pixel] for pixel in pixels])
    return data, label


def load_mnist_trainval():
    """Load ./data/mnist_train.csv and split it into training and validation data.

    The first 80 % of the rows are for training and the others for validation, all of them in
    the order of the file.

    :return: train_data, train_label, val_data, val_label, each of them a list
    """
    data, label = load_csv("./data/mnist_train.csv")
    n = int(0.8 * len(data))
    return data[:n], label[:n], data[n:], label[n:]


def load_mnist_test():
    """Load ./data/mnist_test.csv.

    :return: test_data, test_label, each of them a list
    """
    return load_csv("./data/mnist_test.csv")


def generate_batched_data(data, label, batch_size=32, shuffle=False, seed=None):
    """Organise samples and their labels in batches.

    Every sample is in exactly one batch; the last batch is shorter where `batch_size` does not
    divide the number of samples. To shuffle, use `random.shuffle`, and move each label along
    with its sample. The caller's lists stay as they are.

    :param data: a list of samples, each of them a list of D numbers
    :param label: a list of as many integers
    :param batch_size: samples in a batch
    :param shuffle: whether to change the order of the samples first
    :param seed: makes the shuffling repeatable
    :return: (batched_data, batched_label): lists of arrays, (N, D) and (N,)
    """
    if seed is not None:
        random.seed(seed)
    pairs = list(zip(data, label))
    if shuffle:
        random.shuffle(pairs)
    batched_data, batched_label = [], []
    for i in range(0, len(pairs), batch_size):
        chunk = pairs[i : i + batch_size]
        batched_data.append(np.array([sample for sample, _ in chunk]))
        batched_label.append(np.array([number for _, number in chunk]))
    return batched_data, batched_label


def train(epoch, batched_train_data, batched_train_label, model, optimizer, debug=True):
    """Go through the training batches once and update the model after each.

    :param epoch: the number of this pass, for the messages
    :param batched_train_data: a list of arrays, (N, D)
    :param batched_train_label: a list of arrays, (N,)
    :param model: a network
    :param optimizer: what updates the network
    :param debug: whether to print how it goes
    :return: (epoch_loss, epoch_acc): the mean loss of a batch, and the fraction of all samples
        that were classified correctly
    """
    losses, correct, samples = [], 0.0, 0
    begin = time.time()
    for index, (data, label) in enumerate(
        zip(batched_train_data, batched_train_label, strict=True)
    ):
        loss, accuracy = model.forward(data, label, mode="train")
        optimizer.update(model)
        losses.append(loss)
        correct += accuracy * len(label)
        samples += len(label)
        if debug and index % 100 == 0:
            print(
                f"Epoch {epoch}, batch {index} of {len(batched_train_data)}: "
                f"loss {loss:.4f}, accuracy {accuracy:.4f}"
            )
    epoch_loss, epoch_acc = sum(losses) / len(losses), correct / samples
    if debug:
        print(
            f"* Epoch {epoch} took {time.time() - begin:.1f} s: "
            f"training loss {epoch_loss:.4f}, training accuracy {epoch_acc:.4f}"
        )
    return epoch_loss, epoch_acc


def evaluate(batched_test_data, batched_test_label, model, debug=True):
    """Measure the model on batches that it does not learn from.

    :param batched_test_data: a list of arrays, (N, D)
    :param batched_test_label: a list of arrays, (N,)
    :param model: a network
    :param debug: whether to print the result
    :return: (epoch_loss, epoch_acc), as `train` returns them
    """
    losses, correct, samples = [], 0.0, 0
    for data, label in zip(batched_test_data, batched_test_label, strict=True):
        loss, accuracy = model.forward(data, label, mode="valid")
        losses.append(loss)
        correct += accuracy * len(label)
        samples += len(label)
    epoch_loss, epoch_acc = sum(losses) / len(losses), correct / samples
    if debug:
        print(f"* Evaluation: loss {epoch_loss:.4f}, accuracy {epoch_acc:.4f}")
    return epoch_loss, epoch_acc


def plot_curves(train_loss_history, train_acc_history, valid_loss_history, valid_acc_history):
    """Draw the learning curves: loss and accuracy over the epochs, training and validation.

    Draw with `plt` and leave the figure open; `main.py` saves it. Returns nothing.

    :param train_loss_history: training loss after each epoch
    :param train_acc_history: training accuracy after each epoch
    :param valid_loss_history: validation loss after each epoch
    :param valid_acc_history: validation accuracy after each epoch
    """
    for what, train_history, valid_history in [
        ("loss", train_loss_history, valid_loss_history),
        ("accuracy", train_acc_history, valid_acc_history),
    ]:
        plt.figure()
        plt.plot(train_history, "b-", label="training")
        plt.plot(valid_history, "r--", label="validation")
        plt.title(what + " over the epochs")
        plt.xlabel("epoch")
        plt.ylabel(what)
        plt.legend()
