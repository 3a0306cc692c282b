"""Judges typed mathematics. In a notebook: `check("image_classifier", "loss", "-log(p)")`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from studentkit.notation import Unreadable

from autograder.answers.judge import AnswerVerdict, judge, judge_reading, reading_of
from autograder.answers.questions import Question, QuestionError, load
from autograder.core.layout import LayoutError, find_root

__all__ = [
    "AnswerVerdict",
    "Checked",
    "Question",
    "QuestionError",
    "assert_correct",
    "check",
    "judge",
    "load",
]


@dataclass(frozen=True)
class Checked(AnswerVerdict):
    """A verdict that a notebook shows with the answer as it was read."""

    mathml: str = ""

    def _repr_html_(self) -> str:
        reading = f"<p>{self.mathml}</p>" if self.mathml else ""
        message = "" if self.verdict == "correct" else f": {escape(self.message)}"
        return f"<div>{reading}<p><strong>{escape(self.verdict)}</strong>{message}</p></div>"


def check(assignment: str, name: str, answer: Any, root: Path | None = None) -> Checked:
    """Judge one answer; `root` is the project's folder, by default the one around this place.

    Raises QuestionError for a question that is not there.
    """
    if root is None:
        try:
            root = find_root()
        except LayoutError:
            root = Path(__file__).resolve().parents[2]
    questions = _questions(root, assignment)
    if name not in questions:
        raise QuestionError(f"{assignment} has no question {name}; it has {', '.join(questions)}")
    question = questions[name]
    try:
        reading = reading_of(question, answer)
    except Unreadable as error:
        return Checked("unreadable", message=str(error))
    verdict = judge_reading(question, reading)
    return Checked(
        verdict.verdict, verdict.mistake, verdict.hint, verdict.message, reading.mathml()
    )


def assert_correct(assignment: str, answers: Mapping[str, Any]) -> None:
    """Raise AssertionError, which names the first wrong one, unless all `answers` are correct.

    The hidden part of a notebook's check; how an answer is wrong stays out. Raises QuestionError.
    """
    for name, answer in answers.items():
        assert check(assignment, name, answer).verdict == "correct", f"{name} is not correct"


@lru_cache(maxsize=16)
def _questions(root: Path, assignment: str) -> dict[str, Question]:
    return load(
        root / "assignments" / assignment / "questions.toml",
        root / "tests" / assignment / "key.toml",
    )
