"""Non maximum suppression up to the engine and from it: fields, confidences, formats, bad input."""

from __future__ import annotations

import pytest
from detection_cases import objects, read_rows, refusal
from layer_cases import NORTH, WEST, square


def test_suppress_gives_the_engine_ids_classes_and_confidences(suppress, pretender, layer):
    made = objects(layer)
    suppress(made, MAX_OVERLAP_RATIO=0.3)
    assert [(row["class"], row["confidence"], row["area"]) for row in pretender.rows] == [
        ("1", 0.9, 100),
        ("1", 0.8, 100),
        ("2", 0.7, 100),
    ]
    assert [row["id"] for row in pretender.rows] == [feature.id() for feature in made.getFeatures()]
    assert pretender.job["max_overlap_ratio"] == 0.3


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
def test_suppress_writes_and_reads_files(suppress, pretender, layer, tmp_path, name):
    once = suppress(objects(layer), str(tmp_path / name))
    assert len(read_rows(once)[1]) == 2
    again = suppress(once, str(tmp_path / "again.gpkg"))
    assert [row["confidence"] for row in pretender.rows] == pytest.approx([0.9, 0.7])
    assert len(read_rows(again)[1]) == 1


@pytest.mark.parametrize(
    ("fields", "wanted", "expected"),
    [
        (["Value:integer", "classvalue:integer", "Score:double"], "", ["5", "6"]),
        (["kind:string", "VALUE:integer", "Score:double"], "", ["5", "6"]),
        (["kind:string", "VALUE:integer", "Score:double"], "kind", ["4", "4"]),
        (["kind:string", "size:double", "Score:double"], "size", ["5", "6.5"]),
        (["kind:string", "size:double", "Score:double"], "", ["", ""]),
        (["Classname:string", "size:integer", "Score:double"], "", ["4", "4"]),
        (["CLASS:string", "Value:integer", "Score:double"], "", ["5", "6"]),
    ],
)
def test_suppress_class_field_is_found(suppress, pretender, layer, fields, wanted, expected):
    rows = [("4", 5, 0.5), ("4", 6.5 if "size" in fields[1] else 6, 0.6)]
    suppress(objects(layer, fields, rows), CLASS_FIELD=wanted or None)
    assert [row["class"] for row in pretender.rows] == expected


@pytest.mark.parametrize("name", ["Confidence", "confidence", "SCORE", "conf", "prob"])
def test_suppress_confidence_field_is_found(suppress, pretender, layer, name):
    suppress(objects(layer, ["id_2:double", f"{name}:double"], [(7.0, 0.5), (8.0, 0.6)]))
    assert [row["confidence"] for row in pretender.rows] == [0.5, 0.6]


def test_suppress_confidences_that_are_texts_of_numbers_are_taken(suppress, pretender, layer):
    rows = [("87.5",), (" 3 ",), ("0,5",), ("1e1",)]
    suppress(objects(layer, ["Confidence:string"], rows))
    assert [row["confidence"] for row in pretender.rows] == [87.5, 3, 0.5, 10]


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


def test_suppress_objects_without_confidence_are_left_to_the_engine(suppress, pretender, layer):
    suppress(objects(layer, ["Confidence:double"], [(None,), (0.5,)]))
    assert [row["confidence"] for row in pretender.rows] == [None, 0.5]
    suppress(objects(layer, ["Confidence:double"], [(None,), (None,)]))
    assert [row["confidence"] for row in pretender.rows] == [None, None]


def test_suppress_objects_without_geometry_stay(suppress, pretender, layer):
    made = layer(["Confidence:double"], [("", 0.5), (square(0, 0), 0.6), (square(20, 0), 0.4)])
    found = suppress(made)
    assert len(pretender.rows) == 2
    assert sorted(feature["Confidence"] for feature in found.getFeatures()) == [0.5, 0.6]


def test_suppress_selected_features_only_takes_these(suppress, pretender, layer):
    from qgis.core import QgsProcessingFeatureSourceDefinition

    made = objects(layer)
    made.selectByExpression("Confidence < 0.85")
    found = suppress(QgsProcessingFeatureSourceDefinition(made.id(), selectedFeaturesOnly=True))
    assert [row["confidence"] for row in pretender.rows] == [0.8, 0.7]
    assert [feature["Confidence"] for feature in found.getFeatures()] == [0.8]


def test_suppress_empty_layer_gives_an_empty_layer(suppress, layer):
    found = suppress(objects(layer, rows=[]))
    assert found.featureCount() == 0
    assert "Confidence" in [item.name() for item in found.fields()]


def test_suppress_result_over_its_input_is_refused(suppress, layer, tmp_path):
    path = suppress(objects(layer), str(tmp_path / "objects.gpkg"))
    assert "INPUT" in refusal(suppress, path, path)
    assert len(read_rows(path)[1]) == 2
