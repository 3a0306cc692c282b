"""What the package logs: nothing by itself; a line each where somebody asks for it."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.core.layout import Assignment, find_root

ROOT = find_root(Path(__file__))
LINE = re.compile(r" *\d+\.\d\d s  ([\w.]+) \[(\d+)\]: (.*)")


def run(*arguments: str, cwd: Path = ROOT, **environment: str) -> str:
    """Run Python and return what it says on standard error."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr


def told(said: str) -> list[tuple[str, str, str]]:
    """Return area, process and text of every line; all lines must be of that form."""
    found = [LINE.fullmatch(line) for line in said.split("\n")[:-1]]
    assert found and all(found), said
    return [(match[1], match[2], match[3]) for match in found if match]


def make_data(tmp_path: Path, *options: str, **environment: str) -> str:
    arguments = ["data", "covid", "-o", str(tmp_path / "data"), "--size", "10"]
    return run("-m", "autograder", *options, *arguments, **environment)


def test_it_is_quiet_by_default(tmp_path: Path) -> None:
    """A command says nothing that was not asked for, and no more does the package in a program."""
    assert make_data(tmp_path) == ""
    assert make_data(tmp_path, AUTOGRADER_LOG="loud") == ""
    warn = "import autograder, logging; logging.getLogger('autograder.core').warning('odd')"
    assert run("-c", warn) == ""


def test_the_areas_are_told_when_asked_for(tmp_path: Path) -> None:
    """By the option and by the variable alike; the option decides where both are there."""
    for options, environment in (
        (["-v"], {}),
        ([], {"AUTOGRADER_LOG": "info"}),
        (["-v"], {"AUTOGRADER_LOG": "debug"}),
    ):
        areas = [area for area, _, _ in told(make_data(tmp_path, *options, **environment))]
        assert areas == ["cli.app", "datasets.command"]


def test_an_error_is_traced_at_debug_only(tmp_path: Path) -> None:
    """Its rows are set off from the lines."""
    assert "Traceback" not in run("-m", "autograder", "-v", "list", cwd=tmp_path)
    said = run("-m", "autograder", "-vv", "list", cwd=tmp_path)
    assert "\n    | Traceback" in said
    assert said.splitlines()[-1].startswith("autograder: ")


@pytest.mark.parametrize("trace", [False, True])
def test_nothing_can_look_like_a_line_of_ours(trace: bool) -> None:
    """Line ends, terminal escapes and the like of a submission are escaped."""
    forged = "x\n    0.00 s  core [1]: all is well\x1b[2J\u202e"
    program = (
        "import autograder, logging\n"
        f"try: raise ValueError({forged!r})\n"
        f"except ValueError: logging.getLogger('autograder.x').info('%s', 'y\\n', exc_info={trace})"
    )
    said = run("-c", program, AUTOGRADER_LOG="info")
    first, *rest = said.splitlines()
    assert told(first + "\n")[0][2] == "y\\n"
    assert all(line.startswith("    | ") for line in rest)
    assert bool(rest) is trace
    assert not {"\x1b", "\u202e"} & set(said)


def hidden_names(assignment: Assignment) -> set[str]:
    """Return what hidden tests and their files are called, where no public one is called so."""
    names = [
        {path.stem for path in folder.glob("test_*.py")}
        | {
            node.name
            for path in folder.glob("test_*.py")
            for node in ast.walk(ast.parse(path.read_bytes()))
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
            if node.name.lower().startswith("test")
        }
        for folder in (assignment.hidden_tests, assignment.public_tests)
    ]
    return names[0] - names[1]


def test_grading_tells_nothing_of_hidden_tests(tmp_path: Path) -> None:
    """Every process tells its part at `-v`; names of hidden tests, files and hashes stay out."""
    assignment = Assignment(ROOT, "mlp_from_scratch")
    submissions = tmp_path / "class"
    (submissions / "ada").mkdir(parents=True)
    for path in assignment.skeleton.glob("*.py"):
        (submissions / "ada" / path.name).write_bytes(path.read_bytes())
    (submissions / "not\nzip.zip").write_bytes(b"-")
    grade = ["grade", assignment.id, str(submissions), "-o", str(tmp_path / "out"), "--quick"]
    said = run("-m", "autograder", "-v", *grade)
    rows = told(said)
    areas = {area.partition(".")[0] for area, _, _ in rows}
    assert {"cli", "core", "datasets", "intake"} <= areas
    assert len({process for _, process, _ in rows}) > 2
    assert any("refused: it is neither a zip nor a tar" in text for _, _, text in rows)
    names = hidden_names(assignment)
    assert len(names) > 10
    assert [name for name in names if re.search(rf"\b{name}\b", said)] == []
