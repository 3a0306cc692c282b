"""Tells Jupyter and nbgrader about the confined kernel."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager

from autograder.core.files import write_text
from autograder.notebooks.kernel.confinement import Bounds, KernelError

NAME = "python3-confined"
COURSE_FOLDER = ".jupyter"  # below a course: what JUPYTER_PATH names there


def spec(
    packages: Sequence[str],
    bounds: Bounds | None = None,
    data: Path | None = None,
    data_mount: str = "data",
) -> dict[str, Any]:
    """Return the content of `kernel.json` for a kernel that shows `packages` and `data`."""
    bounds = bounds or Bounds()
    # `-I`: without it Python would import the modules of the kernel's guard, which is not
    # confined, from the folder it is started in, and that is the student's.
    argv = [sys.executable, "-I", "-m", "autograder.notebooks.kernel", "-f", "{connection_file}"]
    argv += ["--packages", ",".join(packages)]
    argv += ["--memory-mb", str(bounds.memory_mb), "--cpu-seconds", str(bounds.cpu_seconds)]
    argv += ["--disk-mb", str(bounds.disk_mb), "--output-mb", str(bounds.output_mb)]
    if data is not None:
        argv += ["--data", str(data.resolve()), "--data-mount", data_mount]
    return {
        "argv": argv,
        "display_name": "Python 3 (confined)",
        "language": "python",
        "interrupt_mode": "message",  # a signal would reach the guard, not the kernel
        "metadata": {"debugger": False},
    }


def install(
    packages: Sequence[str],
    *,
    name: str = NAME,
    user: bool = False,
    prefix: Path | None = None,
    course: Path | None = None,
    bounds: Bounds | None = None,
    data: Path | None = None,
) -> Path:
    """Install the kernel for Jupyter; returns the folder of its `kernel.json`.

    With `user` for this user, with `prefix` below it, otherwise for this Python. With `course`
    it takes the place of `python3` for that nbgrader course and for nothing else, given the lines
    that `course_lines` returns. Raises KernelError where a place cannot be written.
    """
    content = spec(packages, bounds, data)
    try:
        if course is not None:
            folder = course.resolve() / COURSE_FOLDER / "kernels" / "python3"
            folder.mkdir(parents=True, exist_ok=True)
            write_text(folder / "kernel.json", json.dumps(content, indent=1) + "\n")
            return folder
        with tempfile.TemporaryDirectory() as source:
            Path(source, "kernel.json").write_text(json.dumps(content, indent=1) + "\n")
            Path(source).chmod(0o755)
            where = None if user else str(prefix or sys.prefix)
            manager = KernelSpecManager()
            return Path(manager.install_kernel_spec(source, name, user=user, prefix=where))
    except (OSError, ValueError) as error:
        raise KernelError(f"the kernel could not be installed: {error}") from None


def page_lines() -> str:
    """Return what an `nbgrader_config.py` needs so that no page runs what students wrote.

    Written questions are read in a browser, with the rights of the person who grades.
    """
    return 'c.HTMLExporter.preprocessors = ["autograder.notebooks.nbgrader.page.Disarmed"]\n'


def course_lines() -> str:
    """Return what an `nbgrader_config.py` needs so that the course's `python3` is confined.

    The name is fixed there too: a submission names its kernel itself, and could name another.
    """
    return (
        "# Student notebooks run in a confined kernel (autograder kernel install --course)\n"
        "import os\n"
        "from pathlib import Path\n"
        f'_kernels = str(Path(__file__).resolve().parent / "{COURSE_FOLDER}")\n'
        'if _kernels not in os.environ.get("JUPYTER_PATH", "").split(os.pathsep):\n'
        '    _others = os.environ.get("JUPYTER_PATH", "")\n'
        '    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [_kernels, _others]))\n'
        'c.Execute.kernel_name = "python3"\n'
    ) + page_lines()


def is_set_up(course: Path) -> bool:
    """Tell whether the course's `nbgrader_config.py` has those lines already."""
    config = course / "nbgrader_config.py"
    return config.is_file() and course_lines() in config.read_text("utf-8", errors="replace")


class OneSpec(KernelSpecManager):
    """Knows a single kernel, whatever it is asked for: nothing installed can take its place."""

    def __init__(self, content: dict[str, Any]) -> None:
        """Take the content of a `kernel.json`."""
        super().__init__()
        self._content = content

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return the one kernel."""
        del kernel_name
        return KernelSpec(resource_dir=os.devnull, **self._content)
