"""A made-up table of case reports with the columns and words of the CDC's public COVID-19 data.

No row is about a person. How often each word comes up, and how death depends on age, hospital,
intensive care and other conditions, is set below so that the table teaches what the real one does:
hardly anybody dies, so always answering "No" is right 97.4 times in 100 and worth nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from autograder.datasets.mnist import DataError

Words = NDArray[np.str_]
Floats = NDArray[np.float64]

FILE = "COVID-19_Case_Surveillance_Public_Use_Data_Subset.csv"
COLUMNS = (
    "",  # the row's number has no name
    "cdc_case_earliest_dt ",  # the space belongs to the name
    "cdc_report_dt",
    "pos_spec_dt",
    "onset_dt",
    "current_status",
    "sex",
    "age_group",
    "race_ethnicity_combined",
    "hosp_yn",
    "icu_yn",
    "death_yn",
    "medcond_yn",
)
STATUS = {"Laboratory-confirmed case": 0.93, "Probable Case": 0.07}
SEX = {"Female": 0.515, "Male": 0.472, "Unknown": 0.009, "Missing": 0.0035, "Other": 0.0005}
AGE = {
    "0 - 9 Years": 0.036,
    "10 - 19 Years": 0.099,
    "20 - 29 Years": 0.193,
    "30 - 39 Years": 0.165,
    "40 - 49 Years": 0.151,
    "50 - 59 Years": 0.147,
    "60 - 69 Years": 0.104,
    "70 - 79 Years": 0.059,
    "80+ Years": 0.046,
}
RACE = {
    "White, Non-Hispanic": 0.34,
    "Unknown": 0.26,
    "Hispanic/Latino": 0.11,
    "Missing": 0.13,
    "Black, Non-Hispanic": 0.08,
    "Multiple/Other, Non-Hispanic": 0.045,
    "Asian, Non-Hispanic": 0.025,
    "American Indian/Alaska Native, Non-Hispanic": 0.007,
    "Native Hawaiian/Other Pacific Islander, Non-Hispanic": 0.003,
}

# Of all rows, those that say Yes or No on death; of these, those that say Yes.
KNOWN, DEATHS = 259_715 / 800_000, 6_794 / 259_715
# Parts of all rows without the date.
_NO_SPECIMEN, _NO_ONSET = 0.42, 0.53
_FIRST_DAY, _DAYS = date(2020, 3, 1), 290


def draw_table(count: int, seed: int) -> list[list[str]]:
    """Draw `count` rows of COLUMNS, the same ones for the same `seed`.

    The parts KNOWN and DEATHS hold exactly, but for rounding, whatever the `count`.
    """
    draw = np.random.Generator(np.random.PCG64(seed))
    age = draw.choice(len(AGE), count, p=_shares(AGE)).astype(np.float64)  # 0 is the youngest
    sex = _words(SEX, count, draw)
    medical = _sigmoid(-2.6 + 0.42 * age) > draw.random(count)
    hospital = _sigmoid(-4.6 + 0.42 * age + 1.0 * medical) > draw.random(count)
    intensive = hospital & (_sigmoid(-2.0 + 0.08 * age) > draw.random(count))
    risk = 0.85 * age + 2.2 * hospital + 1.5 * intensive + 0.8 * medical + 0.35 * (sex == "Male")
    # Who is in hospital is reported more fully, and what is known of one thing, of others too.
    care = draw.normal(0, 1, count) + 0.5 * hospital
    known = _highest(care + draw.normal(0, 1, count), round(count * KNOWN))
    deaths = round(known.sum() * DEATHS)
    fate = np.where(known, risk + draw.logistic(0, 1, count), -np.inf)
    died = _highest(fate, deaths)

    columns: list[Sequence[str]] = [
        [str(number) for number in range(count)],
        *_dates(count, care, draw),
        _words(STATUS, count, draw).tolist(),
        sex.tolist(),
        np.array(list(AGE))[age.astype(np.int64)].tolist(),
        _words(RACE, count, draw).tolist(),
        _answers(hospital, care + draw.normal(0, 1, count), 0.62, 0.35, draw),
        _answers(intensive, care + draw.normal(0, 1, count), 0.24, 0.12, draw),
        _said(died, known, 0.40, draw),
        _answers(medical, care + draw.normal(0, 1, count), 0.26, 0.10, draw),
    ]
    return [list(row) for row in zip(*columns, strict=True)]


def write_table(path: Path, rows: Iterator[list[str]] | list[list[str]]) -> int:
    """Write the heading and `rows` as CSV; return how many rows there were."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def read_table(place: Path) -> Iterator[list[str]]:
    """Yield the rows of a table that somebody has, with its columns in the order of COLUMNS.

    `place` is the CSV or the folder that holds it as FILE. Columns are found by name, spaces at
    the ends of names aside; others are left out, and a missing number of the row is added. Raises
    DataError.
    """
    path = place / FILE if place.is_dir() else place
    if not path.is_file():
        raise DataError(f"{path}: no such file; it should hold the table of case reports")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file)
            heading = [name.strip() for name in next(lines, [])]
            wanted = [name.strip() for name in COLUMNS]
            missing = [name for name in wanted[1:] if name not in heading]
            if missing:
                raise DataError(f"{path}: has no column {', '.join(missing)}")
            places = [heading.index(name) if name in heading else None for name in wanted]
            for number, line in enumerate(lines):
                if len(line) != len(heading):
                    raise DataError(
                        f"{path}: line {lines.line_num} has {len(line)} values where "
                        f"{len(heading)} belong"
                    )
                yield [str(number) if at is None else line[at] for at in places]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: cannot be read as CSV ({error})") from None


def _dates(count: int, care: Floats, draw: np.random.Generator) -> list[list[str]]:
    """Return the days of the earliest date, report, specimen and onset; some of them blank."""
    # Two waves and a slow rise between them.
    wave = draw.choice(3, count, p=(0.15, 0.3, 0.55))
    middle, width = np.array([40.0, 130.0, 245.0])[wave], np.array([14.0, 25.0, 35.0])[wave]
    onset = np.clip(draw.normal(middle, width), 0, _DAYS - 30).astype(np.int64)
    specimen = onset + draw.poisson(2.5, count)
    report = specimen + draw.geometric(0.25, count) - 1
    has_onset = _highest(care + draw.normal(0, 2, count), round(count * (1 - _NO_ONSET)))
    has_specimen = _highest(care + draw.normal(0, 3, count), round(count * (1 - _NO_SPECIMEN)))
    days = np.stack([report, np.where(has_specimen, specimen, report)])
    earliest = np.minimum(days.min(axis=0), np.where(has_onset, onset, report))

    words = [f"{_FIRST_DAY + timedelta(days=day):%Y/%m/%d}" for day in range(_DAYS + 60)]
    every = np.ones(count, bool)
    return [
        [words[day] if there else "" for day, there in zip(days, present, strict=True)]
        for days, present in (
            (earliest.tolist(), every.tolist()),
            (report.tolist(), every.tolist()),
            (specimen.tolist(), has_specimen.tolist()),
            (onset.tolist(), has_onset.tolist()),
        )
    ]


def _answers(
    true: NDArray[np.bool_], care: Floats, known: float, unknown: float, draw: np.random.Generator
) -> list[str]:
    """Say Yes or No in the part `known` of the rows, where most care was taken."""
    return _said(true, _highest(care, round(len(true) * known)), unknown, draw)


def _said(
    true: NDArray[np.bool_], known: NDArray[np.bool_], unknown: float, draw: np.random.Generator
) -> list[str]:
    """Say Yes or No where it is known, otherwise Unknown (with that chance) or Missing."""
    without = np.where(draw.random(len(true)) < unknown, "Unknown", "Missing")
    answers: list[str] = np.where(known, np.where(true, "Yes", "No"), without).tolist()
    return answers


def _highest(values: Floats, count: int) -> NDArray[np.bool_]:
    """Mark the `count` highest values."""
    marked = np.zeros(len(values), bool)
    marked[np.argsort(-values, kind="stable")[:count]] = True
    return marked


def _words(shares: dict[str, float], count: int, draw: np.random.Generator) -> Words:
    return np.array(list(shares))[draw.choice(len(shares), count, p=_shares(shares))]


def _shares(shares: dict[str, float]) -> Floats:
    parts = np.array(list(shares.values()))
    return np.asarray(parts / parts.sum())


def _sigmoid(scores: NDArray[np.floating]) -> Floats:
    return np.asarray(1 / (1 + np.exp(-scores)))
