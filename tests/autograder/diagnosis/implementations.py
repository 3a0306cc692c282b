"""Single functions of `mlp_from_scratch` as other people write them: correct ones, wrong ones.

None of them is made from the reference. A grader that is right accepts every correct one, fails
every wrong one, names the mistake of those that make a known one, and names none for the others.
"""

from __future__ import annotations

import ast
import textwrap
from dataclasses import dataclass

BASE = "models/_base_network.py"
SOFTMAX = "models/softmax_regression.py"
NETWORK = "models/two_layer_nn.py"
PENALTY = "optimizer/_base_optimizer.py"
UPDATE = "optimizer/sgd.py"
UTILS = "utils.py"


@dataclass(frozen=True)
class Implementation:
    """One function of a submission."""

    name: str
    path: str  # the file it belongs to: "models/_base_network.py"
    function: str  # "_baseNetwork.sigmoid", "generate_batched_data"
    source: str  # the whole definition, beginning in column 0
    correct: bool
    mistake: str  # id of the known mistake that it makes; "" when correct or not in the library


def submission(
    solution_files: dict[str, bytes], implementation: Implementation
) -> dict[str, bytes]:
    """Return the files with the one function replaced; raises LookupError where it is missing."""
    text = solution_files[implementation.path].decode()
    body = ast.parse(text).body
    *owners, name = implementation.function.split(".")
    for owner in owners:
        body = _find(body, owner, ast.ClassDef).body
    old = _find(body, name, ast.FunctionDef)
    new = textwrap.indent(implementation.source, " " * old.col_offset)
    lines = text.splitlines(keepends=True)
    lines[old.lineno - 1 : old.end_lineno] = [new]
    return {**solution_files, implementation.path: "".join(lines).encode()}


def _find(body, name, kind):
    for node in body:
        if isinstance(node, kind) and node.name == name:
            return node
    raise LookupError(f"there is no {name}")


IMPLEMENTATIONS: list[Implementation] = []


def correct(name, path, function, source):
    """Note a function that deserves all points."""
    source = textwrap.dedent(source).strip("\n") + "\n"
    IMPLEMENTATIONS.append(Implementation(name, path, function, source, True, ""))


def wrong(name, path, function, source, mistake=""):
    """Note a function that is wrong, and which known mistake it makes, if any."""
    source = textwrap.dedent(source).strip("\n") + "\n"
    IMPLEMENTATIONS.append(Implementation(name, path, function, source, False, mistake))


# correct: activations --------------------------------------------------------------------

correct(
    "sigmoid_by_tanh",
    BASE,
    "_baseNetwork.sigmoid",
    """
    def sigmoid(self, X):
        return 0.5 * (np.tanh(0.5 * X) + 1)
    """,
)

correct(
    "sigmoid_by_masks",
    BASE,
    "_baseNetwork.sigmoid",
    """
    def sigmoid(self, X):
        X = np.array(X, dtype=float)
        out = np.empty_like(X)
        pos = X >= 0
        out[pos] = 1.0 / (1.0 + np.exp(-X[pos]))
        ez = np.exp(X[~pos])
        out[~pos] = ez / (ez + 1.0)
        return out
    """,
)

correct(
    "sigmoid_by_logaddexp",
    BASE,
    "_baseNetwork.sigmoid",
    """
    def sigmoid(self, X):
        return np.exp(-np.logaddexp(0, -X))
    """,
)

correct(
    "sigmoid_by_math_for_each_element",
    BASE,
    "_baseNetwork.sigmoid",
    """
    def sigmoid(self, X):
        import math

        return np.vectorize(lambda t: 1 / (1 + math.exp(-t)), otypes=[float])(X)
    """,
)

correct(
    "sigmoid_dev_by_cosh",
    BASE,
    "_baseNetwork.sigmoid_dev",
    """
    def sigmoid_dev(self, x):
        return 1 / (2 * np.cosh(x / 2)) ** 2
    """,
)

correct(
    "sigmoid_dev_by_the_quotient_rule",
    BASE,
    "_baseNetwork.sigmoid_dev",
    """
    def sigmoid_dev(self, x):
        e = np.exp(-np.asarray(x, dtype=np.float64))
        return e / np.square(1 + e)
    """,
)

correct(
    "relu_by_a_mask",
    BASE,
    "_baseNetwork.ReLU",
    """
    def ReLU(self, X):
        return X * (X > 0)
    """,
)

correct(
    "relu_by_the_average",
    BASE,
    "_baseNetwork.ReLU",
    """
    def ReLU(self, X):
        return (np.abs(X) + X) / 2
    """,
)

correct(
    "relu_by_a_loop",
    BASE,
    "_baseNetwork.ReLU",
    """
    def ReLU(self, X):
        out = []
        for value in X.ravel():
            out.append(value if value > 0 else 0.0)
        return np.array(out).reshape(X.shape)
    """,
)

correct(
    "relu_dev_by_where",
    BASE,
    "_baseNetwork.ReLU_dev",
    """
    def ReLU_dev(self, X):
        return np.where(X < 0, 0, 1)
    """,
)

correct(
    "relu_dev_in_single_precision",
    BASE,
    "_baseNetwork.ReLU_dev",
    """
    def ReLU_dev(self, X):
        grad = np.zeros(X.shape, dtype=np.float32)
        grad[X > 0] = 1
        return grad
    """,
)

# correct: softmax, loss, accuracy --------------------------------------------------------

correct(
    "softmax_by_log_softmax",
    BASE,
    "_baseNetwork.softmax",
    """
    def softmax(self, scores):
        log_probs = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
        return np.exp(log_probs)
    """,
)

correct(
    "softmax_row_by_row",
    BASE,
    "_baseNetwork.softmax",
    """
    def softmax(self, scores):
        rows = []
        for row in scores:
            e = [np.exp(s - max(row)) for s in row]
            total = sum(e)
            rows.append([v / total for v in e])
        return np.array(rows)
    """,
)

correct(
    "softmax_of_the_transposed_matrix",
    BASE,
    "_baseNetwork.softmax",
    """
    def softmax(self, scores):
        z = scores.T - scores.max(axis=1)
        z = np.exp(z)
        z = z / z.sum(axis=0)
        return z.T
    """,
)

correct(
    "cross_entropy_by_one_hot",
    BASE,
    "_baseNetwork.cross_entropy_loss",
    """
    def cross_entropy_loss(self, x_pred, y):
        n, c = x_pred.shape
        target = np.zeros((n, c))
        target[np.arange(n), y] = 1
        return -np.einsum("nc,nc->", target, np.log(x_pred)) / n
    """,
)

correct(
    "cross_entropy_by_take_along_axis",
    BASE,
    "_baseNetwork.cross_entropy_loss",
    """
    def cross_entropy_loss(self, x_pred, y):
        picked = np.take_along_axis(x_pred, y[:, None], axis=1)
        return np.log(1 / picked).mean()
    """,
)

correct(
    "cross_entropy_by_a_loop",
    BASE,
    "_baseNetwork.cross_entropy_loss",
    """
    def cross_entropy_loss(self, x_pred, y):
        import math

        loss = 0.0
        for i in range(len(y)):
            loss -= math.log(x_pred[i][y[i]])
        return loss / len(y)
    """,
)

correct(
    "accuracy_by_a_loop",
    BASE,
    "_baseNetwork.compute_accuracy",
    """
    def compute_accuracy(self, x_pred, y):
        hits = 0
        for probs, truth in zip(x_pred.tolist(), y.tolist()):
            if probs.index(max(probs)) == truth:
                hits += 1
        return hits / len(y)
    """,
)

correct(
    "accuracy_by_counting_differences",
    BASE,
    "_baseNetwork.compute_accuracy",
    """
    def compute_accuracy(self, x_pred, y):
        return 1.0 - np.count_nonzero(x_pred.argmax(-1) - y) / y.size
    """,
)

# correct: networks -----------------------------------------------------------------------

correct(
    "softmax_regression_by_masks",
    SOFTMAX,
    "SoftmaxRegression.forward",
    """
    def forward(self, X, y, mode="train"):
        N = X.shape[0]
        Z = np.dot(X, self.weights["W1"])
        P = self.softmax(self.ReLU(Z))
        loss = self.cross_entropy_loss(P, y)
        accuracy = self.compute_accuracy(P, y)
        if mode == "train":
            onehot = np.zeros_like(P)
            onehot[np.arange(N), y] = 1
            dZ = P - onehot
            dZ[Z <= 0] = 0
            self.gradients["W1"] = np.dot(X.T, dZ) / N
        return loss, accuracy
    """,
)

correct(
    "softmax_regression_by_einsum",
    SOFTMAX,
    "SoftmaxRegression.forward",
    """
    def forward(self, X, y, mode="train"):
        z = np.einsum("nd,dc->nc", X, self.weights["W1"])
        a = np.maximum(0.0, z)
        e = np.exp(a - a.max(1)[:, None])
        p = e / e.sum(1)[:, None]
        loss = -np.log(p[range(len(y)), y]).sum() / len(y)
        acc = np.mean(p.argmax(1) == y)
        if mode == "train":
            g = (p - np.eye(p.shape[1])[y]) * np.where(z > 0, 1.0, 0.0)
            self.gradients["W1"][:] = np.einsum("nd,nc->dc", X, g) / len(y)
        return loss, acc
    """,
)

correct(
    "two_layer_network_by_the_activations",
    NETWORK,
    "TwoLayerNet.forward",
    """
    def forward(self, X, y, mode="train"):
        W1, b1 = self.weights["W1"], self.weights["b1"]
        W2, b2 = self.weights["W2"], self.weights["b2"]
        a1 = self.sigmoid(np.dot(X, W1) + b1)
        p = self.softmax(np.dot(a1, W2) + b2)
        loss, accuracy = self.cross_entropy_loss(p, y), self.compute_accuracy(p, y)
        if mode == "train":
            n = len(X)
            delta2 = p - np.eye(p.shape[1])[y]
            delta1 = np.dot(delta2, W2.T) * a1 * (1 - a1)
            self.gradients = {
                "W1": np.dot(X.T, delta1) / n,
                "b1": np.mean(delta1, axis=0),
                "W2": np.dot(a1.T, delta2) / n,
                "b2": np.mean(delta2, axis=0),
            }
        return loss, accuracy
    """,
)

correct(
    "two_layer_network_sample_by_sample",
    NETWORK,
    "TwoLayerNet.forward",
    """
    def forward(self, X, y, mode="train"):
        w = self.weights
        grads = {k: np.zeros(v.shape) for k, v in w.items()}
        probs = []
        for x, t in zip(X, y):
            z = w["W1"].T @ x + w["b1"]
            h = self.sigmoid(z)
            p = self.softmax((w["W2"].T @ h + w["b2"]).reshape(1, -1))[0]
            probs.append(p)
            d = p.copy()
            d[t] -= 1
            dh = (w["W2"] @ d) * self.sigmoid_dev(z)
            grads["W2"] += np.outer(h, d)
            grads["b2"] += d
            grads["W1"] += np.outer(x, dh)
            grads["b1"] += dh
        probs = np.array(probs)
        if mode == "train":
            for k in grads:
                self.gradients[k] = grads[k] / X.shape[0]
        return self.cross_entropy_loss(probs, y), self.compute_accuracy(probs, y)
    """,
)

# correct: optimizer, data, curves --------------------------------------------------------

correct(
    "penalty_by_the_number_of_axes",
    PENALTY,
    "_BaseOptimizer.apply_regularization",
    """
    def apply_regularization(self, model):
        for key in model.gradients.keys():
            w = model.weights[key]
            if w.ndim == 2:
                model.gradients[key] = w * self.reg + model.gradients[key]
    """,
)

correct(
    "penalty_by_name",
    PENALTY,
    "_BaseOptimizer.apply_regularization",
    """
    def apply_regularization(self, model):
        model.gradients["W1"] += self.reg * model.weights["W1"]
        if "W2" in model.weights:
            model.gradients["W2"] += self.reg * model.weights["W2"]
    """,
)

correct(
    "update_with_new_arrays",
    UPDATE,
    "SGD.update",
    """
    def update(self, model):
        self.apply_regularization(model)
        lr = self.learning_rate
        model.weights.update({k: w - lr * model.gradients[k] for k, w in model.weights.items()})
    """,
)

correct(
    "batches_of_shuffled_pairs",
    UTILS,
    "generate_batched_data",
    """
    def generate_batched_data(data, label, batch_size=32, shuffle=False, seed=None):
        if seed is not None:
            random.seed(seed)
        pairs = list(zip(data, label))
        if shuffle:
            random.shuffle(pairs)
        batched_data, batched_label = [], []
        while pairs:
            chunk, pairs = pairs[:batch_size], pairs[batch_size:]
            xs, ys = zip(*chunk)
            batched_data.append(np.asarray(xs))
            batched_label.append(np.asarray(ys))
        return batched_data, batched_label
    """,
)

correct(
    "batches_by_array_split",
    UTILS,
    "generate_batched_data",
    """
    def generate_batched_data(data, label, batch_size=32, shuffle=False, seed=None):
        if seed is not None:
            random.seed(seed)
        x, t = np.array(data), np.array(label)
        if shuffle:
            perm = random.sample(range(len(t)), len(t))
            x, t = x[perm], t[perm]
        cuts = range(batch_size, len(t), batch_size)
        return np.split(x, cuts), np.split(t, cuts)
    """,
)

correct(
    "split_in_whole_numbers",
    UTILS,
    "load_mnist_trainval",
    """
    def load_mnist_trainval():
        images, labels = load_csv("./data/mnist_train.csv")
        cut = len(labels) * 4 // 5
        train_data, val_data = images[:cut], images[cut:]
        train_label, val_label = labels[:cut], labels[cut:]
        return train_data, train_label, val_data, val_label
    """,
)

correct(
    "curves_in_two_figures",
    UTILS,
    "plot_curves",
    """
    def plot_curves(
        train_loss_history, train_acc_history, valid_loss_history, valid_acc_history
    ):
        for title, t, v in [
            ("Loss", train_loss_history, valid_loss_history),
            ("Accuracy", train_acc_history, valid_acc_history),
        ]:
            plt.figure()
            plt.title(title)
            plt.plot(t, "o-")
            plt.plot(v, "x--")
            plt.legend(["train", "valid"])
            plt.xlabel("Epoch")
    """,
)

# wrong, and known ------------------------------------------------------------------------

wrong(
    "sigmoid_with_a_division_too_early",
    BASE,
    "_baseNetwork.sigmoid",
    """
    def sigmoid(self, X):
        e = np.exp(-1 * X)
        return 1.0 / 1 + e
    """,
    mistake="sigmoid_without_parentheses",
)

wrong(
    "sigmoid_dev_of_the_output",
    BASE,
    "_baseNetwork.sigmoid_dev",
    """
    def sigmoid_dev(self, x):
        # x is the result of sigmoid
        return np.multiply(x, np.ones(x.shape) - x)
    """,
    mistake="sigmoid_derivative_at_the_activation",
)

wrong(
    "relu_in_place",
    BASE,
    "_baseNetwork.ReLU",
    """
    def ReLU(self, X):
        return np.maximum(X, 0, out=X)
    """,
    mistake="relu_edits_its_input",
)

wrong(
    "relu_dev_minus_one",
    BASE,
    "_baseNetwork.ReLU_dev",
    """
    def ReLU_dev(self, X):
        out = np.zeros(X.shape)
        out[X > 0] = 1
        out[X < 0] = -1
        return out
    """,
    mistake="relu_derivative_is_the_sign",
)

wrong(
    "softmax_along_axis_0",
    BASE,
    "_baseNetwork.softmax",
    """
    def softmax(self, scores):
        e = np.exp(scores - scores.max(axis=0))
        return e / e.sum(axis=0)
    """,
    mistake="softmax_over_columns",
)

wrong(
    "softmax_of_raw_scores",
    BASE,
    "_baseNetwork.softmax",
    """
    def softmax(self, scores):
        prob = np.zeros(scores.shape)
        for i in range(scores.shape[0]):
            e = np.exp(scores[i])
            prob[i] = e / e.sum()
        return prob
    """,
    mistake="softmax_without_a_shift",
)

wrong(
    "cross_entropy_summed_in_a_loop",
    BASE,
    "_baseNetwork.cross_entropy_loss",
    """
    def cross_entropy_loss(self, x_pred, y):
        loss = 0
        for row, target in zip(x_pred, y):
            loss += -np.log(row[target])
        return loss
    """,
    mistake="cross_entropy_is_a_sum",
)

wrong(
    "cross_entropy_by_log10",
    BASE,
    "_baseNetwork.cross_entropy_loss",
    """
    def cross_entropy_loss(self, x_pred, y):
        n = x_pred.shape[0]
        return -np.log10(x_pred[range(n), y]).sum() / n
    """,
    mistake="cross_entropy_with_base_ten",
)

wrong(
    "cross_entropy_in_binary_terms",
    BASE,
    "_baseNetwork.cross_entropy_loss",
    """
    def cross_entropy_loss(self, x_pred, y):
        t = np.zeros(x_pred.shape)
        t[np.arange(y.size), y] = 1.0
        loss = -(t * np.log(x_pred)).sum() - ((1 - t) * np.log(1 - x_pred)).sum()
        return loss / y.size
    """,
    mistake="cross_entropy_of_all_classes",
)

wrong(
    "accuracy_as_a_number_of_hits",
    BASE,
    "_baseNetwork.compute_accuracy",
    """
    def compute_accuracy(self, x_pred, y):
        pred = np.argmax(x_pred, axis=1)
        return sum(1 for p, t in zip(pred, y) if p == t)
    """,
    mistake="accuracy_is_a_count",
)

wrong(
    "softmax_regression_without_relu_on_the_way_back",
    SOFTMAX,
    "SoftmaxRegression.forward",
    """
    def forward(self, X, y, mode="train"):
        a = self.ReLU(np.matmul(X, self.weights["W1"]))
        p = self.softmax(a)
        loss = self.cross_entropy_loss(p, y)
        accuracy = self.compute_accuracy(p, y)
        if mode == "train":
            t = np.zeros(p.shape)
            for i in range(len(y)):
                t[i, y[i]] = 1
            self.gradients["W1"] = np.matmul(X.T, p - t) / len(y)
        return loss, accuracy
    """,
    mistake="softmax_gradient_ignores_relu",
)

wrong(
    "two_layer_network_with_sigmoid_dev_of_hidden",
    NETWORK,
    "TwoLayerNet.forward",
    """
    def forward(self, X, y, mode="train"):
        N = X.shape[0]
        hidden = self.sigmoid(X.dot(self.weights["W1"]) + self.weights["b1"])
        probs = self.softmax(hidden.dot(self.weights["W2"]) + self.weights["b2"])
        loss = self.cross_entropy_loss(probs, y)
        accuracy = self.compute_accuracy(probs, y)
        if mode == "train":
            target = np.zeros_like(probs)
            target[np.arange(N), y] = 1
            dscores = (probs - target) / N
            self.gradients["W2"] = hidden.T.dot(dscores)
            self.gradients["b2"] = np.sum(dscores, axis=0)
            dhidden = dscores.dot(self.weights["W2"].T) * self.sigmoid_dev(hidden)
            self.gradients["W1"] = X.T.dot(dhidden)
            self.gradients["b1"] = np.sum(dhidden, axis=0)
        return loss, accuracy
    """,
    mistake="sigmoid_derivative_of_the_hidden_units",
)

wrong(
    "two_layer_network_with_biased_matrices",
    NETWORK,
    "TwoLayerNet.forward",
    """
    def forward(self, X, y, mode="train"):
        z1 = np.dot(X, self.weights["W1"] + self.weights["b1"])
        a1 = self.sigmoid(z1)
        z2 = np.dot(a1, self.weights["W2"] + self.weights["b2"])
        p = self.softmax(z2)
        loss = self.cross_entropy_loss(p, y)
        accuracy = self.compute_accuracy(p, y)
        if mode == "train":
            d2 = p.copy()
            d2[range(len(y)), y] -= 1
            d2 = d2 / len(y)
            d1 = np.dot(d2, (self.weights["W2"] + self.weights["b2"]).T) * self.sigmoid_dev(z1)
            self.gradients["W1"] = np.dot(X.T, d1)
            self.gradients["b1"] = d1.sum(0)
            self.gradients["W2"] = np.dot(a1.T, d2)
            self.gradients["b2"] = d2.sum(0)
        return loss, accuracy
    """,
    mistake="adds_the_bias_to_the_weights",
)

wrong(
    "penalty_of_everything",
    PENALTY,
    "_BaseOptimizer.apply_regularization",
    """
    def apply_regularization(self, model):
        for k in model.gradients:
            model.gradients[k] += self.reg * model.weights[k]
    """,
    mistake="penalises_biases",
)

wrong(
    "update_of_matrices",
    UPDATE,
    "SGD.update",
    """
    def update(self, model):
        self.apply_regularization(model)
        for layer in ("W1", "W2"):
            if layer in model.weights:
                step = self.learning_rate * model.gradients[layer]
                model.weights[layer] = model.weights[layer] - step
    """,
    mistake="never_updates_biases",
)

wrong(
    "batches_by_whole_division",
    UTILS,
    "generate_batched_data",
    """
    def generate_batched_data(data, label, batch_size=32, shuffle=False, seed=None):
        if seed is not None:
            random.seed(seed)
        index = list(range(len(label)))
        if shuffle:
            random.shuffle(index)
        x = np.array(data)[index]
        t = np.array(label)[index]
        n = len(index) // batch_size
        return (
            [x[i * batch_size : (i + 1) * batch_size] for i in range(n)],
            [t[i * batch_size : (i + 1) * batch_size] for i in range(n)],
        )
    """,
    mistake="drops_the_last_short_batch",
)

wrong(
    "split_at_nine_tenths",
    UTILS,
    "load_mnist_trainval",
    """
    def load_mnist_trainval():
        data, label = load_csv("./data/mnist_train.csv")
        n = len(data) * 9 // 10
        return data[:n], label[:n], data[n:], label[n:]
    """,
    mistake="splits_ninety_to_ten",
)

# wrong, and not known --------------------------------------------------------------------

wrong(
    "sigmoid_is_tanh",
    BASE,
    "_baseNetwork.sigmoid",
    """
    def sigmoid(self, X):
        return (np.exp(X) - np.exp(-X)) / (np.exp(X) + np.exp(-X))
    """,
)

wrong(
    "sigmoid_dev_without_the_square",
    BASE,
    "_baseNetwork.sigmoid_dev",
    """
    def sigmoid_dev(self, x):
        return np.exp(-x) / (1 + np.exp(-x))
    """,
)

wrong(
    "relu_up_to_six",
    BASE,
    "_baseNetwork.ReLU",
    """
    def ReLU(self, X):
        return np.clip(X, 0, 6)
    """,
)

wrong(
    "relu_dev_of_ones_and_halves",
    BASE,
    "_baseNetwork.ReLU_dev",
    """
    def ReLU_dev(self, X):
        return (np.sign(X) + 1) / 2
    """,
)

wrong(
    "softmax_with_powers_of_two",
    BASE,
    "_baseNetwork.softmax",
    """
    def softmax(self, scores):
        p = 2.0 ** (scores - scores.max(axis=1, keepdims=True))
        return p / p.sum(axis=1, keepdims=True)
    """,
)

wrong(
    "softmax_shifted_by_columns",
    BASE,
    "_baseNetwork.softmax",
    """
    def softmax(self, scores):
        e = np.exp(scores - np.max(scores, axis=0))
        return e / e.sum(axis=1, keepdims=True)
    """,
)

wrong(
    "cross_entropy_of_the_best_class",
    BASE,
    "_baseNetwork.cross_entropy_loss",
    """
    def cross_entropy_loss(self, x_pred, y):
        return -np.mean(np.log(np.max(x_pred, axis=1)))
    """,
)

wrong(
    "cross_entropy_without_a_logarithm",
    BASE,
    "_baseNetwork.cross_entropy_loss",
    """
    def cross_entropy_loss(self, x_pred, y):
        return np.mean(1 - x_pred[np.arange(len(y)), y])
    """,
)

wrong(
    "accuracy_with_a_threshold",
    BASE,
    "_baseNetwork.compute_accuracy",
    """
    def compute_accuracy(self, x_pred, y):
        right = 0
        for i in range(len(y)):
            right += x_pred[i, y[i]] >= 0.5
        return right / len(y)
    """,
)

wrong(
    "softmax_regression_with_relu_for_its_derivative",
    SOFTMAX,
    "SoftmaxRegression.forward",
    """
    def forward(self, X, y, mode="train"):
        z = X @ self.weights["W1"]
        p = self.softmax(self.ReLU(z))
        if mode == "train":
            d = p.copy()
            d[np.arange(len(y)), y] -= 1
            self.gradients["W1"] = X.T @ (d * self.ReLU(z)) / len(y)
        return self.cross_entropy_loss(p, y), self.compute_accuracy(p, y)
    """,
)

wrong(
    "two_layer_network_with_two_sigmoids",
    NETWORK,
    "TwoLayerNet.forward",
    """
    def forward(self, X, y, mode="train"):
        W2 = self.weights["W2"]
        z1 = X @ self.weights["W1"] + self.weights["b1"]
        a1 = self.sigmoid(z1)
        z2 = a1 @ W2 + self.weights["b2"]
        p = self.softmax(self.sigmoid(z2))
        loss, accuracy = self.cross_entropy_loss(p, y), self.compute_accuracy(p, y)
        if mode == "train":
            d2 = (p - np.eye(p.shape[1])[y]) * self.sigmoid_dev(z2) / len(y)
            d1 = d2 @ W2.T * self.sigmoid_dev(z1)
            self.gradients["W1"], self.gradients["b1"] = X.T @ d1, d1.sum(axis=0)
            self.gradients["W2"], self.gradients["b2"] = a1.T @ d2, d2.sum(axis=0)
        return loss, accuracy
    """,
)

wrong(
    "penalty_of_absolute_values",
    PENALTY,
    "_BaseOptimizer.apply_regularization",
    """
    def apply_regularization(self, model):
        for k in ("W1", "W2"):
            if k in model.weights:
                w = model.weights[k]
                model.gradients[k] += self.reg * (2.0 * (w > 0) - 1)
    """,
)

wrong(
    "update_of_the_first_layer",
    UPDATE,
    "SGD.update",
    """
    def update(self, model):
        self.apply_regularization(model)
        for k in ("W1", "b1"):
            if k in model.weights:
                model.weights[k] = model.weights[k] - self.learning_rate * model.gradients[k]
    """,
)

wrong(
    "batches_filled_up_from_the_beginning",
    UTILS,
    "generate_batched_data",
    """
    def generate_batched_data(data, label, batch_size=32, shuffle=False, seed=None):
        if seed is not None:
            random.seed(seed)
        order = list(range(len(data)))
        if shuffle:
            random.shuffle(order)
        while len(order) % batch_size:
            order.append(order[len(order) % len(data)])
        starts = range(0, len(order), batch_size)
        return (
            [np.array([data[i] for i in order[s : s + batch_size]]) for s in starts],
            [np.array([label[i] for i in order[s : s + batch_size]]) for s in starts],
        )
    """,
)

wrong(
    "split_by_every_fifth_row",
    UTILS,
    "load_mnist_trainval",
    """
    def load_mnist_trainval():
        data, label = load_csv("./data/mnist_train.csv")
        keep = [i for i in range(len(data)) if i % 5]
        train_data, train_label = [data[i] for i in keep], [label[i] for i in keep]
        return train_data, train_label, data[::5], label[::5]
    """,
)

wrong(
    "curves_of_validation_over_training",
    UTILS,
    "plot_curves",
    """
    def plot_curves(
        train_loss_history, train_acc_history, valid_loss_history, valid_acc_history
    ):
        plt.figure()
        plt.plot(train_loss_history, valid_loss_history, label="loss")
        plt.plot(train_acc_history, valid_acc_history, label="accuracy")
        plt.legend()
    """,
)
