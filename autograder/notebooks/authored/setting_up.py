"""The first cells of every notebook: on Colab they unpack the assignment's zip."""

from __future__ import annotations

WORDS = """\
## GradingOptions up

On Colab the next cell unpacks the assignment's zip, which you upload when it asks for it, and
installs what is missing. Everywhere else it does nothing."""

_CODE = """\
import importlib.util
import os
import subprocess
import sys
import zipfile
from pathlib import Path

if importlib.util.find_spec("google") and importlib.util.find_spec("google.colab"):
    ASSIGNMENT = "{assignment}"
    if not Path("studentkit").is_dir():
        if not Path(ASSIGNMENT, "studentkit").is_dir():
            from google.colab import files

            name = f"{{ASSIGNMENT}}.zip"
            content = Path(name).read_bytes() if Path(name).is_file() else None
            Path(name).write_bytes(content or next(iter(files.upload().values())))
            with zipfile.ZipFile(name) as archive:
                archive.extractall()
        os.chdir(ASSIGNMENT)
        sys.path.insert(0, str(Path.cwd()))
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "-r", "requirements.txt"]
    subprocess.run(pip, check=True)"""


def code(assignment: str) -> str:
    """Return the source of the cell, for the assignment of that id."""
    return _CODE.format(assignment=assignment)
