"""Networks as plain data: rebuilt, trained and measured where no student's code runs.

Names are loaded when they are first asked for: torch takes its time.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from studentkit.claims.layers import LayersError, NetworkError, measure, read_layers
    from studentkit.claims.recipe import Recipe, RecipeError, read_recipe

    from autograder.networks.claims import ClaimResult, verify
    from autograder.networks.held import HeldOut, HeldOutError, accuracy_on, held_out
    from autograder.networks.modules import StateError, agrees, build, disagreement, rebuilt
    from autograder.networks.workplace import NoWorkplaceError, Workplace

__all__ = [
    "ClaimResult",
    "HeldOut",
    "HeldOutError",
    "LayersError",
    "NetworkError",
    "NoWorkplaceError",
    "Recipe",
    "RecipeError",
    "StateError",
    "Workplace",
    "accuracy_on",
    "agrees",
    "build",
    "disagreement",
    "held_out",
    "measure",
    "read_layers",
    "read_recipe",
    "rebuilt",
    "verify",
]

_MODULES = (
    "autograder.networks.held",
    "studentkit.claims.layers",
    "studentkit.claims.recipe",
    "autograder.networks.modules",
    "autograder.networks.workplace",
    "autograder.networks.claims",
)


def __getattr__(name: str) -> Any:
    if name in __all__:
        for module in _MODULES:
            found = vars(import_module(module))
            if name in found:
                return found[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
