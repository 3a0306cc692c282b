"""Rules of the handout that are no tests: compares a submission's survey with the skeleton's.

Both surveys are plain data (see `studentkit.survey`). The submission's was made from hostile
source in the confined worker, so it is checked before it is believed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from fractions import Fraction
from typing import Any

from studentkit.foreign import NO_SOURCE, VERSION
from studentkit.patterns import excluded, selected, unmatched

KIT_MODULES = frozenset({"studentkit"})  # ours; importing it is never a matter
_SHOWN = 60  # findings of one rule that are listed; more of them say nothing new


@dataclass(frozen=True)
class Finding:
    """One broken rule: which, where, and what to do about it."""

    rule: str  # "imports", "standard_library", "signatures", "files", "syntax" or "printing"
    sentence: str  # for the student; names the file, the line and the remedy
    where: str = ""  # "utils.py:12" or "utils.py"


def cost(action: str, percent: float | Fraction, spares: bool) -> str:
    """Say in a few words what a rule costs; "" where that is nothing.

    A rule that `spares` tasks is about the coding part.
    """
    which = "coding points" if spares else "points"
    if action == "zero":
        return f"costs all {which}"
    if action == "deduct" and percent:
        return f"costs {float(percent):g} % of the {which}"
    return ""


class SurveyError(ValueError):
    """A survey is not what `studentkit.survey.survey` returns: someone else wrote it."""


@dataclass(frozen=True)
class _Import:
    module: str
    name: str  # "" for `import module`
    alias: str
    line: int
    own: bool  # a relative import
    dynamic: bool  # through __import__ or importlib

    @property
    def key(self) -> tuple[str, str, str]:
        return self.module, self.name, self.alias

    @property
    def top(self) -> str:
        return self.module.partition(".")[0]

    def __str__(self) -> str:
        if self.dynamic:
            return f"'{self.module}'" if self.module else "a module whose name is computed"
        what = f"{self.name} from {self.module}" if self.name else self.module
        return f"{what} as {self.alias}" if self.alias else what


@dataclass(frozen=True)
class _Function:
    name: str
    line: int
    parameters: tuple[tuple[str, str, str | None], ...]
    binding: tuple[str, ...]

    def __str__(self) -> str:
        """Write the function as its `def` line does."""
        shown: list[str] = []
        slash = star = False
        for name, kind, default in self.parameters:
            if slash and kind != "positional-only":
                shown.append("/")
                slash = False
            if kind == "keyword-only" and not star:
                shown.append("*")
                star = True
            star = star or kind == "varargs"
            slash = kind == "positional-only"
            text = {"varargs": "*", "varkw": "**"}.get(kind, "") + name
            shown.append(text if default is None else f"{text}={default}")
        if slash:
            shown.append("/")
        return f"{self.name.rpartition('.')[2]}({', '.join(shown)})"


@dataclass(frozen=True)
class _File:
    error: tuple[int, str, str] | None  # line, message, offending line
    imports: tuple[_Import, ...] = ()
    functions: tuple[_Function, ...] = ()
    classes: tuple[tuple[str, int], ...] = ()
    prints: tuple[tuple[str, str, int], ...] = ()  # call, function, line
    complete: bool = True


@dataclass(frozen=True)
class _Survey:
    names: tuple[str, ...]
    files: dict[str, _File]
    complete: bool


def compare(
    skeleton: dict[str, Any],
    submission: dict[str, Any],
    *,
    required: Sequence[str] = (),
    submit: Sequence[str] = ("**",),
    allow_imports: Sequence[str] = (),
    allow_standard_library: Sequence[str] = (),
) -> list[Finding]:
    """Return what `submission` breaks, both being surveys, in the order of its files.

    `required` and `submit` are the manifest's patterns; the two `allow` lists are those of
    `policy.imports` and `policy.standard_library` (patterns of module names; a package allows
    what is below it). A package that the skeleton imports in one file is allowed in all. Raises
    SurveyError where a survey is malformed.
    """
    expected, actual = _read(skeleton), _read(submission)
    paths = _handed_in(actual, submit, expected)
    findings = [*_files(expected, actual, required, submit), *_limits(actual, paths)]
    allowed = {"imports": allow_imports, "standard_library": allow_standard_library}
    own = {_top(path) for path in (*actual.files, *expected.files)} | KIT_MODULES
    anywhere = _File(None, tuple(one for file in expected.files.values() for one in file.imports))
    packages = {one.top for one in anywhere.imports if not one.own} - sys.stdlib_module_names
    allowed["imports"] = [*allow_imports, *sorted(packages)]
    for path in paths:
        file = actual.files[path]
        if file.error:
            findings.append(_syntax(path, *file.error))
            continue
        findings += _imports(path, file, expected.files.get(path, anywhere), own, allowed)
        if path in expected.files:
            findings += _signatures(path, file, expected.files[path])
    return _bounded(findings)


def printing(
    skeleton: dict[str, Any],
    submission: dict[str, Any],
    *,
    submit: Sequence[str] = ("**",),
    allow: Sequence[str] = (),
) -> list[Finding]:
    """Return the calls that may print, in functions that neither `allow` nor the skeleton lets.

    `allow` holds patterns of qualified names (`utils.train`, `main.*`), as `policy.printing` does.
    What a function really prints is known only when it runs; this is the warning beforehand.
    Functions that the skeleton's survey calls `given` are the course's own and may print.
    Raises SurveyError where a survey is malformed.
    """
    expected, actual = _read(skeleton), _read(submission)
    given_functions = frozenset(map(_text, skeleton.get("given", ())))
    findings = []
    for path in _handed_in(actual, submit, expected):
        given = [function for _, function, _ in expected.files.get(path, _File(None)).prints]
        prints = actual.files[path].prints
        for call, function, line in prints:
            name = function or _module(path)
            if _allowed(name, allow) or name in given_functions:
                continue
            if sum(other == function for _, other, _ in prints) <= given.count(function):
                continue  # the skeleton's own lines
            place = f"in {function}" if function else "outside any function"
            sentence = (
                f"{path}:{line} calls {call}(...) {place}, which may print while your code is "
                "graded: remove it"
            )
            findings.append(Finding("printing", sentence, f"{path}:{line}"))
    return _bounded(findings)


def _handed_in(actual: _Survey, submit: Sequence[str], expected: _Survey) -> list[str]:
    """Return the files that count: those handed in by name, and what they import, transitively.

    So a library cannot be brought in through a folder that the handout does not mention.
    """
    counted = [
        path
        for path in actual.files
        if (path in expected.files and not excluded(path)) or selected(path, submit)
    ]
    modules = {_module(path): path for path in actual.files}
    seen = set(counted)
    waiting = list(counted)
    while waiting:
        for one in actual.files[waiting.pop()].imports:
            if one.top in KIT_MODULES:
                continue
            parts = [*one.module.split("."), *([one.name] if one.name else [])]
            for length in range(1, len(parts) + 1):
                path = modules.get(".".join(parts[:length]))
                if path is not None and path not in seen:
                    seen.add(path)
                    waiting.append(path)
    return sorted(seen)


def _files(
    expected: _Survey, actual: _Survey, required: Sequence[str], submit: Sequence[str]
) -> list[Finding]:
    present = [name for name in actual.names if not excluded(name)]
    findings = []
    for pattern in unmatched(required, present):
        name = pattern.rpartition("/")[2]
        similar = get_close_matches(name, [p.rpartition("/")[2] for p in present[:500]], 1)
        hint = f"; is {similar[0]} that file, renamed or moved?" if similar else ""
        findings.append(
            Finding("files", f"{pattern} is missing from your submission; add it{hint}", pattern)
        )
    for path, file in sorted(expected.files.items()):
        if path in actual.names or not selected(path, submit) or path in required:
            continue
        if file.functions or file.classes:
            sentence = f"{path} is missing from your submission; the skeleton has it, put it back"
            findings.append(Finding("files", sentence, path))
    return findings


def _limits(actual: _Survey, paths: list[str]) -> list[Finding]:
    remedy = "hand in only the files that the handout names"
    findings = []
    if not actual.complete:
        sentence = f"the submission holds too many files to check them all; {remedy}"
        findings.append(Finding("files", sentence))
    for path in paths:
        if not actual.files[path].complete:
            sentence = f"{path} is too long to check as a whole; shorten it"
            findings.append(Finding("files", sentence, path))
    return findings


def _syntax(path: str, line: int, message: str, source: str) -> Finding:
    where = f"{path}:{line}" if line else path
    shown = f", near: {source}" if source else ""
    if not line and message.startswith(NO_SOURCE):
        return Finding("syntax", f"{where} {message}", where)
    sentence = (
        f"{where} is not valid Python {VERSION} ({message}){shown}; mend it and run pytest again"
    )
    return Finding("syntax", sentence, where)


def _imports(
    path: str, file: _File, base: _File, own: set[str], allowed: dict[str, Sequence[str]]
) -> Iterable[Finding]:
    given = {one.key: one for one in base.imports}
    reported: set[tuple[str, str, str]] = set()
    for one in file.imports:
        if one.key in given or one.key in reported or one.own or one.top in own:
            continue
        if one.module == "__future__":
            continue
        reported.add(one.key)
        rule = "standard_library" if one.top in sys.stdlib_module_names else "imports"
        if one.module and _allowed(one.module, allowed[rule]):
            continue
        where = f"{path}:{one.line}"
        before = next(
            (old for old in base.imports if (old.module, old.name) == (one.module, one.name)),
            None,
        ) or next((old for old in base.imports if old.module == one.module), None)
        if before is not None:
            remedy = f" where the skeleton imports {before}: put its line back"
        else:
            remedy = ", which the skeleton does not"
            if rule == "imports":
                remedy += ": remove it and do without"
        yield Finding(rule, f"{where} imports {one}{remedy}", where)


def _signatures(path: str, file: _File, skeleton: _File) -> Iterable[Finding]:
    present = {one.name: one for one in file.functions}
    known = {one.name for one in skeleton.functions}
    classes = {name for name, _ in file.classes}
    lost: list[str] = []
    for name, line in skeleton.classes:
        if name not in classes:
            lost.append(name + ".")
            short = name.rpartition(".")[2]
            others = [other for other, _ in file.classes if other not in dict(skeleton.classes)]
            sentence = f"{path} lacks class {short} (line {line} of the skeleton)"
            yield Finding("signatures", sentence + _renamed(short, others), path)
    for wanted in {one.name: one for one in skeleton.functions}.values():
        owner, _, short = wanted.name.rpartition(".")
        found = present.get(wanted.name)
        if found is None:
            if any(wanted.name.startswith(name) for name in lost):
                continue
            others = [
                name for name in present if name not in known and name.rpartition(".")[0] == owner
            ]
            where = f" of class {owner.rpartition('.')[2]}" if owner in dict(file.classes) else ""
            sentence = f"{path} lacks {wanted}{where}"
            yield Finding("signatures", sentence + _renamed(short, others), path)
        elif found.parameters != wanted.parameters or found.binding != wanted.binding:
            place = f"{path}:{found.line}"
            change = f"{_as_written(found)} where the skeleton has {_as_written(wanted)}"
            yield Finding("signatures", f"{place} has {change}: change it back", place)


def _renamed(short: str, others: list[str]) -> str:
    names = [name.rpartition(".")[2] for name in others[:50]]
    folded = {name.casefold(): name for name in names}
    close = get_close_matches(short.casefold(), list(folded), 1, cutoff=0.6)
    if not close:
        return ": put it back"
    return f": if {folded[close[0]]} is it under a new name, give it the old one"


def _as_written(function: _Function) -> str:
    marks = "".join("async " if mark == "async" else f"@{mark} " for mark in function.binding)
    return f"{marks}{function}"


def _allowed(name: str, patterns: Sequence[str]) -> bool:
    return any(
        fnmatchcase(name, pattern) or f"{name}.".startswith(pattern.removesuffix(".*") + ".")
        for pattern in patterns
    )


def _module(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _top(path: str) -> str:
    return path.partition("/")[0].removesuffix(".py")


def _bounded(findings: list[Finding]) -> list[Finding]:
    counts: dict[str, int] = {}
    kept = []
    for finding in findings:
        counts[finding.rule] = counts.get(finding.rule, 0) + 1
        if counts[finding.rule] <= _SHOWN:
            kept.append(finding)
    return kept


def _read(survey: dict[str, Any]) -> _Survey:
    """Turn a survey into checked data; raises SurveyError."""
    try:
        files = {_text(path): _read_file(facts) for path, facts in dict(survey["files"]).items()}
        names = tuple(_text(name) for name in _sequence(survey["names"]))
        return _Survey(names, dict(sorted(files.items())), survey["complete"] is True)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SurveyError(f"the survey is malformed ({type(error).__name__}: {error})") from None


def _read_file(facts: dict[str, Any]) -> _File:
    if "error" in facts:
        error = facts["error"]
        return _File((_line(error), _text(error["message"]), _text(error["source"])))
    imports = []
    for fact in _sequence(facts["imports"]):
        for name, alias in _sequence(fact["names"]) or [("", fact["alias"])]:
            imports.append(
                _Import(
                    _text(fact["module"]),
                    _text(name),
                    _text(alias),
                    _line(fact),
                    own=fact.get("own") is True,
                    dynamic=fact.get("dynamic") is True,
                )
            )
    functions = []
    for fact in _sequence(facts["functions"]):
        parameters = tuple(
            (_text(name), _text(kind), None if default is None else _text(default))
            for name, kind, default in _sequence(fact["parameters"])
        )
        binding = tuple(sorted(_text(item) for item in _sequence(fact["binding"])))
        functions.append(_Function(_text(fact["name"]), _line(fact), parameters, binding))
    return _File(
        None,
        tuple(imports),
        tuple(functions),
        tuple((_text(fact["name"]), _line(fact)) for fact in _sequence(facts["classes"])),
        tuple(
            (_text(fact["call"]), _text(fact["function"]), _line(fact))
            for fact in _sequence(facts["prints"])
        ),
        facts["complete"] is True,
    )


def _sequence(value: Any) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise TypeError("a list was expected")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 400 or not value.isprintable():
        raise TypeError("a short printable text was expected")
    return value


def _line(fact: dict[str, Any]) -> int:
    line = fact["line"]
    if not isinstance(line, int) or isinstance(line, bool) or line < 0:
        raise TypeError("a line number was expected")
    return line
