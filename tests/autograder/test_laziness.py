"""Code that does nothing: each form does so, suites that pay for it are found, and why is said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from autograder.authoring.laziness import forms
from autograder.authoring.laziness.variants import FORMS, Lazy, files_of, variants
from autograder.core import manifest

pytestmark = pytest.mark.slow  # grades whole classes

_REFERENCE = """\
def scale(x):
    # BEGIN SOLUTION
    return 2 * x
    # END SOLUTION


def shares(values):
    # BEGIN SOLUTION
    return [value / sum(values) for value in values]
    # END SOLUTION


class Net:
    def step(self, x):
        # BEGIN SOLUTION
        return x + 1
        # END SOLUTION
"""
_SKELETON = """\
def scale(x):
    raise NotImplementedError


def shares(values):
    raise NotImplementedError


class Net:
    def step(self, x):
        raise NotImplementedError
"""
_MANIFEST = """\
title = "Tiny"
[worker]
packages = ["numpy"]
preload = ["numpy"]
[limits]
test_seconds = 2
[[tasks]]
id = "scale"
title = "Scale"
points = 4
functions = ["pieces.scale"]
{declared}
[[tasks]]
id = "shares"
title = "Shares"
points = 2
functions = ["pieces.shares"]
[[tasks]]
id = "net"
title = "Net"
points = 2
functions = ["pieces.Net.step"]
"""
_PUBLIC = """\
from pieces import Net, scale, shares
from studentkit import task


@task("scale")
def test_scale():
    assert scale(3) == 6


@task("shares")
def test_shares():
    assert list(shares([1, 3])) == [0.25, 0.75]


@task("net")
def test_net():
    assert Net().step(1) == 2
"""
_SOUND = """\
from pieces import Net, scale, shares
from studentkit import task


@task("scale")
def test_other_scale():
    assert scale(5) == 10


@task("shares")
def test_other_shares():
    assert list(shares([1, 1, 2])) == [0.25, 0.25, 0.5]


@task("net")
def test_other_net():
    assert Net().step(4) == 5
"""
_PAYS = _SOUND.replace(
    "    assert scale(5) == 10", "    values = [1]\n    scale(values)\n    assert values == [1]"
).replace(
    "    assert list(shares([1, 1, 2])) == [0.25, 0.25, 0.5]",
    "    for value in shares([]):\n        assert value == 1",
)


def validated(root: Path, hidden: str, declared: str = "") -> dict[str, Any]:
    """Prove such a suite; return what `validate --json` prints."""
    for path, text in {
        "assignments/tiny/assignment.toml": _MANIFEST.replace("{declared}", declared),
        "solutions/tiny/pieces.py": _REFERENCE,
        "student_skeleton/tiny/pieces.py": _SKELETON,
        "tests/tiny/public/test_pieces.py": _PUBLIC,
        "tests/tiny/hidden/test_others.py": hidden,
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    subprocess.run(
        [sys.executable, "-m", "autograder", "sync"], cwd=root, check=True, capture_output=True
    )
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "validate", "tiny", "--json"],
        cwd=root,
        env={**os.environ, "XDG_CACHE_HOME": str(root / "cache")},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.stdout, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_sound_suite_pays_nothing_for_nothing(tmp_path: Path) -> None:
    """All forms are tried, a memo of the examples among them, and none earns anything."""
    found = validated(tmp_path, _SOUND)
    assert found["problems"] == []
    assert "12 forms" in found["lazy_code"]


def test_a_suite_that_pays_for_nothing_is_found(tmp_path: Path) -> None:
    """The task, the share, an example of the code and the tests that let it pass are named."""
    found = validated(tmp_path, _PAYS)
    paid = {text.split(" in ")[1].split(",")[0]: text for text in found["lazy_code_that_earns"]}
    assert set(paid) == {"scale", "shares"}
    assert "up to 100 %" in paid["scale"] and "test_other_scale" in paid["scale"]
    assert "test_other_net" not in str(paid)
    assert not found["holds"]


def test_a_share_is_declared_with_a_reason(tmp_path: Path) -> None:
    """What is declared is allowed, and no more than is earned may be declared."""
    more = _SOUND.replace("def test_other_scale", "def test_another_scale").partition('@task("sh')
    only_scale = (
        _PAYS.replace(
            "for value in shares([]):\n        assert value == 1",
            "assert shares([5, 15])[0] == 0.25",
        )
        + more[0].partition("studentkit import task")[2]
    )
    reason = 'lazy = 66.67\nlazy_reason = "nothing is to be done for two thirds of it"'
    assert validated(tmp_path / "right", only_scale, reason)["lazy_code_that_earns"] == []
    found = validated(tmp_path / "more", only_scale, reason.replace("66.67", "75"))
    assert "75 % are declared" in found["lazy_code_that_earns"][0]


@pytest.mark.parametrize("declared", ["lazy = 20", 'lazy_reason = "why not"', "lazy = 100"])
def test_half_a_declaration_is_refused(tmp_path: Path, declared: str) -> None:
    """A share needs its reason, and nobody declares everything."""
    path = tmp_path / "assignment.toml"
    path.write_text(_MANIFEST.replace("{declared}", declared))
    with pytest.raises(manifest.ManifestError, match="lazy"):
        manifest.load(path)


# the forms ------------------------------------------------------------------------------


class Model:
    """Something with a method that works in place."""

    def __init__(self) -> None:
        self.weights = np.ones(2)

    def step(self, rate: float) -> None:
        """Edit the weights."""
        self.weights -= rate


def _pairs(x: np.ndarray, scale: float = 2.0) -> tuple[np.ndarray, float]:
    return scale * x, float(x.sum())


X = np.array([1.0, 2.0])
EXPECTED = {
    "none": None,
    "zero": 0,
    "one": 1,
    "empty": [],
    "first": X,
    "zeros": (np.zeros(2), 0.0),
    "ones": (np.ones(2), 1.0),
    "identity": X,
    "memo": None,
}


@pytest.mark.parametrize("form", EXPECTED)
def test_each_form_does_what_it_says(form: str) -> None:
    """The result is that of the form, whatever the function would have done."""
    found = forms.lazy(form, _pairs)(X, scale=3.0)
    np.testing.assert_equal(found, EXPECTED[form])


def test_nan_exceptions_and_the_skeleton() -> None:
    """The forms whose results cannot be compared."""
    assert np.isnan(forms.lazy("nan", _pairs)(X))
    with pytest.raises(ValueError, match="nothing is done"):
        forms.lazy("raises", _pairs)(X)
    assert forms.lazy("skeleton", _pairs, skeleton=len) is len


@pytest.mark.parametrize("form", sorted(set(FORMS) - {"raises", "skeleton", "memo"}))
def test_what_works_in_place_does_not(form: str) -> None:
    """Whatever a lazy method returns, its object stays as it was."""
    model = Model()
    forms.lazy(form, Model.__dict__["step"], "pieces.Model.step")(model, 0.5)
    np.testing.assert_array_equal(model.weights, [1, 1])


def test_static_and_class_methods_and_properties_stay_what_they_are() -> None:
    """The way of calling is not what is lazy."""

    class Kinds:
        @staticmethod
        def static(x: int) -> int:
            return x + 1

        @property
        def value(self) -> int:
            return 5

    Kinds.static = forms.lazy("first", Kinds.__dict__["static"])  # type: ignore[method-assign]
    Kinds.value = forms.lazy("one", Kinds.__dict__["value"])  # type: ignore[method-assign]
    assert Kinds.static(3) == Kinds().static(3) == 3
    assert Kinds().value == 1


def test_networks_become_networks_without_layers() -> None:
    """A builder's constant has outputs of the right shape and nothing that was built."""

    def build(units: int) -> torch.nn.Module:
        return torch.nn.Sequential(torch.nn.Linear(3, units), torch.nn.ReLU())

    net = forms.lazy("ones", build)(4)
    assert not list(net.parameters())
    assert torch.equal(net(torch.zeros(2, 3)), torch.ones(2, 4))


def test_a_memo_knows_what_it_was_shown() -> None:
    """Right for the same arguments, given in the same way, and None for others."""
    forms.TABLE.clear()
    forms.lazy("remembers", _pairs, "pieces.pairs")(X)
    forms.MEMO |= forms.TABLE
    try:
        knows = forms.lazy("memo", _pairs, "pieces.pairs")
        np.testing.assert_equal(knows(X.copy()), _pairs(X))
        assert knows(X + 1) is None
    finally:
        forms.MEMO.clear()


def test_variants_cover_functions_tasks_and_everything() -> None:
    """Each form is tried on each function with the skeleton, each task, and all at once."""
    tasks = [
        manifest.Task("a", "A", manifest.Fraction(1), (), ("pieces.scale", "pieces.shares")),
        manifest.Task("b", "B", manifest.Fraction(1), (), ("pieces.Net.step",)),
        manifest.Task("typed", "T", manifest.Fraction(1)),
    ]
    made = variants(tasks, ["typed"], {"pieces.py": _REFERENCE.encode()})
    names = [one.name for one in made]
    assert len(set(names)) == len(names)
    for form in FORMS:
        mine = [one for one in made if one.form == form]
        assert sum(one.on_skeleton for one in mine) == 3
        assert sum(one.alone for one in mine) == 2
        assert any(len(one.functions) == 3 for one in mine)
    assert sum(bool(one.answers) for one in made) == 6


def test_a_lazy_file_keeps_the_rest_of_the_reference() -> None:
    """The function is replaced at the end of its own file, and only there."""
    reference = {"pieces.py": _REFERENCE.encode()}
    lazy = Lazy("x", "zero", ("pieces.Net.step",), ("net",))
    made = files_of(lazy, reference, {"pieces.py": _SKELETON.encode()})
    assert made["pieces.py"].startswith(reference["pieces.py"])
    names: dict[str, Any] = {"_lazy_forms": forms}
    sys.modules["_lazy_forms"] = forms
    try:
        exec(made["pieces.py"], names)  # our own text, from the top of this file
    finally:
        del sys.modules["_lazy_forms"]
    assert names["Net"]().step(1) == 0
    assert names["scale"](2) == 4
