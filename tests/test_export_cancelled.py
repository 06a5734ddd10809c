"""An export that is cancelled in QGIS keeps what it has; the same one continues it."""

from __future__ import annotations

import filecmp
import json
import os
import re
from pathlib import Path

import numpy as np
import pytest
from layer_cases import CELL, NORTH, WEST, make_layer
from osgeo import gdal

pytestmark = pytest.mark.usefixtures("engine")
SIDE, MODEL = 1800, "esri_model_definition.emd"


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    path = str(tmp_path_factory.mktemp("image") / "large.tif")
    dataset = gdal.GetDriverByName("GTiff").Create(path, SIDE, SIDE, 3, options=["TILED=YES"])
    dataset.SetGeoTransform((WEST, CELL, 0, NORTH, 0, -CELL))
    dataset.SetProjection("EPSG:32636")
    dataset.WriteArray(np.random.default_rng(1).integers(1, 256, (3, SIDE, SIDE), dtype=np.uint8))
    dataset.FlushCache()
    return path


@pytest.fixture
def given(qgis_new_project, image, tmp_path):
    """Return parameters of an export of some hundred chips, with labels in degrees and a mask in UTM."""
    from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsGeometry, QgsProject

    systems = [QgsCoordinateReferenceSystem(f"EPSG:{number}") for number in (32636, 4326)]
    transform = QgsCoordinateTransform(*systems, QgsProject.instance())
    rows = []
    for number, (x, y) in enumerate(np.random.default_rng(2).uniform(0, SIDE * CELL, (800, 2))):
        shape = QgsGeometry.fromWkt(f"POINT({WEST + x} {NORTH - y})").buffer(6, 5)
        shape.transform(transform)
        rows.append((shape.asWkt(14), f"kind {number % 3}"))
    labels = make_layer(["kind:string"], rows, crs="EPSG:4326")
    west, north = WEST - 9, NORTH + 9
    around = f"POLYGON(({west} {north},{west + 950} {north},{west + 500} {north - 1200},{west} {north}))"
    return {
        "INPUT": image,
        "LABELS": labels,
        "CLASS_FIELD": "kind",
        "FORMAT": "COCO",
        "TILE_SIZE_X": 64,
        "TILE_SIZE_Y": 64,
        "STRIDE_X": 64,
        "STRIDE_Y": 64,
        "MASK": make_layer([], [(around,)], name="mask"),
        "OUTPUT": str(tmp_path / "chips"),
    }


def run(processing, given: dict, cancel_at: float = 101) -> str:
    """Run the export and return all that was said; cancel at some percent."""
    from qgis.core import QgsProcessingException, QgsProcessingFeedback

    feedback = QgsProcessingFeedback(False)
    feedback.progressChanged.connect(lambda percent: feedback.cancel() if percent >= cancel_at else None)
    if cancel_at > 100:
        processing.run("swath:exporttrainingdata", given, feedback=feedback)
    else:
        with pytest.raises(QgsProcessingException, match="Cancelled"):
            processing.run("swath:exporttrainingdata", given, feedback=feedback)
    return feedback.textLog()


def same_files(one: Path, other: Path) -> None:
    """See that two folders hold the same, but for the names of temporary files."""
    names = [
        sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()) for folder in (one, other)
    ]
    assert names[0] == names[1]
    different = [name for name in names[0] if not filecmp.cmp(one / name, other / name, shallow=False)]
    assert different in ([], [MODEL])
    texts = [re.sub(r'"[^"]*features[^"]*\.gpkg"', "", (folder / MODEL).read_text()) for folder in (one, other)]
    assert texts[0] == texts[1]


def test_cancelled_export_is_continued_by_the_same_one(processing, swath_plugin, given, tmp_path):
    whole = {**given, "OUTPUT": str(tmp_path / "whole")}
    run(processing, whole)
    said = run(processing, given, cancel_at=20)
    partial = tmp_path / "chips.partial"
    assert str(partial) in said
    assert "continues" in said
    assert not (tmp_path / "chips").exists()
    kept = len(list((partial / "chips" / "images").iterdir()))
    said = run(processing, given)
    assert "Continuing an export that was cut off" in said
    assert not partial.exists()
    made = len(list((tmp_path / "chips" / "images").iterdir()))
    print(f"{kept} of {made} chips were kept")
    assert 0 < kept < made
    same_files(tmp_path / "chips", tmp_path / "whole")


def test_cancelled_mosaic_is_continued_unless_a_raster_has_changed(processing, swath_plugin, given, image, tmp_path):
    from qgis.core import QgsProcessingException

    more = str(tmp_path / "more.tif")
    gdal.Warp(more, image, dstSRS="EPSG:4326", xRes=5e-6, yRes=5e-6).FlushCache()
    given |= {"ADDITIONAL_RASTERS": [more], "FORMAT": "CLASSIFIED_TILES"}
    del given["MASK"]
    run(processing, given, cancel_at=10)
    said = run(processing, {**given}, cancel_at=30)
    assert "Continuing an export that was cut off" in said
    os.utime(more, ns=(1, 1))
    with pytest.raises(QgsProcessingException, match=r"chips\.partial"):
        processing.run("swath:exporttrainingdata", given)
    assert json.loads((tmp_path / "chips.partial" / "state.json").read_text())["steps"] > 0
