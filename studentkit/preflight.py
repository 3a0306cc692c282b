"""Warns, before anything is handed in, of what the grader would find in the folder as a whole."""

from __future__ import annotations

import ast
import contextlib
import json
import sys
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from pathlib import Path

from studentkit.foreign import nested_quotes
from studentkit.handin import HERE, RULES, FolderError, Gathered, HandIn, gather
from studentkit.handin import read_assignment as _read_assignment
from studentkit.patterns import selected
from studentkit.rules import Finding, SurveyError, compare, printing
from studentkit.survey import survey
from studentkit.table import Glyphs, TableLine, bullet, glyphs_for, wrapped
from studentkit.unfinished import unfinished

SKELETON = "studentkit/skeleton.json"  # the skeleton's survey, written with the zip
_NAMES = {"standard_library": "standard library"}


def inspect(folder: Path, assignment: HandIn, gathered: Gathered) -> list[Finding]:
    """Return what the files to hand in break, most serious rule first; raises FolderError."""
    path = folder / SKELETON
    try:
        skeleton = json.loads(path.read_text(encoding="utf-8"))
        submission = survey(gathered.files)
        findings = compare(
            skeleton,
            submission,
            required=assignment.required,
            submit=assignment.submit,
            allow_imports=assignment.allow("imports"),
            allow_standard_library=assignment.allow("standard_library"),
        )
        findings += newer(gathered.files, str(skeleton.get("python", "")), assignment.submit)
        findings += unfinished(folder, assignment, gathered, skeleton, submission)
        findings += printing(
            skeleton, submission, submit=assignment.submit, allow=assignment.allow("printing")
        )
    except (OSError, UnicodeError, json.JSONDecodeError, SurveyError) as error:
        raise FolderError(
            f"{path} cannot be used ({error}); copy it from the assignment's zip again"
        ) from None
    return sorted(findings, key=lambda finding: RULES.index(finding.rule))


def newer(files: Mapping[str, bytes], python: str, submit: Sequence[str]) -> list[Finding]:
    """Return what this Python reads and the one that grades, such as "3.11", would not."""
    major, _, minor = python.partition(".")
    if not (major.isdecimal() and minor.isdecimal()):
        return []
    grades = (int(major), int(minor))
    found = []
    for path, content in files.items():
        if grades >= sys.version_info[:2] or not path.endswith(".py") or not selected(path, submit):
            continue
        with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            tree = ast.parse(content)
            try:
                ast.parse(content, feature_version=grades)
            except SyntaxError as error:
                said = f"{path}:{error.lineno} needs a newer Python than {python}, which grades"
                found.append(Finding("syntax", f"{said} ({error.msg}); write it otherwise", path))
                continue
            if grades < (3, 12) and (line := nested_quotes(tree, content)):
                said = f"{path}:{line} needs a newer Python than {python}, which grades"
                why = "quotes or a backslash inside of an f-string's braces"
                found.append(Finding("syntax", f"{said} ({why}); write it otherwise", path))
    return found


def draw(
    assignment: HandIn, gathered: Gathered, findings: Sequence[Finding], glyphs: Glyphs
) -> list[TableLine]:
    """Return the findings by rule, each with what it costs."""
    if not findings and not gathered.refused:
        sentence = (
            "Before you submit: nothing is left blank, and files, imports, signatures and printing "
            "look as they should."
        )
        return [TableLine(), *wrapped(sentence, "", "green")]
    lines = [TableLine(), TableLine("Before you submit, look at this:", "bold")]
    for sentence in gathered.refused:
        lines += bullet(sentence, "  ", glyphs.failed, "yellow")
    for rule in RULES:
        chosen = [finding for finding in findings if finding.rule == rule]
        if chosen:
            lines.append(
                TableLine(f"  {_NAMES.get(rule, rule)} ({assignment.cost(rule)})", "yellow")
            )
        for finding in chosen:
            lines += bullet(finding.sentence, "    ", glyphs.bullet)
    return lines


def main(argv: Sequence[str] | None = None) -> int:
    """Print the findings of a folder; return 0 without any, 1 with some, 2 where it cannot look."""
    parser = ArgumentParser(
        prog="python -m studentkit.preflight",
        description="Warn of what the grader would find: imports, signatures, files, printing.",
    )
    parser.add_argument(
        "folder", nargs="?", type=Path, default=HERE, help="the assignment's folder"
    )
    folder = parser.parse_args(argv).folder
    try:
        assignment = _read_assignment(folder)
        gathered = gather(folder, assignment.submit)
        findings = inspect(folder, assignment, gathered)
    except FolderError as error:
        say(str(error), error=True)
        return 2
    for line in draw(assignment, gathered, findings, glyphs_for(sys.stdout))[1:]:
        say(line.text)
    return 1 if findings or gathered.refused else 0


def say(text: str, error: bool = False) -> None:
    """Print a line; what the console's encoding lacks, or could misuse, is shown escaped."""
    stream = sys.stderr if error else sys.stdout
    text = "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)
    encoding = stream.encoding or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding), file=stream)


if __name__ == "__main__":
    sys.exit(main())
