"""Random rewrites that keep the value are right; random slips that change it are not."""

from __future__ import annotations

import random
import re
from fractions import Fraction

import corpus
import rewriting
from asked import SCALARS, ask
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from in_floats import in_floats
from studentkit.notation import Unreadable, read
from studentkit.notation.text import text as written
from studentkit.notation.tree import Apply, Name, Number, Tree

from autograder.answers.judge import judge
from autograder.answers.points import prepare
from autograder.answers.questions import QuestionError

QUESTIONS = [one for one in corpus.questions().values() if one.kind != "design"]
_LEAVES = st.one_of(
    st.sampled_from([Name("x"), Name("y"), Name("p"), Name("u")]),
    st.integers(1, 9).map(lambda value: Number(Fraction(value))),
)


def _grow(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    two = st.sampled_from(["add", "sub", "mul", "div"])
    one = st.sampled_from(["neg", "sigmoid", "tanh", "sin", "abs"])
    return st.one_of(
        st.tuples(two, inner, inner).map(lambda parts: Apply(parts[0], parts[1:])),
        st.tuples(one, inner).map(lambda parts: Apply(parts[0], parts[1:])),
    )


TREES: st.SearchStrategy[Tree] = st.recursive(_LEAVES, _grow, max_leaves=8)
_TOKEN = re.compile(r"[A-Za-z_]+|[0-9]+(?:\.[0-9]+)?|[-+*/^]")
_SATURATING = re.compile("tanh|sigmoid")
_OTHERS = {"+": "-", "-": "+", "*": "/", "/": "*", "^": "*"}


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(QUESTIONS), st.integers(0, 10**9))
def test_rewritten_references_are_right(question: object, seed: int) -> None:
    """Parts exchanged, signs moved, products distributed: still right."""
    tree = rewriting.moved(question.reference.tree, random.Random(seed))  # type: ignore[attr-defined]
    text = written(tree, question.names.shapes)  # type: ignore[attr-defined]
    assume(len(text) < 900)
    assert judge(question, text).verdict == "correct", text  # type: ignore[arg-type]


@settings(deadline=None, max_examples=150)
@given(TREES, st.integers(0, 10**9))
def test_rewritten_expressions_are_right(tree: Tree, seed: int) -> None:
    """The same for expressions that nobody asks for."""
    text = written(tree)
    try:
        question = ask(text, **SCALARS)
        prepare(question)
    except QuestionError:
        assume(False)
    other = written(rewriting.moved(tree, random.Random(seed)))
    assume(len(other) < 900)
    assert judge(question, other).verdict == "correct", (text, other)


@settings(deadline=None, max_examples=300)
@given(TREES, st.integers(0, 10**6), st.sampled_from(["x", "y", "p", "u", "2", "7"]))
def test_a_changed_token_that_changes_the_value_is_wrong(tree: Tree, place: int, new: str) -> None:
    """One name, number or operator is replaced; plain floats say whether that matters."""
    text = written(tree)
    tokens = list(_TOKEN.finditer(text))
    token = tokens[place % len(tokens)]
    changed = _OTHERS.get(token[0], new)
    other = text[: token.start()] + changed + text[token.end() :]
    try:
        question = ask(text, **SCALARS)
        prepare(question)
        read_as = read(other, question.names).tree
    except (QuestionError, Unreadable):
        assume(False)
    points = [
        {"x": 1.37, "y": -0.83, "p": 2.9, "u": 0.31},
        {"x": -2.11, "y": 1.73, "p": 0.47, "u": 0.77},
        {"x": 0.59, "y": 0.43, "p": 1.21, "u": 0.13},
        {"x": -0.71, "y": -3.1, "p": 3.3, "u": 0.57},
    ]
    pairs = [(in_floats(tree, point), in_floats(read_as, point)) for point in points]
    assume(all(a is not None for a, _ in pairs))
    differs = [
        b is None or abs(a - b) > 1e-6 * max(abs(a), abs(b)) for a, b in pairs if a is not None
    ]
    agrees = [
        b is not None and abs(a - b) < 1e-9 * max(abs(a), abs(b), 1e-3)
        for a, b in pairs
        if a is not None
    ]
    verdict = judge(question, other).verdict
    if any(differs):
        assert verdict == "wrong", (text, other)
    elif all(agrees) and not _SATURATING.search(text):
        # tanh(2 + 9) and tanh(7 + 9) are not equal, and floats can hardly tell.
        assert verdict == "correct", (text, other)
