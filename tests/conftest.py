"""What the tests on the QGIS side share: the package, the whole plugin loaded once, clean settings."""

from __future__ import annotations

import os
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from detection_fixtures import assess, detect, model, pretender, suppress  # noqa: F401 - fixtures of several files
from dock_fixtures import canvas, hand, image, store  # noqa: F401 - fixtures of the tests of the dock
from dock_train_fixtures import filled_tab, pretended_engine, town_chips, train_context, train_tab  # noqa: F401
from export_tab_cases import export_jobs, export_tab, town  # noqa: F401
from form_fixtures import form_context, toys  # noqa: F401
from label_cases import make_tab  # noqa: F401
from layer_cases import make_layer, write_raster
from process_fixtures import qgis_process  # noqa: F401
from review_fixtures import classes, land, map_layers, open_tab, tab  # noqa: F401 - of the tests of the review
from samples_cases import samples_panel  # noqa: F401
from tool_cases import desk, key  # noqa: F401 - of the tests of the drawing tools
from train_cases import chip_folder

ROOT = Path(__file__).resolve().parents[1]
# The launcher knows how a checkout of any folder name becomes the package ``swath``.
runpy.run_path(str(ROOT / "engine" / "launch.py"))


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


@pytest.fixture
def raster(tmp_path):
    return write_raster(tmp_path / "image, with comma.tif")


@pytest.fixture
def layer(qgis_new_project):
    """Return a function that adds a layer in memory to an empty project."""
    return make_layer


@pytest.fixture
def job(processing, swath_plugin, monkeypatch, tmp_path):
    """Run an algorithm up to the engine and return the job it would get; collects what is said."""
    from qgis.core import QgsProcessingFeedback

    from swath.processing_provider import base

    class Feedback(QgsProcessingFeedback):
        def __init__(self):
            super().__init__(False)
            self.said = []

        def pushInfo(self, info):
            self.said.append(info)

        def pushWarning(self, warning):
            self.said.append(warning)

    taken = {}

    def take(task, values, feedback):
        taken.update(values)
        made = {"chips": 1, "features": 1, "overall_accuracy": 1.0, "kappa": 1.0, "mean_iou": 1.0}
        return {**made, "model": "m.onnx", "last_model": "m_last.onnx", "best_metric": 0.5, **values}

    monkeypatch.setattr(base, "run_engine", take)
    monkeypatch.setenv("SWATH_ENGINE_PYTHON", __import__("sys").executable)

    def run(algorithm, **parameters):
        taken.clear()
        feedback = Feedback()
        processing.run(algorithm, parameters, feedback=feedback)
        run.said = "\n".join(feedback.said)
        return dict(taken)

    return run


@pytest.fixture
def export(job, raster, tmp_path):
    """Run the export up to the engine."""

    def run(labels, **parameters):
        given = {"INPUT": raster, "LABELS": labels, "TILE_SIZE_X": 64, "TILE_SIZE_Y": 64}
        made = job("swath:exporttrainingdata", **{**given, "OUTPUT": str(tmp_path / "chips"), **parameters})
        run.said = job.said
        return made

    return run


@pytest.fixture
def chips(tmp_path) -> Path:
    """Return a folder that says it holds Classified Tiles."""
    return chip_folder(tmp_path / "training data")


@pytest.fixture
def train(job, chips, tmp_path):
    """Run the training up to the engine and return the job it would get."""

    def run(**parameters):
        return job("swath:trainmodel", **{"INPUT": str(chips), "OUTPUT": str(tmp_path / "roads"), **parameters})

    return run


@pytest.fixture
def refuse(swath_plugin, chips, tmp_path):
    """Return a function that gives the sentence which refuses a training; "" where it is taken."""
    from qgis.core import QgsApplication, QgsProcessingContext

    def check(**parameters):
        algorithm = QgsApplication.processingRegistry().createAlgorithmById("swath:trainmodel")
        given = {"INPUT": str(chips), "OUTPUT": str(tmp_path / "roads"), **parameters}
        well, text = algorithm.checkParameterValues(given, QgsProcessingContext())
        assert well == (text == "")
        return text

    return check


@pytest.fixture
def refused(export):
    """Return the sentence with which an export is refused before the engine starts; "" where it is taken."""
    from qgis.core import QgsProcessingException

    def ask(labels, **parameters) -> str:
        try:
            export(labels, **parameters)
        except QgsProcessingException as error:
            # Nothing keeps the error, and with it layers, beyond QGIS's own end.
            text = str(error).split("\n")[-1]
            assert text.endswith("."), text
            return text
        return ""

    return ask


@pytest.fixture(scope="module")
def engine():
    """Skip without an engine environment; one thread is enough for small things."""
    from swath.engine.installer import find_engine_python

    if find_engine_python() is None:
        pytest.skip("there is no engine environment: make engine, or set SWATH_ENGINE_PYTHON")
    before = os.environ.get("OMP_NUM_THREADS")
    os.environ["OMP_NUM_THREADS"] = "1"
    yield
    if before is None:
        del os.environ["OMP_NUM_THREADS"]
    else:
        os.environ["OMP_NUM_THREADS"] = before
