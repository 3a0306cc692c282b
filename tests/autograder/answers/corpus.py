# ruff: noqa: E501 (one question a line reads as a list)
"""Answers with the verdict each must get: by hand, from the keys, and rewritten by sympy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import rewriting

from autograder.answers.jsonl import load_all
from autograder.answers.questions import Question
from autograder.core.layout import find_root

ROOT = find_root(Path(__file__))


@dataclass(frozen=True)
class Row:
    """One answer; `mistake` "" where any will do, None where none may be named."""

    question: Question
    answer: Any
    verdict: str
    mistake: str | None
    source: str

    def __str__(self) -> str:
        return f"{self.question.id}: {self.answer!r}"


# By origin: what people type that is right.
RIGHT: dict[str, list[Any]] = {
    "p4.1.1a": ["2x", "x+x", "2 x", "x*2", "3*x - x", "2*x.T.T", "(2*x.T).T", "4*x/2", "2·x"],
    "p4.1.1b": ["2A", "A+A", "A*2", "(2*A.T).T", "A - (-A)", "2*A + 0*A", "A/0.5"],
    "p4.1.1c": ["A^T x", "(x.T*A).T", "A.T @ x", "(x^T A)^T", "A'x", "transpose(A)*x"],
    "p4.1.1d": ["A^T", "A'", "transpose(A)", "A.T", "Aᵀ", "2*A.T - A.T"],
    "p4.1.2i": [
        "ŷ^y (1-ŷ)^(1-y)",
        "y*p + (1-y)*(1-p)",
        "exp(y*log(yhat) + (1-y)*log(1-yhat))",
        "yhat if y == 1 else 1 - yhat",
        "1 - abs(y - yhat)",
        "cases((yhat, y=1), (1-yhat, y=0))",
    ],
    "p4.1.2ii": [
        "y ln ŷ + (1-y) ln(1-ŷ)",
        "log(1 - abs(y - p))",
        "y*log(p) + log(1-p) - y*log(1-p)",
        "log(yhat^y * (1-yhat)^(1-y))",
        "(1-y)*np.log(1-yhat) + y*np.log(yhat)",
    ],
    "p4.1.2iii": [
        "-(y*log(yhat) + (1-y)*log(1-yhat))",
        "-log(1 - abs(y - yhat))",
        "y*log(1/yhat) + (1-y)*log(1/(1-yhat))",
        "-y*np.log(y_hat) - (1-y)*np.log(1-y_hat)",
        "L = -y ln(ŷ) - (1-y) ln(1-ŷ)",
    ],
    "p4.1.2.grad": [
        "-y/yhat + (1-y)/(1-yhat)",
        "(yhat - y)/(yhat - yhat^2)",
        "(1-y)/(1-yhat) - y/yhat",
        "1/(1-yhat-y)",
    ],
    "p4.norm": ["x/std - mean/std", "(image-mean)/std", "-(mean-x)/std", "(x-mu)*(1/std)"],
    "p4.normgray": ["((0.5,),(0.5,))", ((0.5,), (0.5,)), [[0.5], [0.5]], "((1/2,),(1/2,))"],
    "p4.arch.pool1": ["6*14*14", "6x14x14", (6, 14, 14), [6, 14, 14], "[6, 14, 14]", "(6, 28/2, 28/2)"],
    "p4.arch.total": [62006, "62006", "62,006", 62006.0, "456+2416+48120+10164+850"],
    "p4.arch.k3": [576, "16*6*6", "576", "16*36"],
    "p4.iters": [12500, "50000/4", "12,500", 12500.0, "ceil(50000/4)"],
    "p4.3.2i": [(64, 62, 62), "(64, 62, 62)", "64×62×62", np.array([64, 62, 62])],
    "p4.3.2ii": [
        (1, 2),
        "(1, 2)",
        {"padding": 1, "stride": 2},
        "padding, stride = (1, 2)",
        (17, 3),
        [1, 2],
    ],
    "p4.3.2.formula": ["(n + 2p - k)//s + 1", "floor((n - k + 2*p)/s + 1)", "1 + (n-k+2p)//s"],
    "p4.3.3": [
        "w - alpha*(g + 2*lam*w)",
        "w - 2*alpha*lam*w - alpha*g",
        "(1 - 2 lr lambda) w - lr grad",
        "w*(1-2*eta*lam) - eta*g",
        "w - α(g + 2λw)",
    ],
    "g.3.reg": ["g + lam*w", "lam*w + grad", "g + λ w", "g + 0.5*lam*2*w"],
    "g.3.sgd": ["(1 - alpha*lam)*w - alpha*g", "w - lr*grad - lr*lambda_*w", "w - η(g + λw)"],
    "g.1.matrix": [
        "diag(s) - s*s.T",
        "diag(s) - s s^T",
        "np.diag(s) - np.outer(s, s)",
        "diag(softmax(z)) - softmax(z)*softmax(z).T",
        "diag(s) @ (eye(4) - ones(4)*s.T)",
        "hadamard(s*ones(4).T, eye(4) - ones(4)*s.T)",
        "(diag(s) - s*s.T).T",
        "diag(exp(z))/sum(exp(z)) - exp(z)*exp(z).T/sum(exp(z))^2",
    ],
    "g.1.index": [
        "s_i*(delta_ij - s_j)",
        "s_i*delta_ij - s_i*s_j",
        "s_j*(delta_ij - s_i)",
        "s[i]*(1[i==j] - s[j])",
        "s_i*(1-s_i) if i == j else -s_i*s_j",
        "exp(z_i)/sum(exp(z))*(delta_ij - exp(z_j)/sum(exp(z)))",
    ],
    "g.0.lse": ["exp(z_i)/sum(exp(z))", "s_i", "s[i]", "softmax(z)[i]", "1/sum(exp(z_k - z_i), k)"],
    "g.2.and": [([1, 1], -1.5), "([1,1],-2)", {"w": [1, 1], "b": -1.5}, ([2, 3], -4), "([1, 1], -3/2)"],
    "g.2.or": [([1, 1], -0.5), "([1,1],-1)", ([2, 3], -2), (np.array([1, 1]), -1), ((5, 5), -1e-3)],
    "g.21.sigdev": [
        "sigmoid(x)*(1-sigmoid(x))",
        "exp(-x)/(1+exp(-x))^2",
        "sigmoid(x) - sigmoid(x)^2",
        "σ(x)(1-σ(x))",
        "1/(1+e^(-x)) * (1 - 1/(1+e^(-x)))",
        "sigmoid(x)*sigmoid(-x)",
        "1/(2 + exp(x) + exp(-x))",
        "(1 - tanh(x/2)^2)/4",
    ],
    "g.21.reludev": [
        "Heaviside(x)",
        "1[x>0]",
        "1 if x > 0 else 0",
        "(x > 0)",
        "cases((1, x>0), (0, x<=0))",
        "np.where(x >= 0, 1, 0)",
        "(1 + sign(x))/2",
        "relu(x)/x",
        "max(0, x)/x",
    ],
    "g.21.ce": ["-log(s[k])", "-ln(s_k)", "log(sum(exp(z))) - z[k]", "-log(softmax(z)[k])", "log(1/s_k)"],
    "g.22.cegrad": ["s - t", "-(t - s)", "softmax(z) - t", "exp(z)/sum(exp(z)) - t"],
    "g.22.dW_linear": ["X.T*(P-Y)/N", "X^T (P - Y)/N", "1/N * X.T @ (P-Y)", "(X.T*P - X.T*Y)/N", "X.T @ (P - Y)/B"],
    "g.22.dW_relu": [
        "X.T*hadamard((P-Y)/N, X*W>0)",
        "X.T @ (((P-Y)/N) ∘ 1[X*W > 0])",
        "X.T*hadamard(P-Y, Heaviside(X*W))/N",
    ],
    "a.3.ybar": ["yhat - s", "x + W2*h + b2 - s", "-(s - yhat)", "x + W2*sigma(W1*x + b1) + b2 - s"],
    "a.3.hbar": ["r + W2.T*ybar", "W2^T (yhat - s) + r", "r + (ybar.T*W2).T"],
    "a.3.zbar": ["hbar ∘ sigma_prime(z)", "hadamard(hbar, sigma'(z))", "diag(sigma_prime(z))*hbar", "σ'(W1 x + b1) ∘ hbar"],
    "a.3.xbar": ["W1.T*zbar + ybar", "ybar + W1^T (hbar ∘ sigma_prime(z))", "(zbar.T*W1 + ybar.T).T"],
    "a.3.W1bar": ["zbar*x.T", "zbar x^T", "outer(zbar, x)", "(x*zbar.T).T"],
    "c.1d": [
        "([[1,1]],[0],[1],0)",
        ([[2, 3]], [-1], [1], 0),
        {"W": [[1, 1]], "b": [0], "v": [1], "c": 0},
        "([[3, 3]], [0], [1/2], 0)",
        "([1, 1], 0, 1, 0)",
        "([[-1,-1]],[1],[-1],1)",
    ],
    "c.1e.net": [
        "([[1,-1],[-1,1]],[0,0],[1,1],0)",
        "([[1,1],[1,1]],[0,-1],[1,-2],0)",
        ([[2, -2], [-1, 1]], [0, 0], [1, 1], 0),
    ],
    "c.1e.layers": [2, "2", "1+1"],
    "c.4b.params": [608, "8*(5*5*3+1)", "608", 608.0],
    "c.4b.shape": [(28, 28, 8), "(28,28,8)", "28x28x8"],
    "c.4a.out": [13, "20-8+1", "(20-8)/1+1"],
    "c.4c.avg1": ["[[1,0.5],[0.5,0.25]]", [[1, 0.5], [0.5, 0.25]], np.array([[1, 0.5], [0.5, 0.25]]), "((1,1/2),(1/2,1/4))"],
    "c.4c.max": [[[1, 1], [1, 1]], np.ones((2, 2)), "[[1, 1], [1, 1]]"],
    "c.4f.dropout": [
        [k / 9 for k in range(10)],
        np.linspace(0, 1, 10),
        "[0, 0.111, 0.222, 0.333, 0.444, 0.556, 0.667, 0.778, 0.889, 1]",
    ],
    "c.4f.iters": [1875, "60000/32", "1875"],
    "c.3b.params": [79510, "79,510", "784*100+100+1000+10"],
    "a.4iii": [7850, "7850", "785*10"],
    "a.4.two": [159010, "785*200+201*10"],
    "a.4xii": [185300, "785*200+201*100+101*60+61*30+31*10"],
    "a.4iv": ["N/B", "B^(-1)*N", "N*(1/B)"],
    "a.5i": [588, "12*49"],
    "a.5.shape2": [(8, 14, 14), "8×14×14"],
    "a.5.conv3": [1548, "12*129"],
    "a.5iii": [
        "eta_min + (eta_max-eta_min)*exp(-t/2000)",
        "η_min + (η_max - η_min) e^(-t/2000)",
        "eta_max*exp(-t/2000) + eta_min*(1 - exp(-t/2000))",
        "lmin + (lmax - lmin)/exp(t/2000)",
    ],
    "a.5iii.num": ["0.0001 + 0.0029*exp(-3)", 0.0002444, "2.444e-4"],
    "a.1": [
        "([[-1,1,0,0,0],[0,-2,2,0,0],[0,0,-1/2,1/2,0],[0,0,0,-3,3]],[0,0,0,0],[-2,-3,-2,-2],1)",
        "([[0,0,0,-1,1],[0,0,-1,1,0],[0,-1,1,0,0],[-1,1,0,0,0]],[0,0,0,0],[-1,-1,-1,-1],0.5)",
    ],
}  # fmt: skip

# By origin: what is wrong, and which mistake has to be named ("" for any, None for none).
WRONG: dict[str, list[tuple[Any, str | None]]] = {
    "p4.1.1a": [("-2*x", "general.sign"), ("3*x", "general.constant_factor"), ("2*sum(x)", None), ("2", None), ("2*x+1", None)],
    "p4.1.1b": [("-2*A", "general.sign"), ("5*A", "general.constant_factor"), ("2", None)],
    "p4.1.1c": [("A.T*x + 1", None), ("-A.T*x", "general.sign"), ("2*A.T*x", "general.constant_factor"), ("sum(A.T*x)", None)],
    "p4.1.2i": [("0.5", None), ("1-yhat", "general.only_y_0"), ("yhat^y*(1-yhat)", ""), ("yhat^2*y+(1-y)*(1-yhat)", "general.only_y_0")],
    "p4.1.2ii": [("log(yhat)", "general.only_y_1"), ("3*(y*log(yhat)+(1-y)*log(1-yhat))", "general.constant_factor")],
    "p4.norm": [("(mean-x)/std", "general.sign"), ("x/std", "general.missing_term"), ("x/std+mean/std", "general.sign_of_a_term")],
    "p4.arch.pool1": [("(6,14)", None), ("(14,6,14)", "general.order"), ("6*14*15", None), ("6*196", None), (6, None)],
    "p4.arch.total": [(62005, None), ("62006+1e-9", None), (62006.0001, None), ("0", None), (0.000244, None)],
    "p4.3.2ii": [("(1,3)", ""), ("(1/2,2)", "design.no_whole_number"), ("(-1,2)", "design.out_of_range")],
    "g.1.matrix": [("-s*s.T", ""), ("diag(s)", ""), ("s*s.T-diag(s)", ""), ("2*(diag(s)-s*s.T)", "general.constant_factor")],
    "g.1.index": [("s_i*(1-s_i)", ""), ("-s_i*s_j", ""), ("s_i*(1-s_j)", "")],
    "g.2.and": [("([1,1],-1)", ""), ("([1,1],-0.5)", ""), ("([2,2],-2)", "design.fires_at_zero"), ("([1,1],-3)", "design.fires_too_rarely")],
    "g.2.or": [("([1,1],0)", ""), ("([3,3],0)", "design.fires_at_zero"), ("([1,1],-1.5)", ""), ("([2,2],-3)", "design.other_gate")],
    "g.21.sigdev": [("sigmoid(x)", ""), ("x*(1-x)", ""), ("-sigmoid(x)*(1-sigmoid(x))", "")],
    "g.21.reludev": [("1", ""), ("0", "general.only_negative"), ("sign(x)", ""), ("x", "")],
    "g.22.cegrad": [("t-s", ""), ("s", ""), ("(s-t).T", "general.transpose"), ("7*(s-t)", "general.constant_factor")],
    "g.3.sgd": [("w-alpha*g", ""), ("w+alpha*(g+lam*w)", ""), ("(1-alpha*lam)*w", "")],
    "a.3.hbar": [("W2.T*ybar", ""), ("r", ""), ("r - W2.T*ybar", "")],
    "a.3.zbar": [("hbar ∘ sigma_prime(h)", ""), ("sigma_prime(z)", "")],
    "a.3.W1bar": [("x*zbar.T", ""), ("2*zbar*x.T", "general.constant_factor")],
    "c.1d": [("([[1,0],[0,1]],[0,0],[1,1],0)", ""), ("([[3/4,3/4]],[0],[1],0)", "design.output_too_small"), ("([[1,1]],[1/2],[1],0)", "design.not_silent_at_rest")],
    "c.1e.net": [("([[1,1],[1,1]],[0,-1],[1,-1],0)", ""), ("([[1,-1],[-1,1],[0,0]],[0,0,0],[1,1,0],0)", "design.too_many_units"), ("([[1,-1],[-1,1]],[0,0],[1/2,1/2],0)", "design.output_too_small")],
    "c.4b.params": [(600, ""), (608.5, None), ("607", None)],
    "c.4c.avg1": [("[1,0.5,0.5,0.25]", None), ("[[1,0.5]]", None), ("1", None)],
    "c.4c.max": [("1", None), ("[[2,2],[2,2]]", ""), ("[1,1,1,1]", None)],
    "c.4f.dropout": [([k / 10 for k in range(10)], ""), ([0, 1], None)],
    "a.5iii": [("eta_max*exp(-t/2000)", ""), ("-eta_min-(eta_max-eta_min)*exp(-t/2000)", "general.sign")],
    "a.1": [
        ("([[1,-1,0,0,0],[0,1,-1,0,0],[0,0,1,-1,0],[0,0,0,1,-1]],[0,0,0,0],[2,2,2,2],-8)", "design.ties_accepted"),
        ("([[1,-1,0,0,0],[0,1,-1,0,0],[0,0,1,-1,0],[0,0,0,1,-1]],[-0.01,-0.01,-0.01,-0.01],[1,1,1,1],-4)", "design.small_gap_missed"),
    ],
}  # fmt: skip

# What must be refused whatever is asked.
UNREADABLE: list[Any] = [
    None,
    "",
    "   ",
    float("nan"),
    float("inf"),
    [],
    "nan",
    "∞",
    True,
    "import os",
]


@cache
def questions() -> dict[str, Question]:
    """Return the project's questions, "assignment/name" -> Question."""
    found = load_all(ROOT)
    return {one.id: one for questions in found.values() for one in questions.values()}


@cache
def rows() -> list[Row]:
    """Return the whole corpus."""
    return list(_rows())


def _rows() -> Iterator[Row]:
    known = questions()
    by_origin = {question.origin: question for question in known.values()}
    for origin, answers in RIGHT.items():
        for answer in answers:
            yield Row(by_origin[origin], answer, "correct", None, "hand")
    for origin, wrong in WRONG.items():
        for answer, mistake in wrong:
            yield Row(by_origin[origin], answer, "wrong", mistake, "hand")
    for question in known.values():
        yield Row(question, question.reference.text(), "correct", None, "key")
        for form in question.accept:
            yield Row(question, form.text(), "correct", None, "key")
        for one in question.misconceptions:
            yield Row(question, one.answer, "wrong", one.id, "misconception")
        for answer in rewriting.by_sympy(question):
            yield Row(question, answer, "correct", None, "sympy")
        for answer in rewriting.by_moving(question, 6):
            yield Row(question, answer, "correct", None, "moved")
        for answer in UNREADABLE:
            yield Row(question, answer, "unreadable", None, "empty")
        if question.kind == "expression" and question.names.vars:
            text = question.reference.text()
            yield Row(question, f"({text}) + 1/1000000000000", "wrong", "", "near")
            yield Row(question, f"({text})*1.0000001", "wrong", "", "near")


def as_line(row: Row) -> str:
    """Return a row for `judge --jsonl`."""
    answer = row.answer.tolist() if isinstance(row.answer, np.ndarray) else row.answer
    answer = float(answer) if isinstance(answer, Fraction) else answer
    return json.dumps({"question": row.question.id, "answer": answer})
