"""Hostile text is refused at once, cheaply, and does nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hostile_answers import HOSTILE
from hypothesis import given, settings
from hypothesis import strategies as st
from reader_questions import QUESTIONS
from studentkit.notation import Unreadable, read
from typed_forms import FORMS

HERE = Path(__file__).parent

_MEASURE = """
import json, os, resource, sys, time, tracemalloc
sys.path.insert(0, sys.argv[1])
from hostile_answers import HOSTILE
from reader_questions import QUESTIONS
from studentkit.notation import Unreadable, read
read("2x", QUESTIONS["m"])
watching, happened = False, []
def hook(event, args):
    if watching and event not in ("object.__getattr__", "object.__setattr__"):
        happened.append(event)
sys.addaudithook(hook)
modules = set(sys.modules)
rows = []
for name in ("x", "m", "n", "t"):
    for answer in HOSTILE:
        outcome = "read"
        watching = True
        start = time.process_time()
        try:
            read(answer, QUESTIONS[name])
        except Unreadable as refusal:
            outcome = "refused"
        except BaseException as error:
            outcome = type(error).__name__
        seconds = time.process_time() - start
        watching = False
        rows.append([name, ascii(answer[:60]), outcome, seconds])
tracemalloc.start()
peaks = []
for answer in HOSTILE:
    tracemalloc.reset_peak()
    try:
        read(answer, QUESTIONS["x"])
    except Unreadable:
        pass
    peaks.append(tracemalloc.get_traced_memory()[1])
print(json.dumps({"rows": rows, "happened": sorted(set(happened)), "peak": max(peaks),
    "modules": sorted(set(sys.modules) - modules), "files": os.listdir(".")}))
"""


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """All hostile answers, read in a process of their own in an empty folder."""
    folder = tmp_path_factory.mktemp("empty")
    run = subprocess.run(
        [sys.executable, "-c", _MEASURE, str(HERE)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert run.returncode == 0, run.stderr
    result: dict[str, object] = json.loads(run.stdout)
    return result


def test_there_are_at_least_80() -> None:
    """And none twice."""
    assert len(set(HOSTILE)) == len(HOSTILE) >= 80


def test_each_is_refused_and_nothing_else_is_raised(measured: dict[str, list[list[str]]]) -> None:
    """In questions for an expression, of a scalar and of matrices.

    In questions for a number or a tuple some are plain answers, which may be read.
    """
    outcomes = {(row[0], row[1]): row[2] for row in measured["rows"]}
    assert set(outcomes.values()) <= {"refused", "read"}
    assert [key for key, outcome in outcomes.items() if key[0] in "xm" and outcome == "read"] == []


def test_each_takes_less_than_a_tenth_of_a_second(measured: dict[str, list[list[float]]]) -> None:
    """0.1 s, in all four kinds of question."""
    slow = [row for row in measured["rows"] if row[3] > 0.1]
    assert slow == []


def test_none_takes_64_mb(measured: dict[str, int]) -> None:
    """Far less: what is too long is not even looked at."""
    assert measured["peak"] < 8 * 2**20


def test_none_has_a_side_effect(measured: dict[str, list[str]]) -> None:
    """No audit event (files, processes, imports, compiled code), no module, no file."""
    assert measured["happened"] == []
    assert measured["modules"] == []
    assert measured["files"] == []


_WORDS = [
    "x",
    "A",
    "sum",
    "sum_k ",
    "_k",
    "\\frac{",
    "\\hat",
    "}",
    "(",
    ")",
    "[",
    "]",
    "^T",
    "^{-1}",
]
_WORDS += ["1", "2", ".5", "1e5", "log", "exp(", "cases(", "np.", ".T", "'", "|", "||", "∘", "@"]
_WORDS += [" if ", " else ", " for k in range(", "=", "==", "<", "\\begin{cases}", "\\\\", "&", "σ"]
_WORDS += sorted({character for _, typed, _, _ in FORMS for character in typed})
_PIECES = st.sampled_from(_WORDS)
_TEXT = st.one_of(st.text(max_size=200), st.lists(_PIECES, max_size=60).map("".join))


@settings(max_examples=500, deadline=1000)
@given(_TEXT, st.sampled_from(sorted(QUESTIONS)))
def test_any_text_is_read_or_unreadable(typed: str, question: str) -> None:
    """Never another exception; a refusal's place lies in the text."""
    try:
        reading = read(typed, QUESTIONS[question])
    except Unreadable as refusal:
        assert 0 <= refusal.position <= len(typed) + 1
        return
    reading.mathml()
    assert read(reading.text(), QUESTIONS[question]).tree == reading.tree


@settings(max_examples=300, deadline=1000)
@given(st.data())
def test_an_answer_with_something_changed_is_read_or_unreadable(data: st.DataObject) -> None:
    """What is nearly right gets deepest into the reader."""
    question, typed, _, _ = data.draw(st.sampled_from(FORMS))
    place = data.draw(st.integers(0, len(typed)))
    piece = data.draw(st.one_of(_PIECES, st.just("")))
    cut = data.draw(st.integers(0, 3))
    try:
        reading = read(typed[:place] + piece + typed[place + cut :], QUESTIONS[question])
    except Unreadable:
        return
    assert read(reading.text(), QUESTIONS[question]).tree == reading.tree
