"""Reads zip archives without believing what they say about themselves."""

from __future__ import annotations

import stat
import struct
import zipfile
from typing import IO

from autograder.intake.contents import Contents
from autograder.intake.limits import MB, ArchiveRefused
from autograder.intake.paths import shown

_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_BYTES = 20
_LOCAL = struct.Struct("<4s2H3H3L2H")
_COMMENT_BYTES = 65535
_PIECE = 256 * 1024
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_SPECIAL = {
    stat.S_IFLNK: "it is a link, and links are not followed",
    stat.S_IFIFO: "it is a pipe and no file",
    stat.S_IFCHR: "it is a device and no file",
    stat.S_IFBLK: "it is a device and no file",
    stat.S_IFSOCK: "it is a socket and no file",
}


def read_zip(file: IO[bytes], size: int, contents: Contents) -> None:
    """Add the files of the zip in `file` (`size` bytes) to `contents`.

    Raises ArchiveRefused for encryption, bombs, overlapping or contradictory entries and unusual
    compression; whatever zipfile raises where the archive is damaged.
    """
    _check_directory(file, size, contents.allowance.limits.directory_bytes)
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        wanted = [(entry, _admit(entry, contents)) for entry in entries]
        _check_extents(file, entries, archive.start_dir)
        for entry, path in wanted:
            if path is None:
                continue
            # Deflate only: the other decompressors of zipfile have no bound on their output.
            if entry.compress_type not in _METHODS:
                raise ArchiveRefused("it uses an unusual kind of compression; make a plain zip")
            contents.add(path, _content(archive, entry))


def _admit(entry: zipfile.ZipInfo, contents: Contents) -> str | None:
    # zipfile cuts names at NUL; the original tells that there was one.
    raw = entry.orig_filename
    folder = raw.endswith(("/", "\\"))
    path = contents.admit(raw, folder)
    if path is None or folder:
        return None
    if entry.flag_bits & 0x41:
        raise ArchiveRefused("it is protected with a password; hand it in without one")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        contents.leave_out(path, _SPECIAL.get(kind, "it is no ordinary file"))
        return None
    notebook = path.endswith(".ipynb") and entry.file_size <= contents.largest(path)
    if not notebook and contents.allowance.bomb(entry.file_size, entry.compress_size):
        raise ArchiveRefused(
            f"'{shown(path)}' is a decompression bomb: it grows beyond all measure"
        )
    if entry.file_size > contents.largest(path):
        contents.too_large(path)
        return None
    contents.allowance.unpacked(entry.file_size)  # before anything is decompressed
    return path


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Return an entry's bytes: exactly as many as declared, with the right checksum."""
    pieces, count = [], 0
    with archive.open(entry) as stream:
        while piece := stream.read(_PIECE):
            count += len(piece)
            if count > entry.file_size:
                raise ArchiveRefused(f"'{shown(entry.filename)}' is larger than the archive says")
            pieces.append(piece)
    if count != entry.file_size:
        raise ArchiveRefused(f"'{shown(entry.filename)}' is shorter than the archive says")
    return b"".join(pieces)


def _check_directory(file: IO[bytes], size: int, limit: int) -> None:
    """Refuse a table of contents that would take long to read, before zipfile reads it whole."""
    start = max(0, size - _END.size - _COMMENT_BYTES)
    file.seek(start)
    tail = file.read(_END.size + _COMMENT_BYTES)
    at = len(tail) - _END.size
    if at < 0 or tail[at : at + 4] != b"PK\5\6" or tail[-2:] != b"\0\0":
        at = tail.rfind(b"PK\5\6")
    if at < 0 or at + _END.size > len(tail):
        raise ArchiveRefused(
            "it is damaged: its table of contents is missing, as after a broken upload"
        )
    length = _END.unpack_from(tail, at)[5]
    at64 = start + at - _LOCATOR_BYTES - _END64.size
    if at64 >= 0:
        file.seek(at64)
        record = file.read(_END64.size + 4)
        if record[-4:] == b"PK\6\7" and record[:4] == b"PK\6\6":
            length = _END64.unpack_from(record)[8]
    if length > limit:
        raise ArchiveRefused(f"its table of contents has more than {limit // MB} MB")


def _check_extents(file: IO[bytes], entries: list[zipfile.ZipInfo], end: int) -> None:
    """Refuse entries that share bytes, or whose two headers disagree: only bombs and tricks do."""
    extents = []
    for entry in entries:
        file.seek(entry.header_offset)
        head = file.read(_LOCAL.size)
        if len(head) < _LOCAL.size or head[:4] != b"PK\3\4":
            raise ArchiveRefused("it is damaged: an entry is not where the table of contents says")
        _, _, flags, *_, packed, unpacked, name, extra = _LOCAL.unpack(head)
        sizes = (packed, unpacked)
        stated = (entry.compress_size, entry.file_size)
        if not flags & 0x08 and 0xFFFFFFFF not in sizes and sizes != stated:
            raise ArchiveRefused("its entries and its table of contents disagree about sizes")
        begin = entry.header_offset
        extents.append((begin, begin + _LOCAL.size + name + extra + entry.compress_size))
    extents.sort()
    for number, (_, stop) in enumerate(extents):
        following = extents[number + 1][0] if number + 1 < len(extents) else end
        if stop > following:
            raise ArchiveRefused("its entries overlap, as in a decompression bomb")
