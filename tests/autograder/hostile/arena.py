"""Run attacks, each followed by an honest submission, and report what happened as JSON.

A program of its own: arena.py FOLDER LEVEL WITHOUT NAME… (names of attacks; none means all).
"""

from __future__ import annotations

import json
import os
import sys
import textwrap
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from attacks import ATTACKS, HONEST

from autograder.core.manifest import Limits
from autograder.execution import suite
from autograder.execution.session import Session
from autograder.sandbox import tiers
from autograder.sandbox.fork_server import ForkServer, Parent

LIMITS = Limits(test_seconds=0.7, submission_seconds=3, memory_mb=1024, output_kb=64)

PUBLIC = """
import numpy as np
from answer import double, total
from studentkit import assert_close, task

@task("all")
def test_double():
    x = np.array([1.0, 2.0, 3.0])
    assert_close(double(x), 2 * x)

@task("all")
def test_total():
    values = [1.0, 2.0]
    assert_close(total(values), sum(values))
"""
HIDDEN = '''
import numpy as np
import answer
from studentkit import assert_close, task
CANARY = "{canary}-hidden-test"

@task("all")
def test_secret_double():
    """double works for other numbers."""
    x = np.array([7.25, -3.5])
    result = answer.double(x)
    np.testing.assert_allclose(result, 2 * np.array([7.25, -3.5]))
    assert_close(result, 2 * x)

@task("all")
def test_secret_label():
    """label names the sign."""
    assert answer.label(4) == "positive" and answer.label(-4) == "negative"

@task("all")
def test_secret_model():
    """forward multiplies."""
    model = answer.Model()
    model.weights["W"] = np.eye(2) * 3
    assert_close(model.forward(np.ones((2, 2))), np.full((2, 2), 3.0))

@task("all")
def test_secret_total():
    """total adds."""
    assert answer.total([1.5, 2.5, 4.0]) == 8.0
'''


def main(folder: Path, level: str, without: frozenset[str], names: list[str]) -> None:
    """Lay out the suites and canaries in `folder`, run, print."""
    canary = "CANARY" + os.urandom(8).hex()
    os.environ["GRADER_SECRET"] = f"{canary}-environment"
    for name, text in (("public", PUBLIC), ("hidden", HIDDEN.replace("{canary}", canary))):
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / f"test_{name}.py").write_text(textwrap.dedent(text))
    (folder / "canary.txt").write_text(f"{canary}-file")
    (Path.home() / "canary.txt").write_text(f"{canary}-home")
    data = folder / "small"
    data.mkdir(exist_ok=True)
    (data / "numbers.csv").write_text("1,2,3\n")
    folder.chmod(0o755)
    answers = os.fdopen(os.dup(1), "w")
    rows = []

    suites = folder / "public", folder / "hidden"
    tests = suite.collect(folder, *suites, frozenset({"answer"}), frozenset({"all"}))
    tests.sort(key=lambda test: test.hidden)
    tier = tiers.probe(tiers.Level(level))
    preload = ["numpy", "numpy.random"]
    fork_server = ForkServer(tier, ["numpy"], preload, {"small": data}, without=without)
    with fork_server:
        honest = {"answer.py": HONEST + f"# {canary}-other-submission\n"}
        usual = _run(tests, fork_server, honest, data)
        for name in names or ATTACKS:
            row = _run(tests, fork_server, {"answer.py": ATTACKS[name]}, data)
            seen = json.dumps(row["texts"]) + "".join(row.pop("replies"))
            row["canary"] = canary in seen
            row["name"] = name
            after = _run(tests, fork_server, honest, data)
            row["honest_after"] = after["passed"] == usual["passed"] == len(tests)
            row["processes"] = _descendants()
            rows.append(row)
    rows.append({"tier": tier.level, "left": _descendants(), "usual": usual["passed"]})
    json.dump(rows, answers)
    answers.close()


def _run(tests: list[suite.Test], fork_server: Parent, files: dict[str, str], data: Path) -> dict:
    start = time.monotonic()
    code = {name: text.encode() for name, text in files.items()}
    session = Session(fork_server, code, LIMITS)
    outcomes = suite.run(tests, session, suite.Scene({"small": data}, keep_calls=True))
    return {
        "seconds": time.monotonic() - start,
        "passed": sum(outcome.status == "passed" for outcome in outcomes),
        "errors": [each.test for each in outcomes if each.status == "error"],
        "texts": [[each.message, *(p.text for p in each.printed)] for each in outcomes],
        "hidden_texts": [each.message for each in outcomes if each.hidden and each.message],
        "reasons": sorted({each.reason for each in outcomes if each.reason}),
        "replies": [call.reply.decode("latin1") for each in outcomes for call in each.calls],
    }


def _descendants() -> int:
    """Count the processes below this one, once the dead are gone."""
    for _ in range(20):
        parents = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    fields = (entry / "stat").read_text().rpartition(")")[2].split()
                except OSError:
                    continue
                parents[int(entry.name)] = int(fields[1])
        ours = {os.getpid()}
        for pid in sorted(parents):
            if parents[pid] in ours:
                ours.add(pid)
        if len(ours) <= 4:  # this program, bubblewrap (two processes), the fork server
            break
        time.sleep(0.05)
    return len(ours) - 1


if __name__ == "__main__":
    main(
        Path(sys.argv[1]),
        sys.argv[2],
        frozenset(filter(None, sys.argv[3].split(","))),
        sys.argv[4:],
    )
