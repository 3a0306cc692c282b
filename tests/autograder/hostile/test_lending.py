"""What answers for lent functions tells what right functions answer, and nothing else.

Each guard is shown twice: the attack fails against it, and succeeds where it is off.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from autograder.core.manifest import Limits, Manifest, Task
from autograder.core.records import Outcome, Status
from autograder.execution.proxies import RemoteObject
from autograder.execution.session import Session
from autograder.execution.suite import Test
from autograder.grading import lending
from autograder.grading.error_carried_forward import carry
from autograder.grading.lending import Lender, LendingError
from autograder.grading.lent_code import lent_code
from autograder.sandbox import tiers
from autograder.sandbox.fork_server import ForkServer
from autograder.sandbox.inside import supplied
from autograder.sandbox.inside.wire import Reference

SECRET = "42.1375-is-the-answer"
REFERENCE = {
    "answers.py": f'gradient = "{SECRET}"\n'.encode(),
    "layers.py": b'''
"""A reference. CANARY-docstring"""
import numpy as np
from secrets_of_the_author import unneeded  # CANARY-comment

_LATEST = {}

class Base:
    def __init__(self):
        self.weights = {}
        self.gradients = {}

class Model(Base):
    __slots_are_not_used__ = True

    def __init__(self):
        super().__init__()
        self.name = "model"
        self._private = 3

    @property
    def size(self):
        return len(self.weights)

    def double(self, x):
        """CANARY-of-the-method"""
        return 2 * np.asarray(x)

    def spread(self):
        for name in self.weights:
            self.gradients[name] = 2 * self.weights[name]

    def secret(self):
        return "CANARY-method"

class Closed:
    __slots__ = ("weights",)

def remember(x):
    before, _LATEST["x"] = _LATEST.get("x"), x
    return before

def first_line(path):
    with open(path) as file:
        return file.readline()

def as_array(thing):
    return np.array(thing)

def batches(x, size):
    for start in range(0, len(x), size):
        yield x[start:start + size]

def table(n):
    return np.ones((n, n))

def wait(n):
    for _ in range(n):
        pass

def unlent():
    return "CANARY-unlent"
''',
    "secrets_of_the_author.py": b'unneeded = "CANARY-module"\n',
}
FUNCTIONS = [
    "layers.Model.double",
    "layers.Model.spread",
    "layers.remember",
    "layers.first_line",
    "layers.as_array",
    "layers.batches",
    "layers.table",
    "layers.wait",
]
CLASSES = ["layers.Base", "layers.Model", "layers.Closed"]
MODEL = "\0object"
TEST = Test("public/test_it.py::test_it", "task", "It works.", False, False, None)


@pytest.fixture(scope="module")
def lender() -> Iterator[Lender]:
    """A lender of the reference above, from the machine's best confinement."""
    with ForkServer(tiers.probe(), ["numpy"], ["numpy"]) as fork_server:
        limits = Limits(test_seconds=5, submission_seconds=60, memory_mb=1024)
        found = Lender(fork_server, lent_code(REFERENCE, FUNCTIONS, CLASSES), limits)
        yield found
        found.close()


def ask(lender: Lender, name: str, *arguments: Any, states: Any = None) -> Any:
    """Call a lent function as the worker's frame asks for it; return [result, new states]."""
    return lender.functions([name])[name](arguments, {}, states if states is not None else [])


def model(lender: Lender, name: str, state: Any, *more: Any, of: str = "layers.Model") -> Any:
    """Call a method of an object of class `of` with the attributes `state`."""
    return ask(lender, name, [MODEL, 0], *more, states=[[of, state]])


# what it is for -------------------------------------------------------------------------


def test_right_answers_come_back(lender: Lender) -> None:
    """A method and a function that edits a model answer as in the reference."""
    with lender.lent(TEST):
        np.testing.assert_array_equal(
            model(lender, "layers.Model.double", None, np.arange(3.0))[0], [0, 2, 4]
        )
        state = {"weights": {"W": np.ones(2)}, "gradients": {}}
        _, states = model(lender, "layers.Model.spread", state)
        np.testing.assert_array_equal(states[0]["gradients"]["W"], [2, 2])
        items = ask(lender, "layers.batches", [1, 2, 3], 2)[0]
        assert items[1] == [[1, 2], [3]]


# what is there to be had ----------------------------------------------------------------


def test_nothing_but_the_lent_code_is_there() -> None:
    """Answers, comments, docstrings and other functions never reach the process that answers."""
    text = json.dumps(lent_code(REFERENCE, FUNCTIONS, CLASSES))
    assert "CANARY" not in text and SECRET not in text
    assert "double" in text and "remember" in text


def test_with_the_whole_reference_there_would_be_something_to_find() -> None:
    """The canaries are in what is cut: each of them is in the reference itself."""
    whole = b"".join(REFERENCE.values()).decode()
    assert whole.count("CANARY") == 6 and SECRET in whole


@pytest.mark.parametrize(
    "name",
    [
        "layers.unlent",
        "layers.Model.secret",
        "layers.Model.__init__",
        "answers.gradient",
        "os.system",
        "builtins.eval",
    ],
)
def test_what_is_not_in_the_table_cannot_be_called(lender: Lender, name: str) -> None:
    """A name that a frame might spell is looked up, never imported."""
    with lender.lent(TEST), pytest.raises(LendingError, match="KeyError"):
        ask(lender, name, "true")


# objects --------------------------------------------------------------------------------

FOREIGN = [
    "pathlib.Path",
    "importlib.machinery.SourceFileLoader",
    "os._Environ",
    "numpy.ndarray",
    "numpy.memmap",
    "types.SimpleNamespace",
    "layers.Closed",
    "layers.Model.__class__",
    "layers.np.ndarray",
    "answers.gradient",
    "",
]


@pytest.mark.parametrize("name", FOREIGN)
def test_objects_of_other_classes_are_refused(lender: Lender, name: str) -> None:
    """Only plain classes that the task declares are taken."""
    with lender.lent(TEST):
        with pytest.raises(LendingError, match="declares"):
            model(lender, "layers.as_array", {}, of=name)
        assert lender.refused[TEST.id]


PROTOCOLS = {
    "memory": {
        "__array_interface__": {"shape": (1,), "typestr": "|u1", "data": (4096, True), "version": 3}
    },
    "struct": {"__array_struct__": 1},
    "class": {"__class__": "x"},
    "dictionary": {"__dict__": {"weights": 1}},
    "private": {"_private": 5},
    "property": {"size": 5},
    "method": {"double": 5},
    "unknown": {"anything": 5},
}


@pytest.mark.parametrize("name", PROTOCOLS)
def test_attributes_that_no_such_object_has_never_arrive(lender: Lender, name: str) -> None:
    """Leading underscores, protocols, properties, methods and unknown names are left behind."""
    with lender.lent(TEST):
        result, states = model(lender, "layers.Model.double", PROTOCOLS[name], np.ones(1))
        assert result == [2]
        assert not set(states[0]) & set(PROTOCOLS[name])


def test_without_the_table_numpy_reads_memory_for_the_submission() -> None:
    """The guard is what stops it: with such an attribute allowed, bytes of an address come out."""
    secret = np.frombuffer(SECRET.encode(), np.uint8)
    wanted = {"shape": (len(secret),), "typestr": "|u1", "version": 3}
    wanted["data"] = (secret.ctypes.data, True)
    state = [["layers.Model", {"__array_interface__": wanted}]]
    thing = type("Model", (), {})

    def as_array(argument: Any) -> Any:
        return np.array(argument)

    for attributes, reads in ((frozenset({"__array_interface__"}), True), (frozenset(), False)):
        classes = {"layers.Model": (thing, attributes)}
        try:
            found, _ = supplied.call(as_array, classes, ([MODEL, 0],), {}, state)
        except TypeError:
            found = np.zeros(1, np.uint8)
        assert (found.tobytes() == SECRET.encode()) is reads


def test_handles_and_functions_do_not_travel(lender: Lender) -> None:
    """A handle of one worker would mean something else in another."""
    things: list[Any] = [
        print,
        object(),
        Reference(1, "object"),
        RemoteObject(Session(lender._fork_server, {}, Limits()), Reference(1, "object")),
        {1.5: 2},
        np.array([None]),
        np.array([(1, 2)], dtype=[("a", int), ("b", int)]),
    ]
    with lender.lent(TEST):
        for thing in things:
            with pytest.raises(LendingError):
                ask(lender, "layers.as_array", [thing])
            with pytest.raises(LendingError):
                model(lender, "layers.Model.double", {"weights": thing}, 1.0)


@pytest.mark.parametrize(
    "states",
    [
        [["layers.Model"]],
        ["layers.Model"],
        [[["layers.Model"], {}]],
        [["layers.Model", []]],
        {"layers.Model": {}},
        "layers.Model",
    ],
)
def test_malformed_frames_are_refused(lender: Lender, states: Any) -> None:
    """Whatever a forged frame holds, the answer is a refusal."""
    with lender.lent(TEST), pytest.raises(LendingError):
        ask(lender, "layers.as_array", [MODEL, 0], states=states)


# files ----------------------------------------------------------------------------------

_LOOK = """
import json, sys
from autograder.sandbox.inside import lending
lent, path, guarded = json.load(sys.stdin)
lending.prepare(lent)
if guarded:
    sys.addaudithook(lending._no_files)
try:
    print(json.dumps(lending._answer("supplied", ["layers.first_line", (path,), {}, []])[0]))
except PermissionError as error:
    print(json.dumps(str(error)))
"""


@pytest.mark.parametrize(
    "path",
    [json.__file__, "/proc/self/maps", "/proc/self/environ", "answers.py", "/dev/null", "."],
)
def test_no_file_is_opened_for_an_argument(lender: Lender, path: str) -> None:
    """Not even one of a library, which everybody may read."""
    with lender.lent(TEST), pytest.raises(LendingError, match="PermissionError"):
        ask(lender, "layers.first_line", path)


def test_without_the_guard_the_function_reads_files() -> None:
    """The audit hook is what stops it: the same call without it tells the file's first line."""
    lent = lent_code(REFERENCE, FUNCTIONS, CLASSES)
    said = []
    for guarded in (False, True):
        done = subprocess.run(
            [sys.executable, "-c", _LOOK],
            input=json.dumps([lent, json.__file__, guarded]),
            capture_output=True,
            text=True,
            check=True,
        )
        said.append(json.loads(done.stdout))
    assert said[0].startswith('r"""JSON')
    assert said[1] == "a lent function opens no files"


# memory of earlier tests ----------------------------------------------------------------


def test_nothing_is_remembered_from_one_test_to_the_next(lender: Lender) -> None:
    """What a hidden test put into a function's own memory is gone in the following one."""
    with lender.lent(TEST):
        ask(lender, "layers.remember", SECRET)
        # Within one test it does remember: this is what a fresh process guards against.
        assert ask(lender, "layers.remember", "x")[0] == SECRET
    with lender.lent(TEST):
        assert ask(lender, "layers.remember", "y")[0] is None


def test_nothing_is_lent_between_tests(lender: Lender) -> None:
    """A callback that comes late finds nobody."""
    with lender.lent(TEST):
        function = lender.functions(["layers.as_array"])["layers.as_array"]
    with pytest.raises(LendingError, match="outside a test"):
        function(([1],), {}, [])


# bounds ---------------------------------------------------------------------------------


def test_calls_are_counted(lender: Lender, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many questions a test and no more; the next test may ask again."""
    monkeypatch.setattr(lending, "MAX_CALLS", 3)
    for _ in (1, 2):
        with lender.lent(TEST):
            for number in range(3):
                assert ask(lender, "layers.as_array", number)[0] == number
            with pytest.raises(LendingError, match="3 calls"):
                ask(lender, "layers.as_array", 4)


def test_bytes_are_counted_both_ways(lender: Lender, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked and what is answered is bounded together, refused before it is sent."""
    monkeypatch.setattr(lending, "MAX_BYTES", 3 << 20)
    with lender.lent(TEST):
        ask(lender, "layers.as_array", np.zeros(1 << 17))  # 1 MB there, 1 MB back
        ask(lender, "layers.as_array", np.zeros(1 << 16))
        with pytest.raises(LendingError, match="3 MB"):
            ask(lender, "layers.as_array", np.zeros(1 << 17))


def test_what_takes_too_long_ends_with_a_refusal(lender: Lender) -> None:
    """Memory and time of the process that answers are limited like a worker's."""
    with lender.lent(TEST), pytest.raises(LendingError, match=r"MemoryError|too much"):
        ask(lender, "layers.table", 1 << 15)  # 8 GB
    with lender.lent(TEST), pytest.raises(LendingError, match="too much time"):
        ask(lender, "layers.wait", 1 << 40)
    with lender.lent(TEST), pytest.raises(LendingError, match="limit"):
        ask(lender, "layers.as_array", np.zeros(9 << 20))  # more than one message takes


# order ----------------------------------------------------------------------------------


def test_every_public_test_is_finished_before_anything_hidden_is_repeated() -> None:
    """Hidden inputs cannot come out in public: nothing public runs after them."""
    tasks = (
        Task("a", "A", Fraction(1), (), ("layers.as_array",)),
        Task("b", "B", Fraction(1), ("a",), ("layers.Model.double",)),
        Task("c", "C", Fraction(1), ("a", "b"), ("layers.remember",)),
    )
    tests, outcomes = [], []
    for task in tasks:
        for hidden in (True, False):
            name = f"{'hidden' if hidden else 'public'}/{task.id}"
            tests.append(Test(name, task.id, name, hidden, False, None))
            outcomes.append(Outcome(name, task.id, name, Status.FAILED, hidden))
    order: list[str] = []

    def run(chosen: list[Test], _: Any, __: Any) -> list[Outcome]:
        order.extend(test.id for test in chosen)
        return [Outcome(one.id, one.task, one.title, Status.FAILED, one.hidden) for one in chosen]

    class Lent(Lender):
        """Notes nothing, lends nothing."""

        def __init__(self) -> None:
            self._lent = {"functions": FUNCTIONS, "classes": {}}
            self.refused, self._branch = {}, None

        def lent(self, test: Test) -> Any:
            return contextlib.nullcontext()

    class Nobody:
        def supply(self, _: Any) -> None:
            """Take no functions."""

    manifest = Manifest.__new__(Manifest)
    object.__setattr__(manifest, "tasks", tasks)
    carry(manifest, tests, outcomes, Nobody, Lent(), run)  # type: ignore[arg-type]
    assert sorted(order) == sorted(one.id for one in tests if one.task != "a")
    assert order == sorted(order, key=lambda name: name.startswith("hidden"))
