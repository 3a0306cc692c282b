"""A student unpacks the zip and runs pytest, unittest and collect_submission in it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Run = Callable[..., CompletedProcess[str]]


def edit(file: Path, old: str, new: str) -> None:
    """Replace `old`, which must be there, by `new`."""
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def table(done: CompletedProcess[str]) -> str:
    """Return what follows the table's heading, and check its width."""
    assert "where you stand" in done.stdout, done.stdout + done.stderr
    text = done.stdout[done.stdout.index("Tiny networks: where") :]
    assert max(map(len, text.splitlines())) <= 80
    return " ".join(text.split())


def test_the_reference_earns_every_public_point(solved: Path, run: Run) -> None:
    """With the solution in place the table is full, and preflight finds nothing."""
    done = run(solved, "-m", "pytest")
    text = table(done)
    assert done.returncode == 0
    assert "✓ Squashing functions 3 of 3 6 of 6" in text
    assert "✓ A linear layer 2 of 2 3 of 3" in text
    assert "What you saw none ? of 1" in text
    assert "an estimate from the public tests) 5 of 5 9 of 9" in text
    assert "Hidden tests are not shown; they count too." in text
    assert "files, imports, signatures and printing look as they should" in text


def test_the_skeleton_earns_nothing_and_says_what_is_to_write(student: Path, run: Run) -> None:
    """Each failed test shows its sentence, what went wrong and the student's line."""
    done = run(student, "-m", "pytest")
    text = table(done)
    assert done.returncode == 1
    assert "✗ Squashing functions 0 of 3 0 of 6" in text
    assert "· squash(0) is 0, whatever the scale. → squash is yours to write (nets/core.py:" in text
    assert "· forward keeps the number of rows. [5] → Layer.forward is yours to write" in text
    assert "public tests) 0 of 5 0 of 9" in text


def test_plain_pytest_works_as_well(student: Path, run: Run) -> None:
    """`pytest` without `python -m` finds the kit and the student's modules."""
    done = run(student, "-c", "import sys; sys.path.pop(0); import pytest; sys.exit(pytest.main())")
    assert "✗ Squashing functions 0 of 3" in table(done)


def test_a_wrong_answer_costs_its_share(solved: Path, run: Run) -> None:
    """Two of three tests pass: two thirds of the points, and the failure's first line is shown."""
    edit(solved / "nets" / "core.py", "math.copysign(math.tanh", "abs(math.tanh")
    edit(solved / "nets" / "core.py", "magnitude_of_argument), x)", "magnitude_of_argument))")
    text = table(run(solved, "-m", "pytest"))
    assert "✗ Squashing functions 2 of 3 4 of 6" in text
    assert re.search(r"· Is odd → squash\(-3\): 0\.63\d*; expected -0\.63\d*", text)


@pytest.mark.parametrize(
    ("damage", "cause"),
    [
        ("def broken(:\n", "nets/core.py:LINE is not valid Python (invalid syntax)"),
        ("import no_such_thing\n", "nets/core.py:LINE cannot be imported (ModuleNotFoundError:"),
        ("1 / 0\n", "nets/core.py:LINE cannot be imported (ZeroDivisionError:"),
    ],
)
def test_a_module_that_does_not_import_fails_its_tests_only(
    solved: Path, run: Run, damage: str, cause: str
) -> None:
    """The table still appears and names file, line and error for each task that suffers."""
    core = solved / "nets" / "core.py"
    core.write_text(core.read_text() + damage)
    cause = cause.replace("LINE", str(len(core.read_text().splitlines())))
    (solved / "tests" / "test_own.py").write_text(
        "from studentkit import task\n\n\n@task('squash')\ndef test_alone():\n    pass\n"
    )
    done = run(solved, "-m", "pytest")
    text = table(done)
    assert done.returncode == 1
    assert "✗ Squashing functions 1 of 4 1.5 of 6" in text
    assert f"· 3 tests of test_squash.py could not start. → {cause}" in text
    assert "✗ A linear layer 0 of 1 0 of 3" in text


def test_preflight_names_rule_line_and_cost(solved: Path, run: Run) -> None:
    """Imports, signatures, printing and missing files are found before they cost anything."""
    core = solved / "nets" / "core.py"
    edit(core, "import numpy as np\n", "import numpy as np\nimport pandas\n")
    edit(core, "scale=2 * 2", "scale=5")
    edit(core, "    magnitude_of", "    print(x)\n    magnitude_of")
    (solved / "configs" / "best.yaml").unlink()
    done = run(solved, "-m", "studentkit.preflight")
    text = " ".join(done.stdout.split())
    assert done.returncode == 1
    assert "imports (costs all points)" in text
    assert "nets/core.py:6 imports pandas, which the skeleton does not" in text
    assert (
        "nets/core.py:10 has squash(x, scale=5) where the skeleton has squash(x, scale=4)" in text
    )
    assert "printing (costs 10 % of the points)" in text
    assert "nets/core.py:12 calls print(...) in nets.core.squash" in text
    assert "configs/*.y*ml is missing" in text
    assert "main.py" not in text  # its print is allowed
    assert "pandas" in table(run(solved, "-m", "pytest"))


def test_options_of_pytest_stay_usable(solved: Path, run: Run) -> None:
    """A part of the tests can be run, is said to be a part, and tracebacks can be had long."""
    edit(solved / "nets" / "core.py", "math.tanh(", "(")
    done = run(solved, "-m", "pytest", "-k", "far_out", "--tb=long", "-rf")
    text = table(done)
    assert "✗ Squashing functions 0 of 1" in text
    assert "left out part of the public tests" in text
    assert "FAILED tests/test_squash.py" in done.stdout
    assert "self = <tests.test_squash.TestSquash" in done.stdout
    listed = run(solved, "-m", "pytest", "--collect-only", "-q")
    assert "where you stand" not in listed.stdout


def test_unittest_runs_the_public_tests(solved: Path, student: Path, run: Run) -> None:
    """`python -m unittest tests.test_squash` works in the student's folder."""
    done = run(solved, "-m", "unittest", "tests.test_squash")
    assert done.returncode == 0, done.stderr
    assert "Ran 3 tests" in done.stderr


def test_a_terminal_without_unicode_gets_plain_characters(student: Path, run: Run) -> None:
    """Nothing breaks where the console knows ASCII only."""
    done = run(student, "-X", "utf8=0", "-m", "pytest", encoding="ascii")
    assert done.stdout.isascii()
    assert "x Squashing functions" in table(done)


def test_collecting_packs_what_is_handed_in(solved: Path, run: Run) -> None:
    """The zip holds the submit patterns' files only, and its bytes depend on nothing else."""
    for path in ("nets/__pycache__/core.pyc", "data/big.csv", ".git/config", "nets/.DS_Store"):
        (solved / path).parent.mkdir(exist_ok=True)
        (solved / path).write_bytes(b"\0")
    done = run(solved, "collect_submission.py")
    assert done.returncode == 0, done.stderr
    archive = solved / "tiny_submission.zip"
    with zipfile.ZipFile(archive) as file:
        names = file.namelist()
    assert names == [
        "collect_submission.py",
        "configs/best.yaml",
        "conftest.py",
        "main.py",
        "nets/__init__.py",
        "nets/core.py",
    ]
    assert "nets/core.py (" in done.stdout
    assert "look as they should" in done.stdout
    first = archive.read_bytes()
    (solved / "main.py").touch()
    run(solved.parent, str(solved / "collect_submission.py"))
    assert archive.read_bytes() == first


def test_collecting_warns_and_still_packs(student: Path, run: Run) -> None:
    """Warnings do not stop a student from handing in; exit code 0."""
    edit(student / "nets" / "core.py", "def squash", "def squish")
    (student / "configs" / "best.yaml").unlink()
    done = run(student, "collect_submission.py")
    text = " ".join(done.stdout.split())
    assert done.returncode == 0
    assert "lacks squash(x, scale=4): if squish is it under a new name" in text
    assert "configs/*.y*ml is missing" in text
    assert "nothing matches configs, which is handed in too" in text


def test_collecting_follows_no_link(student: Path, run: Run, tmp_path: Path) -> None:
    """A link to a file or a folder stays out of the zip and is named."""
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key.py").write_text("key = 1\n")
    (student / "nets" / "link.py").symlink_to(tmp_path / "secret" / "key.py")
    (student / "nets" / "more").symlink_to(tmp_path / "secret")
    done = run(student, "collect_submission.py")
    with zipfile.ZipFile(student / "tiny_submission.zip") as file:
        assert not [name for name in file.namelist() if "link" in name or "key" in name]
    assert "nets/link.py is a link and stays out" in done.stdout
    assert "nets/more is a link and stays out" in done.stdout


def test_collecting_nothing_is_an_error(student: Path, run: Run, tmp_path: Path) -> None:
    """Without a single file to hand in the exit code is 1 and no zip appears."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "assignment.toml").write_bytes((student / "assignment.toml").read_bytes())
    done = run(student, "-m", "studentkit.collect", "--folder", str(tmp_path / "empty"))
    assert done.returncode == 1
    assert "nothing to hand in" in done.stderr
    assert [path.name for path in (tmp_path / "empty").iterdir()] == ["assignment.toml"]


def test_a_damaged_manifest_is_said_in_one_line(solved: Path, run: Run) -> None:
    """The tests still run; instead of the table stands what to do."""
    (solved / "assignment.toml").write_text("title = ")
    done = run(solved, "-m", "pytest")
    assert done.returncode == 0
    assert "No table by task" in done.stdout
    assert "copy it from the zip again" in " ".join(done.stdout.split())
