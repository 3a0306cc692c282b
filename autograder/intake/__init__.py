"""Opens what students hand in: nothing is executed, followed, or written to a disk."""

from autograder.intake.collecting import Collected, collect
from autograder.intake.discovery import RESERVED, discover
from autograder.intake.limits import ArchiveLimits
from autograder.intake.opening import read
from autograder.intake.platforms.delivery import places_of
from autograder.intake.sources import Source
from autograder.intake.timestamps import IntakeError, moment, read_times

__all__ = [
    "RESERVED",
    "ArchiveLimits",
    "Collected",
    "IntakeError",
    "Source",
    "collect",
    "discover",
    "moment",
    "places_of",
    "read",
    "read_times",
]
