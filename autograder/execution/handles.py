"""What cannot travel by value: objects that stay in the worker, functions that stay here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakValueDictionary

import numpy as np

from autograder.sandbox.inside import tensors
from autograder.sandbox.inside.wire import Reference, WireError


class StaleHandleError(Exception):
    """A handle's object was in a worker that has ended."""


class Handles:
    """References to and fro, for one worker after another."""

    def __init__(self) -> None:
        """Know nothing; `proxies` says what a handle is."""
        self.generation = 0  # of the current worker; handles of an earlier one are dead
        self.resolve: Callable[[Reference], Any] = lambda reference: reference
        self.reference_of: Callable[[Any], tuple[int, Any] | None] = lambda thing: None
        self._drops: list[int] = []
        self._remotes: WeakValueDictionary[int, Any] = WeakValueDictionary()
        self._functions: dict[int, Callable[..., Any]] = {}

    def next_worker(self) -> None:
        """Forget what the last worker had."""
        self.generation += 1
        self._remotes.clear()
        self._drops.clear()

    def forget_functions(self) -> bool:
        """End the lending of functions; tell whether there were any."""
        lent = bool(self._functions)
        self._functions.clear()
        return lent

    def function(self, number: Any) -> Callable[..., Any]:
        """Return a function that was lent; raises KeyError, TypeError."""
        return self._functions[number]

    def drop(self, generation: int, number: int) -> None:
        """Let the worker forget an object, with the next request."""
        if generation == self.generation:
            self._drops.append(number)

    def take_drops(self) -> list[int]:
        """Return the numbers of what the worker may forget."""
        drops, self._drops = self._drops, []
        return drops

    def outgoing(self, thing: Any) -> Any:
        """Make plain data of what is none; raises WireError, StaleHandleError."""
        found = self.reference_of(thing)
        if found is not None:
            generation, reference = found
            if generation != self.generation:
                raise StaleHandleError
            return reference
        if tensors.is_tensor(thing):
            return tensors.to_plain(thing)
        if isinstance(thing, np.ndarray):
            return np.array(thing, subok=False)
        if callable(thing) and not isinstance(thing, type):
            number = len(self._functions) + 1
            self._functions[number] = thing
            return Reference(number, "function")
        raise WireError(f"a {type(thing).__name__} cannot be passed to student code")

    def incoming(self, reference: Reference) -> Any:
        """Return the handle for what a worker keeps; raises WireError."""
        if reference.kind == "function":
            raise WireError("a function came back")
        known = self._remotes.get(reference.number)
        if reference.number in self._drops:  # it came back before the worker could forget it
            self._drops.remove(reference.number)
        if known is None:
            known = self.resolve(reference)
            if known is not reference:
                self._remotes[reference.number] = known
        return known
