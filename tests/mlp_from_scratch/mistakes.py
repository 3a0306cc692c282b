"""Known mistakes of `mlp_from_scratch`; each docstring is the hint that a student reads."""

import random
from contextlib import contextmanager

import numpy as np

from autograder import mistake

BASE = "models._base_network._baseNetwork"
SOFTMAX = "models.softmax_regression.SoftmaxRegression.forward"
NETWORK = "models.two_layer_nn.TwoLayerNet.forward"
PENALTY = "optimizer._base_optimizer._BaseOptimizer.apply_regularization"
UPDATE = "optimizer.sgd.SGD.update"
SPLIT = "utils.load_mnist_trainval"
BATCHES = "utils.generate_batched_data"


@contextmanager
def using(model, **functions):
    """Let `model` call other functions for a while."""
    kept = dict(vars(model))
    vars(model).update(functions)
    try:
        yield
    finally:
        vars(model).clear()
        vars(model).update(kept)


@contextmanager
def without(model, *names):
    """Let weights of `model` be zero for a while."""
    kept = {name: model.weights[name] for name in names}
    model.weights.update({name: np.zeros_like(value) for name, value in kept.items()})
    try:
        yield
    finally:
        model.weights.update(kept)


def hidden_input_and_error(model, X, y):
    """Return what goes into the hidden units, and the gradient with respect to the scores."""
    hidden_input = X @ model.weights["W1"] + model.weights["b1"]
    scores = model.sigmoid(hidden_input) @ model.weights["W2"] + model.weights["b2"]
    return hidden_input, (model.softmax(scores) - np.eye(scores.shape[1])[y]) / len(y)


# loading ---------------------------------------------------------------------------------


@mistake(SPLIT, task="data_loading", costs=50)
def takes_the_first_fifth_for_validation(original):
    """You took the validation rows from the beginning of the file. The handout wants training
    rows first: look at which side of the cut each part lies."""
    data, label, more, more_label = original()
    data, label = list(data) + list(more), list(label) + list(more_label)
    size = len(data) - int(0.8 * len(data))
    return data[size:], label[size:], data[:size], label[:size]


@mistake(SPLIT, task="data_loading", costs=50)
def shuffles_before_the_split(original):
    """The rows are not in the order of the file any more. This split is made without shuffling,
    so that everybody has the same two parts."""
    data, label, more, more_label = original()
    return data[::-1], label[::-1], more, more_label


@mistake(SPLIT, task="data_loading", costs=50)
def splits_ninety_to_ten(original):
    """Your training part is too large, and the validation part too small. Check the share of the
    rows that the handout asks for."""
    data, label, more, more_label = original()
    data, label = list(data) + list(more), list(label) + list(more_label)
    size = int(0.9 * len(data))
    return data[:size], label[:size], data[size:], label[size:]


@mistake(SPLIT, task="data_loading", costs=50)
def returns_images_before_labels(original):
    """You return the four parts in another order, so that callers take images for labels.
    Compare the order of your return values with the docstring."""
    data, label, more, more_label = original()
    return data, more, label, more_label


@mistake(SPLIT, task="data_loading")
def scales_the_pixels_twice(original):
    """Your pixels are far too small: they were scaled twice. Look at what the given `load_csv`
    has done to them already."""
    data, label, more, more_label = original()
    data, more = ([[grey / 255 for grey in row] for row in part] for part in (data, more))
    return data, label, more, more_label


# batches ---------------------------------------------------------------------------------


@mistake(BATCHES, task="batching", costs=50)
def drops_the_last_short_batch(original, data, label, batch_size=32, shuffle=False, seed=None):
    """Samples are missing: where the batch size does not divide their number, a short batch
    is left at the end, and it counts too."""
    batches, labels = original(data, label, batch_size, shuffle, seed)
    whole = len(data) // batch_size
    return batches[:whole], labels[:whole]


@mistake(BATCHES, task="batching", costs=50)
def leaves_a_sample_out_of_each_batch(
    original, data, label, batch_size=32, shuffle=False, seed=None
):
    """Every full batch has a sample too few. A slice does not contain its upper end: check what
    you take off from it."""
    batches, labels = original(data, label, batch_size, shuffle, seed)
    size = batch_size - 1
    return [batch[:size] for batch in batches], [batch[:size] for batch in labels]


@mistake(BATCHES, task="batching")
def adds_an_empty_batch(original, data, label, batch_size=32, shuffle=False, seed=None):
    """There is a batch too many, with nothing in it. Count the batches for a batch size that
    divides the number of samples."""
    batches, labels = original(data, label, batch_size, shuffle, seed)
    if len(data) % batch_size == 0:
        return [*batches, batches[0][:0]], [*labels, labels[0][:0]]
    return batches, labels


@mistake(BATCHES, task="batching")
def batches_are_lists(original, data, label, batch_size=32, shuffle=False, seed=None):
    """Your batches are plain lists. The networks calculate with them, so that each batch and
    its labels have to be arrays."""
    batches, labels = original(data, label, batch_size, shuffle, seed)
    return [batch.tolist() for batch in batches], [batch.tolist() for batch in labels]


@mistake(BATCHES, task="batching", costs=50)
def labels_are_one_hot(original, data, label, batch_size=32, shuffle=False, seed=None):
    """You turned the labels into rows of zeros and ones. Loss and accuracy expect the number of
    the class, one for each sample."""
    batches, labels = original(data, label, batch_size, shuffle, seed)
    return batches, [np.eye(max(label) + 1)[batch] for batch in labels]


@mistake(BATCHES, task="batching", costs=60)
def shuffles_samples_and_labels_apart(
    original, data, label, batch_size=32, shuffle=False, seed=None
):
    """After shuffling, samples have other samples' labels, so that nothing can be learnt from
    them. Both need the same new order."""
    if not shuffle:
        return original(data, label, batch_size, shuffle, seed)
    batches, _ = original(data, label, batch_size, True, seed)
    _, labels = original(data, label, batch_size, False, None)
    return batches, labels


@mistake(BATCHES, task="batching")
def always_shuffles(original, data, label, batch_size=32, shuffle=False, seed=None):
    """The order changes although nobody asked for it: look at what `shuffle` says."""
    return original(data, label, batch_size, True, 3 if seed is None else seed)


@mistake(BATCHES, task="batching", costs=50)
def shuffles_whole_batches(original, data, label, batch_size=32, shuffle=False, seed=None):
    """You shuffled the batches and not the samples: the same samples share a batch in every
    epoch. Change the order before you cut."""
    batches, labels = original(data, label, batch_size, False, seed)
    order = list(range(len(batches)))
    if shuffle:
        random.shuffle(order)
    return [batches[i] for i in order], [labels[i] for i in order]


@mistake(BATCHES, task="batching")
def shuffles_with_numpy(original, data, label, batch_size=32, shuffle=False, seed=None):
    """The same seed gives a different order each time. The given line seeds the generator of
    the module `random`; numpy has another one, which that seed does not reach."""
    if not shuffle:
        return original(data, label, batch_size, shuffle, seed)
    order = np.random.permutation(len(data))
    data, label = [data[i] for i in order], [label[i] for i in order]
    return original(data, label, batch_size, False, seed)


@mistake(BATCHES, task="batching")
def shuffles_the_lists_it_is_given(original, data, label, batch_size=32, shuffle=False, seed=None):
    """You shuffled the caller's own lists, which are in another order now. Shuffle a copy, or
    positions instead of samples."""
    batches, labels = original(data, label, batch_size, shuffle, seed)
    if shuffle:
        rows = np.concatenate(batches).tolist()
        data[:], label[:] = rows, np.concatenate(labels).tolist()
    return batches, labels


# activations -----------------------------------------------------------------------------


@mistake(f"{BASE}.sigmoid", task="sigmoid", costs=50)
def sigmoid_without_the_minus(original, self, X):
    """Your sigmoid falls where it should rise. Check the sign in the exponent."""
    return 1 - original(self, X)


@mistake(f"{BASE}.sigmoid", task="sigmoid", costs=50)
def sigmoid_without_parentheses(original, self, X):
    """Your sigmoid is never below 1. Division comes before addition: look at what is divided
    by what."""
    return 1 / 1 + np.exp(-X)


@mistake(f"{BASE}.sigmoid", task="sigmoid")
def sigmoid_keeps_integers(original, self, X):
    """For integers your sigmoid is 0 or 1 only: the results were cut off when they were written
    into an array of integers. Mind the dtype of arrays that you create."""
    result = np.zeros_like(X)
    result[...] = original(self, X)
    return result


@mistake(f"{BASE}.sigmoid_dev", task="sigmoid")
def sigmoid_derivative_lacks_a_factor(original, self, x):
    """Your derivative is the sigmoid itself: one factor is missing. A slope goes to 0 at both
    ends, where the curve is flat."""
    return self.sigmoid(x)


@mistake(f"{BASE}.sigmoid_dev", task="sigmoid")
def sigmoid_derivative_at_the_activation(original, self, x):
    """You treated the argument as the sigmoid's output. It is what went into the sigmoid, so the
    activation has to be computed first."""
    return x * (1 - x)


@mistake(f"{BASE}.ReLU", task="relu")
def relu_edits_its_input(original, self, X):
    """ReLU changed the array it was given. The caller still needs the old values, for the
    gradient: work on a copy."""
    X[X < 0] = 0
    return X


@mistake(f"{BASE}.ReLU", task="relu")
def relu_is_the_absolute_value(original, self, X):
    """Your ReLU makes negative elements positive. They should be switched off, not mirrored."""
    return np.abs(X)


@mistake(f"{BASE}.ReLU", task="relu")
def relu_leaks(original, self, X):
    """Your ReLU lets a little of each negative element through. That is the leaky ReLU; this
    one is exactly 0 there."""
    return np.where(X > 0, X, 0.01 * X)


@mistake(f"{BASE}.ReLU", task="relu")
def relu_is_a_step(original, self, X):
    """Your ReLU returns 0 or 1, which is its derivative. A positive element keeps its value."""
    return (X > 0).astype(float)


@mistake(f"{BASE}.ReLU_dev", task="relu")
def relu_derivative_edits_its_input(original, self, X):
    """ReLU_dev changed the array it was given. The caller may need it again: make a new array
    for the slopes."""
    X[X <= 0] = 0
    X[X > 0] = 1
    return X


@mistake(f"{BASE}.ReLU_dev", task="relu")
def relu_derivative_is_relu(original, self, X):
    """This is the ReLU itself. Its derivative is the slope of each of the two pieces, and does
    not grow with the argument."""
    return self.ReLU(X)


@mistake(f"{BASE}.ReLU_dev", task="relu")
def relu_derivative_is_the_sign(original, self, X):
    """Your derivative is -1 for negative elements. The ReLU is flat there: think of the slope of
    a horizontal line."""
    return np.sign(X)


@mistake(f"{BASE}.ReLU_dev", task="relu")
def relu_derivative_is_the_wrong_way_round(original, self, X):
    """Your derivative is 1 where the ReLU is flat and 0 where it rises. Look at the direction
    of your comparison."""
    return (X <= 0).astype(float)


# softmax, loss, accuracy -----------------------------------------------------------------


# Who adds up everything takes the largest score of everything too, or none: that has its price
# in both tasks about softmax.
@mistake(f"{BASE}.softmax", task="softmax", also=("softmax_stability",), costs=60)
def softmax_over_the_whole_matrix(original, self, scores):
    """You normalised over the whole matrix. Each row is a distribution of its own: think about
    the axis of your sum."""
    exponentials = np.exp(scores - np.max(scores))
    return exponentials / np.sum(exponentials)


@mistake(f"{BASE}.softmax", task="softmax", costs=60)
def softmax_shifts_rows_and_adds_up_everything(original, self, scores):
    """You shifted each row, but then divided by the sum over all rows. Both go row by row: the
    probabilities of one sample have nothing to do with the others."""
    exponentials = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    return exponentials / np.sum(exponentials)


@mistake(f"{BASE}.softmax", task="softmax", costs=60)
def softmax_over_columns(original, self, scores):
    """You normalised over the samples, so that they compete with each other. Add up over the
    classes, for each sample."""
    return original(self, scores.T).T


@mistake(f"{BASE}.softmax", task="softmax", costs=70)
def softmax_without_normalisation(original, self, scores):
    """Your rows do not sum to 1: these are exponentials, not probabilities yet. A step of the
    definition is missing."""
    return np.exp(scores - np.max(scores, axis=1, keepdims=True))


@mistake(f"{BASE}.softmax", task="softmax", costs=60)
def softmax_divides_along_the_wrong_axis(original, self, scores):
    """The sum of each row is right but divides a column, or fits no shape at all. numpy aligns
    shapes from the right: mind the shape of your sum."""
    exponentials = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    return exponentials / np.sum(exponentials, axis=1)


@mistake(f"{BASE}.softmax", task="softmax")
def softmax_keeps_integers(original, self, scores):
    """For integer scores your probabilities are 0 or 1 only: they were cut off when they were
    written into an array of integers. Mind the dtype of arrays that you create."""
    result = np.zeros_like(scores)
    result[...] = original(self, scores)
    return result


@mistake(f"{BASE}.softmax", task="softmax")
def softmax_edits_its_input(original, self, scores):
    """softmax changed the scores it was given. The caller may need them again: shift a copy."""
    scores -= np.max(scores, axis=1, keepdims=True)
    return original(self, scores)


@mistake(f"{BASE}.softmax", task="softmax_stability")
def softmax_without_a_shift(original, self, scores):
    """exp overflows for large scores, and the result is NaN. A shift of a row does not change
    its softmax: use that."""
    exponentials = np.exp(scores)
    return exponentials / np.sum(exponentials, axis=1, keepdims=True)


@mistake(f"{BASE}.softmax", task="softmax_stability")
def softmax_with_one_shift_for_all(original, self, scores):
    """You shifted all rows by the largest score of the matrix. Rows far below it vanish: each
    row needs a shift of its own."""
    exponentials = np.exp(scores - np.max(scores))
    return exponentials / np.sum(exponentials, axis=1, keepdims=True)


@mistake(f"{BASE}.cross_entropy_loss", task="cross_entropy", costs=60)
def cross_entropy_picks_rows(original, self, x_pred, y):
    """You used the labels as row numbers. Each sample needs one entry of its own row: an index
    for the row and one for the class."""
    return -np.mean(np.log(x_pred[y % len(x_pred)]))


@mistake(f"{BASE}.cross_entropy_loss", task="cross_entropy", costs=60)
def cross_entropy_picks_whole_columns(original, self, x_pred, y):
    """You looked up every label in every row. Each sample needs one entry of its own row: as
    many numbers as there are samples."""
    return -np.mean(np.log(x_pred[:, y]))


@mistake(f"{BASE}.cross_entropy_loss", task="cross_entropy", costs=50)
def cross_entropy_counts_classes_from_one(original, self, x_pred, y):
    """You looked up the class before the true one. The labels count from 0, as the columns do."""
    return original(self, x_pred, y - 1)


@mistake(f"{BASE}.cross_entropy_loss", task="cross_entropy", costs=60)
def cross_entropy_of_all_classes(original, self, x_pred, y):
    """Your loss has terms for the wrong classes as well, as if each class were a yes-or-no
    question. With softmax, only the probability of the true class counts."""
    truth = np.eye(x_pred.shape[1])[y]
    terms = truth * np.log(x_pred) + (1 - truth) * np.log(1 - x_pred)
    return -np.mean(np.sum(terms, axis=1))


@mistake(f"{BASE}.cross_entropy_loss", task="cross_entropy", costs=60)
def cross_entropy_applies_softmax_again(original, self, x_pred, y):
    """You applied softmax within the loss. What comes in are probabilities already, and a second
    softmax makes them nearly equal."""
    return original(self, self.softmax(x_pred), y)


@mistake(f"{BASE}.cross_entropy_loss", task="cross_entropy", costs=50)
def cross_entropy_lacks_the_minus(original, self, x_pred, y):
    """Your loss is negative. The logarithm of a probability is at most 0, and the loss should be
    small where predictions are good: a sign is missing."""
    return -original(self, x_pred, y)


@mistake(f"{BASE}.cross_entropy_loss", task="cross_entropy", costs=50)
def cross_entropy_with_base_ten(original, self, x_pred, y):
    """Your logarithm has base 10, so that the gradient does not fit the loss. Cross-entropy
    takes the natural logarithm."""
    return original(self, x_pred, y) / np.log(10)


@mistake(f"{BASE}.cross_entropy_loss", task="cross_entropy", costs=50)
def cross_entropy_with_base_two(original, self, x_pred, y):
    """Your logarithm has base 2, so that the gradient does not fit the loss. Cross-entropy
    takes the natural logarithm."""
    return original(self, x_pred, y) / np.log(2)


@mistake(f"{BASE}.cross_entropy_loss", task="cross_entropy", costs=50)
def cross_entropy_is_a_sum(original, self, x_pred, y):
    """The loss grows with the batch, so that the learning rate would have to follow. It is the
    mean over the samples."""
    return original(self, x_pred, y) * len(y)


@mistake(f"{BASE}.cross_entropy_loss", task="cross_entropy", costs=50)
def cross_entropy_averages_over_classes(original, self, x_pred, y):
    """You also divided by the number of classes. The mean goes over the samples only: look at
    what your mean counts."""
    return original(self, x_pred, y) / x_pred.shape[1]


@mistake(f"{BASE}.cross_entropy_loss", task="cross_entropy", costs=50)
def cross_entropy_is_an_array(original, self, x_pred, y):
    """You returned a loss for each sample. Asked for is a single number for the batch."""
    return -np.log(x_pred[np.arange(len(y)), y])


@mistake(f"{BASE}.compute_accuracy", task="accuracy", costs=40)
def accuracy_is_a_count(original, self, x_pred, y):
    """You returned how many samples are right. Asked for is which fraction of them is."""
    return original(self, x_pred, y) * len(y)


@mistake(f"{BASE}.compute_accuracy", task="accuracy", costs=40)
def accuracy_is_in_percent(original, self, x_pred, y):
    """You returned percent. Asked for is a fraction between 0 and 1; `train` and `evaluate`
    calculate with it."""
    return original(self, x_pred, y) * 100


@mistake(f"{BASE}.compute_accuracy", task="accuracy", costs=50)
def accuracy_is_the_error_rate(original, self, x_pred, y):
    """You returned the fraction that is wrong. Look at what you compare, and whether you count
    the equal or the different ones."""
    return 1 - original(self, x_pred, y)


@mistake(f"{BASE}.compute_accuracy", task="accuracy", costs=50)
def accuracy_over_the_wrong_axis(original, self, x_pred, y):
    """You looked for the largest entry of each column. A prediction is made for each row: think
    about the axis."""
    best = np.argmax(x_pred, axis=0)
    count = min(len(best), len(y))
    return np.mean(best[:count] == y[:count])


# softmax regression ----------------------------------------------------------------------


@mistake(SOFTMAX, task="softmax_regression")
def softmax_regression_without_relu(original, self, X, y, mode="train"):
    """There is no ReLU in your network. This one has it between the product and the softmax,
    and its derivative in the gradient."""
    with using(self, ReLU=lambda x: x, ReLU_dev=np.ones_like):
        return original(self, X, y, mode)


@mistake(SOFTMAX, task="softmax_regression")
def softmax_regression_with_a_sigmoid(original, self, X, y, mode="train"):
    """You used the sigmoid, which belongs to the two-layer network. This one has a ReLU in front
    of the softmax."""
    with using(self, ReLU=self.sigmoid, ReLU_dev=self.sigmoid_dev):
        return original(self, X, y, mode)


@mistake(SOFTMAX, task="softmax_regression")
def softmax_regression_loss_of_activations(original, self, X, y, mode="train"):
    """You computed the loss of what comes out of ReLU. It expects probabilities: look at what
    you hand to it."""
    loss, activations = self.cross_entropy_loss, self.ReLU(X @ self.weights["W1"])
    with using(self, cross_entropy_loss=lambda _, y: loss(activations, y)):
        return original(self, X, y, mode)


@mistake(SOFTMAX, task="softmax_regression")
def softmax_regression_updates_its_weights(original, self, X, y, mode="train"):
    """Your forward pass changed the weights. It only stores the gradient; the optimizer takes
    the step, and would take it a second time."""
    result = original(self, X, y, mode)
    if mode == "train":
        self.weights["W1"] = self.weights["W1"] - 0.1 * self.gradients["W1"]
    return result


@mistake(SOFTMAX, task="softmax_regression")
def softmax_gradient_ignores_relu(original, self, X, y, mode="train"):
    """The gradient passes through units that ReLU has switched off. Use ReLU's derivative, at
    the values that went into it."""
    with using(self, ReLU_dev=np.ones_like):
        return original(self, X, y, mode)


@mistake(SOFTMAX, task="softmax_regression")
def softmax_gradient_forgets_the_labels(original, self, X, y, mode="train"):
    """Your gradient is the same whatever the labels are. In the derivative of softmax and
    cross-entropy, the true class has a term of its own."""
    result = original(self, X, y, mode)
    if mode == "train":
        scores = X @ self.weights["W1"]
        truth = np.eye(scores.shape[1])[y] / len(y)
        self.gradients["W1"] = self.gradients["W1"] + X.T @ (truth * self.ReLU_dev(scores))
    return result


@mistake(SOFTMAX, task="softmax_regression")
def softmax_gradient_points_downhill(original, self, X, y, mode="train"):
    """Your gradient has the wrong sign. The optimizer subtracts it, so it has to point to where
    the loss grows."""
    result = original(self, X, y, mode)
    if mode == "train":
        self.gradients["W1"] = -self.gradients["W1"]
    return result


@mistake(SOFTMAX, task="softmax_regression")
def softmax_gradient_is_a_sum(original, self, X, y, mode="train"):
    """The gradient is N times too large. The loss is a mean over the batch, and so is its
    gradient."""
    result = original(self, X, y, mode)
    if mode == "train":
        self.gradients["W1"] = self.gradients["W1"] * len(y)
    return result


@mistake(SOFTMAX, task="softmax_regression", costs=30)
def softmax_gradients_accumulate(original, self, X, y, mode="train"):
    """The gradient of an earlier batch is still in it. Each call in training replaces the
    gradient."""
    before = self.gradients["W1"].copy()
    result = original(self, X, y, mode)
    if mode == "train":
        self.gradients["W1"] = self.gradients["W1"] + before
    return result


# two-layer network -----------------------------------------------------------------------


@mistake(NETWORK, task="two_layer_network", costs=60)
def adds_the_bias_to_the_weights(original, self, X, y, mode="train"):
    """You added the bias to the weight matrix before the product, where it is multiplied by the
    inputs. It belongs after it."""
    kept = dict(self.weights)
    self.weights.update(W1=kept["W1"] + kept["b1"], W2=kept["W2"] + kept["b2"])
    self.weights.update(b1=np.zeros_like(kept["b1"]), b2=np.zeros_like(kept["b2"]))
    try:
        return original(self, X, y, mode)
    finally:
        self.weights.update(kept)


@mistake(NETWORK, task="two_layer_network", costs=50)
def network_ignores_its_biases(original, self, X, y, mode="train"):
    """The biases have no effect on your loss. Both layers have one; it is zero at the beginning
    only, so that you notice late."""
    with without(self, "b1", "b2"):
        return original(self, X, y, mode)


@mistake(NETWORK, task="two_layer_network", costs=50)
def network_ignores_its_first_bias(original, self, X, y, mode="train"):
    """b1 has no effect on your loss. Both layers have a bias; it is zero at the beginning only,
    so that you notice late."""
    with without(self, "b1"):
        return original(self, X, y, mode)


@mistake(NETWORK, task="two_layer_network", costs=50)
def network_ignores_its_second_bias(original, self, X, y, mode="train"):
    """b2 has no effect on your loss. Both layers have a bias; it is zero at the beginning only,
    so that you notice late."""
    with without(self, "b2"):
        return original(self, X, y, mode)


@mistake(NETWORK, task="two_layer_network", costs=50)
def network_with_a_relu(original, self, X, y, mode="train"):
    """You used the ReLU, which belongs to softmax regression. The hidden layer of this network
    has a sigmoid."""
    with using(self, sigmoid=self.ReLU, sigmoid_dev=self.ReLU_dev):
        return original(self, X, y, mode)


@mistake(NETWORK, task="two_layer_network", costs=30)
def network_gradients_accumulate(original, self, X, y, mode="train"):
    """The gradients of an earlier batch are still in them. Each call in training replaces the
    gradients."""
    before = {name: value.copy() for name, value in self.gradients.items()}
    result = original(self, X, y, mode)
    if mode == "train":
        for name, value in before.items():
            self.gradients[name] = self.gradients[name] + value
    return result


@mistake(NETWORK, task="two_layer_network")
def network_gradient_is_a_sum(original, self, X, y, mode="train"):
    """The gradients are N times too large. The loss is a mean over the batch, and so are its
    gradients."""
    result = original(self, X, y, mode)
    if mode == "train":
        for name in self.gradients:
            self.gradients[name] = self.gradients[name] * len(y)
    return result


@mistake(NETWORK, task="two_layer_network")
def network_gradients_point_downhill(original, self, X, y, mode="train"):
    """Your gradients have the wrong sign. The optimizer subtracts them, so they have to point to
    where the loss grows."""
    result = original(self, X, y, mode)
    if mode == "train":
        for name in self.gradients:
            self.gradients[name] = -self.gradients[name]
    return result


@mistake(NETWORK, task="two_layer_network")
def network_gradients_forget_the_labels(original, self, X, y, mode="train"):
    """Your gradients are the same whatever the labels are. In the derivative of softmax and
    cross-entropy, the true class has a term of its own."""
    result = original(self, X, y, mode)
    if mode == "train":
        hidden_input, error = hidden_input_and_error(self, X, y)
        error = error + np.eye(error.shape[1])[y] / len(y)
        below = error @ self.weights["W2"].T * self.sigmoid_dev(hidden_input)
        self.gradients.update(W1=X.T @ below, b1=below.sum(axis=0), b2=error.sum(axis=0))
        self.gradients["W2"] = self.sigmoid(hidden_input).T @ error
    return result


@mistake(NETWORK, task="two_layer_network")
def second_layer_gradient_before_the_sigmoid(original, self, X, y, mode="train"):
    """Your gradient of W2 uses what went into the sigmoid. W2 is multiplied by what came out of
    it, and its gradient contains the same."""
    result = original(self, X, y, mode)
    if mode == "train":
        hidden_input, error = hidden_input_and_error(self, X, y)
        self.gradients["W2"] = hidden_input.T @ error
    return result


@mistake(NETWORK, task="two_layer_network")
def first_layer_gradient_skips_the_sigmoid(original, self, X, y, mode="train"):
    """Your gradients of the first layer lack the derivative of the sigmoid. On its way back to
    W1 and b1, the gradient passes the hidden units: apply the chain rule there too."""
    with using(self, sigmoid_dev=np.ones_like):
        return original(self, X, y, mode)


@mistake(NETWORK, task="two_layer_network")
def sigmoid_derivative_of_the_hidden_units(original, self, X, y, mode="train"):
    """You gave the hidden units to `sigmoid_dev`, which takes what went into the sigmoid. So the
    sigmoid was applied twice: keep the values before it."""
    derivative = self.sigmoid_dev
    with using(self, sigmoid_dev=lambda x: derivative(self.sigmoid(x))):
        return original(self, X, y, mode)


@mistake(NETWORK, task="two_layer_network")
def second_layer_is_reshaped_on_the_way_back(original, self, X, y, mode="train"):
    """Your gradients of the first layer have the right shape and wrong values: W2 was reshaped
    on the way back. Exchanging rows with columns is something else."""
    result = original(self, X, y, mode)
    if mode == "train":
        hidden_input, error = hidden_input_and_error(self, X, y)
        below = error @ self.weights["W2"].reshape(error.shape[1], -1)
        below = below * self.sigmoid_dev(hidden_input)
        self.gradients.update(W1=X.T @ below, b1=below.sum(axis=0))
    return result


@mistake(NETWORK, task="two_layer_network")
def first_bias_has_no_gradient(original, self, X, y, mode="train"):
    """The gradient of b1 is never written, so that b1 cannot learn. It has the same path back as
    W1, without the inputs."""
    before = self.gradients["b1"]
    result = original(self, X, y, mode)
    self.gradients["b1"] = before
    return result


@mistake(NETWORK, task="two_layer_network", costs=30)
def first_bias_gradient_of_the_output(original, self, X, y, mode="train"):
    """The gradient of b1 is that of b2. What reaches b1 has gone back through W2 and the sigmoid:
    look at which error you add up."""
    result = original(self, X, y, mode)
    if mode == "train":
        self.gradients["b1"] = self.gradients["b2"].copy()
    return result


@mistake(NETWORK, task="two_layer_network")
def second_bias_has_no_gradient(original, self, X, y, mode="train"):
    """The gradient of b2 is never written, so that b2 cannot learn. It adds up the error of the
    scores over the batch."""
    before = self.gradients["b2"]
    result = original(self, X, y, mode)
    self.gradients["b2"] = before
    return result


@mistake(NETWORK, task="two_layer_network")
def bias_gradients_are_matrices(original, self, X, y, mode="train"):
    """Your bias gradients have shape (1, H). A gradient has the shape of its weight, (H,), or
    the update turns the bias into a matrix."""
    result = original(self, X, y, mode)
    if mode == "train":
        for name in ("b1", "b2"):
            self.gradients[name] = np.atleast_2d(self.gradients[name])
    return result


@mistake(NETWORK, task="two_layer_network")
def bias_gradients_are_means(original, self, X, y, mode="train"):
    """You averaged the bias gradients over the batch a second time. Once the error of each
    sample is divided by N, they are sums over it."""
    result = original(self, X, y, mode)
    if mode == "train":
        for name in ("b1", "b2"):
            self.gradients[name] = self.gradients[name] / len(y)
    return result


# evaluation ------------------------------------------------------------------------------


@mistake(SOFTMAX, task="evaluation_mode")
def softmax_writes_gradients_in_evaluation(original, self, X, y, mode="train"):
    """Gradients changed outside training. Look at `mode`: evaluation must not disturb what the
    optimizer works with."""
    return original(self, X, y, "train")


@mistake(SOFTMAX, task="evaluation_mode")
def softmax_clears_its_gradient_in_evaluation(original, self, X, y, mode="train"):
    """You set the gradient to zero outside training too. In every other mode it stays as it is,
    also at the beginning of the call."""
    self.gradients["W1"] = np.zeros_like(self.gradients["W1"])
    return original(self, X, y, mode)


@mistake(NETWORK, task="evaluation_mode")
def network_writes_gradients_in_evaluation(original, self, X, y, mode="train"):
    """Gradients changed outside training. Look at `mode`: evaluation must not disturb what the
    optimizer works with."""
    return original(self, X, y, "train")


@mistake(NETWORK, task="evaluation_mode")
def network_clears_its_gradients_in_evaluation(original, self, X, y, mode="train"):
    """You set the gradients to zero outside training too. In every other mode they stay as they
    are, also at the beginning of the call."""
    for name in self.gradients:
        self.gradients[name] = np.zeros_like(self.gradients[name])
    return original(self, X, y, mode)


# penalty ---------------------------------------------------------------------------------


@mistake(PENALTY, task="regularization")
def penalises_biases(original, self, model):
    """You regularised the biases too. The penalty covers weight matrices only: look at the names
    of what you go through."""
    for name, weight in model.weights.items():
        model.gradients[name] = model.gradients[name] + self.reg * weight


@mistake(PENALTY, task="regularization")
def penalises_the_first_matrix_only(original, self, model):
    """You regularised W1 and no other matrix. The penalty covers all weight matrices that a
    model has."""
    model.gradients["W1"] = model.gradients["W1"] + self.reg * model.weights["W1"]


@mistake(PENALTY, task="regularization", costs=60)
def overwrites_gradients_with_the_penalty(original, self, model):
    """The penalty replaced the gradient of the loss, so that nothing is learnt from the data. It
    is added to it."""
    for name, weight in model.weights.items():
        if name.startswith("W"):
            model.gradients[name] = self.reg * weight


@mistake(PENALTY, task="regularization", costs=50)
def subtracts_the_penalty(original, self, model):
    """Your penalty makes weights larger. The update subtracts the gradient: think about the sign
    that shrinks a weight."""
    kept, self.reg = self.reg, -self.reg
    try:
        original(self, model)
    finally:
        self.reg = kept


@mistake(PENALTY, task="regularization", costs=40)
def doubles_the_penalty(original, self, model):
    """Your penalty is twice as large as asked for. The loss has one half in front of the
    squares, which meets the derivative of the square."""
    for _ in range(2):
        original(self, model)


@mistake(PENALTY, task="regularization", costs=40)
def halves_the_penalty(original, self, model):
    """Your penalty is half as large as asked for. You kept the one half of the loss: derive the
    square as well."""
    kept, self.reg = self.reg, self.reg / 2
    try:
        original(self, model)
    finally:
        self.reg = kept


@mistake(PENALTY, task="regularization", costs=70)
def penalises_the_weights_directly(original, self, model):
    """You changed the weights and left the gradients alone. Here the penalty goes into the
    gradients; the update moves the weights."""
    for name, weight in model.weights.items():
        if name.startswith("W"):
            model.weights[name] = weight - self.reg * weight


@mistake(PENALTY, task="regularization", costs=50)
def multiplies_the_penalty_by_the_learning_rate(original, self, model):
    """The learning rate is in the penalty already. It is applied once, to the whole gradient, in
    the update."""
    kept, self.reg = self.reg, self.reg * self.learning_rate
    try:
        original(self, model)
    finally:
        self.reg = kept


# update ----------------------------------------------------------------------------------


@mistake(UPDATE, task="sgd")
def never_updates_biases(original, self, model):
    """The biases never change. They are parameters like the matrices, and learn too: look at the
    names that your loop goes through."""
    kept = {name: value.copy() for name, value in model.weights.items()}
    original(self, model)
    for name, value in kept.items():
        if name.startswith("b"):
            model.weights[name] = value


@mistake(UPDATE, task="sgd", costs=50)
def climbs_the_gradient(original, self, model):
    """Your weights move along the gradient, where the loss grows. Descent goes the other way:
    check the sign."""
    kept, self.learning_rate = self.learning_rate, -self.learning_rate
    try:
        original(self, model)
    finally:
        self.learning_rate = kept


@mistake(UPDATE, task="sgd", costs=50)
def ignores_the_learning_rate(original, self, model):
    """Your steps have the length of the gradient whatever the learning rate is. It scales every
    step."""
    kept, self.learning_rate = self.learning_rate, 1.0
    try:
        original(self, model)
    finally:
        self.learning_rate = kept


@mistake(UPDATE, task="sgd", costs=50)
def applies_the_learning_rate_twice(original, self, model):
    """Your steps are too short: the learning rate is applied twice. Scale either the gradient or
    the step."""
    kept, self.learning_rate = self.learning_rate, self.learning_rate**2
    try:
        original(self, model)
    finally:
        self.learning_rate = kept


@mistake(UPDATE, task="sgd")
def remembers_earlier_gradients(original, self, model):
    """Your second step differs from the first with the same gradients: something is kept
    between updates. Plain SGD has no momentum, whatever the configuration mentions."""
    kept = dict(model.gradients)
    self.velocity = getattr(self, "velocity", {})
    for name, gradient in kept.items():
        self.velocity[name] = 0.9 * self.velocity.get(name, 0.0) + gradient
        model.gradients[name] = self.velocity[name].copy()
    original(self, model)
    model.gradients.update(kept)


@mistake(UPDATE, task="sgd")
def scales_the_gradients_themselves(original, self, model):
    """The update changed the gradients as well. It follows them and leaves them alone, apart
    from the penalty."""
    original(self, model)
    for name in model.gradients:
        model.gradients[name] = model.gradients[name] * self.learning_rate


# curves ----------------------------------------------------------------------------------


@mistake("utils.plot_curves", task="curves")
def plots_training_twice(original, train_loss, train_accuracy, valid_loss, valid_accuracy):
    """The validation curves are missing: the training histories are drawn in their place. Check
    which arguments your lines for validation draw."""
    original(train_loss, train_accuracy, train_loss, train_accuracy)


@mistake("utils.plot_curves", task="curves")
def plots_training_only(original, train_loss, train_accuracy, valid_loss, valid_accuracy):
    """The validation curves are missing. Only beside them can you see whether the network
    overfits."""
    from matplotlib import pyplot  # in the worker only: the grader reads this file as well

    original(train_loss, train_accuracy, valid_loss, valid_accuracy)
    for axes in pyplot.gcf().axes:
        axes.get_lines()[1].remove()


@mistake("utils.plot_curves", task="curves")
def plots_losses_only(original, train_loss, train_accuracy, valid_loss, valid_accuracy):
    """The accuracies are missing. Draw all four histories that you are given."""
    original(train_loss, [], valid_loss, [])
