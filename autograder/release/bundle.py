"""Builds the zip that students get, and refuses to build one that gives anything away."""

from __future__ import annotations

import io
import json
import logging
import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from studentkit.foreign import VERSION
from studentkit.survey import survey, texts

from autograder.core.files import write_bytes
from autograder.core.layout import Assignment, find_assignment
from autograder.core.manifest import load
from autograder.datasets.prepare import everyday_files
from autograder.release.kit import kit_files
from autograder.release.leaks import Guarded, Secrets, leaks, telling, text_of
from autograder.release.regions import ReleaseError
from autograder.release.skeleton import generate, solution_lines

_log = logging.getLogger(__name__)
# Where a skeleton brings none of its own:
PYTEST_INI = b"""\
[pytest]
testpaths = tests
pythonpath = . tests
"""
CONFTEST = b'''\
"""Let pytest end with a table of points by task."""

pytest_plugins = ["studentkit.plugin"]
'''
_LETTERS = 20  # and digits: shorter lines are the same in anybody's code
_LITERAL = re.compile(r"[0-9\"']")
_COMMON_NAMES = frozenset({"__init__.py", "conftest.py"})


def release(
    assignment_id: str,
    root: Path,
    out: Path,
    hints: Mapping[str, str] | None = None,
    notebook: Guarded | None = None,
) -> Path:
    """Write `out/<id>.zip` for students and return its path; the same input gives the same bytes.

    `hints` are the locked ones for the student's own test run; `notebook` is the student's.
    Raises ReleaseError where the zip would hold anything hidden or lack the notebook, and what
    `find_assignment`, `manifest.load` and `generate` raise.
    """
    place = find_assignment(assignment_id, root)
    files = contents(place, hints)
    if place.notebook.is_file() and notebook is None:
        raise ReleaseError(f"{place.notebook}: the students' notebook was not made of it")
    found = []
    if notebook is not None:
        name = f"{place.id}.ipynb"
        _add(files, {name: notebook.content}, "the notebook")
        found = leaks({name: notebook.content}, notebook.secrets)
    found += leaks(files, secrets(place))
    _log.info("%s: %d files, of which %d lines leak", place.id, len(files), len(found))
    target = out / f"{place.id}.zip"
    if found:
        more = f" (and {len(found) - 5} more)" if len(found) > 5 else ""
        raise ReleaseError(f"{target} would give away: {'; '.join(found[:5])}{more}")
    out.mkdir(parents=True, exist_ok=True)
    write_bytes(target, _pack(place.id, dict(sorted(files.items()))))
    return target


def contents(place: Assignment, hints: Mapping[str, str] | None = None) -> dict[str, bytes]:
    """Return every file of the student's folder: POSIX path -> content; raises ReleaseError."""
    manifest = load(place.manifest)  # a student must not be the first to find a broken one
    skeleton = generate(place.solution)
    files: dict[str, bytes] = {}
    _add(files, {"assignment.toml": place.manifest.read_bytes()}, "the manifest")
    if not place.handout.is_file():
        raise ReleaseError(f"{place.handout}: not found; students need a handout")
    _add(files, {"README.md": place.handout.read_bytes()}, "the handout")
    if place.questions.is_file():
        _add(files, {"questions.toml": place.questions.read_bytes()}, "the questions")
    _add(files, skeleton, f"solutions/{place.id}")
    _add(files, _public_tests(place), f"tests/{place.id}/public")
    facts = json.dumps(_facts(place, skeleton), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    kit = {**kit_files(), "skeleton.json": facts.encode("utf-8")}
    if hints:
        kit["hints.json"] = (json.dumps(dict(hints), indent=0, sort_keys=True) + "\n").encode()
    if "mnist-csv" not in manifest.data_sets:
        data = everyday_files(manifest.data_sets)
        _add(files, {f"{manifest.data_mount}/{path}": part for path, part in data.items()}, "data")
    _add(files, {f"studentkit/{path}": content for path, content in kit.items()}, "the kit")
    for path, content in (("pytest.ini", PYTEST_INI), ("conftest.py", CONFTEST)):
        files.setdefault(path, content)
    files.setdefault("tests/__init__.py", b"")  # so that no installed package named tests wins
    return dict(sorted(files.items()))


def _facts(place: Assignment, skeleton: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the skeleton's survey, the functions that are given complete, and this Python."""
    reference = {path: place.solution / path for path in skeleton}
    files = {path: file.read_bytes() for path, file in reference.items() if file.is_file()}
    found = survey(dict(skeleton))
    complete = texts(survey(files))
    given = sorted(name for name, text in texts(found).items() if complete.get(name) == text)
    return {**found, "given": given, "python": VERSION}


def secrets(place: Assignment) -> Secrets:
    """Return what no file of the students' folder may show.

    Names and lines of the hidden tests and of the known mistakes, and lines of the solution's
    regions. Lines that students have anyway (of hidden tests in the public ones, of the solution
    in the skeleton), imports, and lines too short to tell anything are no secret.
    """
    skeleton, public, staff = generate(place.solution), _public_tests(place), _hidden(place)
    given, kit = _lines(skeleton.values()), _lines(kit_files().values())
    known = _lines(public.values())
    lines: dict[str, str] = {}
    for path, content in staff.items():
        # a known mistake repeats given code around its error; a hidden test calls it in the same
        # words, but has its numbers and texts to itself
        hidden = path.startswith("hidden/")
        free = {line for line in given if not (hidden and _LITERAL.search(line))}
        for line in _lines([content]) - kit - known - free:
            if not line.startswith(("import ", "from ")):
                lines[line] = f"tests/{place.id}/{path}"
    for path, removed in solution_lines(place.solution).items():
        for line in _lines([removed]) - given - kit:
            lines[line] = f"the solution of {path}"
    allowed = {Path(path).name for path in (*public, *skeleton)} | _COMMON_NAMES
    return Secrets(lines, names=frozenset({Path(path).name for path in staff} - allowed))


def _public_tests(place: Assignment) -> dict[str, bytes]:
    files = _read_tree(place.public_tests)
    if not files:
        raise ReleaseError(f"{place.public_tests}: no test files; students need public tests")
    return {f"tests/{path}": content for path, content in files.items()}


def _hidden(place: Assignment) -> dict[str, bytes]:
    """Return all that only staff may read: everything of tests/<id>/ that is not public."""
    files = _read_tree(place.tests) if place.tests.is_dir() else {}
    return {path: content for path, content in files.items() if not path.startswith("public/")}


def _read_tree(folder: Path) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for file in sorted(folder.rglob("*")):
        parts = file.relative_to(folder).parts
        if any(part == "__pycache__" or part.startswith(".") for part in parts):
            continue
        if file.is_symlink():
            raise ReleaseError(f"{file}: a link; put the file itself there")
        if file.is_file() and file.suffix != ".pyc":
            files["/".join(parts)] = file.read_bytes()
    return files


def _add(files: dict[str, bytes], more: Mapping[str, bytes], source: str) -> None:
    for path, content in more.items():
        if files.setdefault(path, content) != content:
            raise ReleaseError(f"{path} comes twice, the second time from {source}; rename one")


def _pack(top: str, files: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for path in sorted(files):
            member = zipfile.ZipInfo(f"{top}/{path}", date_time=(1980, 1, 1, 0, 0, 0))
            member.create_system = 3  # Unix, on every platform
            member.external_attr = (0o755 if path.endswith(".sh") else 0o644) << 16
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, files[path])
    return stream.getvalue()


def _lines(contents: Iterable[bytes]) -> set[str]:
    return telling(map(text_of, contents), _LETTERS)
