"""Judges the source of a submission before it runs: imports, signatures, missing files."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from studentkit.rules import SurveyError, compare

from autograder.core.manifest import Manifest, Rule
from autograder.core.records import Action, PolicyFinding
from autograder.execution.errors import WorkerStopped
from autograder.execution.session import Session


def surveyed(session: Session) -> dict[str, Any] | str:
    """Have the worker of `session` read the source; return the survey, or why there is none."""
    try:
        return session.survey()
    except WorkerStopped as problem:
        return str(problem)


def judged(
    facts: dict[str, Any] | str, skeleton: dict[str, Any], manifest: Manifest
) -> list[PolicyFinding]:
    """Return what the manifest's policy says of a source; `skeleton` is the skeleton's survey."""
    policy = manifest.policy
    try:
        if isinstance(facts, str):
            raise SurveyError(facts)
        findings = compare(
            skeleton,
            facts,
            required=manifest.required,
            submit=manifest.submit,
            allow_imports=policy.imports.allow,
            allow_standard_library=policy.standard_library.allow,
        )
    except SurveyError as problem:
        sentence = f"The source could not be read for its imports: {problem}"
        return [PolicyFinding("syntax", Action.WARN, sentence)]
    rules: dict[str, Rule] = {
        "imports": policy.imports,
        "standard_library": policy.standard_library,
        "signatures": policy.signatures,
        "files": policy.files,
    }
    verdicts, charged = [], set()
    for finding in findings:
        rule = rules.get(finding.rule, Rule())
        action, percent = rule.action, rule.percent
        if action is Action.DEDUCT and finding.rule in charged:
            percent = Fraction(0)  # a rule costs once, however often it is broken
        charged.add(finding.rule)
        verdicts.append(
            PolicyFinding(
                finding.rule, action, finding.sentence, finding.where, percent, rule.spares
            )
        )
    return verdicts
