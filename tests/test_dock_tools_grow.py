"""Growing from a click with the mouse: what is read of the screen, and the tool in the hand."""

from __future__ import annotations

import numpy as np
import pytest
from dock_cases import PLACES, draw, spot
from tool_cases import at, click, only, shown_bands


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
