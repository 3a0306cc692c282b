"""Whatever a submission returns is its own failure in that test, said in a true sentence."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest

_HERE = Path(__file__).parent

_CODE = """
import sys
import numpy as np

LIMIT = 5
ROWS = [1, 2]
number = 0.93
nothing = None

class Net:
    forward = None
    def __init__(self):
        self.weights = None
    def step(self, x):
        return self.missing

class Odd:
    __init__ = LIMIT

def wrong():
    return 1 / 0

def none(x):
    return None

def words(x):
    return "words"

def many(x):
    yield x

async def later(x):
    return x

def two(x, y):
    return x

def decimal(x):
    import decimal
    return decimal.Decimal(1)

def endless(x):
    class Endless:
        def __iter__(self): return self
        def __next__(self): return 1.5
    return Endless()

def nested(x):
    found = []
    for _ in range(500):
        found = [found]
    return found

def wordy(x):
    raise ValueError("much to say " * 200)

def longer(x):
    return np.longdouble(x) + np.zeros(2, np.longdouble)

def one_longer(x):
    return np.longdouble(x)

def thousands(x):
    return [0] * 10_000

def named_float(x):
    class float: pass
    return float()

def structured(x):
    return np.zeros(2, dtype=[("a", "f4")])

def deep(x):
    import copy
    rows = []
    for _ in range(2000):
        rows = [rows]
    return copy.deepcopy(rows)

def slow(x):
    import time
    time.sleep(0.7)
    return x

def pairs():
    yield 1, 2
    yield 3, 4, 5

def function_of(x):
    return lambda: x

def leaves(x):
    class Leaves(Exception):
        def __str__(self): raise SystemExit(3)
    raise Leaves

def grouped(x):
    raise ExceptionGroup("two things", [ValueError(1), TypeError(2)])

def hides_it(x):
    class Meta(type):
        __name__ = property(lambda self: 1 / 0)
    class Odd(Exception, metaclass=Meta):
        pass
    raise Odd

def without_flush(x):
    sys.stderr = object()
    return x

def leaves_in_flush(x):
    class Stream:
        def flush(self): raise KeyboardInterrupt
    sys.stderr = Stream()
    return x

kept = []

def keeps(function):
    kept.append(function)
    return function(2.0)

def uses_kept(x):
    return kept[0](x)

def own():
    return []

def total(rows):
    count = sum(len(row) for row in rows)
    return count / len(rows)
"""
_SKELETON = """
def number(x): ...
def nothing(x): ...
def absent(x): ...
def total(rows):
    count = sum(len(row) for row in rows)
    return count / len(rows)
"""
_REFERENCE = _SKELETON.replace("absent(x): ...", "absent(x): return 1")
_BROKEN = "def f(:\n"
# A folder of a module's name, and a package that puts something else in a class's place.
_PACKAGES = {
    "hidden_by/__init__.py": "1 / 0\n",
    "hidden_by.py": "def f(): return 1\n",
    "package/__init__.py": "from .inner import Thing\nThing = [1]\n",
    "package/inner.py": "class Thing: ...\n",
}
_TESTS = """
import gc
import time
import weakref
import numpy as np
import pytest
import code_under_test
from code_under_test import (
    LIMIT, ROWS, Net, absent, decimal, endless, later, many, none, nothing, number, two, words,
    wrong, slow, structured, deep, nested, named_float, thousands, wordy, longer, one_longer,
    pairs, function_of, leaves, grouped, hides_it, without_flush, leaves_in_flush, keeps, uses_kept,
)
import broken
import empty
import hidden_by
import null
import package
from studentkit import assert_close, task
pytestmark = pytest.mark.task("all")

@pytest.mark.parametrize("name", ["none", "words", "many", "later", "decimal"])
def test_value(name):
    assert_close(globals()[name](1.0), 2.0)

@pytest.mark.parametrize("name", ["number", "nothing", "absent", "wrong", "two"])
def test_call(name):
    value = globals()[name]
    value() if name == "wrong" else value(1.0)

def test_method_is_none():
    Net().forward(1)

def test_inside_a_class():
    code_under_test.Odd()

def test_attribute():
    Net().weights["W"]

def test_missing_attribute():
    Net().bias

def test_inner_error():
    Net().step(1)

def test_method_of_what_is_no_number():
    structured(1.0).sum(axis=0)

def test_extended_precision():
    assert_close(longer(2.0), np.full(2, 2.0))
    assert_close(one_longer(2.0), 2.0)

def test_much_is_said():
    wordy(1.0)

def test_type_name():
    found = decimal(1.0)
    assert type(found) is float, f"a {type(found).__name__} came back"

def test_type_name_is_never_a_type_of_pythons():
    found = named_float(1.0)
    assert type(found).__name__ == "float"

def test_unhashable():
    {nested(1.0)}

def test_too_long_to_be_shown():
    found = thousands(1.0)
    assert found is None, f"{found!r} came back"

def test_after_setting():
    found = nested(1.0)
    code_under_test.other = 5
    {found}

def test_beside():
    from studentkit.networks import state_of
    state_of(Net())

def test_beside_of_a_plain_value():
    from studentkit.networks import state_of
    state_of(words(1.0))

def test_deep_in_a_library():
    deep(1.0)

def test_import_inside():
    from code_under_test import Other
    Other()

def test_module_inside():
    import code_under_test.deeper

def test_broken():
    broken.f()

def test_hidden_by_a_folder():
    hidden_by.f()

def test_replaced_in_the_package():
    package.Thing()

def test_empty():
    empty.f()

def test_constants():
    assert LIMIT == 5 and list(ROWS) == [1, 2]

def test_array_of_it():
    none(np.array([None]))

def test_a_function_is_lent():
    assert keeps(lambda x: 2 * x) == 4.0

def test_a_function_was_lent():
    uses_kept(3.0)

def test_row_of_a_generator():
    for x, y in pairs():
        none(x + y)

def test_many_givers():
    first = words(1.0)
    none(1.0)
    second = first[0] + 1

def test_attribute_of_a_function():
    function_of(1.0).width

def test_leaves():
    leaves(1.0)

def test_grouped():
    grouped(1.0)

def test_hides_it():
    hides_it(1.0)

@pytest.mark.parametrize("name", ["without_flush", "leaves_in_flush"])
def test_stream(name):
    assert globals()[name](1.0) == 1.0
    assert words(1.0) == "words"

def test_address():
    assert object() == none(1.0)

def test_null():
    null.f()

def test_given():
    from code_under_test import own, total
    total(own())

def test_endless():
    assert sum(endless(1)) == 3

class Held:
    def __del__(self):
        end = time.monotonic() + 0.15
        while time.monotonic() < end:
            pass

def test_in_destructors():
    none(1)
    while True:
        Held()  # an exception in its destructor is lost
        for _ in range(100000):
            pass

def test_memory():
    none(1)
    np.ones((1 << 20, 1 << 20))
"""


def outcomes(
    folder: Path, tests: str, files: dict[str, str], seconds: float
) -> dict[str, dict[str, Any]]:
    """Run a test file in the real worker; return outcomes by the test's name."""
    (folder / "tests").mkdir()
    (folder / "code").mkdir()
    (folder / "skeleton").mkdir()
    (folder / "skeleton" / "code_under_test.py").write_text(_SKELETON)
    (folder / "reference").mkdir()
    (folder / "reference" / "code_under_test.py").write_text(_REFERENCE)
    (folder / "skeleton" / "package").mkdir()
    (folder / "skeleton" / "package" / "__init__.py").write_text("from .inner import Thing\n")
    (folder / "skeleton" / "package" / "inner.py").write_text(_PACKAGES["package/inner.py"])
    (folder / "tests" / "test_suite.py").write_text(textwrap.dedent(tests))
    for name, text in files.items():
        (folder / "code" / name).parent.mkdir(exist_ok=True)
        (folder / "code" / name).write_text(textwrap.dedent(text))
    command = [sys.executable, str(_HERE / "outcomes.py"), str(folder), str(seconds)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return {row["test"].split("::")[-1]: row for row in json.loads(done.stdout)}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Everything once."""
    files = {"code_under_test.py": _CODE, "broken.py": _BROKEN, "empty.py": "", **_PACKAGES}
    files["null.py"] = "x = 1\0\n"
    return outcomes(tmp_path_factory.mktemp("fault"), _TESTS, files, 1)


SENTENCES = {
    "test_value[none]": "None",
    "test_value[words]": "the result is of type str; expected numbers",
    "test_value[many]": "the result is of type generator; expected numbers",
    "test_value[later]": "the result is of type coroutine; expected numbers",
    "test_value[decimal]": "the result is of type Decimal; expected numbers",
    "test_call[number]": "code_under_test.py: number is a float; the task asks for a function.",
    "test_call[nothing]": "code_under_test.py: nothing is None; the task asks for a function.",
    "test_call[absent]": "code_under_test.py has no function absent.",
    "test_call[wrong]": "Your code raised ZeroDivisionError: division by zero\n  code_",
    "test_call[two]": "code_under_test.py: two could not be used as the task asks: TypeError",
    "test_method_is_none": "Net.forward is None; the task asks for something that can be called.",
    "test_inside_a_class": "Odd could not be used as the task asks: there is an int where",
    "test_attribute": "what Net.weights gave (None)",
    "test_missing_attribute": "An object of type Net has no attribute bias.",
    "test_inner_error": "Your code raised AttributeError: 'Net' object has no attribute 'missing'",
    "test_method_of_what_is_no_number": "ndarray.sum could not be used as the task asks: ",
    "test_type_name": "a Decimal object came back",
    "test_type_name_is_never_a_type_of_pythons": "",
    "test_unhashable": "code_under_test.nested gave (a list): TypeError: unhashable type: 'list'",
    "test_too_long_to_be_shown": "<list of the submission> came back",
    "test_after_setting": "what code_under_test.nested gave (a list)",
    "test_beside": "Net could not be used as the task asks: ",
    "test_beside_of_a_plain_value": "A value of your code (str) could not be used as",
    "test_much_is_said": "much to say […]\n  code_under_test.py, line",
    "test_deep_in_a_library": "Your code raised RecursionError: maximum recursion depth exceeded",
    "test_import_inside": "code_under_test.py has no name Other.",
    "test_module_inside": "There is no file code_under_test/deeper.py.",
    "test_broken": "broken.py could not be imported: SyntaxError: invalid syntax (broken.py, line",
    "test_hidden_by_a_folder": "hidden_by/__init__.py could not be imported: ZeroDivisionError",
    "test_replaced_in_the_package": "package.Thing is a list; the task asks for a class.",
    "test_empty": "empty.py has no name f.",
    "test_array_of_it": "The test could not use",
    "test_a_function_was_lent": "LookupError: that function was lent in an earlier test",
    "test_row_of_a_generator": "what pairs gave (a generator): ValueError: too many",
    "test_many_givers": "what your code returned, last of all what",
    "test_attribute_of_a_function": "What function_of gave (a function) has no attribute width.",
    "test_leaves": "Your code raised Leaves: (its message could not be made: SystemExit)",
    "test_grouped": "Your code raised ExceptionGroup: two things (2 sub-exceptions)",
    "test_hides_it": "(it could not be described: ZeroDivisionError)",
    "test_address": "assert <object object> == None",
    "test_null": "null.py could not be imported: SyntaxError: source code string",
    "test_given": "The course's total, called with what your code gave it, raised ",
    "test_endless": "",
    "test_in_destructors": "not come to an end with what code_under_test.none gave (None).",
    "test_memory": "The test ran out of memory",
}


@pytest.mark.parametrize("name", SENTENCES)
def test_the_sentence_names_what_is_there(found: dict[str, dict[str, Any]], name: str) -> None:
    """Every one fails, as the submission's own, and says what stands where."""
    assert found[name]["status"] == "failed"
    assert SENTENCES[name] in found[name]["message"]
    raised = name in ("test_call[wrong]", "test_inner_error", "test_deep_in_a_library")
    raised |= name in ("test_much_is_said", "test_leaves", "test_grouped")
    raised |= name == "test_a_function_was_lent"
    assert ("Your code raised" in found[name]["message"]) is raised
    lines = raised or name == "test_given"
    assert ("\n  code_under_test.py, line" in found[name]["message"]) is lines
    assert "None, line" not in found[name]["message"]


def test_extended_precision_is_a_number(found: dict[str, dict[str, Any]]) -> None:
    """What numpy computes with long doubles is compared like any other number."""
    assert found["test_extended_precision"]["status"] == "passed"


@pytest.mark.parametrize("name", ["without_flush", "leaves_in_flush"])
def test_a_replaced_stream_ends_nothing(found: dict[str, dict[str, Any]], name: str) -> None:
    """What is printed is taken, whatever the submission made of its standard error."""
    assert found[f"test_stream[{name}]"]["status"] == "passed"


def test_constants_are_there_although_another_name_is_missing(
    found: dict[str, dict[str, Any]],
) -> None:
    """One name that a module lacks takes nothing from the others."""
    assert found["test_constants"]["status"] == "passed"


_SLOW_TESTS = """
import pytest
from code_under_test import slow
pytestmark = pytest.mark.task("all")

@pytest.mark.parametrize("number", range(200))
def test_slow(number):
    slow(1)
    slow(2)
"""


@pytest.mark.slow
def test_when_the_time_is_over_the_remaining_tests_are_marked_at_once(tmp_path: Path) -> None:
    """Calls that are each within the limit use up the submission's; nobody waits for the rest."""
    began = time.monotonic()
    found = outcomes(tmp_path, _SLOW_TESTS, {"code_under_test.py": _CODE}, 0.5)
    assert time.monotonic() - began < 90, "each of 200 tests has had its own 0.5 seconds"
    assert len(found) == 200
    assert {row["status"] for row in found.values()} == {"failed"}
    assert {row["reason"] for row in found.values()} == {"time"}
    last = found["test_slow[199]"]["message"]
    assert last == "The 15 s allowed for the whole submission were over before this test."
