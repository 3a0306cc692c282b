"""Which files a manifest's submit patterns mean."""

from __future__ import annotations

import pytest
from studentkit.patterns import leads_to, matches, selected, unmatched


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("main.py", "*.py", True),
        ("models/net.py", "*.py", False),
        ("models/net.py", "models", True),
        ("models/net.py", "models/", True),
        ("models/net.py", "./models/*.py", True),
        ("models/deep/net.py", "models/*.py", False),
        ("models/deep/net.py", "models/**/*.py", True),
        ("models/net.py", "models/**/*.py", True),
        ("a/b/c.yaml", "**/*.yaml", True),
        ("modelsx/net.py", "models", False),
        ("configs/a.yml", "configs/*.y*ml", True),
        ("main.py", "", False),
    ],
)
def test_patterns_mean_what_a_shell_means(path: str, pattern: str, expected: bool) -> None:
    """A star stays within a folder; a folder's name means all of it."""
    assert matches(path, pattern) is expected


@pytest.mark.parametrize(
    "path",
    ["tests/test_a.py", "studentkit/x.py", "data/a.csv", "models/__pycache__/a.pyc", ".git/x"],
)
def test_what_is_not_the_students_is_never_handed_in(path: str) -> None:
    """Even where a pattern covers everything."""
    assert not selected(path, ["**"])


def test_folders_are_entered_only_where_something_can_match() -> None:
    """An environment beside the code is not searched."""
    assert leads_to("models", ["models", "*.py"])
    assert leads_to("models/deep", ["models/*/*.py"])
    assert leads_to("anything", ["**/*.py"])
    assert not leads_to("venv", ["models", "configs/*.yaml", "*.py"])


def test_patterns_without_a_file_are_listed() -> None:
    """In their own order."""
    assert unmatched(["b", "*.py", "a"], ["main.py"]) == ["b", "a"]
