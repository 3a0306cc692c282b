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
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {
        name.strip(): [row[name] for row in rows] for name in rows[0] if name and name.strip()
    }


def clean(cases):
    """Keep the rows whose `death_yn` is Yes or No, in their order.

    What is missing or unknown in another column is no reason to leave a row out.

    :param cases: what `load_cases` returns; it stays as it is
    :return: a dict like it, with M of its N rows
    """
    keep = [i for i, word in enumerate(cases["death_yn"]) if word in ("Yes", "No")]
    return {name: [values[i] for i in keep] for name, values in cases.items()}


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

    def one_hot(name):
        return [("%s: yes" % name, name, "Yes"), ("%s: no" % name, name, "No")]

    columns = [("man", "sex", "Male"), ("woman", "sex", "Female")]
    columns += one_hot("hosp_yn") + one_hot("icu_yn") + one_hot("medcond_yn")
    names = ["age"] + [title for title, _, _ in columns] + ["month"]
    rows = []
    for i in range(len(cases["death_yn"])):
        age = cases["age_group"][i]
        row = [AGES.index(age) + 1 if age in AGES else 0]
        row += [1.0 if cases[name][i] == word else 0.0 for _, name, word in columns]
        parts = cases["cdc_report_dt"][i].split("/")
        row.append(int(parts[1]) if len(parts) == 3 and parts[1].isdigit() else 0)
        rows.append(row)
    X = np.array(rows, dtype="float32").reshape(len(rows), len(names))
    y = np.array([1 if word == "Yes" else 0 for word in cases["death_yn"]], dtype="int64")
    return X, y, names


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
    rng = np.random.RandomState(seed)
    train, test = [], []
    for c in np.unique(y):
        rows = np.where(y == c)[0]
        rng.shuffle(rows)
        n = round(share * len(rows))
        test.extend(rows[:n])
        train.extend(rows[n:])
    return X[train], y[train], X[test], y[test]


def scale(train_X, test_X):
    """Standardise both parts with means and standard deviations of the training part.

    Afterwards each column of the training part has mean 0 and mean square 1; a column that is the
    same in every row becomes 0 there. Neither argument is changed.

    :param train_X: (N, D)
    :param test_X: (M, D)
    :return: train_X, test_X, scaled, of float32
    """
    train_X, test_X = train_X.astype("float64"), test_X.astype("float64")
    mean = train_X.mean(axis=0)
    std = train_X.std(axis=0)
    std[train_X.min(axis=0) == train_X.max(axis=0)] = 1
    return ((train_X - mean) / std).astype("float32"), ((test_X - mean) / std).astype("float32")
