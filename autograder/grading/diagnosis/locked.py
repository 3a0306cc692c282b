"""Hints for the student's own folder, each locked by what a public test says of its mistake."""

from __future__ import annotations

from studentkit.hints import lock

from autograder.grading.diagnosis.library import Library
from autograder.grading.diagnosis.replies import Weight


def locked_hints(library: Library) -> dict[str, str]:
    """Return locked hints by the name of their lock.

    A message that says little, or that two mistakes share, opens nothing.
    """
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
