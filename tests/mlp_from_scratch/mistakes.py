"""Known mistakes of `mlp_from_scratch`; each docstring is the hint that a student reads."""

import numpy as np

from autograder.mistakes import mistake

BASE = "models._base_network._baseNetwork"
SOFTMAX = "models.softmax_regression.SoftmaxRegression.forward"
NETWORK = "models.two_layer_nn.TwoLayerNet.forward"
PENALTY = "optimizer._base_optimizer._BaseOptimizer.apply_regularization"
UPDATE = "optimizer.sgd.SGD.update"


# loading ---------------------------------------------------------------------------------


@mistake("utils.load_mnist_trainval", task="data_loading")
def takes_the_first_fifth_for_validation(original):
    """You took the validation rows from the beginning of the file. Training comes first."""
    data, label, more, more_label = original()
    data, label = list(data) + list(more), list(label) + list(more_label)
    size = len(data) - int(0.8 * len(data))
    return data[size:], label[size:], data[:size], label[:size]


@mistake("utils.load_mnist_trainval", task="data_loading")
def shuffles_before_the_split(original):
    """The rows are not in the order of the file any more. This split is made without shuffling."""
    data, label, more, more_label = original()
    return data[::-1], label[::-1], more, more_label


@mistake("utils.generate_batched_data", task="batching")
def drops_the_last_short_batch(original, data, label, batch_size=32, shuffle=False, seed=None):
    """Samples are missing: where the batch size does not divide their number, a short batch
    is left at the end, and it counts too."""
    batches, labels = original(data, label, batch_size, shuffle, seed)
    whole = len(data) // batch_size
    return batches[:whole], labels[:whole]


@mistake("utils.generate_batched_data", task="batching")
def adds_an_empty_batch(original, data, label, batch_size=32, shuffle=False, seed=None):
    """There is a batch too many: count them for a batch size that divides the samples."""
    batches, labels = original(data, label, batch_size, shuffle, seed)
    if len(data) % batch_size == 0:
        return [*batches, batches[0][:0]], [*labels, labels[0][:0]]
    return batches, labels


@mistake("utils.generate_batched_data", task="batching")
def shuffles_samples_and_labels_apart(
    original, data, label, batch_size=32, shuffle=False, seed=None
):
    """After shuffling, samples have other samples' labels. Both need the same new order."""
    if not shuffle:
        return original(data, label, batch_size, shuffle, seed)
    batches, _ = original(data, label, batch_size, True, seed)
    _, labels = original(data, label, batch_size, False, None)
    return batches, labels


@mistake("utils.generate_batched_data", task="batching")
def always_shuffles(original, data, label, batch_size=32, shuffle=False, seed=None):
    """The order changes although nobody asked for it: look at what `shuffle` says."""
    return original(data, label, batch_size, True, 3 if seed is None else seed)


# activations -----------------------------------------------------------------------------


@mistake(f"{BASE}.sigmoid", task="sigmoid")
def sigmoid_without_the_minus(original, self, X):
    """Your sigmoid falls where it should rise. Check the sign in the exponent."""
    return 1 - original(self, X)


@mistake(f"{BASE}.sigmoid_dev", task="sigmoid")
def sigmoid_derivative_lacks_a_factor(original, self, x):
    """The derivative of the sigmoid is a product of two factors; one of them is missing."""
    return self.sigmoid(x)


@mistake(f"{BASE}.sigmoid_dev", task="sigmoid")
def sigmoid_derivative_at_the_activation(original, self, x):
    """You treated the argument as the sigmoid's output. It is what went into the sigmoid."""
    return x * (1 - x)


@mistake(f"{BASE}.ReLU", task="relu")
def relu_edits_its_input(original, self, X):
    """ReLU changed the array it was given. The caller still needs it: work on a copy."""
    X[X < 0] = 0
    return X


@mistake(f"{BASE}.ReLU_dev", task="relu")
def relu_derivative_edits_its_input(original, self, X):
    """ReLU_dev changed the array it was given. The caller still needs it: make a new one."""
    X[X <= 0] = 0
    X[X > 0] = 1
    return X


@mistake(f"{BASE}.ReLU_dev", task="relu")
def relu_derivative_is_relu(original, self, X):
    """This is the ReLU itself. Its derivative is the slope of each piece."""
    return self.ReLU(X)


# softmax, loss, accuracy -----------------------------------------------------------------


@mistake(f"{BASE}.softmax", task="softmax")
def softmax_over_the_whole_matrix(original, self, scores):
    """You normalised over the whole matrix. Each row is a distribution of its own."""
    exponentials = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    return exponentials / np.sum(exponentials)


@mistake(f"{BASE}.softmax", task="softmax")
def softmax_over_columns(original, self, scores):
    """You normalised over the samples. Add up over the classes, for each sample."""
    return original(self, scores.T).T


@mistake(f"{BASE}.softmax", task="softmax_stability")
def softmax_without_a_shift(original, self, scores):
    """exp overflows for large scores. A shift of a row does not change its softmax: use that."""
    exponentials = np.exp(scores)
    return exponentials / np.sum(exponentials, axis=1, keepdims=True)


@mistake(f"{BASE}.softmax", task="softmax_stability")
def softmax_with_one_shift_for_all(original, self, scores):
    """You shifted all rows by the largest score of the matrix. Rows far below it vanish."""
    exponentials = np.exp(scores - np.max(scores))
    return exponentials / np.sum(exponentials, axis=1, keepdims=True)


@mistake(f"{BASE}.cross_entropy_loss", task="cross_entropy")
def cross_entropy_picks_rows(original, self, x_pred, y):
    """You used the labels as row numbers. Each sample needs one entry of its own row."""
    return -np.mean(np.log(x_pred[y % len(x_pred)]))


@mistake(f"{BASE}.cross_entropy_loss", task="cross_entropy")
def cross_entropy_is_a_sum(original, self, x_pred, y):
    """The loss grows with the batch. It is the mean over the samples."""
    return original(self, x_pred, y) * len(y)


@mistake(f"{BASE}.cross_entropy_loss", task="cross_entropy")
def cross_entropy_averages_over_classes(original, self, x_pred, y):
    """You also divided by the number of classes. The mean goes over the samples only."""
    return original(self, x_pred, y) / x_pred.shape[1]


@mistake(f"{BASE}.compute_accuracy", task="accuracy")
def accuracy_is_a_count(original, self, x_pred, y):
    """You returned how many samples are right. Asked for is which fraction of them is."""
    return original(self, x_pred, y) * len(y)


@mistake(f"{BASE}.compute_accuracy", task="accuracy")
def accuracy_over_the_wrong_axis(original, self, x_pred, y):
    """You looked for the largest entry of each column. A prediction is made for each row."""
    best = np.argmax(x_pred, axis=0)
    count = min(len(best), len(y))
    return np.mean(best[:count] == y[:count])


# networks --------------------------------------------------------------------------------


@mistake(SOFTMAX, task="softmax_regression")
def softmax_gradient_ignores_relu(original, self, X, y, mode="train"):
    """The gradient passes through units that ReLU has switched off. Use ReLU's derivative."""
    relu_dev, self.ReLU_dev = self.ReLU_dev, lambda x: np.ones_like(x)
    try:
        return original(self, X, y, mode)
    finally:
        self.ReLU_dev = relu_dev


@mistake(SOFTMAX, task="softmax_regression")
def softmax_gradient_is_a_sum(original, self, X, y, mode="train"):
    """The gradient is N times too large: the loss is a mean over the batch."""
    result = original(self, X, y, mode)
    if mode == "train":
        self.gradients["W1"] = self.gradients["W1"] * len(y)
    return result


@mistake(SOFTMAX, task="softmax_regression")
def softmax_gradients_accumulate(original, self, X, y, mode="train"):
    """The gradient of an earlier batch is still in it. Each call replaces the gradient."""
    before = self.gradients["W1"].copy()
    result = original(self, X, y, mode)
    if mode == "train":
        self.gradients["W1"] = self.gradients["W1"] + before
    return result


@mistake(NETWORK, task="two_layer_network")
def adds_the_bias_to_the_weights(original, self, X, y, mode="train"):
    """You added the bias to the weight matrix before the product. It belongs after it."""
    kept = dict(self.weights)
    self.weights.update(W1=kept["W1"] + kept["b1"], W2=kept["W2"] + kept["b2"])
    self.weights.update(b1=np.zeros_like(kept["b1"]), b2=np.zeros_like(kept["b2"]))
    try:
        return original(self, X, y, mode)
    finally:
        self.weights.update(kept)


@mistake(NETWORK, task="two_layer_network")
def network_gradients_accumulate(original, self, X, y, mode="train"):
    """The gradients of an earlier batch are still in them. Each call replaces the gradients."""
    before = {name: value.copy() for name, value in self.gradients.items()}
    result = original(self, X, y, mode)
    if mode == "train":
        for name, value in before.items():
            self.gradients[name] = self.gradients[name] + value
    return result


@mistake(NETWORK, task="two_layer_network")
def bias_gradients_are_matrices(original, self, X, y, mode="train"):
    """Your bias gradients have shape (1, H). A gradient has the shape of its weight: (H,)."""
    result = original(self, X, y, mode)
    if mode == "train":
        for name in ("b1", "b2"):
            self.gradients[name] = np.atleast_2d(self.gradients[name])
    return result


@mistake(NETWORK, task="two_layer_network")
def network_gradient_is_a_sum(original, self, X, y, mode="train"):
    """The gradients are N times too large: the loss is a mean over the batch."""
    result = original(self, X, y, mode)
    if mode == "train":
        for name in self.gradients:
            self.gradients[name] = self.gradients[name] * len(y)
    return result


@mistake(NETWORK, task="two_layer_network")
def bias_gradients_are_means(original, self, X, y, mode="train"):
    """You averaged the bias gradients over the batch a second time. They are sums over it."""
    result = original(self, X, y, mode)
    if mode == "train":
        for name in ("b1", "b2"):
            self.gradients[name] = self.gradients[name] / len(y)
    return result


@mistake(SOFTMAX, task="evaluation_mode")
def softmax_writes_gradients_in_evaluation(original, self, X, y, mode="train"):
    """Gradients changed outside training. Compute them only when mode is "train"."""
    return original(self, X, y, "train")


@mistake(NETWORK, task="evaluation_mode")
def network_writes_gradients_in_evaluation(original, self, X, y, mode="train"):
    """Gradients changed outside training. Compute them only when mode is "train"."""
    return original(self, X, y, "train")


# optimizer -------------------------------------------------------------------------------


@mistake(PENALTY, task="regularization")
def penalises_biases(original, self, model):
    """You regularised the biases too. The penalty covers weight matrices only."""
    for name, weight in model.weights.items():
        model.gradients[name] = model.gradients[name] + self.reg * weight


@mistake(PENALTY, task="regularization")
def overwrites_gradients_with_the_penalty(original, self, model):
    """The penalty replaced the gradient of the loss. It is added to it."""
    for name, weight in model.weights.items():
        if name.startswith("W"):
            model.gradients[name] = self.reg * weight


@mistake(PENALTY, task="regularization")
def doubles_the_penalty(original, self, model):
    """Your penalty is twice as large as asked for: the loss has one half in front of it."""
    for _ in range(2):
        original(self, model)


@mistake(PENALTY, task="regularization")
def multiplies_the_penalty_by_the_learning_rate(original, self, model):
    """The learning rate is in the penalty already. It is applied once, in the update."""
    kept, self.reg = self.reg, self.reg * self.learning_rate
    try:
        original(self, model)
    finally:
        self.reg = kept


@mistake(UPDATE, task="sgd")
def never_updates_biases(original, self, model):
    """The biases never change. They are parameters like the matrices, and learn too."""
    kept = {name: value.copy() for name, value in model.weights.items()}
    original(self, model)
    for name, value in kept.items():
        if name.startswith("b"):
            model.weights[name] = value


@mistake(UPDATE, task="sgd")
def applies_the_learning_rate_twice(original, self, model):
    """Your steps are too short: the learning rate is applied twice."""
    kept, self.learning_rate = self.learning_rate, self.learning_rate**2
    try:
        original(self, model)
    finally:
        self.learning_rate = kept


@mistake(UPDATE, task="sgd")
def scales_the_gradients_themselves(original, self, model):
    """The update changed the gradients as well. It follows them and leaves them alone."""
    original(self, model)
    for name in model.gradients:
        model.gradients[name] = model.gradients[name] * self.learning_rate


@mistake("utils.plot_curves", task="curves")
def plots_training_twice(original, train_loss, train_accuracy, valid_loss, valid_accuracy):
    """The validation curves are missing: the training histories are drawn in their place."""
    original(train_loss, train_accuracy, train_loss, train_accuracy)
