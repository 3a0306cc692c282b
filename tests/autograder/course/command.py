"""The command as a person starts it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from autograder.core.layout import find_root

ROOT = find_root(Path(__file__))


def run(*arguments: object, root: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run `autograder` with `arguments` in the project's folder, or in another's."""
    command = [sys.executable, "-m", "autograder", *map(str, arguments)]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
