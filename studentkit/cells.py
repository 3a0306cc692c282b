"""The cells of a notebook, run one after another in one module.

A cell that raises, or runs too long, costs itself: the others run, and what it left undefined
says why when it is asked for.
"""

from __future__ import annotations

import contextlib
import io
import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import Any, NoReturn

_MAX_WORDS = 300


class _OutOfTime(BaseException):
    """No `except Exception` in a cell keeps it alive."""


def run(
    namespace: dict[str, Any], cells: Sequence[tuple[str, str]], seconds: float = 2.0
) -> dict[str, str]:
    """Execute (name, source) pairs in `namespace`, the dictionary of a module.

    Returns what went wrong, by the name of the cell. Afterwards the module explains names that
    it lacks by the cells that failed. What cells print or warn of goes nowhere.
    """
    failed: dict[str, str] = {}
    for name, source in cells:
        try:
            with _limited(seconds), _quietly():
                # A student's code, in the confined worker where all of theirs runs.
                exec(compile(source, f"<cell {name}>", "exec"), namespace)
        except _OutOfTime:
            failed[name] = f"it ran longer than {seconds:g} s"
        except SyntaxError as error:
            failed[name] = f"it is not valid Python ({error.msg}, line {error.lineno})"
        except Exception as error:
            failed[name] = _words(error)
        except SystemExit:
            failed[name] = "it ended the process"
    namespace["__getattr__"] = _explaining(failed)
    return failed


def _words(error: Exception) -> str:
    try:
        return f"{type(error).__name__}: {error}"[:_MAX_WORDS]
    except Exception:  # a student's class of errors may fail to say what it is
        return type(error).__name__


def _explaining(failed: dict[str, str]) -> Callable[[str], NoReturn]:
    def missing(name: str) -> NoReturn:
        why = "; ".join(f"the cell “{cell}” stopped: {words}" for cell, words in failed.items())
        raise AttributeError(f"the notebook defines no {name}" + (f" ({why})" if why else ""))

    return missing


@contextlib.contextmanager
def _limited(seconds: float) -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> NoReturn:
        raise _OutOfTime

    before = signal.signal(signal.SIGALRM, stop)
    # Again and again: a `finally` in the cell may hold the first one up.
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.2)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    outer = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = io.StringIO(), io.StringIO()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        sys.stdout, sys.stderr = outer
