"""The closed form of every answer that calculus gives, written by hand in numpy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Point = dict[str, Any]  # name -> float or array; a vector is a column


def softmax(z: Array, axis: int = 0) -> Array:
    """Return softmax along `axis`; a single sample is a column."""
    powers = np.exp(z - z.max(axis=axis, keepdims=True))
    return np.asarray(powers / powers.sum(axis=axis, keepdims=True))


def logistic(x: Any) -> Any:
    """Return 1 / (1 + exp(-x))."""
    return 1 / (1 + np.exp(-x))


def one_hot(p: Point) -> Array:
    """Return the one-hot column of class k, as long as z."""
    return np.eye(len(p["z"]))[:, [int(p["k"])]]


def chance(p: Point) -> float:
    """Return what the classifier gives to the label that is there."""
    return float(p["yhat"] if p["y"] else 1 - p["yhat"])


def jacobian(p: Point) -> Array:
    """Return the softmax Jacobian (n, n)."""
    s = softmax(p["z"])
    return np.asarray(np.diagflat(s) - s @ s.T)


def softmax_regression(p: Point, relu: bool) -> Array:
    """Return dL/dW (D, C) of softmax regression, with or without a ReLU before the softmax."""
    scores = p["X"] @ p["W"]
    error = softmax(np.maximum(scores, 0) if relu else scores, axis=1) - p["Y"]
    return np.asarray(p["X"].T @ (error * (scores > 0) if relu else error) / len(p["X"]))


def two_layers(p: Point) -> dict[str, Array]:
    """Return the gradients of the two-layer network, mean over the rows."""
    h = logistic(p["X"] @ p["W1"] + p["b1"])  # (N, H)
    scores = (softmax(h @ p["W2"] + p["b2"], axis=1) - p["Y"]) / len(p["X"])  # (N, C)
    hidden = (scores @ p["W2"].T) * h * (1 - h)  # (N, H)
    return {
        "scores": scores,
        "W2": h.T @ scores,
        "b2": scores.sum(axis=0, keepdims=True),
        "hidden": hidden,
        "W1": p["X"].T @ hidden,
        "b1": hidden.sum(axis=0, keepdims=True),
    }


def shortcut(p: Point) -> dict[str, Array]:
    """Return the derivatives of the network with a shortcut, under what they are taken by."""
    h = logistic(p["W1"] @ p["x"] + p["b1"])  # (K, 1)
    output = p["x"] + p["W2"] @ h + p["b2"] - p["s"]  # (N, 1)
    hidden = p["r"] + p["W2"].T @ output
    z = hidden * h * (1 - h)
    return {
        "output": output,
        "hidden": hidden,
        "z": z,
        "x": p["W1"].T @ z + output,
        "W1": z @ p["x"].T,
        "b1": z,
        "W2": output @ h.T,
        "b2": output,
    }


FORMS: dict[str, Callable[[Point], Any]] = {
    "image_classifier/gradient_of_x_x": lambda p: 2 * p["x"],
    "image_classifier/gradient_of_trace": lambda p: 2 * p["A"],
    "image_classifier/gradient_of_bilinear": lambda p: p["A"].T @ p["x"],
    "image_classifier/jacobian_of_linear": lambda p: p["A"].T,
    "image_classifier/likelihood": chance,
    "image_classifier/log_likelihood": lambda p: np.log(chance(p)),
    "image_classifier/loss": lambda p: -np.log(chance(p)),
    "image_classifier/loss_gradient": lambda p: (-1 if p["y"] else 1) / chance(p),
    "image_classifier/normalize": lambda p: (p["x"] - p["mean"]) / p["std"],
    "image_classifier/convolution_side": lambda p: (p["n"] + 2 * p["p"] - p["k"]) // p["s"] + 1,
    "image_classifier/penalised_gradient": lambda p: p["g"] + 2 * p["lam"] * p["w"],
    "image_classifier/l2_update": lambda p: (
        p["w"] - p["alpha"] * p["g"] - 2 * p["alpha"] * p["lam"] * p["w"]
    ),
    "image_classifier/decay_factor": lambda p: 1 - 2 * p["alpha"] * p["lam"],
    "mlp_from_scratch/softmax_jacobian": jacobian,
    "mlp_from_scratch/softmax_entry": lambda p: jacobian(p)[int(p["i"]), int(p["j"])],
    "mlp_from_scratch/log_sum_exp_gradient": lambda p: softmax(p["z"])[int(p["i"]), 0],
    "mlp_from_scratch/sigmoid_slope": lambda p: logistic(p["x"]) * logistic(-p["x"]),
    "mlp_from_scratch/relu_slope": lambda p: float(p["x"] > 0),
    "mlp_from_scratch/cross_entropy": lambda p: -np.log(softmax(p["z"])[int(p["k"]), 0]),
    "mlp_from_scratch/cross_entropy_gradient": lambda p: softmax(p["z"]) - one_hot(p),
    "mlp_from_scratch/linear_weight_gradient": lambda p: softmax_regression(p, relu=False),
    "mlp_from_scratch/relu_weight_gradient": lambda p: softmax_regression(p, relu=True),
    "mlp_from_scratch/error_of_scores": lambda p: two_layers(p)["scores"],
    "mlp_from_scratch/second_weight_gradient": lambda p: two_layers(p)["W2"],
    "mlp_from_scratch/second_bias_gradient": lambda p: two_layers(p)["b2"],
    "mlp_from_scratch/error_of_hidden_units": lambda p: two_layers(p)["hidden"],
    "mlp_from_scratch/first_weight_gradient": lambda p: two_layers(p)["W1"],
    "mlp_from_scratch/first_bias_gradient": lambda p: two_layers(p)["b1"],
    "mlp_from_scratch/penalised_gradient": lambda p: p["g"] + p["lam"] * p["w"],
    "mlp_from_scratch/sgd_step": lambda p: (
        p["w"] - p["alpha"] * p["g"] - p["alpha"] * p["lam"] * p["w"]
    ),
    "mlp_from_scratch/bias_step": lambda p: p["b"] - p["alpha"] * p["d"],
    "handmade_networks/ybar": lambda p: shortcut(p)["output"],
    "handmade_networks/hbar": lambda p: shortcut(p)["hidden"],
    "handmade_networks/zbar": lambda p: shortcut(p)["z"],
    "handmade_networks/xbar": lambda p: shortcut(p)["x"],
    "handmade_networks/W1_bar": lambda p: shortcut(p)["W1"],
    "handmade_networks/b1_bar": lambda p: shortcut(p)["b1"],
    "handmade_networks/W2_bar": lambda p: shortcut(p)["W2"],
    "handmade_networks/b2_bar": lambda p: shortcut(p)["b2"],
    "handmade_networks/iterations_per_epoch": lambda p: p["N"] / p["B"],
    "handmade_networks/learning_rate": lambda p: (
        p["eta_min"] + (p["eta_max"] - p["eta_min"]) * np.exp(-p["t"] / 2000)
    ),
}
