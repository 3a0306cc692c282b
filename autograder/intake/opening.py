"""Opens one submission: whatever it is packed in, its files end up in memory and nowhere else."""

from __future__ import annotations

import io
import logging
import lzma
import os
import stat
import struct
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from autograder.core.records import Submission, UnreadableSubmission
from autograder.intake.contents import Contents, digest
from autograder.intake.folders import read_folder
from autograder.intake.limits import MB, Allowance, ArchiveLimits, ArchiveRefused
from autograder.intake.marks import marks_of, root_of
from autograder.intake.paths import is_archive, shown
from autograder.intake.sources import Source
from autograder.intake.tars import ENGINES, read_tar
from autograder.intake.timestamps import IntakeError, moment
from autograder.intake.zips import read_zip

_log = logging.getLogger(__name__)
# What zipfile, tarfile and the decompressors raise when the bytes are not what they should be.
_DAMAGED = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
    MemoryError,
)
_FOREIGN = {
    b"Rar!\x1a\x07": "a RAR archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"MSCF": "a CAB archive",
    b"%PDF": "a PDF document",
}


def read(
    source: Source,
    limits: ArchiveLimits = ArchiveLimits(),  # noqa: B008 - frozen
    expected: Collection[str] = (),
    times: Mapping[str, datetime | str] | None = None,
    data_mount: str = "data",
) -> Submission | UnreadableSubmission:
    """Open `source`; never raises for anything a student can do.

    `expected` are the top-level names of the assignment's skeleton, by which the submission's
    root is found below a wrapper folder or inside a second archive; `data_mount` is the folder that
    the grader fills itself.

    Left out, with a note: links, devices, pipes, sparse files, names that are absolute, lead
    upwards, name a drive or cannot be shown, single files that are too large, data, bytecode.
    The rest is graded, since such things also happen to honest students and nothing of them is
    ever written to a disk. Refused as a whole: passwords, bombs, overlapping or contradictory
    entries, too many or too much, two different files under one name, anything damaged, nothing
    at all: what the student meant cannot be known then.
    """
    contents = Contents(Allowance(limits), marks_of(expected), data_mount)
    try:
        submitted_at, time_source = moment(source, times)
        if source.kind == "folder":
            _open_folder(source, contents)
        elif source.kind == "files":
            _open_files(source, contents, expected, data_mount)
        else:
            _open_file(source.path, contents)
        for name in source.said.attachments:
            contents.remark(f"'{shown(name)}' came with it: it stays where it is, and is no code")
        contents = _unpacked(contents, expected, data_mount, limits.nesting)
        files = _rooted(contents, expected)
        if not files:
            why = f" ({contents.notes()[0]})" if contents.notes() else ""
            raise ArchiveRefused(f"it holds no file that could be graded{why}")
    except (ArchiveRefused, IntakeError) as refusal:
        _log.info("%s: refused: %s", source.name, refusal)
        return UnreadableSubmission(source.name, f"{shown(source.path.name)}: {refusal}")
    _log.info("%s: %d files, %d bytes", source.name, len(files), sum(map(len, files.values())))
    for note in contents.notes():
        _log.info("%s: %s", source.name, note)
    return Submission(
        name=source.name,
        files=files,
        digest=digest(files),
        submitted_at=submitted_at,
        time_source=time_source,
        notes=contents.notes(),
    )


def _open_folder(source: Source, contents: Contents) -> None:
    try:
        read_folder(source.path, contents)
    except OSError as error:
        raise ArchiveRefused(f"the folder cannot be opened ({error.strerror})") from None


def _open_files(
    source: Source, contents: Contents, expected: Collection[str], data_mount: str
) -> None:
    """Take single files as they are called, and an archive among them as if it lay unpacked."""
    archives = [name for name, _ in source.files if is_archive(name)]
    if len(archives) > 1:
        names = ", ".join(f"'{shown(name)}'" for name in archives[:3])
        raise ArchiveRefused(f"it is {len(archives)} archives ({names}); hand in one")
    for name, path in source.files:
        if is_archive(name):
            inside = Contents(contents.allowance, marks_of(expected), data_mount)
            _open_file(path, inside)
            inside = _unpacked(inside, expected, data_mount, contents.allowance.limits.nesting)
            for one, content in _rooted(inside, expected).items():
                contents.add(one, content)
            for note in inside.notes():
                contents.remark(note)
            continue
        clean = contents.admit(name)
        if clean is None:
            continue
        with _opened(path) as file:
            content = file.read(contents.largest(clean) + 1)
        if len(content) > contents.largest(clean):
            contents.too_large(clean)
        else:
            contents.add(clean, content)


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """Open an ordinary file; what took its place, a pipe or a device, is refused."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise ArchiveRefused(f"the file cannot be opened ({error.strerror})") from None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ArchiveRefused("it is no ordinary file")
        yield file


def _open_file(path: Path, contents: Contents) -> None:
    limit = contents.allowance.limits.archive_bytes
    with _opened(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > limit:
            raise ArchiveRefused(f"it has more than {limit // MB} MB; hand in the source code only")
        _open_archive(file, size, contents)


def _open_archive(file: IO[bytes], size: int, contents: Contents) -> None:
    """Read a zip or tar by its content, whatever its name says."""
    head = file.read(1024)
    if not head:
        raise ArchiveRefused("the file is empty")
    for magic, what in _FOREIGN.items():
        if head.startswith(magic):
            raise ArchiveRefused(f"it is {what}, which cannot be opened here; hand in a zip")
    tar = head[257:262] == b"ustar" or any(head.startswith(magic) for magic in ENGINES)
    try:
        if not tar and zipfile.is_zipfile(file):
            read_zip(file, size, contents)
        elif tar or _is_old_tar(head):
            read_tar(file, contents)
        elif head.startswith(b"PK"):
            raise ArchiveRefused("it is a damaged zip, as after a broken upload; hand it in again")
        else:
            raise ArchiveRefused("it is neither a zip nor a tar archive")
    except EOFError:
        raise ArchiveRefused(
            "it ends too early, as after a broken upload; hand it in again"
        ) from None
    except _DAMAGED as error:
        detail = shown(str(error)) or type(error).__name__
        raise ArchiveRefused(f"it is damaged ({detail}); hand it in again") from None


def _is_old_tar(head: bytes) -> bool:
    """Recognise a tar from before POSIX by the checksum of its first header."""
    try:
        tarfile.TarInfo.frombuf(head[:512], "utf-8", "surrogateescape")
    except tarfile.TarError:
        return False
    return True


def _unpacked(
    contents: Contents, expected: Collection[str], data_mount: str, levels: int
) -> Contents:
    """Open the archive inside, where there is one and nothing else that could be graded."""
    limit = contents.allowance.limits.file_bytes
    while root_of(contents.files, expected) is None:
        inner = [path for path in contents.files if is_archive(path)]
        if not inner:
            break
        names = ", ".join(f"'{shown(path)}'" for path in inner[:3])
        if len(inner) > 1:
            raise ArchiveRefused(f"it holds {len(inner)} archives ({names}); hand in one")
        if levels == 0:
            raise ArchiveRefused(
                f"it holds archives within archives within archives, at last {names}"
            )
        levels -= 1
        packed = contents.files[inner[0]]
        inside = Contents(contents.allowance, marks_of(expected), data_mount)
        try:
            _open_archive(io.BytesIO(packed), len(packed), inside)
        except ArchiveRefused as refusal:
            raise ArchiveRefused(f"inside it is {names}: {refusal}") from None
        for note in contents.notes():
            inside.remark(note)
        inside.remark(f"{names} was opened, an archive inside the archive")
        contents = inside
    for path in [path for path, content in contents.files.items() if len(content) > limit]:
        contents.remove(path, f"it is larger than {limit // MB} MB")
    return contents


def _rooted(contents: Contents, expected: Collection[str]) -> dict[str, bytes]:
    """Return the files below the submission's root, by their paths from there."""
    root = root_of(contents.files, expected)
    if root is None:
        root = _wrapper(contents.files)
    if not root:
        return dict(sorted(contents.files.items()))
    files = {}
    for path, content in contents.files.items():
        if path.startswith(f"{root}/"):
            files[path[len(root) + 1 :]] = content
        else:
            contents.leave_out(path, f"it lies outside '{shown(root)}', where the code is")
    return dict(sorted(files.items()))


def _wrapper(files: Mapping[str, bytes]) -> str:
    """Return the innermost folder that everything lies in, "" when there is none."""
    root: list[str] = []
    paths = [path.split("/") for path in files]
    while paths and len(root) < 3:
        firsts = Counter(parts[len(root)] for parts in paths if len(parts) > len(root) + 1)
        if len(firsts) != 1 or sum(firsts.values()) != len(paths):
            break
        root.append(next(iter(firsts)))
    return "/".join(root)
