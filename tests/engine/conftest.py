"""Register the repository root as the package ``swath``, whatever its folder is called."""

from __future__ import annotations

import os
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# The launcher knows how a checkout of any folder name becomes the package ``swath``.
runpy.run_path(str(ROOT / "engine" / "launch.py"))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of real imagery, or skip where this machine has none."""
    folder = Path(os.environ.get("SWATH_REAL_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "kampala_buildings").is_dir():
        pytest.skip(f"no real imagery at {folder}: set SWATH_REAL_DATA to run this test")
    return folder
