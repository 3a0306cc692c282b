"""What Gradescope and a gradebook read."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.core.files import write_text
from autograder.core.records import Grade, Mark, Outcome, Reason, Status
from autograder.reports.grades_csv import GradeLine, grades_csv
from autograder.reports.gradescope import results
from autograder.reports.index import Summary

from . import grades
from .schema import RESULTS

TASKS = [task[0] for task in grades.TASKS]
ALL = [
    grades.usual(),
    grades.perfect(),
    grades.skeleton(),
    grades.not_graded(),
    grades.hostile(),
]


def summary(grade: Grade) -> Summary:
    """Return the class's line as it is read back from a file."""
    return Summary.from_results(json.loads(json.dumps(results(grade))))


def rows(text: str) -> list[list[str]]:
    """Read a CSV as a spreadsheet does."""
    return list(csv.reader(io.StringIO(text)))


def leaking() -> Grade:
    """Return a grade whose hidden tests, by a fault elsewhere, carry what must not be told."""
    tests = tuple(
        dataclasses.replace(one, message=grades.SECRET, reason=Reason.TIME) if one.hidden else one
        for one in grades.outcomes(dict.fromkeys(TASKS, 99))
    )
    return grades.grade("carl", tests)


@pytest.mark.parametrize("grade", ALL, ids=lambda grade: grade.submission[:8])
def test_results_are_valid_for_gradescope(grade: Grade) -> None:
    """Every kind of grade gives a results.json that Gradescope's schema takes."""
    jsonschema.validate(results(grade, grades.HINTS), RESULTS)


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_results_are_valid_whatever_a_student_writes(text: str) -> None:
    """Any text in any place gives valid results that UTF-8 can hold."""
    found = results(grades.hostile(text))
    jsonschema.validate(found, RESULTS)
    json.dumps(found["tests"], ensure_ascii=False).encode("utf-8")


def test_the_total_is_shown_and_is_what_the_tasks_add_up_to() -> None:
    """No entry is hidden, as that would hide the total; the entries add up to the raw score."""
    found = results(grades.usual())
    assert {test["visibility"] for test in found["tests"]} == {"visible"}
    assert found["score"] == 71.8
    total = sum(test["score"] for test in found["tests"])
    assert total == pytest.approx(found["extra_data"]["raw_score"], abs=0.01 * len(TASKS))
    assert "The tests alone gave 79.78" in found["output"]


def test_a_task_says_what_to_look_at_and_how_the_hidden_tests_went() -> None:
    """Failed public tests come with their message, hidden ones with their sentence."""
    relu = next(one for one in results(grades.usual())["tests"] if one["tags"] == ["relu"])
    assert relu["status"] == "failed"
    assert "Public tests: 0 of 2 passed." in relu["output"]
    assert "got 0.4, expected 0.0" in relu["output"]
    assert "Hidden tests: 2 of 4 passed." in relu["output"]


def test_hidden_tests_tell_their_sentence_and_nothing_else() -> None:
    """Not even a message or a reason that slipped into the outcome reaches the student."""
    text = json.dumps(results(leaking()))
    assert "0.26894142" not in text
    assert "out of time" not in text
    assert grades.SENTENCES[0] in text


def test_what_stopped_a_hidden_test_is_told_to_the_staff_alone() -> None:
    """A grader's own error in a hidden test stays out of what Gradescope shows."""
    one = Outcome("hidden/t.py::t", "relu", "A.", Status.ERROR, True, grades.SECRET)
    error = f"the test hidden/t.py::t could not run: {grades.SECRET}"
    found = results(grades.grade("ada", (one,), status="not graded", error=error))
    assert "0.26894142" not in found["output"]
    assert "0.26894142" in found["extra_data"]["error"]


def test_a_hint_of_a_mistake_is_passed_on() -> None:
    """A recognised mistake shows its hint, in a hidden test as well, and is listed once."""
    found = results(grades.usual(), grades.HINTS)
    mistakes = found["extra_data"]["mistakes"]
    assert [one["id"] for one in mistakes] == ["adds_bias_to_weights", "penalises_biases"]
    entry = next(one for one in found["tests"] if one["tags"] == ["regularization"])
    assert f"Hint: {grades.HINTS['penalises_biases']}" in entry["output"]


def test_what_could_not_be_graded_has_no_score_anywhere() -> None:
    """No score, not a zero: neither in total nor for a task."""
    broken = dataclasses.replace(grades.usual(), status="not graded", error="The grader broke.")
    for grade in (grades.not_graded(), broken):
        found = results(grade)
        assert "score" not in found and found["tests"] == []
        assert "not a zero" in found["output"]
        assert found["extra_data"]["outcome"] == "not graded"
        assert {task["score"] for task in found["extra_data"]["tasks"].values()} <= {None}


def test_extra_data_carries_what_other_tools_need() -> None:
    """The assignment, the points by task, the tier, the submission, the outcome."""
    extra = results(grades.perfect())["extra_data"]
    assert extra["assignment"] == "mlp_from_scratch" and extra["submission"] == "ada"
    assert extra["outcome"] == "graded" and extra["tier"].startswith("A: ")
    assert extra["tasks"]["softmax"]["score"] == extra["tasks"]["softmax"]["max_score"] == 8
    assert extra["tasks"]["softmax"]["title"] == "Softmax"
    assert extra["fingerprint"] == "c0ffee" * 10


def test_hidden_tests_that_were_not_run_are_mentioned() -> None:
    """Without hidden tests the score is not final, and the output says so."""
    grade = grades.grade("ada", grades.outcomes(hidden=False), hidden_ran=False)
    assert "not your final score" in results(grade)["output"]


def test_the_same_grade_gives_the_same_bytes_without_any_timing() -> None:
    """Two runs write the same file, and nothing in it is a duration."""
    first, second = (json.dumps(results(grades.usual(), grades.HINTS)) for _ in range(2))
    assert first == second
    assert 'time":' not in first.replace('_time":', 'time":').replace('"time_source', "")


def test_the_csv_has_the_promised_header_and_one_row_each() -> None:
    """The parts of a score, the tasks, status and time; rows in the order given."""
    lines = rows(
        grades_csv(TASKS, [GradeLine(summary(one)) for one in (grades.perfect(), grades.usual())])
    )
    assert lines[0] == [
        *("submission", "score", "max_score", "raw_score", "written", "rules", "adjusted"),
        *TASKS,
        *("status", "submitted_at", "time_source", "exceptions"),
    ]
    assert [line[0] for line in lines[1:]] == ["ada", "carl"]
    assert lines[1][1:7] == ["100", "100", "100", "0", "0", "0"] and lines[1][-4] == "graded"
    assert lines[2][1] == "71.8"


def test_the_columns_of_the_csv_add_up() -> None:
    """The tests, what a person gave and what the rules took make the score."""
    written = (Mark("1", "Why?", Fraction(5), Fraction(3)),)
    grade = dataclasses.replace(grades.usual(), written=written)
    grade = dataclasses.replace(grade, score=grade.score + 3)
    header, row = rows(grades_csv(TASKS, [GradeLine(summary(grade))]))
    found = dict(zip(header, row, strict=True))
    parts = [Decimal(found[part]) for part in ("raw_score", "written", "rules", "adjusted")]
    assert sum(parts) == Decimal(found["score"]) and parts[1] == 3 and parts[2] < 0
    assert sum(Decimal(found[task]) for task in TASKS) == parts[0]


def test_the_csv_leaves_out_scores_that_do_not_exist() -> None:
    """Not graded is an empty field, which no gradebook imports as a zero."""
    broken = dataclasses.replace(grades.usual(), status="not graded", error="The grader broke.")
    for grade in (grades.not_graded(), broken):
        line = rows(grades_csv(TASKS, [GradeLine(summary(grade))]))[1]
        assert line[1] == "" and set(line[3:-4]) == {""} and line[-4] == "not graded"


@given(st.sampled_from("=+-@\t\r\n＝"), st.text(max_size=20), st.sampled_from(["", " ", "\t "]))
def test_a_name_is_never_a_formula(sign: str, rest: str, space: str) -> None:
    """A spreadsheet sees text, whatever a submission is called."""
    grade = dataclasses.replace(grades.not_graded(), submission=space + sign + rest)
    name = rows(grades_csv([], [GradeLine(Summary.from_results(results(grade)))]))[1][0]
    assert name.startswith("'")
    assert "\n" not in name and "\t" not in name


def test_an_ordinary_name_stays_as_it_is() -> None:
    """Dashes and signs inside a name are nobody's formula."""
    name = "o'brien-smith_3=4"
    grade = dataclasses.replace(grades.perfect(), submission=name)
    assert rows(grades_csv([], [GradeLine(summary(grade))]))[1][0] == name


def test_a_summary_is_complete_without_grading_again() -> None:
    """What was written for one submission is all that the class needs."""
    one = summary(grades.usual())
    assert one.score == 71.8 and one.max_score == 100 and one.status == "graded"
    assert one.tasks["relu"] == float(Fraction("2.67"))
    assert one.task_titles["relu"] == "ReLU and its derivative" and one.task_max["relu"] == 8
    assert len(one.verdicts) == 1 and "pandas" in one.verdicts[0]
    assert summary(grades.not_graded()).reason == "It is neither a zip nor a tar."


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    """Nothing but the new content is left beside or in the file."""
    path = tmp_path / "results.json"
    write_text(path, "old" * 1000)
    write_text(path, "né\n")
    assert path.read_bytes() == "né\n".encode()
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    """A text that UTF-8 cannot hold fails, and the earlier content stays."""
    path = tmp_path / "results.json"
    write_text(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "new \ud800")
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_numbers_are_plain_json() -> None:
    """A strict parser reads every file: no NaN, no infinity, no fraction."""

    def refuse(name: str) -> Any:
        raise AssertionError(f"{name} is no JSON")

    for grade in ALL:
        json.loads(json.dumps(results(grade), allow_nan=True), parse_constant=refuse)


def test_unfinished_work_is_one_line() -> None:
    """However many tests wait for a function, and however many of them are hidden."""
    tests = tuple(
        dataclasses.replace(
            one,
            unfinished=True,
            message=""
            if one.hidden
            else f"Your code raised NotImplementedError: _net.{one.task} is yours to write",
        )
        for one in grades.outcomes(dict.fromkeys(TASKS, 99))
    )
    written = results(grades.grade("una", tests))["tests"]
    for entry, task in zip(written, grades.TASKS, strict=False):
        count = task[3] + task[4]
        if count < 2 or not task[3]:
            continue
        first, *rest = entry["output"].splitlines()
        assert first == (
            f"✗ Not written yet: {task[0]}. {count} tests wait for it, {task[4]} of them hidden."
        )
        assert not [line for line in rest if line.startswith(("✗", "✓"))]


def test_one_reason_is_told_once() -> None:
    """Tests that fail alike are listed below the sentence that explains them all."""
    tests = tuple(
        one if one.hidden else dataclasses.replace(one, message="utils.py could not be imported")
        for one in grades.outcomes(dict.fromkeys(TASKS, 99))
    )
    output = results(grades.grade("una", tests))["tests"][0]["output"]
    assert output.count("utils.py could not be imported") == 1
    assert "✗ 2 tests fail for one reason:" in output
