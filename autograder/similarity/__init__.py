"""Which submissions of a class look alike: a place to look, no verdict."""

from autograder.similarity.code import Code, code_of, given_code
from autograder.similarity.pairs import alike

__all__ = ["Code", "alike", "code_of", "given_code"]
