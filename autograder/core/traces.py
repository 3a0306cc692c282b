"""What a learning platform writes into the names of files and folders that it gives away."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Canvas: lovelaceada_LATE_12345_678_answers-1.zip (the numbers are the student's and the file's),
# lovelaceada_12345_text.html for what was typed into the page.
_CANVAS = re.compile(
    r"(?P<name>[^_/]+)(?P<late>_LATE)?_(?P<user>\d+)_"
    r"(?:(?P<file>\d+)_(?P<title>[^/]+)|(?P<page>text|link)\.html)\Z"
)
# Moodle: the folder "Ada Lovelace_12345_assignsubmission_file_", or a file of that beginning.
_MOODLE = re.compile(
    r"(?P<name>.+?)_(?P<user>\d+)_assignsubmission_(?P<what>file|onlinetext)(?:_(?P<title>.*))?\Z"
)
# What a Canvas submission is called here, whichever files it is made of and however often it came.
_SHORT = re.compile(r"(?P<name>[^_/]+)_canvas(?P<user>\d+)\Z")
_ATTEMPT = re.compile(r"-(\d{1,3})\Z")


@dataclass(frozen=True)
class Traces:
    """What a platform has written into a submission's name."""

    name: str = ""  # of the person, as the platform spells it
    user: str = ""  # the platform's number
    late: bool = False
    attempt: int = 0
    platform: str = ""  # "Canvas", "Moodle", or "" where it is nobody's
    title: str = ""  # what the student called the file; "" for a folder
    typed: bool = False  # it is a text that was typed into the page


def traces(submission: str) -> Traces:
    """Return what the name of a file or folder says of who handed it in, and where."""
    match = _CANVAS.match(submission)
    if match:
        title = match["title"] or ""
        attempt = _ATTEMPT.search(title.partition(".")[0])
        return Traces(
            match["name"],
            match["user"],
            bool(match["late"]),
            int(attempt[1]) if attempt else 0,
            "Canvas",
            title,
            bool(match["page"]),
        )
    match = _SHORT.match(submission)
    if match:
        return Traces(match["name"], match["user"], platform="Canvas")
    match = _MOODLE.match(submission)
    if match:
        typed = match["what"] == "onlinetext"
        return Traces(match["name"], match["user"], False, 0, "Moodle", match["title"] or "", typed)
    return Traces(submission)
