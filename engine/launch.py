"""Start the engine's command line from the folder it lies in, whatever that folder is called.

    python engine/launch.py worker

The package is registered at module level, because a child process that Python spawns imports the main
script again and then finds the package ``swath`` too.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def register(root: Path = ROOT) -> None:
    """Make ``root`` importable as the package ``swath``, unless some ``swath`` is there already."""
    # Python puts this script's folder first on the path, where our data.py or models/ would hide others'.
    sys.path[:] = [entry for entry in sys.path if not entry or Path(entry).resolve() != root / "engine"]
    if "swath" in sys.modules:
        return
    spec = importlib.util.spec_from_file_location("swath", root / "__init__.py", submodule_search_locations=[str(root)])
    if spec is None or spec.loader is None:
        raise ImportError(f"no package at {root}")
    module = importlib.util.module_from_spec(spec)
    sys.modules["swath"] = module
    spec.loader.exec_module(module)


register()

if __name__ == "__main__":
    sys.exit(importlib.import_module("swath.engine.__main__").main())
