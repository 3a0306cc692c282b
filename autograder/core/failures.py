"""What a test raises when it ends otherwise than by an assertion of its own."""

from __future__ import annotations

from autograder.core.errors import AutograderError


class SuiteError(AutograderError):
    """A test asks for something the grader cannot do; the author has to change it."""


class RecognisedError(AssertionError):
    """A test failed and knows which mistake was made; `hint` is what the student reads."""

    def __init__(
        self, message: str, mistake: str = "", hint: str = "", unfinished: bool = False
    ) -> None:
        """Keep the id of the mistake ("" where none is known) and its hint.

        `unfinished` says that there is nothing to be wrong yet.
        """
        super().__init__(message)
        self.mistake, self.hint, self.unfinished = mistake, hint, unfinished
