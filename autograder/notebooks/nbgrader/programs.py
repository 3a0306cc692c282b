"""Where nbgrader finds the programs that it runs by name."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def path_with_programs() -> str:
    """Return PATH with our environment's programs first: nbgrader runs alembic by its name."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
