"""The student kit under its own name, as a student's folder has it."""

from autograder.release.kit import load_kit

load_kit()
