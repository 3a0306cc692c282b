"""Our own copy of the student kit, importable under the name it has in a student's folder."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

KIT = Path(__file__).resolve().parent / "studentkit"


def load_kit() -> ModuleType:
    """Make `import studentkit` mean our own copy, as it does in a student's folder; return it.

    The name is bound to the file beside this package and never looked up on `sys.path`, where a
    folder of the same name could lie.
    """
    if "studentkit" not in sys.modules:
        spec = spec_from_file_location(
            "studentkit", KIT / "__init__.py", submodule_search_locations=[str(KIT)]
        )
        if spec is None or spec.loader is None:
            raise ImportError(f"{KIT} cannot be loaded; install the package again")
        module = module_from_spec(spec)
        sys.modules["studentkit"] = module
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules["studentkit"]
            raise
    return sys.modules["studentkit"]
