"""The errors that mean "change something and try again", for whoever shows them to a person."""

from __future__ import annotations

from autograder.answers.questions import QuestionError
from autograder.grade.course import GradeError
from autograder.intake import IntakeError
from autograder.mistakes import MistakesError
from autograder.mnist import DataError
from autograder.mutants.equivalents import DeclarationError
from autograder.mutation import MutationError
from autograder.notebooks.confinement import KernelError
from autograder.notebooks.source import NotebookError
from autograder.release import ReleaseError
from autograder.report.summary import ResultsError
from autograder.rubric import RubricError
from autograder.runner.sharing import SharingError
from autograder.runner.suite import CollectionError
from autograder.sandbox.runtime import RuntimeMissing
from autograder.sandbox.zygotes import ZygoteError
from autograder.validate import ValidateError

EXPECTED = (
    CollectionError,
    DataError,
    DeclarationError,
    GradeError,
    IntakeError,
    KernelError,
    MistakesError,
    MutationError,
    NotebookError,
    QuestionError,
    ReleaseError,
    ResultsError,
    RubricError,
    RuntimeMissing,
    SharingError,
    ValidateError,
    ZygoteError,
)
