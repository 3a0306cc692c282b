"""Values as bytes: msgpack with raw array buffers, able to make base types only.

Both sides use it. What comes from a worker is hostile: decoding checks dtype, shape and size
of arrays, bounds depth and length, and can create nothing but the types listed in `Value`.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import msgpack
import numpy as np

MAX_FRAME = 64 * 1024 * 1024
MAX_ITEMS = 1_000_000  # of one message, in all its containers together
MAX_DEPTH = 64  # containers within containers
MAX_GROWTH = 8  # times its own size that a message may take as objects in memory
_ALWAYS_ALLOWED = 16 << 20  # bytes of memory that even a short message may take
_MAX_ODD_KEYS = 4096  # of one message: whoever chooses those can make their hashes collide
_MAX_INTEGER_BYTES = 1024
_HEADER = struct.Struct("!I")

# None bool int float complex Fraction str bytes list tuple dict set ndarray numpy-scalar tensor
# Reference
Value: TypeAlias = Any

_COMPLEX, _ARRAY, _SCALAR, _REFERENCE, _TUPLE, _INTEGER = range(1, 7)
_TENSOR, _SET, _FROZENSET, _SLICE, _DOTS, _FRACTION = range(7, 13)
_TEXTS = re.compile(r"[<>|][US][1-9][0-9]{0,7}")  # dtypes of texts
_DTYPES = frozenset(
    np.dtype(name).str
    for name in "? i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 c8 c16 >i4 >i8 >f4 >f8".split()
)


class WireError(Exception):
    """The bytes are no value, or the value cannot travel."""


@dataclass(frozen=True)
class Reference:
    """Something that stays on its own side and is spoken of by number.

    `kind` is "object", "list", "dict", "set", "array", "callable", "class", "module" or
    "iterator" (the worker's things), or "function" (the grader's own, called back).
    """

    number: int
    kind: str
    type_name: str = ""


@dataclass(frozen=True)
class Tensor:
    """A torch tensor as plain data; neither side needs torch to pass it on."""

    array: np.ndarray
    dtype: str  # "float32", "bfloat16", ...
    requires_grad: bool = False


def frame(payload: bytes) -> bytes:
    """Put the length before `payload`; raises WireError over MAX_FRAME bytes."""
    if len(payload) > MAX_FRAME:
        raise WireError(f"a message of {len(payload)} bytes is over the limit of {MAX_FRAME}")
    return _HEADER.pack(len(payload)) + payload


def frame_length(header: bytes) -> int:
    """Read a frame's length from its 4-byte header; raises WireError over MAX_FRAME."""
    length: int = _HEADER.unpack(header)[0]
    if length > MAX_FRAME:
        raise WireError(f"a message of {length} bytes is over the limit of {MAX_FRAME}")
    return length


HEADER_SIZE = _HEADER.size


def encode(
    value: Value,
    refer: Callable[[Any], Value] | None = None,
    arrays: list[np.ndarray] | None = None,
) -> bytes:
    """Turn `value` into bytes.

    `refer` is asked about everything that is no base type and answers with something that is,
    usually a Reference; every array on the way is appended to `arrays`, in the order in which
    `decode` will meet them. Raises WireError where something cannot travel.
    """

    def note(thing: Any) -> None:
        if arrays is not None and type(thing) is np.ndarray:
            arrays.append(thing)
        elif arrays is not None and type(thing) is Tensor:
            arrays.append(thing.array)

    def default(thing: Any) -> Any:
        note(thing)
        packed = _extension(thing, pack)
        if packed is not None:
            return packed
        if refer is None:
            raise WireError(f"a {type(thing).__name__} cannot travel")
        replacement = refer(thing)
        note(replacement)
        if type(replacement) is type(thing):
            raise WireError(f"a {type(thing).__name__} cannot travel")
        packed = _extension(replacement, pack)  # msgpack asks `default` only once
        return replacement if packed is None else packed

    packer = msgpack.Packer(default=default, strict_types=True, autoreset=True)

    def pack(thing: Any) -> bytes:
        # A nested packer: msgpack's own is not reentrant.
        return bytes(msgpack.packb(thing, default=default, strict_types=True))

    try:
        return bytes(packer.pack(value))
    except (ValueError, OverflowError, RecursionError, TypeError, UnicodeError) as error:
        raise WireError(f"the value cannot travel: {error}") from None


def _extension(thing: Any, pack: Callable[[Any], bytes]) -> msgpack.ExtType | None:
    kind = type(thing)
    if kind is np.ndarray:
        return msgpack.ExtType(_ARRAY, _array_payload(thing))
    if kind is tuple:
        return msgpack.ExtType(_TUPLE, pack(list(thing)))
    if kind is Reference:
        fields = [thing.number, thing.kind, thing.type_name]
        return msgpack.ExtType(_REFERENCE, pack(fields))
    if kind is complex:
        return msgpack.ExtType(_COMPLEX, struct.pack("!dd", thing.real, thing.imag))
    if kind is int:
        size = thing.bit_length() // 8 + 1
        if size > _MAX_INTEGER_BYTES:
            raise WireError("an integer of that size cannot travel")
        return msgpack.ExtType(_INTEGER, thing.to_bytes(size, "big", signed=True))
    if kind is Fraction:
        return msgpack.ExtType(_FRACTION, pack([thing.numerator, thing.denominator]))
    if isinstance(thing, np.generic) and thing.dtype.str in _DTYPES:
        return msgpack.ExtType(_SCALAR, _array_payload(np.asarray(thing)))
    if kind is set or kind is frozenset:
        code = _SET if kind is set else _FROZENSET
        return msgpack.ExtType(code, pack(list(thing)))
    if kind is slice:
        return msgpack.ExtType(_SLICE, pack([thing.start, thing.stop, thing.step]))
    if thing is Ellipsis:
        return msgpack.ExtType(_DOTS, b"")
    if kind is Tensor:
        body = pack([thing.dtype, thing.requires_grad]) + _array_payload(thing.array)
        return msgpack.ExtType(_TENSOR, body)
    return None


def _array_payload(array: np.ndarray) -> bytes:
    dtype = array.dtype.str
    if dtype not in _DTYPES and array.dtype.kind not in "US":
        raise WireError(f"an array of dtype {array.dtype} cannot travel; use numbers")
    if array.nbytes > MAX_FRAME:
        raise WireError(f"an array of {array.nbytes} bytes is over the limit of {MAX_FRAME}")
    head: bytes = msgpack.packb([dtype, list(array.shape)])
    return head + array.tobytes()


def decode(
    payload: bytes,
    resolve: Callable[[Reference], Any] | None = None,
    arrays: list[tuple[np.ndarray, np.ndarray]] | None = None,
    tensor: Callable[[Tensor], Any] | None = None,
) -> Value:
    """Turn bytes into a value; arrays come out read-only.

    With `arrays` they come out as writable copies, and (copy, original) pairs are appended to
    it: comparing them afterwards tells what was edited in place. `resolve` replaces each
    Reference, `tensor` each Tensor. Raises WireError for anything malformed, and for what has
    more than MAX_ITEMS items, more than MAX_DEPTH levels or needs more than MAX_GROWTH times its
    size in memory: that is found out before anything of it is made.
    """
    measure(payload)
    return _Decoder(resolve, arrays, tensor).unpack(payload)


# What the first byte of a value tells (see the specification of MessagePack): how many bytes it
# and its value take, or None where its length follows, and about how many as an object.
_SIZES: list[int | None] = [None] * 256
_COSTS = [0] * 256
for _byte in [*range(0x80), *range(0xE0, 0x100), 0xC0, 0xC2, 0xC3]:
    _SIZES[_byte] = 1
for _byte, _size in zip((0xCC, 0xCD, 0xCE, 0xCF), (2, 3, 5, 9), strict=True):
    _SIZES[_byte] = _SIZES[_byte + 4] = _size
    _COSTS[_byte] = _COSTS[_byte + 4] = 32
_SIZES[0xCA], _SIZES[0xCB], _COSTS[0xCA], _COSTS[0xCB] = 5, 9, 24, 24
for _byte in range(0xA0, 0xC0):
    _SIZES[_byte], _COSTS[_byte] = 1 + (_byte & 31), 176  # a short text, four bytes a letter
_TEXT_LENGTHS = {0xD9: 1, 0xDA: 2, 0xDB: 4, 0xC4: 1, 0xC5: 2, 0xC6: 4}
_ARRAYS, _MAPS = {0xDC: 2, 0xDD: 4}, {0xDE: 2, 0xDF: 4}
_EXTENSIONS = {0xC7: 1, 0xC8: 2, 0xC9: 4}
_FIXED_EXTENSIONS = {0xD4: 1, 0xD5: 2, 0xD6: 4, 0xD7: 8, 0xD8: 16}
_NESTED = frozenset({_TUPLE, _SET, _FROZENSET, _SLICE, _REFERENCE, _FRACTION})
_ODD = frozenset([*_EXTENSIONS, *_FIXED_EXTENSIONS, 0xCA, 0xCB])  # keys: floats and our own kinds
_RUN = 16  # items from which on it pays to look whether they are all of a kind


def measure(payload: bytes) -> None:
    """Walk over the headers of a message and refuse it where it is larger than it may be.

    Nothing is made of it here. Raises WireError.
    """
    try:
        _Walk(payload).walk()
    except IndexError:
        raise WireError("not a value: it ends too early") from None


class _Walk:
    """One pass over a message; what is open is on a stack of its own, not on Python's."""

    def __init__(self, payload: bytes) -> None:
        self._data = bytes(payload)
        self._items = self._cost = self._odd = 0
        self._most = max(MAX_GROWTH * len(payload), _ALWAYS_ALLOWED)

    def walk(self) -> None:
        data, position, left, keyed = self._data, 0, 1, False
        stack: list[tuple[int, bool]] = []  # (values left, whether every other one is a key)
        while True:
            while not left:
                if not stack:
                    if position != len(data):
                        raise WireError("not a value: something follows it")
                    return
                left, keyed = stack.pop()
            first = data[position]
            if keyed and left % 2 == 0 and first in _ODD:
                self._odd += 1
                if self._odd > _MAX_ODD_KEYS:
                    raise WireError(f"more than {_MAX_ODD_KEYS} keys that are no texts or integers")
            left -= 1
            size = _SIZES[first]
            if size is not None:
                position += size
                self._cost += _COSTS[first]
                continue
            position, more, keys = self._open(position, first)
            if more:
                stack.append((left, keyed))
                if len(stack) >= MAX_DEPTH:
                    raise WireError(f"the value is nested deeper than {MAX_DEPTH} levels")
                left, keyed = more, keys
            if self._cost > self._most:
                raise WireError("the value would take far more memory than its message")

    def _open(self, position: int, first: int) -> tuple[int, int, bool]:
        """Return where to go on, how many values to read there, and whether they have keys."""
        data = self._data
        if 0x90 <= first < 0xA0:
            return self._list(position + 1, first & 15)
        if first in _ARRAYS:
            size = _ARRAYS[first]
            return self._list(position + 1 + size, self._number(position + 1, size))
        if 0x80 <= first < 0x90:
            return self._map(position + 1, first & 15)
        if first in _MAPS:
            size = _MAPS[first]
            return self._map(position + 1 + size, self._number(position + 1, size))
        if first in _TEXT_LENGTHS:
            size = _TEXT_LENGTHS[first]
            length = self._number(position + 1, size)
            position += 1 + size
            self._cost += 56 + length
            if first >= 0xD9 and not data[position : position + length].isascii():
                self._cost += 3 * length  # one wide letter makes all of them wide
            return position + length, 0, False
        return self._extension(position, first)

    def _number(self, position: int, size: int) -> int:
        if position + size > len(self._data):
            raise IndexError
        return int.from_bytes(self._data[position : position + size], "big")

    def _count(self, items: int, position: int) -> None:
        self._items += items
        if self._items > MAX_ITEMS:
            raise WireError(f"the value has more than {MAX_ITEMS:,} items")
        if position + items > len(self._data):
            raise IndexError  # an item has one byte at least

    def _list(self, position: int, items: int) -> tuple[int, int, bool]:
        self._count(items, position)
        self._cost += 72 + 8 * items
        if items >= _RUN:
            data, first = self._data, self._data[position]
            if first < 0x80 and max(data[position : position + items]) < 0x80:
                return position + items, 0, False
            size = _SIZES[first]
            if size is not None and size > 1 and first not in range(0xA0, 0xC0):
                heads = data[position : position + size * items : size]
                if heads.count(first) == items:
                    self._cost += _COSTS[first] * items
                    return position + size * items, 0, False
        return position, items, False

    def _map(self, position: int, items: int) -> tuple[int, int, bool]:
        self._count(2 * items, position)
        self._cost += 80 + 110 * items
        return position, 2 * items, True

    def _extension(self, position: int, first: int) -> tuple[int, int, bool]:
        if first in _EXTENSIONS:
            size = _EXTENSIONS[first]
            length = self._number(position + 1, size)
            position += 1 + size
        elif first in _FIXED_EXTENSIONS:
            length = _FIXED_EXTENSIONS[first]
            position += 1
        else:
            raise WireError("not a value: an unknown kind")
        code = self._data[position]
        position += 1
        self._cost += 128 + 2 * length
        if code in _NESTED and length:
            return position, 1, False  # its body is a value again
        return position + length, 0, False


class _Decoder:
    def __init__(
        self,
        resolve: Callable[[Reference], Any] | None,
        arrays: list[tuple[np.ndarray, np.ndarray]] | None,
        tensor: Callable[[Tensor], Any] | None,
    ) -> None:
        self._tensor = tensor
        self._resolve = resolve
        self._arrays = arrays

    def unpack(self, payload: bytes) -> Any:
        try:
            return msgpack.unpackb(payload, ext_hook=self._extension, strict_map_key=False)
        except WireError:
            raise
        # msgpack raises ValueError and its subclasses, hashing a bad key raises TypeError
        except (ValueError, TypeError, KeyError, RecursionError, struct.error) as error:
            raise WireError(f"not a value: {error}"[:200]) from None

    def _extension(self, code: int, body: bytes) -> Any:
        if code == _ARRAY:
            return self._noted(_array(body))
        if code == _TUPLE:
            return tuple(self._items(body))
        if code == _REFERENCE:
            return self._reference(body)
        if code == _SCALAR:
            array = _array(body)
            if array.shape != ():
                raise WireError("a scalar must have no axes")
            return array[()]
        if code == _COMPLEX:
            return complex(*struct.unpack("!dd", body))
        if code == _INTEGER:
            if len(body) > _MAX_INTEGER_BYTES:
                raise WireError("an integer of that size is refused")
            return int.from_bytes(body, "big", signed=True)
        if code in (_SET, _FROZENSET):
            items = self._items(body)
            if len(items) > _MAX_ODD_KEYS and not all(map(_is_sound_key, items)):
                raise WireError(f"a set of more than {_MAX_ODD_KEYS} values of such kinds")
            return (set if code == _SET else frozenset)(items)
        if code == _TENSOR:
            plain = _tensor(body)
            plain = Tensor(self._noted(plain.array), plain.dtype, plain.requires_grad)
            return plain if self._tensor is None else self._tensor(plain)
        if code == _SLICE:
            parts = self._items(body)
            if len(parts) != 3:
                raise WireError("a malformed slice")
            return slice(*parts)
        if code == _FRACTION:
            parts = self._items(body)
            if [type(part) for part in parts] != [int, int] or parts[1] < 1:
                raise WireError("a malformed fraction")
            return Fraction(*parts)
        if code == _DOTS:
            return Ellipsis
        raise WireError(f"unknown kind of value {code}")

    def _noted(self, original: np.ndarray) -> np.ndarray:
        if self._arrays is None:
            return original
        copy = original.copy()
        self._arrays.append((copy, original))
        return copy

    def _items(self, body: bytes) -> list[Any]:
        items = self.unpack(body)
        if type(items) is not list:
            raise WireError("a sequence was expected")
        return items

    def _reference(self, body: bytes) -> Any:
        fields = self._items(body)
        if [type(field) for field in fields] != [int, str, str] or len(fields[2]) > 200:
            raise WireError("a malformed reference")
        reference = Reference(*fields)
        return self._resolve(reference) if self._resolve else reference


def _is_sound_key(item: Any) -> bool:
    """Tell whether the hash of `item` cannot be chosen to collide with many others."""
    return type(item) is str or (type(item) is int and abs(item) < 1 << 60)


def _array(body: bytes | memoryview) -> np.ndarray:
    unpacker = msgpack.Unpacker(max_buffer_size=0)
    unpacker.feed(body[:4096])
    try:
        head = unpacker.unpack()
        used = unpacker.tell()
    except (msgpack.UnpackException, ValueError) as error:
        raise WireError(f"a malformed array: {error}") from None
    if type(head) is not list or len(head) != 2:
        raise WireError("a malformed array")
    name, shape = head
    if type(name) is not str or type(shape) is not list or len(shape) > 32:
        raise WireError("a malformed array")
    if name not in _DTYPES and not _TEXTS.fullmatch(name):
        raise WireError("an array of a dtype that is not allowed")
    try:
        dtype = np.dtype(name)
    except (TypeError, ValueError, OverflowError):
        raise WireError("an array of a dtype that is not allowed") from None
    if not all(type(size) is int and 0 <= size <= MAX_FRAME for size in shape):
        raise WireError("an array with an impossible shape")
    data = memoryview(body)[used:]
    if dtype.itemsize == 0 or math.prod(shape) * dtype.itemsize != len(data):
        raise WireError("an array whose bytes do not fit its shape")
    try:
        return np.frombuffer(data, dtype=dtype).reshape(shape)
    except (ValueError, OverflowError):  # no bytes, and more places than can be numbered
        raise WireError("an array with an impossible shape") from None


def _tensor(body: bytes) -> Tensor:
    unpacker = msgpack.Unpacker(max_buffer_size=0)
    unpacker.feed(body[:4096])
    try:
        head = unpacker.unpack()
        used = unpacker.tell()
    except (msgpack.UnpackException, ValueError) as error:
        raise WireError(f"a malformed tensor: {error}") from None
    if type(head) is not list or [type(part) for part in head] != [str, bool]:
        raise WireError("a malformed tensor")
    return Tensor(_array(memoryview(body)[used:]), head[0][:32], head[1])
