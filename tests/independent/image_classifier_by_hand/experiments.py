"""Four runs, and what they say about batch size and epochs."""

CONFIGURATIONS = ((4, 5), (4, 20), (16, 5), (16, 20))  # (batch size, epochs)


def run_all(run, configurations=CONFIGURATIONS):
    def one(batch_size, epochs):
        losses, accuracy = run(batch_size, epochs)
        return dict(batch_size=batch_size, epochs=epochs, losses=list(losses), accuracy=accuracy)

    return [one(*pair) for pair in configurations]


def updates(batch_size, epochs, images=50_000):
    whole, rest = divmod(images, batch_size)
    return epochs * (whole + bool(rest))


def roughness(losses):
    triples = list(zip(losses, losses[1:], losses[2:]))
    if not triples:
        return 0.0
    return sum(abs(here - 0.5 * (before + after)) for before, here, after in triples) / len(triples)


def compare_runs(runs):
    rows = []
    for run in runs:
        row = {key: run[key] for key in ("batch_size", "epochs", "accuracy")}
        row["last_loss"] = run["losses"][-1] if run["losses"] else None
        row["roughness"] = roughness(run["losses"])
        rows.append(row)
    rows.sort(key=lambda row: -row["accuracy"])
    return rows
