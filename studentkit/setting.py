"""Where a test's data is; the grader puts its own answers in."""

from __future__ import annotations

from pathlib import Path

import numpy as np

_provided: dict[str, str] = {}
_shown: list[tuple[str, str]] = []
_pictures: list[tuple[str, np.ndarray]] = []
_wanted: list[bool] = [False]


def provide(folder: str, source: str) -> None:
    """Say where the data is and what it is (the grader calls this before each run)."""
    _provided.update(folder=folder, source=source)


def data_folder() -> Path:
    """Return the folder that student code sees as `./data`."""
    return Path(_provided.get("folder", "data"))


def data_source() -> str:
    """Return what the data is.

    "mnist" and "cifar10" are the real ones; "digits", "handwriting" and "colours" are drawn.
    """
    if "source" in _provided:
        return _provided["source"]
    folders = [data_folder() / name for name in (".", "MNIST", "cifar-10-batches-py")]
    for folder, real in zip(folders, ("mnist", "mnist", "cifar10"), strict=True):
        if (folder / "SOURCE").is_file():
            return (folder / "SOURCE").read_text(encoding="utf-8").strip()
        if folder != folders[0] and folder.is_dir():
            return real  # as its publishers left it
    return "mnist"


def show(text: str, mathml: str = "") -> None:
    """Tell the student something beside the test's outcome: how an answer was read.

    `mathml` is markup of the grader's own making, never text of a submission.
    """
    _shown.append((text, mathml))


def take_shown() -> list[tuple[str, str]]:
    """Return what the test that just ran has shown, and forget it."""
    found = list(_shown)
    _shown.clear()
    return found


def provide_pictures(wanted: bool) -> None:
    """Say whether pictures of figures are to be kept (the grader calls this before each test)."""
    _wanted[0] = wanted
    _pictures.clear()


def wants_pictures() -> bool:
    """Return whether somebody will look at pictures of the figures."""
    return _wanted[0]


def keep_picture(title: str, pixels: np.ndarray) -> None:
    """Keep a picture, (height, width, 3) of uint8, for the report."""
    _pictures.append((title, pixels))


def take_pictures() -> list[tuple[str, np.ndarray]]:
    """Return the pictures of the test that just ran, and forget them."""
    found = list(_pictures)
    _pictures.clear()
    return found
