"""What is kept between runs is whole, found by what it depends on, and can be thrown away."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from autograder.core import cache as module
from autograder.core.cache import Cache, CacheError, key_of


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def test_what_was_written_is_read(cache: Cache) -> None:
    """Other keys and other kinds are other entries."""
    assert cache.read("mistakes", "a") is None
    cache.write("mistakes", "a", b"1")
    assert cache.read("mistakes", "a") == b"1"
    assert cache.read("mistakes", "b") is None
    assert cache.read("trainings", "a") is None


def test_a_key_tells_where_a_part_ends() -> None:
    """No two lists of parts share a key by being glued together."""
    assert len({key_of("ab", "c"), key_of("a", "bc"), key_of("abc"), key_of("abc", "")}) == 4
    assert key_of("a", b"b") == key_of(b"a", "b")


def test_all_who_fill_at_once_get_a_whole_folder(cache: Cache) -> None:
    """Graders that start together find every file in place, and nothing unfinished is left."""

    def fill(folder: Path) -> None:
        for name in "abc":
            (folder / name).write_text(name * 10_000)

    def one(_: int) -> list[str]:
        folder = cache.folder("data", "letters", ["a", "b", "c"], fill)
        return [(folder / name).read_text()[:1] for name in "abc"]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(one, range(32))) == [["a", "b", "c"]] * 32
    assert [path.name for path in (cache.root / "data").iterdir()] == ["letters"]


def test_a_folder_that_lacks_something_is_made_again(cache: Cache) -> None:
    """Half of an entry is none."""

    def fill(folder: Path) -> None:
        (folder / "a").write_text("new")

    folder = cache.folder("data", "one", ["a"], fill)
    (folder / "a").unlink()
    (folder / "b").write_text("left over")
    assert cache.folder("data", "one", ["a"], fill) == folder
    assert [path.name for path in folder.iterdir()] == ["a"]


def test_what_fill_raises_leaves_nothing_behind(cache: Cache) -> None:
    """An entry that could not be made is not there."""

    def fill(folder: Path) -> None:
        (folder / "a").write_text("half")
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        cache.folder("data", "one", ["a"], fill)
    assert cache.entries() == []


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """One line, with what to do."""
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file" / "cache")
    for write in (
        lambda: cache.folder("data", "a", ["a"], lambda folder: None),
        lambda: cache.write("data", "a", b""),
        lambda: cache.locked("data").__enter__(),
    ):
        with pytest.raises(CacheError, match=r"cannot be written .*XDG_CACHE_HOME"):
            write()
    assert cache.read("data", "a") is None


def test_the_oldest_goes_where_there_is_too_much(
    cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the limit what was used longest ago is removed, and nothing of this week."""
    monkeypatch.setattr(module, "LIMIT", 250)
    for age, key in ((30, "a"), (20, "b"), (10, "c"), (0, "d")):
        path = cache.write("kind", key, b"x" * 100)
        os.utime(path, (time.time() - age * 86400,) * 2)
    cache.read("kind", "a")  # used just now
    cache.folder("data", "new", [], lambda folder: None)
    assert [entry.path.name for entry in cache.entries() if entry.kind == "kind"] == ["a", "d"]


def test_the_command_tells_sizes_and_clears(tmp_path: Path) -> None:
    """`autograder cache`, then with --clear."""
    cache = Cache(tmp_path / "autograder")
    cache.write("mistakes", "a", b"x" * 1_500_000)
    (tmp_path / "somebody_elses").write_text("stays")
    program = [str(Path(sys.executable).parent / "autograder"), "cache"]
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}

    def run(*more: str) -> str:
        done = subprocess.run(
            [*program, *more], env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    assert "1.5 MB  mistakes (1)" in run()
    assert "1.5 MB removed" in " ".join(run("--clear").split())
    assert cache.entries() == []
    assert "0.0 MB" in run()
    assert (tmp_path / "somebody_elses").is_file()
