"""`autograder data`: four data sets, three kinds of source, whole or not at all."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from autograder.datasets import batches, colours, command, covid, files
from autograder.datasets.command import DATA_SETS, make
from autograder.datasets.digits import draw_digits
from autograder.datasets.mnist import DataError, read_mnist, write_idx

SIZE = 60


def hashes(folder: Path) -> dict[str, str]:
    """Return the sum of every file below `folder`, by its path there."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("name", DATA_SETS)
def test_the_same_call_gives_the_same_bytes(name: str, tmp_path: Path) -> None:
    """In another folder too; in the same one nothing is done again."""
    one, other = tmp_path / "one", tmp_path / "two"
    made = make(name, one, size=SIZE)
    assert made.new and made.place.exists() and made.place.parent == one
    assert make(name, other, size=SIZE).new
    assert hashes(one) == hashes(other)
    times = {path: path.stat().st_mtime_ns for path in one.rglob("*")}
    again = make(name, one, size=SIZE)
    assert not again.new and "there already" in str(again)
    assert {path: path.stat().st_mtime_ns for path in one.rglob("*")} == times


def test_sizes_and_sources_are_those_promised(tmp_path: Path) -> None:
    """A sixth and a fifth as many images to test with, and a word that says what they are."""
    for name in DATA_SETS:
        make(name, tmp_path, size=SIZE)
    train, test = read_mnist(tmp_path / "MNIST" / "raw")
    assert (len(train[1]), len(test[1])) == (60, 10)
    train, test, _ = batches.read_batches(tmp_path)
    assert (len(train[1]), len(test[1])) == (60, 12)
    assert len(list(covid.read_table(tmp_path))) == 60
    assert len((tmp_path / "mnist_train.csv").read_text().splitlines()) == 60
    words = [files.read_source(tmp_path / at) for at in ("", "MNIST", batches.FOLDER)]
    assert words == ["digits", "handwriting", "colours"]
    assert (DATA_SETS["mnist"].size, DATA_SETS["cifar10"].size) == (60_000, 50_000)


def test_progress_is_told(tmp_path: Path) -> None:
    """Every drawn data set ends with done = of how many."""
    for name in DATA_SETS:
        told: list[tuple[int, int, str]] = []
        make(name, tmp_path, progress=lambda *step, told=told: told.append(step), size=SIZE)
        assert told and told[-1][0] == told[-1][1] >= SIZE and told[-1][2]


@pytest.mark.parametrize("kind", [KeyboardInterrupt, MemoryError, OSError("disk full")])
@pytest.mark.parametrize("name", DATA_SETS)
def test_an_interrupted_write_leaves_nothing(
    name: str, kind: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However it ends, no file is there, and the same call then succeeds."""
    whole_bytes = Path.write_bytes

    def written(path: Path, content: bytes) -> int:
        if path.name in ("t10k-labels-idx1-ubyte", "test_batch"):
            raise kind
        return whole_bytes(path, content)

    def cut(path: Path, *_: object) -> None:
        whole_bytes(path, b"half a li")
        raise kind

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", written)
        patch.setattr("autograder.datasets.mnist._write_csv", cut)
        patch.setattr(covid, "write_table", cut)
        with pytest.raises((KeyboardInterrupt, MemoryError, DataError)):
            make(name, tmp_path, size=SIZE)
    assert list(tmp_path.iterdir()) == []
    assert make(name, tmp_path, size=SIZE).new


def test_a_killed_run_leaves_nothing_that_looks_whole(tmp_path: Path) -> None:
    """Not even a name that readers look for; the next run succeeds."""
    program = (
        "import sys; from pathlib import Path; from autograder.datasets.command import make\n"
        "make('cifar10', Path(sys.argv[1]), progress=lambda *a: print(a, flush=True))"
    )
    running = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert running.stdout is not None and "images" in running.stdout.readline()
    running.send_signal(signal.SIGKILL)
    running.wait()
    running.stdout.close()
    assert all(path.name.startswith(".unfinished-") for path in tmp_path.iterdir())
    assert make("cifar10", tmp_path, size=SIZE).new


def test_renames_that_were_cut_short_are_made_up_for(tmp_path: Path) -> None:
    """The repetition recognises its own files among those that are there."""
    make("mnist-csv", tmp_path, size=SIZE)
    before = hashes(tmp_path)
    (tmp_path / "mnist_test.csv").unlink()
    assert make("mnist-csv", tmp_path, size=SIZE).new
    assert hashes(tmp_path) == before


@pytest.mark.parametrize("name", DATA_SETS)
def test_what_is_there_already_is_never_overwritten(name: str, tmp_path: Path) -> None:
    """Neither somebody's own data nor data of another size."""
    mine = tmp_path / "mine" / DATA_SETS[name].names[0]
    mine.parent.mkdir()
    mine.write_text("precious")
    with pytest.raises(DataError, match="is there already, and made otherwise"):
        make(name, tmp_path / "mine", size=SIZE)
    assert mine.read_text() == "precious"
    make(name, tmp_path / "other", size=SIZE)
    with pytest.raises(DataError, match="made otherwise"):
        make(name, tmp_path / "other", size=SIZE + 10)


def test_mnist_that_somebody_has_is_converted(tmp_path: Path) -> None:
    """To both layouts, also in place."""
    write_idx(tmp_path, draw_digits(20, 1), draw_digits(10, 2))
    wanted = read_mnist(tmp_path)
    for name, out in (("mnist", "new"), ("mnist-csv", "."), ("mnist-csv", "new")):
        assert make(name, tmp_path / out, str(tmp_path)).new
        assert not make(name, tmp_path / out, str(tmp_path)).new
    assert files.read_source(tmp_path / "new") == "mnist"
    for found in (read_mnist(tmp_path / "new"), read_mnist(tmp_path / "new" / "MNIST" / "raw")):
        for part, same in zip(found, wanted, strict=True):
            assert np.array_equal(part[0], same[0]) and np.array_equal(part[1], same[1])


def test_cifar10_that_somebody_has_is_copied_byte_for_byte(tmp_path: Path) -> None:
    """So that its published sums stay right; where it came from is not forgotten."""
    given, out = tmp_path / "given", tmp_path / "out"
    parts = colours.draw_colours(20, 1), colours.draw_colours(10, 2)
    batches.write_batches(given / batches.FOLDER, *parts, list("abcdefghij"))
    assert make("cifar10", out, str(given)).new
    assert batches.read_files(out) == batches.read_files(given)
    assert files.read_source(out / batches.FOLDER) == "cifar10"
    make("cifar10", tmp_path / "drawn", size=SIZE)
    make("cifar10", tmp_path / "copy", str(tmp_path / "drawn" / batches.FOLDER))
    assert files.read_source(tmp_path / "copy" / batches.FOLDER) == "colours"


def test_a_table_that_somebody_has_is_converted(tmp_path: Path) -> None:
    """A CSV of any name becomes the one of the handout; an empty one is refused."""
    covid.write_table(tmp_path / "mine.csv", covid.draw_table(15, 1))
    made = make("covid", tmp_path / "out", str(tmp_path / "mine.csv"))
    assert made.place.read_bytes() == (tmp_path / "mine.csv").read_bytes()
    covid.write_table(tmp_path / "empty.csv", [])
    with pytest.raises(DataError, match="holds no rows"):
        make("covid", tmp_path / "other", str(tmp_path / "empty.csv"))
    assert list((tmp_path / "other").iterdir()) == []


def fake(kind: str, failure: Exception | None) -> SimpleNamespace:
    """Stand in for torchvision's datasets, with or without a network."""

    def download(root: str, download: bool) -> None:
        assert download
        print("  3%|#", file=sys.stderr)
        if kind == "MNIST":
            write_idx(Path(root), draw_digits(20, 1), draw_digits(10, 2))
        else:
            (Path(root) / batches.ARCHIVE).write_bytes(b"large")
            parts = colours.draw_colours(10, 1), colours.draw_colours(10, 2)
            batches.write_batches(Path(root) / batches.FOLDER, *parts, list(colours.CLASSES))
        if failure is not None:
            raise failure

    return SimpleNamespace(**{kind: download})


@pytest.mark.parametrize(
    ("name", "kind"), [("mnist", "MNIST"), ("mnist-csv", "MNIST"), ("cifar10", "CIFAR10")]
)
def test_torchvision_downloads_whole_or_not_at_all(
    name: str,
    kind: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """A download that breaks off leaves nothing; one that ends leaves what was asked for."""
    broken = fake(kind, RuntimeError("Error downloading x:\nTried y, got:\n<urlopen error>\n"))
    monkeypatch.setattr(command, "torchvision_datasets", lambda: broken)
    with pytest.raises(DataError, match=r"could not be downloaded \(Error .* error>\); check") as e:
        make(name, tmp_path, "torchvision")
    assert "\n" not in str(e.value)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(command, "torchvision_datasets", lambda: fake(kind, None))
    made = make(name, tmp_path, "torchvision")
    assert made.new and not make(name, tmp_path, "torchvision").new
    shown = {path.name for path in tmp_path.iterdir() if not path.name.startswith(".")}
    assert shown == set(DATA_SETS[name].names)
    word = files.read_source(tmp_path if name == "mnist-csv" else made.place)
    assert word == ("cifar10" if kind == "CIFAR10" else "mnist")
    assert capfd.readouterr() == ("", "")


def test_errors_are_one_line(tmp_path: Path) -> None:
    """Each says what is wrong, and what would be right."""
    (tmp_path / "file").write_text("in the way")
    calls: list[tuple[str, dict[str, Any], str]] = [
        ("cifar100", {}, "no such data set; there are mnist, mnist-csv, cifar10, covid"),
        ("mnist", {"source": "nowhere"}, "a source is embedded, torchvision or what you have"),
        ("covid", {"source": "torchvision"}, "torchvision has no covid"),
        ("mnist", {"size": 3}, "too small"),
        ("mnist", {"size": 30, "source": str(tmp_path)}, "for embedded data only"),
        ("mnist", {"source": str(tmp_path)}, "holds no MNIST"),
        ("mnist", {"source": str(tmp_path / "file")}, "no such folder"),
        ("cifar10", {"source": str(tmp_path)}, "holds no CIFAR-10"),
        ("covid", {"source": str(tmp_path)}, "no such file"),
        ("covid", {"source": str(tmp_path / "file")}, "has no column"),
        ("covid", {"out": tmp_path / "file" / "below"}, "cannot be written there"),
    ]
    for name, options, complaint in calls:
        with pytest.raises(DataError, match=complaint) as caught:
            make(name, **{"out": tmp_path / "out"} | options)
        assert "\n" not in str(caught.value)


def test_drawing_needs_no_torch(tmp_path: Path) -> None:
    """Neither torch nor torchvision is imported, which would take longer than the drawing."""
    program = (
        "import sys; from pathlib import Path; from autograder.datasets.command import make\n"
        "[make(name, Path(sys.argv[1]), size=20) for name in ('mnist', 'cifar10', 'covid')]\n"
        "print(sorted({'torch', 'torchvision'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]", done.stderr
