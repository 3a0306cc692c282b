"""A test file means the same in the student's folder and under the grader."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # starts a worker and a student's pytest for each

_HERE = Path(__file__).parent

_CODE = '''
import numpy as np
import matplotlib.pyplot as plt

LIMIT = 5

class Net:
    """A model with weights in a dictionary."""
    def __init__(self, size=2):
        self.size = size
        self.weights = {"W": np.zeros((size, size)), "b": np.zeros(size)}
        self.layers = [1, [2, 3]]
    def __len__(self):
        return self.size
    def forward(self, x, scale=1.0):
        return scale * (x @ self.weights["W"] + self.weights["b"])
    def grow(self):
        self.weights["V"] = np.ones(1)
        return self
    @staticmethod
    def name():
        return "net"

class Deep(Net):
    pass

def step(net, rate):
    for name in net.weights:
        net.weights[name] = net.weights[name] - rate
    return None

def double(x):
    return 2 * x

def twice(x):
    return double(double(x))

def edits(x):
    x *= 2
    return x

def raises(kind):
    raise {"value": ValueError, "key": KeyError, "type": TypeError}[kind]("no")

def speak():
    print("a word")

def batches(n):
    return [np.full(3, i) for i in range(n)], list(range(n))

def count(n):
    yield from range(n)

def apply(function, *values):
    return function(*values)

def draw():
    return np.random.rand(3)

def figure():
    _, axes = plt.subplots(1, 2)
    axes[0].plot([1, 2], [3, 4])
    axes[0].set_title("loss")
'''

_TESTS = """
import contextlib, inspect, io, unittest, unittest.mock
import numpy as np
import code_under_test
import code_under_test as alias
from code_under_test import LIMIT, Deep, Net, double, speak

class TestNet(unittest.TestCase):
    def setUp(self):
        self.net = Net(2)

    def test_weights_are_set_and_read(self):
        self.net.weights["W"] = np.eye(2)
        self.net.weights["b"] = np.array([1.0, 2.0])
        np.testing.assert_array_equal(self.net.forward(np.ones((1, 2)), scale=2), [[4, 6]])

    def test_attributes_are_live(self):
        self.net.size = 7
        self.assertEqual(len(self.net), 7)
        self.assertEqual(self.net.size, 7)
        del self.net.size
        self.assertFalse(hasattr(self.net, "size"))

    def test_objects_are_passed_back_as_themselves(self):
        self.assertIs(self.net.grow(), self.net)
        self.assertIsNone(code_under_test.step(self.net, 0.5))
        self.assertEqual(self.net.weights["b"].tolist(), [-0.5, -0.5])

    def test_dictionaries_behave(self):
        self.assertEqual(set(self.net.weights), {"W", "b"})
        self.assertEqual(set(self.net.weights.keys()), {"W", "b"})
        self.assertIn("W", self.net.weights)
        self.assertNotIn("V", self.net.weights)
        self.assertIsInstance(self.net.weights, dict)
        self.assertEqual([v.shape for _, v in self.net.weights.items()], [(2, 2), (2,)])
        with self.assertRaises(KeyError):
            self.net.weights["nothing"]

    def test_lists_behave(self):
        self.assertEqual(self.net.layers, [1, [2, 3]])
        self.assertIsInstance(self.net.layers, list)
        self.assertEqual(self.net.layers[1][0], 2)
        self.assertEqual(self.net.layers[-1][1:], [3])
        self.net.layers[0] = 9
        self.assertEqual(self.net.layers, [9, [2, 3]])
        with self.assertRaises(IndexError):
            self.net.layers[5]

    def test_classes_are_known(self):
        self.assertIsInstance(Deep(1), Net)
        self.assertNotIsInstance(self.net, Deep)
        self.assertNotIsInstance(3, Net)
        self.assertTrue(issubclass(Deep, Net))
        self.assertEqual(list(inspect.signature(Net.forward).parameters), ["self", "x", "scale"])
        self.assertEqual(inspect.signature(double).parameters["x"].default, inspect._empty)

class TestFunctions(unittest.TestCase):
    def test_constants_are_values(self):
        self.assertEqual(LIMIT + 1, 6)
        self.assertEqual(alias.LIMIT, 5)

    def test_an_edit_in_place_is_seen(self):
        x = np.ones(3)
        before = x.copy()
        code_under_test.edits(x)
        self.assertFalse(np.array_equal(x, before))

    def test_no_edit_is_no_edit(self):
        x = np.ones(3)
        double(x)
        self.assertTrue(np.array_equal(x, np.ones(3)))

    def test_exceptions_keep_their_type(self):
        for kind, error in (("value", ValueError), ("key", KeyError), ("type", TypeError)):
            with self.assertRaises(error):
                code_under_test.raises(kind)

    def test_a_wrong_exception_is_not_taken(self):
        with self.assertRaises(KeyError):
            code_under_test.raises("value")

    def test_output_can_be_caught(self):
        text = io.StringIO()
        with contextlib.redirect_stdout(text):
            speak()
        self.assertEqual(text.getvalue(), "a word\\n")

    def test_tuples_of_lists_come_apart(self):
        data, label = code_under_test.batches(70)
        self.assertEqual((len(data), len(label)), (70, 70))
        self.assertEqual([int(d[0]) for d in data], label)
        self.assertEqual(np.array(label).sum(), sum(range(70)))

    def test_generators_are_iterated(self):
        self.assertEqual(list(code_under_test.count(130)), list(range(130)))
        self.assertEqual(next(code_under_test.count(3)), 0)

    def test_functions_are_called_back(self):
        self.assertEqual(code_under_test.apply(lambda a, b: a + b, 2, 3), 5)

    def test_seeds_reach_the_other_side(self):
        np.random.seed(3)
        expected = np.random.rand(3)
        np.random.seed(3)
        np.testing.assert_array_equal(code_under_test.draw(), expected)

    def test_figures_can_be_looked_at(self):
        code_under_test.figure()
        axes = code_under_test.plt.gcf().axes
        self.assertEqual(axes[0].get_title(), "loss")
        self.assertEqual(list(axes[0].get_lines()[0].get_ydata()), [3, 4])

    def test_what_is_replaced_can_be_kept_called_and_put_back(self):
        kept, calls = code_under_test.double, []
        def spy(x):
            calls.append(x)
            return kept(x) + 1
        with unittest.mock.patch.object(code_under_test, "double", spy):
            self.assertEqual(code_under_test.twice(3), 15)
            self.assertEqual(double(3), 6)
            replaced = code_under_test.double
            code_under_test.double = lambda x: 100 * x
            self.assertEqual(code_under_test.twice(1), 10_000)
            self.assertEqual(replaced(1), 3)
        self.assertEqual(code_under_test.twice(3), 12)
        self.assertEqual(calls, [3, 7, 1])

    def test_a_method_is_replaced_in_its_class(self):
        kept = Net.forward
        Net.forward = lambda self, x: 7
        self.assertEqual(Deep(1).forward(np.ones(1)), 7)
        Net.forward = kept
        self.assertEqual(Deep(1).forward(np.ones((1, 1))).tolist(), [[0.0]])

    def test_a_failing_part_fails_the_test(self):
        for value in (1, 2):
            with self.subTest(value=value):
                self.assertEqual(double(value), 2)

    def test_a_wrong_expectation_fails(self):
        self.assertEqual(double(2), 5)
"""

_ONLY_HERE = """
import numpy as np
from code_under_test import Net, edits

def test_an_array_that_was_read_cannot_be_edited():
    net = Net(2)
    net.weights["W"][:] = 1  # would silently change a copy

def test_an_input_changed_in_place_cannot_make_the_expectation():
    x = np.ones(3)
    result = edits(x)
    np.testing.assert_array_equal(result, x)
"""

_SHOULD_FAIL = {
    "test_a_wrong_exception_is_not_taken",
    "test_a_failing_part_fails_the_test",
    "test_a_wrong_expectation_fails",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lay out code and tests."""
    folder = tmp_path_factory.mktemp("two_settings")
    (folder / "tests").mkdir()
    (folder / "code").mkdir()
    (folder / "tests" / "test_suite.py").write_text(textwrap.dedent(_TESTS))
    (folder / "code" / "code_under_test.py").write_text(textwrap.dedent(_CODE))
    return folder


def _confined(folder: Path, seconds: float = 5) -> dict[str, dict[str, str]]:
    command = [sys.executable, str(_HERE / "outcomes.py"), str(folder), str(seconds)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return {row["test"].split("::")[-1]: row for row in json.loads(done.stdout)}


def _plain(folder: Path) -> dict[str, bool]:
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "--tb=no", "-p", "no:cacheprovider"]
    environment = {**os.environ, "PYTHONPATH": str(folder / "code"), "MPLBACKEND": "Agg"}
    done = subprocess.run(
        [*command, "tests"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line.split() for line in done.stdout.splitlines() if "::" in line]
    found = {line[1].split("::")[-1]: line[0] == "PASSED" for line in lines}
    # A failing subtest is listed beside its test; either makes it a failure.
    failed = {line[1].split("::")[-1] for line in lines if not line[0].startswith("PASS")}
    return {name: passed and name not in failed for name, passed in found.items()}


def test_a_unittest_suite_gives_the_same_outcomes_in_both_settings(folder: Path) -> None:
    """Plain import and confined worker agree on every test, passing and failing ones."""
    plain = _plain(folder)
    confined = {name: row["status"] == "passed" for name, row in _confined(folder).items()}
    assert plain == confined
    assert {name for name, passed in confined.items() if not passed} == _SHOULD_FAIL


_DRAWING = """
import random
import numpy as np
import pytest
import torch
from neighbour import THEIRS
DRAW, OLD = np.random.default_rng(5), np.random.RandomState(5)
PLAIN, TENSORS = random.Random(5), torch.Generator()
found = []

@pytest.mark.parametrize("time", [1, 2, 3])
def test_draws(time):
    found.append((
        DRAW.random(), OLD.rand(), PLAIN.random(), float(torch.rand(1, generator=TENSORS)),
        float(torch.rand(1)), np.random.rand(), random.random(), THEIRS.random(),
    ))
    assert found[0] == found[-1]
    assert len(set(found[0])) == 8
"""


def test_what_a_test_draws_does_not_depend_on_the_tests_before_it(tmp_path: Path) -> None:
    """Generators of the libraries and of the test files begin anew with each test."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "nothing.py").write_text("")
    (tmp_path / "tests" / "test_drawing.py").write_text(_DRAWING)
    neighbour = "import numpy as np\nTHEIRS = np.random.default_rng(6)\n"
    (tmp_path / "tests" / "neighbour.py").write_text(neighbour)
    found = _confined(tmp_path)
    assert {name: row["message"] for name, row in found.items() if row["status"] != "passed"} == {}
    assert len(found) == 3


_LEFT_REPLACED = """
import code_under_test
from code_under_test import Net

def test_nothing_is_put_back():
    code_under_test.double = code_under_test.LIMIT = Net.name = lambda *_: 0
    del Net.grow
    code_under_test.more = lambda x: x
    assert code_under_test.twice(1) == 0
    assert Net(1).name() == 0

def test_afterwards():
    assert code_under_test.twice(1) == 4
    assert code_under_test.LIMIT == 5
    assert Net(1).name() == Net.name() == "net"
    assert len(Net(1).grow()) == 1
    assert not hasattr(code_under_test, "more")
"""


def test_what_a_test_replaces_is_there_for_the_next(folder: Path, tmp_path: Path) -> None:
    """What is put in the place of a function or a class's method stays for one test."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_left.py").write_text(_LEFT_REPLACED)
    (tmp_path / "code").symlink_to(folder / "code")
    found = _confined(tmp_path)
    assert {name: row["message"] for name, row in found.items() if row["status"] != "passed"} == {}


def test_silent_and_forging_edits_fail_under_the_grader(folder: Path, tmp_path: Path) -> None:
    """Two habits that plain Python lets pass are failures here, and say why."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_edits.py").write_text(_ONLY_HERE)
    (tmp_path / "code").symlink_to(folder / "code")
    found = _confined(tmp_path)
    assert {row["status"] for row in found.values()} == {"failed"}
    messages = " ".join(row["message"] for row in found.values())
    assert "read-only" in messages
    assert "changed an array that it was given" in messages


_DYING = """
import os, time
import numpy as np
def leave(): os._exit(7)
def hang():
    while True: pass
def crash():
    import ctypes
    ctypes.string_at(0)
def eat():
    return np.ones(1 << 33)
def swallow():
    try:
        hang()
    except BaseException:
        return 1
def exit(): raise SystemExit(0)
def interrupt(): raise KeyboardInterrupt
def skip():
    import unittest
    raise unittest.SkipTest("please")
def connect():
    import socket
    socket.socket()
def flood():
    os.write(1, b"x" * 1000000)
def good(): return 1
def raw():
    os.write(1, b"raw words")
"""
_DYING_TESTS = """
import pytest
import dying
@pytest.mark.parametrize("name", ["leave", "hang", "crash", "eat", "exit", "interrupt", "skip",
                                  "connect", "flood", "swallow"])
def test_dying(name):
    with pytest.raises(Exception) if name in ("leave", "hang", "crash") else open("/dev/null"):
        getattr(dying, name)()
def test_good():
    assert dying.good() == 1
def test_raw():
    dying.raw()
"""


def test_a_death_costs_the_tests_it_touches_and_names_the_reason(tmp_path: Path) -> None:
    """The rest goes on in a fresh worker; a test that expects an exception is not satisfied."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_dying.py").write_text(_DYING_TESTS)
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "dying.py").write_text(_DYING)
    found = _confined(tmp_path, 1)
    reasons = {name: row["reason"] for name, row in found.items()}
    assert {name for name, row in found.items() if row["status"] == "passed"} == {
        "test_good",
        "test_raw",
    }
    assert reasons["test_dying[leave]"] == "crash"
    assert "exit code 7" in found["test_dying[leave]"]["message"]
    assert reasons["test_dying[hang]"] == reasons["test_dying[swallow]"] == "time"
    assert "SIGSEGV" in found["test_dying[crash]"]["message"]
    assert reasons["test_dying[eat]"] == "memory"
    assert reasons["test_dying[connect]"] == "forbidden"
    assert reasons["test_dying[flood]"] == "output"
    assert found["test_raw"]["printed"] == [["raw words", "dying.raw", ""]]


_ENDLESS = """
class Endless(list):
    def __iter__(self):
        while True:
            yield bytes(self.size)

def endless(size):
    found = Endless()
    found.size = size
    return found

def good():
    return 1
"""
_ENDLESS_TESTS = """
from endless import endless, good
from studentkit import task
import pytest
pytestmark = pytest.mark.task("all")

def test_all_of_it():
    assert list(endless(100_000)) == []

def test_too_much_at_once():
    assert list(endless(2_000_000)) == []

def test_after():
    assert good() == 1
"""


def test_endless_answers_end_before_the_graders_memory_does(tmp_path: Path) -> None:
    """A list that never ends costs its test, and the next one is unharmed."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_endless.py").write_text(_ENDLESS_TESTS)
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "endless.py").write_text(_ENDLESS)
    found = _confined(tmp_path, 20)
    assert found["test_all_of_it"]["reason"] == "output"
    assert "512 MB" in found["test_all_of_it"]["message"]
    assert "too large to be sent" in found["test_too_much_at_once"]["message"]
    assert found["test_after"]["status"] == "passed"


_BUSY = """
import time

def work(seconds):
    began = time.process_time()
    while time.process_time() - began < seconds:
        pass
    return seconds

def wait(seconds):
    time.sleep(seconds)
    return seconds
"""
_BUSY_TESTS = """
from busy import wait, work
from studentkit import task
import pytest
pytestmark = pytest.mark.task("all")

def test_work():
    assert work(0.6) == 0.6

def test_waiting():
    assert wait(1.5) == 1.5

def test_too_much_work():
    assert work(2.0) == 2.0
"""


def test_a_busy_machine_takes_nothing_from_a_tests_time(tmp_path: Path) -> None:
    """The limit is time of a processor for code that wants one, and of the clock for waiting."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_busy.py").write_text(_BUSY_TESTS)
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "busy.py").write_text(_BUSY)
    spin = [sys.executable, "-c", "while True: pass"]
    others = [subprocess.Popen(spin) for _ in range(os.cpu_count() or 1)]
    try:
        found = _confined(tmp_path, 1)
    finally:
        for one in others:
            one.kill()
            one.wait()
    assert found["test_work"]["status"] == "passed", found["test_work"]["message"]
    assert found["test_waiting"]["reason"] == "time"
    assert found["test_too_much_work"]["reason"] == "time"
