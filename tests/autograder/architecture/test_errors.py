"""One base for every error that a person can mend."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from modules import sources

# Never shown to a person: caught where they were raised for, or beside student code.
INSIDE = {
    "autograder.answers.designs": {"FormError"},
    "autograder.answers.evaluate": {"OverweightError"},
    "autograder.grading.lending": {"LendingError"},
    "autograder.intake.limits": {"ArchiveRefused"},
    "autograder.notebooks.submitted.entries": {"UnreadableNotebook"},
    "autograder.notebooks.kernel.zmtp": {"Violation"},
    "autograder.execution.channel": {"ChannelAbuseError", "WorkerGoneError"},
    "autograder.execution.errors": {"SubmissionError"},
    "autograder.execution.handles": {"StaleHandleError"},
    "autograder.sandbox.inside.confine": {"ConfinementError"},
    "autograder.sandbox.inside.server": {"CallbackError"},
    "autograder.sandbox.inside.wire": {"WireError"},
}


def test_every_public_error_has_the_base_that_carries_the_exit_code() -> None:
    """What derives from Exception itself is AutograderError, or never reaches a person."""
    found: dict[str, set[str]] = {}
    for name, path in sources().items():
        if name.startswith("studentkit"):
            continue  # students have no autograder to import it from
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
                if "Exception" in bases:
                    found.setdefault(name, set()).add(node.name)
    assert found.pop("autograder.core.errors") == {"AutograderError"}
    assert found == INSIDE


def test_an_error_ends_the_command_with_one_line_and_its_code(tmp_path: Path) -> None:
    """Standing nowhere near a project is said without a traceback."""
    program = Path(sys.executable).parent / "autograder"
    command = [str(program), "list"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert done.stderr.startswith("autograder: ")
    assert "no project here or above" in done.stderr
    assert len(done.stderr.splitlines()) == 1
