"""Judges many answers, one JSON object a line: for authors who try things, and for bulk tests."""

from __future__ import annotations

import contextlib
import json
import signal
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any, TextIO

from autograder.answers.judge import AnswerVerdict, judge
from autograder.answers.questions import Question, load

SECONDS = 2.0  # for one row; an answer takes some milliseconds
_MAX_LINE = 100_000


class _TooSlow(BaseException):
    """A row's time is up."""


def judge_lines(
    lines: Iterable[str], assignments: Mapping[str, Mapping[str, Question]]
) -> Iterator[dict[str, Any]]:
    """Yield {"question", "verdict", "mistake", "message", "ms"} for each line that is not blank.

    A question is named "<assignment>/<name>", or by its origin's id. A row that cannot be used is
    "unreadable". Raises QuestionError where a question itself cannot be judged.
    """
    known = {
        f"{assignment}/{name}": question
        for assignment, questions in assignments.items()
        for name, question in questions.items()
    }
    by_origin: dict[str, list[Question]] = {}
    for question in known.values():
        by_origin.setdefault(question.origin, []).append(question)
    for line in lines:
        if not line.strip():
            continue
        started = time.perf_counter()
        asked, verdict = _row(line, known, by_origin)
        milliseconds = round((time.perf_counter() - started) * 1000, 3)
        yield {
            "question": asked,
            "verdict": verdict.verdict,
            "mistake": verdict.mistake,
            "message": verdict.message,
            "ms": milliseconds,
        }


def run(stdin: TextIO, stdout: TextIO, root: Path) -> int:
    """Judge the rows of `stdin` against the questions of the project at `root`; return 0.

    Raises QuestionError.
    """
    for row in judge_lines(stdin, load_all(root)):
        stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
        stdout.flush()
    return 0


def load_all(root: Path) -> dict[str, dict[str, Question]]:
    """Return the questions of every assignment at `root` that has any; raises QuestionError."""
    return {
        path.parent.name: load(path, root / "tests" / path.parent.name / "key.toml")
        for path in sorted((root / "assignments").glob("*/questions.toml"))
    }


def _row(
    line: str, known: Mapping[str, Question], by_origin: Mapping[str, list[Question]]
) -> tuple[str, AnswerVerdict]:
    if len(line) > _MAX_LINE:
        return "", _unreadable("the row is too long")
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return "", _unreadable("the row is no JSON")
    if not isinstance(row, dict) or not isinstance(row.get("question"), str):
        return "", _unreadable('the row has no "question"')
    asked = row["question"]
    question = known.get(asked)
    if question is None:
        found = by_origin.get(asked, []) if asked else []
        if len(found) != 1:
            said = "there is no such question" if not found else "several questions have this id"
            return asked, _unreadable(said)
        question = found[0]
    if "answer" not in row:
        return asked, _unreadable('the row has no "answer"')
    try:
        with _time_limit(SECONDS):
            return asked, judge(question, row["answer"])
    except _TooSlow:
        return asked, _unreadable("this takes too long to compute; write it more simply")


def _unreadable(message: str) -> AnswerVerdict:
    return AnswerVerdict("unreadable", message=message)


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Raise _TooSlow in the body after `seconds`, where the system has timers for it."""
    if not hasattr(signal, "setitimer") or (
        threading.current_thread() is not threading.main_thread()
    ):
        yield
        return

    def stop(_: int, __: FrameType | None) -> None:
        raise _TooSlow

    previous = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
