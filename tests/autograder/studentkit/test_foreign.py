"""What should be Python and is not is called what it is, in the report and before handing in."""

from __future__ import annotations

import sys

import pytest
from studentkit.foreign import nested_quotes, no_source, why_not_read
from studentkit.preflight import newer
from studentkit.survey import survey_file

_CODE = "def add(a, b):\n    return a + b\n" * 20


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (_CODE.encode("utf-16"), "UTF-16"),
        (_CODE.encode("utf-16-be"), "UTF-16"),
        (_CODE.encode("utf-16-le"), "UTF-16"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n", "git lfs pull"),
        (b"PK\x03\x04rest", "office document"),
        (b"%PDF-1.7", "PDF"),
        (b"<!doctype html><html>", "web page"),
        (_CODE.encode() + b"\0", "no text has"),
    ],
)
def test_other_files_are_named(content: bytes, said: str) -> None:
    """With what to do about it."""
    facts = survey_file("utils.py", content)
    assert said in facts["error"]["message"]


@pytest.mark.parametrize(
    "content", [_CODE.encode(), b"\xef\xbb\xbf" + _CODE.encode(), b"", b"x = 1", "é = 1".encode()]
)
def test_source_is_source(content: bytes) -> None:
    """Also with a byte order mark, empty, short, or with other letters."""
    assert no_source(content) == ""


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("<<<<<<< HEAD", "merge"),
        ("%matplotlib inline", "for notebooks"),
        ("!pip install torch", "for notebooks"),
        ("x = “a”", "quotation marks"),
        ("x\u00a0= 1", "U+00A0"),
    ],
)
def test_the_line_shows_why(line: str, said: str) -> None:
    """In the words of whoever has to mend it."""
    text = f"{_CODE}{line}\nx = 2\n>>>>>>> other\n" if line.startswith("<") else f"{_CODE}{line}\n"
    assert said in survey_file("utils.py", text.encode())["error"]["message"]


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python reads it")
@pytest.mark.parametrize(
    "line", ["type Pair = tuple[int, int]", "def f[T](x: T) -> T: ...", "x = f'{', '.join('ab')}'"]
)
def test_newer_syntax_is_called_newer(line: str) -> None:
    """With the Python that grades."""
    said = survey_file("utils.py", line.encode())["error"]["message"]
    assert "came with Python 3.12, this one is 3.11" in said


def test_an_honest_error_stays_what_it_is() -> None:
    """No reason is made up."""
    assert why_not_read("invalid syntax", "x = = 1", b"x = = 1") == "invalid syntax"


def test_what_only_a_newer_python_reads_is_said_before_handing_in() -> None:
    """The release names the Python that grades, and the student may have another one."""
    files = {"utils.py": b"match 1:\n    case 1:\n        pass\n", "main.py": b"x = 1\n"}
    (found,) = newer(files, "3.9", ["**"])
    assert found.rule == "syntax" and "utils.py:3 needs a newer Python than 3.9" in found.sentence
    assert newer(files, "3.11", ["**"]) == newer(files, "", ["**"]) == []


def test_nested_quotes_are_found() -> None:
    """Where the parser of a newer Python says nothing: `feature_version` does not cover them."""
    import ast

    if sys.version_info < (3, 12):
        assert nested_quotes(ast.parse("x = f'{1}'"), b"x = f'{1}'") == 0
    else:
        line = b"x = f'{', '.join([])}'"
        assert nested_quotes(ast.parse(line), line) == 1
