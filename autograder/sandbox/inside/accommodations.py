"""What real course code asks of its machine, answered by what a worker has.

A worker starts no processes, has no screen, no compiler, and an empty home. Loaders with workers
load in this process, pools compute here, windows are not opened, a figure is saved into a folder
that is made for it, and `torch.compile` gives the function as it is.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any


def install() -> None:
    """Replace what would fail in the libraries that are imported already."""
    if "torch" in sys.modules:
        _torch()
    if "matplotlib" in sys.modules:
        _matplotlib()
    _pools()


def _torch() -> None:
    import torch

    data = importlib.import_module("torch.utils.data")
    plain = data.DataLoader.__init__

    def init(self: Any, *arguments: Any, **named: Any) -> None:
        for name in ("persistent_workers", "prefetch_factor", "multiprocessing_context"):
            named.pop(name, None)
        if "num_workers" in named:
            named["num_workers"] = 0
            named["timeout"] = 0
        elif len(arguments) > _WORKERS:
            arguments = (*arguments[:_WORKERS], 0, *arguments[_WORKERS + 1 :])
        plain(self, *arguments, **named)

    data.DataLoader.__init__ = init

    def compile(model: Any = None, **named: Any) -> Any:
        return model if model is not None else (lambda function: function)

    torch.compile = compile
    torch.nn.Module.compile = lambda self, *arguments, **named: None  # type: ignore[method-assign]


_WORKERS = 5  # the place of num_workers among DataLoader's arguments


def _matplotlib() -> None:
    import matplotlib

    matplotlib.use = lambda *arguments, **named: None
    if "matplotlib.pyplot" not in sys.modules:
        return
    pyplot = importlib.import_module("matplotlib.pyplot")
    switch = pyplot.switch_backend
    pyplot.switch_backend = lambda *arguments, **named: switch("Agg")  # type: ignore[attr-defined]
    figure = importlib.import_module("matplotlib.figure").Figure
    plain = figure.savefig

    def savefig(self: Any, fname: Any, *arguments: Any, **named: Any) -> Any:
        if isinstance(fname, str | Path):
            with contextlib.suppress(OSError):  # saving will say it
                Path(fname).parent.mkdir(parents=True, exist_ok=True)
        return plain(self, fname, *arguments, **named)

    figure.savefig = savefig


class _Done:
    """The result of a call that a pool was asked for, made at once."""

    def __init__(self, call: Callable[[], Any], callback: Any, error_callback: Any) -> None:
        self._error: BaseException | None = None
        self._value: Any = None
        try:
            self._value = call()
        except Exception as error:
            self._error = error
        told = callback if self._error is None else error_callback
        if told is not None:
            told(self._value if self._error is None else self._error)

    def get(self, timeout: float | None = None) -> Any:
        """Return the value, or raise what the call raised."""
        if self._error is not None:
            raise self._error
        return self._value

    def ready(self) -> bool:
        """Tell that the call has ended."""
        return True

    def successful(self) -> bool:
        """Tell whether it returned."""
        return self._error is None

    def wait(self, timeout: float | None = None) -> None:
        """There is nothing to wait for."""


class _Pool:
    """What `multiprocessing.Pool` offers, without processes or threads.

    The library's own pool of threads needs semaphores, for which a worker has no place.
    """

    def __init__(
        self,
        processes: int | None = None,
        initializer: Callable[..., Any] | None = None,
        initargs: Iterable[Any] = (),
        *others: Any,
        **named: Any,
    ) -> None:
        if initializer is not None:
            initializer(*initargs)

    def __enter__(self) -> _Pool:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def apply(self, func: Any, args: Iterable[Any] = (), kwds: Any = None) -> Any:
        return func(*args, **(kwds or {}))

    def map(self, func: Any, iterable: Iterable[Any], chunksize: int | None = None) -> list[Any]:
        return [func(item) for item in iterable]

    def starmap(self, func: Any, iterable: Iterable[Any], chunksize: int | None = None) -> Any:
        return [func(*items) for items in iterable]

    def imap(self, func: Any, iterable: Iterable[Any], chunksize: int = 1) -> Iterator[Any]:
        return map(func, iterable)

    imap_unordered = imap

    def apply_async(
        self,
        func: Any,
        args: Iterable[Any] = (),
        kwds: Any = None,
        callback: Any = None,
        error_callback: Any = None,
    ) -> _Done:
        return _Done(lambda: self.apply(func, args, kwds), callback, error_callback)

    def map_async(
        self,
        func: Any,
        iterable: Iterable[Any],
        chunksize: int | None = None,
        callback: Any = None,
        error_callback: Any = None,
    ) -> _Done:
        return _Done(lambda: self.map(func, iterable), callback, error_callback)

    def starmap_async(
        self,
        func: Any,
        iterable: Iterable[Any],
        chunksize: int | None = None,
        callback: Any = None,
        error_callback: Any = None,
    ) -> _Done:
        return _Done(lambda: self.starmap(func, iterable), callback, error_callback)

    def close(self) -> None:
        """Nothing is open."""

    terminate = join = close


def _pools() -> None:
    multiprocessing = importlib.import_module("multiprocessing")
    context = importlib.import_module("multiprocessing.context").BaseContext
    multiprocessing.Pool = _Pool  # type: ignore[attr-defined]
    context.Pool = lambda self, *arguments, **named: _Pool(*arguments, **named)
    pool = importlib.import_module("multiprocessing.pool")
    pool.Pool = pool.ThreadPool = _Pool  # type: ignore[attr-defined]
    futures = importlib.import_module("concurrent.futures")

    class InPlace(futures.Executor):  # type: ignore[misc, name-defined]
        """A pool of processes that has none and computes where it is asked."""

        def __init__(
            self,
            max_workers: int | None = None,
            mp_context: Any = None,
            initializer: Callable[..., Any] | None = None,
            initargs: Iterable[Any] = (),
            **named: Any,
        ) -> None:
            if initializer is not None:
                initializer(*initargs)

        def submit(self, fn: Any, /, *arguments: Any, **keywords: Any) -> Any:
            """Call `fn` now and return a future that has ended."""
            future: Any = futures.Future()
            try:
                future.set_result(fn(*arguments, **keywords))
            except Exception as error:
                future.set_exception(error)
            return future

    futures.ProcessPoolExecutor = InPlace  # type: ignore[attr-defined]
