"""What the documents of the project say of themselves: their width, and where their links lead."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")


def headings(document: Path) -> set[str]:
    """Return the anchors that a document's headings have, as GitHub makes them."""
    lines = [line for line in document.read_text("utf-8").splitlines() if line.startswith("#")]
    titles = [line.lstrip("#").strip().lower() for line in lines]
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}


def test_the_readme_fits_a_window() -> None:
    """Its lines are at most 120 characters long."""
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()
    assert [line for line in lines if len(line) > 120] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_to_files_that_are_there(document: Path) -> None:
    """Links into the repository name a file, and behind # one of its headings."""
    for link in LINK.findall(document.read_text("utf-8")):
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        target = document.parent / name if name else document
        assert target.exists(), link
        assert not anchor or anchor in headings(target), link


def test_the_readme_leads_to_every_document() -> None:
    """Nothing in docs/ is written for nobody."""
    linked = set(LINK.findall((ROOT / "README.md").read_text("utf-8")))
    assert {path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/*.md")} <= linked
