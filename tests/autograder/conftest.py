"""What all tests share: one folder for what the grader learns or draws once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that have slow tests, so that none of them is left for one core."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session", autouse=True)
def cache(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep drawn digits and the replies of known mistakes apart from the user's, for all tests.

    Its files are named after all that they depend on, so that they serve every process of a run,
    and the next run too; `pytest --cache-clear` begins anew.
    """
    if pytestconfig.pluginmanager.has_plugin("cacheprovider"):
        folder = Path(pytestconfig.cache.mkdir("autograder"))
    else:
        folder = tmp_path_factory.mktemp("cache")
    folder.chmod(0o755)  # a worker may run as somebody else
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder))
        yield folder
