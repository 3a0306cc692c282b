"""One grade as Gradescope's results.json, valid there as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from autograder.core.records import Action, Failure, Grade, Status
from autograder.core.scoring import points
from autograder.core.visible import excerpt, visible
from autograder.reports.feedback import Feedback, FeedbackLine, Group, feedback, why_not_graded

_MADE_OF = (
    "Each task below counts its points times the share of its tests that passed, hidden tests "
    "included, or what the one known mistake costs that explains all that failed."
)
_NO_ZERO = "It has no score, which is not a zero: somebody of the staff has to look."


def results(grade: Grade, mistakes: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the results as plain data; `mistakes` maps the id of a mistake to its hint.

    One entry per task, all of them visible, because Gradescope hides the total as soon as one
    entry is hidden: a hidden test shows its sentence and whether it passed, nothing else. There
    is no timing in it, so the same submission gives the same bytes. A submission that could not
    be graded has no score, which Gradescope shows as the staff's problem rather than as a zero.
    """
    tasks = feedback(grade, mistakes)
    none = bool(grade.error) or grade.excused
    found: dict[str, Any] = {} if none else {"score": _number(grade.score)}
    return found | {
        "output": _summary(grade),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [] if none else _entries(grade, tasks),
        "extra_data": _extra(grade, tasks),
    }


def _number(value: Fraction) -> float:
    return float(points(value))


def _summary(grade: Grade) -> str:
    if grade.error:
        why = why_not_graded(grade).rstrip(".")
        return f"This submission was not graded: {why}. {_NO_ZERO}"
    lines = [f"{points(grade.score)} of {points(grade.max_score)} points. {_MADE_OF}"]
    if grade.lost > 0:
        raw, lost = points(grade.raw_score), points(grade.lost)
        lines.append(f"The tests alone gave {raw} points; rules took {lost} of them.")
    if not grade.hidden_ran:
        lines.append("Hidden tests were not run; this is not your final score.")
    lines += [
        f"- {excerpt(verdict.sentence, 1000, 5)}" + (f" ({verdict.costs})" if verdict.costs else "")
        for verdict in grade.verdicts
    ]
    lines += [f"- {excerpt(note, 600, 4)}" for note in grade.notes]
    waiting = [mark for mark in grade.written if mark.score is None]
    if waiting:
        most = points(sum((mark.max_score for mark in waiting), Fraction(0)))
        lines.append(f"A person grades {len(waiting)} written questions, {most} points more.")
    lines.append(f"Data: {visible(grade.data)}.")
    return "\n".join(lines)


def _entries(grade: Grade, tasks: tuple[Feedback, ...]) -> list[dict[str, Any]]:
    entries = [_entry(number, task) for number, task in enumerate(tasks, 1)]
    graded = any(mark.score is not None for mark in grade.written)
    for number, mark in enumerate(grade.written if graded else (), len(entries) + 1):
        text = excerpt(mark.comment, 2000, 40) or "No comment."
        entry: dict[str, Any] = {
            "number": str(number),
            "name": visible(mark.title),
            "max_score": _number(mark.max_score),
            "output": text if mark.score is not None else "Not graded yet.",
            "output_format": "text",
            "visibility": "visible",
            "tags": ["written", mark.item],
        }
        entries.append(entry if mark.score is None else entry | {"score": _number(mark.score)})
    return entries


def _entry(number: int, given: Feedback) -> dict[str, Any]:
    task = given.task
    complete = task.total > 0 and task.score == task.max_score
    return {
        "number": str(number),
        "name": visible(task.title),
        "score": _number(task.score),
        "max_score": _number(task.max_score),
        "status": "passed" if complete else "failed",
        "output": _output(given),
        "output_format": "text",
        "visibility": "visible",
        "tags": [task.id],
    }


def _output(given: Feedback) -> str:
    lines: list[str] = []
    if not given.lines:
        return "No test of this task was run."
    lines += filter(None, (given.carried, given.weighed))
    lines += [_group(group) for group in given.groups if not group.first.scored]
    waiting = [group for group in given.groups if group.said]
    lines += [f"✗ {group.said}" for group in waiting]
    apart = {id(line) for group in waiting for line in group.lines}
    if given.public:
        lines.append(_count("Public tests", given.public))
        groups = [group for group in given.groups if group.first.scored and not group.said]
        lines += [_group(group) for group in groups if not group.first.hidden]
    if given.hidden:
        lines.append(_count("Hidden tests", given.hidden))
        told = [group for group in given.groups if len(group.lines) > 1 and not group.said]
        told = [group for group in told if group.first.hidden]
        lines += [_group(group) for group in told]
        apart |= {id(line) for group in told for line in group.lines}
        lines += [_line(line) for line in given.hidden if id(line) not in apart]
    return "\n".join(lines)


def _count(what: str, lines: tuple[FeedbackLine, ...]) -> str:
    return f"{what}: {sum(line.passed for line in lines)} of {len(lines)} passed."


def _group(group: Group) -> str:
    """Write one failed test, or what several have in common and their names."""
    if len(group.lines) == 1:
        return _line(group.first)
    names = "\n".join(f"- {line.title}" for line in group.lines)
    together = replace(group.first, title=f"{len(group.lines)} tests fail for one reason:")
    return _line(together) + f"\n{names}".replace("\n", "\n    ")


def _line(line: FeedbackLine) -> str:
    parts = [f"{'✓' if line.passed else '✗'} {line.title}"]
    if line.reason:
        parts[0] += f" [{line.reason}]"
    if line.hint:
        parts.append(f"Hint: {line.hint}")
    if line.look:
        parts.append(line.look)
    return "\n".join(parts).replace("\n", "\n    ")


def _extra(grade: Grade, tasks: tuple[Feedback, ...]) -> dict[str, Any]:
    return {
        "assignment": grade.assignment,
        "submission": grade.submission,
        "outcome": "not graded" if grade.error else grade.status,
        "error": excerpt(grade.error),  # for the staff: students read `output`
        "tier": grade.tier,
        "data": grade.data,
        "max_score": _number(grade.max_score),
        "raw_score": None if grade.error else _number(grade.raw_score),
        "rules": None if grade.error else -_number(grade.lost) or 0.0,
        "agreed": [[*one.to_json(), one.sentence] for one in grade.agreed],
        "adjusted": None if grade.error else _number(grade.adjusted),
        "given": None if grade.error else _number(grade.given),
        "tasks": {
            task.id: {
                "score": None if grade.error else _number(task.score),
                "max_score": _number(task.max_score),
                "title": task.title,
                "passed": task.passed,
                "total": task.total,
            }
            for task in grade.tasks
        },
        "tests": _tests(grade),
        "verdicts": [
            {
                "rule": verdict.rule,
                "action": verdict.action.value,
                "percent": float(verdict.percent) if verdict.action is Action.DEDUCT else None,
                "sentence": excerpt(verdict.sentence, 1000, 5),
                "where": excerpt(verdict.where, 200, 1),
            }
            for verdict in grade.verdicts
        ],
        "written": [
            {
                "item": mark.item,
                "score": None if mark.score is None else _number(mark.score),
                "max_score": _number(mark.max_score),
            }
            for mark in grade.written
        ],
        "mistakes": _mistakes(tasks),
        "failures": [_failure(failure) for failure in grade.failures],
        "notes": [excerpt(note, 600, 4) for note in grade.notes],
        "submitted_at": grade.submitted_at.isoformat() if grade.submitted_at else None,
        "time_source": grade.time_source,
        "digest": grade.digest,
        "fingerprint": grade.fingerprint,
    }


def _tests(grade: Grade) -> dict[str, list[list[str | int | None]]]:
    """List by task which tests passed, 1 or 0, None for what could not be run: for statistics."""
    found: dict[str, list[list[str | int | None]]] = {}
    for one in grade.outcomes:
        if one.scored:
            passed = None if one.status is Status.ERROR else int(one.status is Status.PASSED)
            found.setdefault(one.task, []).append([one.test, passed])
    return found


def _mistakes(tasks: tuple[Feedback, ...]) -> list[dict[str, Any]]:
    """List the mistakes that were recognised, each once per task, most tests first."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for given in tasks:
        for line in given.failed:
            if line.mistake:
                new = {"id": line.mistake, "task": given.task.id, "hint": line.hint, "tests": []}
                found.setdefault((given.task.id, line.mistake), new)["tests"].append(line.title)
    return sorted(found.values(), key=lambda one: -len(one["tests"]))


def _failure(failure: Failure) -> dict[str, Any]:
    return {
        "task": failure.task,
        "cluster": failure.cluster,
        "test": visible(failure.test),
        "example": excerpt(failure.example, 600, 8),
        "mistakes": list(failure.mistakes),
        "unfinished": failure.unfinished,
        "reason": failure.reason,
    }
