"""What becomes of the marks in one file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.release.regions import RegionError, split

METHOD = """\
class Net:
    def forward(self, x):
        # BEGIN SOLUTION
        return x
        # END SOLUTION
"""


def test_a_region_becomes_an_error_that_names_the_function() -> None:
    """The default replacement stands where the region began and names class and function."""
    skeleton = split(METHOD, "net.py").skeleton
    assert skeleton == (
        "class Net:\n    def forward(self, x):\n"
        '        raise NotImplementedError("Net.forward is yours to write")\n'
    )


def test_a_region_becomes_what_its_mark_says() -> None:
    """Text after 'BEGIN SOLUTION:' replaces the region, at the mark's indentation."""
    text = METHOD.replace("BEGIN SOLUTION", "BEGIN SOLUTION: return None  # (N, C)")
    skeleton = split(text, "net.py").skeleton
    assert skeleton.splitlines()[-1] == "        return None  # (N, C)"


def test_marked_lines_are_dropped() -> None:
    """A line that ends with '# SOLUTION' is gone, and counts as solution."""
    done = split("a = 1\nb = 2  # SOLUTION\nc = 3\n", "x.py")
    assert done.skeleton == "a = 1\nc = 3\n"
    assert done.solution == ("b = 2",)


def test_a_region_in_yaml_may_vanish() -> None:
    """Outside Python a region without a replacement leaves nothing behind."""
    text = "a: 1\n# BEGIN SOLUTION\nb: 2\n# END SOLUTION\nc: 3\n"
    assert split(text, "x.yaml").skeleton == "a: 1\nc: 3\n"


def test_windows_line_ends_stay() -> None:
    """A file with CR LF keeps them, in the replacement as well."""
    skeleton = split(METHOD.replace("\n", "\r\n"), "net.py").skeleton
    assert skeleton.count("\r\n") == skeleton.count("\n") == 3


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("x = 1\n# BEGIN SOLUTION: y = 1\n", 2),
        ("x = 1\n\n# END SOLUTION\n", 3),
        ("# BEGIN SOLUTION: y = 1\n# BEGIN SOLUTION: y = 1\n# END SOLUTION\n", 2),
        ("# begin solution\n# END SOLUTION\n", 1),
        ("# BEGIN SOLUTION y = 1\n# END SOLUTION\n", 1),
        ("# BEGIN SOLUTION: y = 1\n# END SOLUTION.\n", 2),
        ("x = 1\n# BEGIN SOLUTION\ny = 1\n# END SOLUTION\n", 2),
        ("# BEGIN SOLUTIONS\n# END SOLUTIONS\n", 1),
    ],
)
def test_marks_that_do_not_fit_are_reported_with_their_line(text: str, line: int) -> None:
    """Unbalanced, nested or misspelt marks stop the release at file:line."""
    with pytest.raises(RegionError, match=rf"^x\.py:{line}: "):
        split(text, "x.py")


def test_a_skeleton_that_is_no_python_is_refused() -> None:
    """A function whose whole body was dropped needs a replacement."""
    with pytest.raises(RegionError, match="give the region a replacement"):
        split("def f():\n    return 1  # SOLUTION\n", "x.py")


LINES = st.lists(st.from_regex(r"[a-z]{1,6} = [0-9]{1,4}", fullmatch=True), max_size=5)


@given(before=LINES, inside=LINES, after=LINES)
def test_exactly_the_region_is_replaced(
    before: list[str], inside: list[str], after: list[str]
) -> None:
    """Whatever surrounds a region stays as it was, and nothing of the region stays."""
    marked = [*before, "# BEGIN SOLUTION: here = 0", *inside, "# END SOLUTION", *after]
    done = split("".join(f"{line}\n" for line in marked), "x.toml")
    assert done.skeleton.splitlines() == [*before, "here = 0", *after]
    assert list(done.solution) == inside
