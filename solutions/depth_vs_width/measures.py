"""How good predictions are. All of them take arrays or tensors of classes and return a float."""

import numpy as np


def accuracy(predictions, y):
    """Return the fraction of predictions that are right.

    :param predictions: classes (N,)
    :param y: true classes (N,)
    """
    # BEGIN SOLUTION
    return float(np.mean(np.asarray(predictions) == np.asarray(y)))
    # END SOLUTION


def recall(predictions, y, label=1):
    """Return the fraction of the samples of class `label` that are predicted as such.

    :param predictions: classes (N,)
    :param y: true classes (N,), `label` among them
    """
    # BEGIN SOLUTION
    predictions, y = np.asarray(predictions), np.asarray(y)
    return float(np.mean(predictions[y == label] == label))
    # END SOLUTION


def balanced_accuracy(predictions, y):
    """Return the mean of the recalls of all classes that occur in y.

    :param predictions: classes (N,)
    :param y: true classes (N,)
    """
    # BEGIN SOLUTION
    return float(np.mean([recall(predictions, y, label) for label in np.unique(np.asarray(y))]))
    # END SOLUTION


def majority_accuracy(train_y, test_y):
    """Return the accuracy on the test part of always giving the training part's commonest class.

    :param train_y: classes of the training part (N,)
    :param test_y: classes of the test part (M,)
    """
    # BEGIN SOLUTION
    labels, counts = np.unique(np.asarray(train_y), return_counts=True)
    return float(np.mean(np.asarray(test_y) == labels[counts.argmax()]))
    # END SOLUTION
