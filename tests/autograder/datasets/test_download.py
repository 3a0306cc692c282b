"""The students' script that downloads MNIST, against a server of our own."""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from autograder.core.layout import find_root

SCRIPT = find_root(Path(__file__).parent) / "solutions/mlp_from_scratch/data/get_data.py"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the script, with two images on a server and an empty folder to write to."""
    spec = importlib.util.spec_from_file_location("get_data", SCRIPT)
    assert spec is not None and spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    served, here = tmp_path / "served", tmp_path / "data"
    served.mkdir()
    here.mkdir()
    sums = {}
    numbers = b"\0\0\0\2"
    images = b"\0\0\x08\x03" + numbers + 2 * b"\0\0\0\x1c" + bytes(784) + bytes([255]) * 784
    labels = b"\0\0\x08\x01" + numbers + bytes([7, 3])
    for archives in module.SOURCES.values():
        for name, _ in archives:
            packed = gzip.compress(images if "images" in name else labels, mtime=0)
            (served / name).write_bytes(packed)
            sums[name] = hashlib.md5(packed).hexdigest()
    sources = {
        name: tuple((one, sums[one]) for one, _ in archives)
        for name, archives in module.SOURCES.items()
    }
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(served)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(module, "SOURCES", sources)
    monkeypatch.setattr(module, "HERE", here)
    monkeypatch.setattr(module, "MIRROR", f"http://127.0.0.1:{server.server_port}/")
    yield module
    server.shutdown()


def test_rows_hold_a_label_and_its_image(script: Any) -> None:
    """Two images become two rows of 785 numbers, in both files."""
    script.main()
    for name in ("mnist_train.csv", "mnist_test.csv"):
        first, second = (script.HERE / name).read_text().splitlines()
        assert first.split(",") == ["7", *["0"] * 784]
        assert second.split(",") == ["3", *["255"] * 784]


def test_a_damaged_archive_is_refused(script: Any) -> None:
    """Nothing is written, and one line says why."""
    (name, _), labels = script.SOURCES["mnist_train.csv"]
    script.SOURCES["mnist_train.csv"] = ((name, "0" * 32), labels)
    with pytest.raises(SystemExit, match="arrived damaged"):
        script.main()
    assert list(script.HERE.iterdir()) == []


def test_without_a_connection_one_line_says_so(script: Any) -> None:
    """A name that nobody answers to is no traceback."""
    script.MIRROR = "http://127.0.0.1:9/"
    with pytest.raises(SystemExit, match="could not be downloaded"):
        script.main()


def test_the_published_archives_are_those_that_torchvision_knows() -> None:
    """Names and sums agree with the library's."""
    from studentkit.torchvision_ops import declare_missing_operators

    declare_missing_operators()
    from torchvision.datasets import MNIST

    spec = importlib.util.spec_from_file_location("get_data_again", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert {one for archives in module.SOURCES.values() for one in archives} == set(MNIST.resources)
    assert module.MIRROR in MNIST.mirrors
