"""What the students' zip holds, and what it must never hold."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from autograder.core.layout import Assignment, list_assignments
from autograder.core.manifest import ManifestError
from autograder.notebooks.authored.student import student_notebook
from autograder.release import ReleaseError, generate, release, sync
from autograder.release.bundle import secrets
from autograder.release.leaks import leaks

ROOT = Path(__file__).resolve().parents[3]


def read(archive: Path) -> dict[str, str]:
    """Return the zip's files by path below its only folder; what is no text gets marks in it."""
    with zipfile.ZipFile(archive) as file:
        return {
            name.partition("/")[2]: file.read(name).decode("utf-8", "replace")
            for name in file.namelist()
        }


def secret_lines(place: Assignment) -> set[str]:
    """Collect, by reading the files anew, every telling line that students must not get."""
    given = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in (place.public_tests, ROOT / "studentkit")
        for path in folder.rglob("*.py")
    )
    given += "\n".join(content.decode("utf-8") for content in generate(place.solution).values())
    known = {line.strip() for line in given.splitlines()}
    lines: list[str] = []
    for path in [*place.hidden_tests.rglob("*.py"), place.mistakes, place.designs]:
        if path.is_file():
            lines += path.read_text(encoding="utf-8").splitlines()
    for path in place.solution.rglob("*.py"):
        inside = False
        for line in path.read_text(encoding="utf-8").splitlines():
            if "BEGIN SOLUTION" in line or "END SOLUTION" in line:
                inside = "BEGIN" in line
            elif inside or line.endswith("# SOLUTION"):
                lines.append(line.removesuffix("# SOLUTION"))
    return {line.strip() for line in lines if len(line.strip()) > 30 and line.strip() not in known}


def test_the_zip_holds_one_folder_with_everything_a_student_needs(
    project: Path, tmp_path: Path
) -> None:
    """Handout, manifest, skeleton, public tests and kit are there, and nothing else."""
    archive = release("tiny", project, tmp_path / "out")
    with zipfile.ZipFile(archive) as file:
        assert {name.partition("/")[0] for name in file.namelist()} == {"tiny"}
    files = read(archive)
    own = {path for path in files if not path.startswith("studentkit/")}
    assert own == {
        "README.md",
        "assignment.toml",
        "collect_submission.py",
        "configs/best.yaml",
        "conftest.py",
        "main.py",
        "nets/__init__.py",
        "nets/core.py",
        "pytest.ini",
        "tests/__init__.py",
        "tests/test_layer.py",
        "tests/test_squash.py",
    }
    assert "studentkit/plugin.py" in files
    facts = json.loads(files["studentkit/skeleton.json"])
    assert "nets.core.Layer.forward" in [
        one["name"] for one in facts["files"]["nets/core.py"]["functions"]
    ]


def test_nothing_hidden_is_in_the_zip(project: Path, tmp_path: Path) -> None:
    """No line of a hidden test, of a known mistake or of the solution gets out."""
    files = read(release("tiny", project, tmp_path / "out"))
    everything = "\n".join(files.values())
    for secret in (
        "31337",
        "0.2449186",
        "canary",
        "forgets_the_scale",
        "product_with_weights",
        "magnitude_of_argument",
        "0.90625",
        "STEEPNESS_OF_THE_STAFF",
        "the middle one",
        "SOLUTION",
    ):
        kit = "\n".join(text for path, text in files.items() if path.startswith("studentkit/"))
        assert secret not in everything.replace(kit, "")
    shown = {path: text.encode() for path, text in files.items()}
    assert leaks(shown, secrets(Assignment(project, "tiny"))) == []


def test_the_same_project_gives_the_same_bytes(project: Path, tmp_path: Path) -> None:
    """Two releases of one state are one file."""
    first = release("tiny", project, tmp_path / "one").read_bytes()
    assert release("tiny", project, tmp_path / "two").read_bytes() == first


LEAKS = {
    "assignments/tiny/README.md": "return math.copysign(math.tanh(magnitude_of_argument), x)",
    "solutions/tiny/main.py": '"""The scale divides the argument before anything else happens."""',
    "tests/tiny/public/test_squash.py": "    product_with_weights = np.asarray(x) @ self.weights",
}


@pytest.mark.parametrize("path", sorted(LEAKS))
def test_a_leak_stops_the_release(project: Path, tmp_path: Path, path: str) -> None:
    """Where a secret line stands in any public file, no zip is written and the place is named."""
    with (project / path).open("a") as file:
        file.write(f"{LEAKS[path]}\n")
    with pytest.raises(ReleaseError, match=r"would give away: .*:\d+ is a line of"):
        release("tiny", project, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_hidden_files_name_is_a_leak(project: Path) -> None:
    """A file with a hidden test's name is refused, whatever it holds."""
    files = {"notes/test_bias_canary.py": b""}
    assert leaks(files, secrets(Assignment(project, "tiny"))) == [
        "notes/test_bias_canary.py has the name of a hidden file; remove it"
    ]


def test_a_file_that_comes_twice_stops_the_release(project: Path, tmp_path: Path) -> None:
    """A skeleton's README.md must not replace the handout."""
    (project / "solutions" / "tiny" / "README.md").write_text("another\n")
    with pytest.raises(ReleaseError, match=r"README\.md comes twice"):
        release("tiny", project, tmp_path / "out")


def test_a_link_in_the_solution_stops_the_release(project: Path, tmp_path: Path) -> None:
    """Links are not followed into the zip."""
    (project / "solutions" / "tiny" / "extra.py").symlink_to(project / "tests/tiny/mistakes.py")
    with pytest.raises(ReleaseError, match=r"extra\.py: a link"):
        release("tiny", project, tmp_path / "out")


def test_a_broken_manifest_is_found_before_students_find_it(project: Path, tmp_path: Path) -> None:
    """The manifest is read in full before it is given out."""
    manifest = project / "assignments" / "tiny" / "assignment.toml"
    manifest.write_text(manifest.read_text().replace("points = 6", "points = -6"))
    with pytest.raises(ManifestError, match="points"):
        release("tiny", project, tmp_path / "out")


def test_sync_writes_checks_and_cleans(project: Path) -> None:
    """`check` reports and writes nothing; sync writes byte for byte and deletes what is stale."""
    skeleton = project / "student_skeleton" / "tiny"
    missing = sync("tiny", project, check=True)
    assert "student_skeleton/tiny/nets/core.py: new" in missing
    assert not skeleton.exists()
    assert sync("tiny", project) == missing
    assert sync("tiny", project, check=True) == []
    (skeleton / "old").mkdir()
    (skeleton / "old" / "gone.py").write_text("x = 1\n")
    (skeleton / "main.py").write_bytes(b"print('edited')\r\n")
    assert sync("tiny", project, check=True) == [
        "student_skeleton/tiny/main.py: changed",
        "student_skeleton/tiny/old/gone.py: stale",
    ]
    sync("tiny", project)
    assert not (skeleton / "old").exists()
    written = {
        path.relative_to(skeleton).as_posix(): path.read_bytes()
        for path in skeleton.rglob("*")
        if path.is_file()
    }
    assert written == generate(project / "solutions" / "tiny")


def test_data_of_the_staff_is_not_source(project: Path) -> None:
    """Scripts that fetch data are part of the skeleton; the data itself is not."""
    folder = project / "solutions" / "tiny" / "data"
    folder.mkdir()
    (folder / "fetch.py").write_text("print('fetch')\n")
    (folder / "train.csv").write_text("1,2,3\n")
    files = generate(project / "solutions" / "tiny")
    assert "data/fetch.py" in files
    assert "data/train.csv" not in files


@pytest.mark.slow
@pytest.mark.parametrize("place", list_assignments(ROOT), ids=lambda place: place.id)
def test_every_assignment_of_this_project_can_be_released(
    place: Assignment, tmp_path: Path
) -> None:
    """The real assignments give nothing away, searched independently of the release's own check."""
    notebook = student_notebook(place) if place.notebook.is_file() else None
    files = read(release(place.id, ROOT, tmp_path, notebook=notebook))
    hidden = secret_lines(place)
    assert hidden, "there is nothing to hide, so nothing was tested"
    given = {line.strip() for text in files.values() for line in text.splitlines()}
    assert not hidden & given
    assert not [path for path in files if "hidden" in path or "mistakes" in path]
    assert not [path for path in files if path.endswith((".safetensors", ".pt", ".pth"))]
