"""The browser in which reports are opened."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from .browser import Browser, find


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of a file."""
    program = find()
    if program is None:
        missing = "no Chromium was found (chromium, chromium-browser, google-chrome)"
        if os.environ.get("CI"):
            pytest.fail(f"{missing}; reports must be opened in one: install chromium")
        pytest.skip(f"{missing}: reports were not opened in a browser")
    with Browser(program) as found:
        yield found
