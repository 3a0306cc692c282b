"""Pictures that student code made, as PNG files of our own making.

The person who grades opens them in a browser, and a decoder is a large target: so a confined
process decodes, only colours come back, and they are encoded here.
"""

from __future__ import annotations

import io
import struct
import tempfile
from collections.abc import Sequence

import numpy as np

from autograder.execution.pictures import encoded
from autograder.notebooks.kernel.confinement import Bounds
from autograder.notebooks.kernel.warm import Kernels
from autograder.sandbox.fork_server import readable_now

_SECONDS = 30.0
_MAX_SIDE = 1200  # as boot.py makes them
_BOUNDS = Bounds(memory_mb=4096, cpu_seconds=20)  # of addresses, the libraries' included


def encoded_again(files: Sequence[bytes], kernels: Kernels) -> list[bytes | None]:
    """Return each of `files` (PNG or JPEG) as a new PNG; None for what is no picture.

    Raises KernelError where no process can be confined.
    """
    if not files:
        return []
    # The limit on files that a child of `kernels` may write holds for this one, too.
    with tempfile.TemporaryFile() as told:
        child = kernels.decoder(_BOUNDS, files, told.fileno())
        try:
            readable_now(child.pidfd, seconds=_SECONDS)  # what it has decoded by then counts
        finally:
            kernels.end(child)
        told.seek(0)
        return [_next(told) for _ in files]


def _next(told: io.BufferedRandom | tempfile._TemporaryFileWrapper[bytes]) -> bytes | None:
    head = told.read(8)
    if len(head) < 8:
        return None
    height, width = struct.unpack("!II", head)
    if not (0 < height <= _MAX_SIDE and 0 < width <= _MAX_SIDE):
        return None
    pixels = told.read(height * width * 3)
    if len(pixels) < height * width * 3:
        return None
    array = np.frombuffer(pixels, np.uint8).reshape(height, width, 3)
    return encoded(array, colours=None)
