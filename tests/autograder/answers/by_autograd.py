"""What torch says about derivatives (by autograd) and likelihoods, in float64."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

Point = dict[str, Any]
Tensors = dict[str, Tensor]
Derivative = Callable[[Point], NDArray[np.float64]]


def gradient(loss: Callable[[Tensors], Tensor], by: str) -> Derivative:
    """Return the function that differentiates the number `loss` by the name `by`."""

    def derive(point: Point) -> NDArray[np.float64]:
        tensors = _tensors(point)
        made = torch.autograd.grad(loss(tensors), tensors[by])[0]
        return np.asarray(made.numpy())

    return derive


def inside(loss: Callable[[Tensors], tuple[Tensor, Tensor]]) -> Derivative:
    """Return the function that differentiates a loss by a value on the way to it."""

    def derive(point: Point) -> NDArray[np.float64]:
        total, value = loss(_tensors(point))
        return np.asarray(torch.autograd.grad(total, value)[0].numpy())

    return derive


def _tensors(point: Point) -> Tensors:
    return {
        name: torch.tensor(number, dtype=torch.float64, requires_grad=True)
        for name, number in point.items()
    }


def _jacobian(function: Callable[[Tensor], Tensor], at: NDArray[np.float64]) -> Any:
    """Return d function / d at for columns: row i belongs to entry i of the function."""
    made = torch.autograd.functional.jacobian(function, torch.tensor(at[:, 0]))
    return made.numpy()


def _bernoulli(p: Tensors) -> Tensor:
    return functional.binary_cross_entropy(p["yhat"], p["y"].detach())


def _log_probability(point: Point) -> NDArray[np.float64]:
    p = _tensors(point)
    return np.asarray(torch.distributions.Bernoulli(p["yhat"]).log_prob(p["y"]).detach().numpy())


def _cross_entropy(p: Tensors) -> Tensor:
    return functional.cross_entropy(p["z"].T, p["k"].detach().long().reshape(1))


def _regression(relu: bool) -> Callable[[Tensors], Tensor]:
    def loss(p: Tensors) -> Tensor:
        scores = p["X"] @ p["W"]
        return functional.cross_entropy(scores.relu() if relu else scores, p["Y"].detach())

    return loss


def _two_layers(p: Tensors) -> dict[str, Tensor]:
    z = p["X"] @ p["W1"] + p["b1"]
    scores = z.sigmoid() @ p["W2"] + p["b2"]
    return {"z": z, "scores": scores, "loss": functional.cross_entropy(scores, p["Y"].detach())}


def _shortcut(p: Tensors) -> dict[str, Tensor]:
    z = p["W1"] @ p["x"] + p["b1"]
    h = z.sigmoid()
    output = p["x"] + p["W2"] @ h + p["b2"]
    loss = ((output - p["s"]) ** 2).sum() / 2 + (p["r"].T @ h).sum()
    return {"z": z, "h": h, "output": output, "loss": loss}


def _part(network: Callable[[Tensors], dict[str, Tensor]], by: str) -> Derivative:
    def loss(p: Tensors) -> tuple[Tensor, Tensor]:
        values = network(p)
        return values["loss"], values[by] if by in values else p[by]

    return inside(loss)


def _penalised(p: Tensors, factor: float) -> Tensor:
    linear = (p["g"].detach() * p["w"]).sum()  # any loss whose gradient is g
    return linear + factor * p["lam"] * (p["w"] ** 2).sum()


def _step(factor: float) -> Derivative:
    def derive(point: Point) -> NDArray[np.float64]:
        weights = torch.nn.Parameter(torch.tensor(point["w"]))
        optimizer = torch.optim.SGD(
            [weights], lr=point["alpha"], weight_decay=2 * factor * point["lam"]
        )
        weights.grad = torch.tensor(point["g"])
        optimizer.step()
        return np.asarray(weights.detach().numpy())

    return derive


DERIVATIVES: dict[str, Derivative] = {
    "image_classifier/gradient_of_x_x": gradient(lambda p: (p["x"].T @ p["x"]).sum(), "x"),
    "image_classifier/gradient_of_trace": gradient(lambda p: torch.trace(p["A"].T @ p["A"]), "A"),
    "image_classifier/gradient_of_bilinear": gradient(
        lambda p: (p["x"].T @ p["A"] @ p["y"]).sum(), "y"
    ),
    "image_classifier/jacobian_of_linear": lambda p: (
        _jacobian(lambda y: torch.tensor(p["A"]) @ y, p["y"]).T  # the handout's layout
    ),
    "image_classifier/likelihood": lambda p: np.exp(_log_probability(p)),
    "image_classifier/log_likelihood": _log_probability,
    "image_classifier/loss": lambda p: _bernoulli(_tensors(p)).detach().numpy(),
    "image_classifier/loss_gradient": gradient(_bernoulli, "yhat"),
    "image_classifier/penalised_gradient": gradient(lambda p: _penalised(p, 1), "w"),
    "image_classifier/l2_update": _step(1),
    "mlp_from_scratch/softmax_jacobian": lambda p: _jacobian(
        lambda z: torch.softmax(z, dim=0), p["z"]
    ),
    "mlp_from_scratch/softmax_entry": lambda p: _jacobian(
        lambda z: torch.softmax(z, dim=0), p["z"]
    )[int(p["i"]), int(p["j"])],
    "mlp_from_scratch/log_sum_exp_gradient": lambda p: _jacobian(
        lambda z: torch.logsumexp(z, dim=0), p["z"]
    )[int(p["i"])],
    "mlp_from_scratch/sigmoid_slope": gradient(lambda p: p["x"].sigmoid(), "x"),
    "mlp_from_scratch/relu_slope": gradient(lambda p: p["x"].relu(), "x"),
    "mlp_from_scratch/cross_entropy": lambda p: _cross_entropy(_tensors(p)).detach().numpy(),
    "mlp_from_scratch/cross_entropy_gradient": gradient(_cross_entropy, "z"),
    "mlp_from_scratch/linear_weight_gradient": gradient(_regression(relu=False), "W"),
    "mlp_from_scratch/relu_weight_gradient": gradient(_regression(relu=True), "W"),
    "mlp_from_scratch/error_of_scores": _part(_two_layers, "scores"),
    "mlp_from_scratch/second_weight_gradient": _part(_two_layers, "W2"),
    "mlp_from_scratch/second_bias_gradient": _part(_two_layers, "b2"),
    "mlp_from_scratch/error_of_hidden_units": _part(_two_layers, "z"),
    "mlp_from_scratch/first_weight_gradient": _part(_two_layers, "W1"),
    "mlp_from_scratch/first_bias_gradient": _part(_two_layers, "b1"),
    "mlp_from_scratch/penalised_gradient": gradient(lambda p: _penalised(p, 0.5), "w"),
    "mlp_from_scratch/sgd_step": _step(0.5),
    "handmade_networks/ybar": _part(_shortcut, "output"),
    "handmade_networks/hbar": _part(_shortcut, "h"),
    "handmade_networks/zbar": _part(_shortcut, "z"),
    "handmade_networks/xbar": _part(_shortcut, "x"),
    "handmade_networks/W1_bar": _part(_shortcut, "W1"),
    "handmade_networks/b1_bar": _part(_shortcut, "b1"),
    "handmade_networks/W2_bar": _part(_shortcut, "W2"),
    "handmade_networks/b2_bar": _part(_shortcut, "b2"),
}
