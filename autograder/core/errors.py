"""The one base of every error that a person can mend, and the exit codes of the command line."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What a command ends with."""

    DONE = 0
    SOME_NOT_GRADED = 1
    USAGE = 2
    CONFIGURATION = 3
    INTERRUPTED = 130


class AutograderError(Exception):
    """Change something and try again; the message says what is wrong, where, and what to do."""

    exit_code: ExitCode = ExitCode.CONFIGURATION
