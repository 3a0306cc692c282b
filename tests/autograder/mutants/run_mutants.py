"""Run the mutants of the assignment `tiny` in a project's folder and print the report as JSON.

A program of its own, because pytest cannot collect inside a test of pytest's.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from autograder.authoring.mutation import DeclarationError, MutationError, mutate, render
from autograder.core.layout import find_assignment
from autograder.grading.batch import prepare


def main(root: Path, cache: Path, limit: int | None) -> None:
    """Print {"report", "lines", "progress"}, or {"error"}."""
    with os.fdopen(os.dup(1), "w") as answers:
        seen: list[int] = []
        try:
            setting = prepare(find_assignment("tiny", root), cache=cache, training=False)
            report = mutate(setting, limit=limit, progress=lambda done, *_: seen.append(done))
        except (DeclarationError, MutationError) as error:
            json.dump({"error": str(error)}, answers)
            return
        found = {"report": report.to_json(), "lines": render(report), "progress": seen}
        json.dump(found, answers)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else None)
