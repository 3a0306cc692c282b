"""With a layer of the confinement switched off some attack succeeds; with it, it fails."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from machine import PlainUser, need_bubblewrap

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


# The same for a grader that is a plain user, whose workers are that user too.
_READS_THE_GRADERS_ENVIRONMENT = """
import os
def act():
    found = open(f"/proc/{os.getppid()}/environ", "rb").read()
    return "SUCCEEDED" if b"PATH" in found else ""
"""
_READS_A_FILE_OF_THE_USER = """
def act():
    return "SUCCEEDED" if open("/etc/passwd").read() else ""
"""
_SIGNALS_ITS_PARENT = """
import os
def act():
    os.kill(os.getppid(), 0)
    return "SUCCEEDED"
"""
_LIMITS_ITS_PARENT = """
import os, resource
def act():
    resource.prlimit(os.getppid(), resource.RLIMIT_CORE)
    return "SUCCEEDED"
"""
_PLAIN = [
    ("landlock", "", _READS_THE_GRADERS_ENVIRONMENT),
    ("landlock", "", _READS_A_FILE_OF_THE_USER),
    ("seccomp", "landlock", _SIGNALS_ITS_PARENT),
    ("seccomp", "landlock", _LIMITS_ITS_PARENT),
    ("seccomp", "", _FORK),
    ("limits", "", _MEMORY),
]


def _act(code: str, without: str, user: PlainUser | None = None) -> str:
    program = str(_HERE / "one_call.py")
    if user is not None:
        done = user.run(program, without, input=code)
    else:
        done = subprocess.run(
            [sys.executable, program, without],
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


@pytest.mark.slow
def test_each_layer_stops_something_for_a_plain_user() -> None:
    """Where worker and grader are the same plain user, each layer is what stops an attack."""
    user = PlainUser()
    try:
        for layer, others, attack in _PLAIN:
            assert _act(attack, others, user) != "SUCCEEDED", attack
            without = ",".join(filter(None, (layer, others)))
            assert _act(attack, without, user) == "SUCCEEDED", attack
    finally:
        user.ends()
