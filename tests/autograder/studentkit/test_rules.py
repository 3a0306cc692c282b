"""Findings about code as a whole, from a skeleton's survey and a submission's."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from studentkit.rules import Finding, SurveyError, compare, printing
from studentkit.survey import survey

SUBMIT = ("models", "configs", "*.py")
SKELETON = {
    "utils.py": b"import numpy as np\nfrom typing import List\n\n\ndef load(path, size=28 * 28):\n"
    b"    raise NotImplementedError\n\n\ndef train(x):\n    print(x)\n",
    "models/__init__.py": b"from .net import Net\n",
    "models/net.py": b"import math\n\n\nclass Net:\n    def forward(self, X, *, mode='train'):\n"
    b"        raise NotImplementedError\n\n    def sigmoid_dev(self, x):\n        return x\n",
    "configs/a.yaml": b"a: 1\n",
}


def found(changes: dict[str, bytes | None], **options: Any) -> list[Finding]:
    """Return the findings of the skeleton with some files replaced (None: removed)."""
    files = {**SKELETON, **changes}
    submission = {path: content for path, content in files.items() if content is not None}
    return compare(survey(SKELETON), survey(submission), **{"submit": SUBMIT, **options})


def changed(path: str, old: bytes, new: bytes) -> dict[str, bytes | None]:
    """Return one file of the skeleton with `old` replaced by `new`."""
    assert old in SKELETON[path]
    return {path: SKELETON[path].replace(old, new)}


def only(findings: list[Finding]) -> Finding:
    """Return the only finding."""
    assert len(findings) == 1, findings
    return findings[0]


def test_the_skeleton_breaks_no_rule() -> None:
    """Untouched files give no finding."""
    assert found({}) == []
    assert printing(survey(SKELETON), survey(SKELETON)) == []


def test_a_third_party_import_is_found() -> None:
    """Rule, file, line and remedy are named."""
    one = only(found(changed("utils.py", b"List\n", b"List\nimport torch\n")))
    assert (one.rule, one.where) == ("imports", "utils.py:3")
    assert one.sentence == (
        "utils.py:3 imports torch, which the skeleton does not: remove it and do without"
    )


@pytest.mark.parametrize(
    ("added", "rule"),
    [
        (b"    import scipy.special\n", "imports"),
        (b"    from torch import nn as np\n", "imports"),
        (b"    __import__('torch')\n", "imports"),
        (b"    importlib.import_module(name)\n", "imports"),
        (b"    import math\n", "standard_library"),
        (b"    from os import path\n", "standard_library"),
    ],
)
def test_imports_inside_functions_count(added: bytes, rule: str) -> None:
    """Standard library and third party are two rules; importing by name changes nothing."""
    one = only(found(changed("utils.py", b"28):\n", b"28):\n" + added)))
    assert (one.rule, one.where) == (rule, "utils.py:6")


def test_a_changed_alias_is_a_changed_import() -> None:
    """The skeleton's own line is shown."""
    one = only(found(changed("models/net.py", b"import math", b"import math as m")))
    assert one.rule == "standard_library"
    assert "imports math as m where the skeleton imports math" in one.sentence


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("utils.py", b"numpy as np", b"numpy as xp"),
        ("models/net.py", b"import math", b"import math\nimport numpy as np"),
        ("models/net.py", b"import math", b"import math\nfrom numpy.linalg import norm"),
    ],
)
def test_a_package_of_the_skeleton_may_be_imported_in_every_file(
    path: str, old: bytes, new: bytes
) -> None:
    """Under any name, and its parts too: the course uses it, so may the student."""
    assert found(changed(path, old, new)) == []


def test_functions_that_the_course_gives_may_print() -> None:
    """The survey that comes with the zip names them."""
    shouting = survey({**SKELETON, **changed("models/net.py", b"return x", b"print(x)")})
    one = only(printing(survey(SKELETON), shouting))
    assert one.where == "models/net.py:9"
    given = {**survey(SKELETON), "given": ["models.net.Net.sigmoid_dev"]}
    assert printing(given, shouting) == []


@pytest.mark.parametrize(
    "line",
    [
        b"import models.net\n",
        b"from models import Net\n",
        b"from . import extra\n",
        b"from __future__ import annotations\n",
        b"import numpy as np\n",
        b"from studentkit import task\n",
        b"",
    ],
)
def test_own_modules_and_known_imports_are_fine(line: bytes) -> None:
    """So is leaving out an import of the skeleton."""
    assert found(changed("utils.py", b"import numpy as np\n", line)) == []


def test_the_manifest_can_allow_modules() -> None:
    """A package allows what is below it."""
    more = changed("utils.py", b"List\n", b"List\nimport scipy.special\nimport json\n")
    allowed = found(more, allow_imports=["scipy"], allow_standard_library=["js*"])
    assert allowed == []


def test_new_files_count_as_well() -> None:
    """What the skeleton imports anywhere is fine in a new file; anything else is found."""
    new = {"extra.py": b"import numpy as np\nimport torch\n"}
    assert only(found(new)).where == "extra.py:2"


def test_a_library_cannot_come_in_through_an_unmentioned_folder() -> None:
    """Files outside the submit patterns count once something imports them."""
    hidden = {"lib/__init__.py": b"from lib import more\n", "lib/more.py": b"import torch\n"}
    assert found(hidden) == []
    use = changed("utils.py", b"List\n", b"List\nimport lib\n")
    assert only(found({**hidden, **use})).where == "lib/more.py:1"
    tests = {"tests/x.py": b"import torch\n"}
    assert found(tests) == []
    assert only(found({**tests, **changed("utils.py", b"List\n", b"List\nimport tests.x\n")})).rule


@pytest.mark.parametrize(
    ("path", "old", "new", "sentence"),
    [
        ("utils.py", b"size=28 * 28", b"size=100", "load(path, size=100) where the skeleton has"),
        ("utils.py", b"path, size", b"file, size", "load(file, size=784) where the skeleton has"),
        ("models/net.py", b"*, mode", b"mode", "forward(self, X, mode='train') where the skeleton"),
        (
            "models/net.py",
            b"    def forward(self, ",
            b"    @staticmethod\n    def forward(",
            "@static",
        ),
        ("models/net.py", b"sigmoid_dev", b"Sigmoid_Deriv", "if Sigmoid_Deriv is it under a new"),
        (
            "models/net.py",
            b"class Net",
            b"class Network",
            "lacks class Net (line 4 of",
        ),
        (
            "utils.py",
            b"def load(",
            b"load = lambda: 0\ndef other_name(",
            "lacks load(path, size=784)",
        ),
    ],
)
def test_changed_signatures_are_found(path: str, old: bytes, new: bytes, sentence: str) -> None:
    """Both forms are shown, and what to do."""
    one = only(found(changed(path, old, new)))
    assert one.rule == "signatures"
    assert sentence in one.sentence
    assert one.where.startswith(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"size=28 * 28", b"size=784"),
        (b"path, size=28 * 28", b"path: str, size: int = 28*28"),
        (b"def train", b"def helper(a): pass\n\n\ndef train"),
    ],
)
def test_annotations_spelling_and_more_functions_are_fine(old: bytes, new: bytes) -> None:
    """Only what a caller could notice counts."""
    assert found(changed("utils.py", old, new)) == []


def test_missing_files_are_found() -> None:
    """Required patterns, and files of the skeleton that hold functions."""
    one = only(found({"configs/a.yaml": None}, required=["utils.py", "configs/*.y*ml"]))
    assert (one.rule, one.where) == ("files", "configs/*.y*ml")
    assert only(found({"models/net.py": None})).where == "models/net.py"
    moved = found({"utils.py": None, "util.py": SKELETON["utils.py"]}, required=["utils.py"])
    assert "is util.py that file" in moved[0].sentence


def test_a_file_that_is_no_python_is_found() -> None:
    """The offending line is quoted, and its other rules are not judged."""
    one = only(found({"utils.py": b"def load(:\n"}))
    assert (one.rule, one.where) == ("syntax", "utils.py:1")
    assert "near: def load(:" in one.sentence


def test_possible_printing_is_found_where_it_is_not_allowed() -> None:
    """The skeleton's own printing function may print as often as it does, no more."""
    more = {
        **SKELETON,
        **changed("models/net.py", b"return x", b"print(x)"),
        **changed("utils.py", b"print(x)", b"print(x); print(x)"),
        "main.py": b"print('hello')\n",
    }
    surveys = survey(SKELETON), survey(more)
    places = [one.where for one in printing(*surveys, submit=SUBMIT)]
    assert places == ["main.py:1", "models/net.py:9", "utils.py:10", "utils.py:10"]
    allowed = printing(*surveys, submit=SUBMIT, allow=["utils.train", "main.*"])
    assert only(allowed).sentence.startswith(
        "models/net.py:9 calls print(...) in models.net.Net.sigmoid_dev"
    )


def test_a_flood_of_findings_is_bounded() -> None:
    """Hundreds of broken lines give a short list."""
    source = b"".join(b"import a%d\n" % i for i in range(300))
    assert 20 < len(found({"extra.py": source})) < 100


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["line", "names", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(data=st.data())
def test_a_forged_survey_is_refused_or_compared_and_never_crashes(data: st.DataObject) -> None:
    """Whatever stands in place of a part of the survey, only SurveyError is raised."""
    forged = copy.deepcopy(survey(SKELETON))
    place: Any = forged
    for _ in range(data.draw(st.integers(0, 5))):
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        inner = [key for key in keys if isinstance(place[key], dict | list) and place[key]]
        if not inner:
            break
        place = place[data.draw(st.sampled_from(inner))]
    key = data.draw(st.sampled_from(list(place) if isinstance(place, dict) else range(len(place))))
    place[key] = data.draw(JSON)
    try:
        findings = [*compare(survey(SKELETON), forged), *printing(survey(SKELETON), forged)]
    except SurveyError:
        return
    assert all(finding.sentence.isprintable() for finding in findings)
