"""Grading, and what a course does with the reports."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from autograder.cli.shared import (
    ERR,
    LEARNING,
    OUT,
    AssignmentName,
    Data,
    Jobs,
    Stop,
    Training,
    find,
    progress_bars,
)
from autograder.core import layout
from autograder.core.errors import ExitCode
from autograder.core.files import write_text
from autograder.core.layout import Assignment
from autograder.core.rubric import load as load_rubric
from autograder.core.rubric import read_sheet, sheet
from autograder.core.visible import excerpt, visible
from autograder.reports.clusters import clusters
from autograder.reports.summary import read_class

if TYPE_CHECKING:
    from autograder.grading import ClassResult
    from autograder.notebooks.nbgrader.recording import Course


def grade(
    assignment: AssignmentName,
    submissions: Annotated[
        list[Path],
        typer.Argument(
            metavar="SUBMISSION…",
            help="A zip, a tar, a folder with one submission, or a folder of any of these.",
        ),
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for reports and grades.csv.")],
    jobs: Jobs = None,
    data: Data = None,
    due: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z"],
            help="When the work was due, with time zone: 2026-01-29T08:00-0500.",
        ),
    ] = None,
    times: Annotated[
        Path | None, typer.Option(help="CSV with columns submission,time: when each came in.")
    ] = None,
    trust_file_times: Annotated[
        bool,
        typer.Option(
            "--trust-file-times",
            help="Judge lateness by a file's own time where nothing else is known.",
        ),
    ] = False,
    after_deadline: Annotated[
        datetime | None,
        typer.Option(
            "--after-deadline",
            formats=["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z"],
            help="From this moment on (the last extension over) reports tell what hidden tests "
            "asked and expected; a run before it tells nothing.",
        ),
    ] = None,
    rubric: Annotated[
        Path | None,
        typer.Option(help="CSV with what a person gave for the written questions; see `rubric`."),
    ] = None,
    course: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="An nbgrader course (see `notebook`): enter scores, comments and the executed "
            "notebooks there, and take what a person gave in formgrader.",
        ),
    ] = None,
    policy: Annotated[
        list[str] | None,
        typer.Option(
            metavar="RULE=ACTION",
            help="Set a rule of the manifest otherwise for this run: printing=warn costs nothing, "
            "imports=5 costs 5 %, files=zero everything. May be repeated.",
        ),
    ] = None,
    training: Training = True,
    again: Annotated[
        bool, typer.Option("--again", help="Grade even what has not changed since the last run.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Grade submissions; each gets `OUT/<name>/results.json` and `report.html`.

    A second run keeps what is unchanged, so an interrupted one can simply be repeated.
    """
    from autograder.grading import grade_class
    from autograder.intake import read_times

    chosen = find(assignment)
    for path in submissions:
        if not path.exists():
            raise Stop(f"{path}: no such file or folder", ExitCode.USAGE)
    explains = after_deadline is not None and datetime.now(UTC) >= after_deadline
    place = _course(chosen, course)
    marks = read_sheet(rubric, load_rubric(chosen.rubric)) if rubric else None
    if marks is None and place is not None:
        marks = place.marks()
    with progress_bars("grading", LEARNING) as (progress, learning):
        result = grade_class(
            chosen,
            submissions,
            out,
            jobs=jobs,
            data=data,
            due=due,
            times=read_times(times) if times else None,
            marks=marks,
            executes=place is not None,
            strangers=rubric is None,
            policy=policy or (),
            trust_file_times=trust_file_times,
            explains=explains,
            training=training,
            again=again,
            progress=progress,
            learning=learning,
        )
    if as_json:
        rows = [dataclasses.asdict(summary) for summary in result.summaries]
        OUT.print_json(json.dumps({"out": str(out), "submissions": rows}, default=str))
    else:
        if after_deadline is not None and not explains:
            when = after_deadline.isoformat(" ", "minutes")
            OUT.print(f"hidden tests stay unexplained until {when}", markup=False)
        if policy:
            OUT.print(f"rules set for this run: {', '.join(policy)}", markup=False)
        unknown = [one for one in result.summaries if one.untimed]
        if unknown:
            text = (
                f"lateness was not judged for {len(unknown)} of {len(result.summaries)}: nothing "
                "but a file's own time is known; give --times, or --trust-file-times"
            )
            OUT.print(text, markup=False)
        _tell(result)
    if place is not None:
        troubles = place.record(out, [one.submission for one in result.summaries])
        if rubric and marks:
            troubles += place.give(marks)
        for line in troubles:
            ERR.print(line, markup=False)
    if result.interrupted:
        raise Stop("interrupted; run the same command again to go on", ExitCode.INTERRUPTED)
    if result.not_graded or result.leftovers:
        raise typer.Exit(ExitCode.SOME_NOT_GRADED)


def _course(assignment: Assignment, folder: Path | None) -> Course | None:
    if folder is None:
        return None
    if not assignment.notebook.is_file():
        raise Stop(f"{assignment.id} has no notebook; leave --course out", ExitCode.USAGE)
    from autograder.notebooks.nbgrader.recording import Course

    course = Course(folder, assignment)
    course.check()
    return course


def _tell(result: ClassResult) -> None:

    for change in result.changes:
        OUT.print(f"changed: {visible(change)}", markup=False)
    for name, reason in [*result.not_graded, *result.leftovers]:
        OUT.print(f"not graded: {visible(name)}: {visible(reason)}", markup=False)
    if result.tier is not None:
        OUT.print(f"confinement {result.tier.sentence}", markup=False)
    kept = f", {result.kept} unchanged since the last run" if result.kept else ""
    lost = len(result.not_graded)
    failed = f", {lost} could not be graded" if lost else ""
    OUT.print(
        f"graded {result.graded - lost}{failed}{kept}; see {result.out / 'index.html'}",
        markup=False,
    )


def rubric(
    assignment: AssignmentName,
    out: Annotated[Path, typer.Option("-o", "--out", help="The CSV to write.")],
    reports: Annotated[
        Path | None, typer.Option(help="Folder that `grade` wrote: a row for each submission.")
    ] = None,
) -> None:
    """Make the sheet in which a person grades the written questions; `grade --rubric` reads it."""

    chosen = find(assignment)
    items = load_rubric(chosen.rubric)
    if not items:
        raise Stop(f"{chosen.id} has no written questions ({chosen.rubric} is missing or empty)")
    if out.exists():
        raise Stop(f"{out} is there already, perhaps with marks; give another name", ExitCode.USAGE)
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
        tasks = len({one.task for one in blank})
        text = f"not written yet: {tasks} tasks, in {', '.join(map(visible, who[:12]))}"
        OUT.print(f"{len(who):4}  {text}{' and more' if len(who) > 12 else ''}", markup=False)


def demo(
    out: Annotated[
        Path, typer.Option("-o", "--out", help="Folder for the class and its reports.")
    ] = Path("demo"),
    jobs: Jobs = None,
) -> None:
    """Make a small class and grade it, on digits drawn on the spot; nothing is downloaded."""
    from autograder.authoring.demo import make_class
    from autograder.grading import grade_class

    root = layout.find_root()
    chosen = layout.find_assignment("mlp_from_scratch", root)
    submissions = make_class(chosen, out / "submissions")
    OUT.print(f"a class of {len(list(submissions.iterdir()))} in {submissions}", markup=False)
    with progress_bars("grading", LEARNING) as (progress, learning):
        result = grade_class(
            chosen,
            [submissions],
            out / "reports",
            jobs=jobs,
            progress=progress,
            learning=learning,
        )
    table = Table("submission", "score", "what it is")
    from autograder.authoring.demo import STORIES

    for summary in result.summaries:
        score = "not graded" if summary.score is None else f"{summary.score:g}"
        table.add_row(visible(summary.submission), score, STORIES.get(summary.submission, ""))
    OUT.print(table)
    _tell(result)
