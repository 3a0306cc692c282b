"""Takes the outputs out of a notebook before it is kept: one runaway print makes megabytes."""

from __future__ import annotations

import re

MAX_TOKENS = 2_000_000  # some three seconds
# Possessive, so that a string of a million escapes needs no memory for ways back.
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[\[\]{}]', re.DOTALL)
_OPENS = re.compile(rb"\s*:\s*\[")


def without_outputs(content: bytes) -> bytes:
    """Return a notebook's JSON with every list called "outputs" empty, all else as it was.

    One pass that builds nothing, whatever the nesting; what is no JSON, or has too many parts,
    comes back as it is.
    """
    kept: list[bytes] = []
    start, depth = 0, 0
    found = _TOKEN.search(content)
    tokens = 0
    while found:
        tokens += 1
        if tokens > MAX_TOKENS:
            return content
        token = found[0]
        if depth:
            depth += (token in b"[{") - (token in b"]}") if len(token) == 1 else 0
            if depth == 0:
                start = found.end() - 1
        elif token == b'"outputs"' and (opening := _OPENS.match(content, found.end())):
            kept.append(content[start : opening.end()])
            depth = 1
            found = _TOKEN.search(content, opening.end())
            continue
        found = _TOKEN.search(content, found.end())
    return content if depth else b"".join([*kept, content[start:]])
