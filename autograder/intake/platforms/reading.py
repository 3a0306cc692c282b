"""One reader for each platform: from a folder to what each student handed in."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from autograder.core.platforms import Platform
from autograder.core.records import UnreadableSubmission
from autograder.core.traces import Traces, traces
from autograder.intake import gradescope
from autograder.intake.paths import JUNK_FILES, JUNK_FOLDERS, is_archive, place_of, shown, stem
from autograder.intake.platforms import commits, stamped
from autograder.intake.platforms.delivery import Delivery
from autograder.intake.said import Said
from autograder.intake.timestamps import IntakeError

Found = tuple[list[Delivery], list[UnreadableSubmission]]
_LINK = "it is a link, and links are not followed; put the submission itself there"


def deliveries(folder: Path, platform: Platform, assignment: str = "") -> Found:
    """Return what each student handed in, and what is nobody's; raises IntakeError."""
    readers: Mapping[Platform, Callable[[Path], Found]] = {
        Platform.CANVAS: _canvas,
        Platform.MOODLE: _moodle,
        Platform.GRADESCOPE: _gradescope,
        Platform.GITHUB: _github,
        Platform.NBGRADER: lambda path: _nbgrader(path, assignment),
    }
    return readers[platform](folder)


def listing(folder: Path) -> list[Path]:
    """Return what a folder holds, by name, without what systems leave behind."""
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        raise IntakeError(f"{folder}: cannot be opened ({error.strerror})") from None
    return [
        folder / name
        for name in names
        if not name.startswith(".") and name.lower() not in JUNK_FILES and name not in JUNK_FOLDERS
    ]


def is_clone(folder: Path) -> bool:
    """Tell whether `folder` is a clone of a repository; one that may not be read is none."""
    with contextlib.suppress(OSError):
        return (folder / ".git").is_dir()
    return False


def is_export(folder: Path) -> bool:
    """Tell whether `folder` is an export of Gradescope; one that may not be read is none."""
    with contextlib.suppress(OSError):
        return (folder / gradescope.EXPORT).is_file()
    return False


def _is_closed(folder: Path) -> bool:
    return folder.is_dir() and not os.access(folder, os.R_OK | os.X_OK, effective_ids=True)


def _by_student(
    folder: Path, platform: str
) -> tuple[dict[tuple[str, str], list[tuple[Traces, Path]]], list[UnreadableSubmission]]:
    """Return what lies in `folder` by the student in its name, and what has no such name.

    Canvas makes files only, and names each by its title or as a text that was typed.
    """
    found: dict[tuple[str, str], list[tuple[Traces, Path]]] = {}
    strangers = []
    for path in listing(folder):
        marks = traces(path.name)
        fits = marks.platform == platform
        if platform == "Canvas":
            fits = fits and bool(marks.title or marks.typed) and not path.is_dir()
        if path.is_symlink():
            strangers.append(_nobodys(path, _LINK))
        elif fits:
            found.setdefault((marks.name, marks.user), []).append((marks, path))
        else:
            strangers.append(_nobodys(path, f"its name is none that {platform} gives"))
    return found, strangers


def _canvas(folder: Path) -> Found:
    """Canvas puts everything in one folder, a file for each file of each student."""
    files, strangers = _by_student(folder, "Canvas")
    found = []
    for (name, user), parts in files.items():
        titled = [(marks.title, path) for marks, path in parts if not marks.typed]
        typed = tuple(path.name for marks, path in parts if marks.typed)
        late = any(marks.late for marks, _ in parts)
        people = (f"{name}_canvas{user}",)
        said = Said("Canvas", people, late=late, attachments=typed)
        found.append(Delivery(people[0], folder / people[0], tuple(titled), said))
    return found, strangers


def _moodle(folder: Path) -> Found:
    """Moodle makes a folder for each student and kind of answer, or puts both into names."""
    parts, strangers = _by_student(folder, "Moodle")
    found = []
    for (name, user), ones in parts.items():
        known = f"{name}_{user}_assignsubmission_file_"
        typed = [shown(path.name) for marks, path in ones if marks.typed]
        said = Said("Moodle", (known,), attachments=tuple(typed))
        folders = [path for marks, path in ones if path.is_dir() and not marks.typed]
        if folders:
            found.append(_unwrapped(known, folders[0], said))
            continue
        titled = tuple((marks.title, path) for marks, path in ones if not marks.typed)
        found.append(Delivery(known, folder / known, titled, said))
    return found, strangers


def _gradescope(folder: Path) -> Found:
    """Gradescope's export has a folder for each submission, and says everything in one file."""
    inside = [path for path in listing(folder) if path.is_dir() and not path.is_symlink()]
    if is_export(folder) or (folder / gradescope.BESIDE).is_file():
        found, strangers = [], []
        for path in listing(folder):
            if path.name in (gradescope.EXPORT, gradescope.BESIDE):
                continue
            if path.is_symlink():
                strangers.append(_nobodys(path, _LINK))
            elif path.is_dir():
                found.append(_unwrapped(path.name, path, said_beside(path)))
            elif is_archive(path.name):
                name = stem(path.name)
                found.append(Delivery(name, path, ((path.name, path),), said_beside(path)))
            else:
                strangers.append(_nobodys(path, "it is neither an archive nor a folder"))
        return found, strangers
    exports = [path for path in inside if is_export(path)]
    if not exports:
        raise IntakeError(
            f"{folder}: there is no {gradescope.EXPORT} in it, so it is no export of Gradescope"
        )
    all_found: Found = (
        [],
        [
            _nobodys(path, f"there is no {gradescope.EXPORT} in it")
            for path in listing(folder)
            if path not in exports
        ],
    )
    for export in exports:
        found, strangers = _gradescope(export)
        all_found[0].extend(found)
        all_found[1].extend(strangers)
    return all_found


def single(path: Path) -> Delivery | None:
    """Return what one file or folder is that was taken out of a download; None where it is not."""
    marks = traces(path.name)
    if marks.platform == "Canvas" and marks.title and path.is_file():
        name = f"{marks.name}_canvas{marks.user}"
        return Delivery(
            name, path, ((marks.title, path),), Said("Canvas", (name,), late=marks.late)
        )
    if marks.platform == "Moodle" and not marks.typed:
        name = f"{marks.name}_{marks.user}_assignsubmission_file_"
        if path.is_dir():
            return _unwrapped(name, path, Said("Moodle", (name,)))
        return Delivery(name, path, ((marks.title, path),), Said("Moodle", (name,)))
    beside = said_beside(path)
    if beside.platform and path.is_dir():
        return _unwrapped(path.name, path, beside)
    if beside.platform and is_archive(path.name):
        return Delivery(stem(path.name), path, ((path.name, path),), beside)
    return None


def said_beside(path: Path) -> Said:
    """Return what Gradescope says of the submission at `path`, nothing where it says nothing."""
    try:
        return gradescope.said(path) or Said()
    except gradescope.UNREADABLE:
        return Said()  # `moment` says that it cannot be read


def _github(folder: Path) -> Found:
    """Clones of GitHub Classroom: a repository for each student, named assignment-login."""
    found, strangers = [], []
    clones = []
    for path in listing(folder):
        if path.is_dir() and not path.is_symlink() and is_clone(path):
            clones.append(path)
        else:
            reason = "cannot be opened" if _is_closed(path) else "is no clone of a repository"
            strangers.append(_nobodys(path, f"it {reason}"))
    prefix = _common([path.name for path in clones])
    for path in clones:
        login = path.name.removeprefix(prefix)
        time, source = commits.last_commit(path)
        people = (login,) if prefix else ()
        found.append(Delivery(path.name, path, said=Said("GitHub", people, time, source)))
    return found, strangers


def _common(names: Sequence[str]) -> str:
    """Return the name of the assignment, with its hyphen, that all repositories begin with."""
    if len(names) < 2:
        return ""
    first, last = min(names), max(names)
    same = next(
        (place for place, (a, b) in enumerate(zip(first, last, strict=False)) if a != b),
        min(len(first), len(last)),
    )
    return first[: first[:same].rfind("-") + 1]


def _nbgrader(folder: Path, assignment: str) -> Found:
    """nbgrader's `submitted/`: a folder for each student, in it one for each assignment."""
    found, strangers = [], []
    for student in listing(folder):
        if not student.is_dir() or student.is_symlink():
            strangers.append(_nobodys(student, "it is no student's folder"))
            continue
        if _is_closed(student):
            strangers.append(_nobodys(student, "it cannot be opened"))
            continue
        own = [path for path in listing(student) if path.is_dir() and not path.is_symlink()]
        fitting = [path for path in own if path.name == assignment]
        if not fitting and len(own) != 1:
            strangers.append(_nobodys(student, f"it holds no folder {assignment}"))
            continue
        path = (fitting or own)[0]
        time, source = stamped.stamp(path)
        found.append(
            Delivery(student.name, path, said=Said("nbgrader", (student.name,), time, source))
        )
    return found, strangers


def _unwrapped(name: str, folder: Path, said: Said) -> Delivery:
    """Return a student's folder: of single files where it holds no folders, else as it is."""
    # Of one that cannot be opened its report says so.
    inside = [] if _is_closed(folder) else listing(folder)
    if inside and all(path.is_file() and not path.is_symlink() for path in inside):
        return Delivery(name, folder, tuple((path.name, path) for path in inside), said)
    return Delivery(name, folder, said=said)


def _nobodys(path: Path, reason: str) -> UnreadableSubmission:
    return UnreadableSubmission(place_of(path), f"{reason}, so nobody's submission")
