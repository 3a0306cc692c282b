"""The optimizer of this assignment."""

from .sgd import SGD

__all__ = ["SGD"]
