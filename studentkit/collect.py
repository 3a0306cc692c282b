"""Packs the files to hand in into the zip that `assignment.toml` names."""

from __future__ import annotations

import os
import sys
import tempfile
import zipfile
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from pathlib import Path

from studentkit.handin import HERE, FolderError, gather, read_assignment
from studentkit.preflight import draw, inspect, say
from studentkit.table import glyphs_for

_LARGE = 20 * 1024 * 1024  # bytes; more than that is hardly source code


def main(argv: Sequence[str] | None = None) -> int:
    """Write the zip, say what is in it and what is missing; return 0, or 1 with nothing to pack."""
    parser = ArgumentParser(
        prog="collect_submission",
        description="Pack the files to hand in, and warn of what the grader would find in them.",
    )
    parser.add_argument(
        "--folder", type=Path, default=HERE, help="the assignment's folder (default: this one)"
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        help="the zip to write (default: in the folder, as named there)",
    )
    options = parser.parse_args(argv)
    try:
        assignment = read_assignment(options.folder)
    except FolderError as error:
        say(str(error), error=True)
        return 1
    target = options.output or options.folder / assignment.archive
    gathered = gather(options.folder, assignment.submit)
    files = dict(gathered.files)
    if target.parent.resolve() == options.folder.resolve():
        files.pop(target.name, None)  # last time's zip does not go into this one
    if not files:
        wanted = ", ".join(assignment.submit)
        say(f"{options.folder}: nothing to hand in; none of {wanted} is there", error=True)
        return 1
    try:
        _write(target, pack(files))
    except OSError as error:
        say(f"{target} cannot be written ({error.strerror}); choose another with -o", error=True)
        return 1
    size = sum(map(len, files.values()))
    say(f"{target}: {len(files)} files, {size / 1024:.1f} KiB before packing")
    for path, content in files.items():
        say(f"  {path} ({len(content)} bytes)")
    if size > _LARGE:
        say("  That is a lot for source code: is there data or a model among it?")
    try:
        findings = inspect(options.folder, assignment, gathered)
    except FolderError as error:
        say(f"The files were not checked: {error}")
        return 0
    for line in draw(assignment, gathered, findings, glyphs_for(sys.stdout)):
        say(line.text)
    return 0


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of `files` (POSIX path -> content); the same files give the same bytes."""
    with tempfile.SpooledTemporaryFile(max_size=2 * _LARGE) as stream:
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(files):
                member = zipfile.ZipInfo(path, date_time=(1980, 1, 1, 0, 0, 0))
                member.create_system = 3  # Unix, on every platform
                member.external_attr = (0o755 if path.endswith(".sh") else 0o644) << 16
                member.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(member, files[path])
        stream.seek(0)
        return stream.read()


def _write(target: Path, content: bytes) -> None:
    """Write beside `target` and rename: an interrupted run leaves no half zip."""
    descriptor, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        if os.name == "posix":
            Path(name).chmod(0o644)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


if __name__ == "__main__":
    sys.exit(main())
