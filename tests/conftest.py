"""What the tests on the QGIS side share: the package, the whole plugin loaded once, clean settings."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
if "swath" not in sys.modules:
    # The folder of the checkout may have any name.
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


@pytest.fixture(scope="session")
def processing(qgis_app: Any) -> Any:
    """Return QGIS's module ``processing``, with its own algorithms."""
    # Debian, and QGIS's own folders on other systems, keep it outside of the search path.
    from qgis.core import QgsApplication

    folder = str(Path(QgsApplication.pkgDataPath()) / "python" / "plugins")
    if folder not in sys.path:
        sys.path.append(folder)
    import processing
    from processing.core.Processing import Processing

    Processing.initialize()
    return processing


@pytest.fixture(scope="session")
def swath_plugin(processing: Any) -> Iterator[Any]:
    """Load the whole plugin once, as qgis_process does; a second provider of the same id is refused."""
    import swath

    plugin = swath.classFactory(None)
    plugin.initProcessing()
    yield plugin
    plugin.unload()


@pytest.fixture
def engine_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a place for an engine environment that is used by this test only."""
    home = tmp_path / "engine"
    monkeypatch.setenv("SWATH_ENGINE_HOME", str(home))
    monkeypatch.delenv("SWATH_ENGINE_PYTHON", raising=False)
    return home


@pytest.fixture(autouse=True)
def _own_settings(qgis_app: Any) -> Iterator[None]:
    """Forget what a test wrote into Swath's settings."""
    from qgis.core import QgsSettings

    yield
    QgsSettings().remove("swath")
