"""Grade submissions: one, or a class on several cores."""

from autograder.grading.batch import ClassResult, grade_class

__all__ = ["ClassResult", "grade_class"]
