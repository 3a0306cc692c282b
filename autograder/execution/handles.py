"""What cannot travel by value: objects that stay in the worker, functions that stay here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
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
        self._lasting: list[Callable[..., Any]] = []  # for every test, not for one
        self._count = 0  # no number is used again: an old one is good for nothing
        # What stood under a dotted name, and the number of the replacement that ended it.
        self.replaced: dict[tuple[str, ...], list[tuple[int, Any]]] = {}
        self.replacements = 0

    def next_worker(self) -> None:
        """Forget what the last worker had."""
        self.generation += 1
        self._remotes.clear()
        self._drops.clear()
        self._functions.clear()
        self.replaced.clear()

    def replace(self, name: tuple[str, ...], before: Any) -> None:
        """Note that a test has put something else in place of `before`."""
        self.replacements += 1
        self.replaced.setdefault(name, []).append((self.replacements, before))

    def before(self, name: tuple[str, ...], since: int) -> Any:
        """Return what a name meant after `since` replacements; None where it still means that."""
        for number, thing in self.replaced.get(name, ()):
            if number > since:
                return thing
        return None

    def lend_for_good(self, functions: Iterable[Callable[..., Any]]) -> None:
        """Let these functions be called in every test from now on."""
        self._lasting = list(functions)

    def lasts(self, function: Callable[..., Any]) -> bool:
        """Tell whether a function is lent for every test."""
        return function in self._lasting

    def forget_functions(self) -> bool:
        """End the lending of functions of one test; tell whether there were any."""
        self.replaced.clear()  # the worker puts back what a test replaced
        before = len(self._functions)
        self._functions = {
            number: function for number, function in self._functions.items() if self.lasts(function)
        }
        return len(self._functions) < before

    def function(self, number: Any) -> Callable[..., Any] | None:
        """Return a function that is lent, None for one that was; raises KeyError."""
        if type(number) is not int or not 0 < number <= self._count:
            raise KeyError(number)
        return self._functions.get(number)

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
            self._count += 1
            self._functions[self._count] = thing
            return Reference(self._count, "function")
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
