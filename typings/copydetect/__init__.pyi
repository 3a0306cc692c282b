"""What is used of copydetect 0.5, which has no types of its own."""

from collections.abc import Sequence
from typing import TextIO

import numpy as np
import numpy.typing as npt

class CodeFingerprint:
    raw_code: str
    filtered_code: str
    offsets: npt.NDArray[np.int64]
    hashes: set[int]
    hash_idx: dict[int, list[int]]
    def __init__(
        self,
        file: str,
        k: int,
        win_size: int,
        boilerplate: Sequence[int] | None = None,
        filter: bool = True,
        language: str | None = None,
        fp: TextIO | None = None,
        encoding: str = "utf-8",
    ) -> None: ...
