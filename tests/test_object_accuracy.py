"""The accuracy of objects up to the engine and from it: classes, coordinate systems, matches, bad input."""

from __future__ import annotations

import pytest
from detection_cases import objects, read_rows, refusal
from layer_cases import NORTH, WEST, square

NAME, VALUE = "Classname:string", "Classvalue:integer"


def test_accuracy_returns_numbers_table_and_matches(assess, pretender, layer, tmp_path):
    made = assess(objects(layer), objects(layer), MATCHES=str(tmp_path / "m.shp"), REPORT=str(tmp_path / "r.html"))
    numbers = {"MAP": 0.4, "AP50": 0.8, "F1": 0.75, "PRECISION": 0.7, "RECALL": 0.6}
    paths = {"OUTPUT": "table.csv", "MATCHES": "m.shp", "REPORT": "r.html"}
    assert made == {**numbers, **{name: str(tmp_path / file) for name, file in paths.items()}}
    names, rows, _ = read_rows(made["MATCHES"])
    assert names == ["Match", "Class", "Confidence", "IoU"]
    assert [row["Match"] for row in rows] == ["matched", "missed", "false"]
    assert [row["Confidence"] for row in rows] == [0.9, None, 0.4]
    assert pretender.job["min_iou"] == 0.5
    assert pretender.job["mask"] == ""


def test_accuracy_confidences_are_given_where_there_are_some(assess, pretender, layer):
    assess(objects(layer, [NAME, "score:string"], [("Car", "88"), ("Car", None)]), objects(layer))
    assert [row["confidence"] for row in pretender.detected] == [88, None]
    assess(objects(layer, [NAME, "sure:double"], [("Car", 0.4)]), objects(layer), CONFIDENCE_FIELD="sure")
    assert [row["confidence"] for row in pretender.detected] == [0.4]
    assess(objects(layer, [NAME], [("Car",)]), objects(layer))
    assert "confidence" not in pretender.detected[0]


def test_accuracy_without_matches_makes_none(assess, pretender, layer):
    made = assess(objects(layer), objects(layer), MIN_IOU=0.75)
    assert "MATCHES" not in made
    assert pretender.job["matches"] == ""
    assert pretender.job["min_iou"] == 0.75


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
def test_accuracy_classes_meet(assess, pretender, layer, detected, reference, expected):
    assess(objects(layer, *detected), objects(layer, *reference))
    assert ([row["class"] for row in pretender.detected], [row["class"] for row in pretender.reference]) == expected


def test_accuracy_class_fields_that_are_chosen_count(assess, pretender, layer):
    detected = objects(layer, [NAME, "kind:string"], [("Car", "red"), ("Car", "blue")])
    reference = objects(layer, [NAME, "colour:string"], [("House", "Blue")])
    assess(detected, reference, DETECTED_CLASS_FIELD="kind", REFERENCE_CLASS_FIELD="colour")
    assert [row["class"] for row in pretender.detected] == ["red", "blue"]
    assert [row["class"] for row in pretender.reference] == ["blue"]


def test_accuracy_layers_without_a_common_class_are_warned_of(assess, pretender, layer, processing, tmp_path):
    from qgis.core import QgsProcessingFeedback

    feedback = QgsProcessingFeedback(False)
    given = {"DETECTED": objects(layer), "REFERENCE": objects(layer, [NAME], [("Boat",)])}
    processing.run("swath:objectaccuracy", {**given, "OUTPUT": str(tmp_path / "t.csv")}, feedback=feedback)
    assert "no class in common (Car, Truck; Boat)" in feedback.textLog()


def test_accuracy_reference_and_mask_in_other_systems_come_to_the_detecteds(assess, pretender, layer):
    from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsGeometry, QgsProject

    def there(code):
        polygon = QgsGeometry.fromWkt(square(20, 30))
        source, target = QgsCoordinateReferenceSystem("EPSG:32636"), QgsCoordinateReferenceSystem(code)
        polygon.transform(QgsCoordinateTransform(source, target, QgsProject.instance()))
        return polygon.asWkt(12)

    reference = layer([NAME], [(there("EPSG:4326"), "Car")], crs="EPSG:4326")
    mask = layer([], [(there("EPSG:3857"),)], crs="EPSG:3857")
    assess(objects(layer), reference, MASK=mask)
    assert pretender.reference[0]["area"] == pytest.approx(100, rel=1e-3)
    _, _, [area] = read_rows(pretender.job["mask"])
    assert area.GetArea() == pytest.approx(100, rel=1e-3)


def test_accuracy_of_layers_in_degrees_stays_in_degrees(assess, pretender, layer):
    box = "POLYGON((10 50, 10.001 50, 10.001 50.001, 10 50.001, 10 50))"
    made = layer([NAME], [(box, "Car")], crs="EPSG:4326")
    assess(made, made, MATCHES="TEMPORARY_OUTPUT")
    assert pretender.detected[0]["area"] == pytest.approx(1e-6)


def test_accuracy_outlines_that_cross_themselves_are_repaired(assess, pretender, layer):
    x, y = WEST, NORTH
    crossed = f"POLYGON(({x} {y}, {x + 10} {y - 10}, {x + 10} {y}, {x} {y - 10}, {x} {y}))"
    rows = [(crossed, "Car", 1, 0.9), (square(20, 30), "Car", 1, 0.8)]
    made = layer([NAME, VALUE, "Confidence:double"], rows)
    assess(made, made)
    for side in (pretender.detected, pretender.reference):
        assert [row["area"] for row in side] == pytest.approx([50, 100])


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
        ({}, {}, {"OUTPUT": "ogr:dbname='a.gpkg' table=\"b\" (geom)"}, ["The file ogr:dbname", ".csv"]),
        ({}, {}, {"OUTPUT": "same.gpkg", "MATCHES": "same.gpkg"}, ["same.gpkg", "OUTPUT, MATCHES"]),
        ({}, {}, {"OUTPUT": "same.csv", "REPORT": "same.csv"}, ["same.csv", "OUTPUT, REPORT"]),
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


def test_accuracy_of_nothing_found_is_taken(assess, pretender, layer):
    assess(objects(layer, rows=[]), objects(layer))
    assert pretender.detected == []
    assert [row["class"] for row in pretender.reference] == ["Car", "Car", "Truck"]
