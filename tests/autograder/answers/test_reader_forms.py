"""What a student types is read as what it means, and shown again in a form that reads the same."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from fractions import Fraction

import numpy as np
import pytest
import studentkit
from reader_questions import QUESTIONS
from studentkit.notation import Names, Unreadable, read, read_value
from studentkit.notation.tree import ARITY, Apply, Number, Record, Tree, Tuple, children
from typed_forms import FORMS, REFUSED


@pytest.mark.parametrize(("question", "typed", "text", "shape"), FORMS)
def test_what_is_typed_is_read_as_what_it_means(
    question: str, typed: str, text: str, shape: tuple[int, ...] | None
) -> None:
    """Canonical text and shape; read again, the text gives the same tree."""
    reading = read(typed, QUESTIONS[question])
    assert reading.text() == text
    assert reading.shape == shape
    assert read(reading.text(), QUESTIONS[question]).tree == reading.tree


@pytest.mark.parametrize(("question", "typed", "position", "message"), REFUSED)
def test_what_cannot_be_read_is_refused_at_its_place(
    question: str, typed: str, position: int, message: str
) -> None:
    """The place is that of a character in what was typed."""
    with pytest.raises(Unreadable) as refusal:
        read(typed, QUESTIONS[question])
    assert (refusal.value.position, refusal.value.message) == (position, message)
    assert str(refusal.value).endswith(message)


def test_long_decimals_are_cut_in_the_page_and_whole_in_the_text() -> None:
    """Ten ninths as Python prints them would not fit into a table."""
    reading = read("0.1111111111111111*x + 0.5", Names(vars={"x": "real"}))
    assert "0.1111111111111111" in reading.text()
    assert "<mn>0.111111…</mn>" in reading.mathml() and "<mn>0.5</mn>" in reading.mathml()


@pytest.mark.parametrize(("question", "typed", "_text", "_shape"), FORMS)
def test_a_reading_can_be_shown(question: str, typed: str, _text: str, _shape: object) -> None:
    """MathML is well-formed XML; the tree keeps to its own list."""
    reading = read(typed, QUESTIONS[question])
    ElementTree.fromstring(reading.mathml())
    waiting: list[Tree] = [reading.tree]
    while waiting:
        tree = waiting.pop()
        if isinstance(tree, Apply):
            assert len(tree.args) == ARITY[tree.operator], tree.operator
        if isinstance(tree, Number):
            assert tree.value >= 0
        waiting.extend(children(tree))


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        ("m", "A.T*x", r"A^\top x"),
        ("b", "y*log(yhat)+(1-y)*log(1-yhat)", "y ln ŷ + (1−y) ln(1−ŷ)"),
        ("w", "(1-2*alpha*lam)*w-alpha*g", "(1 − 2αλ)w − α∂L/∂w"),
        ("i", "s_i*(delta_ij-s_j)", "sᵢ(δᵢⱼ − sⱼ)"),
        ("a", "hadamard(hbar, sigma_prime(z))", "h̄ ⊙ σ′(z)"),
        ("X", "X.T*(P-Y)/N", "X.T @ (P - Y) / N"),
    ],
)
def test_two_writings_of_one_thing_are_one(question: str, first: str, second: str) -> None:
    """Python's notation and mathematics' give the same tree."""
    assert read(first, QUESTIONS[question]).tree == read(second, QUESTIONS[question]).tree


def test_a_half_x_is_shown_with_brackets() -> None:
    """1/2x is read from left to right, which the reading says."""
    reading = read("1/2x", QUESTIONS["x"])
    assert reading.text() == "(1/2)*x"
    assert reading.notes == ("`1/2x` is read as (1/2)*x",)


def test_a_number_of_the_question_may_be_called_like_a_function() -> None:
    """`mean` is a variable where the question has one, and np.mean the function."""
    question = Names(vars={"x": "vec:3", "mean": "real", "std": "pos"})
    assert read("(x-mean)/std", question).text() == "(x - mean)/std"
    assert read("mean(x-1)", question).text() == "mean*(x - 1)"
    reading = read("np.mean(x-1)", question)
    assert reading.shape == ()


def test_sigma_is_a_function_beside_a_value_of_that_name() -> None:
    """σ(1-σ) is a product, σ(x)(1-σ(x)) has the function."""
    question = Names(vars={"x": "real"}, names={"sigma": "scalar"})
    assert read("σ(1-σ)", question).text() == "sigma*(1 - sigma)"
    assert read("σ(x)(1-σ(x))", question).text() == "sigma(x)*(1 - sigma(x))"


@pytest.mark.parametrize(
    ("value", "text", "shape"),
    [
        (3, "3", ()),
        (-3, "-3", ()),
        (0.1, "0.1", ()),
        (np.float32(0.1), "0.1", ()),
        (np.int64(7), "7", ()),
        ((6, 14, 14), "(6, 14, 14)", (3,)),
        ([[1, 0.5], [0.5, 0.25]], "([1, 0.5], [0.5, 0.25])", (2, 2)),
        (np.array([[1, 0.5], [0.5, 0.25]]), "([1, 0.5], [0.5, 0.25])", (2, 2)),
        (("1/9", 2), "(1/9, 2)", (2,)),
        (([1, 1], -1.5), "([1, 1], -1.5)", None),
        (2 + 0j, "2", ()),
    ],
)
def test_values_are_read_exactly(value: object, text: str, shape: tuple[int, ...] | None) -> None:
    """Numbers as they are written; lists and arrays as tuples."""
    reading = read_value(value, QUESTIONS["t"])
    assert (reading.text(), reading.shape) == (text, shape)


def test_a_dict_is_read_as_a_record() -> None:
    """Its values in their order, with their names."""
    tree = read_value({"padding": 1, "stride": 2}, QUESTIONS["t"]).tree
    assert isinstance(tree, Record)
    assert [name for name, _ in tree.items] == ["padding", "stride"]


_NO_ANSWERS = [None, True, float("nan"), float("inf"), 1j, [], {}, {1: 2}, object(), b"1", ""]
_NO_ANSWERS += [10**40, {"a": {}}, [[[[[[[[[[1]]]]]]]]]]]
_NO_ANSWERS += [np.array([1j]), np.array(["x"]), np.zeros(2000), np.zeros((0,))]


@pytest.mark.parametrize("value", _NO_ANSWERS)
def test_other_values_are_refused(value: object) -> None:
    """In words, and never with another exception."""
    with pytest.raises(Unreadable):
        read_value(value, QUESTIONS["t"])


def test_a_formula_of_sympys_is_read() -> None:
    """By its text, in the reader's own notation."""
    sympy = pytest.importorskip("sympy")
    x = sympy.Symbol("x")
    piecewise = sympy.Piecewise((1, x > 0), (0, True))
    assert read_value(piecewise, QUESTIONS["x"]).text() == "cases((1, x > 0), 0)"
    assert read_value(sympy.exp(-x) / 2, QUESTIONS["x"]).text() == "exp(-x)/2"


def test_a_list_in_a_question_for_one_expression_is_a_matrix() -> None:
    """As the same thing typed as text would be."""
    reading = read_value([[1, 2], [3, 4]], QUESTIONS["m"])
    assert reading.shape == (2, 2) and not isinstance(reading.tree, Tuple)


def test_questions_with_mistakes_of_the_author_are_no_students_matter() -> None:
    """ValueError, not Unreadable."""
    for names in (
        Names(vars={"x": "vec:q"}),
        Names(vars={"x": "vec:"}),
        Names(vars={"x": "mat:3"}),
        Names(aliases={"a": "b"}),
    ):
        with pytest.raises(ValueError):
            read("1", names)


def test_reading_needs_the_standard_library_and_numpy_only() -> None:
    """The package travels in the student's zip; sympy is never imported by it."""
    code = (
        "import sys, types\n"
        f"kit = types.ModuleType('studentkit'); kit.__path__ = {list(studentkit.__path__)!r}\n"
        "sys.modules['studentkit'] = kit\n"
        "from studentkit.notation import Names, read\n"
        "read('2x', Names(vars={'x': 'real'})).mathml()\n"
        "assert not {'sympy', 'torch', 'pytest', 'autograder'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    "typed", ["1/4 * [[2, 1], [4, 2]]", "[[2, 1], [4, 2]]/4", "-[[-1/2, -1/4], [-1, -1/2]]"]
)
def test_a_list_times_a_number_is_read_one_by_one(typed: str) -> None:
    """Where several answers are asked for, a factor in front belongs to each of them."""
    reading = read(typed, Names(kind="tuple"))
    assert reading.shape == (2, 2)
    assert isinstance(reading.tree, Tuple)
    values = [_value(entry) for row in reading.tree.items for entry in children(row)]
    assert values == [Fraction(1, 2), Fraction(1, 4), 1, Fraction(1, 2)]


def _value(tree: Tree) -> Fraction:
    match tree:
        case Number(value):
            return value
        case Apply("neg", (inner,)):
            return -_value(inner)
        case Apply("mul", (left, right)):
            return _value(left) * _value(right)
        case Apply("div", (left, right)):
            return _value(left) / _value(right)
    raise AssertionError(tree)


@pytest.mark.parametrize("typed", ["[1, 2] + [3, 4]", "[[1, 2], [3, 4]] * [[1, 2], [3, 4]]"])
def test_more_is_not_computed_with_lists(typed: str) -> None:
    """What would be no list of answers is refused, not judged wrong."""
    with pytest.raises(Unreadable, match="nothing more can be computed"):
        read(typed, Names(kind="tuple"))


def test_a_long_factor_of_a_list_is_refused() -> None:
    """The factor would be evaluated once for each answer."""
    question = Names(vars={"u": "vec:n"}, dims={"n": 64}, kind="tuple")
    with pytest.raises(Unreadable, match="too long"):
        read("sum(sum(u_i*u_j, i), j) * [1, 2, 3, 4, 5, 6]", question)
    assert read("sum(u_i*u_i, i) * [1, 2]", question).shape is None


@pytest.mark.parametrize("typed", ["0,5", "0,003", "1.234,5", "-1,2"])
def test_a_decimal_comma_is_refused_with_what_to_type(typed: str) -> None:
    """It would be one number with thousands, or two answers, to whoever reads on."""
    with pytest.raises(Unreadable, match="type a decimal point"):
        read(typed, Names(kind="number"))


def test_shapes_are_read_in_words_and_signs() -> None:
    """28 by 28 is two numbers."""
    for typed in ("28x28", "28 × 28", "28 by 28"):
        assert read(typed, Names(kind="tuple")).shape == (2,)
