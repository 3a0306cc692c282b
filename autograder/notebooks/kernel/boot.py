"""Runs inside the sandbox, before any code of a student: becomes a kernel, or decodes pictures.

It is shown there as a single file beside the package `inside`, and imports nothing else of ours.
It is a fork of a warm parent, confined already. What to do comes as one line of JSON, then the
bytes of the files it lists.
"""

from __future__ import annotations

import errno
import gc
import io
import json
import os
import signal
import socket
import struct
import sys
from pathlib import Path
from typing import IO, Any, NoReturn

_MAX_SIDE = 1200  # pixels of a picture that is shown to a person
_MAX_PIXELS = 40_000_000  # decoded at all


def run(channel: int, folder: str) -> None:
    """Do what comes over `channel`, a stream, in `folder`; never returns.

    Descriptors come with its first byte; a 1 goes back when the files are unpacked.
    """
    gc.enable()
    with socket.socket(fileno=channel) as talk:
        descriptors = socket.recv_fds(talk, 1, 8)[1]
        told = talk.makefile("rb")
        setup = json.loads(told.readline())
        if setup["become"] == "pictures":
            _pictures(setup, told, descriptors[0])
        _unpack(told, folder, setup["files"])
        talk.sendall(b"1")
        told.close()
    os.dup2(0, 1)  # standard input and error lead nowhere already
    for name in [name for name in sys.modules if name.partition(".")[0] == "studentkit"]:
        del sys.modules[name]  # a notebook has its own beside it
    names: list[str] = setup["listening"]
    _kernel(setup | {"listening": dict(zip(names, descriptors, strict=True))})
    os._exit(0)


def _unpack(told: IO[bytes], folder: str, files: list[tuple[str, int]]) -> None:
    os.umask(0o077)
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, size in files:
        place = Path(folder, name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(told.read(size))
    os.chdir(folder)


def _kernel(setup: dict[str, Any]) -> None:
    """Serve Jupyter's messages on the listening sockets that were handed in."""
    import zmq
    from ipykernel.kernelapp import IPKernelApp
    from traitlets.config import Config

    path = Path(os.environ.get("TMPDIR", "/tmp"), "connection.json")
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
    app.shell.ask_exit = _end_cell  # type: ignore[union-attr]
    # `-I` left the folder off; a notebook imports the modules beside it, before those of ours.
    if "" not in sys.path:
        sys.path.insert(0, "")
    signal.signal(signal.SIGINT, signal.default_int_handler)
    app.start()  # type: ignore[no-untyped-call]


def _end_cell() -> NoReturn:
    """End the cell that says quit() or exit(), and not the kernel that runs the others."""
    raise SystemExit("quit() ends this cell; the cells below it run")


def _pictures(setup: dict[str, Any], told: IO[bytes], output: int) -> None:
    """Turn each file that is told into pixels, written to the descriptor `output`.

    Per picture: height and width as two unsigned numbers, then the bytes, three a pixel; 0 and 0
    where it is no picture. Whoever reads that gets colours and nothing else.
    """
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = _MAX_PIXELS
    out = os.fdopen(output, "wb")
    for _, size in setup["files"]:
        content = told.read(size)
        try:
            with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as file:
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
