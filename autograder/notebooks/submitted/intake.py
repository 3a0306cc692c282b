"""Puts what a student wrote back onto the notebook that was released.

Check and given cells come from the release, whatever became of them. The cells that are the
student's are found by nbgrader's metadata; where that is gone, by the cell's own id, by the text
that was released, and by what stands around them. Every repair is a sentence.
"""

from __future__ import annotations

import copy
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from nbformat import NotebookNode, notebooknode

from autograder.notebooks.submitted.entries import NotebookEntry, UnreadableNotebook, read_entries
from autograder.notebooks.submitted.markdown import disarmed, looks_active

_ALIKE = 0.6  # of the released lines: less is another cell
_SAME_NAMES = 0.9  # as good as so many lines
_MAX_LISTED = 12
_MAX_OWN = 300
_from_dict: Any = notebooknode.from_dict  # it has no types
_DEFINED = re.compile(r"^(?:def|class)\s+(\w+)|^(\w+)\s*=(?!=)", re.MULTILINE)
_STUB = {"# YOUR CODE HERE", "raise NotImplementedError()", "YOUR ANSWER HERE"}


@dataclass(frozen=True)
class Restored:
    """The released notebook with a student's cells in it."""

    notebook: NotebookNode
    notes: tuple[str, ...]  # one sentence for each repair
    blank: tuple[str, ...] = ()  # ids of the student's cells that nobody worked on
    unreadable: bool = False  # nothing of what was handed in could be used


def restored(released: NotebookNode, handed_in: bytes) -> Restored:
    """Return `released` with the cells of the notebook in `handed_in` put back onto it.

    A cell of the student's that is missing counts as left blank. Cells of their own stay where they
    were, without any claim to be graded. Outputs are dropped. Never raises for what was handed in.
    """
    slots = _slots(released)
    try:
        entries, notes = read_entries(handed_in)
    except UnreadableNotebook as error:
        note = f"The notebook cannot be read: {error}. Its cells count as left blank."
        mine = tuple(slot.id for slot in slots if slot.mine)
        return Restored(_clean(released), (note,), mine, unreadable=True)
    matching = _Matching(slots, entries)
    matching.by_grade_id()
    matching.by_cell_id()
    matching.by_text()
    matching.by_surroundings()
    matching.by_likeness()
    return _assembled(released, matching, notes)


@dataclass(frozen=True)
class _Slot:
    """A cell of the release."""

    position: int
    id: str
    cell_id: str
    mine: bool  # the student's to fill in
    check: bool
    type: str
    text: str


def _slots(released: NotebookNode) -> list[_Slot]:
    slots = []
    for position, cell in enumerate(released.cells):
        words = cell.metadata.get("nbgrader", {})
        mine = bool(words.get("solution"))
        slots.append(
            _Slot(
                position,
                str(words.get("grade_id", "")),
                str(cell.get("id", "")),
                mine,
                bool(words.get("grade")) and not mine,
                cell.cell_type,
                cell.source,
            )
        )
    return slots


class _Matching:
    """Which cell that was handed in is which cell of the release: the surest ways come first."""

    def __init__(self, slots: Sequence[_Slot], entries: Sequence[NotebookEntry]) -> None:
        self.slots, self.entries = slots, entries
        self.taken: dict[int, NotebookEntry] = {}  # by position in the release
        self.left = {entry.index: entry for entry in entries}
        self.how: dict[int, str] = {}  # position -> how it was found, where not by its metadata
        self.doubles: list[int] = []  # positions of which there was more than one

    def by_grade_id(self) -> None:
        """What nbgrader wrote beside the cell."""
        self._by(lambda slot: slot.id, lambda entry: entry.grade_id, "")

    def by_cell_id(self) -> None:
        """The id that every cell of a notebook has since 2020."""
        self._by(lambda slot: slot.cell_id, lambda entry: entry.cell_id, "their own ids")

    def by_text(self) -> None:
        """As it was released, where no other cell of the release says the same."""
        texts = Counter(_plain(slot.text) for slot in self.slots)
        self._by(
            lambda slot: text if texts[text := _plain(slot.text)] == 1 else "",
            lambda entry: _plain(entry.text),
            "their text",
        )

    def by_surroundings(self) -> None:
        """Right behind, or right before, the cell that is its neighbour in the release."""
        for step in (1, -1):
            for slot in self._missing()[::step]:
                entry = self._beside(slot, step)
                if entry is not None and (_fits(slot, entry) or entry is self._beside(slot, -step)):
                    self._take(slot, entry, "their place")

    def by_likeness(self) -> None:
        """Most of the lines that were released, or the same definitions."""
        pairs = [
            (likeness, -slot.position, -entry.index)
            for slot in self._missing(everything=True)
            for entry in self.left.values()
            if (likeness := _likeness(slot, entry)) >= _ALIKE
        ]
        for _, position, index in sorted(pairs, reverse=True):
            if -position not in self.taken and -index in self.left:
                self._take(self.slots[-position], self.left[-index], "what they say")

    def _by(
        self, of_slot: Callable[[_Slot], str], of_entry: Callable[[NotebookEntry], str], how: str
    ) -> None:
        found: dict[str, list[NotebookEntry]] = {}
        for entry in self.left.values():
            found.setdefault(of_entry(entry), []).append(entry)
        for slot in self._missing(everything=True):
            key = of_slot(slot)
            same = found.pop(key, []) if key else []
            if not same:
                continue
            worked_on = [entry for entry in same if _worked_on(slot, entry)]
            chosen = (worked_on or same)[0] if slot.mine else same[0]
            self._take(slot, chosen, how)
            for entry in same:
                self.left.pop(entry.index, None)
            if len(same) > 1:
                self.doubles.append(slot.position)

    def _beside(self, slot: _Slot, step: int) -> NotebookEntry | None:
        """Return the first cell with words behind (1) or before (-1) the slot's neighbour there."""
        position = slot.position - step
        if 0 <= position < len(self.slots):
            if position not in self.taken:
                return None
            start = self.taken[position].index
        else:
            start = -1 if step == 1 else len(self.entries)
        entry = self.left.get(start + step)
        while entry is not None and not entry.text.strip():
            entry = self.left.get(entry.index + step)
        return entry

    def _missing(self, everything: bool = False) -> list[_Slot]:
        return [
            slot
            for slot in self.slots
            if slot.position not in self.taken and (slot.mine or everything)
        ]

    def _take(self, slot: _Slot, entry: NotebookEntry, how: str) -> None:
        self.taken[slot.position] = entry
        del self.left[entry.index]
        if how:
            self.how[slot.position] = how


def _assembled(released: NotebookNode, found: _Matching, notes: Iterable[str]) -> Restored:
    notebook = _clean(released)
    blank = []
    for slot in found.slots:
        entry, cell = found.taken.get(slot.position), notebook.cells[slot.position]
        if not slot.mine:
            continue
        if entry is None or not _worked_on(slot, entry):
            blank.append(slot.id)
            continue
        cell.source = disarmed(entry.text) if slot.type == "markdown" else entry.text
        if entry.pictures and slot.type == "markdown":
            cell.attachments = copy.deepcopy(entry.pictures)
    said = [*notes, *_sentences(found)]
    own = [entry for entry in found.left.values() if entry.text.strip()]
    if len(own) > _MAX_OWN:
        said.append(f"Of the cells that were added, the first {_MAX_OWN} were kept.")
    behind = _places(found)
    added: dict[int, list[NotebookNode]] = {}
    for number, entry in enumerate(own[:_MAX_OWN], 1):
        added.setdefault(behind[entry.index], []).append(_own(entry, number))
    cells = list(added.get(-1, []))
    for position, cell in enumerate(notebook.cells):
        cells += [cell, *added.get(position, [])]
    notebook.cells = cells
    return Restored(notebook, tuple(said), tuple(blank))


def _places(found: _Matching) -> dict[int, int]:
    """Return, for each cell as handed in, the released cell it is or stands behind; -1: none."""
    positions = {entry.index: position for position, entry in found.taken.items()}
    places, last = {}, -1
    for entry in found.entries:
        last = positions.get(entry.index, last)
        places[entry.index] = last
    return places


def _sentences(found: _Matching) -> list[str]:
    """Say what was repaired, in the words of the release: nothing here is a student's text."""
    said: list[str] = []
    mine = [slot for slot in found.slots if slot.mine]
    for how in dict.fromkeys(found.how[position] for position in sorted(found.how)):
        ids = [slot.id for slot in mine if found.how.get(slot.position) == how]
        if ids:
            said.append(f"nbgrader's metadata was lost; recognised by {how}: {_listed(ids)}.")
    for slot in mine:
        entry = found.taken.get(slot.position)
        if entry is None:
            said.append(f"The cell “{slot.id}” is missing and counts as left blank.")
        elif entry.type != slot.type and _worked_on(slot, entry):
            said.append(
                f"The cell “{slot.id}” had been turned into a {entry.type} cell; "
                f"it was graded as {slot.type}."
            )
        if entry is not None and slot.type == "markdown" and looks_active(entry.text):
            said.append(f"The cell “{slot.id}” has HTML in it, which is shown as text.")
        if slot.position in found.doubles:
            said.append(
                f"The cell “{slot.id}” was there more than once; the first that had been worked "
                "on was graded, the others were left out."
            )
    for name, slots in (
        ("checks", [slot for slot in found.slots if slot.check]),
        ("given cells", [slot for slot in found.slots if not slot.check and not slot.mine]),
    ):
        gone = [slot.id for slot in slots if slot.position not in found.taken]
        other = [slot.id for slot in slots if _changed(slot, found.taken.get(slot.position))]
        double = [slot.id for slot in slots if slot.position in found.doubles]
        if gone:
            said.append(f"These {name} had been deleted and were put back: {_listed(gone)}.")
        if other:
            said.append(
                f"These {name} had been changed; the released ones count: {_listed(other)}."
            )
        if double:
            said.append(f"Copies of these {name} were left out: {_listed(double)}.")
    moved = _moved(found)
    if moved:
        said.append(f"Cells had been moved and were put back in order: {_listed(moved)}.")
    return said


def _moved(found: _Matching) -> list[str]:
    """Return the fewest cells that, taken out, leave the others in the released order."""
    present = [slot for slot in found.slots if slot.position in found.taken]
    ends: list[int] = []  # the least last index of an ordered run, by its length
    lengths = []
    for slot in present:
        index = found.taken[slot.position].index
        length = bisect_left(ends, index)
        ends[length : length + 1] = [index]
        lengths.append(length)
    moved, wanted, below = [], len(ends) - 1, len(found.entries)
    for slot, length in zip(reversed(present), reversed(lengths), strict=True):
        index = found.taken[slot.position].index
        if length == wanted and index < below:
            wanted, below = wanted - 1, index
        else:
            moved.append(slot.id)
    return moved[::-1]


def _listed(ids: Sequence[str]) -> str:
    more = len(ids) - _MAX_LISTED
    return ", ".join(ids[:_MAX_LISTED]) + (f" and {more} more" if more > 0 else "")


def _changed(slot: _Slot, entry: NotebookEntry | None) -> bool:
    if entry is None:
        return False
    return entry.type != slot.type or _plain(entry.text) != _plain(slot.text)


def _own(entry: NotebookEntry, number: int) -> NotebookNode:
    code = entry.type == "code"  # a raw cell would be put into a page as it is
    cell: dict[str, Any] = {
        "cell_type": "code" if code else "markdown",
        "id": f"own-{number}",
        "metadata": {},
        "source": entry.text if code else disarmed(entry.text),
    }
    if code:
        cell |= {"execution_count": None, "outputs": []}
    elif entry.pictures:
        cell["attachments"] = copy.deepcopy(entry.pictures)
    made: NotebookNode = _from_dict(cell)
    return made


def _clean(released: NotebookNode) -> NotebookNode:
    """Return a copy without outputs."""
    notebook: NotebookNode = copy.deepcopy(released)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def _worked_on(slot: _Slot, entry: NotebookEntry) -> bool:
    return bool(entry.pictures) or _plain(entry.text) not in ("", _plain(slot.text))


def _fits(slot: _Slot, entry: NotebookEntry) -> bool:
    """Tell whether a cell in the right place can be the one that was released there."""
    if entry.type != slot.type:
        return _likeness(slot, entry) >= _ALIKE
    names = _names(slot.text)
    return not names or bool(names & _names(entry.text)) or _likeness(slot, entry) > 0


def _likeness(slot: _Slot, entry: NotebookEntry) -> float:
    """Return which part of the released lines is there; names that are defined count as well."""
    wanted = _lines(slot.text)
    share = len(wanted & _lines(entry.text)) / len(wanted) if wanted else 0.0
    names = _names(slot.text) if slot.type == "code" else frozenset()
    if slot.mine and names and names <= _names(entry.text):
        return max(share, _SAME_NAMES)
    return share


@lru_cache(maxsize=4096)
def _lines(text: str) -> frozenset[str]:
    """Return the lines that tell one cell from another."""
    lines = {line.strip() for line in text.splitlines()}
    return frozenset(line for line in lines if len(line) > 3 and line not in _STUB)


@lru_cache(maxsize=4096)
def _names(text: str) -> frozenset[str]:
    """Return the names that a cell defines at its top level."""
    return frozenset(first or second for first, second in _DEFINED.findall(text))


def _plain(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
