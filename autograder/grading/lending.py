"""Functions of the reference that are lent to a submission for one test.

What answers is a confined process that has the code of those functions and nothing else of the
reference, forked anew for each test (see `sandbox.inside.lending`). What a submission can learn
from it is what right functions answer to arguments of its own choosing; how often, and how much
of that, is bounded here. Objects are taken only of the classes that students are asked for, with
the plain attributes that the reference itself gives them, and networks of torch's own layers.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.core.failures import SuiteError
from autograder.core.manifest import Limits
from autograder.execution.errors import SubmissionError, WorkerStopped
from autograder.execution.session import Session
from autograder.execution.suite import Test
from autograder.sandbox.fork_server import Branch, Parent
from autograder.sandbox.inside.travelling import KEYS, NETWORK
from autograder.sandbox.inside.wire import Tensor

MAX_CALLS = 10_000  # in one test
MAX_BYTES = 256 << 20  # of arrays and texts in one test's arguments and answers
_MAX_DEPTH = 16
_SIMPLE = frozenset({type(None), bool, int, float, complex})
_NUMBERS = "biufc"  # kinds of dtypes


class LendingError(Exception):
    """A lent function has no answer to these arguments; student code sees it raised."""


class Lender:
    """Lends the functions of one assignment to one submission, test by test."""

    def __init__(self, fork_server: Parent, lent: Mapping[str, Any], limits: Limits) -> None:
        """Prepare to lend what `lent_code` has cut out; nothing starts before it is needed."""
        self._fork_server, self._lent, self._limits = fork_server, lent, limits
        self._attributes = {name: frozenset(found) for name, found in lent["classes"].items()}
        self._branch: Branch | None = None
        self._session: Session | None = None
        self._calls = self._bytes = 0
        self._test = ""
        self.refused: dict[str, str] = {}  # by test: why a function was not lent in it

    def __contains__(self, function: object) -> bool:
        return function in self._lent["functions"]

    def functions(self, targets: Sequence[str]) -> dict[str, Callable[..., Any]]:
        """Return what a session is to be supplied with."""
        return {target: self._function(target) for target in targets}

    @contextlib.contextmanager
    def lent(self, test: Test) -> Iterator[None]:
        """Lend during one test: to a process without a past, which ends with the test."""
        if self._branch is None:
            self._branch = self._fork_server.branch(self._lent)
        self._session = Session(self._branch, {}, self._limits)
        self._session.begin(None, test.trains)
        self._calls = self._bytes = 0
        self._test = test.id
        self.refused.pop(test.id, None)
        try:
            yield
        finally:
            self._session.stop()
            self._session = None

    def close(self) -> None:
        """End everything."""
        if self._branch is not None:
            self._branch.close()
            self._branch = None

    def _function(self, target: str) -> Callable[..., Any]:
        def answer(arguments: Any, named: Any, states: Any) -> Any:
            try:
                return self._answer(target, arguments, named, states)
            except LendingError as error:
                self.refused[self._test] = str(error)
                raise

        return answer

    def _answer(self, target: str, arguments: Any, named: Any, states: Any) -> Any:
        session = self._session
        if session is None:
            raise LendingError("nothing is lent outside a test")
        self._calls += 1
        if self._calls > MAX_CALLS:
            raise LendingError(f"functions are lent for {MAX_CALLS} calls in one test")
        if type(arguments) is not tuple or type(named) is not dict or type(states) is not list:
            raise LendingError("such arguments cannot be passed")
        self._bytes += size_of([list(arguments), named])
        request = [arguments, named, [self._state(row) for row in states]]
        if self._bytes > MAX_BYTES:
            raise LendingError(f"functions are lent {MAX_BYTES >> 20} MB in one test")
        try:
            found = session.request("supplied", target, *request, keep=False)
            self._bytes += size_of(found)
        except SubmissionError as error:  # the reference refuses such arguments as well
            raise LendingError(f"{error.type_name} for these arguments") from None
        except SuiteError as error:
            raise LendingError(str(error)) from None
        except WorkerStopped:
            raise LendingError("these arguments take too much time or memory") from None
        return found

    def _state(self, row: Any) -> list[Any]:
        """Return [class, attributes] of an object, of those attributes that it may have."""
        if type(row) is not list or len(row) != 2 or type(row[0]) is not str:
            raise LendingError("such arguments cannot be passed")
        name, state = row
        if name == NETWORK:
            return [name, self._network(state)]
        if name not in self._attributes:
            raise LendingError("objects are taken only of the classes that the task declares")
        if state is None:
            return [name, None]
        if type(state) is not dict:
            raise LendingError("such arguments cannot be passed")
        allowed = self._attributes[name]
        # Others are left behind: a student may keep there what he likes, and none is needed.
        kept = {key: value for key, value in state.items() if key in allowed}
        self._bytes += size_of(kept)
        return [name, kept]

    def _network(self, state: Any) -> dict[str, Any]:
        """Return a network of torch's layers; what it is made of is checked over there."""
        if type(state) is not dict or state.keys() != KEYS:
            raise LendingError("such arguments cannot be passed")
        self._bytes += size_of(state)
        return state


def size_of(value: Any, depth: int = 0) -> int:
    """Return about how many bytes a plain value has; raises LendingError for any other."""
    kind = type(value)
    if kind in _SIMPLE:
        return 8
    if kind is str or kind is bytes:
        return len(value)
    if kind is Tensor:
        value, kind = value.array, np.ndarray
    if kind is np.ndarray and value.dtype.kind in _NUMBERS + "US":
        return int(value.nbytes)
    if isinstance(value, np.generic) and value.dtype.kind in _NUMBERS:
        return 8
    if depth < _MAX_DEPTH and kind in (list, tuple):
        return 8 + sum(size_of(item, depth + 1) for item in value)
    if depth < _MAX_DEPTH and kind is dict and all(type(key) in (str, int) for key in value):
        return 8 + sum(size_of(item, depth + 1) for item in value.values())
    # A handle of the submission's worker means nothing, or something else, over there.
    raise LendingError("only numbers, texts, arrays and lists or dicts of them can be passed")
