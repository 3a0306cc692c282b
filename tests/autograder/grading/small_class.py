"""A class of a few submissions, given as their files, graded by the command as a person does."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.core.layout import find_root

ROOT = find_root(Path(__file__).parent)


def graded(
    assignment: str, class_: Mapping[str, Mapping[str, bytes]], out: Path, *options: str
) -> dict[str, dict[str, Any]]:
    """Write the class to `out/class`, grade it into `out/reports`; return the results by name."""
    for name, files in class_.items():
        for path, content in files.items():
            target = out / "class" / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    command = [sys.executable, "-m", "autograder", "grade", assignment, str(out / "class")]
    command += ["-o", str(out / "reports"), *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return {
        name: json.loads((out / "reports" / name / "results.json").read_text()) for name in class_
    }
