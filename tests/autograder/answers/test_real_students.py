"""Two real students' answers, judged one by one and graded whole."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from corpus import ROOT
from real_students import ASSIGNMENTS, ELSEWHERE, RESPELLED, WRITTEN, Row

from autograder.answers import Question, judge, load

ROWS = [
    *((student, name, row) for student in WRITTEN for name, row in WRITTEN[student].items()),
    *((student, name, row) for student in ELSEWHERE for name, row in ELSEWHERE[student].items()),
    *RESPELLED,
]


@cache
def questions(assignment: str) -> dict[str, Question]:
    """Return an assignment's questions with their key."""
    return load(
        ROOT / "assignments" / assignment / "questions.toml",
        ROOT / "tests" / assignment / "key.toml",
    )


@pytest.mark.parametrize(("student", "name", "row"), ROWS)
def test_each_answer_is_judged_as_a_person_would(student: str, name: str, row: Row) -> None:
    """The verdict is right, and what was confused goes by its own id."""
    found = judge(questions(ASSIGNMENTS[student])[name], row.answer)
    assert (found.verdict, found.mistake) == (row.verdict, row.mistake), found.message


@pytest.mark.parametrize("student", WRITTEN)
def test_every_starred_mistake_of_their_assignments_is_theirs(student: str) -> None:
    """A star says that a student was seen to make the mistake; here is who made it."""
    starred = {
        one.id
        for question in questions(ASSIGNMENTS[student]).values()
        for one in question.misconceptions
        if one.star
    }
    made = {row.mistake for who, _, row in ROWS if who == student}
    # the picture taken for a coloured one comes from no answer of these two
    assert starred - made <= {"grey_taken_for_colour"}


def filled_in(student: str, rows: dict[str, Row], folder: Path) -> Path:
    """Write a submission: the skeleton, with a constant filled for every row."""
    skeleton = ROOT / "student_skeleton" / ASSIGNMENTS[student]
    folder.mkdir()
    text = (skeleton / "answers.py").read_text(encoding="utf-8")
    for name, row in rows.items():
        answer = f"{name} = {row.answer!r}"
        parts = re.split(rf'^{name} = ""$', text, flags=re.MULTILINE)
        assert len(parts) == 2, name
        text = answer.join(parts)
    (folder / "answers.py").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("student", WRITTEN)
@pytest.mark.parametrize("overlaid", [False, True])
def test_a_whole_submission_is_graded(tmp_path: Path, student: str, overlaid: bool) -> None:
    """Exactly the mistakes that were made are in the results, and right answers have passed."""
    rows = {**WRITTEN[student], **(ELSEWHERE[student] if overlaid else {})}
    folder = filled_in(student, rows, tmp_path / student)
    command = [sys.executable, "-m", "autograder", "grade", ASSIGNMENTS[student], str(folder)]
    command += ["-o", str(tmp_path / "out"), "--no-training", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    [path] = (tmp_path / "out").glob("**/results.json")
    results = json.loads(path.read_text(encoding="utf-8"))
    assert results["extra_data"]["outcome"] == "graded", done.stderr
    passed = sum(task["passed"] for task in results["extra_data"]["tasks"].values())
    assert passed == sum(row.verdict == "correct" for row in rows.values())
    named = sorted(one["id"] for one in results["extra_data"]["mistakes"])
    assert named == sorted(row.mistake for row in rows.values() if row.mistake)
