"""The class page: a table to sort and search, items that are judged, a mode for a projector."""

from __future__ import annotations

import dataclasses
import random
from pathlib import Path

import numpy as np
import pytest

from autograder.core.records import STAYS, Failure
from autograder.reports.clusters import clusters
from autograder.reports.grades_csv import GradeLine
from autograder.reports.index import render_index
from autograder.reports.items import statistics_of_tasks, statistics_of_tests
from autograder.reports.summary import Summary

from .browser import Browser

_TASKS = {f"task_{number}": 5.0 + number for number in range(12)}
_MOST = sum(_TASKS.values())


def summary(number: int, draw: random.Random) -> Summary:
    """Return somebody's results; who is able has more of everything, but for a broken item."""
    able = draw.random()
    tests: dict[str, dict[str, bool | None]] = {}
    points = {}
    for task, most in _TASKS.items():
        passed: dict[str, bool | None] = {
            f"hidden/test_{task}.py::test_{one}": draw.random() < 0.2 + 0.8 * able
            for one in range(6)
        }
        if task == "task_3":
            passed = dict.fromkeys(passed, False)
        if task == "task_4":
            passed = dict.fromkeys(passed, True)
        if task == "task_5":
            passed = {test: draw.random() < 0.5 for test in passed}
        tests[task] = passed
        points[task] = most * sum(map(bool, passed.values())) / len(passed)
    raw = sum(points.values())
    return Summary(
        submission=f"student {number:04}",
        score=raw,
        max_score=_MOST,
        status="late" if number % 10 == 0 else "graded",
        tasks=points,
        task_titles={task: f"Task of {task}" for task in _TASKS},
        task_max=dict(_TASKS),
        raw_score=raw,
        rules=0.0,
        verdicts=("This was handed in 3 hours after the due time, which costs 10 %.",)
        if number % 10 == 0
        else (),
        tests=tests,
    )


def lines(count: int) -> list[GradeLine]:
    """Return a class with names, sections, and one in twenty who handed in nothing."""
    draw = random.Random(7)
    names = ["Ada Lovelace", "Zoë O’Brien", "王小明", "Jürgen Müller"]
    found = []
    for number in range(count):
        person = {
            "student_id": f"s{number:05}",
            "login": f"u{number:04}",
            "name": f"{names[number % 4]} {number}",
            "section": "AB"[number % 2],
        }
        gone = number % 20 == 19
        found.append(GradeLine(None if gone else summary(number, draw), person))
    return found


def page_of(count: int) -> str:
    """Return the page of a class of `count`."""
    rows = lines(count)
    made = [row.summary for row in rows if row.summary]
    return render_index("A network from scratch", made, lines=rows)


def test_items_are_judged_as_numpy_judges_them() -> None:
    """Difficulty and corrected item-total correlation, by another implementation."""
    graded = [row.summary for row in lines(60) if row.summary]
    rows = statistics_of_tests(graded) + statistics_of_tasks(graded)
    assert len(rows) == 12 * 6 + 12
    for row in rows:
        rest = np.array([(one.raw_score or 0) - one.tasks[row.task] for one in graded])
        if row.id == row.task:
            values = np.array([one.tasks[row.task] / _TASKS[row.task] for one in graded])
        else:
            values = np.array([float(bool(one.tests[row.task][row.id])) for one in graded])
        assert row.difficulty == pytest.approx(values.mean())
        assert row.deviation == pytest.approx(values.std())
        assert (row.full, row.none) == ((values == 1).sum(), (values == 0).sum())
        if values.std() == 0:
            assert row.discrimination is None
        else:
            expected = np.corrcoef(values, rest)[0, 1]
            assert row.discrimination == pytest.approx(expected)


def test_a_test_that_could_not_run_counts_for_nothing() -> None:
    """Nobody is judged by what the grader could not do; few submissions correlate with nothing."""
    draw = random.Random(1)
    some = [summary(number, draw) for number in range(3)]
    test = next(iter(some[0].tests["task_0"]))
    some[0].tests["task_0"][test] = None
    row = next(one for one in statistics_of_tests(some) if one.id == test)
    assert row.count == 2 and row.discrimination is None
    assert statistics_of_tasks([]) == statistics_of_tests([]) == []


def test_one_cause_stands_once_with_all_tasks_it_cost() -> None:
    """A file that does not parse costs three tasks: one entry, each submission once."""
    draw = random.Random(2)
    failures = tuple(
        Failure(task, f"c{task}", "a test", f"line 3: invalid syntax{more}", (), False, "import")
        for task, more in (("task_2", ""), ("task_0", f"\n{STAYS} mine."), ("task_1", ""))
    )
    mistake = Failure("task_5", "x", "a test", "got 1", ("base_10",), False, "")
    other = dataclasses.replace(mistake, task="task_6", cluster="y")
    made = [
        dataclasses.replace(summary(1, draw), failures=failures),
        dataclasses.replace(summary(2, draw), failures=(*failures, mistake, other)),
        dataclasses.replace(summary(3, draw), failures=(mistake,)),
    ]
    found = clusters(made)
    assert [(one.label, one.tasks, len(one.submissions)) for one in found] == [
        ("base_10", ("task_5", "task_6"), 2),
        ("import failed", ("task_0", "task_1", "task_2"), 2),
    ]


def test_what_the_same_students_left_is_one_entry() -> None:
    """Tasks that nobody else left stand together, whatever the code was."""
    draw = random.Random(4)

    def left(*tasks: str) -> tuple[Failure, ...]:
        return tuple(
            Failure(task, f"{draw.random()}", "a test", "still to do", (), True, "")
            for task in tasks
        )

    made = [
        dataclasses.replace(summary(1, draw), failures=left("task_0", "task_1", "task_2")),
        dataclasses.replace(summary(2, draw), failures=left("task_1", "task_2", "task_4")),
    ]
    found = clusters(made)
    assert {one.label for one in found} == {"not written yet"}
    assert [(one.tasks, len(one.submissions)) for one in found] == [
        (("task_1", "task_2"), 2),
        (("task_0",), 1),
        (("task_4",), 1),
    ]


def test_a_thousand_stay_small() -> None:
    """Under three megabytes, with every name and every task's points."""
    page = page_of(1000)
    assert len(page.encode()) < 3_000_000
    assert page.count("<tr data-status=") == 1000
    assert "Nobody passes</b> 6 tests" in page and "Everybody passes 6 of 72 tests" in page


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("class") / "index.html"
    place.write_text(page_of(300), encoding="utf-8")
    return place


_VISIBLE = "[...document.querySelectorAll('#class tbody tr')].filter(one => one.offsetParent)"
_FIRST = f"{_VISIBLE}[0].cells[0].textContent.trim()"


def _click(head: str) -> str:
    return (
        f"[...document.querySelectorAll('#class th button')]"
        f".find(one => one.textContent.includes('{head}')).click()"
    )


def _set(name: str, value: str) -> str:
    return (
        f"(() => {{ const one = document.getElementById('filters').elements['{name}'];"
        f"one.value = '{value}'; one.dispatchEvent(new Event('input', {{bubbles: true}})); }})()"
    )


@pytest.mark.chromium
def test_the_table_is_sorted_and_searched(browser: Browser, page: Path) -> None:
    """By score both ways, names last that have none; by name, section, status and task."""
    browser.open(page, 1280)
    assert browser.complaints() == []
    scores = f"{_VISIBLE}.map(one => one.cells[1].textContent.trim()).filter(Boolean).map(Number)"
    browser.value(_click("Score"))
    rising = browser.value(scores)
    assert rising == sorted(rising) and len(rising) == 285
    assert browser.value(f"{_VISIBLE}.at(-1).cells[1].textContent.trim()") == ""
    browser.value(_click("Score"))
    assert browser.value(scores) == rising[::-1]
    assert browser.value(f"{_VISIBLE}.at(-1).cells[1].textContent.trim()") == ""
    browser.value(_click("Student"))
    assert browser.value(_FIRST).startswith("Ada Lovelace 0")
    browser.value(_set("search", "müller s00003"))
    assert browser.value(f"{_VISIBLE}.length") == 1
    browser.value(_set("search", ""))
    browser.value(_set("section", "A"))
    assert browser.value(f"{_VISIBLE}.length") == 150
    browser.value(_set("status", "late"))
    assert browser.value(f"{_VISIBLE}.length") == 30
    browser.value(_set("status", "not handed in"))
    assert browser.value(f"{_VISIBLE}.length") == 0
    browser.value(_set("section", ""))
    assert browser.value("document.getElementById('shown').textContent") == "15 of 300"
    browser.value(_set("status", ""))
    browser.value(_set("lost", "5"))
    assert browser.value(f"{_VISIBLE}.length") == 0  # everybody has all of task 5
    browser.value(_set("lost", "4"))
    assert browser.value(f"{_VISIBLE}.length") == 285


@pytest.mark.chromium
def test_a_projector_shows_no_names(browser: Browser, page: Path) -> None:
    """One click, which needs no script, and no name and no id of anybody is on the page."""
    browser.open(page, 1280)
    assert "Lovelace" in browser.value("document.body.innerText")
    browser.value("document.getElementById('projector').click()")
    shown = browser.value("document.body.innerText")
    assert "Lovelace" not in shown and "student 0" not in shown and "Median" in shown


@pytest.mark.chromium
@pytest.mark.parametrize("width", [400, 1280])
def test_without_scripts_it_is_whole(browser: Browser, tmp_path: Path, width: int) -> None:
    """Everything is there, nothing that cannot work is shown, nothing scrolls sideways."""
    place = tmp_path / "index.html"
    text = page_of(300)
    place.write_text(text[: text.index("<script>")] + text[text.index("</script>") + 9 :], "utf-8")
    browser.open(place, width)
    assert browser.value(f"{_VISIBLE}.length") == 300
    assert browser.value("document.getElementById('filters').offsetParent") is None
    assert browser.value("document.scrollingElement.scrollWidth") <= width
    browser.value("document.getElementById('projector').click()")
    assert "Lovelace" not in browser.value("document.body.innerText")
