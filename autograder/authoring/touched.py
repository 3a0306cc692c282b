"""Which tests execute which functions of the reference: only those can notice a change in one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from autograder.execution.errors import SubmissionError, WorkerStopped
from autograder.execution.suite import Test
from autograder.grading.grader import Grader
from autograder.sandbox.fork_server import Parent

# Put among the reference's files; what stands in for a function adds the function's name.
_MODULE = "_touched_functions"
_NAMES = "NAMES: list = []\n"
_HEAD = f"""
from autograder import mistake
import {_MODULE}

def _noting(target):
    def note(original, *arguments, **named):
        if target not in {_MODULE}.NAMES:
            {_MODULE}.NAMES.append(target)
        return original(*arguments, **named)
    return note

"""


def touched(
    grader: Grader, fork_server: Parent, targets: Iterable[str], tests: Iterable[Test]
) -> dict[str, frozenset[str]]:
    """Return by test which of the functions `targets` ("module.Class.name") it executes.

    The reference runs with every one of them noting that it was called. What happens while a
    module is imported is not seen, and is not changed by a mistake either.
    """
    chosen = list(dict.fromkeys(targets))
    lines = [
        f"noting_{number} = _noting({target!r})\n"
        f"noting_{number}.__name__ = 'noting_{number}'\n"
        f"mistake({target!r})(noting_{number})\n"
        for number, target in enumerate(chosen)
    ]
    source = (_HEAD + "".join(lines)).encode()
    files = {**grader.reference_files, f"{_MODULE}.py": _NAMES.encode()}
    session = grader.session(fork_server, files)
    for number in range(len(chosen)):
        session.use_mistake(source, f"noting_{number}")
    found: dict[str, frozenset[str]] = {}

    @contextmanager
    def noted(test: Test) -> Iterator[None]:
        yield
        try:
            names = session.request("fetch", ["name", _MODULE, "NAMES"], keep=False)
            session.request("call", ["name", _MODULE, "NAMES", "clear"], [], {}, keep=False)
        except (SubmissionError, WorkerStopped):
            names = chosen  # nothing is known, so everything is possible
        found[test.id] = frozenset(names)

    grader.run_in(session, list(tests), noted)
    return found
