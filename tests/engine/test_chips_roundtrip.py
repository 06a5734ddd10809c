"""From random scenes through the export to chips and back: what is read is what was labelled, where it was."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter

import numpy as np
import pytest
import rasterio
import shapely
from chip_cases import Recorder, noise, write_labels, write_raster
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from rasterio.windows import Window

from swath.engine.chips import FORMATS
from swath.engine.data.exporting import export_chips
from swath.engine.data.problems import NoChipsError
from swath.engine.jobs import ExportJob

BOXED = ["PASCAL_VOC_RECTANGLES", "KITTI_RECTANGLES", "YOLO"]
CLASSES = ["LABELED_TILES", "IMAGENET"]
# Metres, degrees and feet; far from the origin, as real ones are.
PLACES = {"EPSG:32636": (300000, 5500000, 0.5), "EPSG:4326": (36.5, -1.25, 4e-6), "EPSG:2263": (987000, 211000, 1.64)}


@dataclasses.dataclass
class Case:
    """A raster with polygons; ``shapes`` are in its pixels, ``values`` their classes."""

    crs: str
    transform: rasterio.Affine
    size: tuple[int, int]
    tile: tuple[int, int]
    stride: tuple[int, int]
    suffix: str
    shapes: list
    values: list

    def export(self, folder, name):
        raster = write_raster(folder / "r.tif", noise(*self.size), self.transform, self.crs)
        shapes = [shapely.transform(shape, self._to_map) for shape in self.shapes]
        labels = write_labels(folder / "l.gpkg", shapes, self.values, crs=self.crs)
        job = ExportJob(
            str(raster),
            str(folder / "chips"),
            name,
            str(labels),
            tile_size=list(self.tile),
            stride=list(self.stride),
            chip_format=self.suffix,
        )
        try:
            export_chips(job, Recorder())
        except NoChipsError:
            # All labels may lie between chips.
            reject()
        chip_format = FORMATS.get(name)
        return raster, chip_format, chip_format.read(folder / "chips")

    def _to_map(self, pixels):
        return np.column_stack(self.transform @ pixels.T)

    def inside(self, col, row):
        """Return (value, shape) of what lies in a chip, in chip pixels."""
        frame = shapely.box(0, 0, *self.tile)
        moved = [shapely.transform(shape, lambda at: at - (col, row)) for shape in self.shapes]
        cut = [(value, shape.intersection(frame)) for value, shape in zip(self.values, moved, strict=True)]
        return [(value, shape) for value, shape in cut if shape.area > 0]


@st.composite
def cases(draw):
    crs = draw(st.sampled_from(sorted(PLACES)))
    x, y, cell = PLACES[crs]
    angle = draw(st.sampled_from([0.0, 0.0, 17.5, 90.0, -133.0]))
    ratio = draw(st.sampled_from([1.0, 1.0, 1.37]))
    transform = (
        rasterio.Affine.translation(x, y) * rasterio.Affine.rotation(angle) * rasterio.Affine.scale(cell, -cell * ratio)
    )
    tile = draw(st.tuples(st.sampled_from([32, 48]), st.sampled_from([32, 40])))
    stride = draw(st.tuples(st.integers(20, 60), st.integers(20, 60)))
    size = (draw(st.integers(tile[0], 130)), draw(st.integers(tile[1], 110)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shapes = []
    for _ in range(draw(st.integers(1, 6))):
        # Not far outside, so that each has pixels in the raster.
        middle = rng.random(2) * size
        corners = middle + rng.normal(0, 9, (7, 2))
        shapes.append(shapely.convex_hull(shapely.multipoints(corners)))
    values = rng.integers(1, 300, len(shapes)).tolist()
    suffix = draw(st.sampled_from(["TIFF", "PNG"]))
    return Case(crs, transform, size, tile, stride, suffix, shapes, values)


quick = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def place_of(raster, chip):
    """Return column and row of a chip on its raster, after comparing their pixels."""
    with rasterio.open(raster) as source, rasterio.open(chip.image) as written:
        own = rasterio.Affine(*chip.transform.tuple6())
        col, row = ~source.transform @ (own.c, own.f)
        assert math.isclose(col, round(col), abs_tol=1e-3)
        assert math.isclose(row, round(row), abs_tol=1e-3)
        col, row = round(col), round(row)
        assert np.array_equal(source.read(window=Window(col, row, written.width, written.height)), written.read())
        corner = source.transform @ (col + written.width, row + written.height)
        assert own @ (written.width, written.height) == pytest.approx(corner, rel=0, abs=1e-3 * abs(own.a + own.b))
        assert written.crs == source.crs
    return col, row


def seen_places(raster, chip_set):
    """Yield each chip with its place on the raster."""
    for chip in chip_set.chips:
        yield (chip, *place_of(raster, chip))


@quick
@given(case=cases(), name=st.sampled_from(BOXED))
def test_boxes_come_back_where_they_were(tmp_path_factory, case, name):
    raster, chip_format, chip_set = case.export(tmp_path_factory.mktemp("boxes"), name)
    for chip, col, row in seen_places(raster, chip_set):
        target = chip_format.read_target(chip, chip_set.classes)
        expected = case.inside(col, row)
        # Slivers thinner than a written digit may go.
        solid = [(value, shape) for value, shape in expected if min(np.ptp(np.reshape(shape.bounds, (2, 2)), 0)) > 0.02]
        assert len(solid) <= len(target.values) <= len(expected)
        if len(target.values) == len(expected):
            assert target.values.tolist() == [value for value, _ in expected]
            boxes = np.array([shape.bounds for _, shape in expected]).reshape(-1, 4)
            assert np.abs(target.boxes - boxes).max(initial=0) <= 0.01


@quick
@given(case=cases())
def test_polygons_come_back_where_they_were(tmp_path_factory, case):
    raster, chip_format, chip_set = case.export(tmp_path_factory.mktemp("polygons"), "YOLO_POLYGONS")
    for chip, col, row in seen_places(raster, chip_set):
        target = chip_format.read_target(chip, chip_set.classes)
        expected = [(value, shape) for value, shape in case.inside(col, row) if shape.area > 1e-6]
        size = np.array([chip_set.size])
        lines = [line.split() for line in chip.label.read_text().splitlines()]
        read = [shapely.Polygon(np.array(words[1:], float).reshape(-1, 2) * size) for words in lines]
        read = [shape for shape in read if shape.area > 1e-6]
        assert target.values[: len(expected)].tolist() == [value for value, _ in expected]
        for mine, (_, shape) in zip(read, expected, strict=True):
            assert mine.symmetric_difference(shape).area < 1e-3 * (1 + shape.length)


@quick
@given(case=cases())
def test_classes_of_chips_come_back(tmp_path_factory, case):
    raster, chip_format, chip_set = case.export(tmp_path_factory.mktemp("multi"), "MULTILABELED_TILES")
    for chip, col, row in seen_places(raster, chip_set):
        expected = {value for value, shape in case.inside(col, row) if shape.area > 1e-6}
        assert set(chip_format.read_target(chip, chip_set.classes).values) == expected


@quick
@given(case=cases(), name=st.sampled_from(CLASSES))
def test_class_of_each_feature_comes_back(tmp_path_factory, case, name):
    raster, chip_format, chip_set = case.export(tmp_path_factory.mktemp("single"), name)
    found = []
    for chip, col, row in seen_places(raster, chip_set):
        (value,) = chip_format.read_target(chip, chip_set.classes).values
        assert value in {each for each, _ in case.inside(col, row)}
        found.append(value)
    # Of features across the border, those have a chip whose middle lies on the raster.
    whole = shapely.box(0, 0, *case.size)
    certain = [value for value, shape in zip(case.values, case.shapes, strict=True) if shape.within(whole)]
    possible = [value for value, shape in zip(case.values, case.shapes, strict=True) if shape.intersects(whole)]
    assert not Counter(certain) - Counter(found)
    assert not Counter(found) - Counter(possible)
