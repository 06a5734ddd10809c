"""Run the installer's command line from a checkout of any name."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Register the checkout as the package ``swath`` and run the command."""
    spec = importlib.util.spec_from_file_location("swath", ROOT / "__init__.py", submodule_search_locations=[str(ROOT)])
    if spec is None or spec.loader is None:
        return 1
    module = importlib.util.module_from_spec(spec)
    sys.modules["swath"] = module
    spec.loader.exec_module(module)
    from swath.engine.installer.cli import main as run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
