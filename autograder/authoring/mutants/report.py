"""What mutation testing found, as plain data and as lines of text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from autograder.authoring.mutants.equivalents import NAME, Equivalent
from autograder.authoring.mutants.mutant import Mutant

_GONE = "the solution has no such mutant any more"
_KILLED = "a test notices it now"


@dataclass(frozen=True)
class Stale:
    """A declaration that is out of date."""

    entry: Equivalent
    problem: str


@dataclass(frozen=True)
class MutationReport:
    """How many changes of the reference the suites notice, and which they do not."""

    assignment: str
    total: int  # mutants that were run, equivalent ones too
    killed: int
    survivors: tuple[Mutant, ...]  # nobody noticed and nobody explained
    equivalents: tuple[tuple[Mutant, str], ...]  # nobody noticed, and why nobody has to
    stale: tuple[Stale, ...]
    left_out: int = 0  # by a limit
    training: bool = False  # whether tests that train had a say

    @property
    def rate(self) -> float:
        """The part of the mutants that is noticed, of those that can be."""
        noticeable = self.total - len(self.equivalents)
        return self.killed / noticeable if noticeable else 1.0

    @property
    def holds(self) -> bool:
        """Whether there is nothing to do."""
        return not self.survivors and not self.stale

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "assignment": self.assignment,
            "holds": self.holds,
            "total": self.total,
            "killed": self.killed,
            "rate": round(self.rate, 4),
            "left_out": self.left_out,
            "training": self.training,
            "survivors": [_plain(mutant) for mutant in self.survivors],
            "equivalents": [{**_plain(mutant), "why": why} for mutant, why in self.equivalents],
            "stale": [{**vars(stale.entry), "problem": stale.problem} for stale in self.stale],
        }


def judge(
    assignment: str,
    mutants: Sequence[Mutant],
    killed: Sequence[bool | None],
    declared: Sequence[Equivalent],
    training: bool,
) -> MutationReport:
    """Make the report; `killed` has None for a mutant that was not run."""
    why = {entry.identity: entry.why for entry in declared}
    outcomes: dict[tuple[str, str, str], list[bool | None]] = {}
    survivors, equivalents = [], []
    for mutant, noticed in zip(mutants, killed, strict=True):
        outcomes.setdefault(mutant.identity, []).append(noticed)
        if noticed is False and mutant.identity in why:
            equivalents.append((mutant, why[mutant.identity]))
        elif noticed is False:
            survivors.append(mutant)
    stale = []
    for entry in declared:
        found = outcomes.get(entry.identity)
        if found is None:
            stale.append(Stale(entry, _GONE))
        elif all(found):
            stale.append(Stale(entry, _KILLED))
    return MutationReport(
        assignment,
        total=sum(noticed is not None for noticed in killed),
        killed=sum(noticed is True for noticed in killed),
        survivors=tuple(survivors),
        equivalents=tuple(equivalents),
        stale=tuple(stale),
        left_out=sum(noticed is None for noticed in killed),
        training=training,
    )


def render(report: MutationReport) -> list[str]:
    """Return the report as lines for people."""
    lines = []
    for mutant in report.survivors:
        lines += ["", *_lines("survives", mutant)]
    for mutant, why in report.equivalents:
        lines += ["", *_lines("equivalent", mutant), f"  because: {why}"]
    for stale in report.stale:
        lines += [
            "",
            f"stale in {NAME}: {stale.entry.file}: {stale.problem}",
            f"  - {stale.entry.line}",
            f"  + {stale.entry.mutated}",
        ]
    summary = (
        f"{report.assignment}: {report.killed} of {report.total - len(report.equivalents)} mutants "
        f"are noticed ({report.rate:.1%}), {len(report.survivors)} survive; "
        f"{len(report.equivalents)} more are equivalent"
    )
    if report.left_out:
        summary += f"; {report.left_out} were not run"
    if report.stale:
        summary += f"; {len(report.stale)} declarations are stale"
    return [*lines[1:], *([""] if lines else []), summary]


def _lines(word: str, mutant: Mutant) -> list[str]:
    place = f"{mutant.file}:{mutant.line}"
    function = f" in {mutant.function}" if mutant.function else ""
    return [
        f"{word}: {place}{function}: {mutant.words}",
        f"  - {mutant.original}",
        f"  + {mutant.mutated}",
    ]


def _plain(mutant: Mutant) -> dict[str, Any]:
    return {name: value for name, value in vars(mutant).items() if name != "source"}
