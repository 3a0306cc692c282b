"""Decides whether a typed answer is right: exactly, or to 30 digits at secret points."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from studentkit.answersheet import plain, spoken
from studentkit.notation import Reading, Unreadable, read_value
from studentkit.notation.tree import Tuple

from autograder.answers.designs import FormError, Predicate, decide
from autograder.answers.evaluate import Budget, OverweightError, Value, is_finite
from autograder.answers.misconceptions import Found, diagnose, diagnose_design
from autograder.answers.points import Prepared, prepare
from autograder.answers.questions import Question, QuestionError

_SAYS_SHAPE = re.compile(
    r"\b(column|row|matrix|vector|scalar|shape|number)\b|\(\s*\w+\s*,\s*\w+\s*\)", re.IGNORECASE
)


@dataclass(frozen=True)
class AnswerVerdict:
    """What was decided about one answer; `message` is for whoever typed it."""

    verdict: Literal["correct", "wrong", "unreadable"]
    mistake: str | None = None  # id of what was confused, where it was recognised
    hint: str = ""  # never gives the answer away
    message: str = ""


CORRECT = AnswerVerdict("correct", message="correct")


def judge(question: Question, answer: Any) -> AnswerVerdict:
    """Return the verdict on a student's `answer`: text, a number, a list, an array or a dict.

    Raises QuestionError where the question itself cannot be judged.
    """
    try:
        reading = reading_of(question, answer)
    except Unreadable as error:
        return AnswerVerdict("unreadable", message=str(error))
    return judge_reading(question, reading)


def reading_of(question: Question, answer: Any) -> Reading:
    """Return how `answer` is read; raises Unreadable."""
    answer = plain(answer)
    if question.predicate and question.predicate.respell:
        answer = question.predicate.respell(answer)
    return read_value(answer, question.names)


def judge_reading(question: Question, reading: Reading) -> AnswerVerdict:
    """Return the verdict on an answer that has been read; raises QuestionError."""
    try:
        if question.predicate is not None:
            return _judge_design(question, question.predicate, reading)
        prepared = prepare(question)
        values = prepared.values(reading.tree, Budget())
        if is_right(prepared, reading, values):
            return CORRECT
        found = diagnose(prepared, reading, values)
    except OverweightError as error:
        return AnswerVerdict("unreadable", message=str(error))
    return _wrong(found, _sentence(question, reading, values))


def is_right(prepared: Prepared, reading: Reading, values: list[Value]) -> bool:
    """Tell whether an answer has the reference's shape, and its value in every case."""
    question = prepared.question
    if all(prepared.agreement(reading.tree, values, prepared.reference)):
        return True
    return any(
        all(prepared.agreement(reading.tree, values, prepared.known(form)))
        for form in question.accept
    )


def _judge_design(question: Question, predicate: Predicate, reading: Reading) -> AnswerVerdict:
    try:
        finding = decide(predicate, reading, question.parameters)
    except FormError as error:
        form = f"; the form is {question.form}" if question.form else ""
        return AnswerVerdict("unreadable", message=f"{error}{form}")
    except OverweightError:
        raise
    except Exception as error:
        said = f"its predicate ends in {type(error).__name__}: {error}"
        raise QuestionError(f"{question.id}: {said}; mend it in designs.py") from error
    if finding.holds:
        return CORRECT
    found = diagnose_design(question, predicate, reading) or Found(finding.mistake, finding.hint)
    return _wrong(found if found.mistake else None, "The design does not do what is asked.")


def _wrong(found: Found | None, sentence: str) -> AnswerVerdict:
    if found is None:
        return AnswerVerdict("wrong", message=sentence)
    return AnswerVerdict("wrong", found.mistake, found.hint, found.hint or sentence)


def _sentence(question: Question, reading: Reading, values: list[Value]) -> str:
    if question.kind in ("expression", "number") and reading.shape != question.reference.shape:
        read_as = f"Your answer is read as {spoken(reading.shape)}"
        if question.kind == "number" or not _SAYS_SHAPE.search(question.convention):
            return f"{read_as}, which is not of the kind that is asked for."
        return f"{read_as}. The convention: {question.convention}."
    if question.kind == "tuple" and not isinstance(reading.tree, Tuple):
        form = f" The form: {question.form}." if question.form else ""
        return f"Several numbers are asked for.{form}"
    if not all(map(is_finite, values)):
        return "Your answer has no real, finite value for some of the inputs that are allowed."
    return "This is not the answer."
