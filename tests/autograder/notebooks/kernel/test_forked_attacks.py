"""What hostile notebooks try in a kernel that is a fork of a warm parent, in every tier."""

from __future__ import annotations

import os
import socket
import textwrap
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook

import autograder
from autograder.core.manifest import Limits
from autograder.notebooks.kernel import execute, warm
from autograder.notebooks.kernel.warm import Kernels
from autograder.sandbox import tiers
from autograder.sandbox.tiers import Tier

from .conftest import SECRET

pytestmark = pytest.mark.slow  # real kernels, one for each attack

LIMITS = Limits(memory_mb=3000)

Run = Callable[..., list[str]]


@pytest.fixture
def run(kernels: Kernels) -> Run:
    """Run cells and return what each showed: `run(cell, …, seconds=60)`."""

    def cells(*sources: str, seconds: float = 60) -> list[str]:
        given = new_notebook(cells=[new_code_cell(textwrap.dedent(one)) for one in sources])
        done = execute.run(given, {"own.py": b"value = 7\n"}, LIMITS, kernels, cell_seconds=seconds)
        return [
            "".join(
                output.get("text") or f"{output.get('ename')}: {output.get('evalue')}"
                for output in cell.outputs
            )
            for cell in done.notebook.cells
        ]

    return cells


def test_it_reads_and_writes_nothing_but_its_own_folder(run: Run, course: Path) -> None:
    """Gradebook, master notebook, this project, the grader's processes; a plain read shows them."""
    targets = [course / "gradebook.db", course / "source/ps1/ps1.ipynb"]
    targets += [Path(autograder.__file__).with_name("cli.py")]
    targets += [Path("/etc/passwd"), Path(f"/proc/{os.getpid()}/environ"), Path("/proc/1/root")]
    assert SECRET in targets[0].read_text()
    said = run(
        f"""
        import os, own
        for path in {[str(path) for path in targets]}:
            for mode in ("r", "a"):
                try:
                    open(path, mode).read()
                    print("OPENED", path, mode)
                except OSError as error:
                    print("no")
        try: print("LISTED", os.listdir({str(course)!r}))
        except OSError: print("no")
        print(own.value, open("own.py").read())
        """
    )[0]
    assert "OPENED" not in said and "LISTED" not in said and SECRET not in said
    assert said.count("no\n") == 13 and "7 value = 7" in said
    assert (course / "gradebook.db").read_text() == SECRET


def test_it_sees_no_other_notebook(run: Run, tier: Tier) -> None:
    """One that runs at the same time has its own folder, and nothing of it is found by name."""
    first: list[str] = []
    slow = "open('mine.txt', 'w').write('x'); import time; time.sleep(2)"
    with Kernels(tier) as others:
        beside = threading.Thread(target=lambda: first.extend(run_in_thread(others, slow)))
        beside.start()
        said = run(
            """
        import os, pathlib, time
        time.sleep(0.7)
        own = pathlib.Path.cwd()
        found = []
        for place in (own.parent, own.parent.parent, pathlib.Path("/tmp"), pathlib.Path("/home")):
            for folder, _, names in os.walk(place):
                if pathlib.Path(folder) != own: found += [n for n in names if n == "mine.txt"]
        print(found)
        """
        )
        beside.join()
    assert said == ["[]\n"] and first == ["done"]


def run_in_thread(kernels: Kernels, source: str) -> list[str]:
    """Run one notebook in a thread, which needs an event loop of its own."""
    import asyncio

    asyncio.set_event_loop(asyncio.new_event_loop())
    given = new_notebook(cells=[new_code_cell(source)])
    done = execute.run(given, {}, LIMITS, kernels)
    return ["done"] if not done.notes else list(done.notes)


def test_it_reaches_no_socket(run: Run, tmp_path: Path) -> None:
    """TCP, unix streams, and datagrams that need no connection: addressed by path."""
    stream, datagrams = tmp_path / "stream", tmp_path / "datagrams"
    with (
        socket.socket() as tcp,
        socket.socket(socket.AF_UNIX) as unix,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as box,
    ):
        tcp.bind(("127.0.0.1", 0))
        unix.bind(str(stream))
        box.bind(str(datagrams))
        for one in (tcp, unix):
            one.listen()
        for other in (tcp, unix, box):
            other.settimeout(0.2)
        said = run(
            f"""
            import ctypes, os, socket, stat
            libc = ctypes.CDLL(None, use_errno=True)
            def attempt(what, act):
                try: print(what, "DID", act())
                except OSError: print("no")
            attempt("tcp", lambda: socket.create_connection(("127.0.0.1", {tcp.getsockname()[1]})))
            attempt("unix", lambda: socket.socket(socket.AF_UNIX).connect({str(stream)!r}))
            attempt("pair", lambda: [one.sendto(b"x", {str(datagrams)!r})
                    for one in socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)])
            attempt("pair", lambda: [one.sendmsg([b"x"], [], 0, {str(datagrams)!r})
                    for one in socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)])
            attempt("stream", lambda: [one.sendto(b"x", {str(datagrams)!r})
                    for one in socket.socketpair()])
            for n in range(3, 256):
                try:
                    if stat.S_ISSOCK(os.fstat(n).st_mode):
                        one = socket.socket(fileno=os.dup(n))
                        attempt("own", lambda: one.sendto(b"x", {str(datagrams)!r}))
                        attempt("own", lambda: one.sendmsg([b"x"], [], 0, {str(datagrams)!r}))
                        attempt("own", lambda: one.connect({str(stream)!r}))
                        one.close()
                except OSError: pass
            """
        )[0]
        assert "DID" not in said and said.count("no\n") >= 8
        for listening in (tcp, unix):
            with pytest.raises(TimeoutError):
                listening.accept()
        with pytest.raises(TimeoutError):
            box.recv(1)


@pytest.mark.parametrize(
    "attempt",
    [
        "os.fork()",
        "os.execv('/bin/sh', ['sh'])",
        "os.posix_spawn('/bin/true', ['true'], {})",
        "assert ctypes.CDLL(None).syscall(57) > 0",
        "assert ctypes.CDLL(None).unshare(0x10000000) == 0",
        "assert ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0) == 0",
    ],
)
def test_it_makes_and_traces_no_process(attempt: str, run: Run) -> None:
    """No fork bomb, no program, no way into its parent."""
    assert "Error" in run(f"import ctypes, os\n{attempt}")[0]


def test_it_signals_nobody(run: Run, kernels: Kernels) -> None:
    """Its parent, the grader, and everyone: each stays alive, and the next notebook runs."""
    parent = [one.pid for one in psutil.Process().children(recursive=True)]
    said = run(
        f"""
        import os, signal
        for pid in [{os.getpid()}, os.getppid(), *{parent}]:
            if pid > 1:
                try: os.kill(pid, signal.SIGKILL); print("KILLED", pid)
                except OSError: print("no")
        """
    )[0]
    assert "KILLED" not in said and kernels.alive()
    assert all(psutil.pid_exists(pid) for pid in parent)
    assert run("print('next')") == ["next\n"]


def test_where_signals_would_reach_others_it_sends_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """In tier C on an older kernel of Linux; interrupts fail too, and a hang costs a new kernel."""
    monkeypatch.setattr(warm, "landlock_abi", lambda: 5)
    cells = ["import os\nos.kill(os.getpid(), 0)", "x = 5", "while True: pass", "print(x)"]
    given = new_notebook(cells=[new_code_cell(one) for one in cells])
    with Kernels(tiers.probe(tiers.Level.C)) as kernels:
        done = execute.run(given, {}, LIMITS, kernels, cell_seconds=2)
    first, _, hung, last = done.notebook.cells
    assert first.outputs[0].ename == "PermissionError"
    assert hung.outputs[-1].evalue == "stopped after 2 seconds"
    assert last.outputs[0].text == "5\n"


def test_nothing_of_it_stays(run: Run) -> None:
    """Startup files, changed modules, the random state: the next kernel begins as the first did."""
    plant = """
        import os, pathlib, sys
        for folder in (pathlib.Path.home(), pathlib.Path("/tmp"), pathlib.Path(".")):
            try:
                startup = folder / ".ipython/profile_default/startup"
                startup.mkdir(parents=True, exist_ok=True)
                (startup / "00.py").write_text("planted = True")
                (folder / "sitecustomize.py").write_text("planted = True")
                (folder / "own.py").write_text("planted = True")
            except OSError: pass
        import numpy
        numpy.planted = True
        os.environ["PLANTED"] = "1"
    """
    look = """
        import numpy, os, own
        print("planted" in globals(), hasattr(own, "planted"), hasattr(numpy, "planted"),
              "PLANTED" in os.environ, own.value)
    """
    run(plant)
    assert run(look) == ["False False False False 7\n"]


def test_memory_ends_at_its_bound(run: Run) -> None:
    """An error of the cell; the kernel goes on."""
    hoard = "hoard = []\nwhile True: hoard.append(bytearray(10**8))"
    said = run(hoard, "hoard.clear(); print(1 + 1)")
    assert "MemoryError" in said[0] and said[1] == "2\n"


def test_the_disk_ends_at_its_bound(run: Run, tmp_path: Path) -> None:
    """An error of the cell, or where nothing else bounds a folder the end of the kernel."""
    fill = (
        "import itertools\nfor n in itertools.count(): open(f'{n}.bin', 'wb').write(bytes(10**6))"
    )
    said = run("x = 5", fill, "print(x)", seconds=20)
    assert "No space left" in said[1] or "the kernel was killed" in said[1]
    assert said[2] == "5\n"
    large = run("f = open('one', 'wb'); f.seek(10**9); f.write(b'1'); f.flush()")
    assert "File too large" in large[0]


def test_flooding_the_sockets_costs_its_cell(run: Run) -> None:
    """Bytes past ipykernel end the kernel, not the grader."""
    flood = """
        import os, stat
        frame = b"\\x03" + (1 << 62).to_bytes(8, "big") + b"x" * 65536
        while True:
            for n in range(3, 256):
                try:
                    if stat.S_ISSOCK(os.fstat(n).st_mode): os.write(n, frame)
                except OSError: pass
    """
    said = run("x = 1", flood, "print(x)")
    assert "the kernel was ended" in said[1] and said[2] == "1\n"


def test_processor_time_ends_at_its_bound(kernels: Kernels) -> None:
    """Even where a loop lets no interrupt through; the kernel's own time is what counts."""
    burn = "import signal\nfor n in (2, 24): signal.signal(n, signal.SIG_IGN)\nwhile True: pass"
    given = new_notebook(cells=[new_code_cell(burn), new_code_cell("print(1)")])
    done = execute.run(given, {}, LIMITS, kernels, cell_seconds=3, notebook_seconds=20)
    assert done.seconds < 120
    assert done.notebook.cells[1].outputs[0].text == "1\n"


def test_no_child_is_left(run: Run, kernels: Kernels) -> None:
    """Threads that will not end, handlers that ignore: all gone with the notebook."""
    before = len(psutil.Process().children(recursive=True))
    run(
        """
        import atexit, signal, threading, time
        for n in (15, 2, 1): signal.signal(n, signal.SIG_IGN)
        def stay():
            while True: time.sleep(0.1)
        threading.Thread(target=stay).start(); atexit.register(stay)
        """
    )
    assert len(psutil.Process().children(recursive=True)) == before
