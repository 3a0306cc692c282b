"""Where a test's data is, and what a test shows beside its outcome."""

from __future__ import annotations

from pathlib import Path

from .context import current


def data_folder() -> Path:
    """Return the folder that student code sees as `./data`."""
    return Path(current().folder)


def data_source() -> str:
    """Return what the data is.

    "mnist" and "cifar10" are the real ones; "digits", "handwriting" and "colours" are drawn.
    """
    if current().source:
        return current().source
    folders = [data_folder() / name for name in (".", "MNIST", "cifar-10-batches-py")]
    for folder, real in zip(folders, ("mnist", "mnist", "cifar10"), strict=True):
        if (folder / "SOURCE").is_file():
            return (folder / "SOURCE").read_text(encoding="utf-8").strip()
        if folder != folders[0] and folder.is_dir():
            return real  # as its publishers left it
    return "mnist"


def judged(how: str) -> None:
    """Tell the student how the verdict was reached, where a test has more than one way.

    `how` is a whole sentence of the test's own, a hidden one's too: no word of what was compared.
    """
    current().how = how


def show(text: str, mathml: str = "") -> None:
    """Tell the student something beside the test's outcome: how an answer was read.

    `mathml` is markup of the grader's own making, never text of a submission.
    """
    current().shown.append((text, mathml))
