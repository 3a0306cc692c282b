"""A download that is still packed: its files are laid out as the platform named them."""

from __future__ import annotations

import shutil
import stat
import zipfile
from pathlib import Path

from autograder.core.traces import traces
from autograder.intake import gradescope
from autograder.intake.limits import MB
from autograder.intake.paths import BadPath, clean, is_junk
from autograder.intake.timestamps import IntakeError

_MOST_FILES = 200_000
_MOST_BYTES = 64 * 1024 * MB


def is_bulk(path: Path) -> bool:
    """Tell whether the zip at `path` holds a class as Canvas, Moodle or Gradescope packs it."""
    try:
        with zipfile.ZipFile(path) as packed:
            names = [name for name in packed.namelist() if not is_junk(name)]
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError):
        return False
    if any(Path(name).name == gradescope.EXPORT and name.count("/") <= 1 for name in names):
        return True
    tops = {name.split("/")[0] for name in names}
    marks = [traces(name) for name in tops]
    fitting = sum(bool(one.platform) and bool(one.user) for one in marks)
    return bool(fitting) and 2 * fitting >= len(tops)


def unpacked(path: Path, target: Path) -> Path:
    """Lay out the zip at `path` below `target`, once; raises IntakeError.

    What is in it was named by students: names that lead elsewhere are refused.
    """
    folder = target / path.stem
    done = folder / ".unpacked"
    status = path.stat()
    stamp = f"{status.st_size} {status.st_mtime_ns}"
    if done.is_file() and done.read_text(encoding="utf-8") == stamp:
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    try:
        with zipfile.ZipFile(path) as packed:
            entries = [one for one in packed.infolist() if not one.is_dir()]
            if len(entries) > _MOST_FILES or sum(one.file_size for one in entries) > _MOST_BYTES:
                raise IntakeError(f"{path}: holds too much to be one class; unpack it yourself")
            for entry in entries:
                if is_junk(entry.filename) or stat.S_ISLNK(entry.external_attr >> 16):
                    continue
                place = folder / clean(entry.filename)
                place.parent.mkdir(parents=True, exist_ok=True)
                with packed.open(entry) as source, place.open("xb") as file:
                    shutil.copyfileobj(source, file, MB)
        done.write_text(stamp, encoding="utf-8")
    except (OSError, BadPath, ValueError, RuntimeError, NotImplementedError) as error:
        raise IntakeError(f"{path}: cannot be unpacked ({error}); unpack it yourself") from None
    except zipfile.BadZipFile as error:
        raise IntakeError(f"{path}: is damaged ({error}); download it again") from None
    return folder
