"""Four runs, and what they say about batch size and epochs."""

CONFIGURATIONS = ((4, 5), (4, 20), (16, 5), (16, 20))  # (batch size, epochs)


def run_all(run, configurations=CONFIGURATIONS):
    """Make one run for each configuration, in their order, and collect what came out.

    :param run: a function (batch_size, epochs) -> (losses, accuracy); `main.py` has one
    :param configurations: pairs (batch_size, epochs)
    :return: a list of dicts with "batch_size", "epochs", "losses" (a list) and "accuracy"
    """
    results = []
    for batch_size, epochs in configurations:
        losses, accuracy = run(batch_size, epochs)
        results.append(
            {"batch_size": batch_size, "epochs": epochs, "losses": losses, "accuracy": accuracy}
        )
    return results


def updates(batch_size, epochs, images=50_000):
    """Return how many steps the optimizer makes in a run; a short last batch makes one too."""
    per_epoch = images // batch_size
    if images % batch_size > 0:
        per_epoch += 1
    return per_epoch * epochs


def roughness(losses):
    """Return how rough a curve is, whatever its trend: 0 for a straight line.

    It is the mean distance between an entry and the middle of its two neighbours, over all
    entries that have two; 0.0 where there are none.
    """
    if len(losses) < 3:
        return 0.0
    total = 0
    for i in range(1, len(losses) - 1):
        total += abs(losses[i] - (losses[i - 1] + losses[i + 1]) / 2)
    return total / (len(losses) - 2)


def compare_runs(runs):
    """Put into a table what the four runs show.

    :param runs: what `run_all` returns
    :return: a list of dicts, the most accurate run first, with "batch_size", "epochs",
        "accuracy", "last_loss" (the last entry of the losses) and "roughness" (of the losses)
    """
    table = []
    for run in sorted(runs, key=lambda r: r["accuracy"], reverse=True):
        table.append(
            {
                "batch_size": run["batch_size"],
                "epochs": run["epochs"],
                "accuracy": run["accuracy"],
                "last_loss": run["losses"][-1],
                "roughness": roughness(run["losses"]),
            }
        )
    return table
