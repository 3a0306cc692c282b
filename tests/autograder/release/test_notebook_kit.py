"""What a notebook beside a student's files calls: their tests, and the reading of typed answers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def shell(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run `code` as a notebook's kernel would, in the student's folder."""
    command = [sys.executable, "-c", f"from studentkit.notebook import *\n{code}"]
    setting = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}  # as on most machines
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env=setting
    )


def test_a_task_that_passes_is_said_in_one_line(solved: Path) -> None:
    """The reference passes; a task without public tests says so."""
    done = shell(solved, "passes('squash'); passes('layer'); passes('essay')")
    assert done.stdout.splitlines() == [
        "Squashing functions: 3 of 3 tests pass",
        "A linear layer: 2 of 2 tests pass",
        "What you saw: the tests of this task are the course's only",
    ]


def test_a_task_that_fails_says_which_tests_and_why(student: Path) -> None:
    """The cell stops with the tests that fail, and the student's line."""
    done = shell(student, "passes('squash')")
    assert done.returncode == 1
    assert "AssertionError: Squashing functions: 0 of 3 tests pass" in done.stderr
    assert "squash(0) is 0, whatever the scale." in done.stderr
    assert "nets/core.py:" in done.stderr


def test_a_saved_change_counts_at_once(solved: Path) -> None:
    """Results are kept as long as no file changes, and no longer."""
    code = """
passes("squash")
from pathlib import Path
import subprocess
ran = subprocess.run
def refuse(*words, **names): raise OSError("ran again")
subprocess.run = refuse
passes("squash")
subprocess.run = ran
core = Path("nets/core.py")
core.write_text(core.read_text().replace("return math", "return 1 + math"))
passes("squash")
"""
    done = shell(solved, code)
    assert done.stdout.splitlines() == ["Squashing functions: 3 of 3 tests pass"] * 2
    assert "ran again" not in done.stderr
    assert "AssertionError: Squashing functions: 0 of 3 tests pass" in done.stderr


NO_PROCESS = """
import subprocess
def no(*words, **names): raise PermissionError(1, "no processes here")
subprocess.run = no
"""


def test_where_no_process_may_be_made_the_tests_run_here(solved: Path) -> None:
    """A confined kernel makes none; what the tests say is the same."""
    done = shell(solved, f"{NO_PROCESS}passes('squash')")
    assert done.stdout.splitlines() == ["Squashing functions: 3 of 3 tests pass"]
    core = solved / "nets" / "core.py"
    core.write_text(core.read_text().replace("return math", "return 1 + math"))
    done = shell(solved, f"{NO_PROCESS}passes('squash')")
    assert "AssertionError: Squashing functions: 0 of 3 tests pass" in done.stderr


def test_what_cannot_run_is_no_pass(solved: Path) -> None:
    """Without pytest, and for a task that does not exist, the cell stops."""
    code = f"{NO_PROCESS}import sys\nsys.modules['pytest'] = None\npasses('squash')"
    assert "the tests cannot be run here" in shell(solved, code).stderr
    done = shell(solved, "passes('squish')")
    assert "squish is no task of assignment.toml; there is squash, layer, essay" in done.stderr


QUESTIONS = """
[[questions]]
name = "slope"
task = "squash"
text = "The derivative of u*u?"
kind = "expression"
vars = {u = "scalar"}
[[questions]]
name = "size"
task = "squash"
text = "How many <weights>?"
kind = "count"
"""


def test_typed_answers_are_read_back_typeset(solved: Path) -> None:
    """Every answer is shown as it is read; an empty one is named, and the task then stops."""
    (solved / "questions.toml").write_text(QUESTIONS)
    (solved / "answers.py").write_text('slope = "2u"\nsize = ""\n')
    done = shell(
        solved, "s = read_back(); print(s); print(s._repr_html_()); typed_answers('squash')"
    )
    assert "slope = 2*u" in done.stdout.replace(" * ", "*")
    assert "How many &lt;weights&gt;?" in done.stdout
    assert "<math" in done.stdout
    assert "still to be typed in answers.py: size" in done.stderr
    (solved / "answers.py").write_text('slope = "2u"\nsize = 17\n')
    done = shell(solved, "print(typed_answers('squash')); print(Read('slope', '3u'))")
    assert done.stdout.splitlines()[0] == "{'slope': '2u', 'size': 17}"
    assert "3" in done.stdout.splitlines()[1]


def test_answers_are_read_as_they_are_saved_now(solved: Path) -> None:
    """In one kernel and within a second, without a word to it; a name that is gone is named."""
    (solved / "questions.toml").write_text(QUESTIONS)
    code = """
from pathlib import Path
for size in (17, 18):
    Path("answers.py").write_text(f'slope = "2u"\\nsize = {size}\\n')
    print(typed_answers("squash"))
Path("answers.py").write_text('slope = "2u"\\n')
print(read_back("size"))
typed_answers("squash")
"""
    done = shell(solved, code)
    lines = ["{'slope': '2u', 'size': 17}", "{'slope': '2u', 'size': 18}"]
    assert done.stdout.splitlines() == [*lines, "size = answers.py does not define size"]
    assert "AttributeError: answers.py does not define size" in done.stderr
