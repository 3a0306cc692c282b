"""The table: what becomes of its rows, of its words and of its two parts."""

import csv

import numpy as np
import pytest
import torch
from batches import make_loaders
from cases import clean, encode, load_cases, scale, split
from measures import accuracy, balanced_accuracy, majority_accuracy, recall
from studentkit import assert_close, assert_same, assert_unchanged, data_folder, task

NAME = "COVID-19_Case_Surveillance_Public_Use_Data_Subset.csv"
PATH = f"./data/{NAME}"
ROW = {
    "cdc_case_earliest_dt": "2020/06/15",
    "cdc_report_dt": "2020/06/20",
    "pos_spec_dt": "2020/06/17",
    "onset_dt": "2020/06/15",
    "current_status": "Laboratory-confirmed case",
    "sex": "Female",
    "age_group": "40 - 49 Years",
    "race_ethnicity_combined": "Unknown",
    "hosp_yn": "No",
    "icu_yn": "No",
    "death_yn": "No",
    "medcond_yn": "No",
}
DRAW = np.random.default_rng(8)
X = DRAW.normal(3.0, 2.0, size=(60, 3)).astype(np.float32)
Y = np.array([0] * 45 + [1] * 15)


def rows(*changes):
    """Return a table of copies of ROW, each with its own changes."""
    made = [{**ROW, **change} for change in changes]
    return {name: [row[name] for row in made] for name in ROW}


def encoded(*changes):
    """Return the inputs of such a table, of which one tells nobody's death."""
    inputs, target, _ = encode(rows(*changes))
    died = [change.get("death_yn", ROW["death_yn"]) == "Yes" for change in changes]
    assert_same(target, np.array(died, dtype=int), "the target")
    others = [
        {**change, "death_yn": "No" if dead else "Yes"}
        for change, dead in zip(changes, died, strict=True)
    ]
    turned, target, _ = encode(rows(*others))
    assert_same(target, 1 - np.array(died, dtype=int), "the target of the others")
    assert_close(turned, np.array(inputs), "the inputs, whatever death_yn says")
    return np.array(inputs)


@task("case_table")
def test_every_value_stays_as_it_is():
    """load_cases changes no value, also where it holds a comma or is blank."""
    with (data_folder() / NAME).open(encoding="utf-8", newline="") as file:
        heading, *lines = csv.reader(file)
    found = load_cases(PATH)
    for name in ("race_ethnicity_combined", "onset_dt", "cdc_case_earliest_dt ", "medcond_yn"):
        expected = [line[heading.index(name)] for line in lines]
        assert list(found[name.strip()]) == expected, f"the values of {name.strip()}"


@task("case_table")
def test_the_rows_are_not_numbered():
    """load_cases leaves out the column that only numbers the rows."""
    with (data_folder() / NAME).open(encoding="utf-8", newline="") as file:
        heading, *lines = csv.reader(file)
    found = load_cases(PATH)
    names = set(found.keys())
    assert "" not in names and len(names) == 12, f"the columns are {sorted(names)}"
    assert list(found["sex"]) == [line[heading.index("sex")] for line in lines], "the values of sex"


@task("case_table")
def test_missing_words_elsewhere_cost_no_row():
    """clean looks at death_yn only: what is missing in other columns stays."""
    kept = {"sex": "Missing", "onset_dt": ""}, {"death_yn": "Yes", "icu_yn": "Unknown"}
    given = rows(kept[0], {"death_yn": "Unknown"}, kept[1])
    found = {name: list(column) for name, column in clean(given).items()}
    assert found == rows(*kept), "a row or a value got lost"


@task("case_table")
def test_cleaning_leaves_the_table_alone():
    """clean returns a new table; the one it is given keeps all its rows."""
    found = load_cases(PATH)
    before = len(found["sex"])
    kept = sum(word in ("Yes", "No") for word in found["death_yn"])
    assert 0 < kept < before, "the table has rows to keep, and others"
    assert len(clean(found)["sex"]) == kept, "rows of the new table"
    assert len(found["sex"]) == before, "rows of the given table are gone"


@task("case_inputs")
def test_the_target_does_not_leak():
    """encode gives the same inputs whatever death_yn says."""
    alive, dead = encoded({}, {"sex": "Male"}), encoded({"death_yn": "Yes"}, {"sex": "Male"})
    assert_close(dead, alive, "the inputs of somebody who died")
    assert not np.array_equal(alive[0], alive[1]), "Male and Female give the same inputs"


@task("case_inputs")
def test_a_row_is_encoded_by_itself():
    """encode gives a row the same inputs whichever rows are beside it."""
    changes = [
        {"age_group": "80+ Years", "sex": "Other", "hosp_yn": "Yes"},
        {"current_status": "Probable Case", "icu_yn": "Unknown", "onset_dt": ""},
        {"race_ethnicity_combined": "Hispanic/Latino", "cdc_report_dt": "2020/12/01"},
    ]
    together = encoded(*changes)
    assert len(np.unique(together, axis=0)) == 3, "three different rows give the same inputs"
    for number, change in enumerate(changes):
        assert_close(encoded(change)[0], together[number], "the inputs of a row by itself")


@task("case_inputs")
def test_age_groups_keep_their_order():
    """encode has an input that grows, or falls, with each of the nine age groups."""
    groups = [f"{ten} - {ten + 9} Years" for ten in range(0, 80, 10)] + ["80+ Years"]
    steps = np.diff(encoded(*({"age_group": group} for group in groups)), axis=0)  # (8, D)
    ordered = (steps > 0).all(axis=0) | (steps < 0).all(axis=0)
    assert ordered.any(), "no input follows the order of the age groups"


@task("case_inputs")
@pytest.mark.parametrize("column", ["hosp_yn", "icu_yn", "medcond_yn"])
def test_not_known_is_neither_yes_nor_no(column):
    """encode keeps Yes, No and Unknown apart, for hospital, intensive care and conditions."""
    yes, no, unknown, missing = encoded(
        *({column: word} for word in ("Yes", "No", "Unknown", "Missing"))
    )
    assert not np.array_equal(yes, no), f"{column}: Yes and No give the same inputs"
    assert not np.array_equal(no, unknown), f"{column}: Unknown is taken for No"
    assert not np.array_equal(yes, unknown), f"{column}: Unknown is taken for Yes"
    assert not np.array_equal(no, missing), f"{column}: Missing is taken for No"


@task("case_inputs")
def test_sex_is_an_input():
    """encode gives different inputs for Male and for Female."""
    male, female = encoded({"sex": "Male"}, {"sex": "Female"})
    assert not np.array_equal(male, female), "Male and Female give the same inputs"


@task("case_inputs")
def test_unusual_words_are_finite_numbers():
    """encode copes with blank dates and with words that are none of the usual."""
    blank = dict.fromkeys(("cdc_case_earliest_dt", "cdc_report_dt", "pos_spec_dt", "onset_dt"), "")
    odd = {name: "Missing" for name in ROW if name not in blank and name != "death_yn"}
    inputs = encoded({**blank, **odd}, {**odd, "age_group": "Unknown"})
    assert np.isfinite(inputs).all(), "an input is not a finite number"
    usual, old = encoded({}, {"age_group": "80+ Years"})
    assert not np.array_equal(usual, old), "two age groups give the same inputs"


@task("case_split")
def test_the_seed_decides_the_split():
    """split repeats itself for the same seed and draws other rows for another."""
    one, again, other = (np.array(split(X, Y, 0.2, seed)[2]) for seed in (1, 1, 2))
    assert_close(one, again, "the test part of the same seed")
    assert not np.array_equal(np.sort(one, axis=0), np.sort(other, axis=0)), "two seeds agree"


@task("case_split")
def test_the_share_of_each_class_is_rounded():
    """split gives round(share * n) rows of each class to the test part."""
    _, train_y, _, test_y = split(X, Y, 0.25, seed=4)
    assert_same(np.bincount(test_y), [11, 4], "the classes of the test part")
    assert_same(np.bincount(train_y), [34, 11], "the classes of the training part")


@task("case_split")
def test_the_test_part_is_scaled_by_the_training_part():
    """scale uses means and standard deviations of the training part for both parts."""
    train, test = X[:40], 5 * X[40:] + 1
    _, found = scale(train.copy(), test.copy())
    expected = (test - train.mean(axis=0)) / train.std(axis=0)
    assert_close(found, expected, "the test part", rtol=1e-3, atol=1e-4)


@task("case_split")
def test_a_constant_column_becomes_zero():
    """scale turns a column that never changes into zeros, without dividing by 0."""
    train = X[:40].copy()
    train[:, 1] = 7
    scaled, test = scale(train, X[40:].copy())
    assert_close(scaled[:, 1], np.zeros(40), "the constant column")
    expected = (train[:, 0] - train[:, 0].mean()) / train[:, 0].std()
    assert_close(scaled[:, 0], expected, "another column", rtol=1e-3, atol=1e-4)
    assert np.isfinite(test).all(), "the test part is not finite"


@task("case_split")
def test_scaling_changes_neither_part():
    """scale leaves the arrays it is given as they are, and returns float32."""
    scaled = assert_unchanged(scale, X[:40].copy(), X[40:].copy(), name="scale")
    expected = (X[:40] - X[:40].mean(axis=0)) / X[:40].std(axis=0)
    assert_close(scaled[0], expected, "the training part", rtol=1e-3, atol=1e-4)
    kinds = [part.dtype for part in scaled]
    assert kinds == [np.float32, np.float32], f"the types are {kinds}"


@task("case_split")
def test_every_epoch_has_its_own_order():
    """make_loaders shuffles the training samples anew for each epoch."""
    inputs, labels = torch.arange(64.0)[:, None], torch.arange(64)
    first, second = (orders(inputs, labels, seed=2)[0] for _ in range(2))
    assert_same(first[0], second[0], "the order of the same seed")
    assert not torch.equal(first[0], first[1]), "two epochs have the same order"
    assert not torch.equal(first[0], labels), "the training samples are not shuffled"
    other = orders(inputs, labels, seed=3)[0]
    assert not torch.equal(first[0], other[0]), "two seeds give the same order"


@task("case_split")
def test_the_test_part_keeps_its_order():
    """make_loaders gives the test samples in their order, in each epoch."""
    inputs, labels = torch.rand(50, 1, 4, 4), torch.arange(50)
    for order in orders(inputs, labels)[1]:
        assert_same(order, labels, "the labels of the test part")


def orders(inputs, labels, seed=0):
    """Return the labels of two epochs in the order of the loader, for both loaders."""
    loaders = make_loaders(inputs, labels, inputs, labels, batch_size=16, seed=seed)
    return [
        [torch.cat([batch for _, batch in map(tuple, loader)]) for _ in range(2)]
        for loader in loaders
    ]


@task("case_split")
def test_batches_have_the_size_asked_for():
    """make_loaders takes the size of a batch as its argument, and takes numpy arrays."""
    loader, _ = make_loaders(X, Y, X, Y, batch_size=25)
    sizes = [len(labels) for _, labels in map(tuple, loader)]
    assert sizes == [25, 25, 10], f"the sizes are {sizes}"


PREDICTED, TRUE = np.array([0, 1, 1, 2, 2, 2, 0]), np.array([0, 1, 2, 2, 2, 2, 2])


@task("measures")
def test_accuracy_is_the_share_of_right_predictions():
    """accuracy divides the number of right predictions by the number of samples."""
    assert_close(accuracy(PREDICTED, TRUE), 5 / 7, "the accuracy")
    assert_close(accuracy(torch.tensor([1, 0]), torch.tensor([1, 1])), 0.5, "of tensors")


@task("measures")
def test_recall_looks_at_the_samples_of_its_class():
    """recall is the share of a class's samples that are found, whatever else is predicted so."""
    found = [recall(PREDICTED, TRUE, label) for label in range(3)]
    assert_close(found, [1, 1, 3 / 5], "the recalls of the classes")


@task("measures")
def test_every_class_weighs_the_same():
    """balanced_accuracy is the mean of the recalls of the classes that occur."""
    assert_close(balanced_accuracy(PREDICTED, TRUE), (1 + 1 + 3 / 5) / 3, "of three classes")
    assert_close(balanced_accuracy(np.array([0, 3, 3]), np.array([0, 3, 0])), 3 / 4, "of 0 and 3")


@task("measures")
def test_the_commoner_class_is_that_of_the_training_part():
    """majority_accuracy takes the class from the training part and measures on the test part."""
    train, test = np.array([2, 0, 2, 1, 2]), np.array([0, 0, 0, 2])
    assert_close(majority_accuracy(train, test), 0.25, "the accuracy")
