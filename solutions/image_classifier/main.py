"""Train the classifier and hand in its weights: python main.py --help

    python main.py                              one run, as configured below
    python main.py --batch-size 16 --epochs 20  another one
    python main.py --compare                    the four runs and their comparison
    python main.py --images 3000 --every 50     a trial on the first 3,000 images

All of this is given. It calls what you write.
"""

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
from cifar import CIFAR10, first, load_images, source_of
from evaluation import accuracy_by_class, confusion_counts, test
from experiments import compare_runs, run_all
from figures import plot_loss_curve, plot_runs
from loading import make_loaders, make_transform, sample_counts
from training import train


def parse_arguments(words=None):
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Train and test an image classifier.")
    parser.add_argument("--data", default="data", help="the folder that holds the images")
    parser.add_argument("--download", action="store_true", help="fetch CIFAR-10 into it first")
    parser.add_argument("--batch-size", type=int, default=4)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--gpu", action="store_true", help="train on the GPU if there is one")
    parser.add_argument("--images", type=int, default=None, help="train on the first so many only")
    parser.add_argument("--every", type=int, default=250, help="batches that a loss is the mean of")
    parser.add_argument("--compare", action="store_true", help="make the four runs")
    return parser.parse_args(words)


def main(words=None):
    """Do what the command line says; weights and figures are written to files."""
    args = parse_arguments(words)
    if args.download:
        CIFAR10(args.data, download=True)
    train_set, test_set = load_images(make_transform(3), args.data)
    if args.images is not None:
        train_set = first(train_set, args.images)
    Path("weights").mkdir(exist_ok=True)
    best = f"weights/net_{source_of(args.data)}.pth"

    def run(batch_size, epochs, path="weights/run.pth"):
        train_loader, test_loader = make_loaders(train_set, test_set, batch_size)
        trained, tested = sample_counts(train_loader, test_loader)
        print(f"{trained} training images, {tested} test images")
        losses = train(train_loader, epochs, args.gpu, 0.001, 0.9, path, args.every)
        accuracy = test(test_loader, path)
        print(f"batch {batch_size}, {epochs} epochs: accuracy {accuracy:.3f}")
        return losses, accuracy

    if args.compare:
        runs = run_all(run)
        for row in compare_runs(runs):
            print(row)
        plot_runs(runs, args.every)
        plt.savefig("runs.png")
        return
    losses, _ = run(args.batch_size, args.epochs, best)
    plot_loss_curve(losses, args.every)
    plt.savefig("loss_curve.png")
    counts = confusion_counts(make_loaders(train_set, test_set, 100)[1], best)
    for name, accuracy in zip(test_set.classes, accuracy_by_class(counts), strict=True):
        print(f"{name:12s}", "–" if accuracy is None else f"{accuracy:.2f}")
    print(f"the weights are in {best}; hand them in")


if __name__ == "__main__":
    main()
