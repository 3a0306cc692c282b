"""The platforms whose downloads are read as they come."""

from __future__ import annotations

from enum import StrEnum


class Platform(StrEnum):
    """Whose download a folder is."""

    AUTO = "auto"
    CANVAS = "canvas"
    MOODLE = "moodle"
    GRADESCOPE = "gradescope"
    GITHUB = "github"
    NBGRADER = "nbgrader"
    FOLDER = "folder"

    @property
    def spoken(self) -> str:
        """Return its name as it writes it."""
        return {"github": "GitHub", "nbgrader": "nbgrader"}.get(self.value, self.value.title())
