"""Downloads are read as platforms make them: whose, when, what is code, and what is nobody's."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder.core.files import folder_files
from autograder.core.layout import find_assignment
from autograder.core.platforms import Platform
from autograder.core.records import Submission, UnreadableSubmission
from autograder.course.matching import match
from autograder.course.roster import read_roster
from autograder.intake import Collected, IntakeError, collect, moment, places_of, read

from .command import ROOT, run
from .downloads import LAYOUTS, Handed, canvas, github, moodle, roster, zipped
from .small import write

_PLACE = find_assignment("mlp_from_scratch", ROOT)
_EXPECTED = sorted(path.name for path in _PLACE.skeleton.iterdir())
_FILES = {
    path: content
    for path, content in folder_files(_PLACE.solution).items()
    if path.endswith(".py") and not path.startswith("data/") and "__init__" not in path
}
_PDF = {"report.pdf": b"%PDF-1.7 nothing"}
_NOON = datetime(2026, 1, 28, 12, tzinfo=UTC)

CLASS = [
    Handed(1, "Ada Lovelace", _FILES),
    Handed(2, "Zoë O'Brien", _FILES, attachments=_PDF),
    Handed(3, "Jürgen Müller-Lüdenscheidt", _FILES, packed=False),
    Handed(4, "王小明", _FILES, late=True, typed="<p>see the zip</p>"),
    Handed(5, "José María de la Cruz", _FILES, packed=False, late=True, attachments=_PDF),
    Handed(6, "Bo", _FILES, broken=True),
]


def collected(*paths: Path, platform: Platform = Platform.AUTO, **more: Path) -> Collected:
    """Collect as the command does."""
    return collect(
        paths,
        expected=_EXPECTED,
        places=places_of(_PLACE.skeleton),
        platform=platform,
        assignment="mlp_from_scratch",
        **more,
    )


@pytest.mark.parametrize("platform", LAYOUTS)
def test_everybody_is_found_with_all_that_was_handed_in(tmp_path: Path, platform: str) -> None:
    """Accents, other scripts, loose files, PDFs, typed texts: each student once, files in place."""
    folder, names = tmp_path / "downloads", tmp_path / "roster.csv"
    LAYOUTS[platform](folder, CLASS)
    roster(names, CLASS, platform)
    students = read_roster(names)
    found = collected(folder)
    assert not found.leftovers
    assert len(found.sources) == len(CLASS)
    assert len(found.told) == 1 and Platform(platform).spoken in found.told[0]
    told = {source.name: source.said.people for source in found.sources}
    matched = match(told, students, {name: who for name, who in told.items() if who})
    assert not matched.doubtful
    by_key = {row[0].key: name for name, row in matched.students.items()}
    assert len(by_key) == len(CLASS)
    sources = {source.name: source for source in found.sources}
    for one, student in zip(CLASS, students, strict=True):
        read_ = read(sources[by_key[student.key]], expected=_EXPECTED)
        if one.broken and platform not in ("github", "nbgrader"):
            assert isinstance(read_, UnreadableSubmission) and "damaged" in read_.reason
            continue
        assert isinstance(read_, Submission)
        assert {path: read_.files[path] for path in _FILES} == _FILES
        if platform in ("canvas", "moodle", "gradescope"):
            typed = platform != "gradescope" and one.typed
            assert ("came with it" in " ".join(read_.notes)) == bool(one.attachments or typed)
            assert "report.pdf" not in read_.files


@pytest.mark.parametrize("platform", LAYOUTS)
def test_the_platform_can_be_named(tmp_path: Path, platform: str) -> None:
    """Naming it gives the same; naming another is refused in words, or is what was asked."""
    LAYOUTS[platform](tmp_path / "here", CLASS)
    auto = collected(tmp_path / "here")
    named = collected(tmp_path / "here", platform=Platform(platform))
    assert [one.name for one in named.sources] == [one.name for one in auto.sources]
    assert not named.told
    other = Platform.MOODLE if platform == "canvas" else Platform.CANVAS
    with pytest.raises(IntakeError, match=f"nothing in it is named as {other} names it"):
        collected(tmp_path / "here", platform=other)


def test_times_come_from_what_no_student_can_write(tmp_path: Path) -> None:
    """Gradescope's metadata counts; a commit's time and nbgrader's stamp are a file's own."""
    for platform, layout in LAYOUTS.items():
        layout(tmp_path / platform, CLASS[:1])
        (source,) = collected(tmp_path / platform, platform=Platform(platform)).sources
        time, how = moment(source)
        if platform in ("gradescope", "github", "nbgrader"):
            assert time == _NOON
        assert ("modification time" in how) == (platform != "gradescope"), how
        assert platform != "github" or "pushed cannot be known" in how


def test_an_extension_on_gradescope_is_read(tmp_path: Path) -> None:
    """Due dates are per user there: who has a later one has more time than the others."""
    due = datetime(2026, 2, 3, tzinfo=UTC)
    LAYOUTS["gradescope"](tmp_path / "export", [CLASS[0], replace(CLASS[1], due=due)])
    ada, zoe = collected(tmp_path / "export").sources
    assert not ada.said.extended and ada.said.due == datetime(2026, 1, 29, tzinfo=UTC)
    assert zoe.said.extended and zoe.said.due == due


def test_a_group_is_all_its_members(tmp_path: Path) -> None:
    """Gradescope names everybody who handed in together."""
    LAYOUTS["gradescope"](tmp_path / "export", [replace(CLASS[0], partners=(CLASS[1],))])
    (source,) = collected(tmp_path / "export").sources
    assert source.said.people == ("s00001", "s00002")


def test_one_file_alone_is_the_same_submission(tmp_path: Path) -> None:
    """Who hands in again has the same name, so that nobody stands in the class twice."""
    canvas(tmp_path / "all", CLASS[:1])
    again = tmp_path / "lovelaceada_LATE_70001_999999_homework-2.zip"
    again.write_bytes(zipped(_FILES))
    (first,), (second,) = (collected(path).sources for path in (tmp_path / "all", again))
    assert first.name == second.name == "lovelaceada_canvas70001"
    assert second.said.late


@pytest.mark.parametrize("platform", ["canvas", "moodle", "gradescope"])
def test_a_download_may_still_be_packed(tmp_path: Path, platform: str) -> None:
    """The platform's own zip is laid out once, and read as if it had been unpacked."""
    LAYOUTS[platform](tmp_path / "here", CLASS)
    bulk = tmp_path / "submissions.zip"
    with zipfile.ZipFile(bulk, "w") as packed:
        for path in sorted((tmp_path / "here").rglob("*")):
            if path.is_file():
                packed.write(path, path.relative_to(tmp_path / "here").as_posix())
    plain = collected(tmp_path / "here")
    into = tmp_path / "out" / "downloads"
    found = collected(bulk, platform=Platform(platform), unpack_into=into)
    assert [one.name for one in found.sources] == [one.name for one in plain.sources]
    assert "was unpacked into" in found.told[0]


def test_what_leads_out_of_a_packed_download_is_refused(tmp_path: Path) -> None:
    """A student chose the name of the file; it is written nowhere but where it belongs."""
    bulk = io.BytesIO()
    with zipfile.ZipFile(bulk, "w") as packed:
        packed.writestr("lovelaceada_70001_900000_a.zip", zipped(_FILES))
        packed.writestr("muellerj_70002_900001_/../../../evil.zip", zipped(_FILES))
    (tmp_path / "bulk.zip").write_bytes(bulk.getvalue())
    into = tmp_path / "out" / "downloads"
    with pytest.raises(IntakeError, match="unpack it yourself"):
        collected(tmp_path / "bulk.zip", platform=Platform.CANVAS, unpack_into=into)
    assert not list(tmp_path.rglob("evil.zip"))


def test_a_students_zip_is_no_class(tmp_path: Path) -> None:
    """Who packs another's name and time into a zip has handed in a zip; nothing is believed."""
    lie = {
        "submission_metadata.yml": b"submission_1:\n  :submitters:\n  - :sid: s00001\n"
        b"  :created_at: 2020-01-01 00:00:00 Z\n",
        **{f"submission_1/{path}": content for path, content in _FILES.items()},
    }
    (tmp_path / "class").mkdir()
    eve = tmp_path / "class" / "eve.zip"
    eve.write_bytes(zipped(lie))
    with pytest.raises(IntakeError, match="looks like a whole class"):
        collected(eve, unpack_into=tmp_path / "out")
    for found in (collected(eve, platform=Platform.FOLDER), collected(tmp_path / "class")):
        (source,) = found.sources
        assert source.name == "eve" and not source.said.people
        assert "modification time" in moment(source)[1]


def test_one_odd_submission_does_not_change_what_a_class_is(tmp_path: Path) -> None:
    """A platform's name or file among other people's work makes nobody else disappear."""
    odd = {
        "Eve_1_assignsubmission_file_": {"a.py": b"x = 1\n"},
        "mallory": {**_FILES, "submission_metadata.yml": b"x: 1\n", "n/timestamp.txt": b"x"},
        "trent": {**_FILES, ".git/HEAD": b"ref: refs/heads/main\n"},
    }
    people = {"ada": _FILES, "ben": _FILES, "cem": _FILES, "dora": _FILES, **odd}
    for name, files in people.items():
        for path, content in files.items():
            place = tmp_path / "class" / name / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
    found = collected(tmp_path / "class")
    assert not found.leftovers and not found.told
    assert sorted(one.name for one in found.sources) == sorted(people)


def test_links_and_strangers_are_named_and_not_followed(tmp_path: Path) -> None:
    """A link in a download leads nowhere; what has another name is nobody's, and not lost."""
    secret = tmp_path / "secret.zip"
    secret.write_bytes(zipped(_FILES))
    for layout, name in (
        (canvas, "mallory_70066_900000_a.zip"),
        (moodle, "Mallory_70066_assignsubmission_file_"),
        (github, "homework-1-mallory"),
    ):
        folder = tmp_path / layout.__name__
        layout(folder, CLASS[:2])
        (folder / name).symlink_to(secret)
        (folder / "Notes of the instructor").mkdir()
        found = collected(folder)
        assert len(found.sources) == 2
        assert len(found.leftovers) == 2


def test_a_broken_clone_costs_no_more_than_its_time(tmp_path: Path) -> None:
    """What somebody put into `.git` is read, never run; unreadable means: no time is known."""
    github(tmp_path / "class", CLASS[:3])
    marker = tmp_path / "ran"
    script = tmp_path / "script.sh"
    script.write_text(f"#!/bin/sh\ntouch {marker}\n")
    script.chmod(0o755)
    clone = tmp_path / "class" / "homework-1-u001" / ".git"
    with (clone / "config").open("a") as config:
        config.write(f"[core]\n\tfsmonitor = {script}\n\tsshCommand = {script}\n")
        config.write(f"[gpg]\n\tprogram = {script}\n[log]\n\tshowSignature = true\n")
    (tmp_path / "class" / "homework-1-u002" / ".git" / "HEAD").write_bytes(os.urandom(200))
    waits = tmp_path / "class" / "homework-1-u004"
    github(tmp_path / "more", [replace(CLASS[0], number=4)])
    (tmp_path / "more" / "homework-1-u004").rename(waits)
    head = waits / ".git" / "HEAD"
    head.unlink()
    os.mkfifo(head)  # opening it would wait for somebody to write
    first, second, third, fourth = collected(tmp_path / "class").sources
    assert "newest file" in moment(fourth)[1]
    assert moment(first)[0] == moment(third)[0] == _NOON
    assert "newest file" in moment(second)[1]
    assert not marker.exists()


def test_a_stamp_inside_an_archive_is_not_looked_at(tmp_path: Path) -> None:
    """Only the folder that nbgrader made has its stamp, and even that is no proof."""
    lie = {**_FILES, "timestamp.txt": b"2020-01-01 00:00:00 UTC"}
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "eve.zip").write_bytes(zipped(lie))
    (source,) = collected(tmp_path / "class").sources
    time, how = moment(source)
    assert time is not None and time.year > 2020 and "modification time" in how


def test_a_loose_file_that_contradicts_the_archive_is_asked_about(tmp_path: Path) -> None:
    """Which of two different files counts is the student's to say."""
    one = replace(CLASS[0], attachments={"utils.py": b"x = 1\n"})
    canvas(tmp_path / "class", [one])
    (source,) = collected(tmp_path / "class").sources
    found = read(source, expected=_EXPECTED)
    assert isinstance(found, UnreadableSubmission) and "with different content" in found.reason


@pytest.mark.slow
def test_a_class_goes_from_a_download_to_the_gradebook(tmp_path: Path) -> None:
    """Through the command: found, matched, graded; PDFs and typed texts fail nothing."""
    canvas(tmp_path / "class", CLASS)
    roster(tmp_path / "roster.csv", CLASS, "canvas")
    done = run(
        "grade", "mlp_from_scratch", tmp_path / "class", "-o", tmp_path / "out", "--quick",
        "--roster", tmp_path / "roster.csv", "--due", "2026-01-29T00:00+0000",
    )  # fmt: skip
    assert done.returncode == 1, done.stderr  # the broken zip has to be looked at
    assert "taken for a download of Canvas: 13 of 13" in done.stdout or "Canvas" in done.stdout
    assert "2 are marked as late by the platform" in done.stdout
    with (tmp_path / "out" / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["login"] for row in rows] == [one.login for one in CLASS]
    assert rows[5]["status"] == "not graded"
    scores = {row["score"] for row in rows[:5]}  # loose or packed, the same work is worth the same
    assert len(scores) == 1 and float(scores.pop()) > 80


def test_a_file_named_as_a_repository_is_no_clone(tmp_path: Path) -> None:
    """`.git` is a folder in a clone, and an export's list a file."""
    for name in ("ada", "ben"):
        write(tmp_path / "class" / name, {**_FILES, ".git": b"gitdir: elsewhere"})
        (tmp_path / "class" / name / "submission_metadata.yml").mkdir()
    found = collected(tmp_path / "class")
    assert [source.name for source in found.sources] == ["ada", "ben"] and not found.told


@contextlib.contextmanager
def _as_nobody() -> Iterator[None]:
    """Be a plain user for a while, where this is root: root may open everything."""
    mine = os.geteuid()
    if mine == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(mine)


@pytest.mark.parametrize("platform", ["folder", *LAYOUTS])
@pytest.mark.parametrize("said", [False, True])
def test_what_may_not_be_opened_is_one_student_s_trouble(platform: str, said: bool) -> None:
    """Without permission for a folder or file of one, the others are read, and it is named."""
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        top.chmod(0o755)
        folder = top / "downloads"
        if platform == "folder":
            for one in CLASS[:3]:
                write(folder / one.login, dict(one.files))
        else:
            LAYOUTS[platform](folder, CLASS[:3])
        whose = Platform(platform) if said else Platform.AUTO
        whole = collected(folder, platform=whose)
        # All that is imported late is imported now: others may not read this installation.
        assert all(isinstance(read(one, expected=_EXPECTED), Submission) for one in whole.sources)
        closed = whole.sources[0]
        places = [path for _, path in closed.files] or [closed.path]
        for place in places:
            place.chmod(0)
        try:
            with _as_nobody():
                found = collected(folder, platform=whose)
                opened = [read(source, expected=_EXPECTED) for source in found.sources]
        finally:
            for place in places:
                place.chmod(0o755)
        bad = [one for one in opened if isinstance(one, UnreadableSubmission)]
        assert len(opened) - len(bad) == 2
        reasons = " ".join(one.reason for one in (*bad, *found.leftovers))
        assert "cannot be opened" in reasons, reasons
        assert name not in " ".join(one.name for one in found.leftovers)
