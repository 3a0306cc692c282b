"""Runs a student's notebook in a confined kernel, for the person who grades what it shows.

Nothing here decides about points: what a kernel answers is what student code wants it to answer.
A notebook given to `run` should therefore hold no hidden test and no solution.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import logging
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from types import MappingProxyType
from typing import Any

import zmq
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_async, run_sync
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from autograder.core.manifest import Limits
from autograder.intake.paths import BadPath, clean
from autograder.notebooks.kernel import main as kernel
from autograder.notebooks.kernel.confinement import Bounds, KernelError
from autograder.notebooks.kernel.outputs import Cleaning, printed, stopped
from autograder.notebooks.kernel.pictures import encoded_again
from autograder.notebooks.kernel.provisioner import manager_of
from autograder.notebooks.kernel.warm import Kernels

_log = logging.getLogger(__name__)
_MAX_SAID = 64  # MiB, all messages of one kernel
_MAX_FILES = 64 << 20  # bytes of all files beside the notebook
_MAX_STORED = 4 << 20  # characters of one cell, kept until they are cut for good
_START_SECONDS = 60
_GRACE_SECONDS = 3.0  # for an interrupted cell to end
_MAX_RESTARTS = 3
_SHOWN = ("stream", "display_data", "execute_result", "error")
# What messages that are none of Jupyter's make its client raise.
_NO_MESSAGE = (
    zmq.ZMQError,
    KeyError,
    TypeError,
    ValueError,
    AttributeError,
    IndexError,
    RecursionError,
)


@dataclass(frozen=True)
class Executed:
    """A notebook after its run."""

    notebook: NotebookNode  # the same cells; outputs are text and pictures only
    notes: tuple[str, ...]  # one sentence each: what was stopped, not run, or left out
    seconds: float


def run(
    notebook: NotebookNode,
    files: Mapping[str, bytes],
    limits: Limits,
    kernels: Kernels,
    *,
    cell_seconds: float | None = None,
    notebook_seconds: float | None = None,
    unrun: Mapping[str, str] = MappingProxyType({}),
) -> Executed:
    """Run all cells of `notebook` in a kernel of `kernels`, with `files` beside it.

    A cell that takes more than `cell_seconds` (`limits.training_seconds` by default) is
    interrupted, and the next one goes on from there. Where the kernel does not answer that, or
    dies, a new one runs the earlier cells again, then goes on. After `notebook_seconds` in all the
    rest is marked as not run. The cells whose grade_id is in `unrun` show its text and are not run.
    `notebook` itself stays as it is.

    Raises KernelError where no kernel can be started; that is never the student's fault.
    """
    each = limits.training_seconds if cell_seconds is None else cell_seconds
    whole = limits.submission_seconds + 2 * each if notebook_seconds is None else notebook_seconds
    bounds = Bounds(memory_mb=limits.memory_mb, cpu_seconds=int(whole) + 5, output_mb=_MAX_SAID)
    beside = _beside(files)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="autograder-notebook-") as folder:
        given = copy.deepcopy(notebook)
        launch = functools.partial(manager_of, kernels, bounds, beside)
        session = _Session(given, launch, Path(folder), each, began + whole, unrun)
        executed: NotebookNode = run_sync(session.run)()
    cleaning = Cleaning(functools.partial(encoded_again, kernels=kernels), session.notes)
    for index, cell in enumerate(executed.cells):
        if cell.cell_type == "code":
            kept = cleaning.cell(_name(executed, index), session.said.get(index, []))
            cell.outputs = [*kept, *session.verdicts.get(index, [])]
            cell.execution_count = session.counts.get(index)
    cleaning.finish()
    seconds = time.monotonic() - began
    _log.info("a notebook of %d cells ran in %.1f s", len(executed.cells), seconds)
    for note in session.notes:
        _log.info("%s", note)
    return Executed(executed, tuple(session.notes), seconds)


def _beside(files: Mapping[str, bytes]) -> dict[str, bytes]:
    try:
        found = {clean(name): content for name, content in files.items()}
    except BadPath as error:
        raise KernelError(f"a file cannot be put beside the notebook: {error}") from None
    if sum(map(len, found.values())) > _MAX_FILES:
        raise KernelError(f"more than {_MAX_FILES >> 20} MiB of files belong to the notebook")
    return found


def _name(notebook: NotebookNode, index: int) -> str:
    cell = notebook.cells[index]
    grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
    return f"cell {grade_id or index + 1}"


def _is_check(cell: NotebookNode) -> bool:
    told = cell.metadata.get("nbgrader", {})
    return bool(told.get("grade")) and not told.get("solution")


class _Client(NotebookClient):
    """nbclient, which stores whatever comes, with bounds to what is stored."""

    def __init__(self, notebook: NotebookNode, manager: AsyncKernelManager) -> None:
        super().__init__(notebook, km=manager, allow_errors=True, store_widget_state=False)
        self.raise_on_iopub_timeout = False
        self.shutdown_kernel = "immediate"
        self.stored = 0

    def output(self, outs: list[Any], msg: dict[str, Any], *rest: Any) -> NotebookNode | None:
        del rest
        content = msg["content"]
        parts = [*content.values(), *(content.get("data") or {}).values()]
        self.stored += sum(len(part) for part in parts if isinstance(part, (str, list)))
        kind = msg["msg_type"]
        if self.stored > _MAX_STORED or len(outs) > 1000 or kind not in _SHOWN:
            return None
        if self.clear_before_next_output:
            outs.clear()
            self.clear_before_next_output = False
        # As it came: nbformat would refuse what is malformed, and `Cleaning` takes anything.
        outs.append(content | {"output_type": kind})
        return None

    def _update_display_id(self, display_id: str, msg: dict[str, Any]) -> None:
        """What was shown stays as it was first."""

    async def _async_poll_kernel_alive(self) -> None:
        with contextlib.suppress(AssertionError):  # the kernel has been put away meanwhile
            await super()._async_poll_kernel_alive()

    def handle_comm_msg(self, outs: list[Any], msg: dict[str, Any], cell_index: int) -> None:
        """Widgets have nobody to talk to."""


class _Lost(Exception):
    """The kernel is gone or of no use; the message says why."""


class _Session:
    """One notebook's way through one or more kernels."""

    def __init__(
        self,
        notebook: NotebookNode,
        launch: Callable[[Path], AsyncKernelManager],
        folder: Path,
        cell_seconds: float,
        deadline: float,
        unrun: Mapping[str, str],
    ) -> None:
        self._unrun = unrun
        self.notes: list[str] = []
        self.said: dict[int, list[NotebookNode]] = {}  # by cell: outputs as they came
        self.verdicts: dict[int, list[NotebookNode]] = {}  # by cell: outputs of ours
        self.counts: dict[int, int] = {}
        self._notebook, self._launch, self._folder = notebook, launch, folder
        self._cell_seconds, self._deadline = cell_seconds, deadline
        self._finished: list[int] = []  # cells that a new kernel has to run again
        self._client: _Client | None = None
        self._kernels = 0

    async def run(self) -> NotebookNode:
        """Run every cell that holds code."""
        try:
            await self._start()
            for index, cell in enumerate(self._notebook.cells):
                if cell.cell_type == "code" and cell.source.strip():
                    await self._cell(index, cell)
        finally:
            await self._end()
        return self._notebook

    def _left(self) -> float:
        return self._deadline - time.monotonic()

    def _stop(self, index: int, words: str) -> None:
        self.notes.append(f"{_name(self._notebook, index)}: {words}")
        self.verdicts.setdefault(index, []).append(stopped(words))

    async def _cell(self, index: int, cell: NotebookNode) -> None:
        words = self._unrun.get(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
        if words is not None and _is_check(cell):
            self.verdicts[index] = [printed(words)]
            return
        if self._client is None:
            self._stop(index, "not run: an earlier cell ended the kernel too often")
            return
        seconds = min(self._cell_seconds, self._left())
        if seconds < 1:
            self._stop(index, "not run: the notebook's time was used up before")
            return
        try:
            if await self._execute(index, seconds):
                self._finished.append(index)
                return
            self._stop(index, f"stopped after {seconds:.0f} seconds")
            await self._settle()
        except _Lost as lost:
            if str(lost):
                self._stop(index, str(lost))
            await self._renew()

    async def _execute(self, index: int, seconds: float) -> bool:
        """Run one cell; False where its time ran out. Raises _Lost."""
        client = self._client
        assert client is not None
        client.stored = 0
        client.timeout_func = lambda _: seconds  # type: ignore[assignment]
        cell = self._notebook.cells[index]
        try:
            await client.async_execute_cell(cell, index)
        except CellTimeoutError:
            return False
        except DeadKernelError:
            raise _Lost(await self._obituary()) from None
        except Exception:  # whatever nbclient makes of messages that are none of Jupyter's
            raise _Lost("sent messages that are not Jupyter's; the kernel was ended") from None
        finally:
            outputs = cell.get("outputs")
            self.said[index] = list(outputs) if isinstance(outputs, list) else []
            count = cell.get("execution_count")
            if type(count) is int and 0 <= count < 1 << 31:
                self.counts[index] = count
        return True

    async def _settle(self) -> None:
        """Interrupt what runs; raises _Lost where the kernel does not come back from it."""
        client = self._client
        assert client is not None and client.km is not None and client.kc is not None
        try:
            await ensure_async(client.km.interrupt_kernel())
            answered = await self._replies(client.kc.execute("", silent=True), _GRACE_SECONDS)
        except _NO_MESSAGE:
            answered = False
        if not answered:
            raise _Lost("")

    async def _replies(self, message: Any, seconds: float) -> bool:
        """Tell whether the shell answers `message` (its id) in time."""
        client = self._client
        assert client is not None and client.kc is not None
        wanted = await ensure_async(message)
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            try:
                reply = await ensure_async(client.kc.shell_channel.get_msg(timeout=left))
                if reply["parent_header"].get("msg_id") == wanted:
                    return True
            except Empty:
                return False
            except _NO_MESSAGE:
                return False
        return False

    async def _renew(self) -> None:
        """Put a new kernel where the lost one was, with the state of the finished cells."""
        _log.info("kernel %d was lost after %d cells", self._kernels, len(self._finished))
        await self._end()
        if self._kernels > _MAX_RESTARTS or self._left() < 1:
            return
        await self._start()
        assert self._client is not None and self._client.kc is not None
        for index in self._finished:
            cell = self._notebook.cells[index]
            if _is_check(cell):
                continue  # looks at what is there, and leaves nothing
            # Twice the time: it has shown that it ends, and the machine may be busier now.
            seconds = max(0.1, min(2 * self._cell_seconds + 5, self._left()))
            again = self._client.kc.execute(cell.source, stop_on_error=False)
            if not await self._replies(again, seconds):
                name = _name(self._notebook, index)
                self.notes.append(f"{name}: ran once, but not again in a new kernel")
                await self._end()
                return

    async def _start(self) -> None:
        self._kernels += 1
        ipc = self._folder / f"ipc{self._kernels}"
        ipc.mkdir(mode=0o700)
        client = _Client(self._notebook, self._launch(ipc))
        try:
            await client.async_start_new_kernel()
            client.startup_timeout = _START_SECONDS
            await client.async_start_new_kernel_client()
        except (RuntimeError, OSError) as error:
            raise KernelError(f"the kernel did not start: {error}") from None
        self._client = client

    async def _end(self) -> None:
        client, self._client = self._client, None
        if client is not None and client.km is not None:
            context = client.km.context
            if client.km.provisioner is not None:
                await client.km.provisioner.kill()  # nothing in it deserves a farewell
            await client._async_cleanup_kernel()
            context.destroy(linger=0)

    async def _obituary(self) -> str:
        client = self._client
        assert client is not None
        provisioner = client.km.provisioner if client.km is not None else None
        code = await provisioner.poll() if provisioner is not None else None
        return {
            kernel.TALKED_TOO_MUCH: "wrote too much; the kernel was ended",
            kernel.NO_JUPYTER: "sent what no kernel sends; the kernel was ended",
            128 + 24: "used up the processor time of the whole notebook",
            128 + 9: "the kernel was killed",
            128 + 11: "crashed the kernel (segmentation fault)",
        }.get(code or 0, "ended the kernel")
