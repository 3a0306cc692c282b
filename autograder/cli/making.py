"""What authors make: skeletons, the students' zip, data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from autograder.cli.shared import ERR, LEARNING, OUT, AssignmentName, Stop, find, progress_bar
from autograder.core import layout
from autograder.core.cache import Cache
from autograder.core.manifest import load as load_manifest


def list_command() -> None:
    """List the assignments with their tasks and points."""
    root = layout.find_root()
    for assignment in layout.list_assignments(root):
        manifest = load_manifest(assignment.manifest)
        title = f"{manifest.id}: {manifest.title} ({float(manifest.max_score):g} points)"
        table = Table("task", "points", "what it asks", title=title, title_justify="left")
        for task in manifest.tasks:
            table.add_row(task.id, f"{float(task.points):g}", task.title)
        OUT.print(table)


def sync(
    assignment: Annotated[str | None, typer.Argument(help="Only this one; default: all.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit with 3 where something differs.")
    ] = False,
) -> None:
    """Generate `student_skeleton/` from `solutions/`."""
    from autograder.release.skeleton import sync as synchronise

    root = layout.find_root()
    chosen = [find(assignment)] if assignment else layout.list_assignments(root)
    changes: list[str] = []
    for each in chosen:
        changes += synchronise(each, root, check)
    for change in changes:
        OUT.print(change, markup=False)
    if check and changes:
        raise Stop("the skeleton differs from the solution; run: autograder sync")
    if not changes:
        OUT.print("every skeleton agrees with its solution")


def release(
    assignment: AssignmentName,
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the zip.")],
) -> None:
    """Make the students' zip: handout, skeleton, public tests, student kit; nothing hidden."""
    from autograder.grading.batch import prepare
    from autograder.grading.diagnosis.locked import locked_hints
    from autograder.grading.opening import learnt_library
    from autograder.release.bundle import release as bundle
    from autograder.sandbox.tiers import Level

    chosen = find(assignment)
    hints: dict[str, str] = {}
    if chosen.mistakes.is_file():
        options = prepare(chosen, training=False)
        if options.tier.level is Level.D:
            ERR.print("nothing confines code here, so the zip has no hints for known mistakes")
        else:
            with progress_bar(LEARNING) as progress:
                hints = locked_hints(learnt_library(options, progress))
    notebook = None
    if chosen.notebook.is_file():
        from autograder.notebooks.authored.student import student_notebook  # brings nbgrader

        notebook = student_notebook(chosen)
    OUT.print(str(bundle(chosen.id, chosen.root, out, hints, notebook)), markup=False)


def cache(
    clear: Annotated[bool, typer.Option("--clear", help="Remove all of it.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Tell what is kept between runs: drawn data, learnt mistakes, trainings, notebooks.

    Nothing in it is needed: what is missing is made again. What was not used for a week goes by
    itself once all of it has more than 8 GB.
    """
    kept = Cache()
    if clear:
        OUT.print(f"{kept.root}: {kept.clear() / 1e6:.1f} MB removed", markup=False)
        return
    sizes: dict[str, list[int]] = {}
    for entry in kept.entries():
        sizes.setdefault(entry.kind, []).append(entry.size)
    if as_json:
        rows = {kind: {"entries": len(each), "bytes": sum(each)} for kind, each in sizes.items()}
        OUT.print_json(json.dumps({"folder": str(kept.root), "kinds": rows}))
        return
    for kind, each in sizes.items():
        OUT.print(f"{sum(each) / 1e6:10.1f} MB  {kind} ({len(each)})", markup=False)
    total = sum(map(sum, sizes.values()))
    OUT.print(f"{total / 1e6:10.1f} MB  {kept.root}", markup=False)


def data_set(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="mnist, mnist-csv, cifar10 or covid.")
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder to put it in.")] = Path("data"),
    source: Annotated[
        str,
        typer.Option(
            metavar="embedded|torchvision|DIR",
            help="Drawn on the spot, downloaded by torchvision, or files you have.",
        ),
    ] = "embedded",
    size: Annotated[
        int | None, typer.Option(min=10, help="Draw so many images or rows to train with.")
    ] = None,
) -> None:
    """Make a data set: drawn on the spot, downloaded by torchvision, or from files you have."""
    from autograder.datasets.command import make

    with progress_bar(name) as progress:
        made = make(name, out, source, progress, size)
    OUT.print(str(made), markup=False, soft_wrap=True)
