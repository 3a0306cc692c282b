"""No hostile submission gains a point, sees a secret, survives, or harms the next one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from attacks import ATTACKS
from machine import PlainUser, need_bubblewrap

from autograder.core.layout import find_root

_HERE = Path(__file__).parent

_OTHER_TIERS = [
    "forging.equal_to_everything",
    "forging.patches_the_server",
    "stealing.walks_the_disk",
    "stealing.guesses_paths",
    "stealing.own_memory",
    "stealing.leftovers",
    "exfiltrating.tcp",
    "exfiltrating.unix",
    "exfiltrating.writes_outside",
    "exhausting.endless_loop",
    "exhausting.memory",
    "exhausting.forks",
    "exhausting.fills_the_disk",
    "protocol.forged_reply",
    "escaping.executes",
    "escaping.signals",
    "escaping.namespaces_again",
    "same_user.reads_its_parents",
    "same_user.disturbs_its_parents",
]
_LIMIT_SECONDS = 90  # by the clock of any machine, however busy: what has no limit never ends


def arena(folder: Path, level: str, without: str = "", *names: str) -> list[dict[str, Any]]:
    """Run the arena and return a row for each attack, then one about the whole."""
    home = folder / "home"
    home.mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, str(_HERE / "arena.py"), str(folder / "arena"), level, without, *names],
        env={**os.environ, "HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows


def check(row: dict[str, Any], processes: int) -> None:
    """Assert everything that is promised about one attack."""
    assert row["passed"] == 0, "it earned something"
    assert not row["canary"], "it saw a secret"
    assert row["honest_after"], "the honest submission after it lost points"
    assert not row["hidden_texts"], "a hidden test's outcome carries text"
    assert not row["errors"], "it made a test that could not run, which is the staff's problem"
    assert row["seconds"] < _LIMIT_SECONDS, "it took longer than its limit"
    assert row["processes"] <= processes, "a process survived"
    assert "WROTE" not in json.dumps(row["texts"]), "it wrote where it must not"


@pytest.fixture(scope="module")
def fought(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Every attack once, in tier A."""
    need_bubblewrap()
    rows = arena(tmp_path_factory.mktemp("tier_a"), "A")
    assert rows[-1]["tier"] == "A"
    assert rows[-1]["left"] == 0, "a process outlived the grader"
    return {row["name"]: row for row in rows[:-1]}


@pytest.mark.bubblewrap
@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_gains_nothing(fought: dict[str, dict[str, Any]], name: str) -> None:
    """No point, no secret, no survivor, no delay, and the next submission is unharmed."""
    check(fought[name], processes=3)


def test_there_are_at_least_sixty_attacks() -> None:
    """Forging, stealing, exfiltrating, exhausting, protocol and escaping, all of them."""
    assert len(ATTACKS) >= 60


@pytest.mark.slow
@pytest.mark.parametrize("level", ["B", "C"])
def test_lower_tiers_hold_against_the_most_important_attacks(level: str, tmp_path: Path) -> None:
    """Without namespaces the same promises hold; B needs root."""
    if level == "B" and os.geteuid() != 0:
        level = "C"  # what this user gets instead
    rows = arena(tmp_path, level, "", *_OTHER_TIERS)
    assert rows[-1]["tier"] == level
    for row in rows[:-1]:
        check(row, processes=1)
    assert rows[-1]["left"] == 0


@pytest.fixture(scope="module")
def fought_as_a_plain_user() -> Iterator[list[dict[str, Any]]]:
    """Every attack once, by a grader that is a plain user and finds tier C by itself."""
    user = PlainUser()
    try:
        done = user.run(str(_HERE / "arena.py"), str(user.home / "arena"), "A", "")
        assert done.returncode == 0, done.stderr[-3000:]
        yield json.loads(done.stdout)
    finally:
        user.ends()


@pytest.mark.slow
def test_a_plain_users_grader_holds_against_every_attack(
    fought_as_a_plain_user: list[dict[str, Any]],
) -> None:
    """User namespaces denied, no root anywhere: the worker is the grader's own user, and holds."""
    *rows, whole = fought_as_a_plain_user
    assert whole["tier"] == "C" and whole["left"] == 0
    assert {row["name"] for row in rows} == set(ATTACKS)
    for row in rows:
        check(row, processes=1)


@pytest.mark.slow
def test_a_plain_user_grades_a_whole_submission() -> None:
    """The command line does its work as that user, and the report names the tier."""
    user, root = PlainUser(), find_root(Path(__file__))
    try:
        out = user.home / "reports"
        reference = str(root / "solutions" / "mlp_from_scratch")
        command = ["-m", "autograder", "grade", "mlp_from_scratch", reference, "-o", str(out)]
        done = user.run("-c", _IN_ROOT, str(root), *command, "--no-training")
        assert done.returncode == 0, done.stdout + done.stderr
        found = json.loads((out / "mlp_from_scratch" / "results.json").read_text())
        assert found["extra_data"]["tier"].startswith("C: ")
        assert found["score"] == found["extra_data"]["max_score"]
    finally:
        user.ends()


_IN_ROOT = (
    "import os, sys; os.chdir(sys.argv[1]); "
    "os.execv(sys.executable, [sys.executable, *sys.argv[2:]])"
)
