"""Small questions of these tests' own."""

from __future__ import annotations

from typing import Any

from autograder.answers.questions import Question, make


def ask(
    reference: str,
    kind: str = "expression",
    *,
    key: dict[str, Any] | None = None,
    **public: Any,
) -> Question:
    """Return a question with this reference; `public` goes into questions.toml, `key` beside it."""
    table = {
        "name": "q",
        "task": "t",
        "text": "What is it?",
        "convention": "as asked",
        "kind": kind,
        **public,
    }
    return make("asked/q", table, {"reference": reference, **(key or {})}, "a secret")


MATRICES: dict[str, Any] = {
    "vars": {"x": "vec:m", "y": "vec:n", "A": "mat:m,n", "S": "mat:n,n"},
    "dims": {"m": 3, "n": 4},
}
SCALARS: dict[str, Any] = {"vars": {"x": "real", "y": "real", "p": "pos", "u": "unit"}}
NETWORK: dict[str, Any] = {
    "vars": {"x": "vec:N", "W": "mat:K,N", "r": "vec:K"},
    "dims": {"N": 4, "K": 3},
    "names": {"z": "vec:K", "h": "vec:K"},
}
PROOF: dict[str, Any] = {
    "names": {"w1": "scalar", "w2": "scalar", "b": "scalar"},
    "key": {"predicate": "four_inequalities"},
}
