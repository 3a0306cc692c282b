"""Mutants are made of solution regions only, run confined, and reported by place and reason."""

from __future__ import annotations

import builtins
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from autograder.authoring.mutants import equivalents
from autograder.authoring.mutants.generation import mutants_of, solution_lines
from autograder.authoring.mutation import MutationError, _mutants
from autograder.core.layout import find_root

_PROGRAM = Path(__file__).with_name("run_mutants.py")
_SOLUTION = '''\
"""Two functions."""

import numpy as np

RATE = 0.5
DEPTH = 3  # SOLUTION


def shares(x):
    """Divide each row by its sum."""
    x = x + 0
    # BEGIN SOLUTION
    return x / np.sum(x, axis=1, keepdims=True)
    # END SOLUTION


def halvings(n):
    """Count how often n can be halved."""
    # BEGIN SOLUTION
    count = 0
    while n > 1:
        n //= 2
        count += 1
    return count
    # END SOLUTION
'''
_MANIFEST = """\
title = "Tiny"
[worker]
packages = ["numpy"]
preload = ["numpy"]
[limits]
test_seconds = 3
[[tasks]]
id = "all"
title = "All"
points = 1
"""
_TESTS = """\
import numpy as np
import pieces


def test_rows():
    x = np.array([[1.0, 3.0], [4.0, 4.0], [0.0, 2.0]])
    assert np.allclose(pieces.shares(x), [[0.25, 0.75], [0.5, 0.5], [0.0, 1.0]])


def test_halvings():
    assert [pieces.halvings(n) for n in (1, 2, 3, 4, 9)] == [0, 1, 1, 2, 3]
"""
_EQUIVALENT = """\
[[equivalent]]
file = "pieces.py"
line = "DEPTH = 3"
mutated = ["DEPTH = 4", "DEPTH = 2"]
why = "Nobody reads the depth."
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return the root of a project with one tiny assignment."""
    root = tmp_path / "project"
    for path, text in {
        "assignments/tiny/assignment.toml": _MANIFEST,
        "solutions/tiny/pieces.py": _SOLUTION,
        "student_skeleton/tiny/pieces.py": "",
        "tests/tiny/public/test_pieces.py": _TESTS,
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def run(project: Path, *limit: str) -> dict[str, Any]:
    """Run the mutants of the project."""
    cache = project.parent / "cache"
    done = subprocess.run(
        [sys.executable, str(_PROGRAM), str(project), str(cache), *limit],
        cwd=find_root(Path(__file__)),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def declare(project: Path, text: str) -> None:
    """Write the author's declarations."""
    (project / "tests/tiny" / equivalents.NAME).write_text(text)


# making them -----------------------------------------------------------------------------


def test_only_solution_regions_are_changed() -> None:
    """Every line outside the regions is in every mutant, as it was."""
    lines = solution_lines("pieces.py", _SOLUTION)
    outside = [line for number, line in enumerate(_SOLUTION.splitlines(), 1) if number not in lines]
    mutants = mutants_of("pieces.py", _SOLUTION)
    assert {mutant.line for mutant in mutants} <= lines
    assert {mutant.function for mutant in mutants} == {"", "shares", "halvings"}
    for mutant in mutants:
        left = iter(mutant.source.splitlines())
        assert all(line in left for line in outside), mutant


def test_every_mutant_is_valid_and_unlike_the_others() -> None:
    """What does not compile, or is the original once more, does not count."""
    sources = [mutant.source for mutant in mutants_of("pieces.py", _SOLUTION)]
    assert _SOLUTION not in sources
    assert len(set(sources)) == len(sources)
    for source in sources:
        compile(source, "pieces.py", "exec")


@pytest.mark.parametrize(
    ("line", "changed"),
    [
        ("y = np.max(x, axis=0)", "y = np.max(x, axis=1)"),
        ("y = np.max(x, axis=0)", "y = np.min(x, axis=0)"),
        ("y = np.max(x, axis=0)", "y = np.max(x)"),
        ("y = x.sum(dim=-1, keepdim=True)", "y = x.sum(dim=-1)"),
        ("y = x.sum(dim=-1, keepdim=True)", "y = x.sum(dim=0, keepdim=True)"),
        ("y = x.mean()", "y = x.sum()"),
        ("y = x.copy()", "y = x"),
        ("y = x.T @ y", "y = x @ y"),
        ("y = x.T @ y", "y = y @ x.T"),
        ("y = x.T @ y", "y = x.T * y"),
        ("y = x - y - z", "y = z - (x - y)"),
        ("y = -np.log(x)", "y = np.log(x)"),
        ("y = 2 * np.exp(x - y)", "y = 2 * (x - y)"),
        ("y = 1 / (1 + x)", "y = (1 + x) / 1"),
        ("y += x", "y = x"),
        ("y += x", "y -= x"),
        ("y += x", "pass"),
        ("y = x[:n]", "y = x[:n - 1]"),
        ("y = x[:n]", "y = x[:]"),
        ("y = list(range(n))", "y = list(range(n + 1))"),
        ("y = x > 0", "y = x >= 0"),
        ("y = x > 0", "y = x > (-1)"),
        ("y = x if z else n", "y = n"),
        ("y = [i for i in x if i]", "y = [i for i in x]"),
        ("y = [i for i in x]", "y = [i for i in list(x)[:-1]]"),
        ("y = x and not z", "y = x or not z"),
        ("return x, y", "return y, x"),
        ('y = z["W1"]', 'y = z[""]'),
    ],
)
def test_what_a_teacher_expects_is_among_them(line: str, changed: str) -> None:
    """One line of a solution, and a mistake that students make in it."""
    source = f"def f(x, y, z, n):\n    # BEGIN SOLUTION\n    {line}\n    # END SOLUTION\n"
    assert changed in [mutant.mutated for mutant in mutants_of("f.py", source)]


def test_loops_and_branches_are_changed() -> None:
    """Rounds are missed, conditions always hold or never, statements are gone."""
    source = """\
def f(x):
    # BEGIN SOLUTION
    for one in x:
        if one:
            x.g(one)
            break
    raise ValueError("nothing")
    # END SOLUTION
"""
    found = {mutant.mutated for mutant in mutants_of("f.py", source)}
    assert {"pass", "for one in list(x)[1:]:", "if True:", "if False:", "continue"} <= found
    assert not any("XX" in text or '""' in text for text in found)  # messages are left alone


def test_without_the_library_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Making mutants is an extra; nothing else of the grader needs it."""
    real = builtins.__import__

    def without(name: str, *rest: Any, **named: Any) -> Any:
        if name.startswith("libcst"):
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)
        return real(name, *rest, **named)

    for name in [name for name in sys.modules if name.startswith("autograder.authoring.mutants.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MutationError, match=r"pip install 'autograder\[mutation\]'") as caught:
        _mutants({})
    assert "\n" not in str(caught.value)


# running them ----------------------------------------------------------------------------


@pytest.mark.slow
def test_a_good_suite_notices_all_but_the_declared(project: Path) -> None:
    """An endless loop is noticed too; an equivalent mutant stands apart, with its reason."""
    declare(project, _EQUIVALENT)
    found = run(project)
    report = found["report"]
    assert report["survivors"] == report["stale"] == [], found["lines"]
    assert report["holds"]
    assert report["rate"] == 1.0
    assert report["killed"] + 2 == report["total"]
    assert found["progress"] == list(range(1, report["total"] + 1))
    assert [row["mutated"] for row in report["equivalents"]] == ["DEPTH = 4", "DEPTH = 2"]
    assert "  because: Nobody reads the depth." in found["lines"]
    # Among the noticed ones is a loop without an end.
    assert ("n //= 2", "pass") in {
        (mutant.original, mutant.mutated) for mutant in mutants_of("pieces.py", _SOLUTION)
    }


@pytest.mark.slow
def test_a_weak_suite_leaves_survivors_with_their_place(project: Path) -> None:
    """A matrix with equal sums along both axes does not show along which one was summed."""
    weak = _TESTS.replace("[[1.0, 3.0], [4.0, 4.0], [0.0, 2.0]]", "[[1.0, 3.0], [3.0, 1.0]]")
    weak = weak.replace("[[0.25, 0.75], [0.5, 0.5], [0.0, 1.0]]", "[[0.25, 0.75], [0.75, 0.25]]")
    (project / "tests/tiny/public/test_pieces.py").write_text(weak)
    declare(project, _EQUIVALENT)
    found = run(project)
    number = _SOLUTION.splitlines().index("    return x / np.sum(x, axis=1, keepdims=True)") + 1
    assert not found["report"]["holds"]
    assert {(row["file"], row["line"]) for row in found["report"]["survivors"]} == {
        ("pieces.py", number)
    }
    assert f"survives: pieces.py:{number} in shares: axis 1 becomes 0" in found["lines"]
    assert "  + return x / np.sum(x, axis=0, keepdims=True)" in found["lines"]
    assert found["report"]["rate"] < 1


@pytest.mark.slow
def test_stale_declarations_are_reported(project: Path) -> None:
    """One that a test notices now, and one whose line is gone."""
    declare(
        project,
        _EQUIVALENT
        + """
[[equivalent]]
file = "pieces.py"
line = "count = 0"
mutated = "count = 1"
why = "This was wrong."

[[equivalent]]
file = "pieces.py"
line = "count = 17"
mutated = "count = 18"
why = "This line was there once."
""",
    )
    report = run(project)["report"]
    assert [(row["mutated"], row["problem"]) for row in report["stale"]] == [
        ("count = 1", "a test notices it now"),
        ("count = 18", "the solution has no such mutant any more"),
    ]
    assert not report["holds"]


@pytest.mark.slow
def test_a_limit_runs_a_few(project: Path) -> None:
    """What was not run is counted, and no declaration is called stale for it."""
    declare(project, _EQUIVALENT)
    report = run(project, "3")["report"]
    assert report["total"] == 3
    assert report["left_out"] > 10
    assert report["stale"] == []


@pytest.mark.slow
def test_a_reference_that_fails_is_said_so(project: Path) -> None:
    """Mutants of a wrong reference show nothing."""
    path = project / "tests/tiny/public/test_pieces.py"
    path.write_text(_TESTS.replace("[0, 1, 1, 2, 3]", "[0, 1, 1, 2, 4]"))
    assert "the reference itself does not pass public/test_pieces.py" in run(project)["error"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[equivalent]]\nfile = 'a.py'\nline = 'x'\nmutated = 'y'\n", "needs file, line"),
        ("[[equivalent]]\nfiles = 'a.py'\n", "'files' is not known"),
        ("[equivalent", "Expected"),
        ("other = 1\n", "nothing but"),
        (_EQUIVALENT + _EQUIVALENT, "declared twice"),
    ],
)
def test_a_wrong_declaration_gets_one_clear_line(tmp_path: Path, text: str, words: str) -> None:
    """The message names the file."""
    (tmp_path / equivalents.NAME).write_text(text)
    with pytest.raises(equivalents.DeclarationError, match=words) as caught:
        equivalents.load(tmp_path)
    assert equivalents.NAME in str(caught.value)
