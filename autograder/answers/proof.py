"""Finds what an author can get wrong in a question, before a student does."""

from __future__ import annotations

import re
from collections.abc import Iterable

from studentkit.notation.tree import Name, Tree, Tuple, children

from autograder.answers.designs import normal_form
from autograder.answers.judge import judge, judge_reading
from autograder.answers.points import prepare
from autograder.answers.questions import Question, QuestionError

_TELLING = 4  # characters of a reference that no public text may contain


def prove(question: Question) -> None:
    """Check everything about one question; raises QuestionError with one line for its author."""
    _check_sizes(question)
    _check_shape(question)
    if question.kind != "design":
        prepare(question)
    for reading, what in (
        (question.reference, "the reference"),
        *((form, f"the accepted form {form.text()}") for form in question.accept),
    ):
        verdict = judge_reading(question, reading)
        if verdict.verdict != "correct":
            said = f" ({verdict.message})" if verdict.verdict == "unreadable" else ""
            raise QuestionError(f"{question.id}: {what} is judged {verdict.verdict}{said}")
    _check_accept(question)
    _check_misconceptions(question)
    _check_hints(question)


def prove_all(questions: Iterable[Question]) -> list[str]:
    """Return one line for every question that does not hold; [] is a pass."""
    problems = []
    for question in questions:
        try:
            prove(question)
        except QuestionError as error:
            problems.append(str(error))
    return problems


def _check_sizes(question: Question) -> None:
    sizes = list(question.names.dims.values())
    if any(size < 2 for size in sizes) or len(set(sizes)) != len(sizes):
        raise QuestionError(f"{question.id}: all dims are larger than 1, and no two are equal")
    for name, shape in question.names.shapes.items():
        if shape and max(shape) < 2:
            raise QuestionError(f"{question.id}: {name} has one entry; make it a scalar")


def _check_shape(question: Question) -> None:
    reference = question.reference
    if question.kind in ("expression", "number") and isinstance(reference.tree, Tuple):
        raise QuestionError(f"{question.id}: several answers need the kind tuple")
    if question.kind == "number" and (reference.shape != () or _named(reference.tree)):
        raise QuestionError(f"{question.id}: the kind is number, the reference is none")
    if question.kind == "tuple" and not isinstance(reference.tree, Tuple):
        raise QuestionError(f"{question.id}: the kind is tuple, the reference is none")


def _check_accept(question: Question) -> None:
    """Other forms have the reference's very value, unless they are of another shape."""
    if question.kind in ("expression", "number"):
        prepared = prepare(question)
        for form in question.accept:
            right = prepared.agreement(form.tree, prepared.known(form), prepared.reference)
            turned = form.shape is not None and form.shape[::-1] == question.reference.shape
            if not all(right) and not (turned and form.shape != question.reference.shape):
                raise QuestionError(f"{question.id}: the accepted form {form.text()} is wrong")


def _check_misconceptions(question: Question) -> None:
    if question.predicate is not None:
        forms = [
            (one.id, normal_form(question.predicate, one.reading))
            for one in question.misconceptions
            if one.reading is not None
        ]
        for number, (name, form) in enumerate(forms):
            for other, known in forms[:number]:
                if form is not None and form == known:
                    raise QuestionError(f"{question.id}: {name} is the same design as {other}")
    for one in question.misconceptions:
        verdict = judge(question, one.answer)
        if verdict.verdict != "wrong":
            said = f": {verdict.message}" if verdict.verdict == "unreadable" else ""
            raise QuestionError(
                f"{question.id}: the misconception {one.id} is judged {verdict.verdict}{said}"
            )
        if verdict.mistake != one.id:
            raise QuestionError(
                f"{question.id}: {one.id} has the same value as {verdict.mistake}; nobody can "
                "tell them apart"
            )


def _check_hints(question: Question) -> None:
    if isinstance(question.reference.tree, Name):
        return  # a name of the question is no secret
    answer = _packed(question.reference.text())
    public = [("the text", question.text), ("the convention", question.convention)]
    public += [("the form", question.form)]
    public += [(f"the hint of {one.id}", one.hint) for one in question.misconceptions]
    for what, text in public:
        if _gives_away(answer, text, question.kind):
            raise QuestionError(f"{question.id}: {what} gives the answer away")


def _gives_away(answer: str, text: str, kind: str) -> bool:
    if kind == "number":
        numbers = re.findall(r"[0-9][0-9,.]*", text)
        return len(answer) >= _TELLING - 1 and answer in {one.rstrip(".,") for one in numbers}
    return len(answer) >= _TELLING and answer in _packed(text)


def _packed(text: str) -> str:
    return "".join(text.split()).replace("**", "^")


def _named(tree: Tree) -> bool:
    return isinstance(tree, Name) or any(map(_named, children(tree)))
