"""Shows what the package logs, where somebody asks for it: by `-v`, or by AUTOGRADER_LOG.

Every module logs to the logger of its name, and nothing is shown by itself. What is shown goes to
standard error, a line each: the seconds since the command began, the area, the process. At `info`
it tells nothing of hidden tests, keys and labels; at `debug` it may.
"""

from __future__ import annotations

import logging
import os
import time

from autograder.core.visible import visible

VARIABLE = "AUTOGRADER_LOG"
LEVELS = {"info": logging.INFO, "debug": logging.DEBUG}
_BEGAN = "AUTOGRADER_LOG_BEGAN"  # on the clock that all processes share


def show(level: str) -> None:
    """Show what is logged from here on, a key of LEVELS, by the processes started here as well."""
    os.environ[VARIABLE] = level
    follow()


def follow() -> None:
    """Show what the environment asks for; a word that it does not know asks for nothing."""
    level = LEVELS.get(os.environ.get(VARIABLE, ""))
    if level is None:
        return
    began = float(os.environ.setdefault(_BEGAN, str(time.monotonic())))
    handler = logging.StreamHandler()
    handler.setFormatter(_Line(began))
    logger = logging.getLogger("autograder")
    logger.setLevel(level)
    logger.handlers = [handler]  # in place of the one that is quiet, or follows another level


class _Line(logging.Formatter):
    """One line, whatever is in it: what a submission brings must not look like a line of ours."""

    def __init__(self, began: float) -> None:
        super().__init__()
        self._began = began

    def format(self, record: logging.LogRecord) -> str:
        area = record.name.removeprefix("autograder.")
        text = visible(record.getMessage()).replace("\n", "\\n")
        line = f"{time.monotonic() - self._began:8.2f} s  {area} [{record.process}]: {text}"
        if record.exc_info:
            trace = visible(self.formatException(record.exc_info))
            line += "".join(f"\n    | {row}" for row in trace.split("\n"))
        return line
