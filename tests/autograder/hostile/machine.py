"""What the machine must offer for tier A."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

_HERE = Path(__file__).parent
_USERS = itertools.count(41_000_000 + os.getpid() % 100_000 * 100)


def need_bubblewrap() -> None:
    """Skip with a reason where it is missing; fail in CI, which has to have it."""
    if shutil.which("bwrap") is None:
        message = "bubblewrap is not installed (apt-get install bubblewrap); tier A needs it"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)


class PlainUser:
    """A user made up for a test, to whom user namespaces are denied: tier C for real."""

    def __init__(self) -> None:
        """Give it a home; skip with a reason where it cannot be made, and fail in CI."""
        self.id = next(_USERS) if os.geteuid() == 0 else os.geteuid()
        self.home = Path(tempfile.mkdtemp(prefix="plain-user-"))
        self.home.chmod(0o755)
        self.owns(self.home)
        done = self.run("-c", "import autograder.sandbox.tiers as t; print(t.probe().level)")
        if done.stdout.strip() != "C":
            message = f"no plain user can be made here: {(done.stdout + done.stderr)[-500:]}"
            if os.environ.get("CI"):
                pytest.fail(message)
            pytest.skip(message)

    def owns(self, *paths: Path) -> None:
        """Make it the owner of these files and folders."""
        if os.geteuid() == 0:
            for path in paths:
                os.chown(path, self.id, self.id)

    def run(self, *arguments: str, **options: str) -> subprocess.CompletedProcess[str]:
        """Run Python as this user, in its home."""
        program = [sys.executable, str(_HERE / "plain_user.py"), str(self.id), sys.executable]
        environment = {key: value for key, value in os.environ.items() if not key.startswith("XDG")}
        return subprocess.run(
            [*program, *arguments],
            cwd=self.home,
            env=environment | {"HOME": str(self.home), "TMPDIR": str(self.home)},
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
            input=options.get("input", ""),
        )

    def ends(self) -> None:
        """Take its home away."""
        shutil.rmtree(self.home, ignore_errors=True)
