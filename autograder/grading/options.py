"""What a run of the grader was asked for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograder.sandbox.tiers import Level, Tier


@dataclass(frozen=True)
class GradingOptions:
    """What a run was asked for, as plain data that crosses to the grading process."""

    root: str
    assignment: str
    tier: Tier
    small: str  # folder with the everyday data
    training: str  # folder with the data that training tests use
    cache: str  # folder for what is learnt once and used by later runs
    data_source: str  # what the images are: "digits", "handwriting", "mnist", "colours", "cifar10"
    data_words: str = "digits drawn on the spot (no MNIST was given; see --data)"
    held_out: str = ""  # file with labelled images for the trusted side alone
    notebook: str = ""  # file with the notebook that students got; "" where there is none
    due: datetime | None = None
    policy: tuple[str, ...] = ()  # rules that this run sets otherwise: "printing=warn"
    trust_file_times: bool = False  # whether a file's own time can make a submission late
    explains: bool = False  # whether reports tell what hidden tests asked and expected
    executes: bool = False  # whether notebooks are run as a whole, for a person to look at
    hidden: bool = True
    training_tests: bool = True

    def to_json(self) -> str:
        """Write as one line."""
        plain = dict(vars(self))
        plain["tier"] = [self.tier.level.value, list(self.tier.layers), list(self.tier.missing)]
        plain["due"] = self.due.isoformat() if self.due else None
        return json.dumps(plain)

    @classmethod
    def from_json(cls, text: str) -> GradingOptions:
        """Read what `to_json` wrote."""
        plain = json.loads(text)
        level, layers, missing = plain["tier"]
        plain["tier"] = Tier(Level(level), tuple(layers), tuple(missing))
        plain["policy"] = tuple(plain["policy"])
        plain["due"] = datetime.fromisoformat(plain["due"]) if plain["due"] else None
        return cls(**plain)

    @property
    def data(self) -> dict[str, Path]:
        """Folders of data by name."""
        return {"small": Path(self.small), "training": Path(self.training)}

    @property
    def data_sentence(self) -> str:
        """Say in a report which data the training tests saw."""
        if not self.training_tests:
            return "quick level: no network was trained; tests that train were left out"
        return f"full level, networks trained: {self.data_words}"
