"""Written questions: the sheet is made, filled in by a person, and read without surprises."""

from __future__ import annotations

import contextlib
import csv
import io
import tempfile
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.core.rubric import Item, RubricError, load, read_sheet, sheet

RUBRIC = """
[[items]]
id = "xor"
title = "Why not XOR"
text = "Show that no threshold unit computes XOR."
points = 5
criteria = [{points = 3, words = "four inequalities"}, {points = 2, words = "the contradiction"}]

[[items]]
id = "review"
title = "A review"
text = "Review the paper."
points = 2.5
"""


@pytest.fixture
def items(tmp_path: Path) -> tuple[Item, ...]:
    """Two questions, 7.5 points."""
    (tmp_path / "rubric.toml").write_text(RUBRIC)
    return load(tmp_path / "rubric.toml")


def filled(tmp_path: Path, text: str) -> Path:
    """Write a sheet."""
    path = tmp_path / "marks.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_empty_sheet_says_that_nothing_is_graded(
    items: tuple[Item, ...], tmp_path: Path
) -> None:
    """A sheet as it was made holds no zero: every mark is still open."""
    path = filled(tmp_path, sheet(items, ["zoe", "=ada"]))
    marks = read_sheet(path, items)
    assert list(marks) == ["=ada", "zoe"]
    assert all(mark.score is None for row in marks.values() for mark in row)
    rows = list(csv.reader(io.StringIO(path.read_text())))
    assert rows[1][1:3] == ["of 5", "3: four inequalities; 2: the contradiction"]
    assert rows[2][0] == "'=ada", "a spreadsheet must not take a name for a formula"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_spreadsheets_write_csv_in_many_ways(
    items: tuple[Item, ...], tmp_path: Path, separator: str
) -> None:
    """Other separators, a byte-order mark, decimal commas, other orders of columns."""
    score = '"2,5"' if separator == "," else "2,5"
    head = separator.join(["review", "submission", "review comment"])
    path = filled(tmp_path, f"\ufeff{head}\n{separator.join([score, 'ada', 'good'])}\n")
    (xor, review) = read_sheet(path, items)["ada"]
    assert (xor.score, review.score, review.comment) == (None, Fraction(5, 2), "good")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name,xor\nada,3\n", "one of them 'submission'"),
        ("submission,xyz\nada,3\n", "no item is called 'xyz'"),
        ("submission,xor\nada,six\n", "row 2 ('ada'): 'six' is no number"),
        ("submission,xor\nada,5.5\n", "xor has 0 to 5 points, not 5.5"),
        ("submission,xor\nada,-1\n", "0 to 5 points"),
        ("submission,xor\nada,1e999999999\n", "is no number"),
        ("submission,xor\nada,1/0\n", "is no number"),
        ("submission,xor\nada,nan\n", "is no number"),
        ("submission,xor\nada,3\nada,4\n", "row 3: 'ada' is there twice"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    items: tuple[Item, ...], tmp_path: Path, text: str, words: str
) -> None:
    """One line says the row, the cell and what would be right."""
    with pytest.raises(RubricError) as caught:
        read_sheet(filled(tmp_path, text), items)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.text(max_size=200))
def test_any_file_is_read_or_refused(text: str) -> None:
    """Whatever is in the file, it is marks or a RubricError."""
    items = (Item("xor", "X", "?", Fraction(5), ()),)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "marks.csv")
        path.write_text("submission,xor\n" + text, encoding="utf-8", errors="surrogatepass")
        with contextlib.suppress(RubricError):
            read_sheet(path, items)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("points = 5", "points = 6"), "add up to 5 points"),
        (('id = "review"', 'id = "xor"'), "is there twice"),
        (('title = "A review"', ""), "'title' is missing"),
        (("points = 2.5", "points = true"), "points must be a number"),
        (("points = 2.5", "points = "), "Invalid value"),
    ],
)
def test_an_authors_slip_is_named(tmp_path: Path, change: tuple[str, str], words: str) -> None:
    """A broken rubric.toml says where and what."""
    path = tmp_path / "rubric.toml"
    path.write_text(RUBRIC.replace(*change))
    with pytest.raises(RubricError, match=words):
        load(path)
