"""Whose fault a test's end is, and the sentence that says so: decided here and nowhere else.

While a submission is graded every end of a test but a failure of the grader's own machinery is
the submission's. What a worker sends is data: whatever goes wrong on this side while a value is
read, bound to a name, compared or shown goes wrong with that value. Whether a test is at fault
itself is found out beforehand, with the reference (`validate`).
"""

from __future__ import annotations

import re
import traceback

from autograder.core.failures import SuiteError
from autograder.core.records import Reason
from autograder.execution.declared import file_of
from autograder.execution.errors import SubmissionError, WorkerStopped
from autograder.execution.record import Gift, TestRecord
from autograder.execution.session import Session

_MAX_FRAMES = 3
_MAX_TEXT = 600
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


class TestTimeoutError(BaseException):
    """The trusted side's own part of a test runs too long, misled by a value.

    No Exception: no test may catch it by accident.
    """

    __test__ = False


def of(found: BaseException, session: Session) -> tuple[Reason | None, str]:
    """Return the reason and the sentence for a test that ended with `found`; never raises."""
    reason, sentence = _of(found, session)
    return reason, _ADDRESS.sub("", sentence)  # the next run has others, and nobody reads them


def _of(found: BaseException, session: Session) -> tuple[Reason | None, str]:
    record = session.record
    try:
        if record.stopped is not None:
            return record.stopped.reason, _sentence(record.stopped.sentence)
        if isinstance(found, WorkerStopped):
            return found.reason, _sentence(found.sentence)
        if isinstance(found, TestTimeoutError):
            given = _given(record, found)
            return Reason.TIME, f"The test did not come to an end with {given}."
        if isinstance(found, SubmissionError):
            return found.reason, raised(found, session)
        if isinstance(found, ImportError) and record.missing is not None:
            return Reason.IMPORT, raised(record.missing, session)
        if isinstance(found, ModuleNotFoundError) and found.name:
            return Reason.IMPORT, f"There is no file {file_of(found.name, session.file_names)}."
        if isinstance(found, AssertionError):
            return None, str(found).strip()[: _MAX_TEXT * 3] or "The check failed."
        if isinstance(found, MemoryError):
            return Reason.MEMORY, f"The test ran out of memory with {_given(record, found)}."
        text = " ".join(str(found).split())[:_MAX_TEXT]
        gift = _gift(record, found)
        if text.endswith("object is not callable") and gift and gift.giver:
            kind = _a(gift.kind)
            return None, f"{gift.giver} is {kind}; the task asks for something that can be called."
        name = "" if isinstance(found, SuiteError) else f"{type(found).__name__}: "
        return None, f"The test could not use {_given(record, found)}: {name}{text}"
    except Exception as error:  # what was found cannot even be described
        return None, f"The test could not use {_given(record, found)}: {type(error).__name__}"


# Drives of Windows, homes, and where notebooks in a cloud keep their files.
_ELSEWHERE = re.compile(r"[A-Za-z]:(?:\\+|/)\w|/(?:Users|home|content|kaggle)/\w|/drive/MyDrive")


def raised(error: SubmissionError, session: Session) -> str:
    """Say what went wrong over there: in the student's code, or already on the way to it."""
    kind = error.type_name if error.type_name.isidentifier() else "an exception"
    # A message of many lines must not look like sentences of the report.
    said = "\n  | ".join(error.message.splitlines())
    text = f"{kind}: {said}".rstrip(": ")
    if len(text) > _MAX_TEXT:  # a library may have much to say; the lines below say more
        text = f"{text[:_MAX_TEXT].rstrip()} […]"
    lines = [
        f"  {frame.path}, line {frame.line}, in {frame.function}: {frame.text}".rstrip(": ")
        for frame in error.frames[-_MAX_FRAMES:]
    ]
    if _ELSEWHERE.search(error.message):
        lines.append(
            "  That is a place on your own computer: the grader has what you hand in only."
        )
    if error.stage == "import":
        place = file_of(error.module, session.file_names)
        return "\n".join([f"{place} could not be imported: {text}", *lines])
    if error.stage == "answer" and not lines:
        given = f" ({error.detail})" if error.detail else ""
        place = _place(error, session) or "your code"
        return f"What {place} gave{given} cannot be compared: {error.message}"
    if lines:
        return "\n".join([f"{_raiser(error, session)} raised {text}", *lines])
    if error.stage == "missing":
        return _missing(error, session)
    if error.stage == "use" and error.detail:
        wanted = session.declared.kind(error.asked) or "something that can be called"
        return (
            f"{_place(error, session) or 'It'} is {error.detail}; the task asks for {_a(wanted)}."
        )
    if error.message.endswith("' object is not callable"):  # in a class: __init__ = 7
        kind = error.message.split("'")[1]
        kind = "None" if kind == "NoneType" else _a(kind)
        text = f"there is {kind} where a function should be"
    place = _place(error, session) or "a value of your code"
    if place.startswith("a value of your code"):
        place = place.replace("a", "A", 1)
    return f"{place} could not be used as the task asks: {text}"


def _raiser(error: SubmissionError, session: Session) -> str:
    """Say whose line raised: code that the course gives is not the student's mistake."""
    last = error.frames[-1]
    if session.declared.given.has(last.path, last.function, last.text):
        return f"The course's {last.function}, called with what your code gave it,"
    return "Your code"


def _missing(error: SubmissionError, session: Session) -> str:
    """Name what is not there: the file, or a name in it."""
    if error.module and error.depth == 0:
        path = file_of(error.module, session.file_names)
        if path in session.file_names:
            return f"{path} could not be imported: {error.message}"
        folder = any(name.startswith(f"{path}/") for name in session.file_names)
        return f"There is no file {path}{' (a folder has that name)' if folder else ''}."
    parts = error.asked.split(".")
    depth = len(error.module.split(".")) + error.depth if error.module else error.depth
    name = ".".join(parts[:depth])
    owner, _, last = name.rpartition(".")
    kind = session.declared.kind(name) or ("name" if error.module == owner else "attribute")
    if not error.module:
        what = f"An object of type {error.owner}" if error.owner else "An object"
        if error.owner != error.owner_type:  # it is called by what has made it
            what = f"What {error.owner} gave ({_a(error.owner_type)})"
        return f"{what} has no attribute {error.asked or last}."
    path = file_of(error.module, session.file_names)
    inner = owner[len(error.module) + 1 :]
    holder = f"{inner} in {path}" if inner else path
    return f"{holder} has no {kind} {last}."


def _place(error: SubmissionError, session: Session) -> str:
    if not error.module:
        return ".".join(filter(None, (error.owner, error.asked)))
    if session.declared.origin(error.asked) != error.asked:
        return error.asked  # which of two files has put it there is not known
    path = file_of(error.module, session.file_names)
    inner = error.asked[len(error.module) + 1 :]
    return f"{path}: {inner}" if inner else path


def _given(record: TestRecord, found: BaseException) -> str:
    """Say which value the test could not use, as far as that is known."""
    if record.requests == 0:
        return "what your code gave it"
    gift = _gift(record, found)
    if gift is None and not record.gifts:
        return "what your code returned"
    sure, gift = gift is not None, gift or list(record.gifts.values())[-1]
    shaped = f" of shape {gift.shape}" if gift.shape is not None else ""
    what = f"what {gift.giver or 'your code'} gave ({_a(gift.kind)}{shaped})"
    return what if sure else f"what your code returned, last of all {what}"


def _gift(record: TestRecord, found: BaseException) -> Gift | None:
    """Return what the test was given at the line where it ended, or the only thing given at all."""
    lines = [
        line
        for frame, line in traceback.walk_tb(found.__traceback__)
        if frame.f_code.co_filename == record.source
    ]
    if lines and lines[-1] in record.gifts:
        return record.gifts[lines[-1]]
    gifts = list(record.gifts.values())
    return gifts[-1] if len({gift.giver for gift in gifts}) == 1 else None


def _a(word: str) -> str:
    if word == "None" or word.startswith("something"):
        return word
    return f"{'an' if word[:1].lower() in 'aeiou' else 'a'} {word}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
