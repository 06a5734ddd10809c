"""What all drawing tools share: keys, classes, panning, what cannot be kept, and what goes away under them."""

from __future__ import annotations

import pytest
from dock_cases import Hand, make_canvas, make_image, make_store, rows, spot
from tool_cases import at, click, only, shown_bands


def test_digits_choose_the_class_in_the_order_of_the_tree(desk, key):
    session = desk()
    session.start("point")
    for number in (key.Key_2, key.Key_1, key.Key_9):
        session.hand.key(number)
        click(session, (50, 50))
    assert [sample.value for sample in session.store.samples.values()] == [2, 1, 1]


def test_a_sketch_has_the_color_of_its_class(desk, key):
    session = desk()
    session.start("polygon")
    click(session, (20, 20), (60, 20))
    session.hand.key(key.Key_2)
    colors = {band.strokeColor().name() for band in shown_bands(session)}
    assert session.store.schema.classes()[1].color in colors


def test_escape_drops_the_sketch_and_then_leaves_the_tool(desk, key):
    from qgis.gui import QgsMapToolPan

    session = desk()
    pan = QgsMapToolPan(session.canvas)
    session.canvas.setMapTool(pan)
    session.start("polygon")
    click(session, (20, 20), (60, 20), (60, 60))
    assert shown_bands(session)
    session.hand.key(key.Key_Escape)
    assert session.tool == "polygon"
    assert not shown_bands(session)
    session.hand.key(key.Key_Escape)
    assert session.canvas.mapTool() is pan
    session.hand.key(key.Key_Return)
    assert not session.store.samples


def test_backspace_and_undo_take_vertices_back_while_sketching(desk, key):
    from qgis.PyQt.QtCore import Qt

    session = desk()
    session.start("polygon")
    click(session, (20, 20), (60, 20), (60, 50), (90, 90), (95, 95))
    session.hand.key(key.Key_Backspace)
    session.hand.key(key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    click(session, (20, 50))
    session.hand.key(key.Key_Return)
    assert only(session).geometry.area() == pytest.approx(1200, rel=0.02)


def test_undo_and_redo_keys_take_edits_back_and_make_them_again(desk, key):
    from qgis.PyQt.QtCore import Qt

    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    session = desk()
    session.start("point")
    click(session, (20, 20), (50, 50), (80, 80))
    counts = []
    for letter, modifier in ((key.Key_Z, control), (key.Key_Z, control), (key.Key_Y, control)):
        session.hand.key(letter, modifier)
        counts.append(len(rows(session.store.path)))
    session.hand.key(key.Key_Z, control | shift)
    assert [*counts, len(session.store.samples)] == [2, 1, 2, 3]


def test_space_pans_and_keeps_the_sketch(desk, key):
    from qgis.PyQt.QtTest import QTest

    session = desk()
    session.start("polygon")
    click(session, (40, 40), (60, 40))
    before = session.canvas.extent().center()
    start, end = at(session, (60, 40), (80, 60))
    QTest.keyPress(session.canvas, key.Key_Space)
    session.hand.move(*start)
    session.hand.click(*end)
    QTest.keyRelease(session.canvas, key.Key_Space)
    moved = session.canvas.extent().center()
    assert (before.x() - moved.x(), before.y() - moved.y()) == pytest.approx((20, -20), abs=1.5)
    assert len(session.active.points) == 2
    click(session, (60, 60), (40, 60))
    session.hand.key(key.Key_Return)
    assert only(session).geometry.area() == pytest.approx(400, rel=0.05)


def test_a_sketch_survives_zoom_and_another_crs_of_the_map(desk, key):
    from qgis.core import QgsCoordinateReferenceSystem

    session = desk()
    session.start("polygon")
    click(session, (40, 40), (60, 40))
    session.canvas.zoomByFactor(0.7)
    session.canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    click(session, (60, 60), (40, 60))
    session.hand.key(key.Key_Return)
    assert only(session).geometry.area() == pytest.approx(400, rel=0.05)


def test_shapes_without_area_make_nothing(desk, key):
    session = desk()
    session.start("rectangle")
    click(session, (40, 40), (40, 40))
    session.start("polygon")
    click(session, (10, 10), (30, 30), (50, 50))
    session.hand.key(key.Key_Return)
    session.start("freehand")
    click(session, (40, 40))
    assert not session.store.samples
    assert not session.store.undo_stack.count()
    assert not session.said
    assert sum("no area" in hint for hint in session.hints) >= 1


def test_two_points_are_told_to_be_no_polygon(desk, key):
    session = desk()
    session.start("polygon")
    click(session, (10, 10), (30, 30))
    session.hand.key(key.Key_Return)
    assert "3 points" in session.hints[-1]
    assert len(session.active.points) == 2


def test_a_polygon_that_crosses_itself_falls_into_valid_parts(desk, key):
    session = desk()
    session.start("polygon")
    click(session, (20, 20), (60, 60), (60, 20), (20, 60))
    session.hand.key(key.Key_Return)
    shape = only(session).geometry
    assert shape.isGeosValid()
    assert shape.constGet().numGeometries() == 2
    assert shape.area() == pytest.approx(800, rel=0.03)


def test_shift_keeps_to_45_degrees(desk, key):
    from qgis.PyQt.QtCore import Qt

    session = desk()
    session.start("polygon")
    click(session, (20, 20))
    click(session, (60, 23), (58, 60), modifier=Qt.KeyboardModifier.ShiftModifier)
    (_a, b, c) = session.active.points
    assert b.y() == pytest.approx(spot(20, 20)[1], abs=0.3)
    assert b.x() == pytest.approx(c.x(), abs=1e-6)


def test_without_a_class_the_answer_to_the_question_counts(desk, key):
    from swath.plugin.labeling.schema import ClassEntry

    asked = []

    def answer(schema, _parent):
        asked.append(len(schema.classes()))
        return ClassEntry("pond", 7, "#0000ff")

    session = desk(ask_class=answer)
    session.store.current_class = None
    session.start("point")
    click(session, (20, 20), (60, 60))
    assert asked == [2]
    assert [sample.value for sample in session.store.samples.values()] == [7, 7]
    assert session.store.schema.find(7).name == "pond"


def test_giving_up_the_question_keeps_the_sketch(desk, key):
    answers = [None, "first"]
    session = desk(ask_class=lambda schema, _parent: schema.classes()[0] if answers.pop(0) else None)
    session.store.current_class = None
    session.start("polygon")
    click(session, (20, 20), (60, 20), (60, 50))
    session.hand.key(key.Key_Return)
    assert not session.store.samples
    assert len(session.active.points) == 3
    session.hand.key(key.Key_Return)
    assert only(session).value == 1


def test_edges_straight_on_the_map_stay_so_in_the_store(desk):
    """A rectangle of some hundred kilometres in degrees has curved edges in UTM."""
    from qgis.core import QgsGeometry, QgsRectangle

    session = desk("EPSG:4326")
    assert session.finish(QgsGeometry.fromRect(QgsRectangle(31, 40, 35, 43)))
    shape = only(session).geometry
    back = QgsGeometry(shape)
    back.transform(session.from_store())
    assert shape.constGet().vertexCount() > 12
    assert back.symDifference(QgsGeometry.fromRect(QgsRectangle(31, 40, 35, 43))).area() < 12 * 1e-3


def test_a_shape_that_cannot_be_placed_is_refused_with_a_sentence(desk):
    from qgis.core import QgsGeometry, QgsRectangle

    session = desk("EPSG:4326")
    assert not session.finish(QgsGeometry.fromRect(QgsRectangle(170, -100, 260, 95)))
    assert "EPSG:32636" in session.said[0]
    assert not session.store.samples


@pytest.mark.parametrize("event", ["tool", "store", "closed", "project", "image"])
def test_nothing_stays_on_the_canvas_when_things_go(desk, key, event):
    from qgis.core import QgsProject
    from qgis.gui import QgsMapToolPan

    session = desk()
    pan = QgsMapToolPan(session.canvas)
    session.start("polygon")
    click(session, (20, 20), (60, 20), (60, 50))
    assert shown_bands(session)
    if event == "tool":
        session.canvas.setMapTool(pan)
    elif event == "store":
        session.set_store(None)
    elif event == "closed":
        session.store.close()
    elif event == "project":
        QgsProject.instance().clear()
    else:
        QgsProject.instance().removeAllMapLayers()
    if event in {"closed", "image"}:
        session.hand.move(*spot(70, 70))
        session.hand.key(key.Key_Return)
        session.hand.key(key.Key_Escape)
    assert not shown_bands(session)
    if event == "closed":
        assert "closed" in session.said[0]
    if event in {"tool", "store", "project"}:
        assert session.tool == ""


def test_a_canvas_that_goes_under_a_sketch_is_no_crash(tmp_path, qgis_new_project):
    from qgis.PyQt import sip

    from swath.plugin.labeling.drawing import DrawingSession

    canvas = make_canvas([make_image(tmp_path)])
    store = make_store(tmp_path)
    session = DrawingSession(canvas, store)
    session.hand = Hand(canvas)
    session.start("polygon")
    click_at = [spot(*place) for place in ((20, 20), (60, 20), (60, 60))]
    for place in click_at:
        session.hand.click(*place)
    session.snapping.set_enabled(True)
    session.hand.move(*click_at[0])
    sip.delete(canvas)
    session.leave()
    session.snapping.set_enabled(False)
    session.close()
    store.close()
    assert session.tool == ""


def test_a_pointer_that_leaves_the_map_leaves_nothing_there(desk):
    from qgis.PyQt.QtCore import QEvent
    from qgis.PyQt.QtWidgets import QApplication

    session = desk()
    session.start("point")
    session.hand.move(*at(session, (50, 50))[0])
    assert shown_bands(session)
    QApplication.sendEvent(session.canvas.viewport(), QEvent(QEvent.Type.Leave))
    assert not shown_bands(session)
    click(session, (50, 50))
    assert len(session.store.samples) == 1


def test_a_map_without_a_crs_counts_as_that_of_the_samples(desk, key):
    from qgis.core import QgsCoordinateReferenceSystem

    session = desk()
    session.canvas.setDestinationCrs(QgsCoordinateReferenceSystem())
    session.set_buffer(5.0)
    session.start("line")
    for place in ((20, 50), (80, 50)):
        session.hand.click(*spot(*place))
    session.hand.key(key.Key_Return)
    assert only(session).geometry.area() == pytest.approx(60 * 10 + 78.5, rel=0.02)
