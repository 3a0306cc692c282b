"""Sets this project up in `.venv` and starts it, with nothing but Python and pip on the machine.

    python3 start.py demo    set up, make a small class and grade it
    python3 start.py test    set up and run the tests
    python3 start.py setup   set up only

What follows the command is passed on: `start.py demo -o out` to `autograder demo`, `start.py test
-k wire` to pytest. The set-up is repeated only when pyproject.toml or constraints.txt changes.
"""

from __future__ import annotations

import ctypes.util
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

# Older interpreters (3.7 on) must get as far as saying what is wrong: no newer syntax here.
OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
AUTOGRADER = BIN / ("autograder.exe" if os.name == "nt" else "autograder")
STAMP = VENV / "set-up"  # where the project lay, and a hash of what was asked for
LOG = VENV / "set-up.log"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
NETWORK_TROUBLE = (
    "NewConnectionError",
    "NameResolutionError",
    "Temporary failure in name resolution",
    "Network is unreachable",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "ProxyError",
    "(from versions: none)",
)


class Failure(Exception):
    """The set-up cannot go on; the message says what happened and what to do."""


def main(arguments: list[str]) -> int:
    """Carry out one command and return the exit code of what it started."""
    command, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if command in ("-h", "--help", "help"):
        print(__doc__.strip())
        return 0
    if command not in ("demo", "test", "setup") or (command == "setup" and rest):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    try:
        if sys.version_info < OLDEST:
            raise Failure(
                f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed, and {sys.executable} is "
                f"{sys.version.split()[0]}; run this file with a newer one, such as python3.12"
            )
        install_programs(with_browser=command == "test")
        set_up()
    except Failure as failure:
        print(f"start: {failure}", file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        print("\nstart: interrupted; run the same command again to go on", file=sys.stderr)
        return 130
    if command == "setup":
        say(f"done; {AUTOGRADER.relative_to(ROOT)} works now")
        return 0
    if command == "demo":
        return follow([str(AUTOGRADER), "demo", *rest])
    # All of them: plain pytest leaves out those marked slow.
    return follow([str(PYTHON), "-m", "pytest", "-m", "slow or not slow", *rest])


def say(line: str) -> None:
    """Print one line about what happens now."""
    print(f"start: {line}", flush=True)


def install_programs(with_browser: bool) -> None:
    """Install the system's programs where that is allowed, else say what is lost; never fail."""
    missing = []  # (Debian's package, what is lost without it)
    if not sys.platform.startswith("linux"):
        say("confining student code needs Linux, so nothing can be graded on this machine")
    else:
        if shutil.which("bwrap") is None:
            missing.append(("bubblewrap", "student code is confined by one wall instead of two"))
        if ctypes.util.find_library("seccomp") is None:
            missing.append(("libseccomp2", "nothing confines, and hidden tests are refused"))
    if with_browser and not any(shutil.which(name) for name in BROWSERS):
        missing.append(("chromium", "the tests that open reports in a browser cannot run"))
    if not missing:
        return
    tried = sys.platform.startswith("linux") and os.geteuid() == 0 and shutil.which("apt-get")
    if tried:
        say("refreshing apt's lists")
        apt_get("update")
    for package, loss in missing:
        if tried:
            say(f"installing {package} with apt-get")
        problem = apt_get("install", package) if tried else "not installed"
        if problem:
            say(f"{package}: {problem}; without it {loss} (Debian: apt-get install {package})")


def apt_get(action: str, *packages: str) -> str:
    """Run apt-get without questions; return "" or its last complaint."""
    command = ["apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=120", action]
    if packages:
        command += ["--no-install-recommends", *packages]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=900,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return (lines[-1] if lines else f"apt-get ended with {done.returncode}") * (done.returncode > 0)


def set_up() -> None:
    """Bring `.venv` to what pyproject.toml and constraints.txt ask for; raises Failure."""
    wanted = stamp()
    found = STAMP.read_text(encoding="utf-8") if STAMP.is_file() else ""
    usable = is_usable()
    if usable and found == wanted:
        return
    # The scripts of an environment name its folder, so one that was moved is made anew.
    if not usable or (found and found.splitlines()[0] != str(ROOT)):
        make_environment()
    STAMP.unlink(missing_ok=True)
    install_packages()
    STAMP.write_text(wanted, encoding="utf-8")


def stamp() -> str:
    """Return where the project lies and a hash of what it asks for, one a line."""
    digest = hashlib.sha256()
    for name in ("pyproject.toml", "constraints.txt"):
        digest.update((ROOT / name).read_bytes() + b"\0")
    return f"{ROOT}\n{digest.hexdigest()}\n"


def is_usable() -> bool:
    """Tell whether `.venv` has a Python that is new enough and can install packages."""
    program = f"import pip, sys; sys.exit(sys.version_info < {OLDEST})"
    try:
        done = subprocess.run([str(PYTHON), "-c", program], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def make_environment() -> None:
    """Make `.venv` anew; raises Failure."""
    if any(importlib.util.find_spec(name) is None for name in ("venv", "ensurepip")):
        raise Failure(
            f"{sys.executable} lacks venv or pip; install them "
            "(Debian, Ubuntu: apt-get install python3-venv) and run this again"
        )
    say("making .venv")
    # From inside an environment, the interpreter that it was made with: --clear deletes it.
    base = getattr(sys, "_base_executable", None) or sys.executable
    command = [base, "-m", "venv", "--clear", str(VENV)]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0:
        text = (done.stdout + done.stderr).decode("utf-8", "replace").strip()
        raise Failure(f"{VENV} could not be made:\n{text}")


def install_packages() -> None:
    """Install the project and its tests' packages as pinned; raises Failure."""
    say("installing packages; the first time takes some minutes, 1.5 GB and the network")
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    command += ["-c", "constraints.txt", "-e", ".[test]"]
    began = time.monotonic()
    pip = subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    with LOG.open("w", encoding="utf-8") as log:
        for line in pip.stdout or ():
            log.write(line)
            show(line, int(time.monotonic() - began))
    pip.wait()
    show("", 0)
    if pip.returncode == 0:
        say(f"packages are in place after {time.monotonic() - began:.0f} s")
        return
    text = LOG.read_text(encoding="utf-8")
    end = "\n".join(text.strip().splitlines()[-12:])
    problem = "pip could not install the packages"
    if any(sign in text for sign in NETWORK_TROUBLE):
        problem += ": the package index does not answer; check the network and pip's settings"
    raise Failure(f"{problem}. All of pip's output is in {LOG}; its end:\n{end}")


def show(line: str, seconds: int) -> None:
    """Keep one changing line about pip's progress, on a terminal only."""
    words = line.split()
    if sys.stdout.isatty() and (not words or words[0] in ("Collecting", "Installing", "Building")):
        text = f"  {seconds:4d} s  {' '.join(words[:2])}" if words else ""
        print(f"\r{text[:70]:70}", end="" if words else "\r", flush=True)


def follow(command: list[str]) -> int:
    """Run `command` in the project's root and return its exit code."""
    path = os.pathsep.join([str(BIN), os.environ.get("PATH", os.defpath)])
    environment = {**os.environ, "PATH": path, "VIRTUAL_ENV": str(VENV)}
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        while True:
            try:
                code = process.wait()
                return code if code >= 0 else 128 - code
            except KeyboardInterrupt:
                continue  # the terminal told the child as well, and it ends in its own way


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
