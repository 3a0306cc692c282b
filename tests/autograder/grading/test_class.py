"""A class is graded end to end: through the command line, real archives and the real worker."""

from __future__ import annotations

import csv
import html
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder.authoring.demo import make_class
from autograder.core.layout import find_assignment, find_root

pytestmark = pytest.mark.slow  # grades whole classes

_ROOT = find_root(Path(__file__))
_GRADE = [sys.executable, "-m", "autograder", "grade", "mlp_from_scratch"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the demonstration's class, without the one that hangs: waiting shows nothing here."""
    folder = make_class(
        find_assignment("mlp_from_scratch", _ROOT), tmp_path_factory.mktemp("demo") / "class"
    )
    shutil.rmtree(folder / "kurt")
    return folder


def run(
    cache: Path, *arguments: str | Path, check: bool = False
) -> subprocess.CompletedProcess[str]:
    """Call `autograder grade` without the tests that train."""
    return subprocess.run(
        [*_GRADE, *map(str, arguments), "--no-training"],
        cwd=_ROOT,
        env={**os.environ, "XDG_CACHE_HOME": str(cache), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=check,
        timeout=300,
    )


def scores(out: Path) -> dict[str, str]:
    """Read grades.csv: submission -> score."""
    with (out / "grades.csv").open() as file:
        return {row["submission"]: row["score"] for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def graded(cache: Path, demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Grade the class once."""
    out = tmp_path_factory.mktemp("graded") / "reports"
    done = run(cache, demo, "-o", out)
    assert done.returncode == 1, done.stderr  # one of them is no archive
    assert "sofia" in done.stdout
    progress = re.compile(r"(grading|learning the known mistakes, once): \d+ of \d+: .*")
    assert all(progress.fullmatch(line) for line in done.stderr.splitlines()), done.stderr
    return out


def test_honest_work_gets_its_points_and_hostile_work_none(graded: Path) -> None:
    """The reference has all, the skeleton nothing, a forger nothing, a printer his theory."""
    found = scores(graded)
    assert found["ada"] == "130"
    assert found["blaise"] == found["mallory"] == "0"
    assert found["niels"] == "30"
    assert found["sofia"] == ""  # no score is not a zero
    assert 110 < float(found["emmy"]) < 130
    assert 110 < float(found["carl"]) < 130
    assert 110 < float(found["felix"]) < 130
    assert 70 < float(found["grace"]) < 130


def test_each_mistake_costs_its_own_task_only(graded: Path) -> None:
    """Softmax over the whole matrix costs softmax; penalised biases cost regularization…"""
    expected = {
        "carl": {"regularization", "sgd"},
        "emmy": {"softmax", "softmax_stability"},  # it also has one shift for all rows
        "felix": {"batching"},
        "grace": {"sgd", "regularization", "training"},  # optimizer/sgd.py does not parse
    }
    for name, lost in expected.items():
        tasks = json.loads((graded / name / "results.json").read_text())["extra_data"]["tasks"]
        less = {task for task, row in tasks.items() if row["score"] < row["max_score"]}
        assert less == lost, name


def test_every_verdict_says_where(graded: Path) -> None:
    """The function that printed is named, with its line."""
    found = json.loads((graded / "niels" / "results.json").read_text())
    sentence = found["extra_data"]["verdicts"][0]["sentence"]
    assert "models.softmax_regression.SoftmaxRegression.forward" in sentence
    assert "models/softmax_regression.py:" in sentence


def test_the_tables_have_their_columns(graded: Path) -> None:
    """grades.csv begins and ends as gradebooks expect it."""
    header = (graded / "grades.csv").read_text().splitlines()[0].split(",")
    assert header[:3] == ["submission", "score", "max_score"]
    assert header[3:7] == ["raw_score", "written", "rules", "adjusted"]
    assert header[7] == "data_loading"
    assert header[-4:] == ["status", "submitted_at", "time_source", "exceptions"]
    assert "<svg" in (graded / "index.html").read_text()


def test_a_second_run_keeps_everything_and_a_change_is_told(
    cache: Path, demo: Path, tmp_path: Path
) -> None:
    """What is unchanged is not graded again and keeps its bytes; a new score is printed."""
    folder, out = tmp_path / "class", tmp_path / "out"
    folder.mkdir()
    shutil.copytree(demo / "blaise", folder / "blaise")
    shutil.copy(demo / "ada.zip", folder / "ada.zip")
    first = run(cache, folder, "-o", out, check=True)
    assert "graded 2" in first.stdout
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    second = run(cache, folder, "-o", out, check=True)
    assert "graded 0, 2 unchanged" in second.stdout
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
    third = run(cache, folder, "-o", tmp_path / "again", check=True)
    assert third.returncode == 0
    for path, content in before.items():
        if "history" in path.parts:  # its folders are named by the time
            continue
        assert (tmp_path / "again" / path.relative_to(out)).read_bytes() == content
    shutil.copy(demo / "carl" / "utils.py", folder / "blaise" / "utils.py")
    changed = run(cache, folder, "-o", out, check=True)
    assert "changed: blaise: score 0" in changed.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["nowhere.zip", "-o", "out"], 2, "no such file"),
        (["."], 2, "--out"),
        ([".", "-o", "out", "--due", "yesterday"], 2, "yesterday"),
        ([".", "-o", "out", "--data", "."], 3, "MNIST"),
    ],
)
def test_bad_input_gets_one_clear_line(
    cache: Path, tmp_path: Path, arguments: list[str], code: int, words: str
) -> None:
    """Usage is 2, configuration 3; no traceback either way."""
    done = subprocess.run(
        [*_GRADE, *(str(tmp_path) if word == "." else word for word in arguments)],
        cwd=_ROOT,
        env={**os.environ, "XDG_CACHE_HOME": str(cache)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_lateness_follows_the_list_of_times(cache: Path, demo: Path, tmp_path: Path) -> None:
    """Within the grace nothing is lost; after the cut-off everything."""
    folder = tmp_path / "class"
    folder.mkdir()
    for name in ("early", "graced", "late"):
        shutil.copy(demo / "ada.zip", folder / f"{name}.zip")
    times = tmp_path / "times.csv"
    times.write_text(
        "submission,time\nearly,2026-01-29T07:00:00-05:00\n"
        "graced,2026-01-31T07:59:00-05:00\nlate,2026-01-31T08:01:00-05:00\n"
    )
    due = "2026-01-29T08:00:00-0500"
    run(cache, folder, "-o", tmp_path / "out", "--times", times, "--due", due, check=True)
    assert scores(tmp_path / "out") == {"early": "130", "graced": "130", "late": "0"}


# kill -9 -----------------------------------------------------------------------------------


def _descendants(pid: int) -> dict[int, str]:
    """Return the processes below `pid` with their command lines."""
    parents, commands = {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue
            parents[int(entry.name)] = int(fields[1])
            commands[int(entry.name)] = " ".join(words)
    found: dict[int, str] = {}
    waiting = {pid}
    while waiting:
        waiting = {child for child, parent in parents.items() if parent in waiting}
        found |= {child: commands[child] for child in waiting}
    return found


def _alive(pids: list[int]) -> list[int]:
    """Return those that still run, after giving them a moment to end."""
    for _ in range(100):
        left = []
        for pid in pids:
            try:
                state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if state not in "ZX":
                left.append(pid)
        if not left:
            return []
        time.sleep(0.05)
    return left


def _start(cache: Path, folder: Path, out: Path) -> subprocess.Popen[str]:
    """Start grading and wait until the first result is there."""
    process = subprocess.Popen(
        [*_GRADE, str(folder), "-o", str(out), "--no-training", "--jobs", "1"],
        cwd=_ROOT,
        env={**os.environ, "XDG_CACHE_HOME": str(cache)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for _ in range(2400):
        if list(out.glob("*/results.json")):
            return process
        assert process.poll() is None, process.stderr and process.stderr.read()
        time.sleep(0.05)
    raise AssertionError("no result within two minutes")


@pytest.fixture
def five(demo: Path, tmp_path: Path) -> Path:
    """Five correct submissions."""
    folder = tmp_path / "five"
    folder.mkdir()
    for number in range(5):
        shutil.copy(demo / "ada.zip", folder / f"student{number:02d}.zip")
    return folder


def test_killing_the_grader_leaves_no_process_and_loses_nothing(
    cache: Path, five: Path, tmp_path: Path
) -> None:
    """After kill -9 of the grader, the same command goes on where it was."""
    out = tmp_path / "out"
    process = _start(cache, five, out)
    below = list(_descendants(process.pid))
    process.kill()
    process.wait()
    assert _alive(below) == []
    done = len(list(out.glob("*/results.json")))
    again = run(cache, five, "-o", out, check=True)
    assert f"graded {5 - done}, {done} unchanged" in again.stdout
    assert set(scores(out).values()) == {"130"}


@pytest.mark.parametrize("victim", ["grading process", "pool", "fork server", "worker"])
def test_killing_a_part_costs_nobody_anything(
    cache: Path, five: Path, tmp_path: Path, victim: str
) -> None:
    """kill -9 of any process in the middle: everybody gets all points."""
    out = tmp_path / "out"
    process = _start(cache, five, out)
    killed = 0
    for _ in range(200):
        below = _descendants(process.pid)
        fork_servers = [pid for pid, words in below.items() if "inside.fork_server" in words]
        fork_servers = [pid for pid in fork_servers if "bwrap" not in below[pid].split(" ")[0]]
        pool = [pid for pid, words in below.items() if "autograder.grading.process" in words]
        # The first in the chain is the fork server; what it forked are workers.
        victims = {
            "grading process": pool[:1],
            "pool": pool[1:2],  # its first fork
            "fork server": fork_servers[:1],
            "worker": fork_servers[1:],
        }[victim]
        if victims:
            os.kill(victims[0], signal.SIGKILL)
            killed += 1
            break
        time.sleep(0.005)
    _, errors = process.communicate(timeout=120)
    assert killed, f"no {victim} was there to be killed"
    assert process.returncode == 0, errors
    assert len(scores(out)) == 5
    assert set(scores(out).values()) == {"130"}
    assert _alive(list(_descendants(os.getpid()))) == []


def test_reports_name_the_mistake(graded: Path) -> None:
    """A recognised mistake has its hint in the page and in results.json, with its tests."""
    found = json.loads((graded / "carl" / "results.json").read_text())
    mistakes = {row["id"]: row for row in found["extra_data"]["mistakes"]}
    assert set(mistakes) == {"penalises_biases", "never_updates_biases"}
    row = mistakes["penalises_biases"]
    assert row["task"] == "regularization"
    assert row["tests"]
    assert "biases" in row["hint"]
    page = (graded / "carl" / "report.html").read_text()
    assert all(html.escape(row["hint"]) in page for row in mistakes.values())
    shown = next(one["output"] for one in found["tests"] if one["tags"] == ["regularization"])
    assert f"Hint: {row['hint']}" in shown
    right = json.loads((graded / "ada" / "results.json").read_text())
    assert right["extra_data"]["mistakes"] == right["extra_data"]["failures"] == []


def test_submissions_that_fail_alike_are_put_together(graded: Path) -> None:
    """The untouched skeleton and one like it are a cluster; index.html and the CLI show it."""
    page = (graded / "index.html").read_text()
    assert "What went wrong alike" in page
    assert "penalises_biases" in page
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "mistakes", "mlp_from_scratch", str(graded)],
        cwd=_ROOT,
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "penalises_biases  (L2 regularization)" in done.stdout
    assert "not written yet" in done.stdout
    assert done.stdout.index("penalises_biases") < done.stdout.index("not written yet")
    rows = json.loads(
        subprocess.run(
            [*_GRADE[:3], "mistakes", "mlp_from_scratch", str(graded), "--json"],
            cwd=_ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    )
    groups = [set(row["submissions"]) for row in rows if "sigmoid" in row["tasks"]]
    assert {"blaise", "mallory"} in groups or {"blaise"} in groups


def test_results_of_something_else_are_refused_with_a_line(graded: Path, tmp_path: Path) -> None:
    """An empty folder, broken results and another assignment's: what, where, what to do."""

    def complain(assignment: str, folder: Path) -> str:
        done = subprocess.run(
            [*_GRADE[:3], "mistakes", assignment, str(folder)],
            cwd=_ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 3
        assert "Traceback" not in done.stderr
        return done.stderr

    assert "no results here" in complain("mlp_from_scratch", tmp_path)
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "results.json").write_text("{}")
    assert "not what `grade` wrote" in complain("mlp_from_scratch", tmp_path)
