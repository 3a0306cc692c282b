"""Deep-learning assignments that grade themselves: the part of it that programs may call.

    from autograder import grade_class, open_assignment
    result = grade_class(open_assignment("mlp_from_scratch"), ["downloads"], "reports")

Names are looked up when they are used first: a test file that declares mistakes needs no torch.
"""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING, Any

from autograder.core import logs

if TYPE_CHECKING:
    from autograder.core.errors import AutograderError
    from autograder.core.layout import Assignment, open_assignment
    from autograder.core.mistakes import mistake
    from autograder.core.records import Grade
    from autograder.grading.batch import ClassResult, grade_class

__all__ = [
    "Assignment",
    "AutograderError",
    "ClassResult",
    "Grade",
    "grade_class",
    "mistake",
    "open_assignment",
]
__version__ = "0.1.0"
_HOMES = {
    "Assignment": "autograder.core.layout",
    "AutograderError": "autograder.core.errors",
    "ClassResult": "autograder.grading.batch",
    "Grade": "autograder.core.records",
    "grade_class": "autograder.grading.batch",
    "mistake": "autograder.core.mistakes",
    "open_assignment": "autograder.core.layout",
}
logging.getLogger(__name__).addHandler(logging.NullHandler())  # quiet, as libraries are
logs.follow()  # in each of the processes that a command starts


def __getattr__(name: str) -> Any:
    """Find a public name in its module; raises AttributeError."""
    if name not in _HOMES:
        raise AttributeError(f"module 'autograder' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
