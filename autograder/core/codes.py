"""Codes in place of names, for who grades without knowing whose work it is."""

from __future__ import annotations

import csv
import io
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from autograder.core.errors import AutograderError
from autograder.core.files import write_text
from autograder.core.visible import inert

CODES = "codes.csv"
_HEADING = ["code", "submission"]
_LETTERS = "BCDFGHJKMNPQRTVWXZ"  # no vowels, so no words, and nothing that looks like a digit
_LENGTH = 5
_Marks = TypeVar("_Marks")


class CodesError(AutograderError):
    """The list of codes cannot be read; the message says what to do."""


def read_codes(folder: Path) -> dict[str, str]:
    """Return submission by code, {} where no codes are in `folder`; raises CodesError."""
    place = folder / CODES
    if not place.is_file():
        return {}
    try:
        rows = list(csv.reader(io.StringIO(place.read_text(encoding="utf-8-sig"))))
    except (OSError, UnicodeError, csv.Error) as error:
        raise CodesError(f"{place}: cannot be read ({error})") from None
    if not rows or rows[0] != _HEADING or any(len(row) != 2 for row in rows if row):
        raise CodesError(f"{place}: is not what `autograder rubric --pages` wrote")
    return {row[0]: row[1].removeprefix("'") for row in rows[1:] if row}


def coded(folder: Path, submissions: Iterable[str]) -> dict[str, str]:
    """Return submission by code; those that have one keep it. The list is written to `folder`."""
    known = read_codes(folder)
    have = set(known.values())
    for name in submissions:
        if name not in have:
            code = ""
            while not code or code in known:
                code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
            known[code] = name
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_HEADING)
    writer.writerows([code, inert(name)] for code, name in sorted(known.items()))
    write_text(folder / CODES, out.getvalue())
    return dict(sorted(known.items()))


def decoded(codes: Mapping[str, str], marks: Mapping[str, _Marks]) -> dict[str, _Marks]:
    """Return what was given by code by submission; other names stay as they are."""
    return {codes.get(name, name): given for name, given in marks.items()}
