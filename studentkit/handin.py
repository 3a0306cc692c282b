"""A student's folder: what `assignment.toml` says there, and the files that are handed in."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studentkit.patterns import excluded, leads_to, selected
from studentkit.rules import cost

HERE = Path(__file__).resolve().parent.parent  # the folder that `studentkit/` lies in
RULES = ("unfinished", "files", "syntax", "imports", "standard_library", "signatures", "printing")


class FolderError(Exception):
    """The folder is not a student's copy of an assignment; the message says what to do."""


@dataclass(frozen=True)
class HandInTask:
    """A part of the assignment that carries points."""

    id: str
    title: str
    points: float
    needs: tuple[str, ...] = ()  # tasks that it builds on


@dataclass(frozen=True)
class HandIn:
    """What a student's own run needs of `assignment.toml`."""

    title: str
    tasks: tuple[HandInTask, ...]
    archive: str  # name of the zip to hand in
    submit: tuple[str, ...]  # patterns of the files in it
    required: tuple[str, ...]  # patterns of the files that must be in it
    policy: dict[str, dict[str, Any]] = field(default_factory=dict)  # rule -> action, percent, ...

    def allow(self, rule: str) -> tuple[str, ...]:
        """Return what `rule` allows: functions that may print, modules that may be imported."""
        return tuple(self.policy.get(rule, {}).get("allow", ()))

    def cost(self, rule: str) -> str:
        """Say what breaking `rule` costs, in a few words."""
        if rule == "unfinished":
            return "earns nothing"
        if rule == "syntax":
            return "every test of the file fails"
        table = self.policy.get(rule, {})
        action = table.get("action", "warn")
        words = cost(action, table.get("percent", 0), bool(table.get("spares")))
        return words or "a warning, costs nothing"


@dataclass(frozen=True)
class Gathered:
    """The files of a folder that are handed in, and what had to stay out."""

    files: dict[str, bytes]  # sorted POSIX paths
    refused: tuple[str, ...]  # one sentence each


def read_assignment(folder: Path = HERE) -> HandIn:
    """Read `folder/assignment.toml`; raises FolderError with one clear line."""
    path = folder / "assignment.toml"
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        files = raw.get("files", {})
        return HandIn(
            title=str(raw["title"]),
            tasks=tuple(
                HandInTask(
                    str(one["id"]),
                    str(one["title"]),
                    float(one["points"]),
                    tuple(map(str, one.get("needs", ()))),
                )
                for one in raw["tasks"]
            ),
            archive=Path(files.get("archive", f"{raw.get('id', folder.name)}.zip")).name,
            submit=tuple(files.get("submit", ("*.py",))),
            required=tuple(files.get("required", ())),
            policy={
                rule: table
                for rule, table in raw.get("policy", {}).items()
                if rule in RULES and isinstance(table, dict)
            },
        )
    except FileNotFoundError:
        raise FolderError(
            f"{path} is missing; unpack the assignment's zip again and copy it from there"
        ) from None
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as error:
        raise FolderError(f"{path} cannot be read ({error}); copy it from the zip again") from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FolderError(
            f"{path} has been changed ({type(error).__name__}: {error}); copy it from the zip again"
        ) from None


def gather(folder: Path, submit: tuple[str, ...]) -> Gathered:
    """Read the files below `folder` that the patterns `submit` mean; links are never followed."""
    found: dict[str, bytes] = {}
    refused: list[str] = []
    waiting = [""]
    while waiting:
        base = waiting.pop()
        try:
            entries = list(os.scandir(folder / base))
        except OSError as error:
            refused.append(f"{base or '.'} cannot be opened ({error.strerror}); it stays out")
            continue
        for entry in entries:
            path = f"{base}/{entry.name}" if base else entry.name
            junction = hasattr(entry, "is_junction") and entry.is_junction()  # on Windows
            if excluded(f"{path}/") if entry.is_dir(follow_symlinks=False) else excluded(path):
                continue
            if entry.is_symlink() or junction:
                if selected(path, submit) or leads_to(path, submit):
                    refused.append(f"{path} is a link and stays out; put the file itself there")
            elif entry.is_dir(follow_symlinks=False):
                if leads_to(path, submit):
                    waiting.append(path)
            elif selected(path, submit):
                if not entry.is_file(follow_symlinks=False):
                    refused.append(f"{path} is no ordinary file and stays out")
                    continue
                try:
                    found[path] = Path(entry.path).read_bytes()
                except OSError as error:
                    refused.append(f"{path} cannot be read ({error.strerror}); it stays out")
    return Gathered(dict(sorted(found.items())), tuple(sorted(refused)))
