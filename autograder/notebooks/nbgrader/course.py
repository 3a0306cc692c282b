"""Sets up a real nbgrader course directory, and sets it up again without losing anything."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbformat import NotebookNode
from studentkit.patterns import excluded, selected

from autograder.core.files import write_bytes, write_text
from autograder.core.layout import Assignment
from autograder.core.manifest import load as load_manifest
from autograder.notebooks.authored.build import as_bytes, master
from autograder.notebooks.authored.source import NotebookError
from autograder.notebooks.kernel import kernelspec
from autograder.notebooks.nbgrader.gradebook import exists, opened
from autograder.notebooks.nbgrader.programs import path_with_programs
from autograder.release.bundle import contents
from autograder.sandbox import tiers
from autograder.sandbox.tiers import Level

if TYPE_CHECKING:
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

CONFIG = "nbgrader_config.py"
RECORD = "autograder.json"  # by assignment: the files put into source/, those that students change
_CONFIG = '''\
"""An nbgrader course made by `autograder notebook`; add to it what your course needs."""

import json
from pathlib import Path

c = get_config()  # noqa: F821
here = Path(__file__).resolve().parent

c.CourseDirectory.course_id = {course_id!r}
c.CourseDirectory.root = str(here)
c.CourseDirectory.db_url = f"sqlite:///{{here / 'gradebook.db'}}"

# What earns points stands with each written question, and not in the students' copies of it.
c.ClearMarkScheme.enforce_metadata = False

# `nbgrader autograde` puts the released files over those of a student, but for these:
record = here / {record!r}
if record.is_file():
    c.Autograde.exclude_overwriting = {{
        name: one["students"] for name, one in json.loads(record.read_text()).items()
    }}
'''
_OPTIONS = ("--ClearMarkScheme.enforce_metadata=False",)  # for a course with its own configuration


@dataclass(frozen=True)
class SetUp:
    """A course directory that is ready, and what was done for it."""

    folder: Path
    released: Path  # the students' notebook
    done: tuple[str, ...]  # one line each


def set_up(
    assignment: Assignment, folder: Path, course_id: str = "", isolated: bool = False
) -> SetUp:
    """Make `folder` an nbgrader course that has `assignment` in source/ and release/.

    A course that is there already is added to: its configuration is kept, files are replaced where
    they differ, and the gradebook keeps all that was graded. `isolated` leaves the user's own
    Jupyter configuration out. Raises NotebookError, and where the gradebook has submissions that
    do not fit the notebook any more, does so before anything is changed.
    """
    notebook = master(assignment)
    files = {**contents(assignment), f"{assignment.id}.ipynb": as_bytes(notebook)}
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    places = directory(folder)
    _compare(places, assignment.id, notebook)

    before = _record(folder)
    mine = {"students": _students(assignment, files), "files": sorted(files)}
    if before.get(assignment.id) != mine:
        _write_record(folder, before | {assignment.id: mine})
    confined = not isolated and tiers.probe().level is Level.A
    done = [_configure(folder, assignment.id, course_id, confined)]
    if not isolated:
        done.append(_kernel(folder, assignment, confined))
    places = directory(folder)  # what was just written, or a person's own
    source = _place(places, places.source_directory, assignment.id)
    release = _place(places, places.release_directory, assignment.id)
    stale = set(before.get(assignment.id, {}).get("files", ())) - set(files)
    changes = _write(source, files, stale)
    done.append(f"{_shown(source, folder)}: {changes or 'as before'}")
    released = release / f"{assignment.id}.ipynb"
    how = "as before"
    if changes or not released.is_file() or not _in_gradebook(places, assignment.id):
        command = ("generate_assignment", assignment.id, "--force", *_OPTIONS)
        nbgrader(folder, *command, isolated=isolated)
        how = "made by nbgrader generate_assignment"
    done.append(f"{_shown(release, folder)}: {how}")
    done.append(_kept(places, assignment.id))
    return SetUp(folder, released, tuple(filter(None, done)))


def directory(folder: Path) -> CourseDirectory:
    """Return what nbgrader's configuration in `folder` says: paths, course, gradebook's address."""
    from nbgrader.coursedir import CourseDirectory

    config = _config(folder)
    if "root" not in config.CourseDirectory:
        config.CourseDirectory.root = str(folder.resolve())
    return CourseDirectory(config=config)


def nbgrader(folder: Path, *words: str, isolated: bool = False) -> str:
    """Run an `nbgrader` command in the course `folder` and return its log; raises NotebookError.

    `isolated` leaves the user's own Jupyter configuration out.
    """
    environment = dict(os.environ) | {"PATH": path_with_programs()}
    if isolated:  # the folder's own configuration is read all the same
        environment |= {"JUPYTER_NO_CONFIG": "1", "JUPYTER_CONFIG_DIR": str(folder / ".jupyter")}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "nbgrader", *words],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    log = done.stdout + done.stderr
    if done.returncode:
        raise NotebookError(f"{folder}: nbgrader {words[0]} failed: {_reason(log)}")
    return log


def _config(folder: Path) -> Config:
    from traitlets.config.loader import Config, PyFileConfigLoader

    if not (folder / CONFIG).is_file():
        return Config()
    try:
        loaded: Config = PyFileConfigLoader(CONFIG, path=str(folder)).load_config()
    except Exception as error:  # it is a program: anything may be wrong with it
        problem = f"{type(error).__name__}: {error}"
        raise NotebookError(f"{folder / CONFIG}: cannot be read ({problem})") from None
    return loaded


def _kernel(folder: Path, assignment: Assignment, confined: bool) -> str:
    """Put the confined kernel in the place of the course's python3, where it can be had."""
    if not confined:
        return (
            "kernel: not confined, as bubblewrap is missing; nbgrader autograde would run anything"
        )
    packages = ["pytest"]  # checks may call the tests of the student's folder
    for name in _record(folder):
        manifest = Assignment(assignment.root, name).manifest
        if manifest.is_file():
            packages += [one for one in load_manifest(manifest).packages if one not in packages]
    kernelspec.install(packages, course=folder)
    return "kernel: python3 is confined in this course"


def _configure(folder: Path, assignment_id: str, course_id: str, confined: bool) -> str:
    """Write the configuration where there is none; say what one that is there lacks."""
    path = folder / CONFIG
    if not path.exists():
        name = course_id or re.sub(r"[^A-Za-z0-9_-]+", "-", folder.name).strip("-") or "course"
        lines = kernelspec.course_lines() if confined else kernelspec.page_lines()
        write_text(path, f"{_CONFIG.format(course_id=name, record=RECORD)}\n{lines}")
        return f"{CONFIG}: written, for the course {name}"
    config = _config(folder)
    kept = f"{CONFIG}: kept as it is"
    if course_id and config.CourseDirectory.get("course_id") != course_id:
        raise NotebookError(
            f"{path}: is the configuration of another course than {course_id}; "
            "give another folder, or change course_id there"
        )
    if assignment_id not in config.Autograde.get("exclude_overwriting", {}):
        return (
            f"{kept}; plain nbgrader autograde would put the released files over the students': "
            f"set c.Autograde.exclude_overwriting from {RECORD}"
        )
    return kept


def _students(assignment: Assignment, files: Mapping[str, bytes]) -> list[str]:
    """Return which of the released files a student changes and hands in."""
    patterns = load_manifest(assignment.manifest).submit
    return sorted(path for path in files if selected(path, patterns) and not excluded(path))


def _record(folder: Path) -> dict[str, Any]:
    path = folder / RECORD
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if all(isinstance(one["files"], list) for one in found.values()):
            return dict(found)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        pass
    raise NotebookError(f"{path}: is not as it was written; delete it and run this again")


def _write_record(folder: Path, record: Mapping[str, Any]) -> None:
    write_text(folder / RECORD, json.dumps(record, indent=1, sort_keys=True) + "\n")


def _place(places: CourseDirectory, step: str, assignment_id: str) -> Path:
    return Path(places.format_path(step, ".", assignment_id)).resolve()


def _write(target: Path, files: Mapping[str, bytes], stale: set[str]) -> str:
    """Bring the folder `target` in step; return what changed in words, "" for nothing."""
    written = 0
    for path, content in files.items():
        file = target / path
        if file.is_file() and file.read_bytes() == content:
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(file, content)
        written += 1
    gone = [target / path for path in sorted(stale) if (target / path).is_file()]
    for file in gone:
        file.unlink()
    said = [f"{written} of {len(files)} files written"] * bool(written)
    said += [f"{len(gone)} that are no longer released removed"] * bool(gone)
    return ", ".join(said)


def _shown(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)


def _reason(log: str) -> str:
    """Return the line of nbgrader's log that says most."""
    raised = re.findall(r"^(?:\w+\.)*(\w*(?:Error|Exception|Entry): .+)$", log, re.MULTILINE)
    errors = re.findall(r"\| ERROR\] (.+)$", log, re.MULTILINE)
    lines = raised or errors or log.strip().splitlines() or ["it said nothing"]
    return str(lines[-1]).strip()[:400]


def _compare(places: CourseDirectory, assignment_id: str, notebook: NotebookNode) -> None:
    """Refuse a notebook whose cells are others than those that were graded already.

    nbgrader would notice as well, and delete the release before it says so.
    """
    known = _cells(places, assignment_id)
    if known is None:
        return
    cells = {cell.metadata.nbgrader.grade_id for cell in notebook.cells}
    words = [f"new: {', '.join(sorted(cells - known))}"] * bool(cells - known)
    words += [f"gone: {', '.join(sorted(known - cells))}"] * bool(known - cells)
    if words:
        raise NotebookError(
            f"{places.db_url}: has submissions of {assignment_id}, so its notebook must keep its "
            f"cells ({'; '.join(words)}); put them back, or set up another folder"
        )


def _cells(places: CourseDirectory, assignment_id: str) -> set[str] | None:
    """Return the ids of the cells that the gradebook knows; None before any submission."""
    if not exists(places.db_url):
        return None
    from nbgrader.api import MissingEntry

    with opened(places.db_url, places.course_id) as book:
        try:
            found = book.find_notebook(assignment_id, assignment_id)
        except MissingEntry:
            return None
        return {cell.name for cell in found.source_cells} if found.submissions else None


def _in_gradebook(places: CourseDirectory, assignment_id: str) -> bool:
    if not exists(places.db_url):
        return False
    with opened(places.db_url, places.course_id) as book:
        return any(one.name == assignment_id and one.notebooks for one in book.assignments)


def _kept(places: CourseDirectory, assignment_id: str) -> str:
    """Say what the gradebook holds."""
    if not exists(places.db_url):
        return ""
    with opened(places.db_url, places.course_id) as book:
        submissions = list(book.find_assignment(assignment_id).submissions)
        grades: Sequence[Any] = [
            grade for one in submissions for part in one.notebooks for grade in part.grades
        ]
        manual = sum(grade.manual_score is not None for grade in grades)
    if not submissions:
        return "gradebook: no submissions yet"
    return f"gradebook: {len(submissions)} submissions and {manual} manual grades kept"
