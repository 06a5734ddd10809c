"""Detect Objects up to the engine and from it to layers: parameters, formats, cancels, bad input."""

from __future__ import annotations

from pathlib import Path

import pytest
from detection_cases import CLASSES, FOUND, read_rows, refusal, write_detections
from layer_cases import NORTH, WEST, make_layer, square, write_raster
from osgeo import ogr


@pytest.fixture
def refused(detect):
    """Return the sentence that refuses a detection; "" where it is taken."""
    return lambda **parameters: refusal(detect, **parameters)


def test_detect_parameters_reach_the_engine(detect, raster, tmp_path):
    detect()
    job = dict(detect.job)
    assert Path(job.pop("output")).name == "detections.gpkg"
    assert job == {
        "raster": raster,
        "model": str(tmp_path / "model"),
        "extent": [],
        "cell_size": 0.0,
        "padding": -1,
        "tile_size": 0,
        "batch_size": 1,
        "threshold": -1.0,
        "nms_overlap": 0.1,
        "run_nms": True,
        "max_overlap_ratio": 0.1,
        "exclude_pad_detections": True,
        "test_time_augmentation": False,
        "square": False,
        "mask": "",
        "processor": "AUTO",
        "gpu_id": 0,
        "threads": 0,
    }


def test_detect_extent_and_mask_in_another_crs_are_brought_to_the_rasters(detect, layer):
    from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsGeometry, QgsProject

    polygon = QgsGeometry.fromWkt(square(20, 30, 40))
    there, back = QgsCoordinateReferenceSystem("EPSG:4326"), QgsCoordinateReferenceSystem("EPSG:32636")
    polygon.transform(QgsCoordinateTransform(back, there, QgsProject.instance()))
    mask = layer([], [(polygon.asWkt(12),)], crs="EPSG:4326")
    box = polygon.boundingBox()
    extent = f"{box.xMinimum()},{box.xMaximum()},{box.yMinimum()},{box.yMaximum()} [EPSG:4326]"
    detect(MASK=mask, EXTENT=extent, THRESHOLD=0.3, SQUARE=False)
    left, bottom, right, top = detect.job["extent"]
    assert [left - WEST, NORTH - top, right - WEST, NORTH - bottom] == pytest.approx([20, 30, 60, 70], abs=0.1)
    _, _, [shape] = read_rows(detect.job["mask"])
    assert shape.Area() == pytest.approx(1600, rel=0.001)
    assert detect.job["threshold"] == 0.3


@pytest.mark.parametrize("name", ["cars.gpkg", "cars.shp", "cars.geojson", "cars.fgb", "cars.sqlite"])
def test_detect_writes_every_format_with_the_same_fields(detect, tmp_path, name):
    made = detect(tmp_path / name)
    assert made == {"OUTPUT": str(tmp_path / name), "OBJECTS": 3}
    names, rows, shapes = read_rows(made["OUTPUT"])
    by_name = {item.lower(): item for item in names}
    assert list(by_name)[-3:] == ["classname", "classvalue", "confidence"]
    found = {tuple(row[by_name[key]] for key in ("classname", "classvalue", "confidence")) for row in rows}
    assert found == {(name, value, sure) for _, name, value, sure in FOUND}
    assert sorted(shape.GetArea() for shape in shapes) == pytest.approx([100, 400, 800])
    source = ogr.Open(made["OUTPUT"])
    assert source.GetLayer(0).GetSpatialRef().GetAuthorityCode(None) == "32636"


def test_detect_temporary_layer_has_numbers_as_numbers(detect):
    layer = detect("TEMPORARY_OUTPUT")["OUTPUT"]
    assert layer.providerType() == "memory"
    assert layer.crs().authid() == "EPSG:32636"
    assert [(item.name(), item.typeName()) for item in layer.fields()] == [
        ("Classname", "string"),
        ("Classvalue", "integer"),
        ("Confidence", "double"),
    ]
    assert sorted(feature["Confidence"] for feature in layer.getFeatures()) == [0.5, 0.874, 0.91]


def test_detect_class_values_beyond_32_bits_keep_their_value(detect, tmp_path, monkeypatch):
    value = 4_000_000_000
    monkeypatch.setitem(CLASSES[0], "value", value)
    detect.rows = [(square(0, 0), "Car", value, 0.5)]
    for place in (tmp_path / "cars.shp", tmp_path / "cars.gpkg"):
        assert read_rows(detect(place)["OUTPUT"])[1][0]["Classvalue"] == value


@pytest.mark.parametrize("name", ["none.gpkg", "none.shp", "none.geojson", "TEMPORARY_OUTPUT"])
def test_detect_nothing_found_gives_an_empty_layer_with_the_fields(detect, tmp_path, name):
    from qgis.core import QgsVectorLayer

    detect.rows = []
    made = detect(name if name.isupper() else tmp_path / name)
    layer = made["OUTPUT"] if name.isupper() else QgsVectorLayer(made["OUTPUT"], "none", "ogr")
    assert made["OBJECTS"] == 0
    assert layer.isValid()
    assert layer.featureCount() == 0
    if not name.endswith("geojson"):  # it names fields only by its features
        assert {"Classname", "Classvalue", "Confidence"} <= {item.name() for item in layer.fields()}


def test_detect_same_run_works_at_the_same_place_and_another_elsewhere(detect, tmp_path, layer):
    places = []
    masks = [layer([], [(square(0, 0, side),)], name="mask") for side in (20, 30)]
    runs = ({}, {"BATCH_SIZE": 4}, {"THRESHOLD": 0.6}, *({"MASK": mask} for mask in (*masks, masks[0])))
    for number, given in enumerate(runs):
        detect(tmp_path / f"{number}.gpkg", **given)
        places.append(detect.job["output"])
    assert places[0] == places[1]
    assert places[3] == places[5]
    assert len(set(places)) == 4


def test_detect_says_how_many_of_each_class_there_are(detect):
    detect()
    assert "3 objects were found (threshold 0.5): Car 2, Truck, large 1" in detect.said


def test_detect_leaves_no_temporary_copy(detect):
    detect()
    assert not Path(detect.job["output"]).parent.exists()


def test_detect_cancelled_while_writing_leaves_nothing(detect, tmp_path):
    from qgis.core import QgsProcessingException

    detect.cancel = True
    for name in ("cars.gpkg", "cars.shp", "cars.geojson"):
        with pytest.raises(QgsProcessingException, match="Cancelled"):
            detect(tmp_path / name)
    assert list(tmp_path.glob("cars*")) == []


def appended_to(path):
    """Return an output whose features are added to a layer that there is."""
    from qgis.core import QgsProcessingOutputLayerDefinition, QgsProperty, QgsRemappingSinkDefinition, QgsVectorLayer

    layer, remapping = QgsVectorLayer(str(path), "there", "ogr"), QgsRemappingSinkDefinition()
    remapping.setDestinationFields(layer.fields())
    remapping.setDestinationCrs(layer.crs())
    remapping.setDestinationWkbType(layer.wkbType())
    names = ("Classname", "Classvalue", "Confidence")
    remapping.setFieldMap({name: QgsProperty.fromField(name) for name in names})
    output = QgsProcessingOutputLayerDefinition(str(path))
    output.setRemappingDefinition(remapping)
    return output


@pytest.mark.parametrize("appends", [False, True])
def test_detect_cancelled_while_writing_keeps_what_was_in_the_file(detect, tmp_path, appends):
    from osgeo import ogr
    from qgis.core import QgsProcessingException

    path = detect(tmp_path / "cars.gpkg")["OUTPUT"]
    detect.cancel = True
    output = appended_to(path) if appends else f"ogr:dbname='{path}' table=\"later\" (geom)"
    with pytest.raises(QgsProcessingException, match="Cancelled"):
        detect(OUTPUT=output)
    held = ogr.Open(path)
    assert [held.GetLayer(place).GetName() for place in range(held.GetLayerCount())] == ["cars"]
    assert len(read_rows(path)[1]) == 3


def test_detect_web_layer_without_a_grid_is_refused(refused, qgis_new_project):
    from qgis.core import QgsProject, QgsRasterLayer

    web = QgsRasterLayer("type=xyz&url=http://127.0.0.1:9/{z}/{x}/{y}.png&zmax=19&zmin=0", "tiles", "wms")
    QgsProject.instance().addMapLayer(web)
    text = refused(INPUT=web)
    assert "EXTENT" in text
    assert "CELL_SIZE" in text


def test_detect_raster_without_crs_gives_objects_without_one(detect, tmp_path):
    bare = write_raster(tmp_path / "bare.tif", epsg=0)
    layer = detect("TEMPORARY_OUTPUT", INPUT=bare)["OUTPUT"]
    assert not layer.crs().isValid()
    assert layer.featureCount() == 3


@pytest.mark.parametrize(
    ("facts", "parameters", "expected"),
    [
        ({"task": "PIXELS"}, {}, ["MODEL", "classification of pixels", "Classify Pixels Using Deep Learning"]),
        ({"bands": (1, 5)}, {}, ["band 5", "has 3"]),
        ({}, {"SQUARE": True}, ["SQUARE", "boxes"]),
        ({}, {"THRESHOLD": -0.5}, ["THRESHOLD", "-0.5"]),
        ({}, {"THRESHOLD": 1.5}, ["THRESHOLD"]),
        ({}, {"NMS_OVERLAP": 2}, ["NMS_OVERLAP"]),
        ({}, {"MAX_OVERLAP_RATIO": -1}, ["MAX_OVERLAP_RATIO"]),
        ({}, {"CELL_SIZE": -1}, ["CELL_SIZE"]),
        ({}, {"PADDING": -5}, ["PADDING"]),
        ({}, {"EXTENT": "0,10,0,10 [EPSG:32636]"}, ["EXTENT", "does not overlap"]),
        ({}, {"OUTPUT": "/nowhere/at/all.gpkg"}, ["/nowhere/at"]),
    ],
)
def test_detect_bad_input_is_refused_in_a_sentence(refused, model, facts, parameters, expected):
    model(**facts)
    text = refused(**parameters)
    for word in expected:
        assert word in text, text


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("nowhere/cars.gpkg", "There is no folder"),
        ("taken.gpkg", "it is a folder"),
        ("cars.dxf", "Classname"),
        ("cars.gpx", "Polygon"),
    ],
)
def test_detect_result_that_cannot_be_written_is_refused_before_work(refused, detect, tmp_path, name, expected):
    (tmp_path / "taken.gpkg").mkdir()
    text = refused(OUTPUT=str(tmp_path / name))
    assert expected in text
    assert "OUTPUT" in text
    assert not hasattr(detect, "job")
    assert not (tmp_path / name).is_file()


def test_detect_square_is_taken_by_a_model_that_finds_outlines(refused, model):
    model(outputs=("boxes", "scores", "labels", "masks"))
    assert refused(SQUARE=True) == ""


def test_detect_model_that_is_not_there_is_refused(processing, swath_plugin, raster, tmp_path, monkeypatch):
    import sys

    from qgis.core import QgsProcessingException

    monkeypatch.setenv("SWATH_ENGINE_PYTHON", sys.executable)
    given = {"INPUT": raster, "MODEL": str(tmp_path / "nothing"), "OUTPUT": str(tmp_path / "a.gpkg")}
    with pytest.raises(QgsProcessingException, match="MODEL"):
        processing.run("swath:detectobjects", given)


def test_detect_result_over_its_own_mask_is_refused(refused, tmp_path):
    path = tmp_path / "area.gpkg"
    write_detections(str(path))
    assert "MASK" in refused(MASK=str(path), OUTPUT=str(path))
    assert read_rows(str(path))[1]


def test_detect_mask_elsewhere_is_refused(refused):
    far = make_layer([], [(square(5000, 0),)])
    assert "MASK" in refused(MASK=far)


def test_classify_model_of_objects_is_refused(processing, model, raster, tmp_path, monkeypatch):
    import sys

    from qgis.core import QgsProcessingException

    monkeypatch.setenv("SWATH_ENGINE_PYTHON", sys.executable)
    given = {"INPUT": raster, "MODEL": str(tmp_path), "OUTPUT": str(tmp_path / "map.tif")}
    with pytest.raises(QgsProcessingException, match="Detect Objects Using Deep Learning"):
        processing.run("swath:classifypixels", given)
