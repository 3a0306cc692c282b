"""What is random in tests: the same in every run, whichever tests were run before."""

from __future__ import annotations

import contextlib
import random
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from autograder.execution.session import SEED, Session

_SEED_NUMPY, _SEED_PYTHON = np.random.seed, random.seed


class Seeds:
    """The libraries' own generators, and those that test files have made for themselves.

    A test draws from a generator of its file what is next, and who runs other tests before it, or
    runs it a second time, would ask student code something else.
    """

    def __init__(
        self, modules: Iterable[types.ModuleType] = (), folders: Iterable[Path] = ()
    ) -> None:
        """Note the state of every generator in `modules`, and in those that lie in `folders`."""
        places = tuple(f"{folder}/" for folder in folders)
        mine = {id(module): module for module in modules}
        for module in list(sys.modules.values()):
            if str(getattr(module, "__file__", None) or "").startswith(places):
                mine[id(module)] = module
        self._states = [one for module in mine.values() for one in _restoring(module)]

    def restart(self) -> None:
        """Let everything begin as in the first test, and as the worker begins."""
        _SEED_NUMPY(SEED)
        _SEED_PYTHON(SEED)
        torch = sys.modules.get("torch")
        if torch is not None:
            torch.default_generator.manual_seed(SEED)  # torch.manual_seed looks for GPUs as well
        for restore in self._states:
            restore()


def _restoring(module: types.ModuleType) -> Iterator[Callable[[], None]]:
    torch = sys.modules.get("torch")
    for thing in list(vars(module).values()):
        kind = type(thing)  # asking a name of the submission for anything would call it
        if kind is np.random.Generator:
            yield _of_numpy(thing.bit_generator, thing.bit_generator.state)
        elif kind is np.random.RandomState:
            yield _calling(thing.set_state, thing.get_state())
        elif kind is random.Random:
            yield _calling(thing.setstate, thing.getstate())
        elif torch is not None and kind is torch.Generator:
            yield _calling(thing.set_state, thing.get_state())


def _calling(function: Callable[[Any], Any], state: Any) -> Callable[[], None]:
    return lambda: function(state)


def _of_numpy(generator: Any, state: Any) -> Callable[[], None]:
    return lambda: setattr(generator, "state", state)


@contextlib.contextmanager
def random_noticed(session: Session) -> Iterator[None]:
    """Tell the session when a test seeds a generator, so that the worker follows."""
    numpy_seed, python_seed = _SEED_NUMPY, _SEED_PYTHON

    def seed_numpy(*arguments: Any, **named: Any) -> None:
        numpy_seed(*arguments, **named)
        session.random_moved("numpy")

    def seed_python(*arguments: Any, **named: Any) -> None:
        python_seed(*arguments, **named)
        session.random_moved("random")

    np.random.seed, random.seed = seed_numpy, seed_python
    try:
        yield
    finally:
        np.random.seed, random.seed = numpy_seed, python_seed
