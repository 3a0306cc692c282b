"""The vector of ones, whose length what stands beside it gives."""

from __future__ import annotations

import re
from collections.abc import Iterator

from studentkit.notation.names import Names

_ROW = re.compile(
    r"(?:\\(?:mathbf|mathbb|boldsymbol|bm|vec)\s*\{?\s*1\s*\}?|𝟏|𝟙|(?<![\w.])1)"
    r"(?:_\{?\w\}?)?\s*(?:\^\s*\{?\s*(?:\\(?:top|intercal)|T|⊤|⊺|\\mathrm\s*\{T\})\s*\}?|ᵀ|⊤|\.T\b|')"
)
_NUMPY = re.compile(r"(?<![\w.])(?:(?:np|numpy|torch)\s*\.\s*)?ones\s*\(\s*(\w+)\s*\)\s*(?=@)")


def with_ones(text: str, question: Names) -> Iterator[str]:
    """Return `1^T d` with a row of each length that the question has; one of them has a product."""
    if _NUMPY.search(text):
        yield _NUMPY.sub(r"ones(\1).T ", text)
    if not _ROW.search(text):
        return
    for size in dict.fromkeys(question.sizes):
        yield _ROW.sub(f"(ones({size}).T)*", text)
