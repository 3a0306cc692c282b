"""Compares all with all: fingerprints by copydetect (winnowing), weighed by how rare they are.

Schleimer, Wilkerson and Aiken, "Winnowing: local algorithms for document fingerprinting" (2003).
Right solutions of one task resemble each other. So what was given out counts for nothing, and so
does what many of a class have; the rest counts more the fewer have it.
"""

from __future__ import annotations

import io
import logging
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from autograder.reports.similar import AlikePair, AlikeSide
from autograder.similarity.code import Code

if TYPE_CHECKING:
    from copydetect import CodeFingerprint

_LENGTH = 25  # characters of filtered code in one fingerprint, as copydetect has it
_WINDOW = 1  # each one is kept: a class is small
_COMMON = 0.1  # of a class: what more have is the task itself
_FEW_COMMON = 3  # in small classes
_LEAST = 0.25  # share of somebody's rare fingerprints
_LEAST_COUNT = 15

_log = logging.getLogger(__name__)


def alike(codes: Sequence[Code], given: str, most: int = 50) -> list[AlikePair]:
    """Return the pairs that look most alike, at most `most`, the most alike first.

    `given` is what everybody got. Two of earlier years are not compared with each other.
    """
    boilerplate = list(_print("given", given, []).hashes) if given.strip() else []
    prints = [_print(one.name, one.text, boilerplate) for one in codes]
    weights = _weights([one.hashes for one in prints])
    rare = [{one for one in print_.hashes if one in weights} for print_ in prints]
    masses = [sum(weights[one] for one in found) for found in rare]
    found = []
    for first, second in combinations(range(len(codes)), 2):
        if codes[first].earlier and codes[second].earlier:
            continue
        shared = rare[first] & rare[second]
        if len(shared) < _LEAST_COUNT:
            continue
        share = sum(weights[one] for one in shared) / min(masses[first], masses[second])
        if share >= _LEAST:
            found.append((share, len(shared), first, second, shared))
    found.sort(key=lambda row: (-row[0], -row[1], codes[row[2]].name, codes[row[3]].name))
    _log.info("%d of %d pairs look alike", len(found), math.comb(len(codes), 2))
    return [
        AlikePair(
            share,
            AlikeSide(codes[a].name, codes[a].earlier, tuple(_marked(prints[a], shared))),
            AlikeSide(codes[b].name, codes[b].earlier, tuple(_marked(prints[b], shared))),
        )
        for share, _, a, b, shared in found[:most]
    ]


def _print(name: str, text: str, boilerplate: list[int]) -> CodeFingerprint:
    from copydetect import CodeFingerprint  # most of a second: only where it is asked for

    return CodeFingerprint(
        name, _LENGTH, _WINDOW, boilerplate, language="python", fp=io.StringIO(text + "\n")
    )


def _weights(prints: Sequence[set[int]]) -> dict[int, float]:
    """Return how much each fingerprint says that not too many have."""
    counts = Counter(one for found in prints for one in found)
    limit = max(_FEW_COMMON, _COMMON * len(prints))
    total = len(prints) + 1
    return {one: math.log(total / count) for one, count in counts.items() if count <= limit}


def _marked(print_: CodeFingerprint, shared: set[int]) -> Iterator[tuple[str, bool]]:
    """Yield pieces of the code as it was written, and whether the two have them in common."""
    text = print_.raw_code
    places = sorted(place for one in shared for place in print_.hash_idx[one])
    spans: list[tuple[int, int]] = []
    for place in places:
        begin, end = _raw(print_, place), _raw(print_, place + _LENGTH)
        if spans and begin <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((begin, end))
    at = 0
    for begin, end in spans:
        if begin > at:
            yield text[at:begin], False
        yield text[max(begin, at) : end], True
        at = max(at, end)
    yield text[at:], False


def _raw(print_: CodeFingerprint, place: int) -> int:
    """Return where a place of the filtered code is in the code as it was written."""
    offsets = print_.offsets
    if not len(offsets):
        return place
    row = min(int(offsets[:, 0].searchsorted(place)), len(offsets) - 1)
    return min(len(print_.raw_code), place + int(offsets[row, 1]))
