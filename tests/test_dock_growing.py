"""Growing from a click: the arithmetic, what is read of the screen, and the tool in the hand."""

from __future__ import annotations

import numpy as np
import pytest
from dock_cases import PLACES, draw, make_canvas, spot
from tool_cases import at, click, only, shown_bands


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


@pytest.mark.parametrize("crs", ["EPSG:32636", "EPSG:3857", "EPSG:4326"])
def test_a_click_grows_a_field_and_another_inside_accepts(desk, crs):
    session = desk(crs)
    session.start("grow")
    click(session, (30, 25))
    assert not session.store.samples
    assert shown_bands(session)
    click(session, (20, 20))
    shape = only(session).geometry
    (west, north, width, height), _color = PLACES["field"]
    x, y = spot(west + width / 2, north + height / 2)
    box = shape.boundingBox()
    assert shape.area() == pytest.approx(1200, rel=0.05)
    assert (box.center().x(), box.center().y()) == pytest.approx((x, y), abs=0.5)
    assert not shown_bands(session)


@pytest.mark.parametrize("end", ["enter", "right", "double"])
def test_a_grown_region_is_accepted_in_other_ways(desk, key, end):
    session = desk()
    session.start("grow")
    if end == "double":
        session.hand.double_click(*at(session, (70, 70))[0])
    else:
        click(session, (70, 70))
        if end == "enter":
            session.hand.key(key.Key_Return)
        else:
            session.hand.right_click(*at(session, (5, 5))[0])
    assert only(session).geometry.area() == pytest.approx(400, rel=0.06)


def test_a_click_elsewhere_starts_anew_and_shift_adds(desk, key):
    from qgis.PyQt.QtCore import Qt

    session = desk()
    session.start("grow")
    click(session, (5, 5))
    click(session, (30, 25))
    click(session, (70, 70), modifier=Qt.KeyboardModifier.ShiftModifier)
    session.hand.key(key.Key_Return)
    assert only(session).geometry.area() == pytest.approx(1600, rel=0.05)


def test_backspace_takes_the_last_place_back_and_escape_all(desk, key):
    from qgis.PyQt.QtCore import Qt

    session = desk()
    session.start("grow")
    click(session, (30, 25))
    click(session, (70, 70), modifier=Qt.KeyboardModifier.ShiftModifier)
    session.hand.key(key.Key_Backspace)
    assert session.active.preview.area() == pytest.approx(1200, rel=0.05)
    session.hand.key(key.Key_Escape)
    assert not session.active.sketching
    assert not shown_bands(session)
    assert session.tool == "grow"


def test_the_tolerance_follows_a_drag_the_wheel_and_the_slider(desk, key):
    from qgis.PyQt.QtCore import QPoint, QPointF, Qt
    from qgis.PyQt.QtGui import QWheelEvent
    from qgis.PyQt.QtTest import QTest
    from qgis.PyQt.QtWidgets import QApplication, QSlider, QWidget

    session = desk()
    session.start("grow")
    tool, places = session.active, at(session, (12, 25), (97, 25))
    tool.tolerance.set(5)
    session.hand.drag(*places)
    QTest.qWait(40)
    assert tool.tolerance.value > 35
    assert tool.preview.area() > 9000  # the ground is no longer told from the field
    panel = QWidget()
    slider = tool.controls(panel).findChild(QSlider)
    slider.setValue(5)
    for _ in range(2):
        pixel = QPointF(session.hand.pixel(*places[0]))
        event = QWheelEvent(
            pixel, pixel, QPoint(0, 0), QPoint(0, 120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.ControlModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(session.canvas.viewport(), event)
    assert slider.value() == tool.tolerance.value == 7
    session.hand.key(key.Key_Return)
    assert only(session).geometry.area() == pytest.approx(1200, rel=0.05)


def test_a_click_beside_the_image_says_so(desk):
    session = desk()
    session.start("grow")
    session.canvas.zoomByFactor(3)
    click(session, (-40, -40))
    assert "no visible image" in session.said[0]
    assert not session.active.sketching


def test_removing_the_image_while_growing_is_no_crash(desk, key):
    from qgis.core import QgsProject

    session = desk()
    session.start("grow")
    click(session, (30, 25))
    QgsProject.instance().removeAllMapLayers()
    session.active.tolerance.set(10)
    session.hand.key(key.Key_Return)
    assert len(session.store.samples) == 1
    click(session, (30, 25))
    assert "no visible image" in session.said[-1]


def test_the_picture_has_the_images_own_pixels_where_they_are_coarser(desk):
    from swath.plugin.labeling.visible_pixels import visible_picture

    session = desk()
    image = session.store.current_image
    session.canvas.zoomByFactor(0.25)
    close = visible_picture(session.canvas, image)
    assert (close.width, close.height) == pytest.approx((0.5, 0.5))
    assert close.shown.shape[0] < 60
    session.canvas.zoomByFactor(16)
    far = visible_picture(session.canvas, image)
    assert far.width == pytest.approx(session.canvas.mapUnitsPerPixel(), rel=0.1)


def test_a_layer_that_is_no_file_of_gdal_is_read_as_it_is_drawn(desk):
    """A style alone decides here; web tiles come through the same door."""
    from qgis.core import QgsSingleBandGrayRenderer

    from swath.plugin.labeling.visible_pixels import visible_picture

    session = desk()
    image = session.store.current_image
    image.setRenderer(QgsSingleBandGrayRenderer(image.dataProvider(), 1))
    picture = visible_picture(session.canvas, image)
    assert np.ptp(picture.colors.astype(int), axis=2).max() == 0
    assert sorted(np.unique(picture.colors)) == [60, 120, 200]


def test_a_field_grows_on_tiles_from_the_web(desk, key, tmp_path):
    from qgis.core import QgsCoordinateReferenceSystem, QgsRasterLayer, QgsRectangle
    from qgis.PyQt.QtGui import QColor, QImage, QPainter

    tile = QImage(256, 256, QImage.Format.Format_RGB32)
    tile.fill(QColor("#606060"))
    painter = QPainter(tile)
    painter.fillRect(128, 64, 32, 32, QColor("#20c040"))
    painter.end()
    (tmp_path / "0" / "0").mkdir(parents=True)
    assert tile.save(str(tmp_path / "0" / "0" / "0.png"))
    address = f"file://{tmp_path}/" + "{z}/{x}/{y}.png"
    web = QgsRasterLayer(f"type=xyz&url={address}&zmin=0&zmax=0", "web", "wms")
    assert web.isValid()
    session = desk("EPSG:3857", "EPSG:3857")
    session.canvas.setLayers([web])
    session.canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    side = 2 * 20037508.342789244
    session.canvas.setExtent(QgsRectangle(-side / 4, 0, side / 2, side / 2))
    draw(session.canvas)
    session.start("grow")
    session.hand.click(side * 16 / 256, side * 48 / 256)
    session.hand.key(key.Key_Return)
    assert not session.said
    assert only(session).geometry.area() == pytest.approx((side / 8) ** 2, rel=0.06)


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
