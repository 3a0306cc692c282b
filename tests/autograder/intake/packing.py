"""Archives as students make them, and as nobody should: built from bytes on the spot."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

EXPECTED = ("README.md", "configs", "data", "main.py", "models", "optimizer", "tests", "utils.py")
FILES = {
    "main.py": b"import utils\n",
    "models/__init__.py": b"from .two import Net\n",
    "models/two.py": b"class Net: ...\n",
    "optimizer/sgd.py": b"class SGD: ...\n",
    "utils.py": b"def train(): ...\n",
}


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip of `files`."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return stream.getvalue()


def tarred(files: dict[str, bytes], mode: str = "w:gz", form: int = tarfile.PAX_FORMAT) -> bytes:
    """Return a tar of `files`."""
    return tar_of([(tarfile.TarInfo(name), content) for name, content in files.items()], mode, form)


def tar_of(
    members: list[tuple[tarfile.TarInfo, bytes]],
    mode: str = "w",
    form: int = tarfile.PAX_FORMAT,
) -> bytes:
    """Return a tar of hand-made members."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode, format=form) as archive:
        for member, content in members:
            member.size = len(content) if member.isreg() else member.size
            archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def special(name: str, kind: bytes, target: str = "") -> tuple[tarfile.TarInfo, bytes]:
    """Return a tar member that is no file."""
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member, b""


def plain(name: str, content: bytes = b"x = 1\n") -> tuple[tarfile.TarInfo, bytes]:
    """Return a tar member that is a file."""
    return tarfile.TarInfo(name), content


class RawZip:
    """A zip written field by field, so that every field can lie."""

    def __init__(self) -> None:
        self.body, self.directory, self.count = b"", b"", 0

    def add(
        self,
        name: bytes,
        content: bytes = b"",
        *,
        size: int | None = None,
        packed: int | None = None,
        flags: int = 0,
        method: int = 8,
        mode: int = 0o100644,
        offset: int | None = None,
        local_size: int | None = None,
        extra: bytes = b"",
        checksum: int | None = None,
    ) -> RawZip:
        """Append an entry; whatever is given replaces the truth in the table of contents."""
        data = content
        if method == 8:
            engine = zlib.compressobj(9, zlib.DEFLATED, -15)
            data = engine.compress(content) + engine.flush()
        crc = zlib.crc32(content) if checksum is None else checksum
        size = len(content) if size is None else size
        packed = len(data) if packed is None else packed
        place = len(self.body) if offset is None else offset
        common = struct.pack("<HHHHHL", 20, flags, method, 0, 33, crc)
        inside = size if local_size is None else local_size
        if offset is None:
            lengths = struct.pack("<LLHH", packed, inside, len(name), 0)
            self.body += b"PK\3\4" + common + lengths + name + data
        lengths = struct.pack(
            "<LLHHHHHLL", packed, size, len(name), len(extra), 0, 0, 0, mode << 16, place
        )
        self.directory += b"PK\1\2" + struct.pack("<H", 0x0314) + common + lengths + name + extra
        self.count += 1
        return self

    def bytes(self, count: int | None = None, length: int | None = None) -> bytes:
        """Return the archive; `count` and `length` replace what its end says."""
        count = self.count if count is None else count
        length = len(self.directory) if length is None else length
        end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, length, len(self.body), 0)
        return self.body + self.directory + end


def write(folder: Path, files: dict[str, bytes]) -> Path:
    """Write `files` below `folder` and return it."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder
