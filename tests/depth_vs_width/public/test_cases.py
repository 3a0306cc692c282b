"""The table of case reports, as ./data has it."""

import csv

import numpy as np
import torch
from batches import make_loaders
from cases import clean, encode, load_cases, scale, split
from measures import accuracy, balanced_accuracy, majority_accuracy, recall
from studentkit import assert_close, assert_same, data_folder, task

NAME = "COVID-19_Case_Surveillance_Public_Use_Data_Subset.csv"
X = np.arange(40, dtype=np.float32).reshape(20, 2) ** 1.5  # (N, D), no two rows alike
Y = np.array([0, 0, 0, 1] * 5)


def table():
    """Return the heading and the rows of the file, as they are."""
    path = data_folder() / NAME
    assert path.is_file(), f"{path} is missing; put the table of your course there"
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    return lines[0], lines[1:]


def loaded():
    """Return what load_cases makes of the file."""
    return {name: list(column) for name, column in load_cases(f"data/{NAME}").items()}


def few(**words):
    """Return a cleaned table of two rows; `words` replace those of some columns."""
    return {
        "cdc_case_earliest_dt": ["2020/04/03", "2020/11/20"],
        "cdc_report_dt": ["2020/04/05", "2020/11/21"],
        "pos_spec_dt": ["", "2020/11/20"],
        "onset_dt": ["2020/04/01", ""],
        "current_status": ["Laboratory-confirmed case", "Probable Case"],
        "sex": ["Female", "Male"],
        "age_group": ["30 - 39 Years", "70 - 79 Years"],
        "race_ethnicity_combined": ["Unknown", "White, Non-Hispanic"],
        "hosp_yn": ["No", "Yes"],
        "icu_yn": ["Missing", "No"],
        "death_yn": ["No", "Yes"],
        "medcond_yn": ["Unknown", "Yes"],
        **words,
    }


def check_no_leak(inputs):
    """Check that the inputs of `few()` stay when the two rows exchange their death_yn."""
    turned, _, _ = encode(few(death_yn=["Yes", "No"]))
    assert_close(turned, inputs, "the inputs: the target, or something made of it, is among them")


@task("case_table")
def test_every_column_is_there_under_its_name():
    """load_cases gives each column that has a name, without spaces at its ends, and all rows."""
    heading, rows = table()
    found = loaded()
    expected = {name.strip() for name in heading if name}
    assert set(found) == expected, f"the columns are {sorted(found)}; expected {sorted(expected)}"
    place = heading.index("age_group")
    assert found["age_group"] == [row[place] for row in rows], "the values of age_group"


@task("case_table")
def test_rows_without_an_answer_are_left_out():
    """clean keeps the rows whose death_yn is Yes or No, in all columns and in their order."""
    given = {
        "death_yn": ["Missing", "Yes", "No", "Unknown", "No"],
        "sex": ["a", "b", "c", "d", "e"],
    }
    found = {name: list(column) for name, column in clean(given).items()}
    assert found == {"death_yn": ["Yes", "No", "No"], "sex": ["b", "c", "e"]}, f"left are {found}"


@task("case_inputs")
def test_inputs_are_seven_to_twelve_numbers():
    """encode gives 7 to 12 finite float32 inputs for each row, and as many different names."""
    inputs, _, names = encode(few())
    assert inputs.dtype == np.float32, f"the inputs are {inputs.dtype}; expected float32"
    assert inputs.shape == (2, len(names)), f"the inputs have shape {inputs.shape}"
    assert 7 <= len(names) <= 12, f"there are {len(names)} inputs"
    assert len(set(names)) == len(names), "two inputs have the same name"
    assert np.isfinite(inputs).all(), "an input is not a finite number"
    assert not np.array_equal(inputs[0], inputs[1]), "two different rows give the same inputs"
    check_no_leak(inputs)


@task("case_inputs")
def test_the_target_is_death():
    """encode gives the target 1 for Yes and 0 for No, as integers."""
    inputs, target, _ = encode(few())
    check_no_leak(inputs)
    assert_same(target, [0, 1], "the target")
    assert target.dtype == np.int64, f"the target is {target.dtype}; expected int64"


@task("case_split")
def test_every_row_is_in_one_part_with_its_label():
    """split puts each row into exactly one part, and its label into the same part."""
    train_X, train_y, test_X, test_y = split(X, Y, 0.2, seed=3)
    rows = np.concatenate([train_X, test_X])
    order = np.argsort(rows[:, 0])
    assert_close(rows[order], X, "the rows of both parts together")
    assert_same(np.concatenate([train_y, test_y])[order], Y, "their labels")


@task("case_split")
def test_both_parts_have_the_same_share_of_a_class():
    """split draws the share from each class by itself."""
    _, _, _, test_y = split(X, Y, 0.2, seed=0)
    assert_same(
        np.bincount(test_y, minlength=2), [3, 1], "how many of each class are in the test part"
    )


@task("case_split")
def test_the_training_part_is_standardised():
    """scale gives each column of the training part mean 0 and mean square 1."""
    train, _ = scale(X[:15].copy(), X[15:].copy())
    assert_close(train.mean(axis=0), np.zeros(2), "the means", atol=1e-5)
    assert_close((train**2).mean(axis=0), np.ones(2), "the mean squares", rtol=1e-4)


@task("case_split")
def test_batches_hold_every_sample_once():
    """make_loaders gives batches of 32 of all samples, the last one short, with their labels."""
    inputs = torch.arange(70.0)[:, None]
    loaders = make_loaders(inputs, torch.arange(70) % 5, inputs[:40] + 100, torch.arange(40) % 5)
    for loader, size, first in zip(loaders, (70, 40), (0, 100), strict=True):
        batches = [tuple(batch) for batch in loader]
        sizes = [len(labels) for _, labels in batches]
        assert sizes == [32] * (size // 32) + [size % 32], f"the sizes of the batches are {sizes}"
        values = torch.cat([values for values, _ in batches])[:, 0] - first
        assert_same(values.sort().values, torch.arange(size), "all samples")
        assert_same(torch.cat([labels for _, labels in batches]), values % 5, "the labels")


@task("measures")
def test_always_no_is_right_often_and_finds_nobody():
    """Always answering 0 has the accuracy of the larger class, recall 0 and balanced accuracy ½."""
    predictions, true = np.zeros(10, dtype=int), np.array([0] * 8 + [1] * 2)
    assert_close(accuracy(predictions, true), 0.8, "the accuracy")
    assert_close(recall(predictions, true), 0.0, "the recall of class 1")
    assert_close(balanced_accuracy(predictions, true), 0.5, "the balanced accuracy")
    assert_close(majority_accuracy(true, true), 0.8, "the accuracy of the larger class")
