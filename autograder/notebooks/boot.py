"""Runs inside the sandbox, before any code of a student: takes hold of itself, then starts.

It is shown there as a single file beside the package `inside`, and imports nothing else of ours.
What to do comes on standard input: one line of JSON, then the bytes of the files it lists.
"""

from __future__ import annotations

import base64
import errno
import io
import json
import os
import resource
import signal
import struct
import sys
from pathlib import Path
from typing import Any

from inside import confine  # the package as it is shown in the sandbox

_MAX_SIDE = 1200  # pixels of a picture that is shown to a person
_MAX_PIXELS = 40_000_000  # decoded at all


class Refused(Exception):
    """A layer of the confinement did not take hold."""


def main() -> None:
    """Unpack the files, confine this process for good, and become what was asked for."""
    try:
        setup = json.loads(sys.stdin.buffer.readline())
        os.umask(0o077)
        _unpack(setup["folder"], setup["files"])
        _confine(setup)
    except (OSError, confine.ConfinementError, Refused) as error:
        print(f"the kernel could not be confined: {error}", file=sys.stderr)
        os._exit(3)
    os.write(setup["ready"], b"1")
    os.close(setup["ready"])
    {"kernel": _kernel, "pictures": _pictures}[setup["become"]](setup)


def _unpack(folder: str, files: list[tuple[str, int]]) -> None:
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, size in files:
        place = Path(folder, name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(sys.stdin.buffer.read(size))
    os.chdir(folder)


def _confine(setup: dict[str, Any]) -> None:
    for kind, value in setup["limits"].items():
        number = getattr(resource, f"RLIMIT_{kind}")
        resource.setrlimit(number, (value, value))
    confine.no_new_privileges()
    confine.drop_capabilities(bounding=False)  # bubblewrap has emptied the bounding set
    layers = {"mounts", "seccomp"}
    if setup["landlock"]:
        layers.add("landlock")
        confine.landlock(setup["visible"], setup["writable"])
    confine.filter_system_calls(base64.b64decode(setup["filter"]))
    confine.probe(setup["outside"], frozenset(layers))
    for path in setup["hidden"]:
        if Path(path).exists():
            raise Refused(f"{path} can be seen")


def _silence(*descriptors: int) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in descriptors:
        os.dup2(null, descriptor)
    os.close(null)


def _kernel(setup: dict[str, Any]) -> None:
    """Serve Jupyter's messages on the listening sockets that were handed in."""
    _silence(0, 1, *([] if setup["debug"] else [2]))
    import zmq
    from ipykernel.kernelapp import IPKernelApp
    from traitlets.config import Config

    path = Path("/tmp/connection.json")
    path.write_text(json.dumps(setup["connection"]))
    listening: dict[str, int] = setup["listening"]
    bind, connect = zmq.Socket.bind, zmq.Socket.connect

    def bind_handed_in(self: Any, address: str) -> Any:
        if address in listening:
            self.setsockopt(zmq.USE_FD, listening[address])
        elif not address.startswith("inproc:"):
            # libzmq would abort the process when the filter denies it a socket.
            raise zmq.ZMQError(errno.EPERM, "a confined kernel listens on nothing else")
        return bind(self, address)

    def connect_inside(self: Any, address: str) -> Any:
        # The debugger's way back into the shell channel: forbidden here, and retried for ever.
        return connect(self, address) if str(address).startswith("inproc:") else None

    setattr(zmq.Socket, "bind", bind_handed_in)  # noqa: B010 (mypy forbids to assign a method)
    setattr(zmq.Socket, "connect", connect_inside)  # noqa: B010
    config = Config()
    config.HistoryManager.enabled = False
    app = IPKernelApp.instance(connection_file=str(path), config=config)
    app.initialize([])  # type: ignore[no-untyped-call]
    path.unlink()
    # `-I` left the folder off; a notebook imports the modules beside it.
    if "" not in sys.path:
        sys.path.insert(0, "")
    signal.signal(signal.SIGINT, signal.default_int_handler)
    app.start()  # type: ignore[no-untyped-call]


def _pictures(setup: dict[str, Any]) -> None:
    """Turn each file of the folder, named 0, 1, 2…, into pixels on standard output.

    Per picture: height and width as two unsigned numbers, then the bytes, three a pixel; 0 and 0
    where it is no picture. Whoever reads that gets colours and nothing else.
    """
    _silence(0, *([] if setup["debug"] else [2]))
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = _MAX_PIXELS
    out = sys.stdout.buffer
    for name, _ in setup["files"]:
        try:
            with Image.open(io.BytesIO(Path(name).read_bytes()), formats=("PNG", "JPEG")) as file:
                if file.width * file.height > _MAX_PIXELS:
                    raise ValueError("too large")
                image = file.convert("RGBA")
                image.thumbnail((_MAX_SIDE, _MAX_SIDE))
                page = Image.new("RGB", image.size, "white")
                page.paste(image, mask=image.getchannel("A"))
            body = struct.pack("!II", page.height, page.width) + page.tobytes()
        except Exception:  # whatever a damaged picture makes the decoder raise
            body = struct.pack("!II", 0, 0)
        out.write(body)
    out.flush()
    os._exit(0)
