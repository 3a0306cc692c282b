"""The judge on the project's own questions: no right answer refused, no wrong one let through."""

from __future__ import annotations

from collections import Counter

import corpus
import pytest

from autograder.answers.judge import judge
from autograder.answers.proof import prove


@pytest.mark.parametrize("name", list(corpus.questions()))
def test_every_question_holds(name: str) -> None:
    """Reference and accepted forms are right; misconceptions are wrong and can be told apart."""
    prove(corpus.questions()[name])


def test_no_right_answer_is_refused_and_no_wrong_one_accepted() -> None:
    """Every row of the corpus gets its verdict, and its mistake where one is named."""
    problems = []
    for row in corpus.rows():
        verdict = judge(row.question, row.answer)
        if verdict.verdict != row.verdict:
            problems.append(f"{row.source}: {row}: {verdict.verdict} ({verdict.message})")
        elif row.mistake is not None and row.mistake not in ("", verdict.mistake):
            problems.append(f"{row.source}: {row}: {verdict.mistake}, not {row.mistake}")
        elif row.mistake is None and verdict.mistake is not None:
            problems.append(f"{row.source}: {row}: names {verdict.mistake}")
    assert not problems, "\n".join(problems)


def test_the_corpus_is_large_and_of_every_kind() -> None:
    """At least 400 rows besides the empty ones, made in five ways."""
    sources = Counter(row.source for row in corpus.rows())
    assert sum(count for source, count in sources.items() if source != "empty") >= 400
    assert set(sources) == {"hand", "key", "misconception", "sympy", "moved", "near", "empty"}


def test_every_observed_mistake_is_recognised() -> None:
    """What real students got wrong is named."""
    starred = [
        (question, one)
        for question in corpus.questions().values()
        for one in question.misconceptions
        if one.star
    ]
    assert starred
    for question, one in starred:
        assert judge(question, one.answer).mistake == one.id


def test_a_hint_never_contains_the_reference() -> None:
    """Whatever is wrong, the message does not give the answer away."""
    for row in corpus.rows():
        reference = row.question.reference.text().replace(" ", "")
        if row.verdict == "wrong" and len(reference) > 5:
            message = judge(row.question, row.answer).message
            assert reference not in message.replace(" ", ""), (row, message)
