"""Growing from a click: the arithmetic, and real roofs."""

from __future__ import annotations

import numpy as np
import pytest
from dock_cases import make_canvas


def grown(mask, seed, tolerance=10.0):
    """Return what grows in a mask: nothing of colour lies in it, far colours beside it."""
    from swath.plugin.labeling.growing import grow

    return grow(np.where(mask, 0, 99).astype(np.float32), seed, tolerance)


def test_connected_takes_winding_ways_and_no_corners():
    from swath.plugin.labeling.growing import connected

    rng = np.random.default_rng(3)
    for share in (0.3, 0.55, 0.6, 0.7):
        mask = rng.random((60, 80)) < share
        mask[30, 40] = True
        expected, ahead = np.zeros_like(mask), [(30, 40)]
        while ahead:
            row, column = ahead.pop()
            if 0 <= row < 60 and 0 <= column < 80 and mask[row, column] and not expected[row, column]:
                expected[row, column] = True
                ahead += [(row + 1, column), (row - 1, column), (row, column + 1), (row, column - 1)]
        assert np.array_equal(connected(mask, (30, 40)), expected)


def test_connected_is_empty_beside_the_mask():
    from swath.plugin.labeling.growing import connected

    mask = np.ones((5, 5), bool)
    mask[2, 2] = False
    assert not connected(mask, (2, 2)).any()


def test_fill_holes_fills_small_ones_and_no_bays():
    from swath.plugin.labeling.growing import fill_holes

    mask = np.ones((20, 20), bool)
    mask[3:5, 3:5] = mask[10:15, 10:15] = mask[17:, 2] = False
    filled = fill_holes(mask, 4)
    assert filled[3:5, 3:5].all()
    assert not filled[10:15, 10:15].any()
    assert not filled[17:, 2].any()


def test_grow_stops_at_narrow_bridges():
    mask = np.zeros((40, 60), bool)
    mask[5:35, 5:25] = mask[5:35, 35:55] = mask[18:21, 25:35] = True
    region = grown(mask, (20, 10))
    assert region[5:35, 5:25].all()
    assert not region[:, 30:].any()


def test_grow_takes_things_thinner_than_bridges():
    mask = np.zeros((40, 60), bool)
    mask[20:22, 5:55] = True
    assert np.array_equal(grown(mask, (20, 30)), mask)


def test_grow_starts_beside_a_speck_and_nowhere_far_away():
    mask = np.zeros((80, 80), bool)
    mask[10:40, 10:40] = True
    mask[25, 25] = False
    assert grown(mask, (25, 25))[10:40, 10:40].all()
    assert not grown(mask, (70, 70)).any()


def test_brightness_counts_less_than_hue():
    from swath.plugin.labeling.growing import color_distance

    pixels = np.full((1, 40, 3), 100, np.float32)
    pixels[0, 20:30] += 30  # the shady side of a roof
    pixels[0, 30:] += [30, -30, 0]  # another roof
    distance = color_distance(pixels, (0, 5))[0]
    assert distance[5] == 0
    assert 0 < distance[25] < distance[35] / 2


def test_grow_is_fast_on_a_large_view():
    import time

    from swath.plugin.labeling.growing import box_mean, distance_to, grow

    rng = np.random.default_rng(1)
    pixels = np.full((1000, 1000, 3), 90, np.uint8)
    pixels[200:800, 200:800] = (180, 90, 60)
    pixels += rng.integers(0, 20, pixels.shape, np.uint8)
    smooth = box_mean(pixels)
    distance = distance_to(pixels, smooth, (500, 500))
    took = []
    for _ in range(3):
        start = time.process_time()
        region = grow(distance, (500, 500), 16.0)
        took.append(time.process_time() - start)
    assert region.sum() == pytest.approx(360_000, rel=0.02)
    assert min(took) < 0.15


def test_outline_follows_the_pixels_with_holes_and_without_steps():
    from swath.plugin.labeling.region_outline import outline

    rows, columns = np.mgrid[:200, :200]
    away = np.hypot(rows - 99.5, columns - 99.5)
    shape = outline((away < 80) & (away > 30), 1000, 5000, 0.5, 0.5)
    assert shape.area() == pytest.approx(np.pi * (40**2 - 15**2), rel=0.02)
    assert shape.constGet().vertexCount() < 120
    assert shape.boundingBox().center().x() == pytest.approx(1050, abs=0.5)
    assert shape.boundingBox().center().y() == pytest.approx(4950, abs=0.5)
    assert outline(np.zeros((5, 5), bool), 0, 0, 1, 1).isEmpty()


def test_roofs_of_a_real_settlement_grow_from_a_click(real_data, tmp_path, qgis_new_project):
    """Most of the drawn outlines are met, with one tolerance for all; the report in the design names the figures."""
    from qgis.core import QgsCoordinateTransform, QgsGeometry, QgsProject, QgsRasterLayer, QgsRectangle, QgsVectorLayer

    from swath.plugin.labeling.growing import TOLERANCE, box_mean, distance_to, grow
    from swath.plugin.labeling.region_outline import outline
    from swath.plugin.labeling.visible_pixels import visible_picture

    folder = real_data / "kampala_buildings"
    image = QgsRasterLayer(str(folder / "train_ne.tif"))
    labels = QgsVectorLayer(str(folder / "train_ne_buildings.geojson"))
    canvas = make_canvas([image], "EPSG:3857", (800, 600))
    there = QgsCoordinateTransform(labels.crs(), image.crs(), QgsProject.instance())
    found = []
    for feature in list(labels.getFeatures())[::9]:
        roof = QgsGeometry(feature.geometry())
        roof.transform(there)
        centre = roof.pointOnSurface().asPoint()
        canvas.setExtent(QgsRectangle(centre.x() - 45, centre.y() - 35, centre.x() + 45, centre.y() + 35))
        picture = visible_picture(canvas, image)
        seed = picture.pixel(centre)
        distance = distance_to(picture.colors, box_mean(picture.colors), seed)
        mask = grow(distance, seed, TOLERANCE)
        shape = outline(mask, picture.left, picture.top, picture.width, picture.height)
        found.append(roof.intersection(shape).area() / roof.combine(shape).area() if not shape.isEmpty() else 0)
    canvas.deleteLater()
    assert len(found) == 12
    assert np.mean(found) > 0.5
