"""What students get: the skeleton generated from the solution, and the zip that holds it."""

from autograder.release.bundle import release
from autograder.release.regions import RegionError, ReleaseError
from autograder.release.skeleton import SkeletonError, generate, sync

__all__ = [
    "RegionError",
    "ReleaseError",
    "SkeletonError",
    "generate",
    "release",
    "sync",
]
