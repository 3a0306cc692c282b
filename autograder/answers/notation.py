"""The reader of typed answers, the very code that travels in the student's zip."""

from __future__ import annotations

from autograder.kit import load_kit

load_kit()

from studentkit.answersheet import find_questions, names_of, plain, spoken  # noqa: E402
from studentkit.notation import (  # noqa: E402
    UNANSWERED,
    Names,
    Reading,
    Unreadable,
    read,
    read_value,
)
from studentkit.notation.text import text as written  # noqa: E402
from studentkit.notation.tree import (  # noqa: E402
    COMPARISONS,
    Apply,
    Cases,
    Compare,
    Constant,
    Index,
    Matrix,
    Name,
    Number,
    Record,
    Sum,
    Tree,
    Tuple,
    children,
)

__all__ = [
    "COMPARISONS",
    "UNANSWERED",
    "Apply",
    "Cases",
    "Compare",
    "Constant",
    "Index",
    "Matrix",
    "Name",
    "Names",
    "Number",
    "Reading",
    "Record",
    "Sum",
    "Tree",
    "Tuple",
    "Unreadable",
    "children",
    "find_questions",
    "names_of",
    "plain",
    "read",
    "read_value",
    "spoken",
    "written",
]
