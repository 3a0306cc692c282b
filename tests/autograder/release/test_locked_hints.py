"""A student's own run names a known mistake, and nothing to read travels in the zip."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from studentkit.hints import lock, unlock

from autograder.core.layout import find_root

_ROOT = find_root(Path(__file__))


def test_only_the_message_opens_a_hint() -> None:
    """Another message, another test or a damaged file opens nothing."""
    name, locked = lock("public/test_a.py::test_b", "the loss is 3; expected 1", "It grows.")
    locks = {name: locked}
    assert unlock(locks, "tests/test_a.py::test_b", "the loss is 3; expected 1") == "It grows."
    assert unlock(locks, r"tests\test_a.py::test_b", "the loss  is 3;\nexpected 1") == "It grows."
    assert unlock(locks, "tests/test_a.py::test_b", "the loss is 4; expected 1") == ""
    assert unlock(locks, "tests/test_a.py::test_c", "the loss is 3; expected 1") == ""
    assert unlock({name: "zz"}, "tests/test_a.py::test_b", "the loss is 3; expected 1") == ""
    assert "grows" not in json.dumps(locks)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Release the assignment as an instructor does and unpack it, with the reference in it."""
    out = tmp_path_factory.mktemp("release")
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "release", "mlp_from_scratch", "-o", str(out)],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(out / "mlp_from_scratch.zip") as archive:
        archive.extractall(out)
    student = out / "mlp_from_scratch"
    for path in (_ROOT / "solutions" / "mlp_from_scratch").rglob("*.py"):
        target = student / path.relative_to(_ROOT / "solutions" / "mlp_from_scratch")
        target.write_bytes(path.read_bytes())
    return student


def run(folder: Path) -> str:
    """Return what pytest says in the student's folder."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_loss.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return " ".join(done.stdout.split())


@pytest.mark.slow
def test_the_table_has_the_hint_of_a_known_mistake(folder: Path) -> None:
    """Written in another way than the mistake in the library, it is recognised all the same."""
    file = folder / "models" / "_base_network.py"
    right = file.read_text()
    assert "Hint:" not in run(folder)
    wrong = right.replace(
        "return -np.mean(np.log(of_true_class))",
        "return sum(-np.log(p) for p in of_true_class)",
    )
    assert wrong != right
    file.write_text(wrong)
    assert "Hint: The loss grows with the batch" in run(folder)
    file.write_text(right.replace("return -np.mean(np.log(of_true_class))", "return 12.34"))
    said = run(folder)
    assert "the loss: 12.34; expected" in said
    assert "Hint:" not in said


@pytest.mark.slow
def test_no_hint_can_be_read_in_the_zip(folder: Path) -> None:
    """The file with the hints holds no word of them."""
    text = (folder / "studentkit" / "hints.json").read_text()
    assert len(json.loads(text)) > 30
    assert not any(word in text for word in ("loss", "grows", "mean", "bias"))
