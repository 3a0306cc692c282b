"""Outcomes become points, and points obey the rules of the handout."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.core import scoring
from autograder.core.manifest import (
    Lateness,
    LateStep,
    Limits,
    Manifest,
    ManifestError,
    Policy,
    Rule,
    Task,
    changed,
    load,
)
from autograder.core.records import Action, Outcome, PolicyFinding, Printed, Status, TaskScore

DUE = datetime(2026, 1, 29, 13, 0, tzinfo=UTC)
NAME, WHERE = "models.two_layer_nn.TwoLayerNet.forward", "models/two_layer_nn.py:41"


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    """An assignment of three tasks, 10 + 4.5 + 1 points."""
    path = tmp_path / "assignment.toml"
    path.write_text(
        'title = "Tiny"\n'
        + "".join(
            f'[[tasks]]\nid = "{name}"\ntitle = "{name.title()}"\npoints = {points}\n'
            for name, points in [("relu", 10), ("softmax", 4.5), ("essay", 1)]
        )
    )
    return load(path)


def outcome(task: str, status: Status = Status.PASSED, hidden: bool = False) -> Outcome:
    """Return one test's result."""
    return Outcome(f"test_{task}.py::test", task, "A secret sentence.", status, hidden)


def printing(hidden: bool, name: str = NAME, where: str = WHERE, text: str = "hi\n") -> Outcome:
    """Return a test during which `name` printed."""
    printed = (Printed(text, name, where),)
    return dataclasses.replace(outcome("relu", hidden=hidden), printed=printed)


def whole(raw: Fraction | int) -> list[TaskScore]:
    """Return an assignment of one task that earned `raw` points."""
    return [TaskScore("relu", "ReLU", Fraction(raw), Fraction(100))]


def printing_rule(action: Action = Action.ZERO, *allow: str, percent: int = 0) -> Policy:
    """Return the policy that only has this rule on printing."""
    return Policy(printing=Rule(action, Fraction(percent), allow))


def test_a_test_that_was_helped_counts_the_declared_share(manifest: Manifest) -> None:
    """A test that passed with the grader's functions earns what the manifest says for it."""
    tasks = tuple(dataclasses.replace(task, carried=Fraction(30)) for task in manifest.tasks)
    helped = dataclasses.replace(outcome("relu"), carried=("softmax",))
    made = dataclasses.replace(manifest, tasks=tasks)
    scores = scoring.task_scores(made, [helped, outcome("relu"), outcome("softmax")])
    assert scores[0].score == Fraction(10) * Fraction(130, 100) / 2
    assert scores[0].passed == 2


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('needs = ["a"]', "needs itself"),
        ('needs = ["b"]', "needs 'b', which is no task"),
        ("carried = 101", "must lie between"),
        ('[policy.printing]\nspares = ["b_*"]', r"'printing.spares' matches no task: 'b_\*'"),
    ],
)
def test_what_a_task_builds_on_is_checked(tmp_path: Path, line: str, problem: str) -> None:
    """Circles, unknown tasks and impossible shares are refused with one line."""
    path = tmp_path / "assignment.toml"
    path.write_text(f'title = "T"\n[[tasks]]\nid = "a"\ntitle = "A"\npoints = 1\n{line}\n')
    with pytest.raises(ManifestError, match=problem):
        load(path)


def test_a_task_earns_the_share_of_its_tests(manifest: Manifest) -> None:
    """A task's score is its points times the exact share of its own tests that passed."""
    failed = outcome("relu", Status.FAILED)
    tests = [outcome("relu"), failed, outcome("relu", hidden=True), outcome("softmax"), failed]
    scores = {task.id: task for task in scoring.task_scores(manifest, tests)}
    assert scores["relu"].score == Fraction(10) * 2 / 4
    assert (scores["relu"].passed, scores["relu"].total) == (2, 4)
    assert scores["softmax"].score == Fraction(9, 2)


def test_a_task_without_tests_has_nothing_of_its_points(manifest: Manifest) -> None:
    """Where no test of a task ran, it has 0 of its points and a total of 0."""
    essay = scoring.task_scores(manifest, [outcome("relu")])[2]
    assert (essay.score, essay.max_score, essay.passed, essay.total) == (0, 1, 0, 0)


@given(st.lists(st.sampled_from(["relu", "softmax"]), max_size=9), st.data())
def test_more_tests_never_change_a_total(tasks: list[str], data: st.DataObject) -> None:
    """Whatever tests there are, each task lies between 0 and its points."""
    named = (Task("relu", "R", Fraction(7)), Task("softmax", "S", Fraction(3)))
    made = Manifest("a", "A", named, Policy(), Limits(), (), (), "", (), ())
    states = [data.draw(st.sampled_from([Status.PASSED, Status.FAILED])) for _ in tasks]
    pairs = zip(tasks, states, strict=True)
    scores = scoring.task_scores(made, [outcome(task, state) for task, state in pairs])
    assert [task.max_score for task in scores] == [7, 3]
    assert all(0 <= task.score <= task.max_score for task in scores)


def test_a_test_that_could_not_run_is_noticed() -> None:
    """One error among many passes means: could not be graded."""
    assert scoring.has_errors([outcome("relu"), outcome("relu", Status.ERROR)])
    assert not scoring.has_errors([outcome("relu"), outcome("relu", Status.FAILED)])


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Fraction(0), "0"),
        (Fraction(100), "100"),
        (Fraction(20, 3), "6.67"),
        (Fraction(1005, 1000), "1.01"),  # a float would say 1.00
        (Fraction(5, 2), "2.5"),
        (Fraction(1, 200) - Fraction(1, 10**40), "0"),  # more digits than a decimal keeps
    ],
)
def test_points_are_rounded_half_up_exactly(value: Fraction, written: str) -> None:
    """Two decimals, halves rounded up, no zeros behind."""
    assert scoring.points(value) == written


@given(st.integers(0, 10**9))
def test_points_agree_with_decimal_arithmetic(mills: int) -> None:
    """For every thousandth the rounding is that of the decimal module."""
    exact = (Decimal(mills) / 1000).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert Decimal(scoring.points(Fraction(mills, 1000))) == exact


def test_printing_names_function_and_line() -> None:
    """A function that prints is named once with its line, however often it printed."""
    tests = [printing(False), printing(False), printing(True)]
    (verdict,) = scoring.judge_printing(printing_rule(), tests)
    assert verdict.action is Action.ZERO
    assert NAME in verdict.sentence and WHERE in verdict.sentence
    assert verdict.where == WHERE


@pytest.mark.parametrize("allow", [NAME, "models.*", "*.forward"])
def test_allowed_functions_may_print(allow: str) -> None:
    """A pattern over the dotted name excuses a function."""
    assert scoring.judge_printing(printing_rule(Action.ZERO, allow), [printing(False)]) == []


def test_blank_output_is_no_printing() -> None:
    """Spaces and line ends alone, as some libraries write, cost nothing."""
    assert scoring.judge_printing(printing_rule(), [printing(False, text=" \n")]) == []


def test_only_the_first_printing_function_is_charged() -> None:
    """Three functions that print are three verdicts, and the percentage is taken once."""
    tests = [printing(False, f"utils.f{number}", "utils.py:3") for number in range(3)]
    verdicts = scoring.judge_printing(printing_rule(Action.DEDUCT, percent=20), tests)
    assert [verdict.percent for verdict in verdicts] == [20, 0, 0]
    assert scoring.apply(verdicts, whole(50)) == 40


def test_a_name_made_up_in_a_hidden_test_is_not_shown() -> None:
    """A worker can call a function 'input_is_0.25'; a hidden test's verdict must not repeat it."""
    hidden = printing(True, "models.input_is_0_25", "models/input_is_0_25.py:25")
    (verdict,) = scoring.judge_printing(printing_rule(), [hidden])
    assert verdict.action is Action.ZERO
    assert "0_25" not in repr(verdict)
    assert "A secret sentence" not in repr(verdict)


def test_what_prints_in_hidden_tests_is_one_finding_without_a_name() -> None:
    """Which functions print there, and in which order, could spell what they were given."""
    tests = [printing(True, f"models.f{digit}", f"models.py:{digit}") for digit in "31415"]
    (finding,) = scoring.judge_printing(printing_rule(), tests)
    assert finding.sentence.startswith("Your code printed something in a hidden test;")
    assert finding.where == ""
    (public,) = scoring.judge_printing(printing_rule(), [*tests, printing(False)])
    assert NAME in public.sentence


def test_a_rule_leaves_the_tasks_alone_that_it_spares() -> None:
    """Zero for the coding part is no zero for theory; another rule still takes its share there."""
    tasks = [*whole(40), TaskScore("theory_gates", "Gates", Fraction(10), Fraction(10))]
    zero = PolicyFinding("printing", Action.ZERO, "", spares=("theory_*",))
    tenth = PolicyFinding("imports", Action.DEDUCT, "", percent=Fraction(10))
    assert scoring.apply([zero], tasks) == 10
    assert scoring.apply([zero, tenth], tasks) == 9
    assert zero.costs == "costs all coding points" and tenth.costs == "costs 10 % of the points"


def test_functions_of_the_course_may_print() -> None:
    """A given function costs nothing in the student's copy, whatever it prints."""
    assert scoring.judge_printing(printing_rule(), [printing(False)], given={NAME}) == []


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ("printing", "'' is no action"),
        ("printing=hard", "'hard' is no action"),
        ("imports=0", "'0' is no action"),
        ("imports=101", "'101' is no action"),
        ("prints=warn", "there is no rule 'prints'"),
    ],
)
def test_a_rule_that_one_run_cannot_set_is_refused(setting: str, problem: str) -> None:
    """The sentence says what can be written."""
    with pytest.raises(ManifestError, match="write RULE=warn") as caught:
        changed(Policy(), [setting])
    assert problem in str(caught.value)


def test_one_run_sets_rules_otherwise() -> None:
    """Action and percentage change; what a rule allows and spares stays."""
    rule = Rule(Action.ZERO, Fraction(0), ("main",), ("theory_*",))
    policy = changed(Policy(printing=rule), ["printing=warn", "imports=2.5"])
    assert policy.printing == dataclasses.replace(rule, action=Action.WARN)
    assert policy.imports == Rule(Action.DEDUCT, Fraction(5, 2))


def test_no_loss_in_time_or_without_a_due_time() -> None:
    """On the second, or with nothing due, there is no verdict at all."""
    assert scoring.judge_lateness(Lateness(due=DUE), DUE) == []
    assert scoring.judge_lateness(Lateness(), DUE) == []


def test_the_grace_costs_nothing_and_is_mentioned() -> None:
    """Three hours late within 48 hours of grace is a note that names both."""
    late = Lateness(due=DUE, grace_hours=48, cutoff_hours=48)
    (verdict,) = scoring.judge_lateness(late, DUE + timedelta(hours=3))
    assert "3 hours" in verdict.sentence and "48-hour grace" in verdict.sentence
    assert verdict.rule != "lateness"
    assert scoring.apply([verdict], whole(70)) == 70


@pytest.mark.parametrize(
    ("hours", "kept"), [(0, 100), (24, 100), (24.01, 90), (48.01, 75), (72, 75), (72.01, 0)]
)
def test_steps_and_cut_off(hours: float, kept: int) -> None:
    """Only the highest step reached is taken; behind the cut-off nothing is left."""
    steps = (LateStep(24, Fraction(10)), LateStep(48, Fraction(25)))
    late = Lateness(due=DUE, grace_hours=24, steps=steps, cutoff_hours=72)
    verdicts = scoring.judge_lateness(late, DUE + timedelta(hours=hours))
    assert scoring.apply(verdicts, whole(100)) == kept


def test_a_given_due_time_goes_first() -> None:
    """An extension given on the command line replaces the manifest's due time."""
    late = Lateness(due=DUE, cutoff_hours=1)
    day_after = DUE + timedelta(days=1)
    assert scoring.judge_lateness(late, day_after, due_override=day_after) == []


def test_a_time_that_is_not_believed_costs_nothing() -> None:
    """Weeks late by a file's own time is no verdict on lateness; the report says why."""
    late = Lateness(due=DUE, cutoff_hours=1)
    (verdict,) = scoring.judge_lateness(late, DUE + timedelta(days=300), believed=False)
    assert (verdict.rule, verdict.action) == ("time", Action.WARN)
    assert "lateness was not judged" in verdict.sentence


def test_an_unknown_time_is_not_late() -> None:
    """Where nothing tells when work came in, that is said, and nothing is lost."""
    (verdict,) = scoring.judge_lateness(Lateness(due=DUE, cutoff_hours=1), None)
    assert verdict.action is Action.WARN
    assert verdict.rule != "lateness"


@given(st.lists(st.integers(0, 100), max_size=4), st.fractions(0, 100), st.booleans())
def test_rules_never_raise_a_score_nor_make_it_negative(
    percents: list[int], raw: Fraction, zero: bool
) -> None:
    """Percentages add up, zero beats all, and the result lies between 0 and the raw score."""
    verdicts = [PolicyFinding("files", Action.DEDUCT, "", "", Fraction(one)) for one in percents]
    if zero:
        verdicts.append(PolicyFinding("printing", Action.ZERO, ""))
    score = scoring.apply(verdicts, whole(raw))
    left = 0 if zero else max(0, 100 - sum(percents))
    assert score == raw * left / 100
