"""The static facts of source code, honest and hostile."""

from __future__ import annotations

import json
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from studentkit.survey import MAX_BYTES, MAX_FILES, MAX_ITEMS, survey

NETWORK = b"""\
import numpy as np
import os.path, sys
from ._base import Base as B
from .. import shared


def outside(a, /, b=28 * 28, *rest, c=1e-4, **more):
    import torch
    __import__("scipy")
    return a


class Net(B):
    class Inner:
        def deep(self): ...

    @staticmethod
    def forward(X, y, mode='train'):
        print(X)
        if X:
            def local(z):
                sys.stdout.write("x")
            return importlib.import_module("js" + "on")

    async def later(self): print("", file=open("x"))


print("at import")
if __name__ == "__main__":
    print("never when imported")
"""


def facts(source: bytes, path: str = "models/net.py") -> dict:
    """Return what the survey says about one file."""
    return survey({path: source})["files"][path]


def test_imports_are_found_wherever_they_are() -> None:
    """At the top, relative, inside functions, through __import__ and importlib."""
    imports = [
        (one["module"], one["names"], one["alias"], one["line"])
        for one in facts(NETWORK)["imports"]
    ]
    assert imports == [
        ("numpy", [], "np", 1),
        ("os.path", [], "", 2),
        ("sys", [], "", 2),
        ("models._base", [["Base", "B"]], "", 3),
        ("", [["shared", ""]], "", 4),
        ("torch", [], "", 8),
        ("scipy", [], "", 9),
        ("", [], "", 23),
    ]


def test_functions_have_dotted_names_and_parameters() -> None:
    """Nested classes count, functions within functions do not; `28 * 28` is 784."""
    functions = {one["name"]: one for one in facts(NETWORK)["functions"]}
    assert list(functions) == [
        "models.net.outside",
        "models.net.Net.Inner.deep",
        "models.net.Net.forward",
        "models.net.Net.later",
    ]
    assert functions["models.net.outside"]["parameters"] == [
        ["a", "positional-only", None],
        ["b", "positional", "784"],
        ["rest", "varargs", None],
        ["c", "keyword-only", "0.0001"],
        ["more", "varkw", None],
    ]
    assert functions["models.net.Net.forward"]["binding"] == ["staticmethod"]
    assert functions["models.net.Net.later"]["binding"] == ["async"]


def test_printing_calls_carry_their_function() -> None:
    """What only runs as a script, or writes to a file, is no printing."""
    prints = [(one["call"], one["function"], one["line"]) for one in facts(NETWORK)["prints"]]
    assert prints == [
        ("print", "models.net.Net.forward", 19),
        ("sys.stdout.write", "models.net.Net.forward", 22),
        ("print", "", 28),
    ]


def test_a_package_is_called_by_its_folder() -> None:
    """`models/__init__.py` is `models`."""
    source = b"from .net import Net\ndef f(): pass\n"
    found = facts(source, "models/__init__.py")
    assert found["functions"][0]["name"] == "models.f"
    assert found["imports"][0]["module"] == "models.net"


def test_letters_that_python_normalises_are_seen_through() -> None:
    """Full-width letters spell the same names."""
    found = facts("import ｎｕｍｐｙ\nｐｒｉｎｔ(1)\n".encode())
    assert found["imports"][0]["module"] == "numpy"
    assert found["prints"][0]["line"] == 2


@pytest.mark.parametrize(
    ("source", "line"),
    [(b"def f(:\n    pass\n", 1), (b"x = 1\n  y = 2\n", 2), (b"x = 'a\n", 1)],
)
def test_a_syntax_error_is_a_fact_with_its_line(source: bytes, line: int) -> None:
    """Message and offending line are kept; other files are surveyed all the same."""
    report = survey({"bad.py": source, "good.py": b"x = 1\n"})
    error = report["files"]["bad.py"]["error"]
    assert error["line"] == line
    assert error["message"]
    assert error["source"] == source.splitlines()[line - 1].decode().strip()
    assert "error" not in report["files"]["good.py"]


HOSTILE = {
    "open parentheses": b"(" * 100_000,
    "nested parentheses": b"x = " + b"(" * 150 + b")" * 150,
    "a long sum": b"x = 1" + b" + 1" * 60_000,
    "a long chain": b"x" + b".a" * 100_000,
    "signs": b"x = " + b"-" * 100_000 + b"1",
    "lambdas": b"lambda:" * 5_000 + b"1",
    "many elifs": b"if 1: pass\n" + b"elif 1: pass\n" * 15_000,
    "NUL": b"a\0b",
    "bytes that are no text": b"x = '\xff'",
    "an unknown encoding": b"# coding: nope\nx = 1",
    "an encoding that is none": b"# coding: rot13\nvzcbeg",
    "a huge number": b"def f(a=0x" + b"f" * 20_000 + b"): pass",
    "a sum as a default": b"def f(a=1" + b" + 1" * 5_000 + b"): pass",
    "a wide default": b"def f(a=[" + b"1," * 50_000 + b"]): pass",
    "many calls": b"print(1)\n" * 25_000,
    "many imports": b"import " + b", ".join(b"a" * 300 for _ in range(800)),
    "many names": b"from a import " + b", ".join(b"b%d" % i for i in range(20_000)),
    "many parameters": b"def f(" + b", ".join(b"b%d" % i for i in range(20_000)) + b"): pass",
    "a terminal's escape": b"__import__('a\\x1b[31m')",
    "too large": b"x" * (MAX_BYTES + 1),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_source_gives_small_plain_facts(name: str) -> None:
    """No source makes the survey raise, take long, or return much or unprintable text."""
    start = time.process_time()
    report = survey({"x.py": HOSTILE[name]})
    assert time.process_time() - start < 20
    text = json.dumps(report, ensure_ascii=False)
    assert text.isprintable()
    assert len(text) < 400_000
    assert json.loads(text) == report


def test_nothing_is_executed() -> None:
    """Source that would end the process does not."""
    survey({"x.py": b"import sys\nsys.exit(3)\nraise SystemExit\n"})
    assert "x" not in sys.modules


def test_limits_are_told() -> None:
    """Where something was left out, the survey says so."""
    assert not facts(b"import a\n" * (MAX_ITEMS + 1))["complete"]
    assert not survey({f"a{i}.py": b"" for i in range(MAX_FILES + 1)})["complete"]
    assert survey({"a.py": b"", "b.txt": b"\0"})["names"] == ["a.py", "b.txt"]


@given(st.binary(max_size=200))
def test_any_bytes_can_be_surveyed(source: bytes) -> None:
    """Whatever a file holds, there are facts about it."""
    found = facts(source)
    assert set(found) in ({"error"}, {"imports", "functions", "classes", "prints", "complete"})
