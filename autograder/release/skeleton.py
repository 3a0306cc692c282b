"""Generates `student_skeleton/<id>/` from `solutions/<id>/` and keeps the two in step."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from autograder.core.files import write_bytes
from autograder.core.layout import Assignment, find_assignment
from autograder.release.regions import SUFFIXES, ReleaseError, split

_SCRIPTS = frozenset({".py", ".sh", ".bat", ".md"})  # all of data/ that is source, not data
_WEIGHTS = frozenset({".safetensors", ".pt", ".pth"})  # students train their own


class SkeletonError(ReleaseError):
    """The solution's folder cannot be turned into a skeleton; the message says what to do."""


def generate(solution: Path) -> dict[str, bytes]:
    """Return the skeleton of the folder `solution`: POSIX path -> content, sorted.

    Files without marks, and files that are no text, are the same byte for byte. Raises
    SkeletonError, and RegionError where marks do not fit.
    """
    return {path: part[0] for path, part in _parts(solution).items()}


def solution_lines(solution: Path) -> dict[str, bytes]:
    """Return, for each file of the folder, the text of the lines that its skeleton lacks."""
    return {
        path: "\n".join(part[1]).encode("utf-8")
        for path, part in _parts(solution).items()
        if part[1]
    }


def sync(assignment: Assignment | str, root: Path, check: bool = False) -> list[str]:
    """Make the committed skeleton of `assignment` what its solution generates, byte for byte.

    Returns one line per file that differed; with `check`, nothing is written. Files that the
    solution no longer has are deleted. Raises LayoutError, SkeletonError and RegionError.
    """
    place = find_assignment(assignment, root) if isinstance(assignment, str) else assignment
    wanted = generate(place.solution)
    target = place.skeleton
    present = dict(_walk(target)) if target.is_dir() else {}
    shown = target.relative_to(place.root).as_posix()
    changes = []
    for path, content in wanted.items():
        old = present.get(path)
        if old is not None and old.read_bytes() == content:
            continue
        changes.append(f"{shown}/{path}: {'changed' if old else 'new'}")
        if not check:
            _write(target / path, content)
    for path in sorted(present.keys() - wanted.keys()):
        changes.append(f"{shown}/{path}: stale")
        if not check:
            present[path].unlink()
            _remove_empty(present[path].parent, target)
    return changes


def _parts(solution: Path) -> dict[str, tuple[bytes, tuple[str, ...]]]:
    if not solution.is_dir():
        raise SkeletonError(f"{solution}: not found; the skeleton is generated from this folder")
    parts: dict[str, tuple[bytes, tuple[str, ...]]] = {}
    for path, file in _walk(solution):
        if file.suffix in _WEIGHTS:
            continue
        content = file.read_bytes()
        if file.suffix not in SUFFIXES:
            parts[path] = (content, ())
            continue
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise SkeletonError(f"{file}: not UTF-8 ({error.reason}); save it as UTF-8") from None
        done = split(text, path)
        parts[path] = (done.skeleton.encode("utf-8"), done.solution)
    return dict(sorted(parts.items()))


def _walk(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the files below `folder` with their POSIX paths; raises SkeletonError at a link."""
    waiting = [folder]
    while waiting:
        for entry in sorted(waiting.pop().iterdir()):
            if entry.name == "__pycache__" or entry.name.startswith("."):
                continue
            if entry.suffix == ".pyc":
                continue
            if entry.is_symlink():
                raise SkeletonError(f"{entry}: a link; put the file itself there")
            if entry.is_dir():
                waiting.append(entry)
            elif entry.is_relative_to(folder / "data") and entry.suffix not in _SCRIPTS:
                continue
            else:
                yield entry.relative_to(folder).as_posix(), entry


def _write(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(target, content, 0o755 if target.suffix == ".sh" else 0o644)


def _remove_empty(folder: Path, top: Path) -> None:
    while folder != top and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
