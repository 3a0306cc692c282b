"""Grading, and what a course does with the reports."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime
from enum import StrEnum
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
    TrainingOrNot,
    find,
    progress_bars,
)
from autograder.core import layout
from autograder.core.errors import ExitCode
from autograder.core.files import write_bytes, write_text
from autograder.core.layout import Assignment
from autograder.core.rubric import load as load_rubric
from autograder.core.rubric import read_sheet, sheet
from autograder.core.visible import excerpt, visible
from autograder.course import ClassFolder, Remembered, remembered
from autograder.course import export as exporting
from autograder.course.roster import read_roster
from autograder.reports.clusters import clusters
from autograder.reports.summary import read_class


class Attempts(StrEnum):
    """Which of several attempts counts."""

    LAST_IN_TIME = "last-in-time"
    LATEST = "latest"
    BEST = "best"


_MOST_CHANGES = 20  # of scores, on the console

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
    roster: Annotated[
        Path | None,
        typer.Option(
            help="Who is in the course: a CSV of your own, or as Canvas, Moodle and Gradescope "
            "export it. One student, one row; who cannot be matched is asked for in unmatched.csv."
        ),
    ] = None,
    attempts: Annotated[
        Attempts | None,
        typer.Option(
            help="Which of several attempts counts, with a roster.",
            show_default="last-in-time, or as before",
        ),
    ] = None,
    exceptions: Annotated[
        Path | None,
        typer.Option(
            help="CSV with columns student,kind,value,comment: extensions, excuses, other scores, "
            "waived rules, broken tests; see docs/instructors.md."
        ),
    ] = None,
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
        bool | None,
        typer.Option(
            "--trust-file-times/--doubt-file-times",
            help="Judge lateness by a file's own time where nothing else is known.",
        ),
    ] = None,
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
    training: TrainingOrNot = None,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Grade this submission alone; may be repeated."),
    ] = None,
    fresh: Annotated[
        bool,
        typer.Option(
            "--fresh", help="Leave out of the class what earlier runs graded and this one does not."
        ),
    ] = False,
    forget: Annotated[
        list[str] | None,
        typer.Option(
            metavar="OPTION",
            help="Go without an option that the folder remembers: --forget due. May be repeated.",
        ),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Grade even what has not changed since the last run.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Grade submissions; each gets `OUT/<name>/results.json` and `report.html`.

    A second run keeps what is unchanged, so an interrupted one can simply be repeated; one with a
    single submission leaves the others in the class. Options that are left out are those of the
    run before (`OUT/class.toml`), and `autograder undo OUT` brings the earlier state back.
    """
    from autograder.grading import grade_class
    from autograder.intake import read_times

    chosen = find(assignment)
    for path in submissions:
        if not path.exists():
            raise Stop(f"{path}: no such file or folder", ExitCode.USAGE)
    folder = ClassFolder(out, chosen.id)
    folder.check()
    given = {
        "due": due,
        "times": times,
        "trust_file_times": trust_file_times,
        "after_deadline": after_deadline,
        "rubric": rubric,
        "exceptions": exceptions,
        "roster": roster,
        "attempts": None if attempts is None else attempts.value,
        "data": data,
        "course": course,
        "policy": policy or None,
        "training": training,
    }
    kept = remembered(out, folder.options, given, forget or ())
    until = kept.get("after_deadline")
    explains = until is not None and datetime.now(UTC) >= until
    place = _course(chosen, kept.get("course"))
    sheet_of_marks = kept.get("rubric")
    marks = read_sheet(sheet_of_marks, load_rubric(chosen.rubric)) if sheet_of_marks else None
    if marks is None and place is not None:
        marks = place.marks()
    with progress_bars("grading", LEARNING) as (progress, learning):
        result = grade_class(
            chosen,
            submissions,
            out,
            jobs=jobs,
            data=kept.get("data"),
            due=kept.get("due"),
            times=read_times(kept.get("times")) if kept.get("times") else None,
            marks=marks,
            executes=place is not None,
            strangers=sheet_of_marks is None,
            policy=kept.get("policy", ()),
            trust_file_times=kept.get("trust_file_times", False),
            explains=explains,
            training=kept.get("training", True),
            exceptions=kept.get("exceptions"),
            roster=read_roster(kept.get("roster")) if kept.get("roster") else (),
            attempts=kept.get("attempts", Attempts.LAST_IN_TIME.value),
            only=only or (),
            fresh=fresh,
            remember=kept.written(out),
            again=again,
            progress=progress,
            learning=learning,
        )
    if as_json:
        rows = [dataclasses.asdict(summary) for summary in result.summaries]
        OUT.print_json(json.dumps({"out": str(out), "submissions": rows}, default=str))
    else:
        for line in kept.said:
            OUT.print(line, markup=False, soft_wrap=True)
        _tell(result, kept, explains)
    if place is not None:
        troubles = place.record(out, [one.submission for one in result.summaries])
        if sheet_of_marks and marks:
            troubles += place.give(marks)
        for line in troubles:
            ERR.print(line, markup=False)
    if result.interrupted:
        raise Stop("interrupted; run the same command again to go on", ExitCode.INTERRUPTED)
    if result.not_graded or result.leftovers:
        raise typer.Exit(ExitCode.SOME_NOT_GRADED)


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


class Platform(StrEnum):
    """Whose file is to be filled in."""

    CANVAS = "canvas"
    MOODLE = "moodle"
    CSV = "csv"


def export(
    platform: Annotated[Platform, typer.Argument(help="Who is to import the grades.")],
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
        Path | None, typer.Option(help="Moodle: also write a zip with everybody's report.")
    ] = None,
) -> None:
    """Write a class's grades into the file that a platform imports as it is."""
    grades = exporting.read_grades(out)
    most = "" if out_of is None else str(out_of)
    folders: dict[str, str] = {}
    if platform is not Platform.CSV and into is None:
        raise Stop(f"{platform} wants its own file filled in; give it with --into", ExitCode.USAGE)
    if feedback is not None and platform is not Platform.MOODLE:
        raise Stop("--feedback is Moodle's", ExitCode.USAGE)
    if platform is Platform.CANVAS and into is not None:
        filled = exporting.canvas(into, grades, title, most)
    elif platform is Platform.MOODLE and into is not None:
        filled, folders = exporting.moodle(into, grades, most)
    else:
        filled = exporting.plain(grades, most)
    write_text(target, filled.text)
    if feedback is not None:
        write_bytes(feedback, exporting.feedback(out, folders))
    OUT.print(f"{filled.count} scores; see {target}", markup=False)
    for names, said in (
        (filled.missing, "graded, and not in the platform's file"),
        (filled.empty, "in the platform's file, without a score here"),
    ):
        if names:
            more = f" and {len(names) - 5} more" if len(names) > 5 else ""
            OUT.print(f"{said}: {', '.join(names[:5])}{more}", markup=False, soft_wrap=True)


def _course(assignment: Assignment, folder: Path | None) -> Course | None:
    if folder is None:
        return None
    if not assignment.notebook.is_file():
        raise Stop(f"{assignment.id} has no notebook; leave --course out", ExitCode.USAGE)
    from autograder.notebooks.nbgrader.recording import Course

    course = Course(folder, assignment)
    course.check()
    return course


def _tell(result: ClassResult, kept: Remembered | None = None, explains: bool = False) -> None:
    until = None if kept is None else kept.get("after_deadline")
    if until is not None and not explains:
        when = until.isoformat(" ", "minutes")
        OUT.print(f"hidden tests stay unexplained until {when}", markup=False)
    if kept is not None and kept.get("policy"):
        OUT.print(f"rules set for this run: {', '.join(kept.get('policy'))}", markup=False)
    unknown = [one for one in result.summaries if one.untimed]
    if unknown:
        text = (
            f"lateness was not judged for {len(unknown)} of {len(result.summaries)}: nothing "
            "but a file's own time is known; give --times, or --trust-file-times"
        )
        OUT.print(text, markup=False)
    for change in [one for one in result.changes if one.what == "score"][:_MOST_CHANGES]:
        OUT.print(f"changed: {visible(change.sentence)}", markup=False)
    if result.absent:
        OUT.print(f"{len(result.absent)} of the roster handed in nothing; see grades.csv")
    if result.unmatched:
        text = (
            f"nobody in the roster was found for {len(result.unmatched)} submissions; name them in"
        )
        OUT.print(f"{text} {result.out / 'unmatched.csv'} and run again", markup=False)
    if result.changes:
        OUT.print(f"{len(result.changes)} numbers moved; see changes.csv", markup=False)
    for name, reason in [*result.not_graded, *result.leftovers]:
        OUT.print(f"not graded: {visible(name)}: {visible(reason)}", markup=False)
    if result.tier is not None:
        OUT.print(f"confinement {result.tier.sentence}", markup=False)
    same = f", {result.kept} unchanged since the last run" if result.kept else ""
    more = f", {result.merged} of earlier runs beside them" if result.merged else ""
    lost = len(result.not_graded)
    failed = f", {lost} could not be graded" if lost else ""
    OUT.print(
        f"graded {result.graded - lost}{failed}{same}{more}; see {result.out / 'index.html'}",
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
