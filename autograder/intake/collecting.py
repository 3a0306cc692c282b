"""Collects a class's submissions from wherever they were downloaded."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder.core.platforms import Platform
from autograder.core.records import UnreadableSubmission
from autograder.intake.discovery import RESERVED, discover, is_root, named
from autograder.intake.platforms import deliveries, recognised
from autograder.intake.platforms.bulk import is_bulk, unpacked
from autograder.intake.platforms.delivery import Delivery
from autograder.intake.platforms.reading import single
from autograder.intake.sources import Source
from autograder.intake.timestamps import IntakeError


@dataclass
class Collected:
    """The submissions of a class, what is nobody's, and what the places were taken for."""

    sources: list[Source] = field(default_factory=list)
    leftovers: list[UnreadableSubmission] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


def collect(
    paths: Sequence[Path],
    *,
    reserved: Collection[str] = RESERVED,
    expected: Collection[str] = (),
    places: Mapping[str, str] | None = None,
    platform: Platform = Platform.AUTO,
    assignment: str = "",
    unpack_into: Path | None = None,
) -> Collected:
    """Return the submissions that `paths` mean, sorted by name; see `discover` for `expected`.

    Each path is what `platform` gives away, as it comes; with `auto` its shape tells whose it is.
    `places` tell where files belong that were handed in without their folders; a download that is
    still packed is laid out below `unpack_into`. Raises IntakeError where a path is missing,
    cannot be opened, or is nothing that `platform` makes.
    """
    found, plain = Collected(), []
    hands: list[Delivery] = []
    for given in paths:
        path = Path(os.path.abspath(given))  # noqa: PTH100 - resolve() would follow links
        if not path.exists():
            raise IntakeError(f"{given}: no such file or folder")
        one = single(path) if platform is not Platform.FOLDER else None
        if one is not None:
            hands.append(one)
            continue
        if path.is_file() and platform is not Platform.FOLDER and is_bulk(path):
            if platform is Platform.AUTO or unpack_into is None:
                # Who packed it says whose everything in it is and when it came: a student's zip
                # may look like that as well, so it is a person's to say what it is.
                raise IntakeError(
                    f"{given}: looks like a whole class that is still packed; say whose download "
                    "it is (--from canvas, for example), or --from folder if one student packed it"
                )
            path = unpacked(path, unpack_into)
            found.told.append(f"{given} was unpacked into {path}")
        if path.is_file() or platform is Platform.FOLDER or is_root(path, expected):
            plain.append(path)
            continue
        whose, why = recognised(path) if platform is Platform.AUTO else (platform, "")
        if whose is Platform.FOLDER:
            plain.append(path)
            continue
        if platform is Platform.AUTO:
            found.told.append(f"{given} was taken for a download of {whose.spoken}: {why}")
        here, strangers = deliveries(path, whose, assignment)
        if not here:
            raise IntakeError(
                f"{given}: nothing in it is named as {whose} names it; leave --from out, or give "
                "the folder that the platform's zip holds"
            )
        hands += here
        found.leftovers += strangers
    if plain:
        sources, leftovers = discover(plain, reserved, expected)
        found.sources += sources
        found.leftovers += leftovers
    taken = [*reserved, *(source.name for source in found.sources)]
    where = places or {}
    found.sources += [hand.source(name, where) for name, hand in named(hands, taken)]
    found.sources.sort(key=lambda source: source.name.casefold())
    return found
