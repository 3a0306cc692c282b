"""Questions to read answers in, one for each kind of mathematics that is asked."""

from __future__ import annotations

from studentkit.notation import Names

QUESTIONS: dict[str, Names] = {
    "m": Names(vars={"x": "vec:m", "y": "vec:n", "A": "mat:m,n"}, dims={"m": 3, "n": 4}),
    "b": Names(
        vars={"yhat": "unit"}, names={"y": "scalar"}, aliases={"y_hat": "yhat", "p": "yhat"}
    ),
    "w": Names(
        vars={"w": "vec:n", "g": "vec:n", "alpha": "unit", "lam": "unit"},
        dims={"n": 4},
        aliases={"lr": "alpha", "lambda_": "lam", "grad": "g", "dL": "g", "dL/dw": "g"},
    ),
    "s": Names(
        vars={"z": "vec:n"},
        dims={"n": 4},
        names={"s": "vec:n", "I": "mat:n,n", "one": "vec:n"},
        aliases={"p": "s"},
    ),
    "i": Names(
        vars={"z": "vec:4"},
        names={
            "s": "vec:4",
            **dict.fromkeys(["i", "j", "s_i", "s_j", "delta_ij", "z_i", "z_j"], "scalar"),
        },
        aliases={"p_i": "s_i", "d_ij": "delta_ij"},
    ),
    "x": Names(vars={"x": "real"}),
    "k": Names(
        vars={"z": "vec:4"}, names={"s": "vec:n", "t": "vec:n", "k": "index"}, dims={"n": 4}
    ),
    "X": Names(
        vars={"X": "mat:B,D", "W": "mat:D,C", "P": "mat:B,C", "Y": "mat:B,C", "N": "dim:B"},
        dims={"B": 5, "D": 4, "C": 3},
    ),
    "a": Names(
        vars={
            "x": "vec:N",
            "W1": "mat:K,N",
            "b1": "vec:K",
            "W2": "mat:N,K",
            "b2": "vec:N",
            "r": "vec:K",
            "s": "vec:N",
        },
        names={
            **dict.fromkeys(["z", "h", "hbar", "zbar"], "vec:K"),
            **dict.fromkeys(["yhat", "ybar"], "vec:N"),
        },
        dims={"N": 4, "K": 3},
        aliases={"y": "yhat", "W_1": "W1"},
    ),
    "e": Names(
        vars={"t": "pos", "eta_min": "unit", "eta_max": "unit"}, aliases={"lmin": "eta_min"}
    ),
    "n": Names(kind="number"),
    "t": Names(kind="tuple"),
}
