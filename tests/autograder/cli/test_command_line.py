"""The command line says in one line what is wrong, and ends with a code that means something."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.cli import shared
from autograder.core.layout import find_root

ROOT = find_root(Path(__file__).parent)
SKELETON = ROOT / "student_skeleton" / "mlp_from_scratch"


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command as a person does, in a terminal of 80 columns."""
    return subprocess.run(
        [sys.executable, "-m", "autograder", *map(str, words)],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_reports_do_not_go_into_a_file(tmp_path: Path) -> None:
    """One line, and the file is as it was."""
    target = tmp_path / "reports"
    target.write_text("mine")
    done = run("grade", "mlp_from_scratch", SKELETON, "-o", target)
    assert done.returncode == 3
    assert "this is a file; reports go into a folder" in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr and target.read_text() == "mine"


@pytest.mark.parametrize("command", ["release", "rubric"])
def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, command: str) -> None:
    """Below a file there is no folder to write to; no traceback says so."""
    (tmp_path / "file").write_text("")
    done = run(command, "mlp_from_scratch", "-o", tmp_path / "file" / "below")
    assert done.returncode == 3
    assert "file" in done.stderr and "Traceback" not in done.stderr


def test_a_rule_that_is_not_there_stops_before_anything_is_graded(tmp_path: Path) -> None:
    """What can be written instead is part of the line."""
    out = tmp_path / "out"
    done = run("grade", "mlp_from_scratch", SKELETON, "-o", out, "--policy", "print=warn")
    assert done.returncode == 3 and not out.exists()
    assert "there is no rule 'print'; write RULE=warn" in " ".join(done.stderr.split())


def test_help_shows_what_is_to_be_written() -> None:
    """Nothing in a help text is taken for markup."""
    assert '"ASSIGNMENT/NAME"' in " ".join(run("judge", "--help").stdout.split())


def test_help_can_be_read_in_eighty_columns() -> None:
    """Commands have a whole sentence each, and long options stand unbroken."""
    commands = run("--help").stdout.partition("Commands:")[2]
    assert "similar " in commands and "..." not in commands and "…" not in commands
    lines = run("grade", "--help").stdout.splitlines()
    starts = [line.split()[0] for line in lines if line.startswith("  -")]
    assert {"--late-ledger", "--after-deadline", "--trust-file-times"} <= set(starts)
    assert any("--from <auto|canvas|moodle|gradescope|github|nbgrader|folder>" in x for x in lines)


def test_a_long_run_without_a_terminal_tells_where_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line for each thing done, with nothing in it that acts; a short run stays silent."""
    for seconds, lines in (
        (1000.0, []),
        (-1.0, ["grading: 1 of 2: ada", "grading: 2 of 2: \\x1b[2J"]),
    ):
        monkeypatch.setattr(shared, "_SILENT_SECONDS", seconds)
        with shared.progress_bar("grading") as update:
            update(0, 2, "")
            update(1, 2, "ada")
            update(2, 2, "\x1b[2J")
        assert capsys.readouterr().err.splitlines() == lines
