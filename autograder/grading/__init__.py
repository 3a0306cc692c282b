"""Grade submissions: one, or a class on several cores."""

from autograder.grading.batch import ClassResult, grade_class
from autograder.grading.terms import LateDays
from autograder.intake import read_times

__all__ = ["ClassResult", "LateDays", "grade_class", "read_times"]
