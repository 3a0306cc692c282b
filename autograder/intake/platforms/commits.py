"""When the last commit of a clone was made.

Nothing in a clone tells when it was *pushed*, and a commit's own time is whatever the student's
computer wrote. It is shown, and makes nobody late unless times of that kind are trusted. The
repository is read by a library that runs none of what its configuration asks for, as git would.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from autograder.core.records import FILE_TIME

_SOURCE = (
    f"the last commit's own time, which is as good as a {FILE_TIME}: when it was pushed cannot be "
    "known from a clone"
)


def last_commit(folder: Path) -> tuple[datetime | None, str]:
    """Return the time of the last commit in the clone at `folder`, and in words what it is."""
    from dulwich.objects import Commit  # a tenth of a second: only where there are clones
    from dulwich.repo import Repo

    try:
        with Repo(str(folder)) as repository:
            commit = repository[repository.head()]
            if isinstance(commit, Commit):
                return datetime.fromtimestamp(int(commit.commit_time), UTC), _SOURCE
    except Exception:
        return None, ""
    return None, ""
