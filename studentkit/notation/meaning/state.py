"""What is known while one answer is read, and how shapes are joined."""

from __future__ import annotations

from abc import ABC, abstractmethod

from studentkit.notation.errors import Unreadable
from studentkit.notation.grammar.syntax import Syntax
from studentkit.notation.meaning.shapes import UNSIZED, Typed, broadcast, in_words, sized_identity
from studentkit.notation.names import Names, Shape


class State(ABC):
    """One answer's names, notes and work so far; what each kind of syntax means is added below."""

    def __init__(self, question: Names, text: str) -> None:
        """Begin to read `text`."""
        self.question = question
        self.text = text
        self.notes: list[str] = []
        self.bound: dict[str, int | None] = {}  # index of an enclosing sum -> its size, once known
        self.work = 0

    @abstractmethod
    def read(self, syntax: Syntax) -> Typed:
        """Return the tree and shape of one expression."""

    def note(self, sentence: str) -> None:
        if sentence not in self.notes and len(self.notes) < 12:
            self.notes.append(sentence)

    def typed(self, syntax: Syntax) -> str:
        found = " ".join(self.text[syntax.at - 1 : syntax.end - 1].split())
        return found if len(found) <= 40 else found[:37] + "..."

    def joined(self, left: Typed, right: Typed, operator: str, syntax: Syntax) -> Shape:
        """Return the shape of `left` and `right` taken entry by entry."""
        if UNSIZED in (left[1], right[1]):
            raise Unreadable("say how large the identity is, as in eye(n)", syntax.at)
        shape = broadcast(left[1], right[1])
        if shape is None:
            raise self.misfit("shapes do not fit", left, right, syntax)
        if operator in ("+", "-") and left[1] != right[1]:
            scalar = () in (left[1], right[1])
            what = "the number" if scalar else "the vector"
            self.note(f"`{self.typed(syntax)}`: {what} is taken with every part of the other")
        return shape

    def misfit(self, what: str, left: Typed, right: Typed, syntax: Syntax) -> Unreadable:
        if len(syntax.parts) == 2:
            first, second = (self.typed(part) for part in syntax.parts)
            said = f"`{first}` is {in_words(left[1])} and `{second}` is {in_words(right[1])}"
        else:
            said = f"{in_words(left[1])} and {in_words(right[1])}"
        return Unreadable(f"{what}: {said}", syntax.at)

    def settled(self, left: Typed, right: Typed) -> tuple[Typed, Typed]:
        """Give an identity without a size that of the square matrix beside it."""
        a, b = left[1], right[1]
        if a == UNSIZED and b and b != UNSIZED and b[0] == b[1]:
            return (sized_identity(left[0], b[0]), b), right
        if b == UNSIZED and a and a != UNSIZED and a[0] == a[1]:
            return left, (sized_identity(right[0], a[0]), a)
        return left, right

    def multiplied_identity(self, left: Typed, right: Typed) -> tuple[Typed, Typed]:
        a, b = left[1], right[1]
        if a == UNSIZED and b and b != UNSIZED and b[0] > 1:
            return (sized_identity(left[0], b[0]), (b[0], b[0])), right
        if b == UNSIZED and a and a != UNSIZED and a[1] > 1:
            return left, (sized_identity(right[0], a[1]), (a[1], a[1]))
        return left, right
