"""Lines that the field's tutorials have, and that a confined worker could not follow, cost nothing.

Loaders with workers, `torch.compile`, pools, back ends with windows; figures that are shown, saved
into a folder that is not there, or closed.
"""

from __future__ import annotations

from typing import Any

import pytest

from autograder.core.files import folder_files
from autograder.core.layout import find_assignment

from .small_class import ROOT, graded

pytestmark = pytest.mark.slow  # grades whole classes

_MLP = folder_files(find_assignment("mlp_from_scratch", ROOT).solution)
_IMAGES = folder_files(find_assignment("image_classifier", ROOT).solution)

_LOOP = """
    for name, train, valid in (
        ("loss", train_loss_history, valid_loss_history),
        ("accuracy", train_acc_history, valid_acc_history),
    ):
        {begin}
        {draw}
        plt.xlabel("epoch")
        plt.ylabel(name)
        plt.legend()
        {end}
    return
"""
_PLOT = "plt.plot(train, label='training'); plt.plot(valid, label='validation')"
_CURVES = {
    "saved_and_closed": ("plt.figure()", _PLOT, "plt.savefig(name + '.png'); plt.close()"),
    "saved_into_no_folder": ("plt.figure()", _PLOT, "plt.savefig(f'out/figures/{name}.pdf')"),
    "shown_between": ("", _PLOT, "plt.show()"),
    "cleared_between": ("", _PLOT, "plt.savefig(name); plt.clf()"),
    "figure_closed": ("figure = plt.figure()", _PLOT, "figure.savefig(name); plt.close(figure)"),
    "scattered": (
        "plt.figure()",
        "n = range(len(train)); plt.scatter(n, train, label='a'); plt.scatter(n, valid, label='b')",
        "",
    ),
    "left_open": ("plt.figure()", _PLOT, ""),
}


def _curves(begin: str, draw: str, end: str) -> dict[str, bytes]:
    """Return the mlp reference with other learning curves, and a back end with windows."""
    text = _MLP["utils.py"].decode()
    before, found, after = text.partition("    # The layout is computed when")
    assert found
    text = (
        before + _LOOP.format(begin=begin or "pass", draw=draw, end=end or "pass") + found + after
    )
    first = "import matplotlib\nmatplotlib.use('TkAgg')\nimport matplotlib.pyplot as plt\n"
    text = text.replace(
        "import matplotlib.pyplot as plt\n", f"{first}plt.switch_backend('QtAgg')\n"
    )
    return {**_MLP, "utils.py": text.encode()}


def _replaced(path: str, *changes: tuple[str, str]) -> dict[str, bytes]:
    text = _IMAGES[path].decode()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return {**_IMAGES, path: text.encode()}


_LOADER = "DataLoader(train_set, batch_size=batch_size, shuffle=True)"
_TESTED = "DataLoader(test_set, batch_size=batch_size, shuffle=False)"
_POOLED = (
    "from multiprocessing import Pool, get_context\n"
    "with Pool(4) as pool:\n    assert pool.map(abs, [-1, 2]) == [1, 2]\n"
    "    assert pool.apply_async(divmod, (7, 2)).get(5) == (3, 1)\n"
    "    told = []\n"
    "    pool.starmap_async(divmod, [(7, 2)], callback=told.append).wait()\n"
    "    assert told == [[(3, 1)]]\n"
    "from multiprocessing.pool import ThreadPool\n"
    "with ThreadPool(2) as pool:\n    assert pool.starmap(divmod, [(7, 2)]) == [(3, 1)]\n"
    "from concurrent.futures import ProcessPoolExecutor\n"
    "with ProcessPoolExecutor(2, get_context('spawn')) as pool:\n"
    "    assert list(pool.map(abs, [-1, 2])) == [1, 2]\n"
    "with get_context('spawn').Pool() as pool:\n"
    "    assert list(pool.imap_unordered(abs, [-3])) == [3]\n"
    "import torch\n"
)
_TORCH = {
    "workers": _replaced(
        "loading.py",
        (_LOADER, f"{_LOADER[:-1]}, num_workers=2, persistent_workers=True, prefetch_factor=4)"),
        (_TESTED, "DataLoader(test_set, batch_size, False, None, None, 2)"),
    ),
    "compiled": _replaced(
        "evaluation.py",
        ("import torch\n", "import torch\n\n@torch.compile(mode='max-autotune')\ndef one(x):\n"
         "    return x\n\nassert torch.compile(one)(3) == one(3)\n"),
    ),
    "dataset": _replaced(
        "evaluation.py", ("return correct / total", "return correct / len(test_loader.dataset)")
    ),
    "pooled": _replaced("loading.py", ("import torch\n", _POOLED)),
}  # fmt: skip


@pytest.fixture(scope="module")
def curves(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return results of learning curves drawn in other ways."""
    class_ = {name: _curves(*parts) for name, parts in _CURVES.items()}
    class_["nothing"] = _curves("plt.figure()", "plt.plot([], label='none')", "plt.close()")
    return graded("mlp_from_scratch", class_, tmp_path_factory.mktemp("curves"), "--quick")


@pytest.fixture(scope="module")
def torches(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return results of code that asks for processes or a compiler."""
    return graded("image_classifier", _TORCH, tmp_path_factory.mktemp("torches"), "--quick")


def _lost(result: dict[str, Any]) -> dict[str, str]:
    return {
        test["name"]: test["output"]
        for test in result["tests"]
        if test["score"] < test["max_score"]
    }


@pytest.mark.parametrize("name", _CURVES)
def test_figures_count_as_they_were_drawn(curves: dict[str, Any], name: str) -> None:
    """Whatever becomes of them: a window, a file in a new folder, another figure."""
    assert _lost(curves[name]) == {}


def test_an_empty_drawing_still_fails(curves: dict[str, Any]) -> None:
    """What was closed and held nothing is not taken for curves."""
    assert set(_lost(curves["nothing"])) == {"Learning curves"}


def test_what_the_worker_answers_is_noted(torches: dict[str, Any], curves: dict[str, Any]) -> None:
    """In the report, as something that costs nothing."""
    said = {name: " ".join(one["extra_data"]["notes"]) for name, one in torches.items()}
    assert "loaders with workers load in the process itself" in said["workers"]
    assert "torch.compile gives the function as it is" in said["compiled"]
    assert "pools compute in the process itself" in said["pooled"]
    assert "drawn without a window" in " ".join(curves["left_open"]["extra_data"]["notes"])


@pytest.mark.parametrize("name", _TORCH)
def test_processes_and_compilers_are_not_needed(torches: dict[str, Any], name: str) -> None:
    """Loaders load here, pools compute here, and what would be compiled runs as it is."""
    assert _lost(torches[name]) == {}
