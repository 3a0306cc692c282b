"""Where the parts of an assignment lie in the project's folders."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from autograder.core.errors import AutograderError

FOLDERS = ("assignments", "autograder", "solutions", "student_skeleton", "tests")
_MARKS = ("assignments", "solutions", "tests")  # enough to know the project's root by


class LayoutError(AutograderError):
    """A folder or an assignment is not where it should be; the message says what to do."""


@dataclass(frozen=True)
class Assignment:
    """The places of one assignment; none of them needs to exist."""

    root: Path
    id: str

    @property
    def folder(self) -> Path:
        """What its author declares: `assignments/<id>/`."""
        return self.root / "assignments" / self.id

    @property
    def manifest(self) -> Path:
        """Tasks, points, policy and limits."""
        return self.folder / "assignment.toml"

    @property
    def handout(self) -> Path:
        """The text students read."""
        return self.folder / "README.md"

    @property
    def questions(self) -> Path:
        """Typed questions as students see them."""
        return self.folder / "questions.toml"

    @property
    def key(self) -> Path:
        """The answers to the typed questions, and what is known to go wrong."""
        return self.tests / "key.toml"

    @property
    def notebook(self) -> Path:
        """The source of the notebook, cells as py:percent."""
        return self.folder / "notebook.py"

    @property
    def held_out(self) -> Path:
        """The seed that held-out images are drawn from: a secret of the course."""
        return self.tests / "held_out.toml"

    @property
    def rubric(self) -> Path:
        """Written questions and what earns their points."""
        return self.folder / "rubric.toml"

    @property
    def solution(self) -> Path:
        """The only copy of the code written by hand."""
        return self.root / "solutions" / self.id

    @property
    def skeleton(self) -> Path:
        """What is generated from the solution."""
        return self.root / "student_skeleton" / self.id

    @property
    def tests(self) -> Path:
        """All suites and the known mistakes."""
        return self.root / "tests" / self.id

    @property
    def public_tests(self) -> Path:
        """Test files that students get."""
        return self.tests / "public"

    @property
    def hidden_tests(self) -> Path:
        """Test files that only the grader has."""
        return self.tests / "hidden"

    @property
    def mistakes(self) -> Path:
        """Known wrong variants of the solution."""
        return self.tests / "mistakes.py"

    @property
    def designs(self) -> Path:
        """The exact tests of the designs that the key names."""
        return self.tests / "designs.py"


def find_root(start: Path | None = None) -> Path:
    """Return the project's root: `start` (default: the current folder) or the nearest one above.

    Raises LayoutError where no folder on the way up holds the project's parts.
    """
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if all((folder / name).is_dir() for name in _MARKS):
            return folder
    raise LayoutError(
        f"{start}: no project here or above; run this in the folder that holds "
        f"{', '.join(FOLDERS[:-1])} and {FOLDERS[-1]}"
    )


def list_assignments(root: Path) -> list[Assignment]:
    """Return the assignments of the project at `root` that have a manifest, sorted by id."""
    return [
        Assignment(root, path.parent.name)
        for path in sorted((root / "assignments").glob("*/assignment.toml"))
    ]


def find_assignment(assignment_id: str, root: Path) -> Assignment:
    """Return the assignment called `assignment_id`; raises LayoutError with the nearest name."""
    known = {assignment.id: assignment for assignment in list_assignments(root)}
    if assignment_id in known:
        return known[assignment_id]
    if not known:
        raise LayoutError(f"{root / 'assignments'}: no folder there has an assignment.toml")
    folded = {name.casefold(): name for name in known}
    asked = assignment_id.casefold().replace("-", "_")
    close = get_close_matches(asked, folded, 1, cutoff=0.4)
    close = close or [name for name in folded if asked and name.startswith(asked)]
    hint = f"did you mean {folded[close[0]]}?" if close else f"there is {', '.join(known)}"
    raise LayoutError(f"no assignment is called {assignment_id!r}; {hint}")


def open_assignment(assignment_id: str, start: Path | None = None) -> Assignment:
    """Return the assignment of that name in the project around `start` (default: around here).

    Raises LayoutError.
    """
    return find_assignment(assignment_id, find_root(start))
