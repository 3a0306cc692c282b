"""A data set appears whole or not at all, and what somebody else put there stays."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from autograder.datasets.mnist import DataError


def place(
    out: Path, names: Sequence[str], recipe: str, fill: Callable[[Path], None], mark: str
) -> bool:
    """Let `fill` write `names` (files or folders) into a hidden folder; rename them into `out`.

    `out/.MARK.recipe` keeps the `recipe`. Returns False, and does nothing, where everything is
    there already from the same recipe. Raises DataError where something of another recipe is in
    the way, or `out` cannot be written.
    """
    note = out / f".{mark}.recipe"
    present = [name for name in names if (out / name).exists()]
    try:
        ours = note.is_file() and note.read_text(encoding="utf-8", errors="replace") == recipe
        if ours and len(present) == len(names):
            return False
        if present and not ours:
            raise DataError(
                f"{out / present[0]}: is there already, and made otherwise; "
                "give another folder, or move it away"
            )
        out.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=out))
        try:
            fill(unfinished)
            # The recipe goes first: if the renames below are cut short, a repetition knows that
            # what is there is its own.
            (unfinished / note.name).write_text(recipe, encoding="utf-8")
            (unfinished / note.name).replace(note)
            for name in names:
                _remove(out / name)
                (unfinished / name).rename(out / name)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    except OSError as error:
        reason = error.strerror or str(error).partition("\n")[0] or type(error).__name__
        raise DataError(f"{out}: the data cannot be written there ({reason})") from None
    return True


def _remove(path: Path) -> None:
    """Remove what an earlier run of the same recipe left."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
