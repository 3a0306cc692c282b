"""Grade a class: find the submissions, share them among clerks, write what the class needs."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import selectors
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from autograder.core.cache import Cache
from autograder.core.errors import AutograderError
from autograder.core.files import write_text
from autograder.core.layout import Assignment
from autograder.core.manifest import load as load_manifest
from autograder.core.records import Mark
from autograder.core.rubric import load as load_rubric
from autograder.core.rubric import unmarked
from autograder.datasets.prepare import prepare as prepare_data
from autograder.grading.files import fingerprint_of
from autograder.grading.grader import not_graded
from autograder.grading.options import GradingOptions
from autograder.grading.output import write
from autograder.intake import Source, discover
from autograder.notebooks.authored.prepared import prepared
from autograder.reports.grades_csv import grades_csv
from autograder.reports.index import Summary, render_index
from autograder.sandbox.tiers import Level, Tier, probe

_RESERVED = ("index.html", "grades.csv")


class GradeError(AutograderError):
    """Nothing could be graded; the message says what to do."""


@dataclass
class ClassResult:
    """What one run did."""

    out: Path
    summaries: list[Summary]
    graded: int = 0
    kept: int = 0  # unchanged since an earlier run
    changes: list[str] = field(default_factory=list)  # one sentence per score that moved
    not_graded: list[tuple[str, str]] = field(default_factory=list)  # name, reason
    leftovers: list[tuple[str, str]] = field(default_factory=list)  # path, reason
    tier: Tier | None = None
    interrupted: bool = False


def prepare(
    assignment: Assignment,
    *,
    data: Path | None = None,
    due: datetime | None = None,
    tier: Tier | None = None,
    cache: Path | None = None,
    training: bool = True,
    executes: bool = False,
) -> GradingOptions:
    """Probe the machine and lay out the data; raises DataError or GradeError."""
    tier = tier or probe()
    kept = Cache(cache)
    manifest = load_manifest(assignment.manifest)
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
    progress: Callable[[int, int, str], None] | None = None,
) -> ClassResult:
    """Grade every submission below `paths` into `out`; what is done already is kept.

    `marks` are what a person gave for written questions, by submission; a name that no submission
    has is an error, unless `strangers` are let pass. With `executes`, notebooks are run as a whole,
    and kept beside the reports. `progress(done, total, name)` is called after each. Raises
    GradeError, ManifestError, IntakeError, DataError; a KeyboardInterrupt is noted in the result,
    and the class files are written for what was finished.
    """
    folders, out = [Path(path) for path in paths], Path(out)
    options = prepare(
        assignment,
        data=data,
        due=due,
        tier=tier,
        cache=cache,
        training=training,
        executes=executes,
    )
    expected = sorted(path.name for path in assignment.skeleton.iterdir())
    sources, leftovers = discover(folders, reserved=_RESERVED, expected=expected)
    if not sources and not leftovers:
        raise GradeError(f"no submission was found in {', '.join(map(str, folders))}")
    out.mkdir(parents=True, exist_ok=True)
    result = ClassResult(out, [], tier=options.tier)
    result.leftovers = [(str(left.name), left.reason) for left in leftovers]
    known_times = {name: time.isoformat() for name, time in (times or {}).items()}
    salt = fingerprint_of(options, assignment)
    unknown = sorted((marks or {}).keys() - {source.name for source in sources})
    if unknown and not strangers:
        raise GradeError(
            f"the rubric's sheet has marks for {', '.join(unknown[:5])}, "
            "and no submission has that name"
        )
    waiting, found = [], {}
    for source in sources:
        rows = None if marks is None else _plain(marks.get(source.name, ()), assignment)
        before = _results(out / source.name)
        stamp = json.dumps([salt, source.stat_key(), known_times.get(source.name), rows])
        mark = hashlib.sha256(stamp.encode()).hexdigest()
        if before and not again and before["extra_data"].get("fingerprint") == mark:
            found[source.name] = before
            result.kept += 1
            continue
        job = {
            "source": source.to_json(),
            "out": str(out),
            "expected": expected,
            "times": known_times,
            "fingerprint": mark,
            "marks": rows,
        }
        waiting.append((source, job, before))
    desk = _Desk(options, assignment, out, min(jobs or os.cpu_count() or 1, len(waiting)))
    try:
        desk.run(waiting, result, found, progress)
    except KeyboardInterrupt:
        result.interrupted = True
    finally:
        desk.close()
    result.summaries = [
        Summary.from_results(found[source.name]) for source in sources if source.name in found
    ]
    _write_class(assignment, result)
    return result


def _plain(marks: Sequence[Mark], assignment: Assignment) -> list[list[str | None]]:
    """Return marks as plain data; a submission without a row has nothing graded yet."""
    return [
        [
            mark.item,
            mark.title,
            str(mark.max_score),
            None if mark.score is None else str(mark.score),
            mark.comment,
        ]
        for mark in marks or unmarked(load_rubric(assignment.rubric))
    ]


def _write_class(assignment: Assignment, result: ClassResult) -> None:
    manifest = load_manifest(assignment.manifest)
    tasks = [task.id for task in manifest.tasks]
    write_text(result.out / "grades.csv", grades_csv(tasks, result.summaries))
    page = render_index(manifest.title, result.summaries, leftovers=result.leftovers)
    write_text(result.out / "index.html", page)


def _results(folder: Path) -> dict[str, Any] | None:
    """Read an earlier run's results; None where there are none that can be used."""
    try:
        found = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    usable = isinstance(found, dict) and isinstance(found.get("extra_data"), dict)
    return found if usable else None


@dataclass
class _Place:
    """One clerk and what it is working on."""

    process: subprocess.Popen[str]
    job: tuple[Source, dict[str, Any], dict[str, Any] | None] | None = None
    ready: bool = False


class _Desk:
    """Shares jobs among clerks; replaces a clerk that dies, and repeats its job once."""

    def __init__(
        self, options: GradingOptions, assignment: Assignment, out: Path, jobs: int
    ) -> None:
        self._options, self._assignment, self._out, self._jobs = options, assignment, out, jobs
        self._selector = selectors.DefaultSelector()
        self._places: list[_Place] = []
        self._died: dict[str, int] = {}

    def run(
        self,
        waiting: list[tuple[Source, dict[str, Any], dict[str, Any] | None]],
        result: ClassResult,
        found: dict[str, dict[str, Any]],
        progress: Callable[[int, int, str], None] | None,
    ) -> None:
        total, done = len(waiting), 0
        waiting = list(reversed(waiting))
        for _ in range(self._jobs):
            self._hire()
        while done < total:
            for key, _ in self._selector.select():
                place: _Place = key.data
                line = place.process.stdout.readline() if place.process.stdout else ""
                answer = json.loads(line) if line.endswith("\n") else None
                if answer is not None and "fatal" in answer:
                    detail = answer.get("detail", "")
                    raise GradeError(f"{answer['fatal']}\n{detail}".strip())
                finished = place.job
                if answer is None:
                    answer = self._bury(place, waiting)
                elif not place.ready:
                    place.ready, finished = True, None
                if finished is not None and answer is not None:
                    done += 1
                    self._note(finished, answer, result, found)
                    if progress:
                        progress(done, total, finished[0].name)
                    place.job = None
                if place in self._places and place.job is None and place.ready and waiting:
                    self._give(place, waiting)

    def _note(
        self,
        finished: tuple[Source, dict[str, Any], dict[str, Any] | None],
        answer: dict[str, Any],
        result: ClassResult,
        found: dict[str, dict[str, Any]],
    ) -> None:
        source, _, before = finished
        found[source.name] = answer
        result.graded += 1
        if answer["extra_data"]["outcome"] == "not graded":
            reason = str(answer["extra_data"].get("error", ""))
            result.not_graded.append((source.name, reason))
        if before is not None:
            old, new = before.get("score"), answer.get("score")
            if old != new:
                was, now = ("no score" if x is None else str(x) for x in (old, new))
                result.changes.append(f"{source.name}: {was} → {now}")

    def _hire(self) -> None:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "autograder.grading.clerk"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )
        place = _Place(process)
        self._places.append(place)
        if process.stdin and process.stdout:
            self._selector.register(process.stdout, selectors.EVENT_READ, place)
            self._tell(place, self._options.to_json())

    def _tell(self, place: _Place, line: str) -> None:
        if place.process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):  # its end is noticed where it is read
                place.process.stdin.write(line + "\n")
                place.process.stdin.flush()

    def _give(self, place: _Place, waiting: list[Any]) -> None:
        place.job = waiting.pop()
        self._tell(place, json.dumps(place.job[1]))

    def _bury(self, place: _Place, waiting: list[Any]) -> dict[str, Any] | None:
        """Replace a dead clerk; its job is done once more, then reported as not graded."""
        self._dismiss(place)
        self._places.remove(place)
        job, place.job = place.job, None
        self._died["clerk"] = self._died.get("clerk", 0) + 1
        if job is None and self._died["clerk"] > 10:
            raise GradeError("the grading process ends by itself again and again")
        self._hire()
        if job is None:
            return None
        name = job[0].name
        self._died[name] = self._died.get(name, 0) + 1
        if self._died[name] < 3:
            waiting.append(job)
            return None
        reason = "the grading process was killed three times while working on it"
        manifest = load_manifest(self._assignment.manifest)
        return write(not_graded(self._options, manifest, name, reason), self._out, "")

    def _dismiss(self, place: _Place) -> None:
        if place.process.stdout is not None:
            self._selector.unregister(place.process.stdout)
            place.process.stdout.close()
        if place.process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                place.process.stdin.close()
        place.process.wait()

    def close(self) -> None:
        """End every clerk; their workers end with them."""
        for place in self._places:
            if place.job is not None:
                with contextlib.suppress(ProcessLookupError):
                    place.process.send_signal(signal.SIGKILL)
            self._dismiss(place)
        self._places.clear()
        self._selector.close()
