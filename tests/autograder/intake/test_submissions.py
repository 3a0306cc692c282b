"""What honest students hand in, and where it is found."""

from __future__ import annotations

import json
import os
import tarfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from packing import EXPECTED, FILES, tarred, write, zipped

from autograder.core.records import Submission, UnreadableSubmission
from autograder.intake import IntakeError, Source, discover, moment, read, read_times


def opened(path: Path) -> Submission:
    """Read the one submission at `path`, which has to succeed."""
    (source,), leftovers = discover([path], expected=EXPECTED)
    found = read(Source.from_json(json.loads(json.dumps(source.to_json()))), expected=EXPECTED)
    assert isinstance(found, Submission), found
    assert not leftovers
    return found


def saved(folder: Path, name: str, content: bytes) -> Path:
    """Write one archive."""
    (folder / name).write_bytes(content)
    return folder / name


def below(prefix: str, files: dict[str, bytes] = FILES) -> dict[str, bytes]:
    """Return `files` in a wrapper folder."""
    return {f"{prefix}/{name}": content for name, content in files.items()}


PACKED = {
    "hw.zip": zipped(FILES),
    "stored.zip": zipped(FILES, zipfile.ZIP_STORED),
    "hw.tar": tarred(FILES, "w"),
    "hw.tar.gz": tarred(FILES, "w:gz"),
    "hw.tgz": tarred(FILES, "w:gz", tarfile.GNU_FORMAT),
    "hw.tar.bz2": tarred(FILES, "w:bz2", tarfile.USTAR_FORMAT),
    "hw.tar.xz": tarred(FILES, "w:xz"),
    "really-a-tar.zip": tarred(FILES),
    "wrapped.zip": zipped(below("Assignment 1")),
    "wrapped-twice.zip": zipped(below("a/b")),
    "mac.zip": zipped({**below("hw"), "__MACOSX/hw/._utils.py": b"\0", "hw/.DS_Store": b"\0"}),
    "windows.zip": zipped({name.replace("/", "\\"): content for name, content in FILES.items()}),
    "inside.zip": zipped({"assignment_1_submission.zip": zipped(FILES)}),
    "tar-inside.zip": zipped({"a/hw.tar.gz": tarred(below("w")), "a/readme.txt": b"see inside"}),
    "twice-inside.zip": zipped({"a.zip": zipped({"b.zip": zipped(below("w"))})}),
    "long-names.tar.gz": tarred(below("w" * 90 + "/" + "v" * 90), "w:gz", tarfile.GNU_FORMAT),
    "environment.zip": zipped({**FILES, **{f".venv/lib/{n}.py": b"x" for n in range(3000)}}),
    "tools.zip": zipped({**FILES, ".git/HEAD": b"x", ".ipynb_checkpoints/main.py": b"x"}),
}


@pytest.mark.parametrize("name", PACKED)
def test_every_usual_packing_yields_the_same_files(name: str, tmp_path: Path) -> None:
    """However it is packed, the same work has the same files and the same digest."""
    found = opened(saved(tmp_path, name, PACKED[name]))
    plain = opened(saved(tmp_path, "plain.zip", zipped(FILES)))
    kept = {path: content for path, content in found.files.items() if path in FILES}
    assert kept == FILES
    assert set(found.files) == set(FILES)
    assert found.digest == plain.digest


def test_a_folder_yields_the_same_files_as_an_archive(tmp_path: Path) -> None:
    """A folder, also with a wrapper, is as good as a zip."""
    plain = opened(write(tmp_path / "ada", FILES))
    wrapped = opened(write(tmp_path / "emmy", {**below("hw"), ".DS_Store": b"\0"}))
    packed = opened(saved(tmp_path, "hw.zip", zipped(FILES)))
    assert plain.files == wrapped.files == packed.files == FILES
    assert plain.digest == wrapped.digest == packed.digest
    assert (plain.name, wrapped.name) == ("ada", "emmy")


def test_a_folder_that_holds_an_archive_is_opened(tmp_path: Path) -> None:
    """Platforms put each student's zip in a folder of its own."""
    write(tmp_path / "class" / "Ada_1_file_", {"hw.zip": zipped(below("hw"))})
    write(tmp_path / "class" / "Emmy_2_file_", FILES)
    sources, _ = discover([tmp_path / "class"], expected=EXPECTED)
    assert [source.name for source in sources] == ["Ada_1_file_", "Emmy_2_file_"]
    for source in sources:
        found = read(source, expected=EXPECTED)
        assert isinstance(found, Submission)
        assert found.files == FILES


def test_data_and_bytecode_stay_out_with_a_note(tmp_path: Path) -> None:
    """The grader brings its own data, and compiled files may not match their source."""
    extra = {
        "data/mnist_train.csv": b"7,0,0\n" * 100,
        "data/raw/t10k": b"x",
        "models/data/loader.py": b"y = 1\n",
        "__pycache__/main.cpython-311.pyc": b"x",
        "models/two.pyc": b"x",
    }
    for files in ({**FILES, **extra}, below("hw", {**FILES, **extra})):
        for path in (
            saved(tmp_path, "a.zip", zipped(files)),
            saved(tmp_path, "a.tar.gz", tarred(files)),
            write(tmp_path / f"folder{len(list(tmp_path.iterdir()))}", files),
        ):
            found = opened(path)
            assert found.files == {**FILES, "models/data/loader.py": b"y = 1\n"}
            assert sorted(note.split()[1] for note in found.notes) == ["Python", "data"]


def test_files_beside_the_code_stay_out_with_a_note(tmp_path: Path) -> None:
    """What lies outside the folder with the code is named."""
    found = opened(saved(tmp_path, "a.zip", zipped({**below("hw/code"), "hw/report.pdf": b"%PDF"})))
    assert found.files == FILES
    assert found.notes == (
        "'hw/report.pdf' left out: it lies outside 'hw/code', where the code is",
    )


def test_an_unusual_submission_is_still_one(tmp_path: Path) -> None:
    """Without any name of the skeleton, what is there is handed on as it is."""
    found = opened(saved(tmp_path, "a.zip", zipped({"w/solution.txt": b"42", "w/b/c.txt": b"1"})))
    assert set(found.files) == {"solution.txt", "b/c.txt"}


def test_the_digest_tells_submissions_apart(tmp_path: Path) -> None:
    """Moving a byte from a name to a content, or from file to file, changes the digest."""
    variants = ({"ab": b"c"}, {"a": b"bc"}, {"a": b"b", "c": b""}, {"a": b"", "c": b"b"})
    digests = set()
    for number, files in enumerate(variants):
        digests.add(opened(saved(tmp_path, f"{number}.zip", zipped(files))).digest)
    assert len(digests) == len(variants)


def test_a_class_folder_is_sorted_out(tmp_path: Path) -> None:
    """Archives and folders are submissions, loose files and links are for a person to look at."""
    course = tmp_path / "class"
    write(course / "ada", FILES)
    write(course / "empty-handed" / "x", {})
    (course / "empty-handed").mkdir()
    for name in ("emmy.zip", "kurt.tar.gz", "felix.rar"):
        saved(course, name, zipped(FILES))
    write(course, {"notes.txt": b"", ".DS_Store": b"", "submission_metadata.yml": b"a: 1\n"})
    (course / "link").symlink_to(tmp_path)
    sources, leftovers = discover([course], expected=EXPECTED)
    assert [(source.name, source.kind) for source in sources] == [
        ("ada", "folder"),
        ("emmy", "archive"),
        ("empty-handed", "folder"),
        ("felix", "archive"),
        ("kurt", "archive"),
    ]
    assert [Path(left.name).name for left in leftovers] == ["link", "notes.txt"]
    empty = next(source for source in sources if source.name == "empty-handed")
    assert isinstance(read(empty, expected=EXPECTED), UnreadableSubmission)


def test_names_are_unique_and_the_same_in_every_order(tmp_path: Path) -> None:
    """Two submissions never share a folder of reports, nor take a name the class needs."""
    course = tmp_path / "class"
    write(course / "ada", FILES)
    write(course / "grades.csv", FILES)
    for name in ("ada.zip", "ADA.tar", "ada.tar.gz", "Index.HTML.zip"):
        saved(course, name, zipped(FILES))
    sources, _ = discover([course], expected=EXPECTED)
    names = [source.name for source in sources]
    assert len({name.casefold() for name in names}) == len(names) == 6
    assert not {"grades.csv", "index.html"} & {name.casefold() for name in names}
    children = list(course.iterdir())
    for order in (children, children[::-1], [course, *children]):
        again, _ = discover(order, expected=EXPECTED)
        assert again == sources


def test_odd_names_become_folders_that_every_system_accepts(tmp_path: Path) -> None:
    """What cannot be a folder's name is escaped where one can see it."""
    course = tmp_path / "class"
    course.mkdir()
    for name in ("a\x1bb", "a\u202eb", "..x", "con", "a:b", "x" * 240, "tail. ", "-rf"):
        saved(course, f"{name}.zip", zipped(FILES))
    sources, _ = discover([course], expected=EXPECTED)
    names = {source.name for source in sources}
    assert {"a%1Bb", "a%u202Eb", "_con", "a%3Ab", "tail%2E%20", "-rf"} <= names
    for name in names:
        assert name.isprintable() and not name.startswith(".") and len(name.encode()) <= 130
        (tmp_path / name).mkdir()


def test_the_instructors_own_link_is_followed(tmp_path: Path) -> None:
    """A link named on the command line is the instructor's, not a student's."""
    write(tmp_path / "real" / "ada", FILES)
    write(tmp_path / "real" / "emmy", FILES)
    (tmp_path / "class").symlink_to(tmp_path / "real")
    sources, _ = discover([tmp_path / "class"], expected=EXPECTED)
    assert [source.name for source in sources] == ["ada", "emmy"]


def test_a_missing_path_is_named(tmp_path: Path) -> None:
    """A misspelt path stops the run with its name."""
    with pytest.raises(IntakeError, match=r"nowhere: no such file"):
        discover([tmp_path / "nowhere"])


def test_the_key_changes_with_bytes_and_time(tmp_path: Path) -> None:
    """A second run knows what is new: other bytes, another time, nothing else."""
    for path in (saved(tmp_path, "a.zip", zipped(FILES)), write(tmp_path / "b", FILES)):
        (source,), _ = discover([path], expected=EXPECTED)
        first = source.stat_key()
        assert source.stat_key() == first
        target = path if path.is_file() else path / "utils.py"
        status = target.stat()
        content = target.read_bytes()
        target.write_bytes(content + b"\n")
        os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
        second = source.stat_key()
        target.write_bytes(content)
        os.utime(target, (2_000_000_000, 2_000_000_000))
        third = source.stat_key()
        assert len({first, second, third}) == 3


def test_a_given_time_comes_first(tmp_path: Path) -> None:
    """The instructor's list beats everything, by the submission's name or its file's."""
    path = saved(tmp_path, "ada.zip", zipped(FILES))
    source = Source("ada", path, "archive")
    given = "2026-01-28T23:55:00-05:00"
    for key in ("ada", "ada.zip"):
        found = read(source, expected=EXPECTED, times={key: given})
        assert isinstance(found, Submission)
        assert found.submitted_at == datetime(2026, 1, 29, 4, 55, tzinfo=UTC)
        assert found.time_source == "the list of times that was given"


def test_a_list_of_times_is_read(tmp_path: Path) -> None:
    """The CSV has a heading and ISO times with a zone."""
    path = saved(
        tmp_path,
        "times.csv",
        b"\xef\xbb\xbfsubmission,time\nada,2026-01-28T12:00:00Z\n\nemmy,2026-01-28 07:00-05:00\n",
    )
    noon = datetime(2026, 1, 28, 12, tzinfo=UTC)
    assert read_times(path) == {"ada": noon, "emmy": noon}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "heading"),
        ("name,when\n", "line 1 must be the heading"),
        ("submission,time\nada,yesterday\n", "line 2: 'yesterday' is no time"),
        ("submission,time\nada,2026-01-28T12:00:00\n", "line 2: .* time zone"),
        ("submission,time\nada\n", "line 2 needs two columns"),
        ("submission,time\na,2026-01-28T12:00Z\na,2026-01-28T12:00Z\n", "line 3 names 'a' for the"),
        ("submission,time\n\x1b,x\n", "line 2"),
    ],
)
def test_a_wrong_list_of_times_is_refused_by_line(
    text: str, complaint: str, tmp_path: Path
) -> None:
    """The instructor learns which line to change."""
    path = saved(tmp_path, "times.csv", text.encode())
    with pytest.raises(IntakeError, match=complaint):
        read_times(path)


def test_gradescopes_export_tells_the_time(tmp_path: Path) -> None:
    """`submission_metadata.yml` names the time of each submission, in Ruby's way of writing."""
    export = tmp_path / "assignment_7_export"
    write(export / "submission_11", FILES)
    write(export / "submission_12", FILES)
    saved(export, "submission_13.zip", zipped(FILES))
    (export / "submission_metadata.yml").write_text(
        "---\n"
        "submission_11:\n"
        "  :submitters:\n"
        "  - :name: 'Ada: !ruby/object:Evil {}'\n"
        "    :sid: '1'\n"
        "  :created_at: 2026-01-28 12:00:00.123000000 Z\n"
        "  :score: 0.0\n"
        "submission_12:\n"
        "  :created_at: !ruby/object:ActiveSupport::TimeWithZone\n"
        "    utc: 2026-01-28 13:00:00.000000000 Z\n"
        "    zone: !ruby/object:ActiveSupport::TimeZone\n"
        "      name: Etc/UTC\n"
        "    time: 2026-01-28 13:00:00.000000000 Z\n"
        "submission_13:\n"
        "  :created_at: '2026-01-28T09:00:00-05:00'\n"
    )
    sources, leftovers = discover([export], expected=EXPECTED)
    assert not leftovers
    found = {source.name: moment(source) for source in sources}
    assert {source for _, source in found.values()} == {"Gradescope's metadata"}
    hours = [time.astimezone(UTC).hour for time, _ in found.values() if time]
    assert hours == [12, 13, 14]


def test_gradescopes_autograder_tells_the_time(tmp_path: Path) -> None:
    """`submission_metadata.json` lies beside the folder `submission`."""
    write(tmp_path / "submission", FILES)
    (tmp_path / "results").mkdir()
    metadata = {"id": 1, "created_at": "2026-01-28T07:00:00.365935-05:00", "users": []}
    (tmp_path / "submission_metadata.json").write_text(json.dumps(metadata))
    found = opened(tmp_path / "submission")
    assert found.submitted_at is not None
    assert found.submitted_at.astimezone(UTC).hour == 12
    assert found.time_source == "Gradescope's metadata"


def test_metadata_inside_a_submission_is_not_believed(tmp_path: Path) -> None:
    """A student cannot choose the time by packing a file, or by an archive's own dates."""
    lie = json.dumps({"created_at": "2020-01-01T00:00:00Z"}).encode()
    files = {**FILES, "submission_metadata.json": lie, "submission/x.py": b"1"}
    folder = write(tmp_path / "class" / "eve", files)
    packed = saved(tmp_path / "class", "mallory.zip", zipped(files))
    for path in [packed, *folder.rglob("*.*")]:
        os.utime(path, (1_800_000_000, 1_800_000_000))
    sources, _ = discover([tmp_path / "class"], expected=EXPECTED)
    for source in sources:
        time, how = moment(source)
        assert time == datetime.fromtimestamp(1_800_000_000, UTC)
        assert "modification time" in how


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("submission_metadata.json", "{"),
        ("submission_metadata.json", '{"created_at": "soon"}'),
        ("submission_metadata.json", "[" * 100_000),
        ("submission_metadata.yml", "submission:\n  :created_at: [\n"),
        ("submission_metadata.yml", "submission:\n  :created_at: 5\n"),
        ("submission_metadata.yml", "submission:\n  a: !!python/object/apply:os.abort []\n"),
    ],
)
def test_broken_metadata_costs_nobody_the_grade(name: str, text: str, tmp_path: Path) -> None:
    """The file's own time is used instead, and the report says why."""
    write(tmp_path / "submission", FILES)
    (tmp_path / name).write_text(text)
    found = opened(tmp_path / "submission")
    assert found.submitted_at is not None
    assert found.time_source.endswith("because Gradescope's metadata cannot be read")
