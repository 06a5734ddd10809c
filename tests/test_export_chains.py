"""Export Training Data in a model, in a batch, and from Python with values as users write them."""

from __future__ import annotations

from pathlib import Path

import pytest
from export_cases import LABELLED, TILE, check_pictures, labels_in_degrees
from layer_cases import NORTH, WEST, make_layer, noise, square, write_raster

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture
def image(tmp_path):
    return write_raster(tmp_path / "image.tif", values=noise(seed=4))


def test_model_joins_the_rasters_of_its_steps_and_exports_them(processing, swath_plugin, qgis_new_project, tmp_path):
    from qgis.core import (
        QgsProcessingModelAlgorithm,
        QgsProcessingModelChildAlgorithm,
        QgsProcessingModelChildParameterSource,
        QgsProcessingModelOutput,
    )

    source = QgsProcessingModelChildParameterSource
    made = QgsProcessingModelAlgorithm("export", "test")

    def step(name: str, algorithm: str, **values) -> QgsProcessingModelChildAlgorithm:
        child = QgsProcessingModelChildAlgorithm(algorithm)
        child.setChildId(name)
        for parameter, sources in values.items():
            child.addParameterSources(parameter, sources if isinstance(sources, list) else [sources])
        return child

    for name in ("one", "two"):
        size, seed = source.fromStaticValue(256), source.fromStaticValue(3 + len(name))
        made.addChildAlgorithm(step(name, "swath:createsamplescene", SIZE=size, SEED=seed))
    export = step(
        "chips",
        "swath:exporttrainingdata",
        INPUT=source.fromChildOutput("one", "OUTPUT"),
        LABELS=source.fromChildOutput("one", "LABELS"),
        ADDITIONAL_RASTERS=[source.fromChildOutput("two", "OUTPUT")],
        PROCESSING_MODE=source.fromStaticValue("PROCESS_ITEMS_SEPARATELY"),
        FORMAT=source.fromStaticValue("COCO"),
        TILE_SIZE_X=source.fromStaticValue(128),
        TILE_SIZE_Y=source.fromStaticValue(128),
        STRIDE_X=source.fromStaticValue(0),
        STRIDE_Y=source.fromStaticValue(0),
    )
    output = QgsProcessingModelOutput("CHIPS", "Chips")
    output.setChildId("chips")
    output.setChildOutputName("OUTPUT")
    export.setModelOutputs({"CHIPS": output})
    made.addChildAlgorithm(export)
    assert made.validate()[0]
    [name] = [item.name() for item in made.parameterDefinitions() if item.isDestination()]
    results = processing.run(made, {name: str(tmp_path / "chips")})
    assert results["CHILD_RESULTS"]["chips"]["CHIPS"] == 8
    assert len(list((tmp_path / "chips" / "images").glob("*.tif"))) == 8


def test_batch_of_exports_with_values_as_text_adds_up_in_one_folder(processing, swath_plugin, image, tmp_path):
    """A batch is a row of runs; its file holds texts."""
    from qgis.core import QgsApplication, QgsProcessingContext, QgsProcessingFeedback, QgsProject

    labels = labels_in_degrees()
    context, feedback = QgsProcessingContext(), QgsProcessingFeedback(False)
    context.setProject(QgsProject.instance())
    for west in (0, 50):
        given = {
            "INPUT": image,
            "LABELS": labels.id(),
            "FORMAT": "PASCAL_VOC_RECTANGLES",
            **dict.fromkeys(("TILE_SIZE_X", "TILE_SIZE_Y"), str(TILE)),
            **dict.fromkeys(("STRIDE_X", "STRIDE_Y"), "0"),
            "BANDS": "1;2;3",
            "ALL_TILES": "false",
            "ADDITIONAL_RASTERS": [],
            "INPUT_FOLDER": "",
            "MASK": None,
            "EXTENT": f"{WEST + west},{WEST + west + 50},{NORTH - 100},{NORTH} [EPSG:32636]",
            "OUTPUT": str(tmp_path / "chips"),
            "REPORT": "",
        }
        algorithm = QgsApplication.processingRegistry().createAlgorithmById("swath:exporttrainingdata")
        assert algorithm.checkParameterValues(given, context) == (True, "")
        assert algorithm.run(given, context, feedback)[1], feedback.textLog()
    assert sorted(check_pictures(tmp_path / "chips", image)) == LABELLED


def test_temporary_folder_and_selected_labels_from_python(processing, swath_plugin, image, qgis_new_project):
    from qgis.core import QgsProcessing, QgsProcessingFeatureSourceDefinition

    labels = make_layer(["Classvalue:integer"], [(square(10, 10), 1), (square(70, 10), 2)])
    labels.selectByExpression("Classvalue = 2")
    made = processing.run(
        "swath:exporttrainingdata",
        {
            "INPUT": image,
            "LABELS": QgsProcessingFeatureSourceDefinition(labels.id(), selectedFeaturesOnly=True),
            **dict.fromkeys(("TILE_SIZE_X", "TILE_SIZE_Y", "STRIDE_X", "STRIDE_Y"), TILE),
            "OUTPUT": QgsProcessing.TEMPORARY_OUTPUT,
        },
    )
    assert (made["CHIPS"], made["FEATURES"]) == (1, 1)
    assert check_pictures(Path(made["OUTPUT"]), image) == [(TILE, 0)]
