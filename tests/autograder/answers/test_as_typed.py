"""What people type is read as what they mean: nearly all of it, and none as something else."""

from __future__ import annotations

import pytest
from as_typed import RIGHT, WRONG
from corpus import questions
from studentkit.notation import Unreadable, read

from autograder.answers.judge import judge

_QUESTIONS = questions()
_ALL = [
    (where, f"{assignment}/{name}", typed)
    for where, asked in RIGHT.items()
    for (assignment, name), forms in asked.items()
    for typed in forms
]
_ENOUGH = 0.97


def test_at_least_97_of_a_hundred_right_forms_are_read() -> None:
    """Of hundreds; whatever is not read is refused with words, and never taken for wrong."""
    verdicts = {(name, typed): judge(_QUESTIONS[name], typed) for _, name, typed in _ALL}
    assert len(verdicts) > 800
    assert [key for key, verdict in verdicts.items() if verdict.verdict == "wrong"] == []
    unread = [key for key, verdict in verdicts.items() if verdict.verdict == "unreadable"]
    assert len(unread) <= (1 - _ENOUGH) * len(verdicts), unread


@pytest.mark.parametrize(("asked", "forms"), WRONG.items(), ids=lambda one: "")
def test_wrong_answers_stay_wrong(asked: tuple[str, str], forms: list[str]) -> None:
    """However freely they are written."""
    question = _QUESTIONS["/".join(asked)]
    assert [typed for typed in forms if judge(question, typed).verdict == "correct"] == []


def test_a_quotient_in_a_list_is_one_number() -> None:
    """What several answers are made of is not read as several itself."""
    question = _QUESTIONS["mlp_from_scratch/split_sizes"]
    assert judge(question, [48000, "60000/5"]).verdict == "correct"
    assert judge(question, ["60000*4/5", "60000 / 5"]).verdict == "correct"
    assert judge(question, "48000 / 12000").verdict == "correct"


@pytest.mark.parametrize(
    "typed",
    [
        "linspace(0, 1e9999999, 3)",
        "linspace(1e-9999999, 2, 5)",
        "(1.2.3*1000), 4",
        "(...*1000) / 5",
        "W = ((, b = 2",
        "stride=(, padding=1",
    ],
)
@pytest.mark.parametrize(
    "name",
    ["depth_vs_width/dropout_sweep", "mlp_from_scratch/split_sizes", "mlp_from_scratch/and_gate"],
)
def test_what_is_written_anew_stays_small_and_refusable(name: str, typed: str) -> None:
    """An exponent of any size would have been written out, by the side that judges."""
    with pytest.raises(Unreadable):
        read(typed, _QUESTIONS[name].names)


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("image_classifier/conv1_output", "C=6, H=28, W=28", "(6, 28, 28)"),
        ("mlp_from_scratch/split_sizes", "valid: 12000, train: 48000", "(48000, 12000)"),
        ("handmade_networks/vanishing_derivatives", "yes, yes, no", "(1, 1, 0)"),
        ("mlp_from_scratch/relu_slope", "1 if x>0, 0 otherwise", "cases((1, x > 0), 0)"),
    ],
)
def test_what_was_made_of_it_is_said(name: str, typed: str, said: str) -> None:
    """In the student's own run, so that a wrong guess is seen before the deadline."""
    notes = read(typed, _QUESTIONS[name].names).notes
    assert notes[0] == f"`{typed}` is read as {said}"
