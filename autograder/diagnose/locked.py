"""Hints for the student's own folder, each locked by what a public test says of its mistake."""

from __future__ import annotations

from importlib import import_module

from autograder.diagnose.library import Library
from autograder.diagnose.replies import Weight
from autograder.kit import load_kit


def locked_hints(library: Library) -> dict[str, str]:
    """Return locked hints by the name of their lock.

    A message that says little, or that two mistakes share, opens nothing.
    """
    load_kit()
    lock = import_module("studentkit.hints").lock
    found: dict[str, str] = {}
    shared: set[str] = set()
    for entry in library.entries:
        for test, message in entry.messages.items():
            if entry.weights[test] is not Weight.MUCH:
                continue
            name, locked = lock(test, message, entry.mistake.hint)
            if found.setdefault(name, locked) != locked:
                shared.add(name)
    return {name: found[name] for name in sorted(found.keys() - shared)}
