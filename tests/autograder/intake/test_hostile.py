"""Archives that lie, lead elsewhere or explode: none gets out, hangs, or stops the class."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import signal
import struct
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from packing import EXPECTED, FILES, RawZip, plain, special, tar_of, tarred, write, zipped

from autograder.core.records import Submission, UnreadableSubmission
from autograder.intake import ArchiveLimits, Source, read

MB = 1024 * 1024


def opened(
    folder: Path, content: bytes, name: str = "eve.zip"
) -> Submission | UnreadableSubmission:
    """Write an archive and read it as the grader does."""
    path = folder / name
    path.write_bytes(content)
    began = time.process_time()
    found = read(Source("eve", path, "archive"), expected=EXPECTED)
    assert time.process_time() - began < 10
    return found


def good(archive: RawZip) -> RawZip:
    """Add what a submission needs."""
    for name, content in FILES.items():
        archive.add(name.encode(), content)
    return archive


def overlapping() -> bytes:
    archive = RawZip().add(b"main.py", b"0" * 3 * MB)
    for number in range(50):
        archive.add(b"m%d.py" % number, b"0" * 3 * MB, offset=0)
    return archive.bytes()


def sparse_map() -> bytes:
    """A sparse file whose map claims a hundred million holes."""
    member = tarfile.TarInfo("GNUSparseFile.0/a.py")
    member.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0"}
    body = b"100000000\n" + b"1\n" * 300_000
    return tar_of([(member, body), plain("main.py")], "w:gz")


def huge_header() -> bytes:
    head = tarfile.TarInfo("x")
    head.type, head.size = tarfile.XHDTYPE, 8**11 - 1
    return head.tobuf(tarfile.USTAR_FORMAT) + bytes(4096)


def digits_in_header() -> bytes:
    """An extended header in which a pattern with a number at its start can search for long."""
    head = tarfile.TarInfo("x")
    head.type, head.size = tarfile.XHDTYPE, MB
    return head.tobuf(tarfile.USTAR_FORMAT) + b"1" * MB + tarred(FILES, "w")


def negative_size() -> bytes:
    block = bytearray(tarfile.TarInfo("main.py").tobuf(tarfile.GNU_FORMAT))
    block[124:136] = b"\xff" * 11 + b"\0"  # a number in base 256, below zero
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block) + bytes(2048)


def old_sparse() -> bytes:
    member = tarfile.TarInfo("a.py")
    member.type = tarfile.GNUTYPE_SPARSE
    block = bytearray(member.tobuf(tarfile.GNU_FORMAT))
    block[482] = 1  # the map goes on, and on
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block) + (bytes(504) + b"\1" + bytes(7)) * 1000


def glued() -> bytes:
    return gzip.compress(b"") * 5000


def greedy_xz() -> bytes:
    """An xz whose header asks for a dictionary of a gigabyte."""
    data = bytearray(lzma.compress(tarred(FILES, "w"), check=lzma.CHECK_CRC32))
    data[data.index(b"\x21\x01", 12) + 2] = 37  # the dictionary's size, as a power of two
    length = data[12] * 4  # of the block's header, without its checksum
    data[12 + length : 16 + length] = struct.pack("<L", zlib.crc32(data[12 : 12 + length]))
    return bytes(data)


def nested(levels: int) -> bytes:
    content = zipped(FILES)
    for level in range(levels):
        content = zipped({f"level{level}.zip": content})
    return content


def many_entries() -> bytes:
    return zipped({f"m{number}.py": b"" for number in range(2001)}, zipfile.ZIP_STORED)


def truncated(content: bytes) -> bytes:
    return content[: len(content) // 2]


def flipped(content: bytes) -> bytes:
    at = content.index(b"PK\3\4") + 30 + 7 + 4
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty file": (lambda: b"", "empty"),
    "no archive": (lambda: b"I could not find the button", "neither a zip nor a tar"),
    "empty zip": (lambda: zipped({}), "no file"),
    "only junk": (lambda: zipped({"__MACOSX/._main.py": b"x"}), "no file"),
    "RAR": (lambda: b"Rar!\x1a\x07\x01\0" + bytes(100), "RAR"),
    "7z": (lambda: b"7z\xbc\xaf\x27\x1c" + bytes(100), "7z"),
    "truncated zip": (lambda: truncated(zipped(FILES)), "damaged"),
    "truncated gz": (lambda: truncated(tarred(FILES)), "too early"),
    "truncated tar": (lambda: tarred(FILES, "w")[:700], "too early"),
    "flipped byte": (lambda: flipped(zipped(FILES)), "damaged"),
    "wrong checksum": (lambda: RawZip().add(b"main.py", b"1", checksum=5).bytes(), "damaged"),
    "password": (lambda: good(RawZip()).add(b"x.py", b"1", flags=1).bytes(), "password"),
    "strong password": (lambda: good(RawZip()).add(b"x.py", b"1", flags=0x41).bytes(), "password"),
    "zip bomb": (lambda: zipped({"main.py": b"0" * 12 * MB}), "bomb"),
    "bomb of many": (lambda: zipped({f"{n}.py": b"01" * MB for n in range(40)}), "more than 32 MB"),
    "gz bomb": (lambda: gzip.compress(bytes(300 * MB), 1), "damaged|bomb|no file"),
    "tar.gz bomb": (
        lambda: gzip.compress(tarred({"main.py": bytes(90 * MB)}, "w"), 6),
        "bomb",
    ),
    "bz2 bomb": (lambda: bz2.compress(tarred({"main.py": bytes(90 * MB)}, "w"), 9), "bomb"),
    "xz bomb": (
        lambda: lzma.compress(tarred({"main.py": bytes(90 * MB)}, "w"), preset=0),
        "bomb",
    ),
    "greedy xz": (greedy_xz, "damaged"),
    "glued gz": (glued, "compressed parts|damaged|no file"),
    "overlapping entries": (overlapping, "overlap"),
    "too many entries": (many_entries, "more than 2000"),
    "table of contents too long": (
        lambda: good(RawZip()).bytes(length=9 * MB),
        "table of contents",
    ),
    "table of contents misplaced": (lambda: good(RawZip()).bytes(length=5), "damaged"),
    "no table of contents": (lambda: good(RawZip()).body, "damaged"),
    "larger than declared": (
        lambda: RawZip().add(b"main.py", b"y" * 5000, size=10).bytes(),
        "disagree|damaged",
    ),
    "smaller than declared": (
        lambda: RawZip().add(b"main.py", b"y" * 10, size=5000, local_size=5000).bytes(),
        "shorter|damaged",
    ),
    "headers disagree": (
        lambda: good(RawZip()).add(b"x.py", b"y", local_size=MB).bytes(),
        "disagree",
    ),
    "entry beyond the end": (lambda: RawZip().add(b"a.py", b"1", offset=10**6).bytes(), "damaged"),
    "zip64 lie": (
        lambda: (
            good(RawZip())
            .add(b"x.py", b"1", size=0xFFFFFFFF, extra=struct.pack("<HHQ", 1, 8, 2**63))
            .bytes()
        ),
        "bomb|disagree|damaged",
    ),
    "unusual compression": (lambda: zipped(FILES, zipfile.ZIP_BZIP2), "unusual"),
    "LZMA in a zip": (lambda: zipped(FILES, zipfile.ZIP_LZMA), "unusual"),
    "same name twice": (
        lambda: good(RawZip()).add(b"main.py", b"other").bytes(),
        "'main.py' twice",
    ),
    "names that differ in case": (
        lambda: zipped({**FILES, "Main.py": b"other"}),
        "both 'main.py' and 'Main.py'",
    ),
    "names that differ in normalisation": (
        lambda: zipped({**FILES, "\u00fcbung.py": b"1", "u\u0308bung.py": b"2"}),
        "both",
    ),
    "file and folder": (lambda: zipped({**FILES, "models": b"x"}), "file and a folder"),
    "folder and file": (
        lambda: tar_of([special("utils.py", tarfile.DIRTYPE), plain("utils.py")]),
        "file and a folder",
    ),
    "nested too deep": (lambda: nested(3), "archives within"),
    "several archives": (lambda: zipped({"a.zip": b"PK", "b.zip": b"PK"}), "2 archives"),
    "broken archive inside": (lambda: zipped({"a.zip": b"PK\3\4nonsense"}), "inside it is 'a.zip'"),
    "RAR inside": (lambda: zipped({"hw.rar": b"Rar!\x1a\x07\0"}), "RAR"),
    "huge extended header": (huge_header, "header"),
    "extended header of digits": (digits_in_header, "header"),
    "negative size": (negative_size, "damaged"),
    "tar without end": (lambda: tarred(FILES, "w")[:1024] + b"\xff" * 512, "damaged"),
    "only links": (lambda: tar_of([special("main.py", tarfile.SYMTYPE, "/etc/passwd")]), "no file"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_trusted_is_refused_with_one_sentence(case: str, tmp_path: Path) -> None:
    """A whole submission is refused, never guessed at, where its meaning cannot be known."""
    make, wanted = REFUSED[case]
    found = opened(tmp_path, make())
    assert isinstance(found, UnreadableSubmission), found
    assert any(words in found.reason for words in wanted.split("|")), found.reason
    assert found.reason.isprintable()


STRANGE_NAMES = {
    "traversal": b"../main2.py",
    "traversal inside": b"models/../../x.py",
    "backslash traversal": b"models\\..\\..\\x.py",
    "absolute": b"/etc/cron.d/x.py",
    "backslash absolute": b"\\\\server\\share\\x.py",
    "drive": b"C:\\Windows\\x.py",
    "drive without separator": b"C:x.py",
    "stream": b"models/a:b/c:/x.py",
    "NUL": b"utils2.py\0.png",
    "newline": b"a\nb.py",
    "terminal escape": b"\x1b[2Jx.py",
    "bidirectional override": "x\u202eyp.exe.py".encode(),
    "too long": b"n" * 300 + b".py",
    "too deep": b"/".join([b"d"] * 60) + b"/x.py",
    "path too long": b"/".join([b"d" * 100] * 15) + b"/x.py",
}


@pytest.mark.parametrize("case", STRANGE_NAMES)
def test_an_entry_with_a_dangerous_name_stays_out_of_a_zip(case: str, tmp_path: Path) -> None:
    """The entry is left out with a note, and the rest is graded."""
    archive = good(RawZip()).add(STRANGE_NAMES[case], b"x", flags=0x800)
    found = opened(tmp_path, archive.bytes())
    assert isinstance(found, Submission), found
    assert found.files == FILES
    assert len(found.notes) == 1
    assert found.notes[0].isprintable()


@pytest.mark.parametrize("case", [case for case in STRANGE_NAMES if case != "NUL"])
def test_an_entry_with_a_dangerous_name_stays_out_of_a_tar(case: str, tmp_path: Path) -> None:
    """The same names are left out of a tar."""
    members = [plain(name, content) for name, content in FILES.items()]
    members.append(plain(STRANGE_NAMES[case].decode()))
    found = opened(tmp_path, tar_of(members, "w:gz"))
    assert isinstance(found, Submission), found
    assert found.files == FILES
    assert len(found.notes) == 1


SPECIAL = {
    "symbolic link": special("notes.py", tarfile.SYMTYPE, "/etc/passwd"),
    "link upwards": special("models/up", tarfile.SYMTYPE, "../.."),
    "hard link": special("notes.py", tarfile.LNKTYPE, "/etc/shadow"),
    "pipe": special("notes.py", tarfile.FIFOTYPE),
    "character device": special("notes.py", tarfile.CHRTYPE),
    "block device": special("notes.py", tarfile.BLKTYPE),
    "unknown kind": special("notes.py", b"Z"),
}


@pytest.mark.parametrize("case", SPECIAL)
def test_what_is_no_file_stays_out_of_a_tar(case: str, tmp_path: Path) -> None:
    """Links, devices and pipes are left out with a note; nothing is followed."""
    members = [plain(name, content) for name, content in FILES.items()]
    found = opened(tmp_path, tar_of([SPECIAL[case], *members]))
    assert isinstance(found, Submission), found
    assert found.files == FILES
    assert "left out" in found.notes[0]


@pytest.mark.parametrize("mode", [0o120777, 0o010644, 0o020644, 0o060644, 0o140644])
def test_what_is_no_file_stays_out_of_a_zip(mode: int, tmp_path: Path) -> None:
    """A zip can hold links, pipes, devices and sockets too."""
    found = opened(tmp_path, good(RawZip()).add(b"notes.py", b"/etc/passwd", mode=mode).bytes())
    assert isinstance(found, Submission), found
    assert found.files == FILES
    assert "'notes.py' left out" in found.notes[0]


@pytest.mark.parametrize("make", [sparse_map, old_sparse])
def test_sparse_files_cost_neither_memory_nor_time(
    make: Callable[[], bytes], tmp_path: Path
) -> None:
    """The map of a sparse file is never read, however long it says it is."""
    found = opened(tmp_path, make())
    if isinstance(found, Submission):
        assert set(found.files) == {"main.py"}


def test_a_file_that_is_too_large_is_left_out_and_not_unpacked(tmp_path: Path) -> None:
    """A model or a recording packed by accident costs a note, not the grade."""
    noise = os.urandom(17 * MB)
    for content in (zipped({**FILES, "model.bin": noise}), tarred({**FILES, "model.bin": noise})):
        found = opened(tmp_path, content)
        assert isinstance(found, Submission), found
        assert found.files == FILES
        assert found.notes == ("'model.bin' left out: it is larger than 16 MB",)


def test_limits_can_be_set(tmp_path: Path) -> None:
    """Every limit counts what is really there."""
    path = tmp_path / "a.zip"
    path.write_bytes(zipped(FILES))
    source = Source("a", path, "archive")
    for limits in (
        ArchiveLimits(entries=3),
        ArchiveLimits(headers=3),
        ArchiveLimits(total_bytes=40),
        ArchiveLimits(archive_bytes=40),
        ArchiveLimits(unpacked_bytes=40),
        ArchiveLimits(directory_bytes=40),
    ):
        found = read(source, limits, EXPECTED)
        assert isinstance(found, UnreadableSubmission), limits


def test_the_reason_shows_odd_names_escaped(tmp_path: Path) -> None:
    """A report or a terminal never gets a student's control characters."""
    name = "e\x1b[2J\u202eve\n.zip"
    found = opened(tmp_path, b"nothing", name)
    assert isinstance(found, UnreadableSubmission)
    assert found.reason.isprintable()
    assert "\\x1b" in found.reason


def test_nothing_is_written_while_reading(tmp_path: Path) -> None:
    """Reading leaves no trace on the disk."""
    path = tmp_path / "a.zip"
    path.write_bytes(good(RawZip()).add(b"../../escape.py", b"x").bytes())
    before = sorted(tmp_path.parent.rglob("*"))
    read(Source("a", path, "archive"), expected=EXPECTED)
    assert sorted(tmp_path.parent.rglob("*")) == before


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    """A folder's links are left out, to files and to folders alike."""
    secret = write(tmp_path / "secret", {"solution.py": b"42"})
    folder = write(tmp_path / "eve", FILES)
    (folder / "stolen.py").symlink_to(secret / "solution.py")
    (folder / "stolen").symlink_to(secret)
    (folder / "models" / "loop").symlink_to(folder)
    found = read(Source("eve", folder, "folder"), expected=EXPECTED)
    assert isinstance(found, Submission)
    assert found.files == FILES
    assert "links are not followed" in found.notes[0]


def test_a_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    """Neither is a submission's folder itself followed when it is a link."""
    folder = write(tmp_path / "real", FILES)
    (tmp_path / "eve").symlink_to(folder)
    found = read(Source("eve", tmp_path / "eve", "folder"), expected=EXPECTED)
    assert isinstance(found, UnreadableSubmission)


def test_pipes_and_sockets_in_a_folder_do_not_hang(tmp_path: Path) -> None:
    """A pipe that nobody writes to is left out at once."""
    folder = write(tmp_path / "eve", FILES)
    os.mkfifo(folder / "wait.py")
    signal.alarm(120)  # ends a test that would never end
    found = read(Source("eve", folder, "folder"), expected=EXPECTED)
    signal.alarm(0)
    assert isinstance(found, Submission)
    assert found.files == FILES
    assert found.notes == ("'wait.py' left out: it is a pipe and no file",)


def test_a_pipe_in_place_of_an_archive_does_not_hang(tmp_path: Path) -> None:
    """An archive that turns out to be a pipe is refused at once."""
    os.mkfifo(tmp_path / "eve.zip")
    found = read(Source("eve", tmp_path / "eve.zip", "archive"), expected=EXPECTED)
    assert isinstance(found, UnreadableSubmission)


def test_names_in_a_folder_that_are_no_text_stay_out(tmp_path: Path) -> None:
    """A file name of undecodable bytes is left out and shown escaped."""
    folder = write(tmp_path / "eve", FILES)
    (folder / os.fsdecode(b"\xff\xfe.py")).write_bytes(b"x")
    found = read(Source("eve", folder, "folder"), expected=EXPECTED)
    assert isinstance(found, Submission)
    assert found.files == FILES
    assert "\\udcff" in found.notes[0]


def test_a_large_folder_is_refused(tmp_path: Path) -> None:
    """Limits hold for folders as well."""
    parts = {f"part{number}.bin": os.urandom(12 * MB) for number in range(3)}
    folder = write(tmp_path / "eve", {**FILES, **parts})
    found = read(Source("eve", folder, "folder"), expected=EXPECTED)
    assert isinstance(found, UnreadableSubmission)
    assert "32 MB" in found.reason


def test_what_may_not_be_read_is_reported() -> None:
    """A file or folder without permission costs a note, a closed submission its reason."""
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        top.chmod(0o755)  # the reader below is somebody else
        folder = write(top / "eve", {**FILES, "models/private/x.py": b"1", "locked.py": b"1"})
        closed = write(top / "closed", FILES)
        for path in (folder / "models" / "private", folder / "locked.py", closed):
            path.chmod(0)
        found, refused = _as_nobody(folder), _as_nobody(closed)
        for path in (folder / "models" / "private", closed):
            path.chmod(0o755)
    assert "models/private" in found and "locked.py" in found and "utils.py" in found, found
    assert "cannot be opened" in refused


def _as_nobody(folder: Path) -> str:
    """Read `folder` in a child that is not root, and return what it says."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            text = str(read(Source("eve", folder, "folder"), expected=EXPECTED))
        except BaseException as error:
            text = f"raised {error!r}"
        os.write(theirs, text.encode("utf-8", "backslashreplace"))
        os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, "rb") as file:
        text = file.read().decode()
    os.waitpid(child, 0)
    return text


def test_reading_a_bomb_takes_little_memory(tmp_path: Path) -> None:
    """The memory that reading takes is bounded, whatever an archive unpacks to."""
    bomb = io.BytesIO()
    with gzip.GzipFile(fileobj=bomb, mode="wb", compresslevel=1) as file:
        file.write(tarred({"main.py": b"x"}, "w")[:1024])
        for _ in range(300):
            file.write(os.urandom(1024) * 1024)
    path = tmp_path / "eve.tar.gz"
    path.write_bytes(bomb.getvalue())
    program = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from autograder.intake import Source, read\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "found = read(Source('eve', Path(sys.argv[1]), 'archive'))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, found)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True
    )
    grown = int(done.stdout.split()[0])  # KiB
    assert grown < 80 * 1024, done.stdout
