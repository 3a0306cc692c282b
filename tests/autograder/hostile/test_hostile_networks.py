"""Nobody gets the points of a network by lying about it, breaking the grader or peeking."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from machine import need_bubblewrap
from network_attacks import ATTACKS

_HERE = Path(__file__).parent
_MOST_SECONDS = 120  # of any machine, however busy: what has no limit never ends


@pytest.fixture(scope="module")
def fought(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Every attack once, through the real worker."""
    need_bubblewrap()
    folder = tmp_path_factory.mktemp("networks") / "arena"
    done = subprocess.run(
        [sys.executable, str(_HERE / "network_arena.py"), str(folder)],
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return {row["name"]: row for row in json.loads(done.stdout)}


@pytest.mark.slow
@pytest.mark.bubblewrap
def test_an_honest_network_passes_before_and_after(fought: dict[str, dict[str, Any]]) -> None:
    """The checks can be passed, and no attack leaves anything behind."""
    assert len(fought["honest"]["passed"]) == 3, fought["honest"]
    assert len(fought["honest after"]["passed"]) == 3


@pytest.mark.slow
@pytest.mark.bubblewrap
@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_on_networks_gains_nothing(fought: dict[str, dict[str, Any]], name: str) -> None:
    """No point, no label, no text of a hidden test, no failure of the grader, no delay."""
    row = fought[name]
    assert row["passed"] == []
    assert row["errors"] == []
    assert row["texts"] == []
    assert not row["labels"], "held-out labels came back"
    assert row["seconds"] < _MOST_SECONDS
