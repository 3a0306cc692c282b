"""Makes the neighbouring modules importable, and knows how many examples are wanted."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent))

# FUZZ_EXAMPLES=50000 .venv/bin/pytest tests/autograder/fuzz -n 2: the long run, by hand.
settings.register_profile(
    "fuzz",
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "150")),
    deadline=10_000,  # milliseconds for one frame, on a busy machine and under tracemalloc
    derandomize="FUZZ_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("fuzz")
