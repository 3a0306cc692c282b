"""A notebook is kept without its outputs: one print in a loop must not cost the submission."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packing import EXPECTED, FILES, tarred, write, zipped

from autograder.core.records import Submission
from autograder.intake import discover, read
from autograder.intake.notebooks import without_outputs


def _notebook(lines: int) -> dict[str, object]:
    text = ['step ["outputs": {1}], \\ loss 0.5\n'] * lines
    return {
        "cells": [
            {
                "cell_type": "code",
                "source": ["while True:\n", '    print("outputs")'],
                "outputs": [{"output_type": "stream", "text": text}],
                "metadata": {},
            },
            {"cell_type": "markdown", "source": ['"outputs": [', "my answer"], "metadata": {}},
        ],
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
    }


@pytest.mark.parametrize("form", ["zip", "tar.gz", "tar.xz", ""])
def test_a_runaway_print_costs_nothing(tmp_path: Path, form: str) -> None:
    """In an archive it looks like a bomb, on the disk it is larger than any source."""
    whole = _notebook(500_000)
    files = {**FILES, "answers.ipynb": json.dumps(whole).encode()}
    assert len(files["answers.ipynb"]) > 16 * 2**20
    place = tmp_path / (f"ada.{form}" if form else "ada")
    if form:
        mode = f"w:{form.removeprefix('tar.')}"
        place.write_bytes(zipped(files) if form == "zip" else tarred(files, mode))
    else:
        write(place, files)
    (source,), _ = discover([place], expected=EXPECTED)
    found = read(source, expected=EXPECTED)
    assert isinstance(found, Submission), found
    kept = json.loads(found.files["answers.ipynb"])
    whole["cells"][0]["outputs"] = []  # type: ignore[index]
    assert kept == whole
    assert found.notes == ()


def test_too_much_beside_the_outputs_is_left_out(tmp_path: Path) -> None:
    """And the rest is graded."""
    large = json.dumps({"cells": [{"source": "x" * 17 * 2**20, "outputs": []}]}).encode()
    (tmp_path / "eve.zip").write_bytes(zipped({**FILES, "answers.ipynb": large}))
    (source,), _ = discover([tmp_path / "eve.zip"], expected=EXPECTED)
    found = read(source, expected=EXPECTED)
    assert isinstance(found, Submission) and "answers.ipynb" not in found.files
    assert "has more than 16 MB beside its outputs" in found.notes[0]


@pytest.mark.parametrize("form", ["zip", "tar.gz"])
def test_a_bomb_beside_a_notebook_is_one(tmp_path: Path, form: str) -> None:
    """What a notebook may have does not serve another file."""
    files = {"answers.ipynb": json.dumps(_notebook(500_000)).encode(), "main.py": b"#" * 2**24}
    place = tmp_path / f"eve.{form}"
    place.write_bytes(zipped(files) if form == "zip" else tarred(files))
    (source,), _ = discover([place], expected=EXPECTED)
    found = read(source, expected=EXPECTED)
    assert not isinstance(found, Submission) and "decompression bomb" in found.reason


@pytest.mark.parametrize(
    "flood", [b'{"outputs": [' + b"[" * 40_000_000, b'"\\a"' * 8_000_000, b'"' + b"\\n" * 10**7]
)
def test_a_flood_is_given_up(flood: bytes) -> None:
    """After so many tokens, whatever they are; counted in processor seconds."""
    begun = time.process_time()
    assert without_outputs(flood) == flood
    assert time.process_time() - begun < 30


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just("outputs"), inner),
    max_leaves=20,
)


@given(_JSON)
def test_nothing_else_changes(value: object) -> None:
    """Of any JSON only lists under that name, wherever they are."""
    assert json.loads(without_outputs(json.dumps(value).encode())) == _emptied(value)


def _emptied(value: object) -> object:
    if isinstance(value, list):
        return [_emptied(one) for one in value]
    if isinstance(value, dict):
        return {
            key: [] if key == "outputs" and isinstance(one, list) else _emptied(one)
            for key, one in value.items()
        }
    return value
