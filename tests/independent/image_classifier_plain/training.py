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
    if available is None:
        available = torch.cuda.is_available()
    if use_gpu and available:
        return "cuda"
    return "cpu"


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
    torch.manual_seed(seed)
    np.random.seed(seed)
    device = choose_device(use_gpu)
    net = network()
    net.to(device)
    criterion = nn.CrossEntropyLoss()
    optimizer = optim.SGD(net.parameters(), lr=lr, momentum=momentum)
    running_loss_list = []
    for epoch in range(num_epochs):
        running_loss = 0.0
        for i, data in enumerate(train_loader, 0):
            inputs, labels = data[0].to(device), data[1].to(device)
            optimizer.zero_grad()
            outputs = net(inputs)
            loss = criterion(outputs, labels)
            loss.backward()
            optimizer.step()
            running_loss += loss.item()
            if i % every == every - 1:
                print(f"[{epoch + 1}, {i + 1:5d}] loss: {running_loss / every:.3f}")
                running_loss_list.append(running_loss / every)
                running_loss = 0.0
    print("Finished Training")
    if model_save_path is not None:
        torch.save(net.cpu().state_dict(), model_save_path)
    return running_loss_list
