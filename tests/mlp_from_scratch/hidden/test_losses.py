"""Softmax, cross-entropy and accuracy."""

import numpy as np
from models._base_network import _baseNetwork
from studentkit import assert_close, assert_shape, assert_unchanged, task

SCORES = np.array([[0.2, -1.3, 2.4, 0.0], [3.0, 1.0, -0.5, 0.7], [-2.0, -2.0, -1.0, 0.5]])
PREDICTED = np.array(
    [[0.1, 0.2, 0.3, 0.4], [0.7, 0.1, 0.1, 0.1], [0.25, 0.3, 0.25, 0.2], [0.05, 0.05, 0.1, 0.8]]
)
LABEL = np.array([3, 0, 2, 0])


def softmax(scores):
    """Through the hyperbolic way: no code shared with anybody's answer."""
    return np.array([[1 / np.sum(np.exp(row - one)) for one in row] for row in scores])


@task("softmax")
def test_each_row_is_normalised_by_itself():
    """softmax normalises each row by itself, not the whole matrix and not the columns."""
    result = _baseNetwork().softmax(SCORES.copy())
    assert_close(result, softmax(SCORES), "softmax(scores)")


@task("softmax")
def test_one_row_is_a_batch_too():
    """softmax of a batch of one sample has shape (1, C) and sums to 1."""
    assert_close(_baseNetwork().softmax(SCORES[:1].copy()), softmax(SCORES[:1]), "softmax(scores)")


@task("softmax")
def test_as_many_samples_as_classes():
    """softmax normalises rows, also where there are as many samples as classes."""
    scores = SCORES[:, :3]
    assert_close(_baseNetwork().softmax(scores.copy()), softmax(scores), "softmax(scores)")


@task("softmax")
def test_a_shift_of_a_row_changes_nothing():
    """Adding a constant to all scores of a row leaves its probabilities as they are."""
    shifted = SCORES + np.array([[1.0], [-2.0], [0.5]])
    assert_close(_baseNetwork().softmax(shifted), softmax(SCORES), "softmax(scores + constant)")


@task("softmax")
def test_softmax_of_integers():
    """softmax of integer scores is no integer."""
    scores = np.array([[1, 2, 3], [0, 0, 4]])
    assert_close(_baseNetwork().softmax(scores.copy()), softmax(scores), "softmax(scores)")


@task("softmax")
def test_softmax_leaves_its_input_alone():
    """softmax does not change the scores it is given."""
    result = assert_unchanged(_baseNetwork().softmax, SCORES.copy(), name="softmax")
    assert_close(result, softmax(SCORES), "softmax(scores)")


# Ratios in symmetric matrices, so that normalising along the wrong axis or not at all, which has
# tests of its own, does not cost these points as well.


@task("softmax_stability")
def test_large_scores_do_not_overflow():
    """softmax of scores near 1000 has no NaN and keeps the ratios of the classes."""
    scores = np.array([[1001.0, 1000.0], [1000.0, 1001.0]])
    result = _baseNetwork().softmax(scores)
    assert_shape(result, (2, 2), "softmax(scores)")
    assert_close(result[0, 0] / result[0, 1], np.e, "the ratio of two classes")
    assert np.all(result > 0), "softmax(scores) is not positive"


@task("softmax_stability")
def test_very_negative_scores_do_not_vanish():
    """softmax of scores near -1000 has no NaN and keeps the ratios of the classes."""
    scores = np.array([[-1000.0, -1001.0], [-1001.0, -1000.0]])
    result = _baseNetwork().softmax(scores)
    assert_shape(result, (2, 2), "softmax(scores)")
    assert_close(result[1, 1] / result[1, 0], np.e, "the ratio of two classes")
    assert np.all(result > 0), "softmax(scores) is not positive"


@task("softmax_stability")
def test_rows_far_apart_do_not_vanish():
    """A row of large scores leaves the probabilities of an ordinary row as they are."""
    near = _baseNetwork().softmax(np.array([[1001.0, 1000.0], [1000.0, 1001.0]]))
    far = _baseNetwork().softmax(np.array([[1000.0, 0.0], [0.0, 1.0]]))
    assert_shape(far, (2, 2), "softmax(scores)")
    assert_close(near[0, 0] / near[0, 1], np.e, "the ratio of two classes")
    assert 0.1 < far[1, 1] <= 1, f"the larger score of the second row got {far[1, 1]}"


@task("softmax_stability")
def test_scores_far_apart_in_one_row_give_no_nan():
    """softmax of a row with a very large and a small score has no NaN: nothing overflows."""
    result = _baseNetwork().softmax(np.array([[1000.0, 0.0], [0.0, 1000.0]]))
    assert_shape(result, (2, 2), "softmax(scores)")
    assert np.all(np.isfinite(result)), "softmax(scores) contains NaN or infinity"
    assert 1 >= result[0, 0] > 0.1 > 1e-6 > result[0, 1], f"the first row is {result[0]}"


@task("cross_entropy")
def test_the_true_class_is_looked_up_in_its_row():
    """cross_entropy_loss takes from each row the probability of that row's true class."""
    loss = _baseNetwork().cross_entropy_loss(PREDICTED.copy(), LABEL.copy())
    assert_close(loss, -np.log([0.4, 0.7, 0.25, 0.05]).sum() / 4, "the loss")


@task("cross_entropy")
def test_the_loss_is_a_mean():
    """cross_entropy_loss does not grow with the size of the batch."""
    loss = _baseNetwork().cross_entropy_loss(np.tile(PREDICTED, (5, 1)), np.tile(LABEL, 5))
    assert_close(loss, -np.log([0.4, 0.7, 0.25, 0.05]).mean(), "the loss of a larger batch")


@task("cross_entropy")
def test_the_loss_of_one_sample():
    """cross_entropy_loss of a single sample is a single number."""
    loss = _baseNetwork().cross_entropy_loss(PREDICTED[1:2].copy(), LABEL[1:2].copy())
    assert_close(loss, -np.log(0.7), "the loss of one sample")


@task("cross_entropy")
def test_the_loss_uses_the_natural_logarithm_and_its_input_as_it_is():
    """cross_entropy_loss takes natural logarithms of probabilities and changes no argument."""
    predicted = np.array(
        [[np.exp(-1.0), 0.25, 0.75 - np.exp(-1.0)], [0.45, np.exp(-3.0), 0.55 - np.exp(-3.0)]]
    )
    loss = assert_unchanged(
        _baseNetwork().cross_entropy_loss, predicted, np.array([0, 1]), name="cross_entropy_loss"
    )
    assert_close(loss, 2.0, "the loss")


@task("accuracy")
def test_accuracy_counts_rows():
    """compute_accuracy compares the largest entry of each row with that row's label."""
    accuracy = _baseNetwork().compute_accuracy(PREDICTED.copy(), LABEL.copy())
    assert_close(accuracy, 0.5, "the accuracy")


@task("accuracy")
def test_accuracy_goes_from_0_to_1():
    """compute_accuracy is 1 when all rows are right and 0 when none is."""
    model = _baseNetwork()
    right, wrong = PREDICTED.argmax(axis=1), (PREDICTED.argmax(axis=1) + 1) % 4
    assert_close(model.compute_accuracy(PREDICTED.copy(), right), 1.0, "the accuracy")
    assert_close(model.compute_accuracy(PREDICTED.copy(), wrong), 0.0, "the accuracy")


@task("accuracy")
def test_accuracy_with_more_classes_than_rows():
    """compute_accuracy takes the largest entry over the classes, not over the batch."""
    rows = PREDICTED[[1, 0, 2]]
    for label, expected in (([0, 3, 1], 1.0), ([0, 3, 2], 2 / 3)):
        accuracy = _baseNetwork().compute_accuracy(rows.copy(), np.array(label))
        assert_close(accuracy, expected, "the accuracy")
