"""Loss curves, of one run and of several."""

import matplotlib.pyplot as plt


def plot_loss_curve(running_loss_list, every=250):
    """Draw the running loss over the iterations.

    The first entry is the mean of iterations 1 to `every` and is drawn at x = `every`, the second
    at 2 · `every`, and so on. Both axes have labels.

    :return: the Axes
    """
    x = [(i + 1) * every for i in range(len(running_loss_list))]
    fig, ax = plt.subplots(1, 1)
    ax.plot(x, running_loss_list)
    ax.set_title("Running loss")
    ax.set_xlabel("Iterations")
    ax.set_ylabel("Loss")
    return ax


def plot_runs(runs, every=250):
    """Draw the loss curves of several runs into one plot, to compare them.

    Each run is one line, as in `plot_loss_curve`, and its label in the legend tells batch size
    and epochs: "batch 4, 5 epochs". Both axes have labels.

    :param runs: a list of dicts with "batch_size", "epochs" and "losses"
    :return: the Axes
    """
    plt.figure()
    for run in runs:
        x = [(i + 1) * every for i in range(len(run["losses"]))]
        label = "batch " + str(run["batch_size"]) + ", " + str(run["epochs"]) + " epochs"
        plt.plot(x, run["losses"], label=label)
    plt.xlabel("Iterations")
    plt.ylabel("Loss")
    plt.legend(loc="upper right", title="runs")
    return plt.gca()
