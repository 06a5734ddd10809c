from __future__ import annotations

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from chip_cases import NORTH_UP, UTM, noise, pixel_box, write_labels, write_raster
from hypothesis import given, settings
from hypothesis import strategies as st

from swath.engine.data.chip_plan import Place, Run
from swath.engine.data.grid import Grid
from swath.engine.data.labels import VectorLabels
from swath.engine.data.problems import (
    BadClassValueError,
    LabelsElsewhereError,
    LabelsUnreadableError,
    NoLabelsError,
    OtherCrsError,
)
from swath.engine.data.raster_labels import RasterLabels
from swath.engine.data.rasters import RasterView
from swath.engine.windows import Affine, Window

GRID = Grid(Affine(*tuple(NORTH_UP)[:6]), 200, 150)
WKT = rasterio.CRS.from_string(UTM).to_wkt()


def burn(labels, row, starts, width=64, height=64, needs=("values",)):
    """Label chips of one row."""
    return labels.label(Run.of([Place(Window(start, row, width, height)) for start in starts]), needs)


def vector(path, **options):
    return VectorLabels(str(path), GRID, "r.tif", WKT, **options)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 199), st.integers(0, 149), st.integers(1, 60), st.integers(1, 60), st.integers(1, 9)),
        min_size=1,
        max_size=8,
    ),
    st.integers(0, 136),
    st.integers(0, 86),
)
def test_drawn_boxes_equal_painted_ones_and_areas_the_cut(tmp_path_factory, boxes, col, row):
    path = tmp_path_factory.mktemp("l") / "l.gpkg"
    canvas = np.zeros((150, 200), "uint8")
    shapes = []
    for left, top, width, height, value in boxes:
        shapes.append(pixel_box(NORTH_UP, left, top, left + width, top + height))
        canvas[top : top + height, left : left + width] = value
    labels = vector(write_labels(path, shapes, [box[4] for box in boxes]))
    (label,) = burn(labels, row, [col])
    assert np.array_equal(label.values, canvas[row : row + 64, col : col + 64])
    cut = pixel_box(NORTH_UP, col, row, col + 64, row + 64)
    expected = {}
    for shape, box in zip(shapes, boxes, strict=True):
        area = shape.intersection(cut).area
        if area > 0:
            expected.setdefault(box[4], []).append(area)
    assert {value: sorted(areas) for value, areas in label.areas.items()} == {
        value: pytest.approx(sorted(areas)) for value, areas in expected.items()
    }
    assert labels.columns(row, 64, [col], 64)[0] == any(shape.intersects(cut) for shape in shapes)


def test_points_and_lines_are_drawn_as_pixels(tmp_path):
    point = shapely.Point(NORTH_UP @ (10.5, 20.5))
    line = shapely.LineString([NORTH_UP @ (30.5, 5.5), NORTH_UP @ (40.5, 5.5)])
    labels = vector(write_labels(tmp_path / "l.gpkg", [point, line, shapely.MultiPoint([point])], [1, 2, 3]))
    values = labels.draw(Window(0, 0, 200, 150))
    assert values[20, 10] == 3
    assert (values[5, 30:41] == 2).all()
    assert (values > 0).sum() == 12
    (label,) = burn(labels, 0, [0])
    assert label.areas == {1: [0.0], 2: [0.0], 3: [0.0]}


def test_crossed_polygon_is_repaired(tmp_path):
    bow = shapely.Polygon([NORTH_UP @ p for p in ((0, 0), (20, 20), (20, 0), (0, 20))])
    values = vector(write_labels(tmp_path / "l.gpkg", [bow], [1])).draw(Window(0, 0, 30, 30))
    assert 150 < values.sum() < 250


def test_overlap_ratio_leaves_out_slivers_in_that_chip_only(tmp_path):
    shapes = [pixel_box(NORTH_UP, 60, 10, 70, 20), pixel_box(NORTH_UP, 10, 10, 20, 20)]
    labels = vector(write_labels(tmp_path / "l.gpkg", shapes, [1, 2]), min_overlap=0.5)
    first, second = burn(labels, 0, [0, 64])
    assert set(np.unique(first.values)) == {0, 2}
    assert set(np.unique(second.values)) == {0, 1}
    assert set(first.areas) == {2}


def test_rotated_grid_labels_the_same_pixels(tmp_path):
    turned = rasterio.Affine.translation(1000, 2000) @ rasterio.Affine.rotation(25) @ rasterio.Affine.scale(0.5, -0.5)
    grid = Grid(Affine(*tuple(turned)[:6]), 100, 100)
    path = write_labels(tmp_path / "l.gpkg", [pixel_box(turned, 20, 30, 50, 60)], [4])
    labels = VectorLabels(str(path), grid, "r.tif", WKT)
    (label,) = burn(labels, 0, [0], 40, 40)
    expected = np.zeros((40, 40), "uint8")
    expected[30:, 20:] = 4
    assert np.array_equal(label.values, expected)
    assert label.areas[4] == pytest.approx([20 * 10 * 0.25])


@pytest.mark.parametrize(("value", "dtype"), [(255, "uint8"), (256, "uint16"), (70000, "uint32")])
def test_label_type_is_the_smallest_that_fits(tmp_path, value, dtype):
    labels = vector(write_labels(tmp_path / "l.gpkg", [pixel_box(NORTH_UP, 0, 0, 9, 9)], [value]))
    assert labels.dtype == dtype
    assert labels.draw(Window(0, 0, 5, 5)).max() == value


@pytest.mark.parametrize("value", [0, -3, 2.5])
def test_bad_class_value_is_refused(tmp_path, value):
    path = write_labels(tmp_path / "l.gpkg", [pixel_box(NORTH_UP, 0, 0, 9, 9)], [value])
    with pytest.raises(BadClassValueError, match="whole numbers from 1"):
        vector(path)


def test_layer_without_features_is_refused(tmp_path):
    path = tmp_path / "l.geojson"
    path.write_text('{"type": "FeatureCollection", "features": []}')
    with pytest.raises((NoLabelsError, LabelsUnreadableError)):
        vector(path)
    write_labels(tmp_path / "e.gpkg", [pixel_box(NORTH_UP, 0, 0, 9, 9)], [1])
    import sqlite3

    with sqlite3.connect(tmp_path / "e.gpkg") as base:
        base.execute("DROP TRIGGER IF EXISTS rtree_e_geom_delete")
        base.execute("DELETE FROM e")
    with pytest.raises(NoLabelsError, match="hold no feature"):
        vector(tmp_path / "e.gpkg")


def test_labels_elsewhere_are_refused_with_both_places(tmp_path):
    path = write_labels(tmp_path / "l.gpkg", [shapely.box(0, 0, 1, 1)], [1])
    with pytest.raises(LabelsElsewhereError, match="do not overlap"):
        vector(path)


def test_labels_in_another_crs_are_refused_with_the_remedy(tmp_path):
    path = write_labels(tmp_path / "l.gpkg", [shapely.box(0, 0, 1, 1)], [1], crs="EPSG:4326")
    with pytest.raises(OtherCrsError, match=r"EPSG:4326.*EPSG:32636.*reproject"):
        vector(path)


def test_labels_whose_crs_is_undefined_are_taken_as_they_are(tmp_path):
    # What older GDAL says of a GeoPackage without a CRS.
    unit = 'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]'
    crs = f'GEOGCS["Undefined geographic SRS",DATUM["unknown",SPHEROID["unknown",6378137,298.257223563]],{unit}]'
    path = write_labels(tmp_path / "l.gpkg", [pixel_box(NORTH_UP, 10, 10, 30, 30)], [1], crs=crs)
    assert "Undefined" in pyogrio.read_info(path)["crs"]
    assert len(vector(path)) == 1


def test_label_file_that_is_none_is_refused(tmp_path):
    (tmp_path / "x.gpkg").write_text("no")
    with pytest.raises(LabelsUnreadableError):
        vector(tmp_path / "x.gpkg")


def test_given_classes_are_kept_and_found_ones_added(tmp_path):
    path = write_labels(tmp_path / "l.gpkg", [pixel_box(NORTH_UP, 0, 0, 9, 9)] * 2, [7, 3], ["seven", "three"])
    labels = vector(path, given=[{"value": 7, "name": "Seven", "color": [1, 2, 3]}, {"value": 9, "name": "Nine"}])
    assert [(info.value, info.name) for info in labels.classes.values()] == [(3, "three"), (7, "Seven"), (9, "Nine")]
    assert labels.classes[7].color == (1, 2, 3)


def test_raster_labels_on_another_grid_are_taken_to_the_nearest(tmp_path):
    values = np.zeros((1, 30, 40), "uint8")
    values[0, 10:20, 10:20] = 5
    coarse = rasterio.Affine(2.5, 0, 300000, 0, -2.5, 100000)
    path = write_raster(tmp_path / "l.tif", values, coarse)
    labels = RasterLabels(str(path), GRID, "r.tif", [{"value": 0, "name": "none"}])
    assert list(labels.classes) == [5]
    fine = np.kron(values[0], np.ones((5, 5), "uint8"))
    assert np.array_equal(labels.draw(Window(0, 0, 200, 150)), fine)
    found = labels.columns(0, 40, [0, 40, 80, 160], 40)
    assert not found[3]
    chips = burn(labels, 40, [30, 70])
    assert np.array_equal(chips[1].values, fine[40:104, 70:134])
    assert chips[0].areas is None


@pytest.mark.parametrize(
    ("values", "error"),
    [
        (np.zeros((1, 150, 200), "uint8"), NoLabelsError),
        (np.full((1, 150, 200), -4, "int16"), BadClassValueError),
        (np.full((1, 150, 200), 1.5, "float32"), BadClassValueError),
    ],
)
def test_raster_labels_without_classes_are_refused(tmp_path, values, error):
    with pytest.raises(error):
        RasterLabels(str(write_raster(tmp_path / "l.tif", values)), GRID, "r.tif")


def test_raster_labels_elsewhere_are_refused(tmp_path):
    path = write_raster(tmp_path / "l.tif", noise(64, 64, 1), rasterio.Affine(1, 0, 0, 0, -1, 0))
    with pytest.raises(LabelsElsewhereError):
        RasterLabels(str(path), GRID, "r.tif")


def test_float_label_raster_with_whole_numbers_is_taken(tmp_path):
    values = np.zeros((1, 150, 200), "float32")
    values[0, 5, 6] = 3
    labels = RasterLabels(str(write_raster(tmp_path / "l.tif", values)), GRID, "r.tif")
    assert labels.dtype == "uint8"
    with RasterView(tmp_path / "l.tif") as view:
        assert view.dtype == "float32"
    assert labels.draw(Window(0, 0, 200, 150))[5, 6] == 3
