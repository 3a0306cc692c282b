"""Loss curves"""

import matplotlib.pyplot as plt


def _new_axes():
    axes = plt.figure().add_subplot(
        title="Training", xlabel="iteration", ylabel="mean cross-entropy of the last batches"
    )
    axes.grid(alpha=0.3)
    return axes


def _draw(axes, losses, every, **style):
    axes.plot([every * number for number, _ in enumerate(losses, start=1)], losses, **style)


def plot_loss_curve(running_loss_list, every=250):
    axes = _new_axes()
    _draw(axes, running_loss_list, every, color="k", marker="x")
    return axes


def plot_runs(runs, every=250):
    axes = _new_axes()
    for run in runs:
        _draw(axes, run["losses"], every, label="batch {batch_size}, {epochs} epochs".format(**run))
    axes.legend()
    return axes
