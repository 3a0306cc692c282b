"""Opens what students hand in: nothing is executed, followed, or written to a disk."""

from autograder.intake.discovery import RESERVED, discover
from autograder.intake.limits import ArchiveLimits
from autograder.intake.opening import read
from autograder.intake.sources import Source
from autograder.intake.timestamps import IntakeError, moment, read_times, submitters

__all__ = [
    "RESERVED",
    "ArchiveLimits",
    "IntakeError",
    "Source",
    "discover",
    "moment",
    "read",
    "read_times",
    "submitters",
]
