"""A class as each platform gives it to download: names, folders, marks, metadata and all."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from dulwich import porcelain
from dulwich.repo import Repo

Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Handed:
    """What one student handed in, and how."""

    number: int
    name: str  # "Ada Lovelace"
    files: Files
    packed: bool = True  # as a zip; else as single files, without their folders
    late: bool = False  # as the platform marks it
    attachments: Files = field(default_factory=dict)
    typed: str = ""  # into the page
    time: datetime = datetime(2026, 1, 28, 12, tzinfo=UTC)
    due: datetime | None = None  # with an extension
    partners: tuple[Handed, ...] = ()  # the others of the group
    broken: bool = False  # the upload broke

    @property
    def login(self) -> str:
        """The account's name: plain letters."""
        return f"u{self.number:03}"

    @property
    def student_id(self) -> str:
        """The university's number."""
        return f"s{self.number:05}"

    @property
    def user(self) -> str:
        """The platform's number."""
        return str(70_000 + self.number)

    @property
    def pieces(self) -> dict[str, bytes]:
        """The files as they were uploaded."""
        if not self.packed:
            return {path.rsplit("/", 1)[-1]: content for path, content in self.files.items()}
        content = zipped(self.files)
        return {"homework.zip": content[: len(content) // 2] if self.broken else content}


def zipped(files: Files) -> bytes:
    """Return a zip of `files`."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for path, content in files.items():
            packed.writestr(path, content)
    return out.getvalue()


def canvas(folder: Path, class_: Sequence[Handed]) -> None:
    """One folder; `lastfirst[_LATE]_user_file_title`; a title that came twice gets -1."""
    folder.mkdir(parents=True)
    for one in class_:
        first, _, last = one.name.rpartition(" ")
        squeezed = "".join(letter for letter in f"{last}{first}".lower() if letter.isalnum())
        late = "_LATE" if one.late else ""
        for place, (title, content) in enumerate({**one.pieces, **one.attachments}.items()):
            stem, _, suffix = title.rpartition(".")
            again = "-1" if one.late else ""
            name = f"{squeezed}{late}_{one.user}_{900_000 + place}_{stem}{again}.{suffix}"
            (folder / name).write_bytes(content)
        if one.typed:
            (folder / f"{squeezed}{late}_{one.user}_text.html").write_text(one.typed)


def moodle(folder: Path, class_: Sequence[Handed]) -> None:
    """A folder for each student's files, and one for the text that was typed."""
    for one in class_:
        place = folder / f"{one.name}_{one.user}_assignsubmission_file_"
        place.mkdir(parents=True)
        for title, content in {**one.pieces, **one.attachments}.items():
            (place / title).write_bytes(content)
        if one.typed:
            beside = folder / f"{one.name}_{one.user}_assignsubmission_onlinetext_"
            beside.mkdir()
            (beside / "onlinetext.html").write_text(one.typed)


def gradescope(folder: Path, class_: Sequence[Handed]) -> None:
    """An export: a folder for each submission, and one file that says whose and when."""
    lines = ["---"]
    for one in class_:
        name = f"submission_{one.user}"
        for title, content in {**one.pieces, **one.attachments}.items():
            (folder / name / title).parent.mkdir(parents=True, exist_ok=True)
            (folder / name / title).write_bytes(content)
        lines += [f"{name}:", "  :submitters:"]
        for member in (one, *one.partners):
            lines += [f"  - :name: {json.dumps(member.name)}", f"    :sid: {member.student_id}"]
            lines += [f"    :email: {member.login}@uni.example"]
            if one.due:
                lines += ["    :assignment:", f"      :due_date: '{one.due.isoformat()}'"]
        lines += [f"  :created_at: {one.time.strftime('%Y-%m-%d %H:%M:%S')} Z"]
        lines += ["  :assignment:", "    :due_date: '2026-01-29T00:00:00+00:00'"]
    (folder / "submission_metadata.yml").write_text("\n".join(lines) + "\n")


def github(folder: Path, class_: Sequence[Handed]) -> None:
    """Clones of repositories that are called assignment-login."""
    for one in class_:
        place = folder / f"homework-1-{one.login}"
        for path, content in {**one.files, **one.attachments}.items():
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            (place / path).write_bytes(content)
        repository: Repo = porcelain.init(str(place))
        porcelain.add(repository, [str(path) for path in place.rglob("*") if path.is_file()])
        porcelain.commit(
            repository,
            message=b"done",
            author=b"A <a@b.c>",
            committer=b"A <a@b.c>",
            commit_timestamp=one.time.timestamp(),
            commit_timezone=0,
        )
        repository.close()


def nbgrader(folder: Path, class_: Sequence[Handed]) -> None:
    """`submitted/`: student/assignment/ with nbgrader's stamp."""
    for one in class_:
        place = folder / one.login / "mlp_from_scratch"
        for path, content in {**one.files, **one.attachments}.items():
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            (place / path).write_bytes(content)
        (place / "timestamp.txt").write_text(one.time.strftime("%Y-%m-%d %H:%M:%S.%f UTC"))


LAYOUTS = {
    "canvas": canvas,
    "moodle": moodle,
    "gradescope": gradescope,
    "github": github,
    "nbgrader": nbgrader,
}


def roster(path: Path, class_: Sequence[Handed], platform: str) -> None:
    """Write the list of the class as the platform exports it."""
    people = [member for one in class_ for member in (one, *one.partners)]
    if platform == "canvas":
        rows = ["Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (1234)"]
        rows += ["    Points Possible,,,,,130"]
        for one in people:
            first, _, last = one.name.rpartition(" ")
            name = f"{last}, {first}" if first else last
            rows.append(f'"{name}",{one.user},{one.student_id},{one.login},Lab A,')
    elif platform == "moodle":
        rows = ["Identifier,Full name,Email address,Status,Grade,Maximum Grade"]
        rows += [
            f"Participant {one.user},{one.name},{one.login}@uni.example,Submitted,,130"
            for one in people
        ]
    elif platform == "gradescope":
        rows = ["First Name,Last Name,SID,Email,Role,Sections"]
        for one in people:
            first, _, last = one.name.rpartition(" ")
            row = f"{first},{last},{one.student_id},{one.login}@uni.example,Student,Lab A"
            rows.append(row)
    else:
        rows = ["login,id,name"]
        rows += [f"{one.login},{one.student_id},{one.name}" for one in people]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
