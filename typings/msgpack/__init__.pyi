"""What `autograder.sandbox.inside.wire` uses of msgpack, which comes without types."""

from collections.abc import Callable
from typing import Any, NamedTuple

class UnpackException(Exception): ...

class ExtType(NamedTuple):
    code: int
    data: bytes

class Packer:
    def __init__(
        self,
        *,
        default: Callable[[Any], Any] | None = ...,
        strict_types: bool = ...,
        autoreset: bool = ...,
    ) -> None: ...
    def pack(self, o: Any) -> bytes: ...

class Unpacker:
    def __init__(self, *, max_buffer_size: int = ...) -> None: ...
    def feed(self, next_bytes: bytes | memoryview) -> None: ...
    def unpack(self) -> Any: ...
    def tell(self) -> int: ...

def packb(
    o: Any, *, default: Callable[[Any], Any] | None = ..., strict_types: bool = ...
) -> bytes: ...
def unpackb(
    packed: bytes | memoryview,
    *,
    ext_hook: Callable[[int, bytes], Any] = ...,
    strict_map_key: bool = ...,
) -> Any: ...
