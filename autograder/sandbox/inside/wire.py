"""Values as bytes: msgpack with raw array buffers, able to make base types only.

Both sides use it. What comes from a worker is hostile: decoding checks dtype, shape and size
of arrays, bounds depth and length, and can create nothing but the types listed in `Value`.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgpack
import numpy as np

MAX_FRAME = 64 * 1024 * 1024
_MAX_DEPTH = 32
_MAX_INTEGER_BYTES = 1024
_HEADER = struct.Struct("!I")

# None bool int float complex str bytes list tuple dict set ndarray numpy-scalar tensor Reference
Value: TypeAlias = Any

_COMPLEX, _ARRAY, _SCALAR, _REFERENCE, _TUPLE, _INTEGER = range(1, 7)
_TENSOR, _SET, _FROZENSET, _SLICE, _DOTS = range(7, 12)
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
    Reference, `tensor` each Tensor. Raises WireError for anything malformed.
    """
    return _Decoder(resolve, arrays, tensor).unpack(payload)


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
        self._depth = 0

    def unpack(self, payload: bytes) -> Any:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise WireError("the value is nested too deeply")
        try:
            return msgpack.unpackb(payload, ext_hook=self._extension, strict_map_key=False)
        except WireError:
            raise
        # msgpack raises ValueError and its subclasses, hashing a bad key raises TypeError
        except (ValueError, TypeError, KeyError, RecursionError, struct.error) as error:
            raise WireError(f"not a value: {error}") from None
        finally:
            self._depth -= 1

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
            return (set if code == _SET else frozenset)(self._items(body))
        if code == _TENSOR:
            plain = _tensor(body)
            plain = Tensor(self._noted(plain.array), plain.dtype, plain.requires_grad)
            return plain if self._tensor is None else self._tensor(plain)
        if code == _SLICE:
            parts = self._items(body)
            if len(parts) != 3:
                raise WireError("a malformed slice")
            return slice(*parts)
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


def _array(body: bytes) -> np.ndarray:
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
    if name not in _DTYPES and name[:2] not in ("<U", ">U", "|S"):
        raise WireError("an array of a dtype that is not allowed")
    try:
        dtype = np.dtype(name)
    except TypeError:
        raise WireError("an array of a dtype that is not allowed") from None
    if not all(type(size) is int and 0 <= size <= MAX_FRAME for size in shape):
        raise WireError("an array with an impossible shape")
    data = memoryview(body)[used:]
    if dtype.itemsize == 0 or math.prod(shape) * dtype.itemsize != len(data):
        raise WireError("an array whose bytes do not fit its shape")
    return np.frombuffer(data, dtype=dtype).reshape(shape)


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
    return Tensor(_array(body[used:]), head[0][:32], head[1])
