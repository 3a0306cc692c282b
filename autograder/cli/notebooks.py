"""nbgrader courses, and the confined kernel for Jupyter."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder.cli.shared import ERR, OUT, AssignmentName, Stop, find
from autograder.core.errors import ExitCode
from autograder.core.manifest import load as load_manifest


def notebook(
    assignment: AssignmentName,
    course: Annotated[
        Path, typer.Option("--course", metavar="DIR", help="The nbgrader course; made if missing.")
    ],
    course_id: Annotated[
        str, typer.Option(help="The course's name in nbgrader; default: its folder's name.")
    ] = "",
) -> None:
    """Set up an nbgrader course directory: source, release, configuration, gradebook.

    Run it again after a change; what was graded in the gradebook stays.
    """
    from autograder.notebooks.nbgrader.course import set_up

    made = set_up(find(assignment), course, course_id)
    for line in made.done:
        OUT.print(line, markup=False, soft_wrap=True)
    OUT.print(f"the students' notebook: {made.released}", markup=False, soft_wrap=True)


def kernel_install(
    name: Annotated[str, typer.Option(help="What Jupyter calls it.")] = "python3-confined",
    user: Annotated[bool, typer.Option("--user", help="For this user only.")] = False,
    prefix: Annotated[Path | None, typer.Option(help="Below this folder.")] = None,
    course: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Instead of python3 in this nbgrader course, and nowhere else."
        ),
    ] = None,
    assignment: Annotated[
        str | None, typer.Option(help="Show the packages of this assignment.")
    ] = None,
    package: Annotated[
        list[str] | None, typer.Option(help="A package that notebooks may import; repeatable.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="A folder that notebooks see as ./data.")
    ] = None,
    memory_mb: Annotated[int, typer.Option(min=512, help="Of one kernel.")] = 4096,
    cpu_seconds: Annotated[
        int, typer.Option(min=10, help="Of one kernel, all its cells together.")
    ] = 600,
) -> None:
    """Install a kernel without a network, which sees no files but copies of a notebook's own."""
    from autograder.notebooks.kernel import kernelspec
    from autograder.notebooks.kernel.confinement import Bounds
    from autograder.sandbox import tiers

    for folder in (course, data):
        if folder is not None and not folder.is_dir():
            raise Stop(f"{folder}: no such folder", ExitCode.USAGE)
    packages = list(package or [])
    if assignment is not None:
        packages += ["pytest", *load_manifest(find(assignment).manifest).packages]
    made = kernelspec.install(
        packages or ["numpy", "matplotlib"],
        name=name,
        user=user,
        prefix=prefix,
        course=course,
        bounds=Bounds(memory_mb=memory_mb, cpu_seconds=cpu_seconds),
        data=data,
    )
    OUT.print(f"{made / 'kernel.json'}", markup=False, soft_wrap=True)
    level = tiers.probe()
    if level.level is not tiers.Level.A:
        ERR.print(f"it will not start as things are: {level.sentence}", markup=False)
    if course is not None and not kernelspec.is_set_up(course):
        OUT.print("Add these lines to the end of nbgrader_config.py:\n", markup=False)
        OUT.print(kernelspec.course_lines(), markup=False, soft_wrap=True)
