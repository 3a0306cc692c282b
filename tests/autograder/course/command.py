"""The command as a person starts it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from autograder.core.layout import find_root

ROOT = find_root(Path(__file__))


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run `autograder` with `arguments` in the project's folder."""
    command = [sys.executable, "-m", "autograder", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
