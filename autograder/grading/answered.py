"""Says in a report which wishes of a submission the confined worker answers in its own way."""

from __future__ import annotations

import re
from collections.abc import Mapping

_WISHES = (
    (
        re.compile(rb"\bnum_workers\s*=\s*(?!0\b)\w|\bpersistent_workers\b"),
        "loaders with workers load in the process itself",
    ),
    (re.compile(rb"\btorch\.compile\b"), "torch.compile gives the function as it is"),
    (
        re.compile(rb"\bmultiprocessing\b|\bThreadPool\b|\bProcessPoolExecutor\b"),
        "pools compute in the process itself",
    ),
    (
        re.compile(rb"\bmatplotlib\.use\b|\bswitch_backend\b|%matplotlib\s+(?!inline)"),
        "figures are drawn without a window",
    ),
)
_LOOKED_AT = 256 * 1024  # bytes of one file


def answered_by_worker(files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Return one note on what is done otherwise where student code is confined, () for nothing.

    It is a matter of information: none of it costs anything, whether it was meant or only looks so.
    """
    sources = [
        content[:_LOOKED_AT] for path, content in files.items() if path.endswith((".py", ".ipynb"))
    ]
    found = [said for pattern, said in _WISHES if any(map(pattern.search, sources))]
    return (f"where this is graded, {'; '.join(found)}: nothing is lost by it",) if found else ()
