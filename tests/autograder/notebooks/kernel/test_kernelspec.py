"""Where the confined kernel is found, and by what it cannot be replaced."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager

from autograder.notebooks.kernel import kernelspec
from autograder.notebooks.kernel import main as kernel
from autograder.notebooks.kernel.confinement import KernelError, copied


def test_it_is_installed_below_a_prefix(tmp_path: Path) -> None:
    """Jupyter finds it by its name; installing again replaces it."""
    for _ in range(2):
        folder = kernelspec.install(("numpy", "torch"), prefix=tmp_path)
    manager = KernelSpecManager(kernel_dirs=[str(tmp_path / "share/jupyter/kernels")])
    found = manager.get_kernel_spec(kernelspec.NAME)
    assert Path(found.resource_dir) == folder
    assert found.argv[1:4] == ["-I", "-m", "autograder.notebooks.kernel"]
    assert found.interrupt_mode == "message"


def test_a_course_has_its_own_python3(tmp_path: Path) -> None:
    """Nothing outside the course's folder changes."""
    folder = kernelspec.install(("numpy",), course=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [".jupyter"]
    content = json.loads((folder / "kernel.json").read_text())
    assert content["argv"][content["argv"].index("--packages") + 1] == "numpy"
    found = KernelSpecManager(kernel_dirs=[str(folder.parent)]).get_kernel_spec("python3")
    assert found.argv == content["argv"]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """In one line."""
    (tmp_path / "share").write_text("a file")
    with pytest.raises(KernelError, match="could not be installed"):
        kernelspec.install(("numpy",), prefix=tmp_path)


def test_what_is_no_connection_file_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code and one line for Jupyter's log."""
    (tmp_path / "connection.json").write_text("[]")
    code = kernel.main(["-f", str(tmp_path / "connection.json")])
    assert code == kernel.NOT_CONFINED
    assert capsys.readouterr().err.count("\n") == 1


def test_links_notebooks_and_hidden_files_are_not_shared(tmp_path: Path) -> None:
    """And a folder that holds too much is refused."""
    (tmp_path / "secret").write_text("1")
    folder = tmp_path / "work"
    (folder / "deep").mkdir(parents=True)
    for name in ("a.py", ".env", "nb.ipynb", "deep/b.txt"):
        (folder / name).write_text(name)
    (folder / "link").symlink_to(tmp_path / "secret")
    (folder / "up").symlink_to(tmp_path)
    assert copied(folder) == {"a.py": b"a.py", "deep/b.txt": b"deep/b.txt"}
    assert copied(folder, "deep") == {"a.py": b"a.py"}  # shown by itself, as data
    for number in range(2001):
        (folder / f"{number}.txt").touch()
    with pytest.raises(KernelError, match="too many files"):
        copied(folder)
