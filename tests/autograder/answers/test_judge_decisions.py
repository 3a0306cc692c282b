"""What the judge takes for right, and what it never does."""

from __future__ import annotations

import time
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from asked import MATRICES, NETWORK, SCALARS, ask

from autograder.answers.judge import judge
from autograder.answers.points import prepare
from autograder.answers.questions import QuestionError

COLUMN = ask("2*x", **MATRICES)
SCALAR = ask("x.T*A*y", **MATRICES)
TABLE = ask("[[1,1/2],[1/2,1/9]]", "tuple")
NUMBER = ask("1/9", "number")


@pytest.mark.parametrize(
    "answer",
    [
        float("nan"),
        float("inf"),
        "nan",
        "oo",
        [],
        (),
        "[]",
        "()",
        np.array([]),
        np.array([np.nan]),
        np.array(["1"]),
        np.zeros((3, 0)),
        None,
        "",
        True,
        1 + 2j,
        {},
        {"x": []},
        object(),
        b"2*x",
        [[[[[[[[[[1]]]]]]]]]],
        [1] * 5000,
        "1e999999",
        "9**9**9**9",
        10**400,
    ],
)
@pytest.mark.parametrize("question", [COLUMN, SCALAR, TABLE, NUMBER], ids=lambda one: one.kind)
def test_what_is_no_number_is_never_right(question: Any, answer: Any) -> None:
    """NaN, infinity, emptiness, truth values and strange objects are not judged."""
    started = time.process_time()
    assert judge(question, answer).verdict != "correct"
    assert time.process_time() - started < 0.2


@pytest.mark.parametrize(
    "answer",
    ["2*x.T", "2*x[0]", "2", "2*sum(x)", "2*x*ones(4).T", "[2*x[0], 2*x[1]]", "2*A", "0/0*x + 2*x"],
)
def test_the_shape_is_part_of_the_answer(answer: str) -> None:
    """A row for a column, a number for a vector, a matrix that repeats it: all wrong."""
    assert judge(COLUMN, answer).verdict in ("wrong", "unreadable")


@pytest.mark.parametrize(
    "answer",
    ["x.T*A*y/0", "x.T*A*y + 0*log(-1)", "x.T*A*y*sqrt(-1)^4", "x.T*A*y + log(0)", "exp(exp(99))"],
)
def test_what_is_not_real_or_finite_is_wrong(answer: str) -> None:
    """A value that does not exist is not made right by what it is multiplied with."""
    assert judge(SCALAR, answer).verdict in ("wrong", "unreadable")


def test_a_branch_that_cannot_apply_is_not_looked_at() -> None:
    """log(x) where x > 0 is fine beside 0 elsewhere."""
    question = ask("cases((log(x), x > 0), (0, x <= 0))", vars={"x": "real"})
    assert judge(question, "log(x) if x > 0 else 0").verdict == "correct"
    assert judge(question, "log(relu(x) + Heaviside(-x))").verdict == "correct"
    assert judge(question, "log(x)").verdict == "wrong"


def test_numbers_are_exact_unless_a_tolerance_is_declared() -> None:
    """1/9 may be typed with all digits of a double, and not with fewer."""
    right: list[Any] = ["1/9", 1 / 9, Fraction(1, 9), np.float64(1 / 9), "0.1111111111111111"]
    wrong: list[Any] = ["0.111", 0.1111, "0.11111111111111", 1 / 9 + 1e-15, [0, 1 / 9]]
    wrong.append("1/9 + 1e-30")
    assert {judge(NUMBER, answer).verdict for answer in right} == {"correct"}
    assert "correct" not in {judge(NUMBER, answer).verdict for answer in wrong}
    loose = ask("1/9", "number", key={"rtol": "1e-3"})
    assert judge(loose, 0.1111).verdict == "correct"
    assert judge(loose, 0.1113).verdict == "wrong"
    assert judge(loose, -1 / 9).verdict == "wrong"


def test_a_tuple_is_as_nested_as_it_is_asked_for() -> None:
    """Arrays, lists and text are the same; flat, short or repeated ones are not."""
    rows = [[1, 0.5], [0.5, 1 / 9]]
    for answer in (rows, np.array(rows), "((1, 1/2), (1/2, 1/9))", tuple(map(tuple, rows))):
        assert judge(TABLE, answer).verdict == "correct"
    for answer in ([1, 0.5, 0.5, 1 / 9], rows[:1], [rows], [[1], [0.5]], 1, [rows, rows]):
        assert judge(TABLE, answer).verdict != "correct"


def test_an_abstract_activation_has_no_identities() -> None:
    """σ′ is not h(1 − h) where the question leaves σ open, and is where it does not."""
    defs = {"z": "W*x", "h": "sigma(z)"}
    left_open = ask("hadamard(r, sigma_prime(z))", key={"defs": defs}, **NETWORK)
    assert judge(left_open, "r ∘ sigma'(W*x)").verdict == "correct"
    for wrong in (
        "r ∘ h ∘ (1-h)",
        "r ∘ sigma_prime(h)",
        "r ∘ sigmoid(z) ∘ (1-sigmoid(z))",
        "r ∘ h",
    ):
        assert judge(left_open, wrong).verdict == "wrong"
    logistic = ask("hadamard(r, sigma_prime(z))", key={"defs": defs}, sigma="logistic", **NETWORK)
    assert judge(logistic, "r ∘ h ∘ (1-h)").verdict == "correct"


def test_every_case_has_to_hold() -> None:
    """Right for y = 1 only is wrong, and says so."""
    question = ask(
        "y*u + (1-y)*(1-u)",
        vars={"u": "unit"},
        names={"y": "scalar"},
        key={"enum": [{"y": 0}, {"y": 1}]},
    )
    assert judge(question, "1 - abs(y - u)").verdict == "correct"
    verdict = judge(question, "u")
    assert (verdict.verdict, verdict.mistake) == ("wrong", "general.only_y_1")
    assert judge(question, "1/(2-y) - 1/2 + u").verdict == "wrong"


def test_both_sides_of_zero_are_asked() -> None:
    """|x| is not x, and x is not relu(x)."""
    assert judge(ask("x", vars={"x": "real"}), "abs(x)").mistake == "general.only_positive"
    assert judge(ask("relu(x)", vars={"x": "real"}), "x").verdict == "wrong"
    both = ask("x*y", vars={"x": "real", "y": "real"})
    for wrong in ("abs(x*y)", "abs(x)*y", "x*abs(y)", "-abs(x)*y"):
        assert judge(both, wrong).verdict == "wrong"


@pytest.mark.parametrize(
    ("reference", "answer", "mistake"),
    [
        ("A*S", "(A*S).T", "general.transpose"),
        ("A*S", "-A*S", "general.sign"),
        ("A*S", "A*S/7", "general.constant_factor"),
        ("A*S + 3*A", "A*S", "general.missing_term"),
        ("A*S + 3*A", "A*S - 3*A", "general.sign_of_a_term"),
        ("A*S", "A*S.T", None),
    ],
)
def test_general_mistakes_are_named(reference: str, answer: str, mistake: str | None) -> None:
    """Layout, sign, factor and a lost term, in any question."""
    verdict = judge(ask(reference, **MATRICES), answer)
    assert (verdict.verdict, verdict.mistake) == ("wrong", mistake)


def test_the_message_states_shapes_only_as_the_convention_does() -> None:
    """Where the convention says nothing of a shape, neither does the judge."""
    silent = judge(COLUMN, "x.T*A")
    assert "(1, 4)" in silent.message and "(3, 1)" not in silent.message
    stated = judge(ask("2*x", **{**MATRICES, "convention": "a column (m, 1)"}), "x.T*A")
    assert "a column (m, 1)" in stated.message


def test_too_few_points_are_the_author_s_error() -> None:
    """A reference without values is never "correct"."""
    question = ask("log(-p)", **SCALARS)
    with pytest.raises(QuestionError, match="0 of 4 points"):
        judge(question, "log(-p)")


def test_verdicts_do_not_depend_on_the_run() -> None:
    """The points come from the key, and sizes of a question are all different."""
    again = ask("2*x", **MATRICES)
    assert prepare(again).points == prepare(COLUMN).points
    assert prepare(again).points[0] != prepare(again).points[1]


@pytest.mark.parametrize(
    "answer",
    [
        "sum(sum(sum(exp(A[i,j]*S[j,k]), i), j), k)",
        "+".join(["exp(x.T*A*y)"] * 60),
        "exp(exp(exp(exp(x.T*A*y))))",
        "(x.T*A*y)^1000",
        "((((x.T*A*y)^1000)^1000)^1000)^1000",
        "sin(exp(exp(x.T*A*y)))",
        "tanh(10^90*x.T*A*y)",
        "floor(exp(400*x.T*A*y))",
        "2^(2^(2^(2^(x.T*A*y))))",
    ],
)
def test_heavy_answers_end_soon(answer: str) -> None:
    """Nothing that can be typed takes long, or becomes right by being large."""
    started = time.process_time()
    assert judge(SCALAR, answer).verdict != "correct"
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("question", "answer", "wanted"),
    [
        (NUMBER, "0.11", "give it exactly, as a fraction"),
        (NUMBER, 0.1111, "give it exactly"),
        (NUMBER, "0.12", ""),
        (NUMBER, "0.1", ""),
        (NUMBER, "1/10", ""),
        (NUMBER, "11.1e-2", "rounded too far"),
        (ask("-20000/3", "number"), "-6.67e3", "rounded too far"),
        (ask("-20000/3", "number"), "-6666", "rounded too far"),
        (ask("-20000/3", "number"), "6666", ""),
        (ask("62006", "number"), "62000", ""),
        (ask("62006", "number"), "62006.4", ""),
        (
            ask("0.0029*exp(-1)", "number", key={"rtol": "1/1000"}),
            "0.0011",
            "with 4 digits or more",
        ),
        (ask("0.0029*exp(-1)", "number", key={"rtol": "1/1000"}), "0.0012", ""),
        (ask("(1/3, 2/3, 1)", "tuple"), "(0.33, 2/3, 1)", "numbers are right as far"),
        (ask("(1/3, 2/3, 1)", "tuple"), "(0.33, 2/3, 2)", ""),
        (ask("(1/3, 2/3, 1)", "tuple"), "(0.33, 0.66)", ""),
        (TABLE, "[[1,1/2],[1/2,0.11]]", ""),
    ],
)
def test_a_number_that_was_rounded_too_far_is_told_so(
    question: Any, answer: Any, wanted: str
) -> None:
    """Right in every digit it has, and too few of them; never where a digit is wrong."""
    verdict = judge(question, answer)
    assert verdict.verdict == "wrong"
    assert (verdict.mistake == "general.rounded") == bool(wanted), verdict
    assert wanted in verdict.message
