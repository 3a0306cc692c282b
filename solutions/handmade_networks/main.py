"""Train a network, save its figures, and store its weights where they are handed in from.

    python main.py one                       the starter, 2,000 iterations
    python main.py five --iterations 10000
    python main.py convnet                   also writes weights/<data>/convnet.pt
    python main.py challenge                 also writes weights/<data>/challenge.pt

`python get_data.py` fetches MNIST first.
"""

import argparse
from pathlib import Path

import figures
import torch
from challenge import ChallengeNet
from digits import load_digits
from losses import crossentropy
from models import ConvNet, FiveLayers, OneLayer, TwoLayers
from schedule import learning_rate
from training import train

# name: how the network is made, iterations, and what `train` gets beside the data
RUNS = {
    "one": (OneLayer, 2000, {"loss": crossentropy}),
    "two": (TwoLayers, 2000, {"loss": crossentropy}),
    "five": (
        lambda: FiveLayers("relu", logits=True),
        2000,
        {"optimizer": "Adam", "rate": 0.003},
    ),
    "convnet": (ConvNet, 6000, {"optimizer": "Adam", "schedule": learning_rate}),
    "challenge": (ChallengeNet, 10000, {"optimizer": "Adam", "schedule": learning_rate}),
}


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description="Train a network on handwritten digits.")
    parser.add_argument("network", choices=list(RUNS))
    parser.add_argument("--iterations", type=int, help="default: as in the handout")
    parser.add_argument("--data", default="data", help="the folder that holds MNIST/raw")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    make, iterations, settings = RUNS[options.network]
    train_set, test_set = load_digits(options.data)
    net = make()
    record = train(net, train_set, test_set, options.iterations or iterations, **settings)
    net.eval()
    print(f"test accuracy {record['test_accuracy'][-1]:.4f}")
    save_figures(options.network, net, record, test_set)
    if options.network in ("convnet", "challenge"):
        marker = Path(options.data, "MNIST", "SOURCE")
        source = marker.read_text().strip() if marker.is_file() else "mnist"
        target = Path("weights", source, f"{options.network}.pt")
        target.parent.mkdir(parents=True, exist_ok=True)
        torch.save(net.state_dict(), target)
        print(f"weights in {target}")


def save_figures(name: str, net: torch.nn.Module, record: dict, test_set: tuple) -> None:
    """Write the figures as PNG files."""
    rows = torch.randperm(len(test_set[1]))[:100]
    images, labels = test_set[0][rows], test_set[1][rows]
    with torch.no_grad():
        predictions = net(images).argmax(dim=1)
    drawn = {
        "loss": figures.plot_loss(record),
        "accuracy": figures.plot_accuracy(record),
        "overfitting": figures.plot_overfitting(record),
        "digits": figures.plot_digits(images, predictions, labels),
    }
    for kind, axes in drawn.items():
        axes.figure.savefig(f"{name}_{kind}.png", dpi=120)


if __name__ == "__main__":
    main()
