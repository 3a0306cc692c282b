"""Questions about objects of student code, answered where those objects live.

In a student's folder that is this process. Under the grader it is the confined worker, and what
comes back is an answer of hostile code: whoever asks checks it.
"""

from __future__ import annotations

from typing import Any

from .context import current


def ask(name: str, *arguments: Any) -> Any:
    """Return what the function `name` of `probes` answers."""
    return current().ask(name, list(arguments))
