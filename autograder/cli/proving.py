"""The proofs that suites and judges do what they should."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from autograder.cli.shared import (
    OUT,
    AssignmentName,
    Data,
    Jobs,
    Stop,
    Training,
    find,
    progress_bar,
)
from autograder.core import layout
from autograder.core.errors import ExitCode

if TYPE_CHECKING:
    from autograder.authoring.validate import Proof


def validate(
    assignment: AssignmentName,
    jobs: Jobs = None,
    data: Data = None,
    every: Annotated[
        int,
        typer.Option(min=1, metavar="N", help="Try each Nth known mistake only, for a quick look."),
    ] = 1,
    lazy_every: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Try each Nth piece of lazy code only; as --every if not given.",
        ),
    ] = None,
    training: Training = True,
    everything: Annotated[
        bool, typer.Option("--all", help="Print a table with every variant.")
    ] = False,
    costs: Annotated[
        bool, typer.Option("--points", help="Print what each known mistake costs, dearest first.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Prove the suites: reference all points, skeleton and lazy code none, mistakes caught."""
    from autograder.authoring.validate import validate as prove
    from autograder.grading.batch import prepare

    chosen = find(assignment)
    with progress_bar("proving") as progress:
        proof = prove(
            prepare(chosen, data=data, training=training), jobs, progress, every, lazy_every
        )
    if as_json:
        OUT.print_json(json.dumps(proof.to_json()))
    else:
        if costs:
            _tell_costs(proof)
        _tell_proof(proof, everything)
    if not proof.holds:
        raise Stop("the suites do not do what they should; see the problems above")


def _tell_costs(proof: Proof) -> None:
    table = Table("mistake", "task", "loses", "of", "share", "elsewhere")
    rows = []
    for one in proof.variants:
        if one.kind == "mistake" and one.task in one.costs:
            lost, most = one.costs[one.task]
            share = 100 * float(lost) / float(most)
            others = sum(float(cost) for task, (cost, _) in one.costs.items() if task != one.task)
            rows.append((share, [one.name, one.task, lost, most, f"{share:.0f} %", f"{others:g}"]))
    for _, row in sorted(rows, key=lambda pair: (-pair[0], pair[1])):
        table.add_row(*row)
    OUT.print(table)


def _tell_proof(proof: Proof, everything: bool) -> None:
    def say(line: str) -> None:
        OUT.print(line, markup=False, soft_wrap=True)

    if everything:
        table = Table("variant", "task", "score", "caught by", "carried", "problem")
        for variant in proof.variants:
            many = len(variant.failed)
            caught = variant.failed[0].split("::")[-1] if many else "–"
            caught += f" and {many - 1} more" if many > 1 else ""
            problem = "[red]see below[/red]" if variant.problem else "ok"
            carried = str(len(variant.carried) or "")
            table.add_row(variant.name, variant.task, variant.score, caught, carried, problem)
        OUT.print(table)
        say("carried: tests of later tasks that passed once the wrong function was supplied")
    scores = {one.name: one.score for one in proof.variants}
    mistakes = [one for one in proof.variants if one.kind == "mistake"]
    good = sum(not one.problem for one in mistakes)
    earned, free = scores["reference"], scores["skeleton"]
    say(f"reference {earned} of {proof.max_score} points, skeleton {free}")
    if mistakes:
        say(f"{good} of {len(mistakes)} known mistakes are caught in their task and only there")
    if proof.misconceptions:
        say(f"{proof.misconceptions} misconceptions of typed answers put through the worker")
    if proof.lazy:
        say(f"{proof.lazy}; {len(proof.paid) or 'none'} earned more than is declared")
    if proof.idle:
        say(f"{len(proof.idle)} of {len(proof.tests)} tests catch no known mistake:")
        for test in proof.idle:
            say(f"  {test}")
    for names in proof.twins:
        say(
            f"no test tells these apart, so that none of them can be named: {', '.join(names)}; "
            "leave one out, or write a test in which they differ"
        )
    if proof.repeating:
        say(f"{len(proof.repeating)} tests catch only what others catch too (--json names them)")
    say(f"confinement {proof.tier}")
    for problem in proof.problems:
        say(f"PROBLEM {problem}")


def mutate(
    assignment: AssignmentName,
    jobs: Jobs = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Run only so many mutants, evenly spread.")
    ] = None,
    training: Annotated[
        bool, typer.Option(help="Ask the tests that train about what all others let pass.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Change the reference in every small way, and list the changes that no test notices."""
    from autograder.authoring.mutation import mutate as run
    from autograder.authoring.mutation import render
    from autograder.grading.batch import prepare

    chosen = find(assignment)
    with progress_bar("mutating") as progress:
        report = run(prepare(chosen, training=training), jobs, training, progress, limit)
    if as_json:
        OUT.print_json(json.dumps(report.to_json()))
    else:
        for line in render(report):
            OUT.print(line, markup=False, soft_wrap=True)
    if not report.holds:
        raise Stop("some changes of the reference are noticed by no test; see the list above")


def judge(
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="Read and write one JSON object a line.")
    ] = False,
) -> None:
    """Judge typed answers from standard input: {"question": "ASSIGNMENT/NAME", "answer": …}."""
    from autograder.answers.jsonl import run

    if not jsonl:
        raise Stop("give --jsonl: rows come from standard input", ExitCode.USAGE)
    run(sys.stdin, sys.stdout, layout.find_root())
