"""The page of one submission: one HTML file without script or network."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from autograder.core.records import Grade
from autograder.core.scoring import points
from autograder.core.visible import excerpt, visible
from autograder.core.way_back import WAY_BACK
from autograder.reports.feedback import feedback, why_not_graded


@functools.cache
def environment() -> Environment:
    """Return the templates' environment: everything is escaped, unknown names are errors."""
    found = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found.filters["visible"] = visible
    found.filters["excerpt"] = excerpt
    found.filters["points"] = lambda value: points(Fraction(value))
    found.filters["segment"] = lambda name: quote(name, safe="")  # one step of a path
    module = found.get_template("bar.html.jinja").module
    found.globals["bar"] = module.bar  # type: ignore[attr-defined]
    return found


@functools.cache
def template(name: str) -> Template:
    """Return a compiled template."""
    return environment().get_template(name)


def render(grade: Grade, mistakes: Mapping[str, str] | None = None, in_class: bool = False) -> str:
    """Return the whole page for `grade`; `mistakes` maps the id of a mistake to its hint.

    A page that lies `in_class` leads back to the page of the class.
    """
    tasks = feedback(grade, mistakes)
    printed = [one for outcome in grade.outcomes if not outcome.hidden for one in outcome.printed]
    return template("report.html.jinja").render(
        grade=grade,
        tasks=tasks,
        failing=[given for given in tasks if given.failed],
        passing=[given for given in tasks if given.passed],
        printed=[one for one in dict.fromkeys(printed) if one.text.strip()],
        why=why_not_graded(grade),
        back=Markup(WAY_BACK) if in_class else "",
    )
