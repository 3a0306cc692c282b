"""What an author gets wrong is said in one line, before any student is judged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from asked import MATRICES, ask

from autograder.answers.designs import DesignsError
from autograder.answers.proof import prove, prove_all
from autograder.answers.questions import QuestionError, load

PUBLIC = """
[[questions]]
name = "slope"
task = "calculus"
text = "z = xᵀx. What is dz/dx?"
convention = "a column"
kind = "expression"
vars = {x = "vec:m"}
dims = {m = 3}
"""
DESIGN = """
[[questions]]
name = "gate"
task = "units"
text = "Which unit computes AND?"
convention = "it fires at 0 and above"
kind = "design"
"""
GATE = '[gate]\nreference = "([1,1],-1.5)"\npredicate = "and"\n'
KEY = '[slope]\nreference = "2*x"\n'
MISTAKE = '[[slope.misconceptions]]\nid = "half"\nanswer = "x"\nhint = "A factor is lost."\n'


def write(folder: Path, public: str, key: str) -> tuple[Path, Path]:
    """Write the two files of an assignment called `small`."""
    (folder / "small").mkdir(exist_ok=True)
    (folder / "small" / "questions.toml").write_text(public)
    (folder / "small" / "key.toml").write_text(key)
    return folder / "small" / "questions.toml", folder / "small" / "key.toml"


@pytest.mark.parametrize(
    ("public", "key", "says"),
    [
        (PUBLIC, "", "no table"),
        (PUBLIC, KEY + '[other]\nreference = "1"\n', "[other] has no question"),
        (PUBLIC + 'answer = "2*x"\n', KEY, "unknown key, answer"),
        (PUBLIC, KEY + 'solution = "2*x"\n', "unknown key, solution"),
        (PUBLIC.replace('task = "calculus"\n', ""), KEY, "task is missing"),
        (PUBLIC.replace('"expression"', '"essay"'), KEY, "kind is essay"),
        (PUBLIC, '[slope]\nreference = "2*y"\n', "the reference cannot be read"),
        (PUBLIC, "[slope]\nreference = 2\n", "reference is missing"),
        (PUBLIC, KEY + 'accept = ["2*q"]\n', "the accepted form 2*q cannot be read"),
        (PUBLIC, KEY + MISTAKE.replace('"x"', '"x+"'), "the misconception half cannot be read"),
        (PUBLIC, KEY + MISTAKE + MISTAKE, "the misconception half is in slope too"),
        (PUBLIC, KEY + MISTAKE.replace("A factor is lost.", " "), "half has no hint"),
        (PUBLIC, KEY + 'rtol = "1e-3"\n', "only numbers have a tolerance"),
        (PUBLIC, KEY + "enum = [{k = 1}]\n", "k is in enum but not among the names"),
        (PUBLIC, KEY + 'defs = {s = "x"}\n', "s is in defs but not among the names"),
        (PUBLIC, KEY + 'predicate = "and"\n', "a design needs a predicate"),
        (PUBLIC + PUBLIC, KEY, "slope is there twice"),
        (PUBLIC.replace("vec:m", "vec:k"), KEY, "not in dims"),
        ("questions = 3", KEY, "a list of"),
        ("[[questions", KEY, "questions.toml"),
    ],
)
def test_broken_files_are_refused(tmp_path: Path, public: str, key: str, says: str) -> None:
    """Unknown keys, names on one side only, and what cannot be read."""
    with pytest.raises(QuestionError) as caught:
        for question in load(*write(tmp_path, public, key)).values():
            prove(question)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_good_files_are_read(tmp_path: Path) -> None:
    """Ids come from the folder, and the two files may hold more than one question."""
    questions = load(*write(tmp_path, PUBLIC, KEY + MISTAKE))
    assert [one.id for one in questions.values()] == ["small/slope"]
    assert prove_all(questions.values()) == []


DECLARED = """
from dataclasses import dataclass
from autograder.answers.designs import HOLDS, LIST, NUMBER, Predicate

@dataclass
class Unit:
    w: "tuple"

PREDICATES = {"and": Predicate({"w": LIST, "b": NUMBER}, lambda parts, parameters: HOLDS)}
"""


def test_the_designs_beside_the_key_are_read(tmp_path: Path) -> None:
    """An assignment has predicates of its own, classes and all."""
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / "designs.py").write_text(DECLARED)
    questions = load(*write(tmp_path, DESIGN, GATE))
    assert prove_all(questions.values()) == []


@pytest.mark.parametrize(
    ("designs", "says"),
    [
        (None, "not found; declare the predicates"),
        ("import numpie", "ModuleNotFoundError: No module named 'numpie'"),
        ("x = 1", "has no PREDICATES; make it a dict"),
        ("PREDICATES = ['and']", "has no PREDICATES; make it a dict"),
        ("PREDICATES = {'and': print}", "PREDICATES['and'] is no Predicate"),
        (DECLARED.replace('"and"', '"nand"'), "gate: the predicate is and, not one of nand"),
        (DECLARED, "gate: and has no parameter size"),
    ],
)
def test_broken_designs_are_refused(tmp_path: Path, designs: str | None, says: str) -> None:
    """A file that is missing, does not run, or does not declare what the key names."""
    (tmp_path / "small").mkdir()
    if designs is not None:
        (tmp_path / "small" / "designs.py").write_text(designs)
    key = GATE + ("parameters = {size = 3}\n" if designs == DECLARED else "")
    with pytest.raises((DesignsError, QuestionError)) as caught:
        load(*write(tmp_path, DESIGN, key))
    assert says in str(caught.value)
    assert "small" in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("test", "says"),
    [
        ("parts[0] == [1, 1]", "TypeError: it returns neither HOLDS nor fails(...); mend it"),
        ("1 / 0", "ZeroDivisionError: division by zero; mend it in designs.py"),
    ],
)
def test_a_predicate_that_does_not_work_is_named(tmp_path: Path, test: str, says: str) -> None:
    """It is its author's fault, and no student's."""
    (tmp_path / "small").mkdir()
    source = DECLARED.replace("parameters: HOLDS", f"parameters: {test}")
    (tmp_path / "small" / "designs.py").write_text(source)
    (problem,) = prove_all(load(*write(tmp_path, DESIGN, GATE)).values())
    assert says in problem and problem.startswith("small/gate: ")


def test_the_secret_changes_with_the_key(tmp_path: Path) -> None:
    """Points are drawn from the key's content, which nobody outside has."""
    first = load(*write(tmp_path, PUBLIC, KEY))["slope"]
    second = load(*write(tmp_path, PUBLIC, KEY + "# changed\n"))["slope"]
    assert first.seed != second.seed


def mistake(name: str, answer: str, hint: str = "Something was lost.") -> dict[str, Any]:
    """Return a misconception as key.toml has it."""
    return {"id": name, "answer": answer, "hint": hint}


@pytest.mark.parametrize(
    ("reference", "kind", "key", "public", "says"),
    [
        ("2*x", "expression", {"misconceptions": [mistake("same", "x+x")]}, {}, "judged correct"),
        ("2*x", "expression", {"accept": ["3*x"]}, {}, "the accepted form 3*x is wrong"),
        (
            "2*x",
            "expression",
            {"misconceptions": [mistake("one", "x"), mistake("two", "x + 0*x")]},
            {},
            "two has the same value as one",
        ),
        ("2*x", "number", {}, {}, "the reference cannot be read"),
        ("2", "tuple", {}, {}, "the kind is tuple"),
        ("x.T*A*y/(x.T*A*y - x.T*A*y)", "expression", {}, {}, "finite value at 0 of 4"),
        ("sqrt(-1-x.T*x)", "expression", {}, {}, "finite value at 0 of 4"),
        ("2*x", "expression", {}, {"dims": {"m": 3, "n": 3}}, "no two are equal"),
        ("2*x", "expression", {}, {"dims": {"m": 3, "n": 1}}, "larger than 1"),
        ("s+x", "expression", {}, {"names": {"s": "vec:m"}}, "nothing gives it a value"),
        (
            "s+x",
            "expression",
            {"defs": {"s": "A.T*x"}},
            {"names": {"s": "vec:m"}},
            "declared as (3, 1) and defined as (4, 1)",
        ),
        ("A.T*x+y", "expression", {}, {"text": "Is it A.T*x + y?"}, "the text gives the answer"),
        (
            "79510",
            "number",
            {"misconceptions": [mistake("m", "79400", "It is 79510, with biases.")]},
            {},
            "the hint of m gives the answer away",
        ),
        ("([1,1],-1)", "design", {"predicate": "and"}, {}, "the reference is judged wrong"),
        ("([1,1],-1)", "design", {"predicate": "nand"}, {}, "the predicate is nand"),
        (
            "([1,1],-1.5)",
            "design",
            {"predicate": "and", "misconceptions": [mistake("m", "([1,1],-2)")]},
            {},
            "the misconception m is judged correct",
        ),
    ],
)
def test_what_only_judging_can_tell_is_proved(
    reference: str, kind: str, key: dict[str, Any], public: dict[str, Any], says: str
) -> None:
    """Points, values of misconceptions and accepted forms, sizes, and texts that tell."""
    names = {**MATRICES, **public} if kind == "expression" else public
    with pytest.raises(QuestionError) as caught:
        prove(ask(reference, kind, key=key, **names))
    assert says in str(caught.value), str(caught.value)
