"""Export Training Data up to the engine's job: its parameters, and what each chip format needs and takes."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from layer_cases import NORTH, SIDE, WEST, read_layer, square, write_layer, write_raster

POINT = f"POINT({WEST + 50} {NORTH - 50})"
LINE = f"LINESTRING({WEST + 10} {NORTH - 10},{WEST + 60} {NORTH - 60})"
OBJECTS = ["PASCAL_VOC_RECTANGLES", "KITTI_RECTANGLES", "RCNN_MASKS", "MULTILABELED_TILES", "COCO", "YOLO"]


@pytest.fixture
def good(layer):
    return layer(["Classvalue:integer"], [(square(10, 10), 1), (square(40, 40), 2)])


def values_of(path: str) -> list[int]:
    return [value for value, _, _ in read_layer(path)]


def words(text: str, *expected: str) -> None:
    for word in expected:
        assert word in text, text


def test_parameters_have_the_public_names_in_order(swath_plugin):
    from qgis.core import Qgis, QgsApplication

    algorithm = QgsApplication.processingRegistry().createAlgorithmById("swath:exporttrainingdata")
    advanced = Qgis.ProcessingParameterFlag.Advanced
    names = {item.name(): bool(item.flags() & advanced) for item in algorithm.parameterDefinitions()}
    seen = ["INPUT", "LABELS", "CLASS_FIELD", "FORMAT", "TILE_SIZE_X", "TILE_SIZE_Y", "STRIDE_X", "STRIDE_Y"]
    rare = [
        *("ADDITIONAL_RASTERS", "INPUT_FOLDER", "CHIP_FORMAT", "ALL_TILES", "BUFFER_RADIUS", "MASK"),
        *("ROTATION_ANGLE", "REFERENCE_SYSTEM", "PROCESSING_MODE", "BLACKEN_AROUND_FEATURE", "CROP_MODE", "INPUT2"),
        *("INSTANCE_LABELS", "INSTANCE_CLASS_FIELD", "MIN_POLYGON_OVERLAP_RATIO", "BANDS", "EXTENT", "CELL_SIZE"),
    ]
    assert list(names) == [*seen, *rare, "OUTPUT", "REPORT"]
    assert [name for name, hidden in names.items() if hidden] == rare
    assert algorithm.parameterDefinition("FORMAT").defaultValue() == "PASCAL_VOC_RECTANGLES"


def test_defaults_are_those_of_the_engine(export, good):
    from swath.engine.jobs import ExportJob

    made = export(good)
    plain = ExportJob(made["raster"], made["output"], labels=made["labels"], tile_size=[64, 64])
    told = {name: made[name] for name in ("classes", "names") if name in made}
    assert made == {**dataclasses.asdict(plain), **told}


def test_each_setting_reaches_the_job(export, good, tmp_path):
    second = write_raster(tmp_path / "second.tif", 1)
    made = export(
        good,
        FORMAT="CLASSIFIED_TILES",
        ROTATION_ANGLE=30.5,
        REFERENCE_SYSTEM="PIXEL_SPACE",
        MIN_POLYGON_OVERLAP_RATIO=0.25,
        CHIP_FORMAT="MRF",
        ALL_TILES=True,
        BANDS=[3, 1],
        INPUT2=second,
    )
    assert (made["rotation_angle"], made["pixel_space"], made["min_overlap"]) == (30.5, True, 0.25)
    assert (made["chip_format"], made["all_tiles"], made["bands"]) == ("MRF", True, [3, 1])
    assert made["raster2"] == second
    made = export(good, FORMAT="LABELED_TILES", BLACKEN_AROUND_FEATURE=True, CROP_MODE="BOUNDING_BOX")
    assert (made["blacken"], made["crop_mode"]) == (True, "BOUNDING_BOX")


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"CROP_MODE": "BOUNDING_BOX"}, ["CROP_MODE", "PASCAL_VOC_RECTANGLES", "LABELED_TILES, IMAGENET"]),
        ({"BLACKEN_AROUND_FEATURE": True}, ["BLACKEN_AROUND_FEATURE", "LABELED_TILES, IMAGENET"]),
        ({"INPUT2": "raster"}, ["INPUT2", "CLASSIFIED_TILES, EXPORT_TILES, CYCLEGAN"]),
        ({"INSTANCE_LABELS": "raster"}, ["INSTANCE_LABELS", "PANOPTIC_SEGMENTATION"]),
        ({"FORMAT": "CYCLEGAN"}, ["CYCLEGAN", "INPUT2"]),
        ({"ROTATION_ANGLE": 360}, ["ROTATION_ANGLE", "360"]),
        ({"ROTATION_ANGLE": 0.5}, ["ROTATION_ANGLE", "0.5"]),
        ({"ROTATION_ANGLE": -90}, ["ROTATION_ANGLE", "-90"]),
        ({"MIN_POLYGON_OVERLAP_RATIO": 1.5}, ["MIN_POLYGON_OVERLAP_RATIO"]),
        ({"FORMAT": "SHAPEFILE"}, ["FORMAT", "COCO"]),
    ],
)
def test_setting_that_does_not_fit_is_refused(refused, good, raster, parameters, expected):
    given = {name: raster if value == "raster" else value for name, value in parameters.items()}
    words(refused(good, **given), *expected)


def test_labels_are_needed_but_for_formats_without(refused, export, raster):
    text = refused(None)
    words(text, "LABELS", "PASCAL_VOC_RECTANGLES", "EXPORT_TILES, CYCLEGAN")
    made = export(None, FORMAT="EXPORT_TILES")
    assert (made["labels"], made["classes"]) == ("", [])
    made = export(None, FORMAT="CYCLEGAN", INPUT2=raster)
    assert made["raster2"] == raster


def test_no_imagery_at_all_is_refused(refused, good):
    words(refused(good, INPUT=None), "INPUT", "INPUT_FOLDER")


@pytest.mark.parametrize("name", OBJECTS)
@pytest.mark.parametrize(("shape", "kind"), [(POINT, "points"), (LINE, "lines")])
def test_labels_without_area_need_a_buffer_where_boxes_are_made(refused, layer, name, shape, kind):
    labels = layer(["Classvalue:integer"], [(shape, 1)], geometry="Point" if kind == "points" else "LineString")
    words(refused(labels, FORMAT=name), kind, name, "BUFFER_RADIUS")
    assert refused(labels, FORMAT=name, BUFFER_RADIUS=3) == ""


def test_labels_without_area_suit_pixels_and_chips_around_them(refused, layer):
    points = layer(["Classvalue:integer"], [(POINT, 1)], geometry="Point")
    assert refused(points, FORMAT="CLASSIFIED_TILES") == ""
    assert refused(points, FORMAT="LABELED_TILES") == ""
    words(refused(points, FORMAT="LABELED_TILES", CROP_MODE="BOUNDING_BOX"), "points", "BUFFER_RADIUS")
    words(refused(points, FORMAT="PANOPTIC_SEGMENTATION"), "points", "PANOPTIC_SEGMENTATION")


def test_layer_of_any_geometry_that_holds_no_areas_is_refused(refused, tmp_path):
    path = write_layer(tmp_path / "thin.gpkg", [(POINT, 1), (LINE, 1)])
    words(refused(path), "thin", "points", "BUFFER_RADIUS")
    assert refused(path, BUFFER_RADIUS=2) == ""
    # QGIS calls a layer after its first feature, whatever else is in it.
    path = write_layer(tmp_path / "first a point.gpkg", [(POINT, 1), (square(10, 10), 1)])
    assert refused(path) == ""
    # The only area lies elsewhere.
    path = write_layer(tmp_path / "elsewhere.gpkg", [(square(500, 10), 1), (POINT, 1), (LINE, 1)])
    words(refused(path), "elsewhere", "points and lines")


def test_instances_without_area_are_refused(refused, layer, good):
    points = layer(["Classvalue:integer"], [(POINT, 1)], geometry="Point", name="trees")
    text = refused(good, FORMAT="PANOPTIC_SEGMENTATION", INSTANCE_LABELS=points, BUFFER_RADIUS=3)
    words(text, "trees", "INSTANCE_LABELS")


def test_raster_labels_cannot_be_cropped_or_blackened(refused, tmp_path):
    labels = write_raster(tmp_path / "labels.tif", 1)
    words(refused(labels, FORMAT="IMAGENET", CROP_MODE="BOUNDING_BOX"), "CROP_MODE", "raster")
    words(refused(labels, FORMAT="IMAGENET", BLACKEN_AROUND_FEATURE=True), "BLACKEN_AROUND_FEATURE")
    assert refused(labels, FORMAT="IMAGENET") == ""


def test_mixed_geometry_types_are_all_handed_on(export, tmp_path):
    shapes = [square(10, 10), LINE, POINT, f"GEOMETRYCOLLECTION({square(70, 70)},{POINT})"]
    path = write_layer(tmp_path / "mixed.gpkg", [(shape, value) for value, shape in enumerate(shapes, start=1)])
    for name in ("CLASSIFIED_TILES", "PASCAL_VOC_RECTANGLES"):
        found = [geometry.GetGeometryName() for _, _, geometry in read_layer(export(path, FORMAT=name)["labels"])]
        assert found == ["POLYGON", "LINESTRING", "POINT", "GEOMETRYCOLLECTION"]


def test_overlapping_labels_keep_their_order_whatever_the_index_says(export, tmp_path):
    """A spatial index gives features in an order of its own, but later ones are drawn over earlier ones."""
    places = np.random.default_rng(3).uniform(-400, 400, (2000, 2))
    path = write_layer(tmp_path / "many.gpkg", [(square(x, y), n) for n, (x, y) in enumerate(places, start=1)])
    found = values_of(export(path, FORMAT="CLASSIFIED_TILES")["labels"])
    assert 20 < len(found) < 500
    assert found == sorted(found)


def test_polygons_that_are_mere_lines_are_left_out_and_counted(export, layer):
    flat = f"POLYGON(({WEST} {NORTH},{WEST + 9} {NORTH - 9},{WEST} {NORTH}))"
    bow = f"POLYGON(({WEST} {NORTH},{WEST + 20} {NORTH - 20},{WEST + 20} {NORTH},{WEST} {NORTH - 20},{WEST} {NORTH}))"
    made = export(layer(["Classvalue:integer"], [(flat, 1), (bow, 1), (square(40, 40), 1)]))
    assert len(read_layer(made["labels"])) == 2
    words(export.said, "1 features of labels were left out", "1 invalid geometries of labels were repaired")


@pytest.fixture
def panoptic(export):
    def run(labels, instances, **parameters):
        return export(labels, FORMAT="PANOPTIC_SEGMENTATION", INSTANCE_LABELS=instances, **parameters)

    return run


def test_instances_of_text_get_the_values_that_labels_give_these_names(panoptic, layer):
    ground = layer(["kind:string"], [(square(0, 0), "grass"), (square(20, 0), "house"), (square(40, 0), "water")])
    things = layer(["what:string"], [(square(60, 0), "House"), (square(60, 20), "car")], name="things")
    made = panoptic(ground, things, CLASS_FIELD="kind", INSTANCE_CLASS_FIELD="what")
    assert values_of(made["instance_labels"]) == [2, 4]
    names = {item["value"]: item["name"] for item in made["classes"]}
    assert names == {1: "grass", 2: "house", 3: "water", 4: "car"}
    assert not made["instances_are_raster"]


def test_instances_without_class_field_are_a_class_of_their_own(panoptic, layer):
    ground = layer(["kind:string"], [(square(0, 0), "grass"), (square(20, 0), "water")])
    things = layer([], [(square(60, 0),)], name="trees")
    made = panoptic(ground, things, CLASS_FIELD="kind")
    assert values_of(made["instance_labels"]) == [3]
    assert {item["value"]: item["name"] for item in made["classes"]}[3] == "trees"


def test_instances_that_call_a_class_otherwise_are_refused(refused, layer):
    fields = ["Classvalue:integer", "Classname:string"]
    ground = layer(fields, [(square(0, 0), 1, "Grass")], name="ground")
    things = layer(fields, [(square(60, 0), 1, "Tree")], name="things")
    text = refused(ground, FORMAT="PANOPTIC_SEGMENTATION", INSTANCE_LABELS=things)
    words(text, "Grass", "Tree", "ground", "things", "INSTANCE_CLASS_FIELD")


def test_instances_with_bad_class_fields_name_their_own_parameter(refused, layer, good):
    things = layer(["size:double", "number:integer"], [(square(60, 0), 1.5, 0)], name="things")
    given = {"FORMAT": "PANOPTIC_SEGMENTATION", "INSTANCE_LABELS": things}
    words(refused(good, **given, INSTANCE_CLASS_FIELD="size"), "size", "(INSTANCE_CLASS_FIELD)")
    words(refused(good, **given, INSTANCE_CLASS_FIELD="number"), "class value 0", "(INSTANCE_CLASS_FIELD)")


def test_named_instances_beside_a_nameless_label_raster_are_refused(refused, layer, tmp_path):
    labels = write_raster(tmp_path / "labels.tif", 1, values=np.ones((SIDE, SIDE)))
    things = layer(["what:string"], [(square(60, 0), "car")], name="things")
    text = refused(labels, FORMAT="PANOPTIC_SEGMENTATION", INSTANCE_LABELS=things, INSTANCE_CLASS_FIELD="what")
    words(text, "things", "labels", "INSTANCE_CLASS_FIELD")


def test_instances_of_a_raster_are_handed_on(panoptic, good, tmp_path):
    things = write_raster(tmp_path / "things.tif", 1)
    made = panoptic(good, things)
    assert (made["instance_labels"], made["instances_are_raster"]) == (things, True)


def test_class_values_beyond_what_a_pixel_holds_are_refused(refused, layer):
    labels = layer(["Classvalue:int8"], [(square(0, 0), 2**32)])
    words(refused(labels), "4294967296", "4294967295", "CLASS_FIELD")


def test_sixty_five_thousand_classes_are_numbered_quickly(export, layer):
    import time

    rows = [(square(x / 3, y / 3, 0.4), f"name {256 * x + y:05d}") for x in range(256) for y in range(256)]
    labels = layer(["kind:string"], rows)
    before = time.process_time()
    made = export(labels, FORMAT="CLASSIFIED_TILES", CLASS_FIELD="kind")
    seconds = time.process_time() - before
    print(f"65,536 classes: {seconds:.1f} s")
    assert len(made["classes"]) == 65_536
    assert made["classes"][-1]["value"] == 65_536
    assert seconds < 20


def test_layers_of_the_project_and_files_give_the_same_bytes_each_time(export, good):
    """Else an export that was cancelled could not be continued."""
    found = []
    for _ in range(2):
        rows = read_layer(export(good)["labels"])
        found.append([(value, name, bytes(geometry.ExportToWkb())) for value, name, geometry in rows])
    assert found[0] == found[1]
