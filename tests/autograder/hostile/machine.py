"""What the machine must offer for tier A."""

from __future__ import annotations

import os
import shutil

import pytest


def need_bubblewrap() -> None:
    """Skip with a reason where it is missing; fail in CI, which has to have it."""
    if shutil.which("bwrap") is None:
        message = "bubblewrap is not installed (apt-get install bubblewrap); tier A needs it"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
