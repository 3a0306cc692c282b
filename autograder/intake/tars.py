"""Reads tar archives as a stream: nothing is sought, and no size in a header is believed."""

from __future__ import annotations

import bz2
import lzma
import re
import tarfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Protocol

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


class _Engine(Protocol):
    """The part that bz2 and lzma share, and that zlib gets below."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Gunzip:
    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(31)
        self._tail = b""

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def needs_input(self) -> bool:
        return not self._tail

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        output = self._zlib.decompress(self._tail + data, max_length)
        self._tail = self._zlib.unconsumed_tail
        return output


def _unxz() -> _Engine:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_DICTIONARY_BYTES)


ENGINES: dict[bytes, Callable[[], _Engine]] = {
    b"\x1f\x8b": _Gunzip,
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ\0": _unxz,
}


class _Stream:
    """Decompresses in small pieces and keeps the account."""

    def __init__(
        self, file: IO[bytes], engine: Callable[[], _Engine] | None, allowance: Allowance
    ) -> None:
        self._file = file
        self._make = engine
        self._engine = engine() if engine else None
        self._allowance = allowance
        self._buffer = b""
        self._packed = self._unpacked = 0
        self._members = 1

    def read(self, size: int) -> bytes:
        """Return `size` bytes, fewer only at the end."""
        pieces = []
        while size > 0 and (self._buffer or self._fill()):
            piece, self._buffer = self._buffer[:size], self._buffer[size:]
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    def skip(self, size: int) -> None:
        """Pass over `size` bytes; raises EOFError when there are fewer."""
        while size > 0:
            if not self._buffer and not self._fill():
                raise EOFError
            step = min(size, len(self._buffer))
            self._buffer = self._buffer[step:]
            size -= step

    def _fill(self) -> bool:
        self._buffer = self._next_piece()
        self._unpacked += len(self._buffer)
        self._allowance.unpacked(len(self._buffer))
        if self._engine and self._allowance.bomb(self._unpacked, self._packed):
            raise ArchiveRefused("it is a decompression bomb: it grows beyond all measure")
        return bool(self._buffer)

    def _next_piece(self) -> bytes:
        if self._engine is None or self._make is None:
            return self._file.read(_PIECE)
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
            output = self._engine.decompress(data, _PIECE)
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
    file.seek(0)
    magic = file.read(6)
    file.seek(0)
    engine = next((make for start, make in ENGINES.items() if magic.startswith(start)), None)
    stream = _Stream(file, engine, contents.allowance)
    extended = _Extended()
    while True:
        block = stream.read(_BLOCK)
        if not block or block == bytes(_BLOCK):
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
            _take(stream, entry, extended, contents)
            extended = _Extended()


def _take(stream: _Stream, entry: tarfile.TarInfo, extended: _Extended, contents: Contents) -> None:
    raw = entry.name if extended.path is None else extended.path
    folder = entry.type == tarfile.DIRTYPE
    # Links, folders and devices carry no data, whatever size they state.
    size = entry.size if entry.type not in _SPECIAL and not folder else 0
    if size and extended.size is not None:
        size = extended.size
    path = contents.admit(raw, folder)
    keep = False
    if path is not None and not folder:
        if entry.type in _SPECIAL:
            contents.leave_out(path, _SPECIAL[entry.type])
        elif extended.sparse or entry.type == tarfile.GNUTYPE_SPARSE:
            contents.leave_out(path, "it is a sparse file")
        elif entry.type not in _PLAIN:
            contents.leave_out(path, "it is no ordinary file")
        elif size > contents.largest(path):
            contents.too_large(path)
        else:
            keep = True
    if keep and path is not None:
        content = stream.read(size)
        if len(content) < size:
            raise EOFError
        contents.add(path, content)
    else:
        stream.skip(size)
    stream.skip(-size % _BLOCK)


def _body(stream: _Stream, size: int) -> bytes:
    if size > _EXTENDED_BYTES:
        raise ArchiveRefused("it is damaged: the header of an entry is larger than 1 MB")
    body = stream.read(size)
    if len(body) < size:
        raise EOFError
    stream.skip(-size % _BLOCK)
    return body


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
