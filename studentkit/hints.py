"""Hints that travel locked: only what a mistaken program says about itself opens one.

The key to the hint of a mistake is what a public test says when that mistake was made. Whoever
did not make it has nothing to read here, and nobody finds a solution: what was wrong is not kept.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

FILE = "hints.json"


def lock(test: str, message: str, hint: str) -> tuple[str, str]:
    """Return (name of the lock, locked hint), both in hexadecimal."""
    key = _key(test, message)
    return _name(key), _crossed(hint.encode("utf-8"), key).hex()


def unlock(locks: dict[str, str], test: str, message: str) -> str:
    """Return the hint that `message` of the failed `test` opens; "" where there is none."""
    key = _key(test, message)
    locked = locks.get(_name(key))
    try:
        return _crossed(bytes.fromhex(locked), key).decode("utf-8") if locked else ""
    except ValueError:
        return ""


def read_locks(folder: Path) -> dict[str, str]:
    """Read what came with the kit in `folder`; {} where nothing usable did."""
    try:
        found = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    usable = isinstance(found, dict) and all(isinstance(text, str) for text in found.values())
    return found if usable else {}


def test_name(node: str) -> str:
    """Return what a test is called in the student's folder and in the project's alike."""
    file, _, rest = node.partition("::")
    return f"{file.replace(chr(92), '/').rpartition('/')[2]}::{rest}"


def _key(test: str, message: str) -> bytes:
    text = f"{test_name(test)}\n{' '.join(message.split())}"
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()


def _name(key: bytes) -> str:
    return hashlib.sha256(b"name" + key).hexdigest()[:24]


def _crossed(text: bytes, key: bytes) -> bytes:
    blocks = (
        hashlib.sha256(key + number.to_bytes(4, "big")).digest()
        for number in range(len(text) // 32 + 1)
    )
    return bytes(one ^ other for one, other in zip(text, b"".join(blocks), strict=False))
