"""Python files in which an author declares something: run where they lie, imported nowhere."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

from autograder.core.errors import AutograderError


def run(path: Path, wrong: type[AutograderError]) -> dict[str, Any]:
    """Return the names that `path` defines; raises `wrong` where it cannot be run."""
    name = f"_declared_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise wrong(f"{path}: cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up there
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise wrong(f"{path}: {type(error).__name__}: {error}") from error
    finally:
        del sys.modules[name]
    return vars(module)
