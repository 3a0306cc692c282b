"""What several commands share: consoles, exit codes, options, and how they end."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from autograder.core.errors import AutograderError, ExitCode
from autograder.core.layout import Assignment, open_assignment
from autograder.core.visible import visible

_SILENT_SECONDS = 20  # a short run prints its result alone
OUT, ERR = Console(highlight=False), Console(stderr=True, highlight=False)

AssignmentName = Annotated[
    str, typer.Argument(metavar="ASSIGNMENT", help="Its folder's name; see `autograder list`.")
]
Jobs = Annotated[
    int | None, typer.Option("--jobs", "-j", min=1, help="Processes to use; default: all cores.")
]
Data = Annotated[
    Path | None,
    typer.Option(
        help="Folder with the assignment's real data, as torchvision lays it out (MNIST as IDX "
        "or as the two CSV files), for the tests that train. Without it images are drawn.",
    ),
]
Training = Annotated[
    bool,
    typer.Option(
        "--training/--no-training",
        "--full/--quick",
        help="The full level runs the tests that train networks, the quick one leaves them out; "
        "reports say which it was.",
    ),
]
TrainingOrNot = Annotated[
    bool | None,
    typer.Option(
        "--training/--no-training",
        "--full/--quick",
        help="The full level runs the tests that train networks, the quick one leaves them out; "
        "reports say which it was.",
        show_default="full, or as before",
    ),
]


class Stop(AutograderError):
    """End with a message and an exit code."""

    def __init__(self, message: str, exit_code: ExitCode = ExitCode.CONFIGURATION) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def find(name: str) -> Assignment:
    """Return the assignment of that name; raises LayoutError."""
    return open_assignment(name)


LEARNING = "learning the known mistakes, once"
Update = Callable[[int, int, str], None]


@contextmanager
def progress_bar(what: str) -> Iterator[Update]:
    """Show a bar with the time left, on a terminal to which nothing else is written."""
    with progress_bars(what) as (update,):
        yield update


def _lines(what: str) -> Update:
    """Print a line for each thing that is done, where there is no terminal and it takes long."""
    began = time.monotonic()

    def update(done: int, total: int, name: str) -> None:
        if done and not ERR.is_terminal and time.monotonic() - began > _SILENT_SECONDS:
            ERR.print(f"{what}: {done} of {total}: {visible(name)}", markup=False, soft_wrap=True)

    return update


@contextmanager
def progress_bars(first: str, *others: str) -> Iterator[tuple[Update, ...]]:
    """Show bars, one above the other; the `others` appear with what is first done of them."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    hidden = not ERR.is_terminal or logging.getLogger("autograder").isEnabledFor(logging.INFO)
    with Progress(*columns, console=ERR, transient=True, disable=hidden) as bar:

        def updating(what: str, visible: bool) -> Update:
            if hidden:
                return _lines(what)
            task = bar.add_task(what, total=None, visible=visible)
            return lambda done, total, _: bar.update(
                task, completed=done, total=total, visible=True
            )

        yield updating(first, True), *(updating(what, False) for what in others)
