"""Write what one submission's report consists of, results.json last: it says that all is there."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.core.files import write_text
from autograder.core.records import Grade
from autograder.reports.gradescope import results
from autograder.reports.page import render


def write(
    grade: Grade, out: Path, fingerprint: str, hints: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Write `out/<name>/report.html` and `results.json`; return the results.

    `hints` maps the id of a mistake to what a student reads about it.
    """
    grade = dataclasses.replace(grade, fingerprint=fingerprint)
    folder = out / grade.submission
    folder.mkdir(parents=True, exist_ok=True)
    found = results(grade, hints)
    write_text(folder / "report.html", render(grade, hints, in_class=True))
    write_text(folder / "results.json", json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    return found
