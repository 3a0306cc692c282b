"""The training loop, with what it records and what it keeps."""

import numpy as np
import torch
from model import Net
from torch import nn, optim


def choose_device(use_gpu, available=None):
    """Return the name of the device to train on: "cuda" or "cpu".

    :param use_gpu: whether a GPU is wanted; without one the CPU does it, with no error
    :param available: whether there is one; None asks torch
    """
    # BEGIN SOLUTION
    if available is None:
        available = torch.cuda.is_available()
    return "cuda" if use_gpu and available else "cpu"
    # END SOLUTION


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
    """Train a new network with SGD on the cross-entropy, and record its running loss.

    1. Seed the generators of torch and of numpy with `seed`.
    2. Make the network, once: `network()`. Its parameters live on the chosen device, and every
       batch is moved there.
    3. Go through the loader `num_epochs` times. Each batch makes one step, on the gradient of this
       batch alone.
    4. After every `every`-th batch of an epoch, append the mean of the losses of these `every`
       batches. The count starts anew with each epoch; batches left over at its end are not
       recorded.
    5. Save the trained parameters at `model_save_path`, a `state_dict` on the CPU; with None,
       save nothing.

    :param train_loader: yields (inputs, labels): floats (N, ...) and class numbers (N,)
    :param network: a function or class that makes the network, without arguments
    :return: running_loss_list, a list of plain floats
    """
    # BEGIN SOLUTION
    torch.manual_seed(seed)
    np.random.seed(seed)
    device = choose_device(use_gpu)
    net = network().to(device)
    criterion = nn.CrossEntropyLoss()
    optimizer = optim.SGD(net.parameters(), lr=lr, momentum=momentum)

    running_loss_list = []
    for _ in range(num_epochs):
        running_loss = 0.0
        for i, (inputs, labels) in enumerate(train_loader):
            inputs, labels = inputs.to(device), labels.to(device)
            optimizer.zero_grad()
            loss = criterion(net(inputs), labels)
            loss.backward()
            optimizer.step()
            running_loss += loss.item()
            if i % every == every - 1:
                running_loss_list.append(running_loss / every)
                running_loss = 0.0
    if model_save_path is not None:
        state = {name: value.cpu() for name, value in net.state_dict().items()}
        torch.save(state, model_save_path)
    return running_loss_list
    # END SOLUTION
