"""The reference's `answers.py` with known misconceptions in it, one for each question at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autograder.answers.questions import Question

FILE = "answers.py"


@dataclass(frozen=True)
class AnswerVariant:
    """One file of wrong answers."""

    name: str
    source: bytes
    mistakes: dict[str, str]  # question -> id of the misconception that must be recognised


def variants(questions: Mapping[str, Question], reference: bytes) -> list[AnswerVariant]:
    """Return as many variants as the question with most misconceptions needs."""
    found = []
    most = max((len(question.misconceptions) for question in questions.values()), default=0)
    for number in range(most):
        chosen = {
            name: question.misconceptions[number]
            for name, question in questions.items()
            if number < len(question.misconceptions)
        }
        lines = [f"{name} = {one.answer!r}" for name, one in chosen.items()]
        source = reference + ("\n\n" + "\n".join(lines) + "\n").encode()
        ids = {name: one.id for name, one in chosen.items()}
        found.append(AnswerVariant(f"misconceptions {number + 1}", source, ids))
    return found
