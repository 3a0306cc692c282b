"""Parses tokens into syntax: what stands where, before anything is known of shapes.

Precedence, loosest first: if/else; or; and; not; comparisons; + -; products and quotients from
left to right, written or by juxtaposition; sign; powers from right to left; what follows an
operand (calls, indices, .T, ', powers of T).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from studentkit.notation.errors import Unreadable
from studentkit.notation.functions import BARE, KNOWN, MODULES, REFUSED
from studentkit.notation.names import Names
from studentkit.notation.tokens import Token, tokenize

MAX_DEPTH = 100  # of the syntax; what walks it later may recurse
_MAX_OPEN = 60  # unfinished rules at one time

_COMPARE = {"<", "<=", ">", ">=", "==", "!="}
_PRODUCTS = {"*", "·", "/", "//", "@", "∘", "⊗"}
_SUM_NAMES = re.compile(r"(?:sum|Sum|Sigma)_([a-z])\Z")
_ROUNDED = {"⌊": ("⌋", "floor"), "⌈": ("⌉", "ceil")}
_INDICATOR = {"1", "indicator", "Indicator", "I", "ind"}


@dataclass(frozen=True, slots=True)
class Syntax:
    """A node: `kind` and `text` say what it is, `parts` what it is made of."""

    kind: str
    at: int
    end: int
    parts: tuple[Syntax, ...] = ()
    text: str = ""
    options: tuple[tuple[str, Syntax], ...] = ()  # axis=0 and the like
    grouped: bool = False  # in brackets of its own
    depth: int = 1


def parse(text: str, question: Names) -> tuple[Syntax, tuple[str, ...]]:
    """Return the syntax of what counts in `text`, and notes on what does not."""
    tokens = tokenize(text)
    notes: list[str] = []
    labels, tokens = _labelled(tokens) if question.kind == "design" else ((), tokens)
    if not labels:
        tokens = _right_side(tokens, text, question.kind, notes)
    if tokens[0].kind == "end":
        raise Unreadable("nothing is typed here", 0 if not notes else tokens[0].at)
    parser = _Parser(tokens, text, question)
    found = parser.listed()
    parser.finish()
    if labels and len(found.parts) == len(labels):
        parts = tuple(zip(labels, found.parts, strict=True))
        found = parser.make("record", found.at, options=parts)
    return found, (*notes, *parser.notes)


def _labelled(tokens: list[Token]) -> tuple[tuple[str, ...], list[Token]]:
    """Return the names in `padding = 1, stride = 2`, and the tokens without them."""
    depth, labels, values, starts = 0, [], [], True
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if starts and token.kind != "end":
            if token.kind != "name" or tokens[place + 1].text != "=":
                return (), tokens
            labels.append(token.text)
            place += 2
            starts = False
            continue
        depth += (token.text in ("(", "[", "{", "_{")) - (token.text in (")", "]", "}"))
        starts = depth == 0 and token.text in (",", ";")
        values.append(token)
        place += 1
    return (tuple(labels), values) if len(labels) > 1 else ((), tokens)


def _right_side(tokens: list[Token], text: str, kind: str, notes: list[str]) -> list[Token]:
    """Return what follows the last `=` outside of brackets.

    Before it stands a name, or in questions for a number the way that led there.
    """
    depth, last, commas = 0, None, []
    for number, token in enumerate(tokens):
        if token.kind != "op":
            continue
        if token.text in ("(", "[", "{", "_{", *_ROUNDED) or token.text.startswith("\\begin"):
            depth += 1
        elif token.text in (")", "]", "}", "⌋", "⌉") or token.text.startswith("\\end"):
            depth -= 1
        elif depth == 0 and token.text == "=":
            if last is not None and commas and commas[-1] > last:
                raise Unreadable("type the values alone, without `name =`", token.at)
            last = number
        elif depth == 0 and token.text == ",":
            commas.append(number)
    if last is None:
        return tokens
    if kind != "number" and (last == 0 or tokens[0].kind == "number"):
        raise Unreadable("before `=` a name is expected", tokens[0].at)
    left = text[tokens[0].at - 1 : tokens[last - 1].end - 1] if last else ""
    notes.append(f"only what follows `{_short(left + ' =')}` counts")
    rest = tokens[last + 1 :]
    if rest[0].kind == "end":
        raise Unreadable("nothing follows `=`", rest[0].at)
    return rest


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 30 else text[:27] + "..."


class _Parser:
    def __init__(self, tokens: list[Token], text: str, question: Names) -> None:
        self.tokens = tokens
        self.text = text
        self.question = question
        self.place = 0
        self.open = 0
        self.bars = 0
        self.bound: list[str] = []
        self.notes: list[str] = []
        self.phrases = _phrases(question)

    # --- tokens

    @property
    def next(self) -> Token:
        return self.tokens[self.place]

    def ahead(self, count: int = 1) -> Token:
        return self.tokens[min(self.place + count, len(self.tokens) - 1)]

    def take(self) -> Token:
        token = self.next
        if token.kind != "end":
            self.place += 1
        return token

    def sees(self, *texts: str) -> bool:
        return self.next.kind != "end" and self.next.kind != "number" and self.next.text in texts

    def expect(self, text: str, why: str = "") -> Token:
        if not self.sees(text):
            raise Unreadable(f"`{text}` is expected here{why}", self.next.at)
        return self.take()

    def finish(self) -> None:
        if self.sees("."):
            self.take()  # a full stop
        token = self.next
        if token.kind == "end":
            return
        if token.text in (")", "]", "}"):
            raise Unreadable(f"`{token.text}` closes a bracket that was never opened", token.at)
        raise self.unexpected()

    def unexpected(self) -> Unreadable:
        token = self.next
        if token.kind == "end":
            return Unreadable("something is missing at the end", token.at)
        if token.text in (":", ":=", "="):
            return Unreadable(f"`{token.text}` is not read here", token.at)
        return Unreadable(f"`{_short(token.text)}` is not expected here", token.at)

    def make(self, kind: str, at: int, *parts: Syntax, text: str = "", **more: object) -> Syntax:
        options = more.get("options", ())
        assert isinstance(options, tuple)
        inner = [part.depth for part in parts] + [value.depth for _, value in options]
        depth = 1 + max(inner, default=0)
        if depth > MAX_DEPTH:
            raise Unreadable("this is nested too deeply, or too long a chain", at)
        end = self.tokens[self.place - 1].end if self.place else self.next.end
        return Syntax(kind, at, end, parts, text, options, False, depth)

    # --- expressions, loosest first

    def listed(self) -> Syntax:
        """One expression, or several with commas between them."""
        at = self.next.at
        items = [self.expression()]
        comma = False
        while self.sees(",", ";"):
            comma = True
            self.take()
            if self.next.kind == "end" or self.sees(")", "]"):
                break
            items.append(self.expression())
        return self.make("tuple", at, *items) if comma else items[0]

    def expression(self) -> Syntax:
        self.open += 1
        if self.open > _MAX_OPEN:
            raise Unreadable("this is nested too deeply", self.next.at)
        at = self.next.at
        value = self.either()
        if self.sees("if"):
            self.take()
            condition = self.either()
            self.expect("else", "; write `a if x > 0 else b`")
            value = self.make("if", at, condition, value, self.expression())
        self.open -= 1
        return value

    def either(self) -> Syntax:
        at = self.next.at
        value = self.both()
        while self.sees("or"):
            self.take()
            value = self.make("or", at, value, self.both())
        return value

    def both(self) -> Syntax:
        at = self.next.at
        value = self.comparison()
        while self.sees("and"):
            self.take()
            value = self.make("and", at, value, self.comparison())
        return value

    def comparison(self) -> Syntax:
        at = self.next.at
        if self.sees("not"):
            self.take()
            self.guard()
            value = self.make("not", at, self.comparison())
            self.open -= 1
            return value
        left = self.sum()
        found: Syntax | None = None
        while self.next.text in _COMPARE or (self.sees("=") and self.open > 1):
            operator = self.take().text
            right = self.sum()
            link = self.make("compare", at, left, right, text="==" if operator == "=" else operator)
            found = link if found is None else self.make("and", at, found, link)
            left = right
        return found or left

    def sum(self) -> Syntax:
        at = self.next.at
        value = self.product()
        while self.sees("+", "-"):
            operator = self.take().text
            value = self.make("binary", at, value, self.product(), text=operator)
        return value

    def product(self) -> Syntax:
        at = self.next.at
        value = self.signed()
        while True:
            if self.sees(*_PRODUCTS):
                operator = self.take().text
                value = self.make("binary", at, value, self.signed(), text=operator)
            elif self.starts_operand():
                if value.kind == "number" and not value.grouped and self.next.kind == "number":
                    raise Unreadable("two numbers in a row; type `*` between them", self.next.at)
                value = self.make("binary", at, value, self.power(), text="")
            else:
                return value

    def starts_operand(self) -> bool:
        token = self.next
        if token.kind in ("number", "fraction"):
            return True
        if token.kind == "name":
            return token.text not in (
                "and",
                "or",
                "if",
                "else",
                "for",
                "in",
                "is",
                "not",
                "lambda_",
            )
        if token.text in ("|", "||"):
            return self.bars == 0
        return (
            token.kind == "op" and token.text in ("(", "{", *_ROUNDED)
        ) or token.text.startswith("\\begin")

    def guard(self) -> None:
        self.open += 1
        if self.open > _MAX_OPEN:
            raise Unreadable("this is nested too deeply", self.next.at)

    def signed(self) -> Syntax:
        at = self.next.at
        if not self.sees("-", "+"):
            return self.power()
        self.guard()
        minus = self.take().text == "-"
        value = self.signed()
        self.open -= 1
        return self.make("negative", at, value) if minus else value

    def power(self) -> Syntax:
        at = self.next.at
        base = self.postfixed()
        if not self.sees("^", ".^"):
            return base
        self.guard()
        operator = self.take().text
        exponent = self.exponent()
        self.open -= 1
        value = self.make("binary", at, base, exponent, text=operator)
        if self.sees("^"):
            raise self.unexpected()
        return value

    def exponent(self) -> Syntax:
        label = [self.ahead(count).text for count in (0, 1, 3, 4)] == ["{", "(", ")", "}"]
        if label and self.ahead(2).kind == "number" and self.ahead(2).at > self.next.at:
            raise Unreadable(
                "is this a power or a label? type x^2 for a power, W_2 for a name", self.next.at
            )
        return self.signed()

    # --- what follows an operand

    def postfixed(self) -> Syntax:
        at = self.next.at
        value = self.operand()
        while True:
            token = self.next
            if self.sees("'"):
                self.take()
                value = self.make("prime", at, value)
            elif self.sees("%"):
                value = self.percent(value)
            elif self.sees("["):
                value = self.indexed(value)
            elif self.sees("_{"):
                self.take()
                value = self.make("entry", at, value, *self.arguments("}"))
            elif self.sees("."):
                follows = self.ahead()
                if follows.kind != "name":
                    return value
                self.take()
                value = self.attribute(value)
            elif self.sees("^", ".^") and self.transposing():
                value = self.make("transpose", at, value)
            else:
                assert token is self.next
                return value

    def transposing(self) -> bool:
        """Take `^T`, `^{T}`, also with the next name glued on (`A^Tx`), if T is no name."""
        first, braced = self.ahead(), False
        if first.text in ("{", "(") and self.ahead(2).text in ("T", "t", "'"):
            closing = "}" if first.text == "{" else ")"
            if self.ahead(3).text == closing:
                first, braced = self.ahead(2), True
        if first.kind == "op" and first.text == "'" and not braced:
            self.place += 2
            return True
        if first.text == "'" and braced:
            self.place += 4
            return True
        if first.kind != "name" or self.question.resolve(first.text) is not None:
            return False
        if first.text == "T" or (
            braced and first.text == "t" and self.question.resolve("t") is None
        ):
            self.place += 4 if braced else 2
            return True
        rest = first.text[1:]
        if first.text[0] == "T" and (
            self.question.resolve(rest) or rest in KNOWN or self.letters(rest)
        ):
            self.place += 1
            self.tokens[self.place] = replace(first, text=rest, at=first.at + 1)
            return True
        return False

    def percent(self, value: Syntax) -> Syntax:
        if value.kind != "number" or value.grouped or value.text.endswith("%"):
            raise Unreadable("`%` is read only after a number, as in 50%", self.next.at)
        percent = self.take()
        if self.starts_operand():
            raise Unreadable("`%` is read as per cent; a remainder is not read", percent.at)
        return self.make("number", value.at, text=value.text + "%")

    def indexed(self, value: Syntax) -> Syntax:
        opening = self.take()
        if (value.kind == "number" and value.text == "1") or value.kind == "indicator_name":
            inside = self.arguments("]")
            return self.make("indicator", value.at, *inside)
        if value.kind == "number":
            raise Unreadable("a number has no entries", opening.at)
        return self.make("entry", value.at, value, *self.arguments("]"))

    def attribute(self, value: Syntax) -> Syntax:
        token = self.take()
        at, name = value.at, token.text
        called = self.sees("(") and not self.next.spaced
        if name in ("T", "mT") and not called:
            return self.make("transpose", at, value)
        if not called:
            raise Unreadable(
                f"`.{_short(name)}` is not read; an array has .T, .dot(...), .sum() and .mean()",
                token.at,
            )
        parts, options = self.call_arguments()
        if name in ("t", "transpose") and not parts:
            return self.make("transpose", at, value)
        methods: tuple[str, ...] = (
            "dot",
            "sum",
            "mean",
            "trace",
            "diagonal",
            "max",
            "min",
            "exp",
            "log",
            "matmul",
        )
        methods += ("mm", "norm", "relu", "sigmoid", "tanh", "softmax", "pow", "mul", "sqrt", "abs")
        if name not in methods:
            raise Unreadable(f"`.{_short(name)}(...)` is not read", token.at)
        if name in ("max", "min") and not parts:
            name = f"a{name}"
        return self.make("call", at, value, *parts, text=name, options=options)

    # --- operands

    def operand(self) -> Syntax:
        token = self.next
        phrase = self.phrase()
        if phrase is not None:
            return phrase
        if token.kind in ("number", "fraction"):
            self.take()
            made = self.make(token.kind, token.at, text=token.text)
            if token.text == "1":
                called = self.sees("(") and not self.next.spaced and self.holds_comparison()
                if called or self.sees("{", "_{"):
                    return self.indicator(token)
            return made
        if token.kind == "name":
            return self.named()
        if token.text in ("(", "{"):
            return self.group()
        if token.text == "[":
            self.take()
            return self.make("list", token.at, *self.arguments("]"))
        if token.text in ("|", "||") and token.kind == "op":
            self.take()
            self.bars += 1
            inner = self.expression()
            self.bars -= 1
            self.expect(token.text, " to close the bars")
            return self.make("call", token.at, inner, text="abs" if token.text == "|" else "norm")
        if token.text in _ROUNDED:
            self.take()
            closing, name = _ROUNDED[token.text]
            inside = self.arguments(closing)
            return self.make("call", token.at, *inside, text=name)
        if token.text.startswith("\\begin"):
            return self.environment()
        raise self.unexpected()

    def group(self) -> Syntax:
        opening = self.take()
        closing = ")" if opening.text == "(" else "}"
        if self.sees(closing):
            raise Unreadable("there is nothing between these brackets", opening.at)
        bars, self.bars = self.bars, 0
        self.guard()
        inner = self.listed()
        self.open -= 1
        self.bars = bars
        self.expect(closing, f" to close the bracket at character {opening.at}")
        if inner.kind == "tuple" and closing == "}":
            raise Unreadable("braces with commas are not read; use round brackets", opening.at)
        return replace(inner, grouped=True)

    def arguments(self, closing: str) -> list[Syntax]:
        """Return what stands up to `closing`, with commas between."""
        bars, self.bars = self.bars, 0
        items: list[Syntax] = []
        while not self.sees(closing):
            self.guard()
            items.append(self.expression())
            self.open -= 1
            if not self.sees(closing):
                self.expect("," if not self.sees(";") else ";", f" or `{closing}`")
        self.take()
        self.bars = bars
        if not items:
            raise Unreadable(
                f"nothing stands before this `{closing}`", self.tokens[self.place - 1].at
            )
        return items

    def call_arguments(self) -> tuple[list[Syntax], tuple[tuple[str, Syntax], ...]]:
        """Return the arguments in round brackets (or braces), and those with `axis=`."""
        if not self.sees("(", "{"):
            raise Unreadable("`(` is expected here", self.next.at)
        closing = ")" if self.take().text == "(" else "}"
        bars, self.bars = self.bars, 0
        items: list[Syntax] = []
        options: list[tuple[str, Syntax]] = []
        while not self.sees(closing):
            self.guard()
            named = self.next.kind == "name" and self.ahead().text == "="
            if named and self.next.text in ("axis", "dim", "keepdims", "keepdim", "dtype"):
                key = self.take().text
                self.take()
                options.append((key, self.expression()))
            else:
                items.append(self.expression())
            self.open -= 1
            if self.sees("for"):
                items.append(self.generator())
            if not self.sees(closing):
                self.expect(",", f" or `{closing}`")
        self.take()
        self.bars = bars
        return items, tuple(options)

    def generator(self) -> Syntax:
        """`for k in range(n)` after the body of a sum."""
        at = self.take().at
        index = self.take()
        if index.kind != "name" or len(index.text) > 2:
            raise Unreadable("an index is one letter", index.at)
        self.expect("in")
        self.expect("range", "; write `for k in range(n)`")
        bounds, _ = self.call_arguments()
        if not 1 <= len(bounds) <= 2:
            raise Unreadable("`range` takes one or two numbers here", at)
        return self.make("range", at, *bounds, text=index.text)

    def named(self) -> Syntax:
        token = self.take()
        name, at = token.text, token.at
        if self.question.resolve(name) is not None or name in self.bound:
            declared = self.make("name", at, text=name)
            both = name in KNOWN and name not in self.bound
            if both and self.sees("(") and not self.next.spaced:
                return self.perhaps_called(declared)
            return declared
        if name in MODULES and self.sees("."):
            self.take()
            if self.next.kind != "name":
                raise self.unexpected()
            if self.next.text in MODULES and self.ahead().text == ".":
                return self.named()
            function = self.take()
            if function.text in ("pi", "e"):
                return self.make("name", at, text=function.text)
            return self.function(function, at)
        match = _SUM_NAMES.match(name)
        if match:
            return self.summed(at, match[1])
        if name in ("sum", "Sum", "Sigma") and not self.sees("("):
            return self.big_sum(at)
        indicates = name != "I" or not self.sees("(") or self.holds_comparison()
        if name in _INDICATOR and self.sees("[", "{", "_{", "(") and indicates:
            return self.indicator(token)
        if name == "frac":
            return self.fraction(at)
        if name in REFUSED and self.sees("(", "{"):
            raise Unreadable(f"`{name}` is not read: {REFUSED[name]}", at)
        if name in ("e", "pi", "E"):
            return self.make("name", at, text=name)
        if name in KNOWN and (self.sees("(", "{", "'", "^") or name in BARE):
            return self.function(token, at)
        if self.splits(token):
            return self.named()
        if self.sees("(") and not self.next.spaced and not _entry_like(name):
            raise Unreadable(f"`{_short(name)}` is no function that is known here", at)
        return self.make("name", at, text=name)

    def letters(self, name: str) -> bool:
        return bool(name) and all(letter in self.question.shapes for letter in name)

    def splits(self, token: Token) -> bool:
        """Cut XW into X and W where only these are names; put both back among the tokens."""
        name = token.text
        if not 2 <= len(name) <= 4 or token.end - token.at != len(name) or name in KNOWN:
            return False
        if not self.letters(name):
            return False
        note = f"`{name}` is read as {'*'.join(name)}"
        if note not in self.notes:
            self.notes.append(note)
        letters = [
            Token("name", letter, token.at + place, token.at + place + 1)
            for place, letter in enumerate(name)
        ]
        self.place -= 1
        self.tokens[self.place : self.place + 1] = letters
        return True

    def perhaps_called(self, declared: Syntax) -> Syntax:
        """Tell σ(z), the function, from σ(1-σ), a product with the σ of the question."""
        if declared.text not in ("sigma", "softmax", "sigmoid", "relu", "heaviside"):
            return declared
        inside = self.tokens[self.place + 1 : self.closing()]
        if any(token.kind == "name" and token.text == declared.text for token in inside):
            return declared
        parts, options = self.call_arguments()
        return self.make("call", declared.at, *parts, text=declared.text, options=options)

    def closing(self) -> int:
        """Return where the bracket that opens here closes, or the end."""
        depth = 0
        for place in range(self.place, len(self.tokens)):
            text = self.tokens[place].text
            depth += (text in ("(", "[", "{", "_{")) - (text in (")", "]", "}"))
            if depth == 0:
                return place
        return len(self.tokens) - 1

    def function(self, token: Token, at: int) -> Syntax:
        name = token.text
        if name in REFUSED:
            raise Unreadable(f"`{name}` is not read: {REFUSED[name]}", at)
        if name not in KNOWN:
            raise Unreadable(f"`{_short(name)}` is no function that is known here", token.at)
        if self.sees("'") and name in ("sigma", "sigmoid", "relu", "tanh"):
            if name != "sigma":
                raise Unreadable(f"write out the derivative of {name}", self.next.at)
            self.take()
            name = "sigma_prime"
        if self.sees("^"):
            raise Unreadable(
                f"put the power after the argument, as in {name}(x)^2, or the argument in "
                f"brackets, as in {name}(x)",
                self.next.at,
            )
        if name == "sqrt" and self.sees("["):
            raise Unreadable("only square roots are read", self.next.at)
        if self.sees("(", "{"):
            parts, options = self.call_arguments()
            if len(parts) == 1 and parts[0].kind == "tuple" and name in ("cases", "array"):
                pass
            if not parts:
                raise Unreadable(f"`{name}` needs something in its brackets", at)
            return self.make("call", at, *parts, text=name, options=options)
        if name not in BARE:
            raise Unreadable(f"`{name}` needs its argument in brackets", at)
        self.guard()
        argument = self.power()
        self.open -= 1
        if self.starts_operand() and name != "sqrt":
            raise Unreadable(f"how far does {name} reach? type {name}(...) with brackets", at)
        return self.make("call", at, argument, text=name)

    def fraction(self, at: int) -> Syntax:
        r"""Read \frac{a}{b}; \frac{\partial L}{\partial w} may be a name of the question."""
        start = self.place
        parts: list[Syntax] = []
        texts = []
        for _ in range(2):
            if self.sees("("):
                top, _options = self.call_arguments()
                if len(top) == 2 and not parts:
                    return replace(self.make("binary", at, *top, text="/"), grouped=True)
                raise Unreadable("`frac` takes two arguments", at)
            opening = self.expect("{", r"; write \frac{a}{b}")
            place = self.place
            depth = 1
            while depth and self.next.kind != "end":
                depth += {"{": 1, "_{": 1, "}": -1}.get(self.next.text, 0)
                self.take()
            if depth:
                raise Unreadable("this brace is never closed", opening.at)
            texts.append(tuple(token.text for token in self.tokens[place : self.place - 1]))
        name = self.phrases.get((*texts[0], "/", *texts[1]))
        if name is not None:
            return self.make("name", at, text=name)
        self.place = start
        for _ in range(2):
            parts.append(replace(self.group(), grouped=True))
        return replace(self.make("binary", at, *parts, text="/"), grouped=True)

    def holds_comparison(self) -> bool:
        """Tell whether the bracket that opens here holds a comparison, not within another."""
        depth = 0
        for token in self.tokens[self.place : self.closing()]:
            depth += (token.text in ("(", "[", "{", "_{")) - (token.text in (")", "]", "}"))
            if depth == 1 and (token.text in _COMPARE or token.text == "="):
                return True
        return False

    def indicator(self, token: Token) -> Syntax:
        opening = self.take()
        closing = {"[": "]", "{": "}", "_{": "}", "(": ")"}[opening.text]
        inside = self.arguments(closing)
        return self.make("indicator", token.at, *inside)

    # --- sums

    def summed(self, at: int, index: str) -> Syntax:
        """`sum_k s_k`, `sum_k (…)`, `Σ_k^n …`: over the product that follows."""
        bounds = []
        if self.sees("^"):
            self.take()
            self.guard()
            bounds.append(self.postfixed() if not self.sees("{") else self.group())
            self.open -= 1
        self.bound.append(index)
        self.guard()
        body = self.product()
        self.open -= 1
        self.bound.pop()
        made = self.make("range", at, *bounds, text=index)
        return self.make("sum", at, body, made, text="up to" if bounds else "")

    def big_sum(self, at: int) -> Syntax:
        """`Σ_{k=1}^{n} …`, `Σ_{k≠i} …`, or a bare Σ, which has no index to run over."""
        if not self.sees("_{"):
            raise Unreadable("type what the sum runs over: sum(s_k*z_k, k)", at)
        self.take()
        index = self.take()
        if index.kind != "name" or len(index.text) > 2:
            raise Unreadable("an index is one letter", index.at)
        start: Syntax | None = None
        condition: Syntax | None = None
        if self.sees("="):
            self.take()
            self.guard()
            start = self.sum()
            self.open -= 1
        elif self.sees("!="):
            self.take()
            other = self.sum()
            name = self.make("name", index.at, text=index.text)
            condition = self.make("compare", index.at, name, other, text="!=")
        self.expect("}")
        bounds = [] if start is None else [start]
        if self.sees("^"):
            self.take()
            self.guard()
            bounds.append(self.postfixed() if not self.sees("{") else self.group())
            self.open -= 1
        text = "" if not bounds else "up to" if start is None else "from to"
        if start is not None and len(bounds) == 1:
            raise Unreadable("the sum has no upper bound", at)
        self.bound.append(index.text)
        self.guard()
        body = self.product()
        self.open -= 1
        self.bound.pop()
        made = self.make("range", at, *bounds, text=index.text)
        parts = (body, made) if condition is None else (body, made, condition)
        return self.make("sum", at, *parts, text=text)

    # --- LaTeX environments

    def environment(self) -> Syntax:
        r"""\begin{cases} 1 & x > 0 \\ 0 & x \le 0 \end{cases}, and matrices."""
        opening = self.take()
        name = opening.text.removeprefix("\\begin{").removesuffix("}")
        if name not in ("cases", "pmatrix", "bmatrix", "matrix"):
            raise Unreadable(f"the LaTeX environment {_short(name)} is not read", opening.at)
        closing = f"\\end{{{name}}}"
        rows: list[Syntax] = []
        self.guard()
        while not self.sees(closing):
            at = self.next.at
            cells = [self.expression()]
            while self.sees("&", ","):
                self.take()
                while self.next.text in ("if", "for") and self.next.kind == "name":
                    self.take()
                if self.sees("otherwise", "else"):
                    self.take()
                    continue
                cells.append(self.expression())
            rows.append(self.make("tuple" if name == "cases" else "list", at, *cells))
            if not self.sees(closing):
                self.expect("\\\\", f" or `{closing}`")
        self.take()
        self.open -= 1
        if not rows:
            raise Unreadable("this LaTeX environment is empty", opening.at)
        if name == "cases":
            return self.make("call", opening.at, *rows, text="cases")
        return self.make("list", opening.at, *rows)

    # --- aliases longer than a word

    def phrase(self) -> Syntax | None:
        """Return the name that the longest alias beginning here stands for, as dL/dw."""
        best: tuple[str, ...] = ()
        for words in self.phrases:
            here = self.tokens[self.place : self.place + len(words)]
            if len(words) > len(best) and tuple(token.text for token in here) == words:
                best = words
        if not best:
            return None
        at = self.next.at
        self.place += len(best)
        return self.make("name", at, text=self.phrases[best])


def _phrases(question: Names) -> dict[tuple[str, ...], str]:
    """Return the aliases that are several tokens long."""
    found = {}
    for alias, name in question.aliases.items():
        words = tuple(token.text for token in tokenize(alias)[:-1])
        if len(words) > 1:
            found[words] = name
    return found


def _entry_like(name: str) -> bool:
    """Tell whether `name` may be an entry such as s_i, which a product may follow."""
    return re.fullmatch(r"[A-Za-z]+_[a-z]{1,2}", name) is not None
