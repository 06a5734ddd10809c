"""The graphical model from labels to objects, with a real training."""

from __future__ import annotations

from pathlib import Path

import pytest
from detection_cases import read_rows

pytestmark = [pytest.mark.usefixtures("engine"), pytest.mark.slow, pytest.mark.timeout(900)]
WEST_HALF = "686000,686076.8,5335846.4,5336000 [EPSG:32632]"
EAST = "POLYGON((686076.8 5335846.4,686153.6 5335846.4,686153.6 5336000,686076.8 5336000,686076.8 5335846.4))"


@pytest.fixture(scope="module")
def buildings(processing, swath_plugin, tmp_path_factory):
    """Return a small scene and its buildings: (raster, labels)."""
    folder = tmp_path_factory.mktemp("scene, with comma")
    raster, labels = str(folder / "scene.tif"), str(folder / "labels.gpkg")
    processing.run("swath:createsamplescene", {"SIZE": 512, "OUTPUT": raster, "LABELS": labels})
    chosen = {"INPUT": labels, "FIELD": "Classname", "OPERATOR": 0, "VALUE": "Building"}
    made = processing.run("native:extractbyattribute", {**chosen, "OUTPUT": str(folder / "buildings.gpkg")})
    return raster, made["OUTPUT"]


def test_graphical_model_goes_from_labels_to_objects(processing, buildings, tmp_path, qgis_new_project, layer):
    made = processing.run(
        "swath:labelstoobjects",
        {
            "IMAGE": buildings[0],
            "LABELS": buildings[1],
            "TRAINING_AREA": WEST_HALF,
            "CHECKING_AREA": layer([], [(EAST,)], crs="EPSG:32632"),
            "TILE_SIZE": 96,
            "MAX_EPOCHS": 1,
            "BACKBONE": "resnet18",
            "model_folder": str(tmp_path / "model"),
            "objects": str(tmp_path / "objects.gpkg"),
            "accuracy_table": str(tmp_path / "table.csv"),
            "matches": str(tmp_path / "matches.gpkg"),
            "accuracy_report": str(tmp_path / "report.html"),
        },
    )
    for name in ("objects", "accuracy_table", "matches", "accuracy_report", "model_folder"):
        assert Path(made[name]).exists(), name
    names, _, _ = read_rows(made["objects"])
    assert {"Classname", "Classvalue", "Confidence"} <= set(names)
    assert (tmp_path / "model" / "model.onnx").is_file()
    assert Path(made["accuracy_table"]).read_text().splitlines()[1].startswith("Building,")
    checked = made["CHILD_RESULTS"]["objectaccuracy"]
    assert 0 <= checked["AP50"] <= 1
    _, rows, _ = read_rows(made["matches"])
    assert {row["Class"] for row in rows} == {"Building"}
