"""The folder of a class: one assignment, one run at a time, every earlier state kept."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.core.errors import AutograderError
from autograder.core.files import write_text

STATE, HISTORY, LOCK = "class.toml", "history", ".lock"
DOWNLOADS = "downloads"  # what was still packed when it was given, laid out
_PAGES = ("index.html", "grades.csv", "changes.csv", "unmatched.csv", "matched.csv", STATE)
RESERVED = (*_PAGES, HISTORY, DOWNLOADS)
_REPORT = ("results.json", "report.html")
_KEPT_STATES = 50
_HEAD = """\
# What this folder holds, and the options of its last run: a run that leaves one out keeps it.
# Written by `autograder grade`; `--forget OPTION` takes one out.
"""


class CourseError(AutograderError):
    """The folder of a class, or a table that belongs to it, cannot be used; one line says why."""


class ClassFolder:
    """The folder that `grade -o` writes; `assignment` is the one whose reports are in it."""

    def __init__(self, path: Path, assignment: str) -> None:
        self.path, self.assignment = path, assignment

    @property
    def options(self) -> dict[str, Any]:
        """Return the options of the last run, {} before the first; raises CourseError."""
        return dict(self._state().get("options", {}))

    def check(self) -> None:
        """Raise CourseError where the reports of another assignment are in the folder."""
        if self.path.exists() and not self.path.is_dir():
            raise CourseError(
                f"{self.path}: this is a file; reports go into a folder, give its name with -o"
            )
        found = self._state().get("assignment") or self._graded_for()
        if found and found != self.assignment:
            raise CourseError(
                f"{self.path}: reports of {found} are in this folder; give {self.assignment} "
                "another one with -o"
            )

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs out; raises CourseError where one is at work."""
        self.path.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise CourseError(
                    f"{self.path}: another run is writing here; wait until it has ended"
                ) from None
            yield
        finally:
            os.close(descriptor)

    def shows(self, made_of: str) -> bool:
        """Tell whether the table and the page are there, and made of what is hashed here."""
        there = all((self.path / page).is_file() for page in ("index.html", "grades.csv"))
        return there and self._state().get("pages") == made_of

    def remember(self, options: dict[str, Any], made_of: str = "") -> None:
        """Write down what this run was asked for, and a hash of what its pages are made of."""
        lines = [f"assignment = {_toml(self.assignment)}", f"pages = {_toml(made_of)}"]
        lines += ["", "[options]"]
        lines += [f"{name} = {_toml(value)}" for name, value in sorted(options.items())]
        write_text(self.path / STATE, _HEAD + "\n".join(lines) + "\n")

    def submissions(self) -> list[str]:
        """Return the names of all that have a report here."""
        return sorted(file.parent.name for file in self.path.glob("*/results.json"))

    def drop(self, names: Iterable[str]) -> None:
        """Take the reports called `names` out of the class; `keep_state` has kept them."""
        for name in names:
            for file in _REPORT:
                (self.path / name / file).unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                (self.path / name).rmdir()

    # earlier states ---------------------------------------------------------------------

    def keep_state(self, names: Sequence[str]) -> Path:
        """Keep the pages, and the reports called `names`, as they are now; return where.

        Files are replaced and never changed, so that another name for them is enough.
        """
        stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%S.%fZ")
        state = self.path / HISTORY / stamp
        (state / "reports").mkdir(parents=True)
        for page in _PAGES:
            _link(self.path / page, state / page)
        for name in names:
            for file in _REPORT:
                if (self.path / name / file).is_file():
                    (state / "reports" / name).mkdir(exist_ok=True)
                    _link(self.path / name / file, state / "reports" / name / file)
        write_text(state / "names.json", json.dumps(sorted(names)))
        for old in sorted((self.path / HISTORY).iterdir())[:-_KEPT_STATES]:
            shutil.rmtree(old, ignore_errors=True)
        return state

    def undo(self) -> tuple[str, int]:
        """Bring the last kept state back; return when it was kept, and how many reports it had.

        Raises CourseError where there is none.
        """
        history = self.path / HISTORY
        states = sorted(history.iterdir()) if history.is_dir() else []
        states = [state for state in states if (state / "names.json").is_file()]
        if not states:
            raise CourseError(f"{self.path}: there is no earlier state to bring back")
        state = states[-1]
        names = json.loads((state / "names.json").read_text(encoding="utf-8"))
        for name in names:
            for file in _REPORT:
                _restore(state / "reports" / name / file, self.path / name / file)
            with contextlib.suppress(OSError):  # what was graded for the first time leaves nothing
                (self.path / name).rmdir()
        for page in _PAGES:
            _restore(state / page, self.path / page)
        stamp = state.name
        shutil.rmtree(state)
        return stamp, len(names)

    # reading ----------------------------------------------------------------------------

    def _state(self) -> dict[str, Any]:
        try:
            return tomllib.loads((self.path / STATE).read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except (OSError, UnicodeError, tomllib.TOMLDecodeError) as error:
            raise CourseError(
                f"{self.path / STATE}: cannot be read ({error}); mend it, or remove it"
            ) from None

    def _graded_for(self) -> str:
        """Return the assignment of the first report, for folders older than `class.toml`."""
        for file in sorted(self.path.glob("*/results.json")) if self.path.is_dir() else ():
            try:
                found = json.loads(file.read_text(encoding="utf-8"))["extra_data"]["assignment"]
            except (OSError, ValueError, KeyError, TypeError):
                continue
            return str(found)
        return ""


def _link(source: Path, target: Path) -> None:
    if not source.is_file():
        return
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without links
        shutil.copy2(source, target)


def _restore(kept: Path, place: Path) -> None:
    if not kept.is_file():
        place.unlink(missing_ok=True)
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    write_text(place, kept.read_text(encoding="utf-8"))


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, int | float):
        return repr(value)
    # TOML's basic strings are JSON's, but for characters beyond the basic plane.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
