"""Takes from a student's Markdown what a browser would run.

Formgrader and nbgrader's feedback put the HTML in a Markdown cell into the page as it is: a
`<script>` there would run with the rights of the person who grades, on their Jupyter server.
"""

from __future__ import annotations

import re

# Without a letter right behind it, "<" begins no tag, and "a< b" reads like "a<b" in formulas.
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
# MathJax makes links and attributes of these.
_COMMAND = re.compile(r"\\(?=(?:href|require|cssId|class|style|data|unicode|mmlToken)(?![A-Za-z]))")
_LINK = re.compile(r"\]\s*[(:]\s*(?=([^\s)]*))")
_PLACE = re.compile(
    r"(?i:https?://|mailto:|attachment:|data:image/(?:png|jpeg|gif);base64,).*|[\w./#?=,~+()-]*"
)
_LOOKS_ACTIVE = re.compile(r"<[A-Za-z/!?][^>]*>|\\href\b")


def disarmed(text: str) -> str:
    """Return Markdown that reads the same: HTML is text, and links lead to pages and pictures."""
    return _COMMAND.sub(r"\\ ", _LINK.sub(_checked, _TAG.sub("< ", text)))


def _checked(link: re.Match[str]) -> str:
    """Leave a link that leads to a place as it is, and part any other one from its text."""
    whole = link.group()
    return whole if _PLACE.fullmatch(link[1]) else f"] {whole[1:]}"


def looks_active(text: str) -> bool:
    """Tell whether there is HTML in `text`, more than a comparison in a formula."""
    return bool(_LOOKS_ACTIVE.search(text))
