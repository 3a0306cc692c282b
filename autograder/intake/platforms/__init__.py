"""Reads the downloads of learning platforms as they come: whose is what, and when it came."""

from autograder.intake.platforms.reading import deliveries
from autograder.intake.platforms.recognised import recognised

__all__ = ["deliveries", "recognised"]
