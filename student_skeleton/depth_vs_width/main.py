"""Run the experiments and save their figures.

    python main.py                      all of them
    python main.py starts order         only these
    python main.py digits --epochs 2    a shorter training

Experiments are starts, order, cases, digits, networks, sweep and search. Figures go to ./figures.
MNIST and the table of case reports are read from ./data; --data names another folder.
"""

import argparse
from functools import partial
from pathlib import Path

import batches
import cases
import digits
import figures
import initialisation
import linear
import matplotlib
import measures
import networks
import numpy as np
import ordering
import search
import sweep
import torch
import training

FIGURES = Path("figures")


def save(axes, name):
    """Save the figure that some axes belong to."""
    FIGURES.mkdir(exist_ok=True)
    axes.figure.savefig(FIGURES / f"{name}.png", dpi=150, bbox_inches="tight")
    print(f"  saved {FIGURES / name}.png")


def ring(samples=300, seed=0):
    """Return points in a disc (+1) and in a ring around it (-1); a third of them in the disc."""
    draw = torch.Generator().manual_seed(seed)
    inside = torch.arange(samples) % 3 == 0
    radius = torch.rand(samples, generator=draw) + torch.where(inside, 0.0, 1.5)
    angle = 2 * torch.pi * torch.rand(samples, generator=draw)
    X = torch.stack([radius * angle.cos(), radius * angle.sin()], dim=1)  # (N, 2)
    return X, torch.where(inside, 1.0, -1.0)


def clouds(samples=1000, seed=0):
    """Return two clouds of points, half of them on the left (-1) and half on the right (+1)."""
    draw = torch.Generator().manual_seed(seed)
    y = torch.tensor([-1.0, 1.0]).repeat_interleave(samples // 2)
    X = 0.5 * torch.randn(samples, 2, generator=draw) + y[:, None] * torch.tensor([1.0, 0.0])
    return X, y


def starts(options):
    """Compare random and zero starts, with ReLU and with sigmoid."""
    X, y = ring()
    curves = {}
    for activation, steps in (("relu", 500), ("sigmoid", 4000)):
        for start in ("random", "zero"):
            network = initialisation.make_network(activation, start)
            losses, norms = initialisation.training_curve(network, X, y, steps, 0.05)
            different = initialisation.distinct_units(network)
            print(f"  {activation}, {start}: loss {losses[0]:.4f} to {losses[-1]:.4f},")
            print(f"    {different} different units, gradients at the end {norms[-1].tolist()}")
            curves[f"{activation}, {start}"] = losses
    save(figures.plot_curves(curves, "step", "loss"), "starts")


def order(options):
    """Compare all negative samples first with a random order."""
    X, y = clouds()
    losses, dead = {}, {}
    for name, shuffled in (("negative first", False), ("shuffled", True)):
        network = initialisation.make_network("relu", "random", (2, 16, 16, 1), options.seed)
        visits = ordering.visiting_order(y, shuffled, options.seed)
        losses[name], dead[name] = ordering.order_effect(network, X, y, visits, options.rate, 25)
        print(f"  {name}: loss {losses[name][-1]:.4f}, dead units {dead[name][-1]:.0%}")
    save(figures.plot_curves(losses, "samples", "loss over all samples", 25), "order_loss")
    save(figures.plot_curves(dead, "samples", "fraction of dead units", 25), "order_dead")


def case_reports(options):
    """Predict death with one linear layer and with two, and look at the weights."""
    table = cases.clean(cases.load_cases(options.data / cases.FILE))
    X, y, names = cases.encode(table)
    train_X, train_y, test_X, test_y = cases.split(X, y)
    train_X, test_X = cases.scale(train_X, test_X)
    loaders = batches.make_loaders(train_X, train_y, test_X, test_y)
    print(f"  {len(train_y)} rows to train with, {len(test_y)} to test with, {len(names)} inputs")
    print(f"  always the commoner class: {measures.majority_accuracy(train_y, test_y):.4f}")
    recipe = {"optimizer": "Adam", "learning_rate": 1e-3, "epochs": options.epochs}
    weights = linear.class_weights(torch.as_tensor(train_y))
    for title, loss in (
        ("plain loss", linear.probability_loss),
        ("classes weighted", partial(linear.probability_loss, weights=weights)),
    ):
        for build in (linear.linear_model, linear.two_layer_model):
            torch.manual_seed(options.seed)
            model = build(len(names))
            losses = training.train(model, loaders[0], recipe, loss)
            found, true = training.predict(model, loaders[1])
            print(
                f"  {title}, {build.__name__}: training loss {losses[-1]:.4f}, "
                f"accuracy {measures.accuracy(found, true):.4f}, "
                f"recall {measures.recall(found, true):.4f}, "
                f"balanced accuracy {measures.balanced_accuracy(found, true):.4f}"
            )
            print(f"    its one matrix: {np.round(linear.collapse(model)[0].numpy(), 2).tolist()}")
            name = f"weights_{build.__name__}_{title.replace(' ', '_')}"
            save(figures.weight_heat_map(model, names), name)


def look_at_digits(options):
    """Show what MNIST is."""
    parts = [digits.as_tensors(part) for part in digits.load_digits(options.data)]
    for name, part in zip(("training", "test"), parts, strict=True):
        print(f"  {name}: {digits.describe(*part)}")
    save(figures.show_digits(parts[0][0][:8], parts[0][1][:8])[0], "digits")


def all_networks(options):
    """Train each of the four networks as its recipe says, and measure it on the test images."""
    parts = [digits.as_tensors(part) for part in digits.load_digits(options.data)]
    curves = {}
    for name in ("network_100", "network_200", "network_1000", "cnn"):
        recipe = networks.recipe(name)
        if options.short:
            recipe["epochs"] = min(recipe["epochs"], options.epochs)
        torch.manual_seed(options.seed)
        network = getattr(networks, name)()
        loaders = batches.make_loaders(*parts[0], *parts[1], recipe["batch_size"], options.seed)
        curves[name] = training.train(network, loaders[0], recipe)
        loss, accuracy = training.evaluate(network, loaders[1])
        print(f"  {name}: test loss {loss:.4f}, test accuracy {accuracy:.4f}")
    save(figures.plot_curves(curves, "epoch", "training loss"), "networks")


def _validation(options):
    """Return loaders of the first five sixths of the training images and of the rest."""
    images, labels = digits.as_tensors(digits.load_digits(options.data)[0])
    size = len(images) * 5 // 6
    return batches.make_loaders(images[:size], labels[:size], images[size:], labels[size:])


def dropout(options):
    """Measure the CNN after one epoch at ten dropout probabilities, on validation images."""
    loaders, recipe = _validation(options), networks.recipe("cnn")
    found = sweep.dropout_sweep(
        networks.cnn, lambda network: sweep.one_epoch_accuracy(network, *loaders, recipe)
    )
    for p, accuracy in zip(*found, strict=True):
        print(f"  p = {p:.3f}: {accuracy:.4f}")
    save(figures.plot_sweep(*found), "dropout")


def tuning(options):
    """Search learning rate and dropout of the CNN from coarse to fine, one epoch for each trial."""
    loaders = _validation(options)

    def objective(learning_rate, p):
        network, recipe = networks.cnn(), networks.recipe("cnn")
        sweep.set_dropout(network, p)
        recipe["learning_rate"] = learning_rate
        return sweep.one_epoch_accuracy(network, *loaders, recipe)

    ranges = {"learning_rate": (1e-4, 1e-1, "log"), "p": (0.0, 0.6, "linear")}
    trials = search.coarse_to_fine(objective, ranges, trials=4, rounds=2, seed=options.seed)
    for settings, value in trials:
        print(f"  {settings}: {value:.4f}")
    print(f"  best: {search.best(trials)}")


EXPERIMENTS = {
    "starts": starts,
    "order": order,
    "cases": case_reports,
    "digits": look_at_digits,
    "networks": all_networks,
    "sweep": dropout,
    "search": tuning,
}


def main():
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("experiments", nargs="*", choices=[[], *EXPERIMENTS], metavar="experiment")
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--epochs", type=int, help="fewer epochs than usual")
    parser.add_argument("--rate", type=float, default=0.05, help="learning rate of `order`")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    options.short = options.epochs is not None
    options.epochs = options.epochs or 10
    matplotlib.use("Agg")
    for name in options.experiments or EXPERIMENTS:
        print(f"{name}: {EXPERIMENTS[name].__doc__}")
        EXPERIMENTS[name](options)


if __name__ == "__main__":
    main()
