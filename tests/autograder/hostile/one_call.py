"""Call `act()` of some code in a worker that lacks the named layers; print what it returns.

one_call.py WITHOUT, with the code on standard input.
"""

from __future__ import annotations

import sys

from autograder.core.manifest import Limits
from autograder.execution.errors import SubmissionError, WorkerStopped
from autograder.execution.session import Session
from autograder.sandbox import tiers
from autograder.sandbox.fork_server import ForkServer


def main() -> None:
    """Tier A without the layers named on the command line."""
    without = frozenset(filter(None, sys.argv[1].split(",")))
    code = sys.stdin.read().encode()
    with ForkServer(tiers.probe(), ["numpy"], ["numpy"], without=without) as fork_server:
        session = Session(fork_server, {"attack.py": code}, Limits(memory_mb=1024, test_seconds=20))
        session.begin(None)
        try:
            print(session.request("call", ["name", "attack", "act"], [], {}))
        except SubmissionError as error:
            print(f"{error.type_name}: {error}")
        except WorkerStopped as stopped:
            print(f"stopped: {stopped.sentence}")
        session.stop()


if __name__ == "__main__":
    main()
