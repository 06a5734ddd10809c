"""Non maximum suppression and the accuracy of objects up to the engine and from it: fields, classes, systems."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from layer_cases import NORTH, WEST, square
from object_cases import read_rows, write_objects
from osgeo import gdal, ogr

gdal.UseExceptions()
NAME, VALUE = "Classname:string", "Classvalue:integer"
MATCH_COLUMNS = [("Match", ogr.OFTString), ("Class", ogr.OFTString), ("Confidence", ogr.OFTReal), ("IoU", ogr.OFTReal)]
MATCHES = [
    (square(10, 10), "matched", "Car", 0.9, 0.8),
    (square(30, 30), "missed", "Car", None, None),
    (square(50, 50), "false", "Truck", 0.4, None),
]


@pytest.fixture
def engine(processing, swath_plugin, monkeypatch, tmp_path, qgis_new_project):
    """Stand in for the engine: keeps every second object, and finds some matches; remembers what it got."""
    from swath.processing_provider import base

    class Engine:
        rows, job = [], {}

    def read(path):
        names, rows, shapes = read_rows(path)
        assert names[:2] == ["id", "class"]
        return [{**row, "area": shape.GetArea()} for row, shape in zip(rows, shapes, strict=True)]

    def work(task, values, feedback):
        Engine.job = values
        if task == "suppress":
            Engine.rows = read(values["features"])
            return {"kept": [row["id"] for row in Engine.rows][::2]}
        Engine.detected, Engine.reference = read(values["detected"]), read(values["reference"])
        if values["matches"]:
            write_objects(values["matches"], MATCHES, MATCH_COLUMNS)
        Path(values["output"]).write_text("Class\n")
        return {"map": 0.4, "ap50": 0.8, "f1": 0.75, "precision": 0.7, "recall": 0.6}

    monkeypatch.setattr(base, "run_engine", work)
    monkeypatch.setenv("SWATH_ENGINE_PYTHON", sys.executable)
    return Engine


@pytest.fixture
def suppress(engine, processing):
    def run(layer, output="TEMPORARY_OUTPUT", **parameters):
        made = processing.run("swath:nonmaximumsuppression", {"INPUT": layer, "OUTPUT": output, **parameters})
        return made["OUTPUT"]

    return run


@pytest.fixture
def assess(engine, processing, tmp_path):
    def run(detected, reference, **parameters):
        given = {"DETECTED": detected, "REFERENCE": reference, "OUTPUT": str(tmp_path / "table.csv")}
        return processing.run("swath:objectaccuracy", {**given, **parameters})

    return run


def refusal(run, *layers, **parameters) -> str:
    """Return the sentence that refuses a run; "" where it is taken."""
    from qgis.core import QgsProcessingException

    try:
        run(*layers, **parameters)
    except QgsProcessingException as error:
        # Nothing keeps the error, and with it layers, beyond QGIS's own end.
        return str(error).split("\n")[-1]
    return ""


def objects(layer, fields=("Classname:string", "Classvalue:integer", "Confidence:double"), rows=None, **options):
    if rows is None:
        rows = [("Car", 1, 0.9), ("Car", 1, 0.8), ("Truck", 2, 0.7)]
    placed = [(square(20 * number, 10), *row) for number, row in enumerate(rows)]
    return layer(list(fields), placed, **options)


def test_suppress_gives_the_engine_ids_classes_and_confidences(suppress, engine, layer):
    made = objects(layer)
    suppress(made, MAX_OVERLAP_RATIO=0.3)
    assert [(row["class"], row["confidence"], row["area"]) for row in engine.rows] == [
        ("1", 0.9, 100),
        ("1", 0.8, 100),
        ("2", 0.7, 100),
    ]
    assert [row["id"] for row in engine.rows] == [feature.id() for feature in made.getFeatures()]
    assert engine.job["max_overlap_ratio"] == 0.3


def test_suppress_keeps_attributes_geometry_and_system(suppress, layer):
    fields = ["note:string", "Confidence:double", "day:date", "height:double"]
    rows = [(square(0, 0), "a", 0.9, "2026-11-21", 2.5), (square(20, 0), "b", 0.8, None, None)]
    made = layer(fields, rows, crs="EPSG:32633", geometry="MultiPolygon")
    found = suppress(made)
    [kept] = found.getFeatures()
    assert [item.name() for item in found.fields()] == ["note", "Confidence", "day", "height"]
    assert kept.attributes() == next(made.getFeatures()).attributes()
    assert kept.geometry().asWkt() == next(made.getFeatures()).geometry().asWkt()
    assert found.crs().authid() == "EPSG:32633"


@pytest.mark.parametrize("name", ["kept.gpkg", "kept.shp", "kept.geojson"])
def test_suppress_writes_and_reads_files(suppress, engine, layer, tmp_path, name):
    once = suppress(objects(layer), str(tmp_path / name))
    assert len(read_rows(once)[1]) == 2
    again = suppress(once, str(tmp_path / "again.gpkg"))
    assert [row["confidence"] for row in engine.rows] == pytest.approx([0.9, 0.7])
    assert len(read_rows(again)[1]) == 1


@pytest.mark.parametrize(
    ("fields", "wanted", "expected"),
    [
        (["Value:integer", "classvalue:integer", "Score:double"], "", ["5", "6"]),
        (["kind:string", "VALUE:integer", "Score:double"], "", ["5", "6"]),
        (["kind:string", "VALUE:integer", "Score:double"], "kind", ["4", "4"]),
        (["kind:string", "size:double", "Score:double"], "size", ["5", "6.5"]),
        (["kind:string", "size:double", "Score:double"], "", ["", ""]),
    ],
)
def test_suppress_class_field_is_found(suppress, engine, layer, fields, wanted, expected):
    rows = [("4", 5, 0.5), ("4", 6.5 if "size" in fields[1] else 6, 0.6)]
    suppress(objects(layer, fields, rows), CLASS_FIELD=wanted or None)
    assert [row["class"] for row in engine.rows] == expected


@pytest.mark.parametrize("name", ["Confidence", "confidence", "SCORE", "conf", "prob"])
def test_suppress_confidence_field_is_found(suppress, engine, layer, name):
    suppress(objects(layer, ["id_2:double", f"{name}:double"], [(7.0, 0.5), (8.0, 0.6)]))
    assert [row["confidence"] for row in engine.rows] == [0.5, 0.6]


def test_suppress_confidences_that_are_texts_of_numbers_are_taken(suppress, engine, layer):
    rows = [("87.5",), (" 3 ",), ("0,5",), ("1e1",)]
    suppress(objects(layer, ["Confidence:string"], rows))
    assert [row["confidence"] for row in engine.rows] == [87.5, 3, 0.5, 10]


@pytest.mark.parametrize(
    ("fields", "rows", "parameters", "expected"),
    [
        (["Confidence:string"], [("0.5",), ("high",)], {}, ["Confidence", "high", "CONFIDENCE_FIELD"]),
        (["Confidence:string"], [("nan",)], {}, ["Confidence", "nan"]),
        (["Confidence:double"], [(-1.5,)], {}, ["Confidence", "-1.5", "0 to 1"]),
        (["Confidence:double"], [(250.0,)], {}, ["Confidence", "250", "0 to 100"]),
        (["Confidence:date"], [("2026-11-21",)], {}, ["Confidence", "date", "CONFIDENCE_FIELD"]),
        (["size:double", "kind:string"], [(1.0, "a")], {}, ["Confidence or Score", "size", "CONFIDENCE_FIELD"]),
        (["kind:string"], [("a",)], {}, ["Confidence or Score", "CONFIDENCE_FIELD"]),
        (["size:double"], [(1.0,)], {"CONFIDENCE_FIELD": "sure"}, ["sure", "size", "CONFIDENCE_FIELD"]),
        (["Score:double"], [(1.0,)], {"CLASS_FIELD": "kind"}, ["kind", "Score", "CLASS_FIELD"]),
        (["Score:double"], [(1.0,)], {"MAX_OVERLAP_RATIO": 1.5}, ["MAX_OVERLAP_RATIO"]),
    ],
)
def test_suppress_bad_fields_are_refused_in_a_sentence(suppress, layer, fields, rows, parameters, expected):
    text = refusal(suppress, objects(layer, fields, rows), **parameters)
    assert text.endswith("."), text
    for word in expected:
        assert word in text, text


def test_suppress_points_are_refused(suppress, layer):
    points = layer(["Confidence:double"], [(f"POINT({WEST} {NORTH})", 0.5)], geometry="Point")
    assert "polygons" in refusal(suppress, points)


def test_suppress_objects_without_confidence_are_left_to_the_engine(suppress, engine, layer):
    suppress(objects(layer, ["Confidence:double"], [(None,), (0.5,)]))
    assert [row["confidence"] for row in engine.rows] == [None, 0.5]
    suppress(objects(layer, ["Confidence:double"], [(None,), (None,)]))
    assert [row["confidence"] for row in engine.rows] == [None, None]


def test_suppress_objects_without_geometry_stay(suppress, engine, layer):
    made = layer(["Confidence:double"], [("", 0.5), (square(0, 0), 0.6), (square(20, 0), 0.4)])
    found = suppress(made)
    assert len(engine.rows) == 2
    assert sorted(feature["Confidence"] for feature in found.getFeatures()) == [0.5, 0.6]


def test_suppress_selected_features_only_takes_these(suppress, engine, layer):
    from qgis.core import QgsProcessingFeatureSourceDefinition

    made = objects(layer)
    made.selectByExpression("Confidence < 0.85")
    found = suppress(QgsProcessingFeatureSourceDefinition(made.id(), selectedFeaturesOnly=True))
    assert [row["confidence"] for row in engine.rows] == [0.8, 0.7]
    assert [feature["Confidence"] for feature in found.getFeatures()] == [0.8]


def test_suppress_empty_layer_gives_an_empty_layer(suppress, layer):
    found = suppress(objects(layer, rows=[]))
    assert found.featureCount() == 0
    assert "Confidence" in [item.name() for item in found.fields()]


def test_suppress_result_over_its_input_is_refused(suppress, layer, tmp_path):
    path = suppress(objects(layer), str(tmp_path / "objects.gpkg"))
    assert "INPUT" in refusal(suppress, path, path)
    assert len(read_rows(path)[1]) == 2


def test_accuracy_returns_numbers_table_and_matches(assess, engine, layer, tmp_path):
    made = assess(objects(layer), objects(layer), MATCHES=str(tmp_path / "m.shp"), REPORT=str(tmp_path / "r.html"))
    numbers = {"MAP": 0.4, "AP50": 0.8, "F1": 0.75, "PRECISION": 0.7, "RECALL": 0.6}
    paths = {"OUTPUT": "table.csv", "MATCHES": "m.shp", "REPORT": "r.html"}
    assert made == {**numbers, **{name: str(tmp_path / file) for name, file in paths.items()}}
    names, rows, _ = read_rows(made["MATCHES"])
    assert names == ["Match", "Class", "Confidence", "IoU"]
    assert [row["Match"] for row in rows] == ["matched", "missed", "false"]
    assert [row["Confidence"] for row in rows] == [0.9, None, 0.4]
    assert engine.job["min_iou"] == 0.5
    assert engine.job["mask"] == ""


def test_accuracy_confidences_are_given_where_there_are_some(assess, engine, layer):
    assess(objects(layer, [NAME, "score:string"], [("Car", "88"), ("Car", None)]), objects(layer))
    assert [row["confidence"] for row in engine.detected] == [88, None]
    assess(objects(layer, [NAME, "sure:double"], [("Car", 0.4)]), objects(layer), CONFIDENCE_FIELD="sure")
    assert [row["confidence"] for row in engine.detected] == [0.4]
    assess(objects(layer, [NAME], [("Car",)]), objects(layer))
    assert "confidence" not in engine.detected[0]


def test_accuracy_without_matches_makes_none(assess, engine, layer):
    made = assess(objects(layer), objects(layer), MIN_IOU=0.75)
    assert "MATCHES" not in made
    assert engine.job["matches"] == ""
    assert engine.job["min_iou"] == 0.75


@pytest.mark.parametrize(
    ("detected", "reference", "expected"),
    [
        # By name, in any case; the detected layer's spelling counts.
        (([NAME], [("Car",), ("Truck",)]), ([NAME], [("car",), ("Bus",)]), (["Car", "Truck"], ["Car", "Bus"])),
        # A name beside its value meets numbers, on either side.
        (([NAME, VALUE], [("Car", 1), ("Bus", 4)]), ([VALUE], [(4,), (1,)]), (["Car", "Bus"], ["Bus", "Car"])),
        (([VALUE], [(1,), (4,)]), ([NAME, VALUE], [("Car", 1), ("Bus", 4)]), (["Car", "Bus"], ["Car", "Bus"])),
        (([NAME, VALUE], [("Car", 1)]), (["Class:string"], [("1",)]), (["Car"], ["Car"])),
        # A name may be a number, and the value of another class.
        (([NAME, VALUE], [("2", 7), ("Path", 2)]), ([VALUE], [(2,), (7,)]), (["2", "Path"], ["Path", "2"])),
        # Numbers on both sides; names are only shown.
        (([VALUE], [(1,), (2,)]), (["Value:integer"], [(2,), (3,)]), (["1", "2"], ["2", "3"])),
        (([VALUE], [(1,)]), (["Value:double"], [(1.0,)]), (["1"], ["1"])),
        # One side without classes is of the one class of the other.
        (([NAME], [("Car",), ("Car",)]), (["height:double"], [(2.5,)]), (["Car", "Car"], ["Car"])),
        ((["Confidence:double"], [(0.5,)]), ([VALUE, NAME], [(3, "House")]), (["House"], ["House"])),
        # Where it cannot be told which, all are alike.
        (([NAME], [("Car",), ("Bus",)]), (["height:double"], [(2.5,)]), (["Object", "Object"], ["Object"])),
        ((["a:double"], [(0.5,)]), (["b:double"], [(2.5,)]), (["Object"], ["Object"])),
        # A field without a word is passed over; a feature without a class is left out.
        (([NAME, VALUE], [(None, 1), (None, 2)]), ([VALUE], [(1,), (None,)]), (["1", "2"], ["1"])),
    ],
)
def test_accuracy_classes_meet(assess, engine, layer, detected, reference, expected):
    assess(objects(layer, *detected), objects(layer, *reference))
    assert ([row["class"] for row in engine.detected], [row["class"] for row in engine.reference]) == expected


def test_accuracy_class_fields_that_are_chosen_count(assess, engine, layer):
    detected = objects(layer, [NAME, "kind:string"], [("Car", "red"), ("Car", "blue")])
    reference = objects(layer, [NAME, "colour:string"], [("House", "Blue")])
    assess(detected, reference, DETECTED_CLASS_FIELD="kind", REFERENCE_CLASS_FIELD="colour")
    assert [row["class"] for row in engine.detected] == ["red", "blue"]
    assert [row["class"] for row in engine.reference] == ["blue"]


def test_accuracy_layers_without_a_common_class_are_warned_of(assess, engine, layer, processing, tmp_path):
    from qgis.core import QgsProcessingFeedback

    feedback = QgsProcessingFeedback(False)
    given = {"DETECTED": objects(layer), "REFERENCE": objects(layer, [NAME], [("Boat",)])}
    processing.run("swath:objectaccuracy", {**given, "OUTPUT": str(tmp_path / "t.csv")}, feedback=feedback)
    assert "no class in common (Car, Truck; Boat)" in feedback.textLog()


def test_accuracy_reference_and_mask_in_other_systems_come_to_the_detecteds(assess, engine, layer):
    from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsGeometry, QgsProject

    def there(code):
        polygon = QgsGeometry.fromWkt(square(20, 30))
        source, target = QgsCoordinateReferenceSystem("EPSG:32636"), QgsCoordinateReferenceSystem(code)
        polygon.transform(QgsCoordinateTransform(source, target, QgsProject.instance()))
        return polygon.asWkt(12)

    reference = layer([NAME], [(there("EPSG:4326"), "Car")], crs="EPSG:4326")
    mask = layer([], [(there("EPSG:3857"),)], crs="EPSG:3857")
    assess(objects(layer), reference, MASK=mask)
    assert engine.reference[0]["area"] == pytest.approx(100, rel=1e-3)
    _, _, [area] = read_rows(engine.job["mask"])
    assert area.GetArea() == pytest.approx(100, rel=1e-3)


def test_accuracy_of_layers_in_degrees_stays_in_degrees(assess, engine, layer):
    box = "POLYGON((10 50, 10.001 50, 10.001 50.001, 10 50.001, 10 50))"
    made = layer([NAME], [(box, "Car")], crs="EPSG:4326")
    assess(made, made, MATCHES="TEMPORARY_OUTPUT")
    assert engine.detected[0]["area"] == pytest.approx(1e-6)


def test_accuracy_matches_loaded_are_green_red_and_orange(assess, layer, tmp_path, processing):
    from qgis.core import QgsProcessingContext, QgsProcessingUtils, QgsProject

    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    place = str(tmp_path / "m.gpkg")
    context.addLayerToLoadOnCompletion(place, QgsProcessingContext.LayerDetails("m", QgsProject.instance(), "MATCHES"))
    given = {"DETECTED": objects(layer), "REFERENCE": objects(layer), "OUTPUT": str(tmp_path / "t.csv")}
    made = processing.run("swath:objectaccuracy", {**given, "MATCHES": place}, context=context)
    loaded = QgsProcessingUtils.mapLayerFromString(made["MATCHES"], context)
    context.layerToLoadOnCompletionDetails(place).postProcessor().postProcessLayer(loaded, context, None)
    colors = {item.value(): item.symbol().symbolLayer(0).strokeColor() for item in loaded.renderer().categories()}
    assert list(colors) == ["matched", "missed", "false"]
    hues = {value: color.hue() for value, color in colors.items()}
    assert 100 < hues["matched"] < 180
    assert hues["missed"] < 10
    assert 20 < hues["false"] < 45


@pytest.mark.parametrize(
    ("detected", "reference", "parameters", "expected"),
    [
        ({}, {"rows": []}, {}, ["holds no features", "REFERENCE"]),
        ({}, {}, {"DETECTED_CLASS_FIELD": "kind"}, ["kind", "DETECTED_CLASS_FIELD", "Classname"]),
        ({}, {}, {"REFERENCE_CLASS_FIELD": "kind"}, ["kind", "REFERENCE_CLASS_FIELD", "Classname"]),
        ({}, {}, {"CONFIDENCE_FIELD": "Classname"}, ["Car", "CONFIDENCE_FIELD"]),
        ({}, {}, {"MIN_IOU": 2}, ["MIN_IOU"]),
        ({}, {}, {"OUTPUT": "table.txt"}, ["table.txt", ".csv"]),
        ({}, {"crs": ""}, {}, ["no coordinate reference system", "EPSG:32636"]),
        ({"crs": ""}, {}, {}, ["no coordinate reference system", "EPSG:32636"]),
    ],
)
def test_accuracy_bad_input_is_refused_in_a_sentence(assess, layer, detected, reference, parameters, expected):
    first, second = objects(layer, **detected), objects(layer, **reference)
    text = refusal(assess, first, second, **parameters)
    assert text.endswith("."), text
    for word in expected:
        assert word in text, text


def test_accuracy_of_nothing_found_is_taken(assess, engine, layer):
    assess(objects(layer, rows=[]), objects(layer))
    assert engine.detected == []
    assert [row["class"] for row in engine.reference] == ["Car", "Car", "Truck"]
