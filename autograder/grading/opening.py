"""Opens the grader of an assignment: its suites collected, everything prepared once."""

from __future__ import annotations

import contextlib
import dataclasses
import logging
from collections.abc import Sequence
from pathlib import Path

from studentkit.survey import survey

from autograder.core.files import folder_files
from autograder.core.layout import Assignment
from autograder.core.manifest import changed
from autograder.core.manifest import load as load_manifest
from autograder.core.rubric import load as load_rubric
from autograder.execution import suite
from autograder.execution.suite import Test
from autograder.grading.diagnosis.library import Library, Progress
from autograder.grading.files import fingerprint_of, student_modules
from autograder.grading.grader import Grader, library_of, started
from autograder.grading.options import GradingOptions
from autograder.grading.warming import warm_torch
from autograder.sandbox.fork_server import ForkServerError

_log = logging.getLogger(__name__)


def open_grader(options: GradingOptions) -> Grader:
    """Collect the suites in this process and return what grades with them.

    Raises CollectionError, ManifestError.
    """
    assignment = Assignment(Path(options.root), options.assignment)
    manifest = load_manifest(assignment.manifest)
    policy = changed(manifest.policy, options.policy)
    manifest = dataclasses.replace(manifest, policy=policy)
    if options.data_source in ("mnist", "cifar10"):  # up to seventeen times as many images
        limits = dataclasses.replace(
            manifest.limits,
            training_seconds=15 * manifest.limits.training_seconds,
            verifying_seconds=15 * manifest.limits.verifying_seconds,
        )
        manifest = dataclasses.replace(manifest, limits=limits)
    hidden = assignment.hidden_tests if options.hidden else None
    modules = student_modules(assignment)

    root = None
    with contextlib.suppress(ForkServerError):  # who needs one is told when they ask for it
        root = started(options, manifest, wait=False)  # it imports what this process imports now
    if "torch" in manifest.packages:
        warm_torch()
    services: list[object] = []
    if options.held_out:
        from autograder.grading.measuring import measuring  # brings torch

        folders = Path(options.training), Path(options.held_out), Path(options.cache)
        services.append(measuring(*folders, options.data_source))

    notebook = None
    if options.notebook:
        from autograder.notebooks.submitted.handed_in import (
            load as load_notebook,  # brings nbformat
        )
        from autograder.notebooks.submitted.module import NAME

        notebook = load_notebook(Path(options.notebook))
        modules |= {NAME}

    tasks = frozenset(task.id for task in manifest.tasks)
    tests = suite.collect(assignment.tests, assignment.public_tests, hidden, modules, tasks)
    chosen = [test for test in tests if options.training_tests or not test.trains]
    mistakes = assignment.mistakes
    grader = Grader(
        options,
        assignment,
        manifest,
        in_turn(chosen),
        survey(folder_files(assignment.skeleton)),
        fingerprint_of(options, assignment),
        mistakes.read_bytes() if mistakes.is_file() else b"",
        load_rubric(assignment.rubric),
        tuple(tests),
        notebook,
        tuple(services),
        root,
    )
    grader.settle()
    _log.info("%d tests of %s collected", len(chosen), assignment.id)
    return grader


def learnt_library(options: GradingOptions, progress: Progress | None = None) -> Library:
    """Return what is known of the assignment's mistakes, learnt now or earlier."""
    assignment = Assignment(Path(options.root), options.assignment)
    return library_of(options, assignment, lambda: open_grader(options).learn(None, progress))


def in_turn(tests: Sequence[Test]) -> list[Test]:
    """Order the tests: public ones first, and those that train last in each group.

    Code that has seen a hidden test's inputs must not run a public test afterwards, whose
    message could repeat them. A change of data costs a new worker.
    """
    return sorted(tests, key=lambda test: (test.hidden, test.trains))
