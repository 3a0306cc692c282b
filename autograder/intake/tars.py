"""Reads tar archives as a stream: nothing is sought, and no size in a header is believed.

`tarfile` reads single blocks. Its own way from one entry to the next has no bounds: some Pythons
search an extended header of digits for half an hour, the map of a sparse file fills the memory,
and damage behind the first entry passes for the end.
"""

from __future__ import annotations

import bz2
import io
import lzma
import re
import tarfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

from autograder.intake.contents import Contents
from autograder.intake.limits import MB, Allowance, ArchiveRefused

_BLOCK = 512
_PIECE = 64 * 1024
_EXTENDED_BYTES = MB  # a long name and its attributes; nobody needs more
_MEMBERS = 1000  # compressed parts glued together
_DICTIONARY_BYTES = 128 * MB  # what xz -9 needs, twice
_RECORD = re.compile(rb"(\d{1,9}) ([^=\n]{1,200})=")
_PLAIN = (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE)
_SPECIAL = {
    tarfile.SYMTYPE: "it is a link, and links are not followed",
    tarfile.LNKTYPE: "it is a link, and links are not followed",
    tarfile.CHRTYPE: "it is a device and no file",
    tarfile.BLKTYPE: "it is a device and no file",
    tarfile.FIFOTYPE: "it is a pipe and no file",
}


class _Gunzip:
    """zlib's decompressor, to be used as those of bz2 and lzma are."""

    eof, needs_input, unused_data = False, True, b""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(31)

    def decompress(self, data: bytes, max_length: int) -> bytes:
        output = self._zlib.decompress(self._zlib.unconsumed_tail + data, max_length)
        self.eof, self.unused_data = self._zlib.eof, self._zlib.unused_data
        self.needs_input = not self._zlib.unconsumed_tail
        return output


def _unxz() -> lzma.LZMADecompressor:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_DICTIONARY_BYTES)


_Engine = _Gunzip | bz2.BZ2Decompressor | lzma.LZMADecompressor
ENGINES: dict[bytes, Callable[[], _Engine]] = {
    b"\x1f\x8b": _Gunzip,
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ\0": _unxz,
}


class _Unpacked(io.RawIOBase):
    """What a file unpacks to, in small pieces; keeps the account."""

    def __init__(self, file: IO[bytes], allowance: Allowance) -> None:
        file.seek(0)
        magic = file.read(6)
        file.seek(0)
        self._file, self._allowance = file, allowance
        self._make = next(
            (make for start, make in ENGINES.items() if magic.startswith(start)), None
        )
        self._engine = self._make() if self._make else None
        self._packed = self._unpacked = self._excused = 0
        self._members = 1

    def excuse(self, size: int) -> None:
        """Let `size` bytes that follow be as regular as they like; their sum still counts."""
        self._excused += size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._piece(min(len(buffer), _PIECE))
        buffer[: len(piece)] = piece
        self._unpacked += len(piece)
        self._allowance.unpacked(len(piece))
        if self._engine and self._allowance.bomb(self._unpacked - self._excused, self._packed):
            raise ArchiveRefused("it is a decompression bomb: it grows beyond all measure")
        return len(piece)

    def _piece(self, size: int) -> bytes:
        if self._engine is None or self._make is None:
            return self._file.read(size)
        while True:
            data = b""
            if self._engine.eof:
                data = self._engine.unused_data or self._packed_piece()
                if not data.strip(b"\0"):  # tapes are padded
                    return b""
                self._members += 1
                if self._members > _MEMBERS:
                    raise ArchiveRefused(f"it is made of more than {_MEMBERS} compressed parts")
                self._engine = self._make()
            elif self._engine.needs_input:
                data = self._packed_piece()
            output = self._engine.decompress(data, size)
            if output:
                return output
            if not data and not self._engine.eof and self._engine.needs_input:
                raise EOFError

    def _packed_piece(self) -> bytes:
        data = self._file.read(_PIECE)
        self._packed += len(data)
        return data


@dataclass
class _Extended:
    """What an extra header says about the entry that follows it."""

    path: str | None = None
    size: int | None = None
    sparse: bool = False


def read_tar(file: IO[bytes], contents: Contents) -> None:
    """Add the files of the tar in `file`, compressed or not, to `contents`.

    Raises ArchiveRefused for bombs and damaged headers; EOFError, zlib.error and their like where
    the archive is damaged.
    """
    unpacked = _Unpacked(file, contents.allowance)
    stream = io.BufferedReader(unpacked, _PIECE)
    extended = _Extended()
    while block := stream.read(_BLOCK):
        if block == bytes(_BLOCK):
            return
        if len(block) < _BLOCK:
            raise EOFError
        entry = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        if entry.size < 0:
            raise ArchiveRefused("it is damaged: an entry has a negative size")
        if entry.type in (tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.XGLTYPE):
            contents.allowance.header()
            read = _attributes(_body(stream, entry.size))
            if entry.type != tarfile.XGLTYPE:  # what is said about all entries is no name
                extended = read
        elif entry.type in (tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK):
            contents.allowance.header()
            name = _body(stream, entry.size).split(b"\0")[0]
            if entry.type == tarfile.GNUTYPE_LONGNAME:
                extended.path = name.decode("utf-8", "surrogateescape")
        else:
            more_holes = entry.type == tarfile.GNUTYPE_SPARSE and block[482] != 0
            while more_holes:  # the map of a sparse file goes on in blocks of its own
                more_holes = stream.read(_BLOCK)[504:505] not in (b"", b"\0")
            _take(stream, entry, extended, contents, unpacked.excuse)
            extended = _Extended()


def _take(
    stream: IO[bytes],
    entry: tarfile.TarInfo,
    extended: _Extended,
    contents: Contents,
    excuse: Callable[[int], None],
) -> None:
    raw = entry.name if extended.path is None else extended.path
    folder = entry.type == tarfile.DIRTYPE
    why = _SPECIAL.get(entry.type)
    # Links, folders and devices carry no data, whatever size they state.
    size = 0 if why or folder else entry.size
    if size and extended.size is not None:
        size = extended.size
    if not why and (extended.sparse or entry.type == tarfile.GNUTYPE_SPARSE):
        why = "it is a sparse file"
    elif not why and entry.type not in _PLAIN:
        why = "it is no ordinary file"
    path = contents.admit(raw, folder)
    padding = -size % _BLOCK
    if path is None or folder:
        pass
    elif why:
        contents.leave_out(path, why)
    elif size > contents.largest(path):
        contents.too_large(path)
    else:
        if path.endswith(".ipynb"):  # a runaway print; its outputs are not kept
            excuse(size)
        contents.add(path, _read(stream, size))
        size = 0
    _skip(stream, size + padding)


def _body(stream: IO[bytes], size: int) -> bytes:
    if size > _EXTENDED_BYTES:
        raise ArchiveRefused("it is damaged: the header of an entry is larger than 1 MB")
    body = _read(stream, size)
    _skip(stream, -size % _BLOCK)
    return body


def _read(stream: IO[bytes], size: int) -> bytes:
    content = stream.read(size)
    if len(content) < size:
        raise EOFError
    return content


def _skip(stream: IO[bytes], size: int) -> None:
    while size > 0:
        size -= len(_read(stream, min(size, _PIECE)))


def _attributes(body: bytes) -> _Extended:
    """Read the records `LENGTH KEY=VALUE\\n` of an extended header."""
    found, at = _Extended(), 0
    while at < len(body) and body[at]:
        match = _RECORD.match(body, at)
        length = int(match[1]) if match else 0
        if match is None or at + length > len(body) or at + length <= match.end():
            raise ArchiveRefused("it is damaged: an extended header cannot be read")
        value = body[match.end() : at + length - 1]
        if match[2] == b"path":
            found.path = value.decode("utf-8", "surrogateescape")
        elif match[2] == b"size":
            if not re.fullmatch(rb"\d{1,15}", value):
                raise ArchiveRefused("it is damaged: an entry has an impossible size")
            found.size = int(value)
        elif match[2].startswith(b"GNU.sparse."):
            found.sparse = True
        at += length
    return found
