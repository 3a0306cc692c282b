"""What one person or group handed in, as a platform lays it out, and a submission made of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from autograder.intake.paths import is_archive
from autograder.intake.said import Said
from autograder.intake.sources import Source

# Files that nobody's code is in. What the skeleton has is code whatever it is called.
_ATTACHED = frozenset(
    ".pdf .doc .docx .odt .rtf .pages .ppt .pptx .odp .key .xls .xlsx .ods .html .htm .url "
    ".png .jpg .jpeg .gif .heic .webp .svg .bmp .tif .tiff .mp4 .mov .avi .mp3 .m4a".split()
)
_AGAIN = re.compile(r"(-\d{1,3}|\s*\(\d{1,3}\))(?=\.[^.]+\Z)")  # answers-1.py, answers (1).py


@dataclass(frozen=True)
class Delivery:
    """Files of one person or group; a folder where the platform gave it as it was."""

    name: str
    path: Path
    files: tuple[tuple[str, Path], ...] | None = None  # what each was called, and where it lies
    said: Said = field(default_factory=Said)

    def source(self, name: str, places: Mapping[str, str]) -> Source:
        """Return the submission called `name`.

        `places` tell by a file's name where the skeleton has it: what comes without its folders
        is put there. What is no code stays out, and is named.
        """
        if self.files is None:
            return Source(name, self.path, "folder", said=self.said)
        if len(self.files) == 1 and is_archive(self.files[0][0]):
            return Source(name, self.files[0][1], "archive", said=self.said)
        code, attached = [], list(self.said.attachments)
        for title, path in self.files:
            place = places.get(title) or places.get(_AGAIN.sub("", title))
            if place is None and PurePosixPath(title.lower()).suffix in _ATTACHED:
                attached.append(title)
            else:
                code.append((place or title, path))
        said = replace(self.said, attachments=tuple(attached))
        if len(code) == 1 and is_archive(code[0][0]):
            return Source(name, code[0][1], "archive", said=said)
        return Source(name, self.path, "files", tuple(code), said)


def places_of(skeleton: Path) -> dict[str, str]:
    """Return where the files of a skeleton are, by those names that only one of them has."""
    found: dict[str, list[str]] = {}
    for path in sorted(skeleton.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            found.setdefault(path.name, []).append(path.relative_to(skeleton).as_posix())
    return {name: paths[0] for name, paths in found.items() if len(paths) == 1}
