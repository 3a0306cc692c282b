"""Train and test a network: python main.py --config configs/config_twolayer.yaml"""

import argparse
import copy
from pathlib import Path

import matplotlib.pyplot as plt
import yaml
from models import SoftmaxRegression, TwoLayerNet
from optimizer import SGD
from utils import (
    evaluate,
    generate_batched_data,
    load_mnist_test,
    load_mnist_trainval,
    plot_curves,
    train,
)

CURVES = "learning_curves.png"


def find_config(path):
    """Return the file at `path`, or the one beside it that ends in .yaml instead of .yml.

    Raises FileNotFoundError where neither is there.
    """
    path = Path(path)
    other = {".yml": ".yaml", ".yaml": ".yml"}.get(path.suffix, path.suffix)
    for candidate in (path, path.with_suffix(other)):
        if candidate.is_file():
            return candidate
    raise FileNotFoundError(f"{path}: there is no such file; the given ones are in configs/")


def parse_arguments(words=None):
    """Read the command line, then the keys of every section of the configuration."""
    parser = argparse.ArgumentParser(description="Train a network on MNIST, then test it.")
    parser.add_argument(
        "--config", required=True, help="the settings, for example configs/config_twolayer.yaml"
    )
    args = parser.parse_args(words)
    try:
        text = find_config(args.config).read_text()
    except FileNotFoundError as error:
        parser.error(str(error))
    for section in yaml.safe_load(text).values():
        for key, value in section.items():
            setattr(args, key, value)
    return args


def build_model(args):
    """Return the network that the configuration names; raises ValueError for any other."""
    if args.type == "SoftmaxRegression":
        return SoftmaxRegression()
    if args.type == "TwoLayerNet":
        return TwoLayerNet(hidden_size=args.hidden_size)
    raise ValueError(f"type is {args.type!r}; use SoftmaxRegression or TwoLayerNet")


def main():
    """Train for the given epochs, keep the best model on validation data, and test that one."""
    args = parse_arguments()
    model = build_model(args)
    optimizer = SGD(learning_rate=args.learning_rate, reg=args.reg)

    train_data, train_label, val_data, val_label = load_mnist_trainval()
    test_data, test_label = load_mnist_test()
    val_batches = generate_batched_data(val_data, val_label, args.batch_size)
    test_batches = generate_batched_data(test_data, test_label, args.batch_size)

    train_loss_history, train_acc_history = [], []
    valid_loss_history, valid_acc_history = [], []
    best_acc, best_model = -1.0, None
    for epoch in range(args.epochs):
        train_batches = generate_batched_data(
            train_data, train_label, args.batch_size, shuffle=True, seed=1024 + epoch
        )
        train_loss, train_acc = train(epoch, *train_batches, model, optimizer, args.debug)
        valid_loss, valid_acc = evaluate(*val_batches, model, args.debug)
        train_loss_history.append(train_loss)
        train_acc_history.append(train_acc)
        valid_loss_history.append(valid_loss)
        valid_acc_history.append(valid_acc)
        if valid_acc > best_acc:
            best_acc, best_model = valid_acc, copy.deepcopy(model)

    _, test_acc = evaluate(*test_batches, best_model, debug=False)
    print(f"Best accuracy on validation data: {best_acc:.4f}")
    print(f"Its accuracy on test data: {test_acc:.4f}")
    plot_curves(train_loss_history, train_acc_history, valid_loss_history, valid_acc_history)
    plt.savefig(CURVES)
    print(f"The learning curves are in {CURVES}")


if __name__ == "__main__":
    main()
