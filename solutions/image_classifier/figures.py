"""Loss curves, of one run and of several."""

import matplotlib.pyplot as plt


def plot_loss_curve(running_loss_list, every=250):
    """Draw the running loss over the iterations.

    The first entry is the mean of iterations 1 to `every` and is drawn at x = `every`, the second
    at 2 · `every`, and so on. Both axes have labels.

    :return: the Axes
    """
    # BEGIN SOLUTION
    _, axes = plt.subplots()
    iterations = [every * number for number in range(1, len(running_loss_list) + 1)]
    axes.plot(iterations, running_loss_list)
    axes.set_xlabel("iteration")
    axes.set_ylabel(f"mean loss of {every} batches")
    axes.set_title("Training loss")
    return axes
    # END SOLUTION


def plot_runs(runs, every=250):
    """Draw the loss curves of several runs into one plot, to compare them.

    Each run is one line, as in `plot_loss_curve`, and its label in the legend tells batch size
    and epochs: "batch 4, 5 epochs". Both axes have labels.

    :param runs: a list of dicts with "batch_size", "epochs" and "losses"
    :return: the Axes
    """
    # BEGIN SOLUTION
    _, axes = plt.subplots()
    for run in runs:
        iterations = [every * number for number in range(1, len(run["losses"]) + 1)]
        label = f"batch {run['batch_size']}, {run['epochs']} epochs"
        axes.plot(iterations, run["losses"], label=label)
    axes.set_xlabel("iteration")
    axes.set_ylabel(f"mean loss of {every} batches")
    axes.legend()
    return axes
    # END SOLUTION
