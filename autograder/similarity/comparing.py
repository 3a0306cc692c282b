"""From what was handed in to the page of pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.core.files import folder_files
from autograder.core.layout import Assignment
from autograder.core.manifest import load as load_manifest
from autograder.intake.opened import open_all
from autograder.reports.similar import render_similar
from autograder.similarity.code import code_of, given_code
from autograder.similarity.pairs import alike


@dataclass(frozen=True)
class Compared:
    """What a comparison found."""

    page: str
    compared: int
    pairs: int
    lost: list[tuple[str, str]]  # what could not be opened, with the reason


def compare(
    assignment: Assignment, submissions: Sequence[Path], earlier: Sequence[Path], most: int
) -> Compared:
    """Compare all of `submissions` with each other and with those of earlier years."""
    given = folder_files(assignment.skeleton)
    ours, lost = open_all(assignment, submissions)
    theirs, unread = open_all(assignment, earlier)
    codes = [code_of(name, one.files, given) for name, one in ours.items()]
    codes += [code_of(name, one.files, given, earlier=True) for name, one in theirs.items()]
    pairs = alike(codes, given_code(given), most)
    title = load_manifest(assignment.manifest).title
    page = render_similar(title, pairs, len(ours), len(theirs))
    return Compared(page, len(ours), len(pairs), [*lost, *unread])
