"""Any vector layer taken as samples."""

from __future__ import annotations

import pytest
from dock_cases import make_store, rectangle, rows
from layer_cases import make_layer, square

BOW = "POLYGON((500000 29990, 500010 29980, 500010 29990, 500000 29980, 500000 29990))"

FLAT = "POLYGON((500000 29990, 500010 29990, 500000 29990))"
CURVE = "CURVEPOLYGON(CIRCULARSTRING(500020 29990, 500025 29995, 500030 29990, 500025 29985, 500020 29990))"
HIGH = "MULTIPOLYGON Z(((500040 29990 5, 500050 29990 5, 500050 29980 5, 500040 29990 5)))"


def classes(store):
    return [(entry.name, entry.value) for entry in store.schema.classes()]


def test_import_by_text_finds_classes_by_name_and_adds_others(store):
    layer = make_layer(
        ["kind:string"],
        [(square(0, 0), "Roof"), (square(20, 0), "pond"), (square(40, 0), None), (square(60, 0), "field")],
    )
    assert store.import_layer(layer, "kind") == 3
    assert [sample.value for sample in store.samples.values()] == [2, 3, 1]
    assert classes(store) == [("field", 1), ("roof", 2), ("pond", 3)]
    assert store.notes == ("1 features without a class were left out.",)
    assert rows(store.path)[2]["Classname"] == "pond"
    store.undo_stack.undo()
    assert classes(store) == [("field", 1), ("roof", 2)]
    assert not rows(store.path)


def test_import_by_number_takes_values_and_names_beside_them(store):
    rows_ = [(square(0, 0), 2, "roof"), (square(20, 0), 1, "pond"), (square(40, 0), 9, "tree"), (square(60, 0), 0, "")]
    layer = make_layer(["Classvalue:integer", "Classname:string"], rows_)
    assert store.import_layer(layer, "Classvalue") == 3
    assert classes(store) == [("field", 1), ("roof", 2), ("pond", 3), ("tree", 9)]
    names = [store.schema.find(sample.value).name for sample in store.samples.values()]
    assert names == ["roof", "pond", "tree"]
    assert any("'pond'" in note for note in store.notes)


def test_import_by_bare_number_means_the_class_of_the_value(store):
    layer = make_layer(["code:integer"], [(square(0, 0), 2), (square(20, 0), 5)])
    store.import_layer(layer, "code")
    assert [sample.value for sample in store.samples.values()] == [2, 5]
    assert classes(store) == [("field", 1), ("roof", 2), ("5", 5)]


def test_import_without_field_gives_the_current_class(store):
    store.current_class = 2
    assert store.import_layer(make_layer([], [(square(0, 0),)])) == 1
    assert store.samples[1].value == 2


def test_import_into_an_empty_schema_names_the_class_after_the_layer(tmp_path, qgis_new_project):
    from swath.plugin.labeling.schema import Schema

    store = make_store(tmp_path, schema=Schema())
    store.import_layer(make_layer([], [(square(0, 0),)], name="barns"))
    assert classes(store) == [("barns", 1)]
    assert store.current_class == 1
    store.close()


@pytest.mark.parametrize(
    ("kind", "shapes", "areas", "notes"),
    [
        ("Polygon", [BOW, "", FLAT], [50], ("1 invalid outlines were repaired.", "2 features without an area")),
        ("CurvePolygon", [CURVE], [79], ()),
        ("MultiPolygonZ", [HIGH], [50], ()),
    ],
)
def test_import_of_any_geometry_repairs_and_says_what_was_left_out(store, kind, shapes, areas, notes):
    layer = make_layer([], [(wkt,) for wkt in shapes], geometry=kind)
    store.import_layer(layer)
    assert [round(sample.geometry.area()) for sample in store.samples.values()] == areas
    assert all(sample.geometry.isGeosValid() for sample in store.samples.values())
    assert all(sample.geometry.asWkt().startswith("MultiPolygon (") for sample in store.samples.values())
    assert len(store.notes) == len(notes)
    assert all(told.startswith(note) for told, note in zip(store.notes, notes, strict=True))


def test_import_of_lines_and_points_needs_a_width(store):
    from swath.plugin.labeling.store import StoreError

    layer = make_layer([], [("LINESTRING(500000 29990, 500010 29990)",)], geometry="LineString")
    with pytest.raises(StoreError, match="give lines and points a width"):
        store.import_layer(layer)
    store.import_layer(layer, buffer=2)
    assert store.samples[1].geometry.area() == pytest.approx(40 + 3.14 * 4, abs=0.1)


def test_import_transforms_from_the_crs_of_the_layer(store):
    from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsProject

    shape = rectangle(10, 10)
    there = QgsCoordinateReferenceSystem("EPSG:4326")
    shape.transform(QgsCoordinateTransform(store.crs, there, QgsProject.instance()))
    store.import_layer(make_layer([], [(shape.asWkt(12),)], crs="EPSG:4326"))
    assert store.samples[1].geometry.hausdorffDistance(rectangle(10, 10)) < 0.001


def test_import_without_crs_field_or_features_is_refused(store):
    from swath.engine.errors import SwathError

    with pytest.raises(SwathError, match="no coordinate reference system"):
        store.import_layer(make_layer([], [(square(0, 0),)], crs=""))
    with pytest.raises(SwathError, match="no field"):
        store.import_layer(make_layer([], [(square(0, 0),)]), "kind")
    with pytest.raises(SwathError, match="No sample"):
        store.import_layer(make_layer([], []))
    assert store.undo_stack.count() == 0


def test_import_keeps_parts_together_until_they_are_split(store):
    two = f"MULTIPOLYGON({square(0, 0)[7:]},{square(20, 0)[7:]})"
    assert store.import_layer(make_layer([], [(two,)], geometry="MultiPolygon")) == 1
    assert len(store.split([1])) == 2
