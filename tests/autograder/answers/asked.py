"""Small questions of these tests' own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autograder.answers import designs
from autograder.answers.questions import Question, make
from autograder.core.layout import find_root, list_assignments

PREDICATES = {
    name: predicate
    for place in list_assignments(find_root(Path(__file__)))
    for name, predicate in designs.load(place.designs).items()
}


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
    hidden = {"reference": reference, **(key or {})}
    return make("asked/q", table, hidden, "a secret", PREDICATES)


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
