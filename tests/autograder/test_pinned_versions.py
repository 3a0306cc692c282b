"""The pinned versions can be installed on the oldest Python that the README promises."""

from __future__ import annotations

import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[2]
PINS = [
    Requirement(line)
    for line in (ROOT / "constraints.txt").read_text().splitlines()
    if line.strip() and not line.startswith("#")
]


def oldest_python() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (lowest,) = [
        part.version for part in SpecifierSet(project["requires-python"]) if part.operator == ">="
    ]
    return f"{lowest}.0"


@pytest.mark.parametrize("pin", PINS, ids=lambda pin: pin.name)
def test_the_pinned_version_installs_on_the_first_release_of_the_oldest_python(
    pin: Requirement,
) -> None:
    """Debian's 3.11.2 refuses a wheel that asks for 3.11.5; the set-up then fails as a whole."""
    if pin.marker and not pin.marker.evaluate():
        pytest.skip(f"not for this machine: {pin.marker}")
    asks_for = distribution(pin.name).metadata["Requires-Python"]
    assert asks_for is None or oldest_python() in SpecifierSet(asks_for)
