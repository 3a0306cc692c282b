"""How the root of a submission is recognised: by the names that the skeleton has there."""

from __future__ import annotations

from collections.abc import Collection, Iterable

# Names that say nothing: a folder full of submissions, or of anything else, may have them too.
_COMMON = frozenset("data tests studentkit configs docs doc report reports figures images".split())
_CODE = (".py", ".ipynb")
_DEEPEST = 3


def marks_of(expected: Collection[str]) -> frozenset[str]:
    """Return those names of a skeleton's top level that only a submission has."""
    return frozenset(
        name
        for name in expected
        if name.endswith(_CODE) or ("." not in name and name.lower() not in _COMMON)
    )


def holds_marks(names: Iterable[tuple[str, bool]], expected: Collection[str]) -> int:
    """Count the marks among a folder's (name, is a folder); without `expected`, any code counts."""
    marks = marks_of(expected)
    if not marks:
        return sum(1 for name, folder in names if not folder and name.endswith(_CODE))
    return sum(1 for name, folder in names if name in marks and folder != name.endswith(_CODE))


def root_of(paths: Iterable[str], expected: Collection[str]) -> str | None:
    """Return the folder, "" for the top, where a submission's code begins; None if nowhere.

    It is the highest folder that holds one of the marks; of several equally high ones that with
    the most marks, then the first by name.
    """
    folders: dict[str, set[tuple[str, bool]]] = {}
    for path in paths:
        parts = path.split("/")
        for depth in range(min(len(parts), _DEEPEST + 1)):
            here = folders.setdefault("/".join(parts[:depth]), set())
            here.add((parts[depth], depth < len(parts) - 1))
    found = [
        (folder.count("/") + bool(folder), -count, folder)
        for folder, names in folders.items()
        if (count := holds_marks(names, expected))
    ]
    return min(found)[2] if found else None
