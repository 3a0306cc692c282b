"""One grading process: takes jobs on standard input, forks for each, writes its reports.

Started by `course`, one per core. It keeps the collected suites and a zygote; a submission is
opened, run and reported in a fork, so that whatever happens there leaves the next one alone.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import sys
import time
import traceback
from fractions import Fraction
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from autograder.atomic import write_text
from autograder.diagnose.library import Library
from autograder.grade.bench import Bench, not_graded
from autograder.grade.opening import open_bench
from autograder.grade.output import write
from autograder.grade.setting import Setting
from autograder.intake import Source, read
from autograder.notebooks.confinement import KernelError
from autograder.records import Mark, Submission
from autograder.sandbox.inside.confine import die_with_parent
from autograder.sandbox.runtime import RuntimeMissing
from autograder.sandbox.zygotes import Zygote, ZygoteError

if TYPE_CHECKING:
    from autograder.notebooks.warm import Kernels

_ATTEMPTS = 3
_MARGIN_SECONDS = 60  # for opening and reporting, beside the submission's own limit


def main() -> int:
    """Serve until standard input closes; answers are one JSON object a line."""
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    setting = Setting.from_json(sys.stdin.readline())
    try:
        open_bench(setting, lambda bench: _Clerk(bench, answers).serve(sys.stdin))
    except (KernelError, RuntimeMissing) as error:
        _say(answers, {"fatal": str(error)})
    except Exception as error:
        detail = traceback.format_exc() if os.environ.get("AUTOGRADER_DEBUG") else ""
        _say(answers, {"fatal": f"{type(error).__name__}: {error}", "detail": detail})
    return 0


def _say(answers: IO[str], answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


class _Clerk:
    def __init__(self, bench: Bench, answers: IO[str]) -> None:
        self._bench = bench
        self._answers = answers
        self._zygote: Zygote | None = None
        self._kernels: Kernels | None = None  # a second parent, where notebooks are run
        self._library = Library(())

    def serve(self, jobs: IO[str]) -> None:
        try:
            self._zygote = self._bench.zygote()
            self._library = self._bench.library()
            _say(self._answers, {"ready": len(self._bench.tests)})
            while line := jobs.readline():
                _say(self._answers, self._job(json.loads(line)))
        finally:
            self._close()

    def _close(self) -> None:
        """End what forks for submissions; whatever state it is in, nothing of it is used again."""
        for parent in (self._zygote, self._kernels):
            if parent is not None:
                parent.close()
        self._zygote = self._kernels = None

    def _open(self) -> None:
        """Start what is not there or has ended."""
        if self._zygote is None or not self._zygote.alive():
            self._close()
            self._zygote = self._bench.zygote()
        if self._kernels is None or not self._kernels.alive():
            self._kernels = self._bench.kernels()

    def _job(self, job: dict[str, Any]) -> dict[str, Any]:
        """Grade one submission in a fork, with new zygotes where the old ones failed."""
        reason = ""
        for _ in range(_ATTEMPTS):
            self._open()
            answer = self._forked(job)
            if "again" not in answer:
                return answer
            reason = str(answer["again"])
            self._close()
        return self._give_up(job, f"the grader itself failed {_ATTEMPTS} times ({reason})")

    def _forked(self, job: dict[str, Any]) -> dict[str, Any]:
        ours, theirs = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(ours)
            try:
                die_with_parent()
                answer = self._grade(job)
            except ZygoteError as error:
                answer = {"again": str(error)}
            except BaseException as error:
                if os.environ.get("AUTOGRADER_DEBUG"):
                    traceback.print_exc()
                answer = {"again": f"{type(error).__name__}: {error}"}
            with contextlib.suppress(OSError):
                os.write(theirs, json.dumps(answer).encode())
            os._exit(0)
        os.close(theirs)
        limits = self._bench.manifest.limits
        training = sum(test.trains for test in self._bench.tests) * limits.training_seconds
        # Twice: failed tests may be repeated with the grader's functions.
        seconds = 2 * (limits.submission_seconds + training) + _MARGIN_SECONDS
        if self._bench.setting.executes:
            seconds += 2 * (limits.submission_seconds + 2 * limits.training_seconds)
        seconds += limits.verifying_seconds  # a repeated test finds its trainings in the cache
        data = _read_all(ours, seconds)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        if data is None:
            return {"again": f"no result within {seconds:.0f} s"}
        try:
            answer = json.loads(data)
        except ValueError:
            return {"again": "the grading process was killed"}
        if "again" not in answer:
            try:
                if self._zygote is not None:
                    self._zygote.reap_all()
                if self._kernels is not None:
                    self._kernels.end_all()
            except (KernelError, ZygoteError):
                self._close()
        return dict(answer)

    def _grade(self, job: dict[str, Any]) -> dict[str, Any]:
        bench, zygote = self._bench, self._zygote
        if zygote is None:
            raise ZygoteError("there is no zygote")
        source = Source.from_json(job["source"])
        found = read(source, expected=job["expected"], times=job["times"])
        if isinstance(found, Submission):
            grade = bench.grade(zygote, found, self._library, _marks(job.get("marks")))
            executed = bench.executed(found, self._kernels) if self._kernels else None
        else:
            grade, executed = bench.refused(found), None
        out = Path(job["out"])
        if executed is not None:
            (out / grade.submission).mkdir(parents=True, exist_ok=True)
            write_text(out / grade.submission / "notebook.ipynb", executed.decode("utf-8"))
        return write(grade, out, job["fingerprint"], self._library.hints)

    def _give_up(self, job: dict[str, Any], reason: str) -> dict[str, Any]:
        name = Source.from_json(job["source"]).name
        grade = not_graded(self._bench.setting, self._bench.manifest, name, reason)
        return write(grade, Path(job["out"]), "")


def _marks(rows: list[list[Any]] | None) -> list[Mark] | None:
    if rows is None:
        return None
    return [
        Mark(item, title, Fraction(most), None if score is None else Fraction(score), comment)
        for item, title, most, score, comment in rows
    ]


def _read_all(descriptor: int, seconds: float) -> bytes | None:
    """Read until the end; None when that takes longer than `seconds`."""
    deadline = time.monotonic() + seconds
    parts: list[bytes] = []
    try:
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([descriptor], [], [], left)[0]:
                return None
            part = os.read(descriptor, 65536)
            if not part:
                return b"".join(parts)
            parts.append(part)
    finally:
        os.close(descriptor)


if __name__ == "__main__":
    sys.exit(main())
