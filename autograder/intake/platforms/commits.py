"""When the last commit of a clone was made.

Nothing in a clone tells when it was *pushed*, and a commit's own time is whatever the student's
computer wrote. It is shown, and makes nobody late unless times of that kind are trusted. The
repository is read by a library that runs none of what its configuration asks for, as git would.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from autograder.core.records import FILE_TIME

_SOURCE = (
    f"the last commit's own time, which is as good as a {FILE_TIME}: when it was pushed cannot be "
    "known from a clone"
)


_MOST_ENTRIES = 50_000


def _ordinary(folder: Path) -> bool:
    """Tell whether there is nothing but files and folders: opening a pipe would wait for ever."""
    waiting, count = [folder], 0
    try:
        while waiting:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    count += 1
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry.path))
                    elif not entry.is_file(follow_symlinks=False) or count > _MOST_ENTRIES:
                        return False
    except OSError:
        return False
    return True


def last_commit(folder: Path) -> tuple[datetime | None, str]:
    """Return the time of the last commit in the clone at `folder`, and in words what it is."""
    if not _ordinary(folder / ".git"):
        return None, ""
    from dulwich.objects import Commit  # a tenth of a second: only where there are clones
    from dulwich.repo import Repo

    try:
        with Repo(str(folder)) as repository:
            commit = repository[repository.head()]
            if isinstance(commit, Commit):
                return datetime.fromtimestamp(int(commit.commit_time), UTC), _SOURCE
    except Exception:  # a repository of a stranger may be broken in any way a library has not met
        return None, ""
    return None, ""
