"""Every exception that Python has can be made again on the trusted side."""

from __future__ import annotations

import builtins

import pytest

from autograder.execution.errors import SubmissionError, raised

BUILTIN = sorted(
    name
    for name, found in vars(builtins).items()
    if isinstance(found, type) and issubclass(found, BaseException)
)


@pytest.mark.parametrize("name", BUILTIN)
def test_any_builtin(name: str) -> None:
    """It is a SubmissionError, of the builtin type where a test may expect that; never more."""
    bases = [base.__name__ for base in getattr(builtins, name).__mro__]
    found = raised([name, bases, "words", [], "code", 0, ""])
    assert isinstance(found, SubmissionError)
    assert str(found) == "words"
    assert not isinstance(found, SystemExit | KeyboardInterrupt | GeneratorExit)
    builtin = getattr(builtins, name)
    expected = issubclass(builtin, Exception) and not issubclass(builtin, BaseExceptionGroup)
    assert isinstance(found, builtin) is expected or builtin is BaseException
