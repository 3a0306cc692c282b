"""Grades as a real class of `mlp_from_scratch` gives them, built by hand for the reports' tests."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from fractions import Fraction

from autograder.core.records import (
    Action,
    Grade,
    Outcome,
    PolicyFinding,
    Printed,
    Reason,
    Status,
    TaskScore,
)

# id, title, points, sentences of public tests, sentences of hidden tests
TASKS = (
    ("loading", "Load the data and split it 80/20", 10, 2, 3),
    ("sigmoid", "Sigmoid and its derivative", 8, 2, 3),
    ("relu", "ReLU and its derivative", 8, 2, 4),
    ("softmax", "Softmax", 8, 1, 3),
    ("cross_entropy", "Cross-entropy loss", 8, 1, 3),
    ("accuracy", "Accuracy", 5, 1, 2),
    ("softmax_regression", "Softmax regression: loss and gradient", 13, 2, 5),
    ("two_layer_network", "Two-layer network: loss and gradients", 16, 2, 7),
    ("regularization", "L2 regularization", 8, 0, 4),
    ("sgd", "Stochastic gradient descent", 6, 1, 3),
    ("curves", "Learning curves", 4, 1, 1),
    ("training", "The whole: networks that learn", 6, 2, 2),
)
SENTENCES = (
    "The result is what the formula of the handout gives, whatever the shape of the input.",
    "Each row is treated on its own.",
    "The input is left as it was.",
    "The last short batch counts like every other.",
    "Calling it twice gives the same answer twice.",
    "The bias is added after the product, not to the weights.",
    "Gradients of one call do not leak into the next.",
    "The shape of each gradient is the shape of its weight.",
    "An analytic gradient agrees with a finite difference.",
)
HINTS = {
    "penalises_biases": "You regularised the biases too. The penalty covers weights only.",
    "adds_bias_to_weights": "The bias is added to the weight matrix before the product.",
}
MESSAGE = (
    "ReLU(x): 2 of 6 values differ; the first is at row 0, column 2: got 0.4, expected 0.0.\n"
    "models._base_network._baseNetwork.ReLU changed an array that it was given; work on a copy."
)
SECRET = "expected 0.26894142, got nan"  # stands for what a hidden test must never tell
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
HOSTILE = (
    "<script>document.title='owned'</script>"
    "<img src=x onerror=\"document.title='owned'\">"
    "</pre></style><h1 onclick=alert(1)>full marks</h1>{{ 7 * 7 }} {% raw %}"
    "\x1b[2J\x1b[31m\u202egnp.exe\u2066\u200b\x00 "
)


def outcomes(failing: dict[str, int] | None = None, hidden: bool = True) -> tuple[Outcome, ...]:
    """Return every test of every task; of each task in `failing` so many fail, hidden last."""
    found = []
    for task, _, _, public, private in TASKS:
        left = (failing or {}).get(task, 0)
        for number in range(public + (private if hidden else 0)):
            fails, concealed = number < left, number >= public
            found.append(
                Outcome(
                    test=f"{'hidden' if concealed else 'public'}/test_{task}.py::test_{number}",
                    task=task,
                    title=SENTENCES[(number + len(task)) % len(SENTENCES)],
                    status=Status.FAILED if fails else Status.PASSED,
                    hidden=concealed,
                    message=MESSAGE if fails and not concealed else "",
                )
            )
    return tuple(found)


def grade(
    name: str,
    tests: tuple[Outcome, ...],
    verdicts: tuple[PolicyFinding, ...] = (),
    lost: int = 0,
    **changes: object,
) -> Grade:
    """Return the grade that these outcomes make; `lost` percent are taken by rules."""
    tasks = []
    for task, title, points, _, _ in TASKS:
        mine = [one for one in tests if one.task == task]
        passed = sum(one.status is Status.PASSED for one in mine)
        share = Fraction(passed, len(mine)) if mine else Fraction(0)
        tasks.append(
            TaskScore(task, title, points * share, Fraction(points), passed, len(mine)),
        )
    raw = sum((task.score for task in tasks), Fraction(0))
    made = Grade(
        submission=name,
        assignment="mlp_from_scratch",
        title="A network from scratch",
        tasks=tuple(tasks),
        outcomes=tests,
        verdicts=verdicts,
        score=raw * (100 - lost) / 100,
        max_score=Fraction(100),
        raw_score=raw,
        tier="A: bubblewrap and namespaces, private mounts, resource limits, landlock 7, seccomp",
        data="digits drawn on the spot (no MNIST was given; see --data)",
        hidden_ran=True,
        status="graded",
        submitted_at=datetime(2026, 1, 29, 13, 4, tzinfo=UTC),
        time_source="Gradescope's metadata",
        digest=DIGEST,
        fingerprint="c0ffee" * 10,
        notes=("Left out __MACOSX, which a Mac adds to its archives.",),
    )
    return dataclasses.replace(made, **changes)  # type: ignore[arg-type]


def usual(name: str = "carl") -> Grade:
    """Return a grade with everything that a report can show."""
    tests = list(outcomes({"relu": 4, "softmax": 1, "two_layer_network": 5, "regularization": 2}))
    for number, one in enumerate(tests):
        if one.task == "softmax" and one.status is Status.FAILED:
            tests[number] = dataclasses.replace(
                one, reason=Reason.TIME, message="The call took longer than 10 s and was ended."
            )
        if one.task == "regularization" and one.status is Status.FAILED:
            tests[number] = dataclasses.replace(one, mistake="penalises_biases")
        if one.task == "two_layer_network" and not one.hidden:
            tests[number] = dataclasses.replace(
                one,
                mistake="adds_bias_to_weights",
                printed=(
                    Printed(
                        "loss is 2.302585\n",
                        "models.two_layer_nn.TwoLayerNet.forward",
                        "models/two_layer_nn.py:41",
                    ),
                ),
            )
    verdicts = (
        PolicyFinding(
            "imports",
            Action.DEDUCT,
            "utils.py:4 imports pandas, which the skeleton does not: remove it and do without",
            "utils.py:4",
            Fraction(10),
        ),
        PolicyFinding(
            "printing",
            Action.WARN,
            "models.two_layer_nn.TwoLayerNet.forward (models/two_layer_nn.py:41) printed "
            "something while it was graded; the handout asks for functions that print nothing.",
            "models/two_layer_nn.py:41",
        ),
        PolicyFinding(
            "grace",
            Action.WARN,
            "This was handed in 3 hours after the due time, within the 48-hour grace: nothing "
            "is lost.",
        ),
    )
    return grade(name, tuple(tests), verdicts, 10)


def perfect(name: str = "ada") -> Grade:
    """Return full marks."""
    return grade(name, outcomes())


def skeleton(name: str = "blaise") -> Grade:
    """Return a grade of nothing at all."""
    return grade(name, outcomes({task[0]: 99 for task in TASKS}))


def not_graded(name: str = "sofia", reason: str = "It is neither a zip nor a tar.") -> Grade:
    """Return a grade that says why there is none."""
    return grade(name, (), status="not graded", error=reason, tasks=(), notes=(), submitted_at=None)


def hostile(text: str = HOSTILE) -> Grade:
    """Return a grade in which every place that a student can reach says `text`."""
    where = f"models/{text}.py:3"
    tests = tuple(
        dataclasses.replace(
            one,
            message="" if one.hidden or one.status is Status.PASSED else text + "x" * 900,
            printed=(Printed(text, f"models.{text}", where),),
        )
        for one in outcomes({task[0]: 2 for task in TASKS})
    )
    verdicts = (PolicyFinding("printing", Action.ZERO, f"models.{text} printed", where),)
    return grade(f"mallory {text}", tests, verdicts, 100, notes=(f"Left out {text}.",))
