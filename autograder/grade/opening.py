"""Opens the bench of an assignment: its suites collected, everything prepared once."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from studentkit.survey import survey

from autograder.diagnose.library import Library
from autograder.grade.bench import Bench
from autograder.grade.files import fingerprint_of, folder_files, student_modules
from autograder.grade.setting import Setting
from autograder.layout import Assignment
from autograder.manifest import load as load_manifest
from autograder.rubric import load as load_rubric
from autograder.runner import suite
from autograder.runner.suite import Test


def open_bench(setting: Setting, body: Any) -> None:
    """Collect the suites and call `body(bench)` inside pytest's loop.

    Raises CollectionError, ManifestError, or whatever `body` raises.
    """
    assignment = Assignment(Path(setting.root), setting.assignment)
    manifest = load_manifest(assignment.manifest)
    if setting.data_source in ("mnist", "cifar10"):  # up to seventeen times as many images
        limits = dataclasses.replace(
            manifest.limits,
            training_seconds=15 * manifest.limits.training_seconds,
            verifying_seconds=15 * manifest.limits.verifying_seconds,
        )
        manifest = dataclasses.replace(manifest, limits=limits)
    hidden = assignment.hidden_tests if setting.hidden else None
    modules = student_modules(assignment)

    if "torch" in manifest.packages:
        from autograder.grade.warming import warm_torch

        warm_torch()
    services: list[object] = []
    if setting.held_out:
        from autograder.grade.measuring import measuring  # brings torch

        folders = Path(setting.training), Path(setting.held_out), Path(setting.cache)
        services.append(measuring(*folders, setting.data_source))

    notebook = None
    if setting.notebook:
        from autograder.notebooks.handed_in import load as load_notebook  # brings nbformat
        from autograder.notebooks.module import NAME

        notebook = load_notebook(Path(setting.notebook))
        modules |= {NAME}

    def go(tests: list[Test]) -> None:
        chosen = [test for test in tests if setting.training_tests or not test.trains]
        mistakes = assignment.mistakes
        bench = Bench(
            setting,
            assignment,
            manifest,
            in_turn(chosen),
            survey(folder_files(assignment.skeleton)),
            fingerprint_of(setting, assignment),
            mistakes.read_bytes() if mistakes.is_file() else b"",
            load_rubric(assignment.rubric),
            tuple(tests),
            notebook,
            tuple(services),
        )
        body(bench)

    suite.collected(
        assignment.tests,
        assignment.public_tests,
        hidden,
        modules,
        go,
        frozenset(task.id for task in manifest.tasks),
    )


def learnt_library(setting: Setting) -> Library:
    """Collect the suites of `setting` and return what is known of the assignment's mistakes."""
    found: list[Library] = []
    open_bench(setting, lambda bench: found.append(bench.library()))
    return found[0]


def in_turn(tests: Sequence[Test]) -> list[Test]:
    """Order the tests: public ones first, and those that train last in each group.

    Code that has seen a hidden test's inputs must not run a public test afterwards, whose
    message could repeat them. A change of data costs a new worker.
    """
    return sorted(tests, key=lambda test: (test.hidden, test.trains))
