"""Call `act()` of some code in a worker that lacks the named layers; print what it returns.

one_call.py WITHOUT, with the code on standard input.
"""

from __future__ import annotations

import sys

from autograder.manifest import Limits
from autograder.runner.errors import SubmissionError, WorkerStopped
from autograder.runner.session import Session
from autograder.sandbox import tiers
from autograder.sandbox.zygotes import Zygote


def main() -> None:
    """Tier A without the layers named on the command line."""
    without = frozenset(filter(None, sys.argv[1].split(",")))
    code = sys.stdin.read().encode()
    with Zygote(tiers.probe(), ["numpy"], ["numpy"], without=without) as zygote:
        session = Session(zygote, {"attack.py": code}, Limits(memory_mb=1024, test_seconds=20))
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
