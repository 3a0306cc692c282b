"""Names that students chose: checked as paths, made safe as folders, shown without effect."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection
from pathlib import Path

JUNK_FOLDERS = frozenset(
    "__MACOSX .git .hg .svn .venv venv node_modules .ipynb_checkpoints .idea .vscode "
    ".mypy_cache .pytest_cache .ruff_cache .hypothesis".split()
)
JUNK_FILES = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
ARCHIVES = (".tar.gz", ".tar.bz2", ".tar.xz", ".tgz", ".tbz2", ".tbz", ".txz", ".tar", ".zip")
FOREIGN = (".rar", ".7z")  # archives that cannot be opened here, yet somebody handed them in

_DRIVE = re.compile(r"[A-Za-z]:")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)", re.IGNORECASE)
_PART_BYTES = 255  # what file systems allow
_PATH_BYTES = 1000
_NAME_BYTES = 120


class BadPath(ValueError):
    """An entry's name that cannot be a path of a submission; the message says why."""


def clean(raw: str) -> str:
    """Return the POSIX path that an entry called `raw` means, relative and without `..`.

    Backslashes count as separators, since some Windows programs write them. Raises BadPath for
    every name that leads elsewhere or that cannot be shown and stored as it is.
    """
    if "\0" in raw:
        raise BadPath("its name holds a NUL character")
    if not raw.isprintable():  # controls, bidirectional overrides, undecodable bytes
        raise BadPath("its name holds characters that cannot be shown")
    path = raw.replace("\\", "/")
    if path.startswith("/"):
        raise BadPath("it has an absolute path")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if any(part.strip(" ") == ".." for part in parts):
        raise BadPath("its path leads out of the archive")
    if any(_DRIVE.match(part) for part in parts):
        raise BadPath("its path names a drive")
    if any(len(part.encode()) > _PART_BYTES for part in parts):
        raise BadPath("its name is too long")
    joined = "/".join(parts)
    if len(joined.encode()) > _PATH_BYTES:
        raise BadPath("its path is too long")
    return joined


def folded(path: str) -> str:
    """Return what paths have in common that some file system takes for the same file."""
    plain = unicodedata.normalize("NFC", path)
    return unicodedata.normalize("NFC", plain.casefold())


def is_junk(path: str) -> bool:
    """Tell whether the POSIX `path` is one that operating systems and tools leave behind."""
    parts = path.split("/")
    name = parts[-1]
    return (
        name.lower() in JUNK_FILES
        or name.startswith("._")
        or any(part in JUNK_FOLDERS for part in parts)
    )


def is_bytecode(path: str) -> bool:
    """Tell whether the POSIX `path` is compiled Python, which may not match its source."""
    return "__pycache__" in path.split("/") or path.endswith((".pyc", ".pyo"))


def is_archive(name: str) -> bool:
    """Tell by its name whether a file is an archive, of a kind we open or not."""
    return name.lower().endswith(ARCHIVES + FOREIGN)


def stem(name: str) -> str:
    """Return a file's name without the whole suffix of an archive (`.tar.gz`, not only `.gz`)."""
    for suffix in ARCHIVES + FOREIGN:
        if name.lower().endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)]
    return name


def shown(name: str, longest: int = 120) -> str:
    """Return `name` as one line that can be printed anywhere: odd characters escaped, cut."""
    text = "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii")
        for letter in name
    )
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def place_of(path: Path) -> str:
    """Return where in a class something lies: no page needs the rest of this machine's path."""
    return shown(f"{path.parent.name}/{path.name}")


def safe_name(raw: str) -> str:
    """Return `raw` as a folder's name that is valid everywhere; what changed stays visible."""
    name = unicodedata.normalize("NFC", raw)
    name = "".join(
        letter if letter.isprintable() and letter not in '/\\<>:"|?*' else _percent(letter)
        for letter in name
    )
    for edge in re.findall(r"^[. ]+", name):
        name = "".join(map(_percent, edge)) + name[len(edge) :]
    for edge in re.findall(r"[. ]+$", name):
        name = name[: -len(edge)] + "".join(map(_percent, edge))
    if _RESERVED.match(name):
        name = f"_{name}"
    if len(name.encode()) > _NAME_BYTES:
        digest = hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        name = name.encode()[: _NAME_BYTES - 9].decode("utf-8", "ignore") + f"~{digest}"
    return name or "submission"


def unique(name: str, taken: Collection[str]) -> str:
    """Return `name`, with `~2`, `~3`… where its `folded` form is among `taken`."""
    number, candidate = 1, name
    while folded(candidate) in taken:
        number += 1
        candidate = f"{name}~{number}"
    return candidate


def _percent(letter: str) -> str:
    return f"%{ord(letter):02X}" if ord(letter) < 256 else f"%u{ord(letter):04X}"
