"""Questions with a typed answer: the public part, the key, and what an author can get wrong."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from studentkit.answersheet import names_of
from studentkit.notation import Names, Reading, Unreadable, read

from autograder.answers import designs
from autograder.answers.designs import Predicate
from autograder.core.errors import AutograderError

KINDS = ("expression", "number", "tuple", "design")
_PUBLIC = frozenset(
    "name origin task text convention kind vars dims names aliases form sigma".split()
)
_HIDDEN = frozenset(
    "reference accept enum defs rtol predicate parameters nested misconceptions".split()
)
_NEEDED = ("name", "task", "text", "convention", "kind")
_MISCONCEPTION = frozenset(("id", "answer", "hint", "star"))


class QuestionError(AutograderError):
    """A question that its author has to change; one line says which and how."""


@dataclass(frozen=True)
class Misconception:
    """A known wrong answer."""

    id: str
    answer: str
    hint: str  # what was confused, never the answer
    star: bool = False  # seen with real students
    reading: Reading | None = None


@dataclass(frozen=True, eq=False)
class Question:
    """One question, read and ready to be judged."""

    id: str  # "image_classifier/loss"
    name: str  # the constant in answers.py
    origin: str
    task: str
    text: str
    convention: str
    kind: str  # one of KINDS
    form: str
    names: Names
    reference: Reading
    accept: tuple[Reading, ...] = ()
    cases: tuple[Mapping[str, Fraction], ...] = ({},)  # all of them must hold
    defs: tuple[tuple[str, Reading], ...] = ()
    rtol: Fraction = Fraction(0)
    predicate: Predicate | None = None  # of a design
    parameters: Mapping[str, Any] = field(default_factory=dict)
    misconceptions: tuple[Misconception, ...] = ()
    sigma: str = ""  # "abstract", "logistic" or "": abstract where the key speaks of sigma
    seed: str = ""  # secret, and the same in every run

    def __str__(self) -> str:
        return self.id


def load(public: Path, key: Path) -> dict[str, Question]:
    """Read `questions.toml` and the `key.toml` that belongs to it; name -> Question, in order.

    A `predicate` in the key is one of the `designs.py` beside it. Raises QuestionError,
    DesignsError. What only judging can tell is left to `prove`.
    """
    shown, hidden = _toml(public), _toml(key)
    tables = shown.get("questions")
    if not isinstance(tables, list) or set(shown) != {"questions"}:
        raise QuestionError(f"{public}: a list of [[questions]] and nothing else is expected")
    secret = hashlib.sha256(key.read_bytes()).hexdigest()
    folder = public.resolve().parent.name
    predicates: Mapping[str, Predicate] = {}
    if any(isinstance(table, dict) and table.get("kind") == "design" for table in tables):
        predicates = designs.load(key.with_name("designs.py"))
    questions: dict[str, Question] = {}
    ids: dict[str, str] = {}
    for number, table in enumerate(tables, 1):
        name = table.get("name") if isinstance(table, dict) else None
        if not isinstance(name, str) or not name.isidentifier():
            raise QuestionError(f"{public}: question number {number} has no usable name")
        if name in questions:
            raise QuestionError(f"{public}: {name} is there twice")
        if name not in hidden:
            raise QuestionError(f"{key}: there is no table [{name}]")
        question = make(f"{folder}/{name}", table, hidden[name], f"{secret} {name}", predicates)
        for one in question.misconceptions:
            if one.id in ids:
                raise QuestionError(
                    f"{question.id}: the misconception {one.id} is in {ids[one.id]} too"
                )
            ids[one.id] = name
        questions[name] = question
    left = [name for name in hidden if name not in questions]
    if left:
        raise QuestionError(f"{key}: [{left[0]}] has no question in {public}")
    return questions


def make(
    question_id: str,
    public: Mapping[str, Any],
    key: Mapping[str, Any],
    seed: str = "",
    predicates: Mapping[str, Predicate] | None = None,
) -> Question:
    """Return the question of one table of each file; raises QuestionError."""
    where = question_id
    for table, known, which in ((public, _PUBLIC, "questions"), (key, _HIDDEN, "key")):
        unknown = sorted(set(table) - known)
        if unknown:
            raise QuestionError(f"{where}: {which}.toml has an unknown key, {unknown[0]}")
    for needed in _NEEDED:
        if not isinstance(public.get(needed), str) or not public[needed].strip():
            raise QuestionError(f"{where}: {needed} is missing in questions.toml")
    if public["kind"] not in KINDS:
        raise QuestionError(f"{where}: kind is {public['kind']}, not one of {', '.join(KINDS)}")
    if public.get("sigma", "") not in ("", "abstract", "logistic"):
        raise QuestionError(f"{where}: sigma is abstract or logistic")
    if not isinstance(key.get("reference"), str):
        raise QuestionError(f"{where}: reference is missing in key.toml")
    if (public["kind"] == "design") != ("predicate" in key):
        raise QuestionError(f"{where}: a design needs a predicate, and nothing else has one")
    names = names_of(public)
    try:
        spellings = set(names.shapes) | set(names.sizes)
    except ValueError as error:
        raise QuestionError(f"{where}: {error}") from None
    defs = []
    for name, text in key.get("defs", {}).items():
        if name not in spellings:
            raise QuestionError(f"{where}: {name} is in defs but not among the names")
        inner = Names(names.vars, names.dims, names.names, names.aliases, "expression")
        defs.append((name, _read(where, f"the definition of {name}", text, inner)))
    return Question(
        id=where,
        name=public["name"],
        origin=str(public.get("origin", "")),
        task=public["task"],
        text=" ".join(public["text"].split()),
        convention=public["convention"],
        kind=public["kind"],
        form=str(public.get("form", "")),
        names=names,
        reference=_read(where, "the reference", key["reference"], names),
        accept=tuple(
            _read(where, f"the accepted form {text}", text, names) for text in key.get("accept", [])
        ),
        cases=_cases(where, key.get("enum", [{}]), spellings),
        defs=tuple(defs),
        rtol=_rtol(where, key.get("rtol", "0"), public["kind"]),
        predicate=_predicate(where, key, predicates or {}),
        parameters=dict(key.get("parameters", {})),
        misconceptions=tuple(
            _misconception(where, one, names) for one in key.get("misconceptions", [])
        ),
        sigma=public.get("sigma", ""),
        seed=seed or where,
    )


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise QuestionError(f"{path}: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise QuestionError(f"{path}: {error}") from None


def _read(where: str, what: str, text: Any, names: Names) -> Reading:
    if not isinstance(text, str):
        raise QuestionError(f"{where}: {what} is no string")
    try:
        return read(text, names)
    except Unreadable as error:
        raise QuestionError(f"{where}: {what} cannot be read: {error}") from None


def _cases(where: str, raw: Any, known: set[str]) -> tuple[Mapping[str, Fraction], ...]:
    if not isinstance(raw, list) or not raw:
        raise QuestionError(f"{where}: enum is a list of cases, each a table of names")
    made = []
    for case in raw:
        if not isinstance(case, dict) or set(case) != set(raw[0]):
            raise QuestionError(f"{where}: every case of enum gives a value to the same names")
        unknown = sorted(set(case) - known)
        if unknown:
            raise QuestionError(f"{where}: {unknown[0]} is in enum but not among the names")
        try:
            made.append({name: Fraction(str(value)) for name, value in case.items()})
        except (ValueError, ZeroDivisionError):
            raise QuestionError(f"{where}: a case of enum holds what is no number") from None
    return tuple(made)


def _rtol(where: str, raw: Any, kind: str) -> Fraction:
    try:
        rtol = Fraction(str(raw))
    except (ValueError, ZeroDivisionError):
        raise QuestionError(f"{where}: rtol is no number") from None
    if not 0 <= rtol <= Fraction(1, 10):
        raise QuestionError(f"{where}: rtol is between 0 and 0.1")
    if rtol and kind not in ("number", "tuple"):
        raise QuestionError(f"{where}: only numbers have a tolerance")
    return rtol


def _predicate(
    where: str, key: Mapping[str, Any], known: Mapping[str, Predicate]
) -> Predicate | None:
    if "predicate" not in key:
        return None
    name = str(key["predicate"])
    if name not in known:
        raise QuestionError(f"{where}: the predicate is {name}, not one of {', '.join(known)}")
    unknown = sorted(set(key.get("parameters", {})) - known[name].parameters)
    if unknown:
        raise QuestionError(f"{where}: {name} has no parameter {unknown[0]}")
    return known[name]


def _misconception(where: str, raw: Any, names: Names) -> Misconception:
    if not isinstance(raw, dict) or set(raw) - _MISCONCEPTION:
        raise QuestionError(f"{where}: a misconception has id, answer, hint and star only")
    name = raw.get("id")
    if not isinstance(name, str) or not name.isidentifier():
        raise QuestionError(f"{where}: a misconception has no usable id")
    hint = raw.get("hint")
    if not isinstance(hint, str) or not hint.strip():
        raise QuestionError(f"{where}: the misconception {name} has no hint")
    reading = _read(where, f"the misconception {name}", raw.get("answer"), names)
    star = raw.get("star") is True
    return Misconception(name, raw["answer"], " ".join(hint.split()), star, reading)
