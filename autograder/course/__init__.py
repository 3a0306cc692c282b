"""A class: what its folder remembers, who is in it, and what was agreed with single students."""

from autograder.course.folder import ClassFolder, CourseError
from autograder.course.remembered import Remembered, remembered

__all__ = ["ClassFolder", "CourseError", "Remembered", "remembered"]
