"""What a course does with the reports of a class: gradebooks, sheets, what went wrong alike."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from autograder.cli.shared import ERR, OUT, AssignmentName, Stop, find
from autograder.core.errors import ExitCode
from autograder.core.files import write_bytes, write_text
from autograder.core.rubric import load as load_rubric
from autograder.core.rubric import sheet
from autograder.core.visible import excerpt, visible
from autograder.course import ClassFolder
from autograder.course import export as exporting
from autograder.reports.clusters import clusters
from autograder.reports.summary import read_class


def undo(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The folder that `grade -o` wrote.")],
) -> None:
    """Bring a class's folder back to what it was before the last run that changed it."""
    folder = ClassFolder(out, "")
    if not out.is_dir():
        raise Stop(f"{out}: no such folder", ExitCode.USAGE)
    with folder.locked():
        stamp, count = folder.undo()
    reports = "1 report is" if count == 1 else f"{count} reports are"
    OUT.print(f"{reports} as they were on {stamp[:10]} at {stamp[11:19].replace('-', ':')} UTC")


class Gradebook(StrEnum):
    """Whose file is to be filled in."""

    CANVAS = "canvas"
    MOODLE = "moodle"
    CSV = "csv"


def export(
    platform: Annotated[Gradebook, typer.Argument(help="Who is to import the grades.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The folder that `grade -o` wrote.")],
    target: Annotated[Path, typer.Option("-o", "--to", help="The file to write.")],
    into: Annotated[
        Path | None,
        typer.Option(
            help="The platform's own file, to be filled in: Canvas' exported gradebook, Moodle's "
            "grading worksheet."
        ),
    ] = None,
    title: Annotated[
        str, typer.Option(help="Canvas: the assignment's title, where there are several.")
    ] = "",
    out_of: Annotated[
        float | None, typer.Option(min=0.01, help="Scale scores so that all points are so many.")
    ] = None,
    feedback: Annotated[
        Path | None,
        typer.Option(
            help="Also write a zip with everybody's report, in folders named as Moodle wants them, "
            "else by login, id, e-mail or name."
        ),
    ] = None,
) -> None:
    """Write a class's grades into the file that a platform imports as it is."""
    grades = exporting.read_grades(out)
    most = "" if out_of is None else str(out_of)
    folders: dict[str, str] = {}
    if platform is not Gradebook.CSV and into is None:
        raise Stop(f"{platform} wants its own file filled in; give it with --into", ExitCode.USAGE)
    if platform is Gradebook.CANVAS and into is not None:
        filled = exporting.canvas(into, grades, title, most)
    elif platform is Gradebook.MOODLE and into is not None:
        filled, folders = exporting.moodle(into, grades, most)
    else:
        filled = exporting.plain(grades, most)
    write_text(target, filled.text)
    if feedback is not None:
        places = folders if platform is Gradebook.MOODLE else exporting.by_student(grades)
        write_bytes(feedback, exporting.feedback(out, places))
    OUT.print(f"{filled.count} scores; see {target}", markup=False)
    for names, said in (
        (filled.missing, "graded, and not in the platform's file"),
        (filled.empty, "in the platform's file, without a score here"),
    ):
        if names:
            more = f" and {len(names) - 5} more" if len(names) > 5 else ""
            OUT.print(f"{said}: {', '.join(names[:5])}{more}", markup=False, soft_wrap=True)


def rubric(
    assignment: AssignmentName,
    out: Annotated[Path, typer.Option("-o", "--out", help="The CSV to write.")],
    reports: Annotated[
        Path | None, typer.Option(help="Folder that `grade` wrote: a row for each submission.")
    ] = None,
    answers: Annotated[
        list[Path] | None,
        typer.Option(help="What was handed in: a page of answers for each question, under codes."),
    ] = None,
) -> None:
    """Make the sheet in which a person grades the written questions; `grade --rubric` reads it.

    With `--answers downloads/` the sheet has codes in place of names, and beside it lie a page for
    each question with all answers, the documents that came, and `codes.csv`, which is for you.
    """
    chosen = find(assignment)
    items = load_rubric(chosen.rubric)
    if not items:
        raise Stop(f"{chosen.id} has no written questions ({chosen.rubric} is missing or empty)")
    if out.exists():
        raise Stop(f"{out} is there already, perhaps with marks; give another name", ExitCode.USAGE)
    if answers:
        from autograder.notebooks.submitted.written import write_pages

        names, lost = write_pages(chosen, items, out, answers)
        for name, reason in lost:
            ERR.print(f"not among the answers: {visible(name)}: {visible(reason)}", markup=False)
    else:
        names = [one.submission for one in read_class(reports, chosen.id)] if reports else []
    write_text(out, sheet(items, names))
    OUT.print(f"{len(items)} questions, {len(names)} submissions: {out}", markup=False)


def mistakes(
    assignment: AssignmentName,
    results: Annotated[
        Path, typer.Argument(help="Folder that `grade` wrote: one results.json a submission.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Print which submissions failed alike, the largest group first, and the mistake behind it."""

    chosen = find(assignment)
    summaries = read_class(results, chosen.id)
    found = clusters(summaries)
    if as_json:
        OUT.print_json(json.dumps([vars(one) | {"label": one.label} for one in found]))
        return
    if not found:
        OUT.print(f"{len(summaries)} submissions, and none lost a test")
    begun = [one for one in found if not one.unfinished or one.names]
    for one in begun:
        OUT.print(f"{len(one.submissions):4}  {visible(one.label)}  ({one.title})", markup=False)
        for hint in filter(None, one.hints):
            OUT.print(f"      hint: {visible(hint)}", markup=False)
        OUT.print(f"      test: {visible(one.test)}", markup=False)
        for line in excerpt(one.example, 400, 4).splitlines():
            OUT.print(f"            {line}", markup=False)
        names = ", ".join(visible(name) for name in one.submissions[:12])
        more = len(one.submissions) - 12
        OUT.print(f"      {names}{f' and {more} more' if more > 0 else ''}", markup=False)
    blank = [one for one in found if one not in begun]
    if blank:
        who = sorted({name for one in blank for name in one.submissions})
        tasks = len({task for one in blank for task in one.tasks})
        text = f"not written yet: {tasks} tasks, in {', '.join(map(visible, who[:12]))}"
        OUT.print(f"{len(who):4}  {text}{' and more' if len(who) > 12 else ''}", markup=False)


def similar(
    assignment: AssignmentName,
    submissions: Annotated[
        list[Path],
        typer.Argument(
            metavar="SUBMISSION…", help="What `grade` takes: files, folders, downloads."
        ),
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="The page to write.")],
    earlier: Annotated[
        list[Path] | None,
        typer.Option(help="Submissions of an earlier year, to compare with; may be repeated."),
    ] = None,
    most: Annotated[int, typer.Option(min=1, max=500, help="How many pairs at most.")] = 50,
) -> None:
    """Show which submissions look alike, side by side: a place to look, no verdict.

    What students were given counts for nothing, nor does what more than a tenth of all have.
    """
    from autograder.similarity.comparing import compare

    chosen = find(assignment)
    for path in [*submissions, *(earlier or [])]:
        if not path.exists():
            raise Stop(f"{path}: no such file or folder", ExitCode.USAGE)
    found = compare(chosen, submissions, earlier or [], most)
    write_text(out, found.page)
    for name, reason in found.lost:
        ERR.print(f"not compared: {visible(name)}: {visible(reason)}", markup=False)
    pair = "pair" if found.pairs == 1 else "pairs"
    OUT.print(
        f"{found.compared} compared, {found.pairs} {pair} to look at; see {out}", markup=False
    )
