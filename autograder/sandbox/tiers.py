"""Which confinement this machine offers: probed by really confining, never assumed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from enum import StrEnum

from autograder.sandbox import filter as system_call_filter
from autograder.sandbox.inside.confine import landlock_abi

LAYERS_A = ("namespaces", "mounts", "limits", "capabilities", "landlock", "seccomp")
LAYERS_B = ("limits", "uid", "capabilities", "landlock", "seccomp")
LAYERS_C = ("limits", "capabilities", "landlock", "seccomp")


class Level(StrEnum):
    """How well a worker is confined, best first."""

    A = "A"  # user namespaces: a second wall, private mounts, processes and network
    B = "B"  # root without them: a fresh user per submission
    C = "C"  # a plain user: landlock and the system-call filter
    D = "D"  # nothing: hidden suites are refused


@dataclass(frozen=True)
class Tier:
    """The confinement in force, and what keeps it from being better."""

    level: Level
    layers: tuple[str, ...]
    missing: tuple[str, ...] = ()  # one sentence each

    @property
    def sentence(self) -> str:
        """Say it in one line for a report."""
        if self.level is Level.D:
            return f"D: nothing confines student code here. {' '.join(self.missing)}".strip()
        words = {
            "namespaces": "bubblewrap and namespaces",
            "mounts": "private mounts",
            "limits": "resource limits",
            "uid": "a fresh user per submission",
            "capabilities": "no capabilities",
            "landlock": f"landlock {landlock_abi()}",
            "seccomp": "system-call filter",
        }
        line = f"{self.level}: " + ", ".join(words[layer] for layer in self.layers)
        return ". ".join([line, *self.missing])


def bubblewrap() -> str | None:
    """Return the path of bubblewrap's program, if it is installed."""
    return shutil.which("bwrap")


def probe(highest: Level = Level.A) -> Tier:
    """Find the best tier at or below `highest` that this machine can really give."""
    missing: list[str] = []
    if not sys.platform.startswith("linux"):
        return Tier(Level.D, (), ("Confinement needs Linux; use a Linux machine or a container.",))
    try:
        system_call_filter.compiled()
    except system_call_filter.FilterError as error:
        return Tier(Level.D, (), (f"{error}.",))
    if landlock_abi() < 1:
        missing.append("The kernel offers no landlock (Linux 5.13 or newer has it)")
    if highest is Level.A:
        problem = _namespaces_problem()
        if problem is None:
            layers = LAYERS_A if landlock_abi() else tuple(x for x in LAYERS_A if x != "landlock")
            return Tier(Level.A, layers, tuple(missing))
        missing.append(problem)
    if landlock_abi() < 1:
        return Tier(Level.D, (), tuple(missing))
    if highest in (Level.A, Level.B) and os.geteuid() == 0 and _may_change_user():
        return Tier(Level.B, LAYERS_B, tuple(missing))
    if highest is Level.D:
        return Tier(Level.D, (), tuple(missing))
    return Tier(Level.C, LAYERS_C, tuple(missing))


def _namespaces_problem() -> str | None:
    """Say why user namespaces cannot be had; None where a mount inside one really worked."""
    program = bubblewrap()
    if program is None:
        return (
            "bubblewrap is not installed, so there is no second wall "
            "(Debian, Ubuntu: apt-get install bubblewrap)"
        )
    command = [program, *BWRAP_FLAGS, "--ro-bind", "/", "/", "--proc", "/proc"]
    # The inner wall needs its capabilities to work inside: some hosts grant the namespace and
    # then deny every capability in it.
    test = ["unshare", "--mount", "--pid", "--fork", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    try:
        done = subprocess.run([*command, *test], capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"bubblewrap cannot run here ({error})"
    if done.returncode != 0:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        return f"user namespaces cannot be used here ({lines[-1] if lines else 'no reason given'})"
    return None


BWRAP_FLAGS = (
    "--unshare-all --unshare-user --uid 1000 --gid 1000 --new-session --die-with-parent "
    "--cap-drop ALL --cap-add CAP_SYS_ADMIN --cap-add CAP_SETPCAP"
).split()


def _may_change_user() -> bool:
    """Tell whether root here may become another user (a container can forbid it)."""
    pid = os.fork()
    if pid == 0:
        try:
            os.setgroups([])
            os.setresuid(1 << 30, 1 << 30, 1 << 30)
            os._exit(0)
        except OSError:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
