"""Bad input: one sentence that says what, where and what to do, before the engine starts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from layer_cases import NORTH, WEST, make_layer, square, write_raster


@pytest.fixture
def check(swath_plugin, tmp_path, monkeypatch, qgis_new_project):
    """Return the sentence with which an algorithm refuses parameters; "" where it takes them."""
    import sys

    from qgis.core import QgsApplication, QgsProcessingContext, QgsProject

    monkeypatch.setenv("SWATH_ENGINE_PYTHON", sys.executable)

    def ask(algorithm: str, **parameters) -> str:
        context = QgsProcessingContext()
        context.setProject(QgsProject.instance())
        made = QgsApplication.processingRegistry().createAlgorithmById(algorithm)
        well, text = made.checkParameterValues(parameters, context)
        assert well == (text == "")
        assert "\n" not in text
        assert not text or text.endswith(".")
        return text

    return ask


@pytest.fixture
def layer(qgis_new_project):
    """Return a function that adds a layer in memory to an empty project."""
    return make_layer


@pytest.fixture
def export(check, tmp_path):
    raster = write_raster(tmp_path / "image.tif")

    def ask(labels, **parameters):
        given = {"INPUT": raster, "LABELS": labels, "TILE_SIZE_X": 64, "TILE_SIZE_Y": 64}
        return check("swath:exporttrainingdata", **{**given, "OUTPUT": str(tmp_path / "chips"), **parameters})

    return ask


@pytest.fixture
def good(layer):
    return layer(["Classvalue:integer", "kind:string", "size:double"], [(square(10, 10), 1, "a", 1.5)])


def words(text: str, *expected: str) -> None:
    for word in expected:
        assert word in text, text


def test_export_good_parameters_are_taken(export, good):
    assert export(good) == ""


def test_export_negative_stride_is_refused(export, good):
    words(export(good, STRIDE_X=-1), "STRIDE_X", "-1")


@pytest.mark.parametrize("name", ["TILE_SIZE_X", "TILE_SIZE_Y"])
def test_export_tile_larger_than_the_raster_is_refused(export, good, name):
    words(export(good, **{name: 201}), "201", "200 x 200", name)
    assert export(good, **{name: 200}) == ""


def test_export_tile_larger_than_the_extent_is_refused(export, good):
    extent = f"{WEST},{WEST + 20},{NORTH - 20},{NORTH} [EPSG:32636]"
    words(export(good, EXTENT=extent), "40 x 40")
    assert export(good, EXTENT=extent, TILE_SIZE_X=40, TILE_SIZE_Y=40) == ""


def test_export_extent_beside_the_raster_is_refused(export, good):
    extent = f"{WEST + 900},{WEST + 1000},{NORTH - 20},{NORTH} [EPSG:32636]"
    words(export(good, EXTENT=extent), "EXTENT", "does not overlap")


def test_export_labels_that_do_not_overlap_are_refused(export, layer):
    words(export(layer(["Classvalue:integer"], [(square(5000, 0), 1)])), "labels", "does not overlap")


def test_export_labels_of_another_place_in_another_crs_are_refused(export, layer):
    far = "POLYGON((10 50, 11 50, 11 51, 10 50))"
    words(export(layer(["Classvalue:integer"], [(far, 1)], crs="EPSG:4326")), "does not overlap")


@pytest.mark.parametrize("value", [0, -3])
def test_export_class_value_zero_or_below_is_refused(export, layer, value):
    made = layer(["Classvalue:integer"], [(square(0, 0), value), (square(20, 0), 1)])
    words(export(made), f"class value {value}", "Classvalue", "0 stands for unlabelled")


def test_export_class_field_of_real_numbers_is_refused(export, good):
    words(export(good, CLASS_FIELD="size"), "size", "whole numbers or text")


def test_export_class_field_that_is_not_there_is_refused(export, good):
    words(export(good, CLASS_FIELD="colour"), "colour", "Classvalue, kind, size")


def test_export_class_field_without_values_is_refused(export, layer):
    words(export(layer(["kind:string"], [(square(0, 0), None)]), CLASS_FIELD="kind"), "empty in every feature")


def test_export_empty_label_layer_is_refused(export, layer):
    words(export(layer(["Classvalue:integer"], [])), "holds no features", "LABELS")


def test_export_band_that_is_not_there_is_refused(export, good):
    words(export(good, BANDS=[1, 4]), "BANDS")


def test_export_folder_with_other_things_is_refused(export, good, tmp_path):
    (tmp_path / "chips").mkdir()
    assert export(good) == ""
    (tmp_path / "chips" / "letter.txt").write_text("dear")
    words(export(good), "letter.txt", "OUTPUT")


def test_export_folder_that_is_a_file_is_refused(export, good, tmp_path):
    (tmp_path / "file").write_text("")
    words(export(good, OUTPUT=str(tmp_path / "file")), "OUTPUT")


def test_export_raster_labels_with_a_class_field_or_buffer_are_refused(export, tmp_path):
    labels = write_raster(tmp_path / "labels.tif", 1)
    words(export(labels, CLASS_FIELD="a"), "CLASS_FIELD", "raster")
    words(export(labels, BUFFER_RADIUS=1), "BUFFER_RADIUS")


def test_export_raster_without_crs_and_labels_with_one_is_refused(check, good, tmp_path):
    bare = write_raster(tmp_path / "bare.tif", epsg=0)
    given = {"INPUT": bare, "LABELS": good, "TILE_SIZE_X": 64, "TILE_SIZE_Y": 64}
    text = check("swath:exporttrainingdata", **given, OUTPUT=str(tmp_path / "chips"))
    words(text, "no coordinate reference system", "EPSG:32636")


def test_export_both_without_crs_is_taken(check, layer, tmp_path):
    bare = write_raster(tmp_path / "bare.tif", epsg=0)
    made = layer(["Classvalue:integer"], [(square(0, 0), 1)], crs="")
    given = {"INPUT": bare, "LABELS": made, "TILE_SIZE_X": 64, "TILE_SIZE_Y": 64}
    assert check("swath:exporttrainingdata", **given, OUTPUT=str(tmp_path / "chips")) == ""


def test_export_layer_that_is_not_there_is_refused(export):
    words(export("/nowhere/labels.gpkg"), "LABELS")


@pytest.fixture
def chips(tmp_path) -> Path:
    """Return a folder that says it holds Classified Tiles."""
    folder = tmp_path / "training data"
    folder.mkdir()
    (folder / "map.txt").write_text("")
    (folder / "esri_model_definition.emd").write_text(json.dumps({"MetaDataMode": "Classified_Tiles"}))
    return folder


@pytest.fixture
def train(check, chips, tmp_path):
    def ask(**parameters):
        return check("swath:trainmodel", **{"INPUT": str(chips), "OUTPUT": str(tmp_path / "model"), **parameters})

    return ask


def test_train_good_parameters_are_taken(train):
    assert train() == ""
    assert train(BACKBONE="resnet18", MODEL_ARGUMENTS="background TRAIN", MODEL_TYPE="UNET") == ""


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"BACKBONE": "resnet19"}, ["resnet19", "resnet18", "BACKBONE"]),
        ({"MODEL_ARGUMENTS": "magic 3"}, ["magic", "MODEL_ARGUMENTS"]),
        ({"MODEL_ARGUMENTS": "background MAYBE"}, ["MAYBE", "AUTO, TRAIN, IGNORE"]),
        ({"MODEL_ARGUMENTS": "{broken"}, ["MODEL_ARGUMENTS"]),
        ({"BACKBONE_WEIGHTS": "/nowhere/weights.safetensors"}, ["/nowhere/weights.safetensors", "BACKBONE_WEIGHTS"]),
        ({"INPUT": "/nowhere/chips"}, ["/nowhere/chips", "INPUT"]),
        ({"ADDITIONAL_INPUTS": "/nowhere/more"}, ["/nowhere/more", "ADDITIONAL_INPUTS"]),
        ({"LEARNING_RATE": 20}, ["LEARNING_RATE"]),
        ({"MAX_EPOCHS": 0}, ["MAX_EPOCHS"]),
        ({"MODEL_TYPE": "NET"}, ["MODEL_TYPE"]),
    ],
)
def test_train_bad_parameter_is_refused(train, parameters, expected):
    words(train(**parameters), *expected)


def test_train_folder_without_chips_is_refused(train, tmp_path):
    (tmp_path / "empty").mkdir()
    words(train(INPUT=str(tmp_path / "empty")), "no training data", "CLASSIFIED_TILES")


def test_train_model_folder_with_other_things_is_refused(train, tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "old.onnx").write_text("")
    words(train(), "old.onnx", "OUTPUT")


@pytest.fixture
def classify(check, tmp_path):
    raster = write_raster(tmp_path / "image.tif")

    def ask(model, **parameters):
        return check("swath:classifypixels", **{"INPUT": raster, "MODEL": str(model), "OUTPUT": "x.tif", **parameters})

    return ask


def test_classify_model_that_is_not_there_is_refused(classify, tmp_path):
    words(classify(tmp_path / "nothing"), "nothing", "MODEL")


def test_classify_folder_without_model_is_refused(classify, tmp_path):
    words(classify(tmp_path), "MODEL")


def test_classify_file_that_is_no_model_is_refused(classify, tmp_path):
    (tmp_path / "a.onnx").write_bytes(b"no model at all")
    words(classify(tmp_path / "a.onnx"), "a.onnx")


def test_classify_broken_emd_is_refused(classify, tmp_path):
    (tmp_path / "a.emd").write_text("{")
    words(classify(tmp_path / "a.emd"), "a.emd", "JSON")


def test_classify_package_of_7zip_is_refused(classify, tmp_path):
    (tmp_path / "a.dlpk").write_bytes(b"7z\xbc\xaf\x27\x1c" + b"\0" * 64)
    words(classify(tmp_path / "a.dlpk"), "7-Zip")


def test_classify_output_of_another_kind_is_refused(classify, tmp_path):
    words(classify(tmp_path, OUTPUT="map.png"), "map.png", ".tif")


def test_classify_model_with_bands_the_raster_lacks_is_refused(classify, tmp_path, monkeypatch):
    from swath.engine import model_files
    from swath.engine.classes import ClassInfo
    from swath.engine.model_info import GraphInfo, GraphInput, ModelInfo

    graph = GraphInfo("a.onnx", (GraphInput("image", (1, 5)),))
    info = ModelInfo("PIXELS", "UNET", "resnet18", (graph,), (ClassInfo(1, "a", (0, 0, 0)),), 64, 16)
    monkeypatch.setattr(model_files, "describe_model", lambda path: info)
    words(classify(tmp_path / "a.onnx"), "band 5", "has 3")


def test_accuracy_reference_elsewhere_and_table_of_no_kind_are_refused(check, layer, good, tmp_path):
    raster = write_raster(tmp_path / "classified.tif", 1)
    far = layer(["Classvalue:integer"], [(square(5000, 0), 1)])
    words(check("swath:pixelaccuracy", CLASSIFIED=raster, REFERENCE=far, OUTPUT="a.csv"), "REFERENCE")
    words(check("swath:pixelaccuracy", CLASSIFIED=raster, REFERENCE=good, OUTPUT="a.txt"), ".csv")
    assert check("swath:pixelaccuracy", CLASSIFIED=raster, REFERENCE=good, OUTPUT="a.csv") == ""


def test_scene_outputs_of_another_kind_are_refused(check):
    words(check("swath:createsamplescene", OUTPUT="a.jpg", LABELS="a.gpkg"), "a.jpg")
    words(check("swath:createsamplescene", OUTPUT="a.tif", LABELS="a.shp"), "a.shp")


def test_run_without_environment_says_how_to_get_one(processing, swath_plugin, engine_home, tmp_path):
    from qgis.core import QgsProcessingException

    with pytest.raises(QgsProcessingException, match="Set up"):
        processing.run(
            "swath:createsamplescene",
            {"SIZE": 256, "OUTPUT": str(tmp_path / "a.tif"), "LABELS": str(tmp_path / "a.gpkg")},
        )


def test_web_layer_without_extent_or_cell_size_is_refused(check, good):
    from qgis.core import QgsProject, QgsRasterLayer

    web = QgsRasterLayer("type=xyz&url=http://127.0.0.1:9/{z}/{x}/{y}.png&zmax=19&zmin=0", "tiles", "wms")
    QgsProject.instance().addMapLayer(web)
    text = check("swath:exporttrainingdata", INPUT=web, LABELS=good, OUTPUT="chips")
    words(text, "tiles", "EXTENT", "CELL_SIZE")
