"""The table of case reports: from a CSV file to arrays that a network can learn from."""

import csv
from datetime import date
from pathlib import Path

import numpy as np

FILE = "COVID-19_Case_Surveillance_Public_Use_Data_Subset.csv"
TARGET = "death_yn"
AGES = [
    "0 - 9 Years",
    "10 - 19 Years",
    "20 - 29 Years",
    "30 - 39 Years",
    "40 - 49 Years",
    "50 - 59 Years",
    "60 - 69 Years",
    "70 - 79 Years",
    "80+ Years",
]


def load_cases(path):
    lines = csv.reader(Path(path).read_text(encoding="utf-8").splitlines())
    names = [name.strip() for name in next(lines)]
    columns = zip(*lines)
    return {name: list(column) for name, column in zip(names, columns) if name}


def clean(cases):
    known = np.isin(cases[TARGET], ["Yes", "No"]).nonzero()[0]
    return {name: [column[row] for row in known] for name, column in cases.items()}


def _day(text):
    """Days since the year began, or None."""
    try:
        year, month, day = map(int, text.split("/"))
        return (date(year, month, day) - date(2020, 1, 1)).days
    except ValueError:
        return None


def _days_between(first, second):
    first, second = _day(first), _day(second)
    return 0 if first is None or second is None else second - first


def _answer(text):
    return {"Yes": 1, "No": -1}.get(text, 0)


def _recipes():
    """Yield the name of each input, the columns it is made of, and how."""
    yield "age", ["age_group"], lambda age: AGES.index(age) if age in AGES else 3.5
    yield "age unknown", ["age_group"], lambda age: age not in AGES
    yield "female", ["sex"], lambda sex: {"Female": 1, "Male": -1}.get(sex, 0)
    yield "in hospital", ["hosp_yn"], _answer
    yield "intensive care", ["icu_yn"], _answer
    yield "other illness", ["medcond_yn"], _answer
    yield "confirmed", ["current_status"], lambda status: status.startswith("Laboratory")
    yield "no symptoms known", ["onset_dt"], lambda onset: _day(onset) is None
    yield "days to report", ["onset_dt", "cdc_report_dt"], _days_between


def encode(cases):
    names, columns = [], []
    for name, sources, make in _recipes():
        names.append(name)
        columns.append([make(*words) for words in zip(*(cases[one] for one in sources))])
    X = np.array(columns, dtype=np.float32).T
    y = np.equal(cases[TARGET], "Yes").astype(np.int64)
    return X, y, names


def split(X, y, share=0.2, seed=0):
    chance = np.random.default_rng(seed)
    for_test = np.zeros(len(y), dtype=bool)
    for label in set(y.tolist()):
        rows = np.flatnonzero(y == label)
        chosen = chance.choice(rows, size=round(share * len(rows)), replace=False)
        for_test[chosen] = True
    return X[~for_test], y[~for_test], X[for_test], y[for_test]


def scale(train_X, test_X):
    exact = np.asarray(train_X, dtype=np.float64)
    mean, deviation = exact.mean(axis=0), exact.std(axis=0)
    same = np.all(exact == exact[:1], axis=0)
    mean[same], deviation[same] = exact[0, same], 1.0
    return tuple(((part - mean) / deviation).astype(np.float32) for part in (train_X, test_X))
