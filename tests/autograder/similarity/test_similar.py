"""Code that was handed on is found, whatever it is renamed to; right solutions are not accused."""

from __future__ import annotations

import builtins
import io
import keyword
import random
import re
import subprocess
import sys
import tokenize
from pathlib import Path

import pytest

from autograder.core.files import folder_files
from autograder.core.layout import find_assignment, find_root
from autograder.reports.similar import render_similar
from autograder.similarity import Code, alike, code_of, given_code

_ROOT = find_root(Path(__file__))
_PLACE = find_assignment("mlp_from_scratch", _ROOT)
_GIVEN = folder_files(_PLACE.skeleton)
_SOLUTIONS = {
    "reference": folder_files(_PLACE.solution),
    "einsum": folder_files(_ROOT / "tests" / "independent" / "mlp_from_scratch_einsum"),
    "plain": folder_files(_ROOT / "tests" / "independent" / "mlp_from_scratch_plain"),
}


_KEPT = {*dir(builtins), "self", "__init__"}  # what cannot be called otherwise


def disguised(files: dict[str, bytes], seed: int) -> dict[str, bytes]:
    """Return the same code with other names, comments and blank lines: the usual disguise."""
    draw, names = random.Random(seed), {}
    found = {}
    for path, content in files.items():
        if not path.endswith(".py"):
            continue
        text = re.sub(r'"""(?:.|\n)*?"""', '"""my own words"""', content.decode())
        pieces = []
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            word = token.string
            if token.type == tokenize.COMMENT:
                word = "# as I understood it"
            elif token.type == tokenize.NAME and word not in _KEPT and not keyword.iskeyword(word):
                word = names.setdefault(word, f"name{draw.randrange(10**6)}")
            pieces.append((token.type, word))
        found[path] = tokenize.untokenize(pieces).encode()
    return found


def codes(*more: Code) -> list[Code]:
    """Return the code of three people who did not know of each other, and `more`."""
    return [*(code_of(name, files, _GIVEN) for name, files in _SOLUTIONS.items()), *more]


def test_a_disguised_copy_is_found_and_nobody_else() -> None:
    """Renamed, without its comments: first in the list; independent work is not in it."""
    copy = code_of("copy", disguised(_SOLUTIONS["plain"], 1), _GIVEN)
    pairs = alike(codes(copy), given_code(_GIVEN))
    assert [{one.first.name, one.second.name} for one in pairs] == [{"plain", "copy"}]
    assert pairs[0].share > 0.6
    common = "".join(text for text, both in pairs[0].first.pieces if both)
    whole = "".join(text for text, _ in pairs[0].first.pieces)
    assert len(common) > 0.4 * len(whole)
    plain = next(one for one in codes() if one.name == "plain")
    assert whole.strip() == plain.text.strip()


def test_what_was_given_out_is_nobodys() -> None:
    """Untouched skeletons, and what all of a class have, are no pair."""
    blank = [code_of(name, _GIVEN, _GIVEN) for name in ("a", "b")]
    assert {one.text for one in blank} == {""}
    touched = {path: content + b"\n# mine\n" for path, content in _GIVEN.items()}
    same = [code_of(name, touched, _GIVEN) for name in ("c", "d")]
    assert alike([*blank, *same], given_code(_GIVEN)) == []
    everybody = [Code(f"student {number}", codes()[2].text) for number in range(30)]
    assert alike(everybody, given_code(_GIVEN)) == []


def test_an_earlier_year_is_compared_with_this_one_only() -> None:
    """Two of another year are not held against each other."""
    old = [
        code_of(name, disguised(_SOLUTIONS["plain"], seed), _GIVEN, earlier=True)
        for seed, name in enumerate(("old", "older"))
    ]
    pairs = alike(codes(*old), given_code(_GIVEN))
    assert {frozenset((one.first.name, one.second.name)) for one in pairs} == {
        frozenset({"plain", "old"}),
        frozenset({"plain", "older"}),
    }


def test_notebooks_are_read_and_spoilt_ones_are_nothing() -> None:
    """Cells of code count; whatever else a student hands in raises nothing."""
    notebook = b'{"cells": [{"cell_type": "code", "source": ["x = 1\\n", "y = 2"]}]}'
    assert "x = 1\ny = 2" in code_of("a", {"n.ipynb": notebook}, {}).text
    for spoilt in (b"", b"[]", b'{"cells": 7}', b'{"cells": [7]}', b"[" * 100_000, b"\xff\xfe"):
        code = code_of("b", {"n.ipynb": spoilt, "m.py": spoilt}, {})
        alike([code, code], "")


def test_hostile_code_is_text_on_the_page() -> None:
    """Nothing that somebody wrote becomes markup, and the page says what it is."""
    evil = "</pre><script>alert(1)</script><!-- {{ 7 * 7 }}\n"
    text = codes()[0].text + "\n".join(f"s{n} = '{evil.strip()}' * {n}" for n in range(40))
    pairs = alike([*codes(), Code("</summary><b>x", text), Code("y", text)], "")
    assert pairs
    page = render_similar("A network", pairs, 5, 0)
    assert "<script" not in page and "{{ 7 * 7 }}" in page and "</summary><b>" not in page
    assert "no verdict" in page and "default-src 'none'" in page


@pytest.mark.slow
def test_the_command_writes_one_page(tmp_path: Path) -> None:
    """From folders to the page; what cannot be opened is named and stops nothing."""
    for name, files in {**_SOLUTIONS, "copy": disguised(_SOLUTIONS["plain"], 3)}.items():
        for path, content in files.items():
            place = tmp_path / "class" / name / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
    (tmp_path / "class" / "broken.zip").write_bytes(b"PK")
    command = [sys.executable, "-m", "autograder", "similar", "mlp_from_scratch"]
    command += [str(tmp_path / "class"), "-o", str(tmp_path / "page.html")]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "4 compared, 1 pair to look at" in done.stdout
    assert "not compared: broken" in done.stderr
    assert (tmp_path / "page.html").stat().st_size < 300_000
