"""The command line: thin callers of the package's functions."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from autograder import layout
from autograder.layout import Assignment
from autograder.manifest import ManifestError
from autograder.manifest import load as load_manifest

if TYPE_CHECKING:
    from autograder.notebooks.recording import Course
    from autograder.validate import Proof

DONE, SOME_NOT_GRADED, USAGE, CONFIGURATION, INTERRUPTED = 0, 1, 2, 3, 130

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="""Deep-learning assignments that grade themselves.

An instructor's day: `autograder release mlp_from_scratch -o out` makes the zip for students;
`autograder grade mlp_from_scratch downloads/ -o reports` grades what they hand in.

An author's day: edit `solutions/`, run `autograder sync` and `autograder validate`.

Exit codes: 0 done, 1 some submission could not be graded, 2 usage, 3 configuration,
130 interrupted. A low score is no error.""",
)
_out, _err = Console(highlight=False), Console(stderr=True, highlight=False)

AssignmentName = Annotated[
    str, typer.Argument(metavar="ASSIGNMENT", help="Its folder's name; see `autograder list`.")
]
Jobs = Annotated[
    int | None, typer.Option("--jobs", "-j", min=1, help="Processes to use; default: all cores.")
]
Data = Annotated[
    Path | None,
    typer.Option(
        help="Folder with the assignment's real data, as torchvision lays it out (MNIST as IDX "
        "or as the two CSV files), for the tests that train. Without it images are drawn.",
    ),
]
Training = Annotated[
    bool,
    typer.Option(
        "--training/--no-training",
        "--full/--quick",
        help="The full level runs the tests that train networks, the quick one leaves them out; "
        "reports say which it was.",
    ),
]


class _Stop(Exception):
    """End with a message and an exit code."""

    def __init__(self, message: str, code: int = CONFIGURATION) -> None:
        super().__init__(message)
        self.code = code


def _find(name: str) -> Assignment:
    return layout.find_assignment(name, layout.find_root())


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int, str], None]]:
    """Show a bar with the time left, on a terminal and only where it takes a while."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=_err, transient=True, disable=not _err.is_terminal) as bar:
        task = bar.add_task(what, total=None)

        def update(done: int, total: int, name: str) -> None:
            bar.update(task, completed=done, total=total)

        yield update


@app.command("list")
def list_command() -> None:
    """List the assignments with their tasks and points."""
    root = layout.find_root()
    for assignment in layout.list_assignments(root):
        manifest = load_manifest(assignment.manifest)
        title = f"{manifest.id}: {manifest.title} ({float(manifest.max_score):g} points)"
        table = Table("task", "points", "what it asks", title=title, title_justify="left")
        for task in manifest.tasks:
            table.add_row(task.id, f"{float(task.points):g}", task.title)
        _out.print(table)


@app.command()
def sync(
    assignment: Annotated[str | None, typer.Argument(help="Only this one; default: all.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit with 3 where something differs.")
    ] = False,
) -> None:
    """Generate `student_skeleton/` from `solutions/`."""
    from autograder.release.skeleton import sync as synchronise

    root = layout.find_root()
    chosen = [_find(assignment)] if assignment else layout.list_assignments(root)
    changes: list[str] = []
    for each in chosen:
        changes += synchronise(each, root, check)
    for change in changes:
        _out.print(change, markup=False)
    if check and changes:
        raise _Stop("the skeleton differs from the solution; run: autograder sync")
    if not changes:
        _out.print("every skeleton agrees with its solution")


@app.command()
def release(
    assignment: AssignmentName,
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the zip.")],
) -> None:
    """Make the students' zip: handout, skeleton, public tests, student kit; nothing hidden."""
    from autograder.diagnose.locked import locked_hints
    from autograder.grade.bench import learnt_library
    from autograder.grade.course import prepare
    from autograder.release.bundle import release as bundle
    from autograder.sandbox.tiers import Level

    chosen = _find(assignment)
    hints: dict[str, str] = {}
    if chosen.mistakes.is_file():
        setting = prepare(chosen, training=False)
        if setting.tier.level is Level.D:
            _err.print("nothing confines code here, so the zip has no hints for known mistakes")
        else:
            hints = locked_hints(learnt_library(setting))
    _out.print(str(bundle(chosen.id, chosen.root, out, hints)), markup=False)


@app.command()
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
    from autograder.notebooks.course import set_up

    made = set_up(_find(assignment), course, course_id)
    for line in made.done:
        _out.print(line, markup=False, soft_wrap=True)
    _out.print(f"the students' notebook: {made.released}", markup=False, soft_wrap=True)


kernel_commands = typer.Typer(
    help="A Jupyter kernel that runs notebooks confined.", no_args_is_help=True
)
app.add_typer(kernel_commands, name="kernel")


@kernel_commands.callback()
def _kernel() -> None:
    """A Jupyter kernel that runs notebooks confined."""


@kernel_commands.command("install")
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
    from autograder.notebooks import kernelspec
    from autograder.notebooks.confinement import Bounds
    from autograder.sandbox import tiers

    for folder in (course, data):
        if folder is not None and not folder.is_dir():
            raise _Stop(f"{folder}: no such folder", USAGE)
    packages = list(package or [])
    if assignment is not None:
        packages += ["pytest", *load_manifest(_find(assignment).manifest).packages]
    made = kernelspec.install(
        packages or ["numpy", "matplotlib"],
        name=name,
        user=user,
        prefix=prefix,
        course=course,
        bounds=Bounds(memory_mb=memory_mb, cpu_seconds=cpu_seconds),
        data=data,
    )
    _out.print(f"{made / 'kernel.json'}", markup=False, soft_wrap=True)
    level = tiers.probe()
    if level.level is not tiers.Level.A:
        _err.print(f"it will not start as things are: {level.sentence}", markup=False)
    if course is not None and not kernelspec.is_set_up(course):
        _out.print("Add these lines to the end of nbgrader_config.py:\n", markup=False)
        _out.print(kernelspec.course_lines(), markup=False, soft_wrap=True)


@app.command()
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
    training: Training = True,
    again: Annotated[
        bool, typer.Option("--again", help="Grade even what has not changed since the last run.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Grade submissions; each gets `OUT/<name>/results.json` and `report.html`.

    A second run keeps what is unchanged, so an interrupted one can simply be repeated.
    """
    from autograder.grade import grade_class
    from autograder.intake import read_times
    from autograder.rubric import load as load_rubric
    from autograder.rubric import read_sheet

    chosen = _find(assignment)
    for path in submissions:
        if not path.exists():
            raise _Stop(f"{path}: no such file or folder", USAGE)
    place = _course(chosen, course)
    marks = read_sheet(rubric, load_rubric(chosen.rubric)) if rubric else None
    if marks is None and place is not None:
        marks = place.marks()
    with _progress("grading") as progress:
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
            training=training,
            again=again,
            progress=progress,
        )
    if as_json:
        rows = [dataclasses.asdict(summary) for summary in result.summaries]
        _out.print_json(json.dumps({"out": str(out), "submissions": rows}, default=str))
    else:
        _tell(result)
    if place is not None:
        troubles = place.record(out, [one.submission for one in result.summaries])
        if rubric and marks:
            troubles += place.give(marks)
        for line in troubles:
            _err.print(line, markup=False)
        if result.tier is not None and result.tier.level != "A":
            _err.print(
                "the notebooks were not run: no kernel can be confined here; formgrader shows "
                "them without outputs",
                markup=False,
            )
    if result.interrupted:
        raise _Stop("interrupted; run the same command again to go on", INTERRUPTED)
    if result.not_graded or result.leftovers:
        raise typer.Exit(SOME_NOT_GRADED)


def _course(assignment: Assignment, folder: Path | None) -> Course | None:
    if folder is None:
        return None
    if not assignment.notebook.is_file():
        raise _Stop(f"{assignment.id} has no notebook; leave --course out", USAGE)
    from autograder.notebooks.recording import Course

    course = Course(folder, assignment)
    course.check()
    return course


def _tell(result: object) -> None:
    from autograder.grade import ClassResult
    from autograder.report.visible import visible

    if not isinstance(result, ClassResult):
        raise TypeError("a class result was expected")
    for change in result.changes:
        _out.print(f"changed: {visible(change)}", markup=False)
    for name, reason in [*result.not_graded, *result.leftovers]:
        _out.print(f"not graded: {visible(name)}: {visible(reason)}", markup=False)
    if result.tier is not None:
        _out.print(f"confinement {result.tier.sentence}", markup=False)
    kept = f", {result.kept} unchanged since the last run" if result.kept else ""
    _out.print(f"graded {result.graded}{kept}; see {result.out / 'index.html'}", markup=False)


@app.command()
def validate(
    assignment: AssignmentName,
    jobs: Jobs = None,
    data: Data = None,
    every: Annotated[
        int,
        typer.Option(min=1, metavar="N", help="Try each Nth known mistake only, for a quick look."),
    ] = 1,
    training: Training = True,
    everything: Annotated[
        bool, typer.Option("--all", help="Print a table with every variant.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Prove the suites: reference all points, skeleton none, every known mistake caught."""
    from autograder.grade.course import prepare
    from autograder.validate import validate as prove

    chosen = _find(assignment)
    with _progress("proving") as progress:
        proof = prove(prepare(chosen, data=data, training=training), jobs, progress, every)
    if as_json:
        _out.print_json(json.dumps(proof.to_json()))
    else:
        _tell_proof(proof, everything)
    if not proof.holds:
        raise _Stop("the suites do not do what they should; see the problems above")


def _tell_proof(proof: Proof, everything: bool) -> None:
    def say(line: str) -> None:
        _out.print(line, markup=False, soft_wrap=True)

    if everything:
        table = Table("variant", "task", "score", "caught by", "carried", "problem")
        for variant in proof.variants:
            many = len(variant.failed)
            caught = variant.failed[0].split("::")[-1] if many else "–"
            caught += f" and {many - 1} more" if many > 1 else ""
            problem = "[red]see below[/red]" if variant.problem else "ok"
            carried = str(len(variant.carried) or "")
            table.add_row(variant.name, variant.task, variant.score, caught, carried, problem)
        _out.print(table)
        say("carried: tests of later tasks that passed once the wrong function was supplied")
    scores = {one.name: one.score for one in proof.variants}
    mistakes = [one for one in proof.variants if one.kind == "mistake"]
    good = sum(not one.problem for one in mistakes)
    earned, free = scores["reference"], scores["skeleton"]
    say(f"reference {earned} of {proof.max_score} points, skeleton {free}")
    if mistakes:
        say(f"{good} of {len(mistakes)} known mistakes are caught in their task and only there")
    if proof.misconceptions:
        say(f"{proof.misconceptions} misconceptions of typed answers put through the worker")
    if proof.idle:
        say(f"{len(proof.idle)} of {len(proof.tests)} tests catch no known mistake:")
        for test in proof.idle:
            say(f"  {test}")
    for names in proof.twins:
        say(
            f"no test tells these apart, so that none of them can be named: {', '.join(names)}; "
            "leave one out, or write a test in which they differ"
        )
    if proof.repeating:
        say(f"{len(proof.repeating)} tests catch only what others catch too (--json names them)")
    say(f"confinement {proof.tier}")
    for problem in proof.problems:
        say(f"PROBLEM {problem}")


@app.command()
def rubric(
    assignment: AssignmentName,
    out: Annotated[Path, typer.Option("-o", "--out", help="The CSV to write.")],
    reports: Annotated[
        Path | None, typer.Option(help="Folder that `grade` wrote: a row for each submission.")
    ] = None,
) -> None:
    """Make the sheet in which a person grades the written questions; `grade --rubric` reads it."""
    from autograder.atomic import write_text
    from autograder.report.summary import read_class
    from autograder.rubric import load, sheet

    chosen = _find(assignment)
    items = load(chosen.rubric)
    if not items:
        raise _Stop(f"{chosen.id} has no written questions ({chosen.rubric} is missing or empty)")
    if out.exists():
        raise _Stop(f"{out} is there already, perhaps with marks; give another name", USAGE)
    names = [one.submission for one in read_class(reports, chosen.id)] if reports else []
    write_text(out, sheet(items, names))
    _out.print(f"{len(items)} questions, {len(names)} submissions: {out}", markup=False)


@app.command()
def mistakes(
    assignment: AssignmentName,
    results: Annotated[
        Path, typer.Argument(help="Folder that `grade` wrote: one results.json a submission.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Print which submissions failed alike, the largest group first, and the mistake behind it."""
    from autograder.report.clusters import clusters
    from autograder.report.summary import read_class
    from autograder.report.visible import excerpt, visible

    chosen = _find(assignment)
    summaries = read_class(results, chosen.id)
    found = clusters(summaries)
    if as_json:
        _out.print_json(json.dumps([vars(one) | {"label": one.label} for one in found]))
        return
    if not found:
        _out.print(f"{len(summaries)} submissions, and none lost a test")
    begun = [one for one in found if not one.unfinished or one.names]
    for one in begun:
        _out.print(f"{len(one.submissions):4}  {visible(one.label)}  ({one.title})", markup=False)
        for hint in filter(None, one.hints):
            _out.print(f"      hint: {visible(hint)}", markup=False)
        _out.print(f"      test: {visible(one.test)}", markup=False)
        for line in excerpt(one.example, 400, 4).splitlines():
            _out.print(f"            {line}", markup=False)
        names = ", ".join(visible(name) for name in one.submissions[:12])
        more = len(one.submissions) - 12
        _out.print(f"      {names}{f' and {more} more' if more > 0 else ''}", markup=False)
    blank = [one for one in found if one not in begun]
    if blank:
        who = sorted({name for one in blank for name in one.submissions})
        tasks = len({one.task for one in blank})
        text = f"not written yet: {tasks} tasks, in {', '.join(map(visible, who[:12]))}"
        _out.print(f"{len(who):4}  {text}{' and more' if len(who) > 12 else ''}", markup=False)


@app.command()
def mutate(
    assignment: AssignmentName,
    jobs: Jobs = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Run only so many mutants, evenly spread.")
    ] = None,
    training: Annotated[
        bool, typer.Option(help="Ask the tests that train about what all others let pass.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Change the reference in every small way, and list the changes that no test notices."""
    from autograder.grade.course import prepare
    from autograder.mutation import mutate as run
    from autograder.mutation import render

    chosen = _find(assignment)
    with _progress("mutating") as progress:
        report = run(prepare(chosen, training=training), jobs, training, progress, limit)
    if as_json:
        _out.print_json(json.dumps(report.to_json()))
    else:
        for line in render(report):
            _out.print(line, markup=False, soft_wrap=True)
    if not report.holds:
        raise _Stop("some changes of the reference are noticed by no test; see the list above")


@app.command()
def judge(
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="Read and write one JSON object a line.")
    ] = False,
) -> None:
    """Judge typed answers from standard input: {"question": "<assignment>/<name>", "answer": …}."""
    from autograder.answers.jsonl import run

    if not jsonl:
        raise _Stop("give --jsonl: rows come from standard input", USAGE)
    run(sys.stdin, sys.stdout, layout.find_root())


@app.command("data")
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
    from autograder.data.command import make

    with _progress(name) as progress:
        made = make(name, out, source, progress, size)
    _out.print(str(made), markup=False, soft_wrap=True)


@app.command()
def demo(
    out: Annotated[
        Path, typer.Option("-o", "--out", help="Folder for the class and its reports.")
    ] = Path("demo"),
    jobs: Jobs = None,
) -> None:
    """Make a small class and grade it, on digits drawn on the spot; nothing is downloaded."""
    from autograder.demo import make_class
    from autograder.grade import grade_class

    root = layout.find_root()
    chosen = layout.find_assignment("mlp_from_scratch", root)
    submissions = make_class(chosen, out / "submissions")
    _out.print(f"a class of {len(list(submissions.iterdir()))} in {submissions}", markup=False)
    with _progress("grading") as progress:
        result = grade_class(chosen, [submissions], out / "reports", jobs=jobs, progress=progress)
    table = Table("submission", "score", "what it is")
    from autograder.demo import STORIES
    from autograder.report.visible import visible

    for summary in result.summaries:
        score = "not graded" if summary.score is None else f"{summary.score:g}"
        table.add_row(visible(summary.submission), score, STORIES.get(summary.submission, ""))
    _out.print(table)
    _tell(result)


def main() -> None:
    """Run the command line; every expected error is one clear line and an exit code."""
    try:
        code = app(standalone_mode=False)  # returns the code of typer.Exit
        sys.exit(code if isinstance(code, int) else DONE)
    except _Stop as stop:
        _err.print(f"autograder: {stop}", markup=False, soft_wrap=True)
        sys.exit(stop.code)
    except typer.Exit as end:
        sys.exit(end.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        _err.print("autograder: interrupted; run the same command again to go on")
        sys.exit(INTERRUPTED)
    except (ManifestError, layout.LayoutError) as error:
        _fail(error)
    except Exception as error:
        from autograder.errors import EXPECTED  # imports half the package: only when it is asked

        if isinstance(error, EXPECTED):
            _fail(error)
        if hasattr(error, "show") and hasattr(error, "exit_code"):  # click's usage errors
            error.show()
            sys.exit(USAGE)
        raise


def _fail(error: Exception) -> NoReturn:
    """Say on one line what has to be changed; ends the command."""
    _err.print(f"autograder: {error}", markup=False, soft_wrap=True)
    sys.exit(CONFIGURATION)


if __name__ == "__main__":
    main()
