"""A headless Chromium, spoken to through a pair of pipes in its own DevTools protocol."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--headless",
    "--no-sandbox",  # as root, in a container; what is opened is our own page
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--hide-scrollbars",
    "--no-first-run",
    "--remote-debugging-pipe",
)
_LAUNCH = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.dup2(int(sys.argv[2]), 4)
os.execv(sys.argv[3], sys.argv[3:])
"""


class BrowserError(Exception):
    """Chromium did not do what it was asked."""


def find() -> str | None:
    """Return the path of a Chromium; None where there is none."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


class Browser:
    """One Chromium with one page; messages are JSON with a NUL behind, on descriptors 3 and 4."""

    def __init__(self, program: str, seconds: float = 60) -> None:
        self._seconds = seconds
        self._number = 0
        self._buffer = b""
        self._session = ""
        self.events: list[dict[str, Any]] = []
        self._profile = tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True)
        self._process = self._start(program)
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self._ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._ask(f"{domain}.enable")

    def _start(self, program: str) -> subprocess.Popen[bytes]:
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()
        # Out of the way of 3 and 4, where the launcher puts them for Chromium.
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in (theirs_in, theirs_out)]
        profile = f"--user-data-dir={self._profile.name}"
        process = subprocess.Popen(
            [sys.executable, "-c", _LAUNCH, *map(str, ends), program, *_FLAGS, profile],
            pass_fds=ends,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        for end in (theirs_in, theirs_out, *ends):
            os.close(end)
        return process

    def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + self._seconds
        while True:
            answer = self._read(deadline, method)
            if answer.get("id") != self._number:
                self.events.append(answer)
            elif "error" in answer:
                raise BrowserError(f"{method}: {answer['error']['message']}")
            else:
                return dict(answer["result"])

    def _read(self, deadline: float, what: str) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._in], [], [], left)[0]:
                raise BrowserError(f"{what}: no answer within {self._seconds:.0f} s")
            part = os.read(self._in, 1 << 16)
            if not part:
                raise BrowserError(f"{what}: Chromium ended by itself")
            self._buffer += part
        line, _, self._buffer = self._buffer.partition(b"\0")
        return dict(json.loads(line))

    def open(self, page: Path, width: int, dark: bool = False, height: int = 900) -> None:
        """Load `page` as a window of `width` CSS pixels shows it, and wait until it is there."""
        self._ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,  # a mobile page zooms out instead of scrolling: that would hide a flaw
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._ask("Emulation.setEmulatedMedia", media="", features=[scheme])
        self.events.clear()
        self._ask("Page.navigate", url=page.resolve().as_uri())
        deadline = time.monotonic() + self._seconds
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self._read(deadline, f"loading {page.name}"))

    def value(self, expression: str) -> Any:
        """Return what `expression`, ours, is worth in the page."""
        answer = self._ask("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise BrowserError(f"{expression}: {answer['exceptionDetails']['text']}")
        return answer["result"].get("value")

    def complaints(self) -> list[str]:
        """Return what the console said since the page was opened, exceptions included."""
        self._ask("Runtime.evaluate", expression="0")  # whatever came before is now here
        found = []
        for event in self.events:
            parameters = event.get("params", {})
            if event.get("method") == "Log.entryAdded":
                found.append(str(parameters["entry"]["text"]))
            elif event.get("method") == "Runtime.consoleAPICalled":
                found.append(str(parameters["args"]))
            elif event.get("method") == "Runtime.exceptionThrown":
                found.append(str(parameters["exceptionDetails"]["text"]))
        return found

    def requests(self) -> list[str]:
        """Return the addresses that the page asked for since it was opened, its own first."""
        return [
            str(event["params"]["request"]["url"])
            for event in self.events
            if event.get("method") == "Network.requestWillBeSent"
        ]

    def picture(self) -> bytes:
        """Return the whole page as a PNG."""
        answer = self._ask("Page.captureScreenshot", captureBeyondViewport=True)
        return base64.b64decode(answer["data"])

    def print(self) -> bytes:
        """Return the page as it is printed, a PDF on A4."""
        answer = self._ask("Page.printToPDF", paperWidth=8.27, paperHeight=11.69)
        return base64.b64decode(answer["data"])

    def close(self) -> None:
        """End Chromium and everything that it started, and remove its profile."""
        os.close(self._out)
        os.close(self._in)
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        finally:
            self._process.wait()
            self._profile.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
