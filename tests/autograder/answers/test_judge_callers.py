"""The judge in a test module, in a notebook, and a line at a time."""

from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import corpus
import pytest
from asked import MATRICES, ask
from studentkit import task_of, title_of, unscored_of
from studentkit.answersheet import define_public, shown

from autograder import answers as judging
from autograder.answers import check
from autograder.answers.jsonl import judge_lines, run
from autograder.answers.questions import QuestionError
from autograder.answers.suite import WrongAnswer, define_hidden
from autograder.core.failures import RecognisedError

PLACE = corpus.ROOT / "tests" / "image_classifier"


@pytest.fixture
def sheet(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """A student's `answers` with the reference in every place."""
    module = ModuleType("answers")
    for question in corpus.questions().values():
        if question.id.startswith(f"{PLACE.name}/"):
            setattr(module, question.name, question.reference.text())
    monkeypatch.setitem(sys.modules, "answers", module)
    yield module


def hidden() -> dict[str, Any]:
    """Return the namespace of a hidden test module."""
    namespace: dict[str, Any] = {
        "__name__": "test_answers",
        "__file__": str(PLACE / "hidden" / "test_answers.py"),
    }
    define_hidden(namespace)
    return {name: thing for name, thing in namespace.items() if name.startswith("test_")}


def test_there_is_one_hidden_test_a_question(sheet: ModuleType) -> None:
    """Named after the constant, titled with the question, in the question's task."""
    tests = hidden()
    questions = [one for one in corpus.questions().values() if one.id.startswith(f"{PLACE.name}/")]
    assert list(tests) == [f"test_{one.name}" for one in questions]
    for question, test in zip(questions, tests.values(), strict=True):
        assert title_of(test) == question.text
        assert task_of(test) == question.task
        test()


def test_a_wrong_answer_fails_with_its_mistake(sheet: ModuleType) -> None:
    """What was confused travels with the exception, as a value of the grader's own."""
    sheet.gradient_of_x_x = "x"
    with pytest.raises(WrongAnswer) as caught:
        hidden()["test_gradient_of_x_x"]()
    assert isinstance(caught.value, RecognisedError)
    assert caught.value.mistake == "square_without_factor"
    assert caught.value.hint == str(caught.value)
    sheet.gradient_of_x_x = ""
    with pytest.raises(WrongAnswer, match="not answered"):
        hidden()["test_gradient_of_x_x"]()


def test_the_public_test_shows_the_reading_and_no_verdict(
    sheet: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    """It passes for a wrong answer too, fails for an unreadable one, and prints nothing."""
    namespace: dict[str, Any] = {"__name__": "t", "__file__": str(PLACE / "public" / "t.py")}
    define_public(namespace)
    tests = [thing for name, thing in namespace.items() if name.startswith("test_")]
    assert len(tests) == 30 and all(map(unscored_of, tests))
    sheet.gradient_of_x_x = "x"
    for test in tests:
        test()
    sheet.gradient_of_x_x = "2*q"
    with pytest.raises(AssertionError, match="`q` is not a name of this question"):
        namespace["test_gradient_of_x_x"]()
    assert capsys.readouterr().out == ""


def test_a_reading_is_shown_in_full_with_its_shape() -> None:
    """Canonical text, then what it is."""
    names = ask("2*x", **MATRICES).names
    assert shown("2x", names).startswith("2*x   (a column (3, 1))")
    assert shown("x^T A y", names).startswith("x.T*A*y   (one number)")


def test_a_cell_shows_the_reading_and_the_verdict() -> None:
    """`check` judges as the tests do, and draws itself."""
    right = check("image_classifier", "gradient_of_x_x", "2x", corpus.ROOT)
    assert right.verdict == "correct" and "<math" in right._repr_html_()
    wrong = check("image_classifier", "gradient_of_x_x", "<b>", corpus.ROOT)
    assert wrong.verdict == "unreadable" and "<b>" not in wrong._repr_html_()
    assert judging.check("image_classifier", "loss", "yhat", corpus.ROOT).verdict == "wrong"
    with pytest.raises(QuestionError, match="no question lost"):
        check("image_classifier", "lost", "1", corpus.ROOT)


def test_lines_are_judged_one_by_one() -> None:
    """By name or by origin; the reply says verdict, mistake, message and time."""
    rows = [
        {"question": "image_classifier/gradient_of_x_x", "answer": "2*x"},
        {"question": "p4.1.1a", "answer": "x"},
        {"question": "p4.3.2ii", "answer": [1, 2]},
        {"question": "p4.arch.total", "answer": None},
    ]
    out = io.StringIO()
    assert run(io.StringIO("\n\n".join(map(json.dumps, rows))), out, corpus.ROOT) == 0
    made = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [row["verdict"] for row in made] == ["correct", "wrong", "correct", "unreadable"]
    assert [row["mistake"] for row in made] == [None, "square_without_factor", None, None]
    assert all(set(row) == {"question", "verdict", "mistake", "message", "ms"} for row in made)


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "1",
        '"x"',
        "{}",
        '{"question": 3, "answer": "1"}',
        '{"question": "no/such", "answer": "1"}',
        '{"question": "", "answer": "1"}',
        '{"question": "p4.1.1a"}',
        '{"question": "p4.1.1a", "answer": NaN}',
        '{"question": "p4.1.1a", "answer": {"a": {"b": [[]]}}}',
        '{"question": "p4.1.1a", "answer": "\\ud800"}',
        '{"question": "p4.1.1a", "answer": "\\u0000"}',
        "[" * 100_000,
        '{"question": "p4.1.1a", "answer": ' + "[" * 400 + "]" * 400 + "}",
        '{"question": "p4.1.1a", "answer": ' + "9" * 5000 + "}",
    ],
)
def test_a_line_that_cannot_be_used_is_unreadable(line: str) -> None:
    """Never an exception, whatever the line holds."""
    (row,) = judge_lines([line], corpus_assignments())
    assert row["verdict"] == "unreadable" and row["message"]


def corpus_assignments() -> dict[str, Any]:
    """Return the project's questions by assignment."""
    from autograder.answers.jsonl import load_all

    return load_all(corpus.ROOT)


def test_a_slow_row_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time of a row is limited, whatever the judge does."""
    from autograder.answers import jsonl

    monkeypatch.setattr(jsonl, "SECONDS", 0.1)
    monkeypatch.setattr(jsonl, "judge", lambda *_: time.sleep(5))
    started = time.process_time()
    (row,) = judge_lines(['{"question": "p4.1.1a", "answer": "x"}'], corpus_assignments())
    assert row["verdict"] == "unreadable" and time.process_time() - started < 2


def test_nothing_of_the_key_is_in_the_public_files() -> None:
    """Hints and misconceptions stay with the grader."""
    for path in (corpus.ROOT / "assignments").glob("*/questions.toml"):
        text = Path(path).read_text()
        for question in corpus.questions().values():
            assert not any(one.hint in text for one in question.misconceptions)


def test_the_hidden_part_of_a_notebooks_check_names_the_wrong_answer() -> None:
    """One of several is wrong; how stays out of it."""
    right = {one.name: one.reference.text() for one in load_right()}
    judging.assert_correct(PLACE.name, right)
    with pytest.raises(AssertionError) as caught:
        judging.assert_correct(PLACE.name, {**right, "total_parameters": 17})
    assert str(caught.value) == "total_parameters is not correct"


def load_right() -> list[judging.Question]:
    """Return the questions about the network's sizes."""
    questions = corpus.questions().values()
    return [one for one in questions if one.task == "architecture" and PLACE.name in one.id]
