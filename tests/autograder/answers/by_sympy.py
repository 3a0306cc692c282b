"""What sympy's calculus says, from the definitions that the questions start from."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

Array = NDArray[np.float64]
Point = dict[str, Any]
Loss = Callable[[dict[str, Any]], Any]  # what is differentiated, of sympy's matrices and numbers


class sigma_prime(sp.Function):
    """The derivative of an activation that nothing is known about."""


class sigma(sp.Function):
    """An activation that nothing is known about."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        """Return the derivative, by its name."""
        return sigma_prime(self.args[0])


def matrix(name: str, rows: int, columns: int = 1) -> sp.Matrix:
    """Return a matrix of symbols; one column without `columns`."""
    return sp.Matrix(rows, columns, sp.symbols(f"{name}:{rows}:{columns}", real=True))


def by(expression: sp.Expr, variables: sp.Matrix) -> sp.Matrix:
    """Return the derivative of a number, in the shape of `variables`."""
    return variables.applyfunc(lambda one: sp.diff(expression, one))


def softmax(z: sp.Matrix) -> sp.Matrix:
    """Return softmax of all entries."""
    powers = z.applyfunc(sp.exp)
    return powers / sum(powers)


def derivative(value: Loss, name: str) -> Callable[[Point], Array]:
    """Return the function that differentiates a number, or a column, by `name` at a point.

    Row i of a column's derivative belongs to its entry i.
    """

    def derive(point: Point) -> Array:
        exact: dict[str, Any] = {key: _exact(number) for key, number in point.items()}
        shape = exact[name].shape if isinstance(exact[name], sp.MatrixBase) else (1, 1)
        symbols = matrix("u", *shape)
        places = dict(zip(symbols, np.ravel(exact[name]), strict=True))
        made = value({**exact, name: symbols if np.ndim(point[name]) else symbols[0]})
        if isinstance(made, sp.MatrixBase):
            derived = made.jacobian(symbols)
        else:
            derived = by(made, symbols)
        return np.array(derived.subs(places).evalf(25).tolist(), dtype=float)

    return derive


def _exact(number: Any) -> Any:
    if np.ndim(number):
        return sp.Matrix([[sp.Rational(float(entry)) for entry in row] for row in number])
    return sp.Rational(float(number))


def _cross_entropy(scores: sp.Matrix, labels: sp.Matrix) -> sp.Expr:
    """Return the mean over the rows of -log of what softmax gives to the label."""
    rows = [-sp.log((softmax(scores.row(i)) * labels.row(i).T)[0]) for i in range(scores.rows)]
    return sum(rows) / scores.rows


def _logistic(z: sp.Matrix) -> sp.Matrix:
    return z.applyfunc(lambda one: 1 / (1 + sp.exp(-one)))


def _two_layers(p: dict[str, Any]) -> sp.Expr:
    ones = sp.ones(p["X"].rows, 1)
    hidden = _logistic(p["X"] * p["W1"] + ones * p["b1"] + p.get("z", 0 * ones * p["b1"]))
    scores = hidden * p["W2"] + ones * p["b2"]
    return _cross_entropy(scores + p.get("scores", 0 * scores), p["Y"])


def _changed(name: str, rows: str, columns: str) -> Callable[[Point], Array]:
    """Differentiate the two-layer loss by a change added to what is called `name`."""
    derive = derivative(_two_layers, name)
    return lambda p: derive({**p, name: np.zeros((len(p[rows]), p[columns].shape[1]))})


def _squares(p: dict[str, Any], factor: Any) -> sp.Expr:
    """Return a loss with gradient g, plus the penalty."""
    return (p["g"].T * p["w"])[0] + factor * p["lam"] * sum(one**2 for one in p["w"])


def _step(factor: Any) -> Callable[[Point], Array]:
    gradient = derivative(lambda p: _squares(p, factor), "w")
    return lambda p: p["w"] - p["alpha"] * gradient(p)


def _entry(p: Point) -> Array:
    return derivative(lambda q: softmax(q["z"]), "z")(p)[int(p["i"]), int(p["j"])]


def _likelihood(p: dict[str, Any]) -> sp.Expr:
    return p["yhat"] ** p["y"] * (1 - p["yhat"]) ** (1 - p["y"])


def schedule() -> tuple[sp.Expr, dict[str, sp.Symbol]]:
    """Return the rate that starts at η_max and nears η_min at a pace of 1/2000 an iteration."""
    t, low, high = sp.symbols("t eta_min eta_max", positive=True)
    rate = sp.Function("rate")
    found = sp.dsolve(rate(t).diff(t) + (rate(t) - low) / 2000, rate(t), ics={rate(0): high})
    return found.rhs, {"t": t, "eta_min": low, "eta_max": high}


def _schedule(p: Point) -> Array:
    rate, symbols = schedule()
    return np.array([float(rate.subs({symbols[name]: _exact(p[name]) for name in symbols}))])


# Functions of a point; the sizes of its arrays may be any.
DERIVED: dict[str, Callable[[Point], Any]] = {
    "image_classifier/gradient_of_x_x": derivative(lambda p: (p["x"].T * p["x"])[0], "x"),
    "image_classifier/gradient_of_trace": derivative(lambda p: sp.trace(p["A"].T * p["A"]), "A"),
    "image_classifier/gradient_of_bilinear": derivative(
        lambda p: (p["x"].T * p["A"] * p["y"])[0], "y"
    ),
    "image_classifier/jacobian_of_linear": lambda p: (
        derivative(lambda q: q["A"] * q["y"], "y")(p).T  # the handout's layout
    ),
    "image_classifier/loss_gradient": derivative(lambda p: -sp.log(_likelihood(p)), "yhat"),
    "image_classifier/penalised_gradient": derivative(lambda p: _squares(p, 1), "w"),
    "image_classifier/l2_update": _step(1),
    "mlp_from_scratch/softmax_jacobian": derivative(lambda p: softmax(p["z"]), "z"),
    "mlp_from_scratch/softmax_entry": _entry,
    "mlp_from_scratch/log_sum_exp_gradient": lambda p: derivative(
        lambda q: sp.log(sum(q["z"].applyfunc(sp.exp))), "z"
    )(p)[int(p["i"])],
    "mlp_from_scratch/sigmoid_slope": derivative(lambda p: 1 / (1 + sp.exp(-p["x"])), "x"),
    "mlp_from_scratch/relu_slope": derivative(lambda p: sp.Max(0, p["x"]), "x"),
    "mlp_from_scratch/cross_entropy_gradient": derivative(
        lambda p: -sp.log(softmax(p["z"])[int(p["k"])]), "z"
    ),
    "mlp_from_scratch/linear_weight_gradient": derivative(
        lambda p: _cross_entropy(p["X"] * p["W"], p["Y"]), "W"
    ),
    "mlp_from_scratch/relu_weight_gradient": derivative(
        lambda p: _cross_entropy((p["X"] * p["W"]).applyfunc(lambda a: sp.Max(0, a)), p["Y"]), "W"
    ),
    "mlp_from_scratch/error_of_scores": _changed("scores", "X", "W2"),
    "mlp_from_scratch/second_weight_gradient": derivative(_two_layers, "W2"),
    "mlp_from_scratch/second_bias_gradient": derivative(_two_layers, "b2"),
    "mlp_from_scratch/error_of_hidden_units": _changed("z", "X", "W1"),
    "mlp_from_scratch/first_weight_gradient": derivative(_two_layers, "W1"),
    "mlp_from_scratch/first_bias_gradient": derivative(_two_layers, "b1"),
    "mlp_from_scratch/penalised_gradient": derivative(
        lambda p: _squares(p, sp.Rational(1, 2)), "w"
    ),
    "mlp_from_scratch/sgd_step": _step(sp.Rational(1, 2)),
    "handmade_networks/learning_rate": _schedule,
}


@cache
def shortcut(inputs: int = 3, hidden: int = 2) -> tuple[dict[str, sp.Matrix], dict[str, sp.Matrix]]:
    """Differentiate the network with a shortcut, σ left open: (derived, closed forms) by name."""
    x, b2, s = (matrix(name, inputs) for name in "xcs")
    b1, r = (matrix(name, hidden) for name in "br")
    w1, w2 = matrix("V", hidden, inputs), matrix("W", inputs, hidden)
    # changes added to what lies on the way; their derivatives at 0 are the bars
    moved = {"z": matrix("k", hidden), "hidden": matrix("l", hidden), "output": matrix("m", inputs)}
    z = w1 * x + b1
    h = (z + moved["z"]).applyfunc(sigma) + moved["hidden"]
    error = x + w2 * h + b2 + moved["output"] - s
    loss = (error.T * error)[0] / 2 + (r.T * h)[0]
    rest = {change: 0 for changes in moved.values() for change in changes}
    variables = {"x": x, "W1": w1, "b1": b1, "W2": w2, "b2": b2, **moved}
    derived = {name: by(loss, of).subs(rest) for name, of in variables.items()}

    h = z.applyfunc(sigma)
    output = x + w2 * h + b2 - s
    back = (r + w2.T * output).multiply_elementwise(z.applyfunc(sigma_prime))
    closed = {
        "output": output,
        "hidden": r + w2.T * output,
        "z": back,
        "x": w1.T * back + output,
        "W1": back * x.T,
        "b1": back,
        "W2": output * h.T,
        "b2": output,
    }
    return derived, closed
