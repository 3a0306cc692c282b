"""Every figure that student code draws, also one that it shows, saves or closes on its way."""

from __future__ import annotations

from typing import Any

from .drawing import drawn

_MAX_FIGURES = 20
_seen: list[dict[str, Any]] = []  # as they were when they were closed, shown or cleared
_undo: list[tuple[Any, str, Any]] = []  # what is replaced while figures are watched


def watch() -> None:
    """Close every figure, and take note of those that are drawn from now on."""
    import matplotlib
    from matplotlib import pyplot
    from matplotlib.figure import Figure

    _stop()
    if "inline" not in str(matplotlib.get_backend()):  # a notebook's figures go nowhere else
        pyplot.switch_backend("Agg")  # no window, even where there is a screen
    close, clear = pyplot.close, Figure.clear

    def closing(fig: Any = None) -> None:
        _keep(_open() if fig == "all" else [_meant(fig)])
        close(fig)

    def showing(*arguments: Any, **named: Any) -> None:
        _keep(_open())
        close("all")  # as when a person closes the windows: what follows is another figure

    def clearing(self: Any, *arguments: Any, **named: Any) -> Any:
        _keep([self])
        return clear(self, *arguments, **named)

    close("all")
    _seen.clear()
    for owner, name, new in (
        (pyplot, "close", closing),
        (pyplot, "show", showing),
        (Figure, "clear", clearing),
        (Figure, "clf", clearing),
    ):
        _undo.append((owner, name, getattr(owner, name)))
        setattr(owner, name, new)


def _stop() -> None:
    while _undo:
        setattr(*_undo.pop())


def figures() -> list[dict[str, Any]]:
    """Return what was drawn since `watch`, in the order in which it was finished; stop watching."""
    from matplotlib import pyplot

    _keep(_open())
    _stop()
    pyplot.close("all")
    found = list(_seen)
    _seen.clear()
    return found


def _open() -> list[Any]:
    from matplotlib import pyplot

    return [pyplot.figure(number) for number in pyplot.get_fignums()]


def _meant(figure: Any) -> Any:
    """Return the figure that `pyplot.close(figure)` is about."""
    from matplotlib import pyplot
    from matplotlib.figure import Figure

    if isinstance(figure, Figure):
        return figure
    numbers, labels = pyplot.get_fignums(), pyplot.get_figlabels()
    if figure is None:
        return pyplot.gcf() if numbers else None
    if isinstance(figure, str):
        figure = numbers[labels.index(figure)] if figure in labels else None
    return pyplot.figure(figure) if figure in numbers else None


def _keep(found: list[Any]) -> None:
    for figure in found:
        if figure is not None and figure.axes and len(_seen) < _MAX_FIGURES:
            _seen.append(drawn(figure))
