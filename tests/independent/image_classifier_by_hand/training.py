"""The training loop."""

import numpy as np
import torch
from model import Net
from torch import nn, optim


def choose_device(use_gpu, available=None):
    if available is None:
        available = torch.cuda.is_available()
    return ("cpu", "cuda")[bool(use_gpu and available)]


class NegativeLogLikelihood(nn.Module):
    """Cross-entropy of logits, from its definition."""

    def forward(self, logits, labels):
        of_true_class = logits.gather(1, labels.unsqueeze(1)).squeeze(1)
        return (logits.logsumexp(dim=1) - of_true_class).mean()


def _losses_of_an_epoch(loader, device, net, criterion, optimizer):
    """Make the steps of an epoch, and yield the loss of each batch."""
    for inputs, labels in loader:
        loss = criterion(net(inputs.to(device)), labels.to(device))
        net.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        yield loss.item()


def train(
    train_loader,
    num_epochs,
    use_gpu=False,
    lr=0.001,
    momentum=0.9,
    model_save_path=None,
    every=250,
    network=Net,
    seed=7,
):
    for sow in (torch.manual_seed, np.random.seed):
        sow(seed)
    device = torch.device(choose_device(use_gpu))
    net = network().to(device).train()
    tools = device, net, NegativeLogLikelihood(), optim.SGD(net.parameters(), lr, momentum)

    running_loss_list = []
    for _ in range(num_epochs):
        losses = list(_losses_of_an_epoch(train_loader, *tools))
        entries = len(losses) // every
        whole = np.reshape(losses[: entries * every], (entries, every))
        running_loss_list.extend(whole.mean(axis=1).tolist())

    if model_save_path is not None:
        state = {name: value.detach().cpu() for name, value in net.state_dict().items()}
        torch.save(state, model_save_path)
    return running_loss_list
