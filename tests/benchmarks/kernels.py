"""Run notebooks in a plain kernel and in confined ones: start, a trivial cell, figures, torch.

Run by hand: .venv/bin/python tests/benchmarks/kernels.py [--times 5]

Prints medians in seconds, and the ratio to a plain kernel that nbclient starts, measured in turn
with it. The warm parent's own start, once for a class, stands below.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence

from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from autograder.core.manifest import Limits
from autograder.notebooks.kernel import execute
from autograder.notebooks.kernel.warm import Kernels
from autograder.sandbox import tiers

_FIGURE = """
import matplotlib.pyplot as plt, numpy as np
figure, axes = plt.subplots(2, 5)
for axis in axes.flat:
    axis.imshow(np.random.rand(28, 28))
plt.show()
"""
_NOTEBOOKS: dict[str, Sequence[str]] = {
    "one cell, `1`": ["1"],
    "101 cells, `print(1)`": ["print(1)"] * 101,
    "ten cells, two with ten axes": [*["print(1)"] * 8, _FIGURE, _FIGURE],
    "one cell, `import torch`": ["import torch"],
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=5)
    times = parser.parse_args().times
    levels = {tiers.probe(tiers.Level(one)).level: tiers.probe(tiers.Level(one)) for one in "ABC"}
    ways: dict[str, Callable[[NotebookNode], object]] = {
        "plain": lambda notebook: NotebookClient(notebook).execute()
    }
    parents, starts = [], []
    for level, tier in levels.items():
        began = time.perf_counter()
        packages = ("numpy", "matplotlib", "torch")
        parents.append(Kernels(tier, packages, ("numpy", "torch")))
        starts.append(f"{level} {time.perf_counter() - began:.1f}")
        ways[f"tier {level}"] = lambda notebook, parent=parents[-1]: execute.run(  # type: ignore[misc]
            notebook, {}, Limits(), parent
        )
    print("| seconds | " + " | ".join(ways) + " |\n|" + "---|" * (len(ways) + 1))
    for words, cells in _NOTEBOOKS.items():
        taken: dict[str, list[float]] = {way: [] for way in ways}
        for _ in range(times):
            for way, run in ways.items():
                notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
                began = time.perf_counter()
                run(notebook)
                taken[way].append(time.perf_counter() - began)
        plain = statistics.median(taken["plain"])
        medians = [statistics.median(taken[way]) for way in ways]
        shown = [f"{one:.2f} ({one / plain:.2f})" for one in medians]
        print(f"| {words} | " + " | ".join(shown) + " |")
    print("\nstart of a parent with torch, once:", ", ".join(starts), "s")
    for parent in parents:
        parent.close()


if __name__ == "__main__":
    main()
