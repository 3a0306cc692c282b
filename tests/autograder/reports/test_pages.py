"""What students and instructors read, as text: content, inertness, sameness."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import html
import json
import re
from fractions import Fraction
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.core.records import Grade, Mark, Outcome, Reason, Status
from autograder.core.visible import visible
from autograder.core.way_back import without_way_back
from autograder.reports.gradescope import results
from autograder.reports.index import Summary, render_index
from autograder.reports.page import render

from . import grades


class Reader(HTMLParser):
    """Collects the elements, attributes and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.ids: list[str] = []
        self.parts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self.ids += [value or "" for name, value in attrs if name == "id"]

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    @property
    def text(self) -> str:
        """Everything that is no markup, white space joined."""
        return " ".join(" ".join(self.parts).split())


def class_page(*made: Grade, leftovers: tuple[tuple[str, str], ...] = ()) -> str:
    """Return the class page from what was written for each submission."""
    read = [Summary.from_results(json.loads(json.dumps(results(one)))) for one in made]
    return render_index("A network from scratch", read, leftovers)


def without_our_script(page: str) -> str:
    """Return a page without the script that its policy allows by the hash of every byte."""
    allowed = re.findall(r"script-src '(sha256-[^']+)'", page)
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in scripts]
    ours = [one for one, made in zip(scripts, hashes, strict=True) if f"sha256-{made}" in allowed]
    assert len(allowed) == len(ours) <= 1
    for one in ours:
        assert "owned" not in one and "{{" not in one
        page = page.replace(f"<script>{one}</script>", "")
    return page


def test_the_page_holds_what_a_student_needs() -> None:
    """Title, name, score, tasks, failures, hints, rules, notes, tier, data, time, digest."""
    text = Reader(render(grades.usual(), grades.HINTS)).text
    for wanted in (
        "A network from scratch",
        "carl",
        "71.8 of 100 points",
        "The tests alone gave 79.78 points",
        "Two-layer network: loss and gradients",
        "got 0.4, expected 0.0",
        "out of time",
        "hidden test",
        grades.HINTS["penalises_biases"],
        "utils.py:4 imports pandas",
        "costs 10 % of the points",
        "models/two_layer_nn.py:41",
        "48-hour grace",
        "Left out __MACOSX",
        "tier A",
        "digits drawn on the spot",
        "2026-01-29",
        "Gradescope's metadata",
        grades.DIGEST,
    ):
        assert wanted in text, f"{wanted!r} is missing"
    assert "landlock" not in text  # how it is confined is the staff's matter


def test_full_marks_have_nothing_to_look_at() -> None:
    """The page says that every test passed and shows no failure."""
    text = Reader(render(grades.perfect())).text
    assert "100 of 100 points" in text and "Every test passed." in text
    assert "What to look at" not in text


def test_not_graded_is_no_zero() -> None:
    """The page says why, that it is no zero, and shows no score."""
    text = Reader(render(grades.not_graded())).text
    assert "It is neither a zip nor a tar." in text
    assert "That is not a zero" in text
    assert "of 100 points" not in text


def test_hidden_tests_that_did_not_run_are_mentioned() -> None:
    """Where nothing confines, the score is not final and the page says so."""
    grade = grades.grade("ada", grades.outcomes(hidden=False), hidden_ran=False)
    assert "Hidden tests were not run here" in Reader(render(grade)).text


def test_a_hidden_test_shows_its_sentence_alone() -> None:
    """Neither message nor reason nor what was printed in it is on the page."""
    tests = tuple(
        dataclasses.replace(one, message=grades.SECRET, reason=Reason.CRASH)
        for one in grades.hostile("0.26894142").outcomes
        if one.hidden
    )
    failed = tuple(dataclasses.replace(one, status=Status.FAILED) for one in tests)
    page = render(grades.grade("carl", failed))
    assert "0.26894142" not in page
    assert "the process ended" not in page
    assert tests[0].title in html.unescape(page)


def test_what_stopped_a_hidden_test_is_not_on_the_students_page() -> None:
    """The student reads that the grader failed; the staff's sentence is elsewhere."""
    one = Outcome("hidden/t.py::t", "relu", "A.", Status.ERROR, True, grades.SECRET)
    grade = grades.grade("ada", (one,), status="not graded", error=f"it broke: {grades.SECRET}")
    page = render(grade)
    assert "0.26894142" not in page
    assert "fault of the grader" in page


@pytest.mark.parametrize("page", [render(grades.hostile()), class_page(grades.hostile())])
def test_hostile_text_is_text(page: str) -> None:
    """What a student wrote makes no element, no attribute, no link out and no template."""
    page, found = without_our_script(page), Reader(page)
    tags = set(Reader(page).tags)
    assert not {"script", "img", "iframe", "object"} & tags
    assert "form" not in tags or page.count("<form") == page.count('<form id="filters"') == 1
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    links = [value for name, value in found.attributes if name in ("href", "src", "xlink:href")]
    assert all(re.match(r"#|\./|data:,$", value) for value in links)
    assert "<script>document.title='owned'</script>" in found.text
    assert "{{ 7 * 7 }}" in found.text


@pytest.mark.parametrize("page", [render(grades.hostile()), class_page(grades.hostile())])
def test_characters_that_act_are_shown_instead(page: str) -> None:
    """Terminal escapes, direction overrides, NUL and invisible characters appear escaped."""
    assert not set(page) & set("\x00\x1b\u202e\u2066\u200b")
    assert "\\x1b[2J" in page and "\\u202egnp.exe" in page


@given(st.text(max_size=80))
def test_visible_text_is_printable_and_stays_the_same(text: str) -> None:
    """Lines of printable characters come out, and a second time changes nothing."""
    shown = visible(text)
    assert shown.replace("\n", "").isprintable()
    assert visible(shown) == shown


@pytest.mark.parametrize("text", ["Søren Ångström", "李明", "Владимир", "ReLU(x) ≥ 0 → ∂L/∂W"])
def test_ordinary_text_is_left_alone(text: str) -> None:
    """Names and formulas in any script are shown as they are."""
    assert visible(text) == text


def test_piled_up_accents_do_not_cover_the_lines_around() -> None:
    """A letter keeps two accents; a tower of them is spelled out."""
    assert visible("e\u0301") == "e\u0301"
    assert "\\u0301" in visible("e" + "\u0301" * 20)


@given(st.text(max_size=60))
@settings(max_examples=40, deadline=None)
def test_a_page_can_be_written_whatever_a_student_writes(text: str) -> None:
    """Every text makes a page with the same elements that UTF-8 can hold."""
    page = render(grades.hostile(text or "x"))
    page.encode("utf-8")
    assert "script" not in Reader(page).tags


def test_a_long_message_is_cut() -> None:
    """A megabyte of message does not become a megabyte of page."""
    assert len(render(grades.hostile("wide " * 200_000))) < 1_000_000


@pytest.mark.parametrize("page", [render(grades.usual()), class_page(grades.usual())])
def test_a_page_needs_nothing_from_elsewhere(page: str) -> None:
    """One file: no script but ours, no style sheet, no font, and a policy that forbids them."""
    page = without_our_script(page)
    found = Reader(page)
    assert "script" not in found.tags
    assert "default-src 'none'" in page
    assert "@import" not in page and "@font-face" not in page
    assert not re.search(r"url\((?!#)", page)
    assert [value for name, value in found.attributes if name == "href" and "//" in value] == []


def test_every_anchor_of_a_page_exists_once() -> None:
    """Ids are unique, and links within a page lead somewhere."""
    for page in (render(grades.usual()), class_page(grades.usual(), grades.perfect("ada"))):
        found = Reader(page)
        assert len(found.ids) == len(set(found.ids))
        links = [value[1:] for name, value in found.attributes if name.endswith("href")]
        assert {link for link in links if link and "/" not in link} - {"ata:,"} <= set(found.ids)


def test_the_same_class_gives_the_same_bytes() -> None:
    """Pages carry no clock and no random id; the order of grading does not matter."""
    assert render(grades.usual()) == render(grades.usual())
    some = [grades.usual(), grades.perfect(), grades.skeleton(), grades.not_graded()]
    assert class_page(*some) == class_page(*reversed(some))


def test_the_class_page_lists_and_counts() -> None:
    """Every submission with a link, what was not graded with its reason, the median."""
    made = (grades.usual(), grades.perfect(), grades.skeleton(), grades.not_graded())
    page = class_page(*made, leftovers=(("notes.txt", "It is no submission."),))
    text = Reader(page).text
    assert "4 submissions" in text and "2 not graded" in text
    for wanted in ("It is neither a zip nor a tar.", "It is no submission.", "Median 71.8"):
        assert wanted in text
    assert 'href="./carl/report.html"' in page


def test_drawings_have_words() -> None:
    """Each drawing says in words what it shows, for those who cannot see it."""
    labels = [value for name, value in Reader(class_page(grades.usual())).attributes
              if name == "aria-label"]  # fmt: skip
    assert any("70 to 80 %: 1" in label for label in labels)
    assert any("ReLU and its derivative: 33 %" in label for label in labels)


def test_a_class_without_a_score_has_a_page() -> None:
    """Nothing graded, or nothing there at all, is no error."""
    assert "not graded" in class_page(grades.not_graded())
    assert "Nothing was graded here yet." in class_page()


def test_a_link_stays_in_the_folder() -> None:
    """A name with a scheme, a slash or a quote is one step of a path."""
    page = class_page(dataclasses.replace(grades.perfect(), submission='javascript:"//x?y#z'))
    links = [value for name, value in Reader(page).attributes if name == "href"]
    assert "./javascript%3A%22%2F%2Fx%3Fy%23z/report.html" in links


def test_only_a_report_in_a_class_leads_back() -> None:
    """What a student gets has no link to the page of the class, nor a hole where it was."""
    alone, inside = render(grades.usual()), render(grades.usual(), in_class=True)
    assert 'href="./../index.html"' in inside and "index.html" not in alone
    assert without_way_back(inside.encode()).decode() == alone


def test_who_graded_is_named() -> None:
    """The name in the sheet stands below the written questions, as text."""
    mark = Mark("proof", "Proof", Fraction(5), Fraction(3), "Good.", "Dr. <b>Noether</b>")
    page = Reader(render(dataclasses.replace(grades.usual(), written=(mark,))))
    assert "Graded by Dr. <b>Noether</b> ." in page.text
