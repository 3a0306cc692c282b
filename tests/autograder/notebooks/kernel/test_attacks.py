"""What hostile notebooks try, through a real kernel and a real client."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import psutil
import pytest

from autograder.notebooks.kernel import main as kernel_module
from autograder.notebooks.kernel.confinement import Bounds

from .conftest import SECRET, Start

pytestmark = [pytest.mark.bubblewrap, pytest.mark.slow]  # real kernels, one for each attack


def readings(course: Path) -> str:
    """Code that prints what it could read of the course, of the machine, of this project."""
    targets = [
        course / "source/ps1/ps1.ipynb",
        course / "gradebook.db",
        course / "autograded/bob/ps1/ps1.ipynb",
        course / "autograded/alice/ps1/ps1.ipynb",
        Path("/etc/passwd"),
        Path("/proc/1/environ"),
        Path(kernel_module.__file__),
    ]
    return textwrap.dedent(f"""
        import glob, os
        paths = {[str(path) for path in targets]} + ["link", "folder/ps1/ps1.ipynb", "ps1.ipynb"]
        paths += glob.glob(f"/proc/{{os.getppid()}}/root{course}/gradebook.db")
        for path in paths:
            try:
                print("READ", path, open(path).read()[:30])
            except OSError as error:
                print("no", path, type(error).__name__)
    """)


def test_it_reads_nothing_but_its_own_folder(course: Path, start: Start) -> None:
    """Master notebook, gradebook, other students, links to them, the notebook with hidden tests."""
    kernel = start(course / "autograded/alice/ps1")
    said = kernel.run(readings(course))
    assert "READ" not in said and SECRET not in said
    assert said.count("no ") == 10
    own = (
        "import helper, pathlib as p\n"
        "print(helper.value, open('data/small.csv').read())\n"
        "print(len(p.Path('data/big.bin').read_bytes()))"
    )
    assert kernel.run(own).split() == ["7", "1,2", "3000000"]


def test_a_plain_kernel_reads_it_all(course: Path, start: Start) -> None:
    """Otherwise the attack above would prove nothing."""
    said = start(course / "autograded/alice/ps1", plain=True).run(readings(course))
    assert said.count("READ") >= 8 and SECRET in said


def test_what_it_writes_stays_inside(course: Path, start: Start) -> None:
    """Neither the gradebook nor its own folder changes; what it writes for itself it can read."""
    alice = course / "autograded/alice/ps1"
    before = {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}
    kernel = start(alice)
    said = kernel.run(
        textwrap.dedent(f"""
        for path in ({str(course / "gradebook.db")!r}, "link", "data/big.bin", "/usr/x"):
            try:
                print("WROTE", path, open(path, "a").write("100 points"))
            except OSError as error:
                print("no", path)
        open("helper.py", "w").write("value = 100")
        open("new.txt", "w").write("new")
        print(open("new.txt").read())
        """)
    )
    assert said.split()[-1] == "new" and "WROTE link" in said  # an ordinary new file, in its copy
    assert "WROTE /" not in said and "WROTE data" not in said
    kernel.manager.shutdown_kernel()
    assert before == {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.create_connection(('127.0.0.1', {port}))",
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
        "import socket; socket.socket(socket.AF_UNIX).connect('/tmp/x')",
        "import ctypes; print(ctypes.CDLL(None).socket(2, 1, 0)); 1 / 0",
        "import socket, glob, os\nfor n in range(3, 64):\n"
        "    try:\n        s = socket.socket(fileno=os.dup(n)); s.shutdown(2)\n"
        "        s.connect(('127.0.0.1', {port}))\n"
        "    except OSError as error: print(error)\n    else: print('CONNECTED')\n1 / 0",
    ],
    ids=["tcp", "udp", "unix", "ctypes", "inherited"],
)
def test_it_reaches_no_network(attempt: str, course: Path, start: Start) -> None:
    """No socket can be made, and those it has cannot be turned into others."""
    import socket

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.settimeout(0.5)
        kernel = start(course / "autograded/alice/ps1")
        kernel.send(attempt.replace("{port}", str(listening.getsockname()[1])))
        with pytest.raises(TimeoutError):
            listening.accept()


def test_a_startup_file_is_gone_with_its_kernel(course: Path, start: Start) -> None:
    """The next kernel has a home of its own, and so has this user."""
    plant = textwrap.dedent("""
        import os, pathlib
        for folder in (pathlib.Path.home(), pathlib.Path("/tmp"), pathlib.Path(".")):
            startup = folder / ".ipython/profile_default/startup"
            startup.mkdir(parents=True, exist_ok=True)
            (startup / "00.py").write_text("planted = True")
            (folder / "sitecustomize.py").write_text("planted = True")
            (folder / "helper.py").write_text("planted = True")
        print("done", os.environ["HOME"])
    """)
    first = start(course / "autograded/alice/ps1")
    assert first.run(plant).startswith("done /")
    first.manager.shutdown_kernel()
    second = start(course / "autograded/alice/ps1")
    said = second.run(
        "import helper, os; print('planted' in globals(), hasattr(helper, 'planted'),"
        " os.path.exists('/tmp/.ipython/profile_default/startup/00.py'))"
    )
    assert said.split() == ["False", "False", "False"]


@pytest.mark.parametrize(
    "attempt",
    [
        "import os\nwhile True: os.fork()",
        "import subprocess; subprocess.run(['/bin/sh', '-c', 'true'])",
        "import os; os.execv('/bin/sh', ['sh'])",
        "import os; os.posix_spawn('/bin/true', ['true'], {})",
        "import multiprocessing as m; m.get_context('fork').Process(target=print).start()",
        "import ctypes; assert ctypes.CDLL(None).syscall(57) > 0",
        "import ctypes; assert ctypes.CDLL(None).unshare(0x10000000) == 0",
    ],
    ids=["fork", "subprocess", "exec", "spawn", "multiprocessing", "syscall", "unshare"],
)
def test_it_makes_no_process(attempt: str, course: Path, start: Start) -> None:
    """A fork bomb fails at its first fork."""
    kernel = start(course / "autograded/alice/ps1")
    before = len(kernel.guard.children(recursive=True))
    said = kernel.run(attempt)
    assert "Error" in said
    assert len(kernel.guard.children(recursive=True)) == before


def test_memory_and_disk_end_at_their_bounds(course: Path, start: Start) -> None:
    """Each is an error of the cell; the kernel goes on."""
    kernel = start(course / "autograded/alice/ps1", bounds=Bounds(memory_mb=1500, disk_mb=32))
    assert "MemoryError" in kernel.run("hoard = []\nwhile True: hoard.append(bytearray(10**8))")
    assert kernel.run("hoard.clear(); print(1 + 1)") == "2\n"
    filling = (
        "import itertools\nfor n in itertools.count(): open(f'{n}.bin', 'wb').write(bytes(10**6))"
    )
    assert "No space left" in kernel.run(filling)
    assert "File too large" in kernel.run(
        "f = open('/tmp/one', 'wb'); f.seek(10**9); f.write(b'1'); f.flush()"
    )
    assert kernel.run("print(1 + 1)") == "2\n"


def test_threads_end_at_a_bound(course: Path, start: Start) -> None:
    """Addresses are what they run out of."""
    kernel = start(course / "autograded/alice/ps1", bounds=Bounds(memory_mb=1500))
    said = kernel.run(
        "import threading, time\nn = 0\nwhile True:\n"
        "    threading.Thread(target=time.sleep, args=(5,), daemon=True).start(); n += 1"
    )
    assert "can't start new thread" in said
    assert int(kernel.run("print(n)", 60)) < 1000


def test_it_cannot_signal_anyone_outside(course: Path, start: Start) -> None:
    """Everything that it can see and kill is itself."""
    kernel = start(course / "autograded/alice/ps1")
    guard = kernel.guard
    kernel.run(
        f"GUARD = {guard.pid}\nimport os, signal\n"
        "for pid in {os.getppid(), 1, GUARD}:\n"
        "    try: os.kill(pid, signal.SIGKILL)\n"
        "    except OSError: pass\n"
    )
    assert guard.is_running() and kernel.run("print('alive')") == "alive\n"
    kernel.send("os.kill(0, signal.SIGKILL); os.kill(-1, signal.SIGKILL)")
    assert kernel.exit_code(2) in (None, 128 + signal.SIGKILL)  # the first of its namespace lives
    assert guard.is_running() is (kernel.exit_code(0) is None)


def test_output_without_end_ends_the_kernel(course: Path, start: Start) -> None:
    """The guard counts, so that no client has to store it."""
    kernel = start(course / "autograded/alice/ps1", bounds=Bounds(output_mb=4))
    kernel.send("while True: print('x' * 100_000)")
    assert kernel.exit_code() == kernel_module.TALKED_TOO_MUCH


def test_bytes_past_the_protocol_do_no_harm_outside(course: Path, start: Start) -> None:
    """A frame that claims to be enormous, written to the sockets themselves."""
    kernel = start(course / "autograded/alice/ps1", bounds=Bounds(output_mb=4))
    kernel.send(
        "import os, socket, stat\n"
        "frame = b'\\x03' + (1 << 62).to_bytes(8, 'big') + b'x' * 65536\n"
        "while True:\n    for n in range(3, 256):\n"
        "        try:\n"
        "            if stat.S_ISSOCK(os.fstat(n).st_mode): os.write(n, frame)\n"
        "        except OSError: pass\n"
    )
    assert kernel.exit_code() in (kernel_module.NO_JUPYTER, kernel_module.TALKED_TOO_MUCH)
    assert start(course / "autograded/alice/ps1").run("print(1)") == "1\n"


def test_processor_time_ends_at_its_bound(course: Path, start: Start) -> None:
    """Even where a loop lets no interrupt through."""
    kernel = start(course / "autograded/alice/ps1", bounds=Bounds(cpu_seconds=3))
    kernel.send(
        "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "signal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass"
    )
    assert kernel.exit_code(30) in (128 + signal.SIGXCPU, 128 + signal.SIGKILL)


@pytest.mark.parametrize("transport", ["tcp", "ipc"])
def test_nothing_is_left_of_it(transport: str, course: Path, start: Start) -> None:
    """Threads that will not end, handlers that ignore: it is gone with its sandbox."""
    kernel = start(course / "autograded/alice/ps1", transport=transport)
    kernel.run(
        "import signal, threading, atexit, time\n"
        "for n in (15, 2, 1): signal.signal(n, signal.SIG_IGN)\n"
        "def stay():\n    while True: time.sleep(0.1)\n"
        "threading.Thread(target=stay).start(); atexit.register(stay)"
    )
    family = [kernel.guard, *kernel.guard.children(recursive=True)]
    assert len(family) >= 3
    kernel.manager.shutdown_kernel(now=True)
    assert psutil.wait_procs(family, timeout=5)[1] == []
    assert list(Path("/tmp").glob("autograder-kernel-*")) == []


def test_it_ends_with_the_program_that_wanted_it(course: Path) -> None:
    """The client is killed: the guard notices, and takes the kernel with it."""
    program = textwrap.dedent(f"""
        import sys, time
        from jupyter_client.manager import KernelManager
        from autograder.notebooks.kernel import kernelspec
        manager = KernelManager(kernel_spec_manager=kernelspec.OneSpec(kernelspec.spec(["numpy"])))
        manager.start_kernel(cwd={str(course / "autograded/alice/ps1")!r})
        client = manager.client(); client.start_channels(); client.wait_for_ready(60)
        print(manager.provisioner.pid, flush=True)
        time.sleep(60)
    """)
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        guard = psutil.Process(int(owner.stdout.readline()))
        family = [guard, *guard.children(recursive=True)]
        os.kill(owner.pid, signal.SIGKILL)
        assert len(family) >= 3 and psutil.wait_procs(family, timeout=5)[1] == []


def test_the_guard_imports_nothing_of_the_student(course: Path, start: Start) -> None:
    """Modules in the folder that it is started in carry the names of its own imports."""
    alice, proof = course / "autograded/alice/ps1", course / "taken over"
    for name in ("json", "asyncio", "argparse", "zmq", "sitecustomize", "autograder"):
        (alice / f"{name}.py").write_text(f"open({str(proof)!r}, 'w').write('!')\n")
    kernel = start(alice)
    assert kernel.run("print(1)") == "1\n"
    assert not proof.exists()
