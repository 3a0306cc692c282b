"""The table of case reports: its schema, its rates, and what can be learnt from it."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from autograder.datasets import covid
from autograder.datasets.covid import COLUMNS, FILE, draw_table, read_table, write_table
from autograder.datasets.mnist import DataError

HEADING = (
    ",cdc_case_earliest_dt ,cdc_report_dt,pos_spec_dt,onset_dt,current_status,sex,age_group,"
    "race_ethnicity_combined,hosp_yn,icu_yn,death_yn,medcond_yn"
)
AGES = ["0 - 9 Years", *(f"{n} - {n + 9} Years" for n in range(10, 80, 10)), "80+ Years"]


@pytest.fixture(scope="module")
def table() -> dict[str, list[str]]:
    """20,000 rows, by column."""
    rows = draw_table(20_000, 20)
    return dict(zip(COLUMNS, map(list, zip(*rows, strict=True)), strict=True))


def test_the_file_has_the_real_heading(tmp_path: Path) -> None:
    """An unnamed first column, and a space at the end of the second name."""
    write_table(tmp_path / FILE, draw_table(30, 1))
    lines = (tmp_path / FILE).read_text().splitlines()
    assert lines[0] == HEADING and len(lines) == 31
    with (tmp_path / FILE).open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row[""] for row in rows] == [str(number) for number in range(30)]
    assert all(None not in row and None not in row.values() for row in rows)


def test_the_same_seed_draws_the_same_table() -> None:
    """Rows depend on count and seed, and on nothing else."""
    assert draw_table(100, 3) == draw_table(100, 3) != draw_table(100, 4)


def test_every_word_is_one_of_the_real_ones(table: dict[str, list[str]]) -> None:
    """And every real one comes up."""
    answers = {"Yes", "No", "Unknown", "Missing"}
    assert set(table["current_status"]) == {"Laboratory-confirmed case", "Probable Case"}
    assert set(table["sex"]) == {"Male", "Female", "Unknown", "Other", "Missing"}
    assert set(table["age_group"]) == set(AGES)
    races = set(table["race_ethnicity_combined"])
    assert len(races) == 9 and {"Unknown", "Missing", "Hispanic/Latino"} < races
    for column in ("hosp_yn", "icu_yn", "death_yn", "medcond_yn"):
        assert set(table[column]) == answers, column


def test_dates_are_dates_or_blank_in_the_right_order(table: dict[str, list[str]]) -> None:
    """YYYY/MM/DD; none is before the earliest one."""
    dates = [table[name] for name in COLUMNS[1:5]]
    for days in zip(*dates, strict=True):
        present = [day for day in days if day]
        assert all(re.fullmatch(r"2020/\d\d/\d\d|2021/0\d/\d\d", day) for day in present)
        assert min(present) == days[0]
    blank = [days.count("") / 20_000 for days in dates]
    assert blank == pytest.approx([0, 0, 0.42, 0.53], abs=0.001)


@pytest.mark.parametrize("count", [2_000, 20_000, 50_000])
def test_hardly_anybody_dies(count: int) -> None:
    """About a third say Yes or No on death, and 2.6 % of these Yes, whatever the size."""
    deaths = Counter(row[COLUMNS.index("death_yn")] for row in draw_table(count, 5))
    known = deaths["Yes"] + deaths["No"]
    assert known / count == pytest.approx(0.3246, abs=0.001)
    assert deaths["Yes"] / known == pytest.approx(0.0262, abs=0.001)


def test_death_depends_on_age_hospital_intensive_care_and_other_conditions(
    table: dict[str, list[str]],
) -> None:
    """Each raises the rate on its own."""
    died = np.array(table["death_yn"])
    known = (died == "Yes") | (died == "No")

    def rate(column: str, *words: str) -> float:
        return float((died[known & np.isin(table[column], words)] == "Yes").mean())

    assert rate("age_group", *AGES[:4]) < 0.003
    assert rate("age_group", *AGES[4:6]) < rate("age_group", AGES[6]) < rate("age_group", AGES[7])
    assert rate("age_group", AGES[7]) < rate("age_group", AGES[8]) < 0.4
    for column, factor in (("hosp_yn", 10), ("icu_yn", 5), ("medcond_yn", 3)):
        assert rate(column, "Yes") > factor * rate(column, "No"), column


def balanced_accuracy(rows: list[list[str]], weighted: bool) -> float:
    """Fit logistic regression to four fifths of the rows and measure it on the rest."""
    column = {
        name: np.array(values)
        for name, values in zip(COLUMNS, zip(*rows, strict=True), strict=True)
    }
    known = np.isin(column["death_yn"], ["Yes", "No"])
    y = (column["death_yn"][known] == "Yes").astype(float)  # (N,)
    inputs = [np.array([AGES.index(age) for age in column["age_group"][known]], float)]
    for name in ("hosp_yn", "icu_yn", "medcond_yn"):
        inputs += [(column[name][known] == word).astype(float) for word in ("Yes", "No")]
    inputs.append((column["sex"][known] == "Male").astype(float))
    x = np.stack(inputs, axis=1)  # (N, 8)
    train = np.arange(len(y)) % 5 > 0
    x = (x - x[train].mean(axis=0)) / x[train].std(axis=0)
    x = np.concatenate([x, np.ones((len(x), 1))], axis=1)
    weight = (
        np.where(y == 1, (1 - y[train].mean()) / y[train].mean(), 1.0) if weighted else 1 + 0 * y
    )
    slope = np.zeros(x.shape[1])
    for _ in range(25):  # Newton's method
        p = 1 / (1 + np.exp(-x[train] @ slope))
        w = weight[train]
        gradient = x[train].T @ (w * (p - y[train])) + 1e-3 * slope
        curvature = (x[train].T * (w * p * (1 - p))) @ x[train] + 1e-3 * np.eye(len(slope))
        slope -= np.linalg.solve(curvature, gradient)
    said = x[~train] @ slope > 0
    true = y[~train] == 1
    return float((said[true].mean() + (~said[~true]).mean()) / 2)


def test_a_linear_model_finds_who_dies_only_if_the_rare_answer_counts() -> None:
    """Balanced accuracy is 0.5 for always "No", little more unweighted, 0.8 to 0.95 weighted."""
    for seed in (1, 2, 3):
        rows = draw_table(20_000, seed)
        assert 0.8 < balanced_accuracy(rows, weighted=True) < 0.95
        assert balanced_accuracy(rows, weighted=False) < 0.72


def test_a_table_that_somebody_has_is_read_by_column_names(tmp_path: Path) -> None:
    """In any order, with more columns, without the space and without the number of the row."""
    rows = draw_table(20, 1)
    order = [11, 3, 1, 2, 4, 5, 12, 6, 7, 8, 9, 10]
    path = tmp_path / "mine.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*(COLUMNS[i].strip() for i in order), "more"])
        writer.writerows([*(row[i] for i in order), "x"] for row in rows)
    assert list(read_table(path)) == rows
    write_table(tmp_path / FILE, rows)
    assert list(read_table(tmp_path)) == rows


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "has no column cdc_case_earliest_dt, "),
        (HEADING.replace("icu_yn,", "").encode(), "has no column icu_yn$"),
        (HEADING.encode() + b"\n1,2\n", "line 2 has 2 values where 13 belong"),
        (b"\xff\xfe\x00", "cannot be read as CSV"),
    ],
)
def test_wrong_tables_are_named(content: bytes, complaint: str, tmp_path: Path) -> None:
    """The message says which file is wrong and how."""
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(DataError, match=complaint):
        list(read_table(tmp_path))
    with pytest.raises(DataError, match="no such file"):
        list(read_table(tmp_path / "nowhere"))


def test_shares_add_up() -> None:
    """The rates that the module gives are parts of one whole."""
    for shares in (covid.STATUS, covid.SEX, covid.AGE, covid.RACE):
        assert sum(shares.values()) == pytest.approx(1)
