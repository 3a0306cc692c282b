"""A class opened as a whole, for what looks at all of it at once and grades nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from autograder.core.layout import Assignment
from autograder.core.records import Submission
from autograder.intake.collecting import collect
from autograder.intake.opening import read
from autograder.intake.platforms.delivery import places_of


def open_all(
    assignment: Assignment, paths: Sequence[Path]
) -> tuple[dict[str, Submission], list[tuple[str, str]]]:
    """Open what was handed in; return it by name, and what could not be opened, with the reason.

    Raises IntakeError as `collect` does.
    """
    expected = sorted(path.name for path in assignment.skeleton.iterdir())
    with tempfile.TemporaryDirectory() as folder:
        collected = collect(
            paths,
            expected=expected,
            places=places_of(assignment.skeleton),
            assignment=assignment.id,
            unpack_into=Path(folder),
        )
        found = {}
        lost = [(one.name, one.reason) for one in collected.leftovers]
        for source in collected.sources:
            opened = read(source, expected=expected)
            if isinstance(opened, Submission):
                found[source.name] = opened
            else:
                lost.append((source.name, opened.reason))
    return found, lost
