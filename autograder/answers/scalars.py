"""Arithmetic on single numbers: exact fractions as long as possible, else 50 digits.

NaN stands for "has no real, finite value here"; it spreads through everything that uses it.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import isqrt
from typing import Any, TypeAlias

from mpmath import MPContext, libmp

DIGITS = 50
MP: Any = MPContext()  # a context of our own: nobody else's precision is touched
MP.dps = DIGITS
NAN: Any = MP.nan
ZERO, ONE, HALF = Fraction(0), Fraction(1), Fraction(1, 2)

Scalar: TypeAlias = Any  # Fraction or a number of MP

_MAX_BITS = 4000  # of an exact number; beyond it 50 digits are kept
_MAX_EXPONENT = 1_000_000  # of e, in what is computed
_MAX_ANGLE = 10**30
_CLOSE = MP.mpf(10) ** -40  # what rounding can do to a comparison


def wide(value: Scalar) -> Any:
    """Return `value` as a number of MP."""
    if type(value) is Fraction:
        return MP.make_mpf(
            libmp.from_rational(value.numerator, value.denominator, MP.prec, libmp.round_nearest)
        )
    return value


def is_finite(value: Scalar) -> bool:
    """Tell whether `value` is a real, finite number."""
    return type(value) is Fraction or bool(MP.isfinite(value))


def _kept(value: Fraction) -> Scalar:
    if value.numerator.bit_length() > _MAX_BITS or value.denominator.bit_length() > _MAX_BITS:
        return wide(value)
    return value


def add(a: Scalar, b: Scalar) -> Scalar:
    """Return a + b."""
    if type(a) is Fraction and type(b) is Fraction:
        return _kept(a + b)
    return wide(a) + wide(b)


def sub(a: Scalar, b: Scalar) -> Scalar:
    """Return a - b."""
    if type(a) is Fraction and type(b) is Fraction:
        return _kept(a - b)
    return wide(a) - wide(b)


def mul(a: Scalar, b: Scalar) -> Scalar:
    """Return a * b."""
    if type(a) is Fraction and type(b) is Fraction:
        return _kept(a * b)
    return wide(a) * wide(b)


def div(a: Scalar, b: Scalar) -> Scalar:
    """Return a / b; NaN for b = 0."""
    if b == 0:
        return NAN
    if type(a) is Fraction and type(b) is Fraction:
        return _kept(a / b)
    return wide(a) / wide(b)


def neg(a: Scalar) -> Scalar:
    """Return -a."""
    return -a


def power(base: Scalar, exponent: Scalar) -> Scalar:
    """Return base ** exponent; 0 ** 0 is 1, and NaN where the result is not real."""
    if not (is_finite(base) and is_finite(exponent)):
        return NAN
    whole = _whole(exponent)
    if whole is not None:
        if whole == 0:
            return ONE
        if base == 0:
            return ZERO if whole > 0 else NAN
        if type(base) is Fraction and whole.bit_length() < 14:
            bits = max(base.numerator.bit_length(), base.denominator.bit_length())
            if bits * abs(whole) <= _MAX_BITS:
                return base**whole
    elif base < 0:
        return NAN
    elif base == 0:
        return ZERO if exponent > 0 else NAN
    if exponent == HALF:
        return sqrt(base)
    size = wide(exponent) * MP.log(abs(wide(base)))
    if abs(size) > _MAX_EXPONENT:
        return NAN
    result = MP.exp(size)
    return -result if base < 0 and whole is not None and whole % 2 else result


def _whole(value: Scalar) -> int | None:
    if type(value) is Fraction:
        return value.numerator if value.denominator == 1 else None
    if abs(value) < 10**9 and value == int(value):
        return int(value)
    return None


def compare(a: Scalar, b: Scalar) -> int | None:
    """Return -1, 0 or 1 as a is below, at or above b; None where there is no value."""
    if type(a) is Fraction and type(b) is Fraction:
        return (a > b) - (a < b)
    a, b = wide(a), wide(b)
    if not (MP.isfinite(a) and MP.isfinite(b)):
        return None
    difference = a - b
    if abs(difference) <= _CLOSE * max(abs(a), abs(b)):
        return 0
    return 1 if difference > 0 else -1


def larger(a: Scalar, b: Scalar) -> Scalar:
    """Return the larger one."""
    order = compare(a, b)
    return NAN if order is None else a if order >= 0 else b


def smaller(a: Scalar, b: Scalar) -> Scalar:
    """Return the smaller one."""
    order = compare(a, b)
    return NAN if order is None else a if order <= 0 else b


def sign(a: Scalar) -> Scalar:
    """Return -1, 0 or 1."""
    order = compare(a, ZERO)
    return NAN if order is None else Fraction(order)


def heaviside(a: Scalar) -> Scalar:
    """Return 0 below 0, 1 above it and one half at 0, which no point of a question asks for."""
    order = compare(a, ZERO)
    return NAN if order is None else Fraction(order + 1, 2)


def relu(a: Scalar) -> Scalar:
    """Return max(0, a)."""
    return larger(a, ZERO)


def absolute(a: Scalar) -> Scalar:
    """Return |a|."""
    return abs(a)


def floor(a: Scalar) -> Scalar:
    """Return the largest integer that is not above `a`."""
    if type(a) is Fraction:
        return Fraction(a.numerator // a.denominator)
    if not MP.isfinite(a) or abs(a) > _MAX_ANGLE:
        return NAN
    nearest = int(MP.nint(a))
    if compare(a, Fraction(nearest)) == 0:
        return Fraction(nearest)  # 2.999... in all 50 digits was meant to be 3
    return Fraction(int(MP.floor(a)))


def ceil(a: Scalar) -> Scalar:
    """Return the smallest integer that is not below `a`."""
    below = floor(-a)
    return -below


def exp(a: Scalar) -> Scalar:
    """Return e ** a."""
    if a == 0:
        return ONE
    if not is_finite(a) or abs(a) > _MAX_EXPONENT:
        return NAN
    return MP.exp(wide(a))


def log(a: Scalar) -> Scalar:
    """Return the natural logarithm; NaN where it is not real."""
    if a == 1:
        return ZERO
    if not is_finite(a) or a <= 0:
        return NAN
    return MP.log(wide(a))


def log_to(base: int) -> Callable[[Scalar], Scalar]:
    """Return the logarithm to an integer base, exact for exact powers of it."""

    def logarithm(a: Scalar) -> Scalar:
        if not is_finite(a) or a <= 0:
            return NAN
        result = MP.log(wide(a)) / MP.log(base)
        nearest = int(MP.nint(result))
        if type(a) is Fraction and abs(nearest) < 1000 and Fraction(base) ** nearest == a:
            return Fraction(nearest)
        return result

    return logarithm


def sqrt(a: Scalar) -> Scalar:
    """Return the square root, exact for squares of fractions; NaN below 0."""
    if not is_finite(a) or a < 0:
        return NAN
    if type(a) is Fraction:
        above, below = isqrt(a.numerator), isqrt(a.denominator)
        if above * above == a.numerator and below * below == a.denominator:
            return Fraction(above, below)
    return MP.sqrt(wide(a))


def sigmoid(a: Scalar) -> Scalar:
    """Return 1 / (1 + exp(-a))."""
    return div(ONE, add(ONE, exp(neg(a))))


def softplus(a: Scalar) -> Scalar:
    """Return log(1 + exp(a))."""
    return log(add(ONE, exp(a)))


def tanh(a: Scalar) -> Scalar:
    """Return the hyperbolic tangent."""
    return _hyperbolic(MP.tanh, a)


def _hyperbolic(function: Any, a: Scalar) -> Scalar:
    if not is_finite(a) or abs(a) > _MAX_EXPONENT:
        return NAN
    return ZERO if a == 0 and function is not MP.cosh else function(wide(a))


def _circular(function: Any) -> Callable[[Scalar], Scalar]:
    def circular(a: Scalar) -> Scalar:
        if not is_finite(a) or abs(a) > _MAX_ANGLE:
            return NAN
        return function(wide(a))

    return circular


ELEMENTWISE: dict[str, Callable[[Scalar], Scalar]] = {
    "exp": exp,
    "log": log,
    "log2": log_to(2),
    "log10": log_to(10),
    "sqrt": sqrt,
    "abs": absolute,
    "sign": sign,
    "floor": floor,
    "ceil": ceil,
    "sin": _circular(MP.sin),
    "cos": _circular(MP.cos),
    "tan": _circular(MP.tan),
    "sinh": lambda a: _hyperbolic(MP.sinh, a),
    "cosh": lambda a: _hyperbolic(MP.cosh, a),
    "tanh": tanh,
    "softplus": softplus,
    "relu": relu,
    "sigmoid": sigmoid,
    "heaviside": heaviside,
    "neg": neg,
}
PAIRWISE: dict[str, Callable[[Scalar, Scalar], Scalar]] = {
    "add": add,
    "sub": sub,
    "mul": mul,
    "hadamard": mul,
    "div": div,
    "pow": power,
    "max": larger,
    "min": smaller,
}
