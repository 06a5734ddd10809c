"""Register the repository root as the package ``swath``, whatever its folder is called."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
if "swath" not in sys.modules:
    spec = importlib.util.spec_from_file_location("swath", ROOT / "__init__.py", submodule_search_locations=[str(ROOT)])
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["swath"] = module
    spec.loader.exec_module(module)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of real imagery, or skip where this machine has none."""
    folder = Path(os.environ.get("SWATH_REAL_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "kampala_buildings").is_dir():
        pytest.skip(f"no real imagery at {folder}: set SWATH_REAL_DATA to run this test")
    return folder
