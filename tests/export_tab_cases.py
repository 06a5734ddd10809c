"""The tab Export over a small labeled image, and an engine that only pretends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from dock_cases import make_image, rectangle
from form_cases import wait_for
from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest

SMALL = {"TILE_SIZE_X": 64, "TILE_SIZE_Y": 64, "STRIDE_X": 32, "STRIDE_Y": 32}


@pytest.fixture
def town(qgis_new_project, tmp_path):
    """Return a store with two samples on an image at work, and that image."""
    from dock_cases import make_store
    from qgis.core import QgsProject

    image = make_image(tmp_path)
    made = make_store(tmp_path, "town.gpkg")
    made.attach(QgsProject.instance())
    made.current_image = image
    made.add([rectangle(10, 10, 40, 30)], 1)
    made.add([rectangle(60, 60, 20, 20)], 2)
    yield made
    made.close()


@pytest.fixture
def export_tab(form_context, town):
    from swath.plugin.forms.export_tab import ExportTab

    form_context.set_store(town)
    shown = ExportTab(form_context)
    shown.form.set_values(SMALL)
    shown.resize(400, 620)
    shown.show()
    wait_for(lambda: "image: 2, of classes: 2" in shown.labels_note.text())
    yield shown
    if not sip.isdeleted(shown):
        shown.deleteLater()
    form_context.set_store(None)


@pytest.fixture
def export_jobs(export_tab, monkeypatch):
    """Stand in for the engine: keep the jobs that it would get, with the number of labels of each."""
    import sys

    from osgeo import ogr

    from swath.processing_provider import base

    got = []

    def work(task, values, feedback):
        assert task == "export"
        source = ogr.Open(values["labels"])
        mask = ogr.Open(values["mask"]) if values["mask"] else None
        counts = {"labels": source.GetLayer(0).GetFeatureCount(), "mask": mask and mask.GetLayer(0).GetFeatureCount()}
        got.append({**values, "counted": counts})
        folder = Path(values["output"])
        folder.mkdir(exist_ok=True)
        (folder / "map.txt").write_text("")
        (folder / "esri_model_definition.emd").write_text(json.dumps({"MetaDataMode": "Classified_Tiles"}))
        return {"folder": values["output"], "chips": 7, "features": 3}

    monkeypatch.setattr(base, "run_engine", work)
    monkeypatch.setenv("SWATH_ENGINE_PYTHON", sys.executable)
    return got


def run(tab, runs: int = 1):
    """Press Export and wait for the end of the last run; return what each ended with."""
    ended = []
    tab.form.finished.connect(lambda *values: ended.append(values))
    QTest.mouseClick(tab.form.panel.run_button, Qt.MouseButton.LeftButton)
    wait_for(lambda: len(ended) >= runs or tab.form.panel.notice.kind == "error")
    assert ended, tab.form.panel.notice.text()
    return ended
