"""What a grading process does with torch once, before it forks for submissions."""

from __future__ import annotations

import importlib
import os


def warm_torch() -> None:
    """Import torch for tests that use it as their oracle, with a single thread.

    A second thread would be missing in a fork, where the next parallel operation waits for it for
    ever. The first optimizer of a process imports torch._dynamo, which takes more than a second.
    """
    os.environ["OMP_NUM_THREADS"] = "1"  # before libgomp is loaded
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)
    importlib.import_module("torch._dynamo")
