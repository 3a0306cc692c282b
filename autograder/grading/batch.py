"""Grade a class: find the submissions, have them graded, write what the class needs."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from autograder.core.cache import Cache
from autograder.core.errors import AutograderError
from autograder.core.files import write_text
from autograder.core.layout import Assignment
from autograder.core.manifest import changed
from autograder.core.manifest import load as load_manifest
from autograder.core.platforms import Platform
from autograder.core.records import Mark
from autograder.core.rubric import load as load_rubric
from autograder.core.rubric import unmarked
from autograder.course.changes import Change, append, changes
from autograder.course.folder import DOWNLOADS, RESERVED, ClassFolder
from autograder.course.people import People
from autograder.course.roster import Student
from autograder.datasets.prepare import prepare as prepare_data
from autograder.grading.files import fingerprint_of
from autograder.grading.job import Job
from autograder.grading.options import GradingOptions
from autograder.grading.terms import Class, LateDays, Terms, class_terms
from autograder.grading.whose import Whose, people_of, spend
from autograder.intake import Source, collect, places_of
from autograder.notebooks.authored.prepared import prepared
from autograder.reports.grades_csv import GradeLine, grades_csv
from autograder.reports.index import Summary, render_index
from autograder.sandbox.tiers import Level, Tier, probe

_MOST_DEATHS = 3  # of the grading process, one after another, without anything done


class GradeError(AutograderError):
    """Nothing could be graded; the message says what to do."""


@dataclass
class ClassResult:
    """What one run did."""

    out: Path
    summaries: list[Summary]
    graded: int = 0
    kept: int = 0  # unchanged since an earlier run
    merged: int = 0  # of earlier runs, and not among the submissions of this one
    changes: list[Change] = field(default_factory=list)  # what is another number now
    not_graded: list[tuple[str, str]] = field(default_factory=list)  # name, reason
    leftovers: list[tuple[str, str]] = field(default_factory=list)  # path, reason
    unmatched: list[str] = field(default_factory=list)  # submissions of nobody in the roster
    superseded: list[str] = field(default_factory=list)  # attempts that do not count
    absent: list[str] = field(default_factory=list)  # students without a submission
    told: list[str] = field(default_factory=list)  # what the places were taken for, and the like
    contradictions: list[str] = field(default_factory=list)  # between what is known of times
    marked_late: int = 0  # by a platform that does not say when they came
    tier: Tier | None = None
    interrupted: bool = False

    def note(self, name: str, results: dict[str, Any], before: dict[str, Any] | None) -> None:
        """Count one submission that was graded now, and `before` if it was graded earlier."""
        self.graded += 1
        if results["extra_data"]["outcome"] == "not graded":
            self.not_graded.append((name, str(results["extra_data"].get("error", ""))))
        if before is not None:
            self.changes += changes(name, before, results)


def prepare(
    assignment: Assignment,
    *,
    data: Path | None = None,
    due: datetime | None = None,
    tier: Tier | None = None,
    cache: Path | None = None,
    training: bool = True,
    executes: bool = False,
    policy: Sequence[str] = (),
    trust_file_times: bool = False,
    explains: bool = False,
) -> GradingOptions:
    """Probe the machine and lay out the data; raises DataError, GradeError, ManifestError."""
    tier = tier or probe()
    kept = Cache(cache)
    manifest = load_manifest(assignment.manifest)
    changed(manifest.policy, policy)  # a rule that is not there is said before anything is done
    seed = _held_out_seed(assignment) if training and "mnist-csv" not in manifest.data_sets else 0
    found = prepare_data(manifest.data_sets, kept, data, training, seed)
    return GradingOptions(
        root=str(assignment.root),
        assignment=assignment.id,
        tier=tier,
        small=str(found.small),
        training=str(found.training),
        cache=str(kept.root),
        data_source=found.source,
        data_words=found.sentence,
        held_out=str(found.held_out or ""),
        notebook=str(prepared(assignment, kept) or ""),
        due=due,
        policy=tuple(policy),
        trust_file_times=trust_file_times,
        explains=explains,
        executes=executes,
        hidden=tier.level is not Level.D,
        training_tests=training,
    )


def _held_out_seed(assignment: Assignment) -> int:
    """Read the seed of the held-out images; raises GradeError."""
    path = assignment.held_out
    try:
        seed = tomllib.loads(path.read_text(encoding="utf-8"))["seed"]
    except (OSError, ValueError, KeyError):
        seed = None
    if type(seed) is not int or not 0 <= seed < 1 << 62:
        raise GradeError(f"{path}: needs one line, seed = 123456, with a number of your own")
    return seed


def grade_class(
    assignment: Assignment,
    paths: Sequence[Path | str],
    out: Path | str,
    *,
    jobs: int | None = None,
    data: Path | None = None,
    due: datetime | None = None,
    times: Mapping[str, datetime] | None = None,
    marks: Mapping[str, Sequence[Mark]] | None = None,
    tier: Tier | None = None,
    cache: Path | None = None,
    training: bool = True,
    again: bool = False,
    executes: bool = False,
    strangers: bool = False,
    policy: Sequence[str] = (),
    trust_file_times: bool = False,
    explains: bool = False,
    exceptions: Path | None = None,
    roster: Sequence[Student] = (),
    attempts: str = "last-in-time",
    platform: str = "auto",
    late_days: LateDays | None = None,
    only: Sequence[str] = (),
    fresh: bool = False,
    remember: Mapping[str, Any] | None = None,
    progress: Callable[[int, int, str], None] | None = None,
    learning: Callable[[int, int, str], None] | None = None,
) -> ClassResult:
    """Grade every submission below `paths` into `out`; what is done already is kept.

    `marks` are what a person gave for written questions, by submission; a name that no submission
    has is an error, unless `strangers` are let pass. `policy` sets rules of the manifest otherwise
    for this run ("printing=warn"). A file's own time makes nobody late unless `trust_file_times`:
    unpacking changes it. With `explains`, reports tell what hidden tests that failed asked and
    expected: for the time after the deadline only. With `executes`, notebooks are run as a whole,
    and kept beside the reports. `platform` is whose downloads the paths are; `late_days` is a
    budget of days that students may be late without loss. With `only`, no submissions but those
    of these names are graded; what earlier runs have graded into `out` stays in the class unless
    it is to be `fresh`.
    `remember` is written into the folder's `class.toml`. `progress(done, total, name)` is called
    after each, and `learning` alike after each known mistake, where they are not known yet. Raises
    GradeError, ManifestError, IntakeError, DataError, CourseError; a KeyboardInterrupt is noted in
    the result, and the class files are written for what was finished.
    """
    folders, out = [Path(path) for path in paths], Path(out)
    folder = ClassFolder(out, assignment.id)
    folder.check()
    options = prepare(
        assignment,
        data=data,
        due=due,
        tier=tier,
        cache=cache,
        training=training,
        executes=executes,
        policy=policy,
        trust_file_times=trust_file_times,
        explains=explains,
    )
    expected = sorted(path.name for path in assignment.skeleton.iterdir())
    collected = collect(
        folders,
        reserved=RESERVED,
        expected=expected,
        places=places_of(assignment.skeleton),
        platform=Platform(platform),
        assignment=assignment.id,
        unpack_into=out / DOWNLOADS,
    )
    sources = collected.sources
    if not sources and not collected.leftovers:
        raise GradeError(f"no submission was found in {', '.join(map(str, folders))}")
    result = ClassResult(out, [], tier=options.tier, told=collected.told)
    result.leftovers = [(str(left.name), left.reason) for left in collected.leftovers]
    names = {source.name for source in sources}
    unknown = sorted((marks or {}).keys() - names - set(folder.submissions()))
    if unknown and not strangers:
        raise GradeError(
            f"the rubric's sheet has marks for {', '.join(unknown[:5])}, "
            "and no submission has that name"
        )
    manifest = load_manifest(assignment.manifest)
    whose = Whose(out, roster, sources)
    terms = class_terms(
        Class(
            assignment.id,
            sources,
            whose.matched(names),
            roster,
            folder.submissions(),
            due or manifest.policy.lateness.due,
            times or {},
            trust_file_times,
        ),
        {task.id: task.points for task in manifest.tasks},
        exceptions,
        late_days,
    )
    result.contradictions, result.marked_late = terms.contradictions, terms.marked_late
    if only:
        sources, result.leftovers = _chosen(sources, only), []
    plan = _Plan(
        out,
        expected,
        {name: time.isoformat() for name, time in (times or {}).items()},
        marks,
        unmarked(load_rubric(assignment.rubric)),
        fingerprint_of(options, assignment),
        terms.submissions,
    )
    with folder.locked():
        waiting, found = plan.split(sources, again)
        result.kept = len(found)
        gone = [name for name in folder.submissions() if name not in names] if fresh else []
        if waiting or gone:
            folder.keep_state([*(job.source.name for job in waiting), *gone])
        folder.drop(gone)
        try:
            if progress and waiting:
                progress(0, len(waiting), "")
            with contextlib.closing(_graded(options, waiting, jobs, learning)) as graded:
                for name, results in graded:
                    found[name] = results
                    result.note(name, results, plan.earlier[name])
                    if progress:
                        progress(result.graded, len(waiting), name)
        except KeyboardInterrupt:
            result.interrupted = True
        others = _earlier_runs(folder, found)
        result.merged = len(others)
        result.summaries = list(map(Summary.from_results, {**others, **found}.values()))
        people = people_of(out, result.summaries, whose, terms, attempts)
        if people is not None:
            result.unmatched, result.superseded = people.unmatched, people.superseded
            result.absent = people.absent
        if late_days is not None and late_days.ledger is not None:
            spend(late_days.ledger, assignment.id, people, terms)
        shown = _made_of(plan.salt, {**others, **found}, result, people)
        if not folder.shows(shown):  # drawing the page takes longer than reading a class
            _write_class(assignment, result, people)
        append(out, result.changes)
        if remember is not None:
            folder.remember(dict(remember), shown)
    return result


def _made_of(
    salt: str, results: Mapping[str, dict[str, Any]], result: ClassResult, people: People | None
) -> str:
    """Hash what the class's table and page are made of."""
    marks = sorted((name, one["extra_data"].get("fingerprint")) for name, one in results.items())
    parts = [salt, marks, result.leftovers, repr(people)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@dataclass
class _Plan:
    """What of a class is to be graded, and what an earlier run has done already."""

    out: Path
    expected: Sequence[str]
    times: dict[str, str]
    marks: Mapping[str, Sequence[Mark]] | None
    unmarked: Sequence[Mark]
    salt: str
    terms: Mapping[str, Terms]
    earlier: dict[str, dict[str, Any] | None] = field(default_factory=dict)

    def split(
        self, sources: Sequence[Source], again: bool
    ) -> tuple[list[Job], dict[str, dict[str, Any]]]:
        """Return a job for each submission that changed, and the results of those that did not."""
        waiting: list[Job] = []
        found: dict[str, dict[str, Any]] = {}
        for source in sources:
            given = None if self.marks is None else self.marks.get(source.name) or self.unmarked
            before = _results(self.out / source.name)
            rows = None if given is None else [list(one.to_json().values()) for one in given]
            terms = self.terms[source.name]
            agreed, due = terms.agreed, terms.due
            parts: list[object] = [self.salt, source.stat_key(), self.times.get(source.name), rows]
            parts += [str(due), [one.to_json() for one in agreed]]
            stamp = json.dumps(parts)
            mark = hashlib.sha256(stamp.encode()).hexdigest()
            if before and not again and before["extra_data"].get("fingerprint") == mark:
                found[source.name] = before
                continue
            job = Job(source, self.out, self.expected, self.times, mark, given, agreed, due)
            waiting.append(job)
            self.earlier[source.name] = before
        return waiting, found


def _chosen(sources: Sequence[Source], only: Sequence[str]) -> list[Source]:
    """Return the submissions called `only`; raises GradeError for a name that none has."""
    known = {source.name: source for source in sources}
    for name in only:
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise GradeError(f"--only {name}: no submission has that name{hint}")
    return [known[name] for name in dict.fromkeys(only)]


def _earlier_runs(folder: ClassFolder, found: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the results of earlier runs that this one has not touched, by submission."""
    others = {}
    for name in folder.submissions():
        results = None if name in found else _results(folder.path / name)
        if results is not None and results["extra_data"].get("assignment") == folder.assignment:
            others[name] = results
    return others


def _write_class(assignment: Assignment, result: ClassResult, people: People | None) -> None:
    manifest = load_manifest(assignment.manifest)
    tasks = [task.id for task in manifest.tasks]
    summaries = sorted(result.summaries, key=lambda one: one.submission)
    lines = [GradeLine(one) for one in summaries]
    leftovers = list(result.leftovers)
    if people is not None:
        known = {one.submission: one for one in summaries}
        lines = [
            GradeLine(
                known.get(row.submission),
                row.columns,
                "excused" if row.excused else "not handed in",
                row.agreed,
            )
            for row in people.rows
        ]
        lines += [GradeLine(known[name], {}) for name in people.unmatched]
        summaries = [one for one in summaries if one.submission not in people.superseded]
        leftovers += [(name, "handed in nothing") for name in result.absent]
        leftovers += [(name, "a later attempt counts") for name in people.superseded]
    write_text(result.out / "grades.csv", grades_csv(tasks, lines))
    page = render_index(manifest.title, summaries, leftovers, lines)
    write_text(result.out / "index.html", page)


def _results(folder: Path) -> dict[str, Any] | None:
    """Read an earlier run's results; None where there are none that can be used."""
    try:
        found = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    usable = isinstance(found, dict) and isinstance(found.get("extra_data"), dict)
    return found if usable else None


def _graded(
    options: GradingOptions,
    jobs: Sequence[Job],
    processes: int | None,
    learning: Callable[[int, int, str], None] | None,
) -> Generator[tuple[str, dict[str, Any]]]:
    """Yield (submission, results) of each job, from a process of its own; a new one if it dies."""
    left = {job.source.name: job for job in jobs}
    deaths = 0
    while left:
        done = 0
        with contextlib.closing(_answers(options, list(left.values()), processes)) as answers:
            for answer in answers:
                if "fatal" in answer:
                    raise GradeError(str(answer["fatal"]))
                if "learnt" in answer:
                    if learning:
                        learning(*answer["learnt"])
                    continue
                done += 1
                del left[answer["name"]]
                yield answer["name"], answer["results"]
        deaths = deaths + 1 if left and not done else 0
        if deaths == _MOST_DEATHS:
            raise GradeError("the grading process ends by itself again and again")


def _answers(
    options: GradingOptions, jobs: Sequence[Job], processes: int | None
) -> Generator[dict[str, Any]]:
    """Yield what one grading process says, until it ends."""
    asked = {
        "options": options.to_json(),
        "jobs": [job.to_json() for job in jobs],
        "processes": processes,
    }
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "autograder.grading.process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    with process:
        try:
            if process.stdin is not None:
                with contextlib.suppress(BrokenPipeError):  # its end is noticed below
                    process.stdin.write(json.dumps(asked))
                    process.stdin.close()
            for line in process.stdout or ():
                if line.endswith("\n"):  # else it was killed in the middle
                    yield json.loads(line)
        finally:
            process.kill()  # its children end with it
