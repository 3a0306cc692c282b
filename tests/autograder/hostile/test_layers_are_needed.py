"""With a layer of the confinement switched off some attack succeeds; with it, it fails."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from machine import need_bubblewrap

_HERE = Path(__file__).parent

_FORK = """
import os
def act():
    pid = os.fork()
    if pid == 0: os._exit(0)
    return "SUCCEEDED"
"""
_MEMORY = """
import numpy as np
def act():
    return "SUCCEEDED" if np.ones(2 << 27).nbytes == 1 << 31 else ""
"""
_WRITES_BESIDE_ITS_FOLDERS = """
def act():
    open("/elsewhere", "w").write("x")
    return "SUCCEEDED"
"""
_SEES_OTHER_FILES = """
import os
def act():
    return "SUCCEEDED" if os.path.exists("/data/outside") else "nothing there"
"""
_KNOWS_ITS_PARENT = """
import os
def act():
    return "SUCCEEDED" if os.getppid() > 0 else "no parent to be seen"
"""
_MOUNTS = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def act():
    if libc.mount(b"tmpfs", b"/tmp", b"tmpfs", 0, b"") == 0: return "SUCCEEDED"
    raise OSError(os.strerror(ctypes.get_errno()))
"""

# layer, the layers to leave off beside it so that it stands alone, the attack
_CASES = [
    ("seccomp", "", _FORK),
    ("limits", "", _MEMORY),
    ("landlock", "", _WRITES_BESIDE_ITS_FOLDERS),
    ("mounts", "", _SEES_OTHER_FILES),
    ("namespaces", "mounts", _KNOWS_ITS_PARENT),
    ("capabilities", "seccomp,landlock", _MOUNTS),
]


def _act(code: str, without: str) -> str:
    done = subprocess.run(
        [sys.executable, str(_HERE / "one_call.py"), without],
        input=code,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


@pytest.mark.slow
@pytest.mark.bubblewrap
@pytest.mark.parametrize(("layer", "others", "attack"), _CASES, ids=[case[0] for case in _CASES])
def test_each_layer_stops_something(layer: str, others: str, attack: str) -> None:
    """The attack fails with the layer and succeeds without it, other things being equal."""
    need_bubblewrap()
    assert _act(attack, others) != "SUCCEEDED"
    assert _act(attack, ",".join(filter(None, (layer, others)))) == "SUCCEEDED"
