"""Samples in batches."""

import torch
from torch.utils.data import DataLoader, TensorDataset


def make_loaders(train_X, train_y, test_X, test_y, batch_size=32, seed=0):
    """Return a DataLoader for training and one for testing.

    The training loader visits all its samples once in each epoch, in an order that is new for each
    epoch and that `seed` makes repeatable. The test loader visits all of its samples in their
    order. Where the size does not divide the number of samples, the last batch is short.

    :param train_X: inputs, numpy or torch, first axis N; the loaders give tensors
    :param train_y: labels (N,)
    :param test_X: inputs, first axis M
    :param test_y: labels (M,)
    :return: (train_loader, test_loader), each of (inputs, labels)
    """
    train = TensorDataset(torch.tensor(train_X), torch.tensor(train_y))
    test = TensorDataset(torch.tensor(test_X), torch.tensor(test_y))
    generator = torch.Generator()
    generator.manual_seed(seed)
    return (
        DataLoader(train, batch_size=batch_size, shuffle=True, generator=generator),
        DataLoader(test, batch_size=batch_size),
    )
