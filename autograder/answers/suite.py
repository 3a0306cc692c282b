"""Hidden tests of typed answers: one a question, made from its question and its key.

A test file of two lines is enough:

    from autograder.answers.suite import define_hidden
    define_hidden(globals())
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from studentkit import task
from studentkit.answersheet import answer_of, find_questions
from studentkit.notation import UNANSWERED

from autograder.answers.judge import judge
from autograder.answers.points import prepare
from autograder.answers.questions import Question, QuestionError, load
from autograder.core.failures import RecognisedError, SuiteError


class WrongAnswer(RecognisedError):
    """An answer that is not right; `mistake` and `hint` say what was confused, if known."""


def define_hidden(
    namespace: dict[str, Any],
    questions: str | Path | None = None,
    key: str | Path | None = None,
) -> None:
    """Add `test_<name>` for every question to a test module's `namespace`.

    By default the files belong to the assignment whose `tests/<id>/hidden/` holds the module.
    Raises QuestionError, FileNotFoundError.
    """
    file = Path(namespace["__file__"]).resolve()
    public = Path(questions) if questions is not None else find_questions(file)
    hidden = Path(key) if key is not None else file.parents[1] / "key.toml"
    for question in load(public, hidden).values():
        prepare(question)  # once, before submissions are graded in forks of this process
        test = _test(question)
        test.__module__ = namespace["__name__"]
        namespace[test.__name__] = test


def _test(question: Question) -> Callable[[], None]:
    def test() -> None:
        answer = answer_of(question.name)
        try:
            verdict = judge(question, answer)
        except QuestionError as error:
            raise SuiteError(str(error)) from None
        if verdict.verdict != "correct":
            blank = verdict.message == UNANSWERED
            raise WrongAnswer(verdict.message, verdict.mistake or "", verdict.hint, blank)

    test.__name__ = test.__qualname__ = f"test_{question.name}"
    test.__doc__ = question.text
    declared: Callable[[], None] = task(question.task)(test)
    return declared
