"""Samples in batches."""

import torch
from torch.utils.data import BatchSampler, DataLoader, RandomSampler, SequentialSampler, TensorDataset


def make_loaders(train_X, train_y, test_X, test_y, batch_size=32, seed=0):
    chance = torch.Generator().manual_seed(seed)

    def loader(X, y, sampler, **options):
        data = TensorDataset(torch.as_tensor(X), torch.as_tensor(y))
        # whole batches are indexed at once, which is quicker than sample by sample
        rows = BatchSampler(sampler(data, **options), batch_size, drop_last=False)
        return DataLoader(data, sampler=rows, batch_size=None)

    return (
        loader(train_X, train_y, RandomSampler, generator=chance),
        loader(test_X, test_y, SequentialSampler),
    )
