"""One grading process: takes jobs on standard input, forks for each, writes its reports.

Started by `course`, one per core. It keeps the collected suites and a fork server; a submission is
opened, run and reported in a fork, so that whatever happens there leaves the next one alone.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import signal
import sys
import time
import traceback
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from autograder.core.errors import AutograderError
from autograder.core.files import write_text
from autograder.core.records import Mark, Status, Submission
from autograder.execution.suite import Watch
from autograder.grading.diagnosis.library import Library
from autograder.grading.grader import Grader, not_graded
from autograder.grading.opening import open_grader
from autograder.grading.options import GradingOptions
from autograder.grading.output import write
from autograder.intake import Source, read
from autograder.notebooks.kernel.confinement import KernelError
from autograder.sandbox.fork_server import ForkServer, ForkServerError
from autograder.sandbox.inside.confine import die_with_parent

if TYPE_CHECKING:
    from autograder.notebooks.kernel.warm import Kernels

_SAME = 2  # times something may end in the same way before it is taken as an answer
_MOST_SPOILT = 3  # tests that may end the grading process before the rest is given up
_MARGIN_SECONDS = 60  # for opening and reporting, beside the submission's own limit
_MORE_MEMORY = 4 << 30  # bytes for one submission, beside what this process has already
_SPOILT = "What your code returned ended the process that compares it."
_REST = "Not run, as other tests ended the process that compares what your code returns."


def main() -> int:
    """Serve until standard input closes; answers are one JSON object a line."""
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    options = GradingOptions.from_json(sys.stdin.readline())
    try:
        open_grader(options, lambda grader: _Clerk(grader, answers).serve(sys.stdin))
    except AutograderError as error:
        _say(answers, {"fatal": str(error)})
    except Exception as error:
        detail = traceback.format_exc() if os.environ.get("AUTOGRADER_DEBUG") else ""
        _say(answers, {"fatal": f"{type(error).__name__}: {error}", "detail": detail})
    return 0


def _say(answers: IO[str], answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


class _Clerk:
    def __init__(self, grader: Grader, answers: IO[str]) -> None:
        self._grader = grader
        self._answers = answers
        self._fork_server: ForkServer | None = None
        self._kernels: Kernels | None = None  # a second parent, where notebooks are run
        self._library = Library(())

    def serve(self, jobs: IO[str]) -> None:
        try:
            self._fork_server = self._grader.fork_server()
            self._library = self._grader.library()
            _say(self._answers, {"ready": len(self._grader.tests)})
            while line := jobs.readline():
                _say(self._answers, self._job(json.loads(line)))
        finally:
            self._close()

    def _close(self) -> None:
        """End what forks for submissions; whatever state it is in, nothing of it is used again."""
        for parent in (self._fork_server, self._kernels):
            if parent is not None:
                parent.close()
        self._fork_server = self._kernels = None

    def _open(self) -> None:
        """Start what is not there or has ended."""
        if self._fork_server is None or not self._fork_server.alive():
            self._close()
            self._fork_server = self._grader.fork_server()
        if self._kernels is None or not self._kernels.alive():
            self._kernels = self._grader.kernels()

    def _job(self, job: dict[str, Any]) -> dict[str, Any]:
        """Grade one submission in a fork, with new fork servers where the old ones failed.

        A fork that dies in a test that the reference passes has died of the submission: that
        test is failed, and the others are graded. What remains is our own machinery's.
        """
        endings: Counter[str] = Counter()
        spoilt: dict[str, str] = {}
        while True:
            self._open()
            answer = self._forked(job | {"spoilt": spoilt})
            if "again" not in answer:
                return answer
            self._close()
            reason, test = str(answer["again"]), str(answer.get("test", ""))
            endings[f"{test} {reason}"] += 1
            same = endings[f"{test} {reason}"]
            if test and (spoilt or same == _SAME) and self._is_sound(test):
                spoilt[test] = _SPOILT
                if len(spoilt) == _MOST_SPOILT:
                    spoilt = {one.id: _REST for one in self._grader.tests} | spoilt
            elif same == _SAME:
                return self._give_up(job, f"the grader itself failed {same} times ({reason})")

    def _is_sound(self, test: str) -> bool:
        """Tell whether the reference passes a test, in a fork like a submission's."""
        self._open()
        return self._forked({"test": test}).get("passed") is True

    def _forked(self, job: dict[str, Any]) -> dict[str, Any]:
        """Do a job in a fork; its answer has "again" where it ended without one.

        It also has the "test" that was being run then, if the fork was not even able to say why.
        """
        ours, theirs = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(ours)
            try:
                die_with_parent()
                _limit_memory()
                answer = self._grade(job, theirs) if "out" in job else self._checked(job)
            except ForkServerError as error:
                answer = {"again": str(error)}
            except BaseException as error:
                if os.environ.get("AUTOGRADER_DEBUG"):
                    traceback.print_exc()
                answer = {"again": f"{type(error).__name__}: {error}"}
            with contextlib.suppress(OSError):
                _tell(theirs, answer)
            os._exit(0)
        os.close(theirs)
        seconds = self._longest()
        data, in_time = _read_all(ours, seconds)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        *_, last = [{}, *map(json.loads, data.decode().splitlines())]
        if "running" in last or not last:
            reason = "the grading process was killed" if in_time else f"no end in {seconds:.0f} s"
            return {"again": reason, "test": last.get("running", "")}
        if "again" not in last:
            try:
                if self._fork_server is not None:
                    self._fork_server.reap_all()
                if self._kernels is not None:
                    self._kernels.end_all()
            except (KernelError, ForkServerError):
                self._close()
        return dict(last)

    def _longest(self) -> float:
        """Return the seconds after which a fork is stuck."""
        limits = self._grader.manifest.limits
        training = sum(test.trains for test in self._grader.tests) * limits.training_seconds
        # Twice: failed tests may be repeated with the grader's functions.
        seconds = 2 * (limits.submission_seconds + training) + _MARGIN_SECONDS
        if self._grader.options.executes:
            seconds += 2 * (limits.submission_seconds + 2 * limits.training_seconds)
        # A repeated test finds its trainings in the cache.
        return seconds + limits.verifying_seconds

    def _checked(self, job: dict[str, Any]) -> dict[str, Any]:
        grader = self._grader
        tests = [test for test in grader.tests if test.id == job["test"]]
        outcomes = grader.run(self._running_zygote(), grader.reference_files, tests=tests)
        return {"passed": all(one.status is Status.PASSED for one in outcomes)}

    def _running_zygote(self) -> ForkServer:
        if self._fork_server is None:
            raise ForkServerError("there is no fork server")
        return self._fork_server

    def _grade(self, job: dict[str, Any], heard: int) -> dict[str, Any]:
        grader, fork_server = self._grader, self._running_zygote()
        source = Source.from_json(job["source"])
        found = read(source, expected=job["expected"], times=job["times"])
        if isinstance(found, Submission):
            grade = grader.grade(
                fork_server,
                found,
                self._library,
                _marks(job.get("marks")),
                Watch(job.get("spoilt", {}), lambda test: _tell(heard, {"running": test})),
            )
            executed = grader.executed(found, self._kernels) if self._kernels else None
        else:
            grade, executed = grader.refused(found), None
        out = Path(job["out"])
        if executed is not None:
            (out / grade.submission).mkdir(parents=True, exist_ok=True)
            write_text(out / grade.submission / "notebook.ipynb", executed.decode("utf-8"))
        return write(grade, out, job["fingerprint"], self._library.hints)

    def _give_up(self, job: dict[str, Any], reason: str) -> dict[str, Any]:
        name = Source.from_json(job["source"]).name
        grade = not_graded(self._grader.options, self._grader.manifest, name, reason)
        return write(grade, Path(job["out"]), "")


def _marks(rows: list[list[Any]] | None) -> list[Mark] | None:
    if rows is None:
        return None
    return [
        Mark(item, title, Fraction(most), None if score is None else Fraction(score), comment)
        for item, title, most, score, comment in rows
    ]


def _tell(descriptor: int, answer: dict[str, Any]) -> None:
    line = f"{json.dumps(answer)}\n".encode()
    while line:
        line = line[os.write(descriptor, line) :]


def _limit_memory() -> None:
    """Give this process a limit of its own: what a submission makes it hold is not the class's."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    limit = pages * os.sysconf("SC_PAGE_SIZE") + _MORE_MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _read_all(descriptor: int, seconds: float) -> tuple[bytes, bool]:
    """Read until the end or for `seconds`; return what came, and whether that was all."""
    deadline = time.monotonic() + seconds
    parts: list[bytes] = []
    try:
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([descriptor], [], [], left)[0]:
                return _lines(parts), False
            part = os.read(descriptor, 65536)
            if not part:
                return _lines(parts), True
            parts.append(part)
    finally:
        os.close(descriptor)


def _lines(parts: list[bytes]) -> bytes:
    """Join what was read, without a line that was cut off."""
    whole, end, _ = b"".join(parts).rpartition(b"\n")
    return whole + end


if __name__ == "__main__":
    sys.exit(main())
