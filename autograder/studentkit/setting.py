"""Where a test's data is; the grader puts its own answers in."""

from __future__ import annotations

from pathlib import Path

_provided: dict[str, str] = {}
_shown: list[tuple[str, str]] = []


def provide(folder: str, source: str) -> None:
    """Say where the data is and what it is (the grader calls this before each run)."""
    _provided.update(folder=folder, source=source)


def data_folder() -> Path:
    """Return the folder that student code sees as `./data`."""
    return Path(_provided.get("folder", "data"))


def data_source() -> str:
    """Return "mnist" for real MNIST, "digits" for the digits drawn by the grader."""
    if "source" in _provided:
        return _provided["source"]
    marker = data_folder() / "SOURCE"
    return marker.read_text().strip() if marker.is_file() else "mnist"


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
