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
    """Read the table of case reports.

    The first line has the columns' names. Spaces at the ends of a name are taken off; the column
    without a name, which only numbers the rows, is left out. Values stay as they are.

    :param path: the CSV file
    :return: dict: name of the column -> list of N strings
    """
    # BEGIN SOLUTION
    with Path(path).open(encoding="utf-8", newline="") as file:
        heading, *rows = csv.reader(file)
    columns = zip(*rows, strict=True)
    named = {name.strip(): list(column) for name, column in zip(heading, columns, strict=True)}
    return {name: column for name, column in named.items() if name}
    # END SOLUTION


def clean(cases):
    """Keep the rows whose `death_yn` is Yes or No, in their order.

    What is missing or unknown in another column is no reason to leave a row out.

    :param cases: what `load_cases` returns; it stays as it is
    :return: a dict like it, with M of its N rows
    """
    # BEGIN SOLUTION
    keep = [number for number, word in enumerate(cases[TARGET]) if word in ("Yes", "No")]
    return {name: [column[number] for number in keep] for name, column in cases.items()}
    # END SOLUTION


def encode(cases):
    """Turn cleaned cases into numbers: 7 to 12 inputs that you choose, and the target.

    Among your inputs must be what `age_group`, `sex`, `hosp_yn`, `icu_yn` and `medcond_yn` say; the
    others are up to you. An input may be a column of the table or made of one.

    - What a row becomes depends on this row alone, not on which others are there.
    - The target is no input, nor is anything made of it.
    - The nine age groups become nine different values, in the order of age.
    - Yes, No and not known are three different cases. "Unknown" and "Missing" may be the same.
    - Every input is a finite number, also where a date is blank or a word is none of the usual.

    :param cases: what `clean` returns
    :return: (X, y, names): inputs (N, D) of float32, target (N,) of int64 with 1 for Yes and 0 for
        No, and the D inputs' names, all different
    """

    # BEGIN SOLUTION
    def day(word):
        try:
            return (date(*map(int, word.split("/"))) - date(2020, 1, 1)).days
        except (TypeError, ValueError):  # blank or unreadable
            return 0

    inputs = {
        "age": [AGES.index(word) if word in AGES else 4 for word in cases["age_group"]],
        "male": [word == "Male" for word in cases["sex"]],
        "female": [word == "Female" for word in cases["sex"]],
    }
    for column in ("hosp_yn", "icu_yn", "medcond_yn"):
        inputs[f"{column} yes"] = [word == "Yes" for word in cases[column]]
        inputs[f"{column} not known"] = [word not in ("Yes", "No") for word in cases[column]]
    inputs["confirmed"] = [word.startswith("Laboratory") for word in cases["current_status"]]
    inputs["day"] = [day(word) for word in cases["cdc_case_earliest_dt"]]
    X = np.array(list(inputs.values()), dtype=np.float32).T  # (N, D)
    y = np.array([word == "Yes" for word in cases[TARGET]], dtype=np.int64)
    return X, y, list(inputs)
    # END SOLUTION


def split(X, y, share=0.2, seed=0):
    """Draw a test part; the rest is for training.

    Each class is split by itself, so that both parts have the same share of it: of n rows of a
    class, round(share * n) go to the test part. Every row is in exactly one part, with its label.

    :param X: inputs (N, D)
    :param y: classes (N,)
    :param share: of each class that is for testing
    :param seed: makes the draw repeatable; other seeds draw other rows
    :return: train_X, train_y, test_X, test_y
    """
    # BEGIN SOLUTION
    generator = np.random.default_rng(seed)
    chosen = np.zeros(len(y), dtype=bool)
    for label in np.unique(y):
        rows = generator.permutation(np.flatnonzero(y == label))
        chosen[rows[: round(share * len(rows))]] = True
    return X[~chosen], y[~chosen], X[chosen], y[chosen]
    # END SOLUTION


def scale(train_X, test_X):
    """Standardise both parts with means and standard deviations of the training part.

    Afterwards each column of the training part has mean 0 and mean square 1; a column that is the
    same in every row becomes 0 there. Neither argument is changed.

    :param train_X: (N, D)
    :param test_X: (M, D)
    :return: train_X, test_X, scaled, of float32
    """
    # BEGIN SOLUTION
    mean, deviation = train_X.mean(axis=0), train_X.std(axis=0)  # (D,)
    deviation = np.where(deviation > 0, deviation, 1)
    return tuple(((X - mean) / deviation).astype(np.float32) for X in (train_X, test_X))
    # END SOLUTION
