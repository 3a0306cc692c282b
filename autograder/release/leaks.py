"""The one search for what students must not get: lines of solutions and of hidden tests, marks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.release.regions import ReleaseError


@dataclass(frozen=True)
class Secrets:
    """What must not be read in a file for students."""

    lines: Mapping[str, str]  # a line without regard to spaces -> whose it is
    marks: frozenset[str] = frozenset()  # words that begin or end what is taken out
    names: frozenset[str] = frozenset()  # of files that must not be there


@dataclass(frozen=True)
class Guarded:
    """A file for students, and what must not be read in it beside what holds for every file."""

    content: bytes
    secrets: Secrets


def leaks(files: Mapping[str, bytes], secrets: Secrets) -> list[str]:
    """Return what `files` (path -> content) give away of `secrets`, one line each.

    Of a notebook every text is searched: sources, outputs, metadata and the names in it. Raises
    ReleaseError where one is no JSON.
    """
    found = []
    for path, content in files.items():
        if path.rpartition("/")[2] in secrets.names:
            found.append(f"{path} has the name of a hidden file; remove it")
        for place, line in _lines(path, content):
            source = secrets.lines.get(line)
            if source:
                found.append(f"{place} is a line of {source} ({line[:60]}); rewrite it")
            elif any(mark in line for mark in secrets.marks):
                found.append(f"{place} has a mark ({line[:60]}); take it out")
    return found


def telling(contents: Iterable[str], letters: int) -> set[str]:
    """Return the lines of some texts that have so many letters and digits, as `leaks` reads them.

    Shorter ones are the same in anybody's code.
    """
    lines = {plain(line) for text in contents for line in text.splitlines()}
    return {line for line in lines if sum(map(str.isalnum, line)) >= letters}


def plain(line: str) -> str:
    """Return a line without regard to spaces."""
    return " ".join(line.split())


def text_of(content: bytes) -> str:
    """Return a file's text, whatever it is."""
    return content.decode("utf-8", "replace")


def _lines(path: str, content: bytes) -> Iterator[tuple[str, str]]:
    """Yield each line of a file with its place."""
    if path.endswith(".ipynb"):
        try:
            texts: Sequence[str] = list(_texts(json.loads(content)))
        except (ValueError, RecursionError) as error:
            raise ReleaseError(f"{path}: is no JSON ({error})") from None
        for text in texts:
            for line in text.splitlines():
                yield path, plain(line)
    else:
        for number, line in enumerate(text_of(content).splitlines(), 1):
            yield f"{path}:{number}", plain(line)


def _texts(value: Any) -> Iterator[str]:
    """Yield every text in a JSON value, keys of objects too; lists of lines as one."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        if value and all(isinstance(one, str) for one in value):
            yield "".join(value)
        else:
            for one in value:
                yield from _texts(one)
    elif isinstance(value, dict):
        yield from value
        for one in value.values():
            yield from _texts(one)
