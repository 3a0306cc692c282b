"""Characters and LaTeX commands that may be typed, and what each stands for. Nothing else may."""

from __future__ import annotations

import unicodedata

SPACES = frozenset(" \t\n\r\u00a0\u2002\u2003\u2009\u200a\u202f\u205f\u3000")

GREEK_NAMES = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho "
    "sigma tau upsilon phi chi psi omega"
).split()
_SMALL = "αβγδεζηθικλμνξοπρστυφχψω"
GREEK = {
    **dict(zip(_SMALL, GREEK_NAMES, strict=True)),
    **{
        letter.upper(): name.capitalize()
        for letter, name in zip(_SMALL, GREEK_NAMES, strict=True)
        if letter in "γδθλξπσφψω"  # the other capitals look like Latin letters
    },
    "ϵ": "epsilon",
    "ϑ": "theta",
    "ϕ": "phi",
    "µ": "mu",  # the micro sign
    "∑": "Sigma",
    "ℓ": "l",
    "𝟙": "indicator",
    "𝟏": "indicator",
}

_DASHES = dict.fromkeys("‐‑‒–—―−﹣－", "-")  # a minus, whatever the keyboard made of it
_BRACKETS = {
    "【": "[",
    "】": "]",
    "〔": "[",
    "〕": "]",
    "、": ",",
}  # of keyboards for Chinese and Japanese
_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")

ACCENTS = {"\u0302": "hat", "\u0304": "bar", "\u0305": "bar", "\u0303": "tilde"}
ACCENTED = {
    composed: letter + word
    for letter in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    for mark, word in ACCENTS.items()
    if len(composed := unicodedata.normalize("NFC", letter + mark)) == 1
}

SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₗₘₙₚₛₜₐₑₒₓᵣᵤᵥₕ", "0123456789ijklmnpstaeoxruvh", strict=True))
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ᵀⁱⁿʸˣᵗᵏʲᵢ", "0123456789+-()Tinyxtkji", strict=True))
del SUPERSCRIPTS["ᵢ"]

FRACTIONS = {
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5),
    "⅗": (3, 5), "⅘": (4, 5), "⅙": (1, 6), "⅚": (5, 6), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8),
    "⅞": (7, 8), "⅑": (1, 9), "⅒": (1, 10),
}  # fmt: skip

OPERATORS = {
    "×": "*", "∗": "*", "·": "·", "⋅": "·", "∙": "·", "•": "·", "÷": "/", "∕": "/",
    "✕": "*", "✖": "*", "⨯": "*", "・": "·", "←": ":=", "≔": ":=", "≈": "≈", "≃": "≈", "≅": "≈",
    "⁄": "/", "∘": "∘", "⊙": "∘", "◦": "∘", "⊗": "⊗", "≤": "<=", "≥": ">=", "≠": "!=", "⩽": "<=",
    "⩾": ">=", "′": "'", "’": "'", "‖": "||", "∥": "||", "∣": "|", "⊤": "T", "⊺": "T", "∧": "and",
    "∨": "or",    "∈": "in", "⌊": "⌊", "⌋": "⌋", "⌈": "⌈", "⌉": "⌉",
}  # fmt: skip

_KNOWN = frozenset().union(
    _DASHES, GREEK, ACCENTS, ACCENTED, SUBSCRIPTS, SUPERSCRIPTS, FRACTIONS, OPERATORS
)

LATEX_OPERATORS = {
    "cdot": "·", "times": "*", "ast": "*", "odot": "∘", "circ": "∘", "otimes": "⊗", "div": "/",
    "le": "<=", "leq": "<=", "leqslant": "<=", "ge": ">=", "geq": ">=", "geqslant": ">=",
    "ne": "!=", "neq": "!=", "lt": "<", "gt": ">", "prime": "'", "top": "T", "intercal": "T",
    "gets": ":=", "leftarrow": ":=", "coloneqq": ":=", "approx": "≈", "simeq": "≈",
    "mid": "|", "vert": "|", "lvert": "|", "rvert": "|", "Vert": "||", "lVert": "||",
    "rVert": "||", "land": "and", "wedge": "and", "lor": "or", "vee": "or", "in": "in",
    "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉",
    "lbrace": "{", "rbrace": "}", "lbrack": "[", "rbrack": "]",
}  # fmt: skip
LATEX_SPACES = frozenset("quad qquad left right big Big bigl bigr Bigl Bigr displaystyle".split())
LATEX_SPACES |= frozenset("limits nolimits".split())
LATEX_ACCENTS = {
    "hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde",
    "widetilde": "tilde",
}  # fmt: skip
LATEX_FONTS = frozenset(
    "mathbf boldsymbol bm mathrm mathit mathsf mathcal mathbb text textbf textrm operatorname vec "
    "bold pmb".split()
)
LATEX_NAMES = {
    **{name: name for name in GREEK_NAMES},
    **{name.capitalize(): name.capitalize() for name in GREEK_NAMES},
    **{f"var{name}": name for name in ("epsilon", "phi", "theta", "sigma", "rho")},
    **{
        name: name
        for name in "log ln exp max min sin cos tan sinh cosh tanh sum sqrt frac det lg".split()
    },
    "tr": "trace",
    "Tr": "trace",
    "dfrac": "frac",
    "tfrac": "frac",
    "ell": "l",
}


def plain(text: str) -> str:
    """Return `text` with one dash, plain letters for those of other widths, nothing invisible."""
    return "".join(map(_plain, text))


def _plain(character: str) -> str:
    if character.isascii() or character in _KNOWN:
        return _DASHES.get(character, character)
    if character in _BRACKETS:
        return _BRACKETS[character]
    if character in _INVISIBLE:
        return ""
    # 𝑤, ｗ and ℎ are letters; what becomes several characters is no spelling of one.
    same = unicodedata.normalize("NFKC", character)
    return same if len(same) == 1 and (same.isascii() or same in GREEK) else character


def spelled_out(text: str) -> str:
    """Return `text` with Greek and accented letters as words and subscripts as _i."""
    said = []
    for number, character in enumerate(text):
        if character in SUBSCRIPTS:
            first = number == 0 or text[number - 1] not in SUBSCRIPTS
            said.append("_" * first + SUBSCRIPTS[character])
        elif character == "∂":
            said.append("d")
        else:
            said.append(
                GREEK.get(character) or ACCENTED.get(character) or ACCENTS.get(character, character)
            )
    return "".join(said)
