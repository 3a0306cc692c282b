"""Reports as a person sees them: in a real browser, on a phone and on a desk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograder.reports.gradescope import results
from autograder.reports.index import Summary, render_index
from autograder.reports.page import render

from . import grades
from .browser import Browser

pytestmark = pytest.mark.chromium

_ELEMENTS = "[...document.querySelectorAll('main *')]"
_SIZE = "parseFloat(getComputedStyle(one).fontSize)"
PAGES = ("usual", "perfect", "not_graded", "hostile", "index")
_WIDEST = """
[...document.body.querySelectorAll("*")]
    .filter(one => one.getBoundingClientRect().right > innerWidth + 0.5)
    .filter(one => !one.closest(".sr, .scroll table"))
    .map(one => one.tagName + "." + one.className).slice(0, 3)
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one page of each kind."""
    folder = tmp_path_factory.mktemp("pages")
    made = {
        "usual": grades.usual(),
        "perfect": grades.perfect(),
        "not_graded": grades.not_graded(),
        "hostile": grades.hostile(),
    }
    for name, grade in made.items():
        (folder / f"{name}.html").write_text(render(grade, grades.HINTS), encoding="utf-8")
    read = [Summary.from_results(json.loads(json.dumps(results(one)))) for one in made.values()]
    leftovers = [(grades.HOSTILE + "y" * 300, grades.HOSTILE)]
    page = render_index("A network from scratch", read, leftovers)
    (folder / "index.html").write_text(page, encoding="utf-8")
    return folder


@pytest.mark.parametrize("width", [400, 1280])
@pytest.mark.parametrize("page", PAGES)
def test_nothing_scrolls_sideways(browser: Browser, pages: Path, page: str, width: int) -> None:
    """At 400 and at 1280 pixels the page is as wide as the window, and so is all in it."""
    browser.open(pages / f"{page}.html", width)
    assert browser.value("innerWidth") == width
    assert browser.value("document.scrollingElement.scrollWidth") <= width
    assert browser.value(_WIDEST) == []


@pytest.mark.parametrize("page", PAGES)
def test_the_console_is_silent_and_nothing_is_fetched(
    browser: Browser, pages: Path, page: str
) -> None:
    """No error, no warning, no blocked resource, and no request beside the page's own."""
    browser.open(pages / f"{page}.html", 1280)
    assert browser.complaints() == []
    others = [url for url in browser.requests() if not url.startswith(("file:", "data:,"))]
    assert others == [] and len([x for x in browser.requests() if x.startswith("file:")]) == 1


@pytest.mark.parametrize("page", ["hostile", "index"])
def test_hostile_text_is_shown_and_does_nothing(browser: Browser, pages: Path, page: str) -> None:
    """`<script>` and `<img onerror>` are words on the page; neither exists in its document."""
    browser.open(pages / f"{page}.html", 1280)
    assert browser.value("document.title") != "owned"
    ours = 1 if page == "index" else 0  # the class page has one script, and a policy for that one
    assert browser.value("document.querySelectorAll('script').length") == ours
    assert browser.value("document.querySelectorAll('img, [onclick], [onerror]').length") == 0
    shown = browser.value("document.body.innerText")
    assert "<script>document.title='owned'</script>" in shown
    assert "onerror=" in shown and "{{ 7 * 7 }}" in shown and "\\u202e" in shown


def test_the_reader_would_notice_a_script(browser: Browser, tmp_path: Path) -> None:
    """The checks above see it when a page does run what it should not."""
    page = tmp_path / "bad.html"
    page.write_text(
        "<title>x</title><img src=x onerror=\"document.title='owned'\"><p style='width:2000px'>wide"
        "<script>console.error('loud')</script>"
    )
    browser.open(page, 400)
    assert browser.value("document.title") == "owned"
    assert browser.value("document.scrollingElement.scrollWidth") > 400
    assert browser.complaints() != []


def test_the_score_is_the_largest_text(browser: Browser, pages: Path) -> None:
    """A glance finds the score: nothing on the page is larger."""
    browser.open(pages / "usual.html", 400)
    sizes = f"{_ELEMENTS}.map(one => [{_SIZE}, one.textContent])"
    largest = max(browser.value(sizes), key=lambda pair: pair[0])
    assert largest[1] == "71.8"


def test_text_on_a_phone_is_large_enough(browser: Browser, pages: Path) -> None:
    """No text of a report is under 12 pixels, no line of a drawing under 12."""
    browser.open(pages / "usual.html", 400)
    smallest = f"Math.min(...{_ELEMENTS}.map(one => {_SIZE}))"
    assert browser.value(smallest) >= 12
    browser.open(pages / "index.html", 400)
    heights = (
        "[...document.querySelectorAll('svg text')].map(one => one.getBoundingClientRect().height)"
    )
    assert min(browser.value(heights)) >= 12


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("page", ["usual", "index"])
def test_text_stands_out_from_its_ground(
    browser: Browser, pages: Path, page: str, dark: bool
) -> None:
    """Every text has a contrast of at least 4.5 to 1, by day and by night."""
    browser.open(pages / f"{page}.html", 1280, dark=dark)
    weak = [row for row in browser.value(_CONTRASTS) if row[0] < 4.5]
    assert weak == []


def test_the_print_is_a_document(browser: Browser, pages: Path) -> None:
    """The page prints, on paper-white ground whatever the screen's scheme."""
    browser.open(pages / "usual.html", 1280, dark=True)
    assert browser.print().startswith(b"%PDF-")


_CONTRASTS = """
(() => {
    const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
    const light = colour => {
        const [r, g, b] = numbers(colour).map(v => v / 255)
            .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = one => {
        for (; one; one = one.parentElement) {
            const colour = getComputedStyle(one).backgroundColor;
            if (colour !== "rgba(0, 0, 0, 0)") return colour;
        }
        return "rgb(255, 255, 255)";
    };
    const own = one => [...one.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    return [...document.querySelectorAll("main *:not(style)")].filter(own).map(one => {
        const style = getComputedStyle(one);
        const colour = one.closest("svg") ? style.fill : style.color;
        const [low, high] = [light(colour), light(ground(one))].sort((a, b) => a - b);
        return [(high + 0.05) / (low + 0.05), one.tagName, one.textContent.slice(0, 40)];
    });
})()
"""
