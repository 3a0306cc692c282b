"""What the reader says when it cannot read an answer."""

from __future__ import annotations

UNANSWERED = "not answered"  # what is said of an empty answer


class Unreadable(Exception):
    """A typed answer that cannot be read: one clear sentence, and where in it.

    `position` counts characters from 1; 0 means the answer as a whole.
    """

    def __init__(self, message: str, position: int = 0) -> None:
        super().__init__(message, position)
        self.message = message
        self.position = position

    def __str__(self) -> str:
        return f"character {self.position}: {self.message}" if self.position else self.message
