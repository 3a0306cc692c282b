"""Whatever bytes and names an archive holds, reading it ends well."""

from __future__ import annotations

import stat
import tarfile
import tempfile
import unicodedata
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st
from packing import EXPECTED, FILES, RawZip, tar_of, tarred, zipped

from autograder.core.records import Submission, UnreadableSubmission
from autograder.intake import Source, discover, read
from autograder.intake.paths import clean, safe_name, shown

ODD = st.sampled_from(
    [
        "..",
        ".",
        "/",
        "\\",
        "C:",
        "\0",
        "\n",
        "\x1b",
        "\u202e",
        "\ud800",
        "main.py",
        "models",
        "é",
        "é",
    ]
)
NAMES = st.lists(ODD | st.text(max_size=6), min_size=1, max_size=6).map("".join)
SEEDS = [zipped(FILES), tarred(FILES, "w"), tarred(FILES, "w:gz"), tarred(FILES, "w:xz")]
ROOMY = settings(max_examples=60, deadline=None)


def check(content: bytes) -> None:
    """Read `content` as an archive and hold the result against what must always be true."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "eve.zip"
        path.write_bytes(content)
        found = read(Source("eve", path, "archive"), expected=EXPECTED)
    if isinstance(found, UnreadableSubmission):
        assert found.reason.isprintable()
        return
    assert isinstance(found, Submission)
    assert all(note.isprintable() for note in found.notes)
    assert found.files
    places = set()
    for name, body in found.files.items():
        assert isinstance(body, bytes)
        parts = name.split("/")
        assert name and not name.startswith("/") and ".." not in parts and "" not in parts
        assert "\\" not in name and "\0" not in name
        assert not any(unicodedata.category(letter).startswith("C") for letter in name)
        name.encode()
        places.add(unicodedata.normalize("NFC", name).casefold())
    assert len(places) == len(found.files)
    for place in places:
        for depth in range(1, place.count("/") + 1):
            assert "/".join(place.split("/")[:depth]) not in places


@ROOMY
@given(st.lists(st.tuples(NAMES, st.binary(max_size=4)), min_size=1, max_size=5))
@example([("models", b"1"), ("models/a.py", b"2")])
def test_no_name_in_a_zip_becomes_a_dangerous_path(entries: list[tuple[str, bytes]]) -> None:
    """Keys of a submission are relative, printable, unique paths without `..`."""
    archive = RawZip()
    for name, content in entries:
        archive.add(name.encode("utf-8", "surrogatepass"), content, flags=0x800)
    check(archive.bytes())


@ROOMY
@given(st.lists(st.tuples(NAMES, st.binary(max_size=4)), min_size=1, max_size=5))
def test_no_name_in_a_tar_becomes_a_dangerous_path(entries: list[tuple[str, bytes]]) -> None:
    """The same holds for tar archives."""
    members = [
        (tarfile.TarInfo(name.encode("utf-8", "replace").decode()), content)
        for name, content in entries
    ]
    check(tar_of(members, "w:gz"))


@ROOMY
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 10_000), st.binary(min_size=1, max_size=8)), max_size=6),
    st.integers(0, 400),
)
def test_no_damage_makes_reading_fail(
    content: bytes, damage: list[tuple[int, bytes]], cut: int
) -> None:
    """Flipped and missing bytes give a reason or a submission, never an exception."""
    data = bytearray(content)
    for place, piece in damage:
        at = place % len(data)
        data[at : at + len(piece)] = piece
    check(bytes(data[: len(data) - cut] if cut < len(data) else data))


@ROOMY
@given(
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**32 - 1),
    st.integers(0, 0xFFFF),
    st.integers(0, 0xFFFF),
    st.sampled_from([0, 8, 9, 12, 14, 93, 99]),
    st.integers(0, 2**32 - 1) | st.none(),
    st.binary(max_size=40),
)
def test_no_lie_in_a_zips_headers_makes_reading_fail(
    size: int, packed: int, flags: int, mode: int, method: int, offset: int | None, extra: bytes
) -> None:
    """Every field of an entry may say anything."""
    archive = RawZip().add(b"main.py", b"x = 1\n")
    archive.add(
        b"utils.py",
        b"y = 2\n",
        size=size,
        packed=packed,
        flags=flags,
        mode=mode,
        method=method,
        offset=offset,
        extra=extra,
    )
    check(archive.bytes())


@ROOMY
@given(st.binary(max_size=600))
def test_no_bytes_at_all_make_reading_fail(content: bytes) -> None:
    """Random bytes, also with the beginning of an archive, are refused."""
    for start in (b"", b"PK\3\4", b"PK\5\6" + bytes(18), b"\x1f\x8b\x08\0", b"BZh9", b"\xfd7zXZ\0"):
        check(start + content)


@ROOMY
@given(NAMES | st.text(max_size=300))
def test_a_safe_name_can_be_a_folder(raw: str) -> None:
    """Any name becomes one visible, portable part of a path."""
    name = safe_name(raw)
    assert name and name.isprintable() and len(name.encode()) <= 130
    assert not set(name) & set('/\\<>:"|?*')
    assert not name.startswith((".", " ")) and not name.endswith((".", " "))
    assert shown(raw).isprintable()


@ROOMY
@given(NAMES)
def test_a_clean_path_is_cleaned_once(raw: str) -> None:
    """Cleaning is final: doing it again changes nothing."""
    try:
        path = clean(raw)
    except ValueError:
        return
    assert clean(path) == path


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=6, unique=True))
def test_every_submission_in_a_class_gets_its_own_name(raw: list[str]) -> None:
    """Whatever the files are called, names are unique and nothing is lost."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = set()
        for one in raw:
            text = one.encode("utf-8", "replace").decode().replace("/", "_").replace("\0", "_")
            if not text.startswith("."):
                (folder / f"{text}.zip").write_bytes(b"x")
                made.add(f"{text}.zip")
        sources, leftovers = discover([folder], expected=EXPECTED)
        assert not leftovers
        assert {source.path.name for source in sources} == made
        assert len({source.name.casefold() for source in sources}) == len(made)
        assert all(stat.S_ISREG(source.path.stat().st_mode) for source in sources)
