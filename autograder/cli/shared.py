"""What several commands share: consoles, exit codes, options, and how they end."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from autograder.core.errors import AutograderError, ExitCode
from autograder.core.layout import Assignment, open_assignment

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


class Stop(AutograderError):
    """End with a message and an exit code."""

    def __init__(self, message: str, exit_code: ExitCode = ExitCode.CONFIGURATION) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def find(name: str) -> Assignment:
    """Return the assignment of that name; raises LayoutError."""
    return open_assignment(name)


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int, str], None]]:
    """Show a bar with the time left, on a terminal to which nothing else is written."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    hidden = not ERR.is_terminal or logging.getLogger("autograder").isEnabledFor(logging.INFO)
    with Progress(*columns, console=ERR, transient=True, disable=hidden) as bar:
        task = bar.add_task(what, total=None)

        def update(done: int, total: int, name: str) -> None:
            bar.update(task, completed=done, total=total)

        yield update
