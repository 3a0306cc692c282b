"""Grading, and what a course does with the reports."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
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
from autograder.core.codes import decoded, read_codes
from autograder.core.errors import ExitCode
from autograder.core.layout import Assignment
from autograder.core.platforms import Platform
from autograder.core.rubric import load as load_rubric
from autograder.core.rubric import read_sheet
from autograder.core.visible import visible
from autograder.course import ClassFolder, Remembered, remembered
from autograder.course.roster import read_roster
from autograder.intake.timestamps import read_times


class Attempts(StrEnum):
    """Which of several attempts counts."""

    LAST_IN_TIME = "last-in-time"
    LATEST = "latest"
    BEST = "best"


_MOST_CHANGES = 20  # of scores, on the console

if TYPE_CHECKING:
    from autograder.grading.batch import ClassResult
    from autograder.notebooks.nbgrader.recording import Course


def grade(
    assignment: AssignmentName,
    submissions: Annotated[
        list[Path],
        typer.Argument(
            metavar="SUBMISSION…",
            help="A zip, a tar, a folder with one submission, a folder of any of these, or what "
            "a platform gives to download, packed or not.",
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
    came_from: Annotated[
        Platform | None,
        typer.Option(
            "--from",
            help="Whose download it is. auto tells by the shape of names and folders, and says so.",
            show_default="auto, or as before",
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
    late_days: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=1000,
            help="A budget: so many days each student may be late without loss, over all "
            "assignments of --late-ledger.",
        ),
    ] = None,
    late_ledger: Annotated[
        Path | None,
        typer.Option(
            help="CSV with columns student,assignment,days: read, and written with what this "
            "assignment took. One for the whole course."
        ),
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
    from autograder.grading.batch import grade_class
    from autograder.grading.terms import LateDays

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
        "from": None if came_from is None else came_from.value,
        "attempts": None if attempts is None else attempts.value,
        "late_days": late_days,
        "late_ledger": late_ledger,
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
    marks = None
    if sheet_of_marks:
        codes = read_codes(sheet_of_marks.parent)
        marks = decoded(codes, read_sheet(sheet_of_marks, load_rubric(chosen.rubric)))
    if marks is None and place is not None:
        marks = place.marks()
    budget = None
    if kept.get("late_days") is not None:
        budget = LateDays(kept.get("late_days"), kept.get("late_ledger"))
    elif kept.get("late_ledger") is not None:
        raise Stop("--late-ledger needs --late-days, how many there are", ExitCode.USAGE)
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
            platform=kept.get("from", Platform.AUTO.value),
            late_days=budget,
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


def _course(assignment: Assignment, folder: Path | None) -> Course | None:
    if folder is None:
        return None
    if not assignment.notebook.is_file():
        raise Stop(f"{assignment.id} has no notebook; leave --course out", ExitCode.USAGE)
    from autograder.notebooks.nbgrader.recording import Course

    course = Course(folder, assignment)
    course.check()
    return course


def _some(lines: Sequence[str], most: int = 5) -> list[str]:
    more = len(lines) - most
    return [*lines[:most], *([f"and {more} more of this kind"] if more > 0 else [])]


def _tell(result: ClassResult, kept: Remembered | None = None, explains: bool = False) -> None:
    until = None if kept is None else kept.get("after_deadline")
    if until is not None and not explains:
        when = until.isoformat(" ", "minutes")
        OUT.print(f"hidden tests stay unexplained until {when}", markup=False)
    if kept is not None and kept.get("policy"):
        OUT.print(f"rules set for this run: {', '.join(kept.get('policy'))}", markup=False)
    for line in [*result.told, *_some(result.contradictions)]:
        OUT.print(visible(line), markup=False, soft_wrap=True)
    if result.marked_late:
        text = (
            f"{result.marked_late} are marked as late by the platform, which does not say when "
            "they came; give --times"
        )
        OUT.print(text, markup=False)
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


def demo(
    out: Annotated[
        Path, typer.Option("-o", "--out", help="Folder for the class and its reports.")
    ] = Path("demo"),
    jobs: Jobs = None,
) -> None:
    """Make a small class and grade it, on digits drawn on the spot; nothing is downloaded."""
    from autograder.authoring.demo import STORIES, make_class
    from autograder.grading.batch import grade_class

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
    for summary in result.summaries:
        score = "not graded" if summary.score is None else f"{summary.score:g}"
        table.add_row(visible(summary.submission), score, STORIES.get(summary.submission, ""))
    OUT.print(table)
    _tell(result)
