"""How good predictions are. All of them take arrays or tensors of classes and return a float."""

import numpy as np


def accuracy(predictions, y):
    """Return the fraction of predictions that are right.

    :param predictions: classes (N,)
    :param y: true classes (N,)
    """
    right = 0
    for prediction, label in zip(predictions, y):
        if prediction == label:
            right += 1
    return right / len(y)


def recall(predictions, y, label=1):
    """Return the fraction of the samples of class `label` that are predicted as such.

    :param predictions: classes (N,)
    :param y: true classes (N,), `label` among them
    """
    found = total = 0
    for prediction, true in zip(predictions, y):
        if true == label:
            total += 1
            found += int(prediction == label)
    return found / total


def balanced_accuracy(predictions, y):
    """Return the mean of the recalls of all classes that occur in y.

    :param predictions: classes (N,)
    :param y: true classes (N,)
    """
    classes = sorted({int(label) for label in y})
    return sum(recall(predictions, y, label) for label in classes) / len(classes)


def majority_accuracy(train_y, test_y):
    """Return the accuracy on the test part of always giving the training part's commonest class.

    :param train_y: classes of the training part (N,)
    :param test_y: classes of the test part (M,)
    """
    counts = {}
    for label in train_y:
        counts[int(label)] = counts.get(int(label), 0) + 1
    common = max(counts, key=counts.get)
    return accuracy([common] * len(test_y), test_y)
