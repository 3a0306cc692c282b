"""Typed mathematics as it is read: `read(text, question)` says what an answer means.

Standard library and numpy only: it travels in the student's zip. Nothing that is typed is ever
run; see `tokens` for the limits and `tree` for what an answer becomes.
"""

from studentkit.notation.errors import UNANSWERED, Unreadable
from studentkit.notation.names import Names
from studentkit.notation.reading import Reading, read, read_value

__all__ = ["UNANSWERED", "Names", "Reading", "Unreadable", "read", "read_value"]
