"""How much a submission may hold, and the running account of it."""

from __future__ import annotations

from dataclasses import dataclass

MB = 1024 * 1024


@dataclass(frozen=True)
class ArchiveLimits:
    """Bounds on what is opened; sizes in bytes, none of them taken from the archive's own word."""

    file_bytes: int = 16 * MB  # one file; a larger one is left out
    notebook_bytes: int = 96 * MB  # a notebook with its outputs, which are not kept
    total_bytes: int = 32 * MB  # all kept files together
    entries: int = 2000  # kept files
    headers: int = 50_000  # entries of any kind: an environment packed by accident has thousands
    nesting: int = 2  # archives inside the archive
    ratio: int = 200  # unpacked to packed
    ratio_from: int = 4 * MB  # smaller things may be as regular as they like
    unpacked_bytes: int = 256 * MB  # everything that is decompressed, kept or not
    archive_bytes: int = 256 * MB  # the archive as it lies on the disk
    directory_bytes: int = 8 * MB  # a zip's table of contents
    folders_deep: int = 24


class ArchiveRefused(Exception):
    """The submission as a whole cannot be read; the message is one sentence for a person."""


class Allowance:
    """What is left of the limits; shared by an archive and the archives inside it."""

    def __init__(self, limits: ArchiveLimits) -> None:
        self.limits = limits
        self._headers = 0
        self._unpacked = 0

    def header(self) -> None:
        """Count one entry; raises ArchiveRefused when there are too many."""
        self._headers += 1
        if self._headers > self.limits.headers:
            raise ArchiveRefused(f"it holds more than {self.limits.headers} entries")

    def unpacked(self, count: int) -> None:
        """Count `count` decompressed bytes; raises ArchiveRefused when there are too many."""
        self._unpacked += count
        if self._unpacked > self.limits.unpacked_bytes:
            size = self.limits.unpacked_bytes // MB
            raise ArchiveRefused(f"it unpacks to more than {size} MB; hand in the source code only")

    def bomb(self, unpacked: int, packed: int) -> bool:
        """Tell whether so much from so little can only be a decompression bomb."""
        return unpacked > self.limits.ratio_from and unpacked > self.limits.ratio * max(packed, 1)
