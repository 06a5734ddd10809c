"""The whole way with the real engine: as algorithms, as a graphical model, and by qgis_process."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODEL = ROOT / "processing_provider" / "graphical_models" / "labelstomap.model3"
WEST_HALF = "686000,686076.8,5335846.4,5336000 [EPSG:32632]"
EAST_HALF = "686076.8,686153.6,5335846.4,5336000 [EPSG:32632]"


pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture(scope="module")
def scene(processing, swath_plugin, tmp_path_factory):
    """Return a small scene: (raster, labels)."""
    folder = tmp_path_factory.mktemp("scene, with comma")
    raster, labels = str(folder / "scene.tif"), str(folder / "labels.gpkg")
    made = processing.run("swath:createsamplescene", {"SIZE": 512, "OUTPUT": raster, "LABELS": labels})
    assert made == {"OUTPUT": raster, "LABELS": labels}
    return raster, labels


@pytest.fixture(scope="module")
def model(processing, scene, tmp_path_factory):
    """Return the result of a short training."""
    folder = tmp_path_factory.mktemp("chain")
    chips = processing.run(
        "swath:exporttrainingdata",
        {
            "INPUT": scene[0],
            "LABELS": scene[1],
            "FORMAT": "CLASSIFIED_TILES",
            "TILE_SIZE_X": 64,
            "TILE_SIZE_Y": 64,
            "STRIDE_X": 64,
            "STRIDE_Y": 64,
            "EXTENT": WEST_HALF,
            "OUTPUT": str(folder / "chips"),
            "REPORT": str(folder / "r.html"),
        },
    )
    assert chips["CHIPS"] == 32
    assert chips["FEATURES"] > 0
    assert Path(chips["REPORT"]).is_file()
    return processing.run(
        "swath:trainmodel",
        {
            "INPUT": chips["OUTPUT"],
            "BACKBONE": "resnet18",
            "MAX_EPOCHS": 1,
            "BATCH_SIZE": 4,
            "LEARNING_RATE": 0.001,
            "OUTPUT": str(folder / "a model"),
        },
    )


def test_train_writes_a_model_called_after_its_folder(model):
    assert Path(model["MODEL"]).name == "a model.onnx"
    assert Path(model["LAST_MODEL"]).is_file()
    assert isinstance(model["BEST_METRIC"], float)


def test_train_goes_on_from_a_model_with_the_controls_of_envi(processing, model, tmp_path):
    from qgis.core import QgsProcessingFeedback

    feedback = QgsProcessingFeedback(False)
    given = {
        "INPUT": str(Path(model["OUTPUT"]).parent / "chips"),
        "PRETRAINED_MODEL": model["OUTPUT"],
        "PRESET": "ENVI",
        "MAX_EPOCHS": 1,
        "BATCH_SIZE": 4,
        "LEARNING_RATE": 0.001,
        "CHIP_SIZE": 32,
        "MONITOR": "MIOU",
        "SHUFFLE": False,
        "FEATURE_PATCH_PERCENTAGE": 0.5,
        "CLASS_WEIGHT_MIN": 1,
        "CLASS_WEIGHT_MAX": 3,
        "LOSS_WEIGHT": 0.5,
        "OUTPUT": str(tmp_path / "finer"),
    }
    made = processing.run("swath:trainmodel", given, feedback=feedback)
    log = feedback.textLog()
    assert Path(made["MODEL"]).name == "finer.onnx"
    assert 0 < made["BEST_METRIC"] <= 1
    assert "Preset ENVI: " in log
    assert "BACKGROUND_PATCH_RATIO 0.15" in log
    assert "Chips of rare classes are drawn more often" in log


@pytest.fixture(scope="module")
def classified(processing, scene, model, tmp_path_factory):
    """Return the classified scene; the model is given as a folder."""
    folder = tmp_path_factory.mktemp("map")
    given = {"INPUT": scene[0], "MODEL": model["OUTPUT"], "OUTPUT": str(folder / "map.tif")}
    return processing.run("swath:classifypixels", {**given, "PROBABILITIES": str(folder / "sure.tif")})


def test_classify_gives_a_raster_of_the_same_grid_and_probabilities(scene, classified):
    from osgeo import gdal

    image, result = gdal.Open(scene[0]), gdal.Open(classified["OUTPUT"])
    assert (result.RasterXSize, result.RasterYSize) == (512, 512)
    assert result.GetGeoTransform() == pytest.approx(image.GetGeoTransform())
    assert gdal.Open(classified["PROBABILITIES"]).RasterCount == 6


def test_classify_result_loaded_by_hand_shows_names_and_colours(classified):
    from qgis.core import QgsPalettedRasterRenderer, QgsRasterLayer

    layer = QgsRasterLayer(classified["OUTPUT"], "map")
    renderer = layer.renderer()
    assert isinstance(renderer, QgsPalettedRasterRenderer)
    assert {"Building", "Road", "Water"} <= {item.label for item in renderer.classes()}


def test_classify_result_loaded_by_the_toolbox_shows_names_and_colours(scene, model, tmp_path, qgis_new_project):
    from qgis.core import (
        QgsApplication,
        QgsPalettedRasterRenderer,
        QgsProcessingContext,
        QgsProcessingFeedback,
        QgsProcessingUtils,
        QgsProject,
        QgsSingleBandGrayRenderer,
    )

    context, feedback = QgsProcessingContext(), QgsProcessingFeedback()
    context.setProject(QgsProject.instance())
    path = str(tmp_path / "map.tif")
    details = QgsProcessingContext.LayerDetails("map", QgsProject.instance(), "OUTPUT")
    context.addLayerToLoadOnCompletion(path, details)
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("swath:classifypixels")
    given = {"INPUT": scene[0], "MODEL": model["MODEL"], "OUTPUT": path, "EXTENT": EAST_HALF}
    results, well = algorithm.run(given, context, feedback)
    assert well, feedback.textLog()
    # The toolbox may have given it a style of the user's settings before it asks the post-processor.
    layer = QgsProcessingUtils.mapLayerFromString(results["OUTPUT"], context)
    layer.setRenderer(QgsSingleBandGrayRenderer(layer.dataProvider(), 1))
    context.layerToLoadOnCompletionDetails(path).postProcessor().postProcessLayer(layer, context, feedback)
    assert isinstance(layer.renderer(), QgsPalettedRasterRenderer)
    assert "Road" in {item.label for item in layer.renderer().classes()}


def test_accuracy_of_the_result_is_a_number_and_a_table(processing, scene, classified, tmp_path):
    given = {"CLASSIFIED": classified["OUTPUT"], "REFERENCE": scene[1], "EXTENT": EAST_HALF}
    made = processing.run("swath:pixelaccuracy", {**given, "OUTPUT": str(tmp_path / "matrix.csv")})
    assert 0 < made["OVERALL_ACCURACY"] <= 1
    assert 0 < made["MEAN_IOU"] < made["OVERALL_ACCURACY"]
    assert (tmp_path / "matrix.csv").read_text().startswith("Class,Value,C_1")


def test_accuracy_of_the_labels_themselves_is_perfect(processing, scene, classified, tmp_path):
    """The truth, drawn as a raster, compared with itself by name: texts find their values."""
    from osgeo import gdal, ogr

    gdal.UseExceptions()
    truth = str(tmp_path / "truth.tif")
    shutil.copy(classified["OUTPUT"], truth)
    for side in (".aux.xml", ".qml"):
        if Path(classified["OUTPUT"] + side).exists():
            shutil.copy(classified["OUTPUT"] + side, truth + side)
    dataset, labels = gdal.Open(truth, gdal.GA_Update), ogr.Open(scene[1])
    dataset.GetRasterBand(1).Fill(0)
    gdal.RasterizeLayer(dataset, [1], labels.GetLayer(0), options=["ATTRIBUTE=Classvalue"])
    dataset.FlushCache()
    del dataset
    given = {"CLASSIFIED": truth, "REFERENCE": scene[1], "CLASS_FIELD": "Classname"}
    made = processing.run("swath:pixelaccuracy", {**given, "OUTPUT": str(tmp_path / "matrix.csv")})
    assert made["OVERALL_ACCURACY"] > 0.999


def test_graphical_model_by_its_id_goes_the_whole_way(processing, scene, tmp_path):
    made = processing.run(
        "swath:labelstomap",
        {
            "IMAGE": scene[0],
            "LABELS": scene[1],
            "TRAINING_AREA": WEST_HALF,
            "CHECKING_AREA": EAST_HALF,
            "TILE_SIZE": 64,
            "MAX_EPOCHS": 1,
            "BACKBONE": "resnet18",
            "model_folder": str(tmp_path / "model"),
            "classified_raster": str(tmp_path / "map.tif"),
            "confusion_matrix": str(tmp_path / "matrix.gpkg"),
            "accuracy_report": str(tmp_path / "report.html"),
        },
    )
    for name in ("classified_raster", "confusion_matrix", "accuracy_report", "model_folder"):
        assert Path(made[name]).exists(), name
    assert made["CHILD_RESULTS"]["pixelaccuracy"]["OVERALL_ACCURACY"] > 0


def test_model_folder_from_one_step_feeds_the_next_in_a_model(processing, scene, model, tmp_path):
    """An output folder is taken by MODEL, which also takes files."""
    from qgis.core import (
        QgsProcessingModelAlgorithm,
        QgsProcessingModelChildAlgorithm,
        QgsProcessingModelChildParameterSource,
    )

    made = QgsProcessingModelAlgorithm("folders", "test")
    child = QgsProcessingModelChildAlgorithm("swath:trainmodel")
    child.setChildId("train")
    made.addChildAlgorithm(child)
    child = QgsProcessingModelChildAlgorithm("swath:classifypixels")
    child.setChildId("classify")
    child.addParameterSources("MODEL", [QgsProcessingModelChildParameterSource.fromChildOutput("train", "OUTPUT")])
    child.addParameterSources("INPUT", [QgsProcessingModelChildParameterSource.fromStaticValue(scene[0])])
    made.addChildAlgorithm(child)
    assert made.validateChildAlgorithm("classify")[0]
