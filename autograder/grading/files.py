"""The trusted files behind a grade: as a submission's, by module, and as one fingerprint."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.util
import sys
from pathlib import Path

from autograder.core.layout import Assignment
from autograder.grading.options import GradingOptions

_NOT_STUDENTS = {"conftest", "collect_submission", "setup", "tests", "data", "studentkit"}


def student_modules(assignment: Assignment) -> frozenset[str]:
    """Return the top-level module names that belong to the student."""
    names = set()
    for path in assignment.solution.iterdir():
        if path.suffix == ".py":
            names.add(path.stem)
        elif path.is_dir() and any(path.glob("*.py")):
            names.add(path.name)
    return frozenset(names - _NOT_STUDENTS)


def fingerprint_of(options: GradingOptions, assignment: Assignment) -> str:
    """Hash everything a grade depends on, beside the submission: suites, manifest, our own code."""
    digest = hashlib.sha256()
    package = importlib.util.find_spec("autograder")
    ours = Path(package.origin).parent if package and package.origin else Path()
    folders = [
        assignment.root / "assignments" / assignment.id,
        assignment.public_tests,
        assignment.hidden_tests,
        assignment.skeleton,
        assignment.solution,  # it answers where a needed function is wrong
        ours,
    ]
    files = [(path, folder) for folder in folders for path in sorted(folder.rglob("*"))]
    trusted = (assignment.mistakes, assignment.key, assignment.designs)
    files += [(path, assignment.tests) for path in trusted]
    for path, folder in files:
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(folder)}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    digest.update(options.to_json().encode())
    digest.update(sys.version.encode())
    return digest.hexdigest()


def lasting(options: GradingOptions, assignment: Assignment) -> str:
    """Hash what replies depend on: not the due time, nor whether training is asked for."""
    neutral = dataclasses.replace(
        options,
        due=None,
        policy=(),
        trust_file_times=False,
        explains=False,
        executes=False,
        training=options.small,
        data_source="digits",
        data_words="",
        held_out="",
        notebook="",
        training_tests=True,
    )
    return fingerprint_of(neutral, assignment)[:24]
