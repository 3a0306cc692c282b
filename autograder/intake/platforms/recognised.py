"""Tells by its shape whose download a folder is."""

from __future__ import annotations

from pathlib import Path

from autograder.core.platforms import Platform
from autograder.core.traces import traces
from autograder.intake import gradescope
from autograder.intake.platforms.reading import is_clone, is_export, listing


def recognised(folder: Path) -> tuple[Platform, str]:
    """Return whose download `folder` looks like, and in words by what.

    What is in a folder of submissions may be named by students: one odd name among others, or a
    file of a platform's name inside a submission, must not make a class of another kind.
    """
    inside = listing(folder)
    if is_export(folder):
        return Platform.GRADESCOPE, f"{gradescope.EXPORT} is in it"
    if inside and all(is_export(path) for path in inside):
        return Platform.GRADESCOPE, f"{gradescope.EXPORT} is in each of its folders"
    marks = [(traces(path.name), path) for path in inside]
    moodle = sum(one.platform == "Moodle" for one, _ in marks)
    if moodle and 2 * moodle >= len(inside):
        return Platform.MOODLE, f"{moodle} of {len(inside)} names are as Moodle makes them"
    canvas = sum(
        one.platform == "Canvas" and bool(one.title or one.typed) and not path.is_dir()
        for one, path in marks
    )
    if canvas and 2 * canvas >= len(inside):
        return Platform.CANVAS, f"{canvas} of {len(inside)} names are as Canvas makes them"
    clones = sum(is_clone(path) for path in inside)
    # One alone may be what one student handed in, wrapper, history and all.
    if clones > 1 and 2 * clones >= len(inside):
        return Platform.GITHUB, f"{clones} of {len(inside)} are clones of repositories"
    stamped = sum(
        any(child.is_file() for child in path.glob("*/timestamp.txt"))
        for path in inside
        if path.is_dir() and not path.is_symlink()
    )
    if stamped > 1 and 2 * stamped >= len(inside):
        return Platform.NBGRADER, f"{stamped} of {len(inside)} have nbgrader's timestamp.txt"
    return Platform.FOLDER, "nothing of a platform is in its names"
