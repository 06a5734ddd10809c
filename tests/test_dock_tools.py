"""The tools that draw, driven by mouse and keys on the canvas; what lands in the file is what counts."""

from __future__ import annotations

import pytest
from tool_cases import at, click, only, shown_bands

CRSS = ["EPSG:32636", "EPSG:3857", "EPSG:4326"]


@pytest.mark.parametrize(
    ("crs", "end"), [*((crs, "enter") for crs in CRSS), ("EPSG:32636", "right"), ("EPSG:4326", "double")]
)
def test_polygon_ends_three_ways_in_any_crs(desk, key, crs, end):
    session = desk(crs)
    session.start("polygon")
    click(session, (20, 20), (60, 20), (60, 50))
    if end == "double":
        session.hand.double_click(*at(session, (20, 50))[0])
    else:
        click(session, (20, 50))
        if end == "enter":
            session.hand.key(key.Key_Return)
        else:
            session.hand.right_click(*at(session, (70, 70))[0])
    sample = only(session)
    assert sample.geometry.area() == pytest.approx(1200, rel=0.03)
    assert sample.value == session.store.schema.classes()[0].value
    assert sample.count == pytest.approx(4800, rel=0.03)
    assert not shown_bands(session)
    assert session.tool == "polygon"


@pytest.mark.parametrize(("crs", "drag"), [(CRSS[0], False), (CRSS[1], True), (CRSS[2], False)])
def test_rectangle_is_one_on_the_map(desk, crs, drag):
    session = desk(crs)
    session.start("rectangle")
    if drag:
        session.hand.drag(*at(session, (10, 10), (30, 30), (70, 50)))
    else:
        click(session, (10, 10), (70, 50))
    assert only(session).geometry.area() == pytest.approx(2400, rel=0.03)


@pytest.mark.parametrize("crs", CRSS)
def test_rectangle_with_shift_is_a_square_on_the_ground(desk, crs):
    from qgis.PyQt.QtCore import Qt

    session = desk(crs)
    session.start("rectangle")
    click(session, (10, 10), (70, 50), modifier=Qt.KeyboardModifier.ShiftModifier)
    box = only(session).geometry.orientedMinimumBoundingBox()
    assert box[3] / box[4] == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize("crs", CRSS)
def test_rotated_rectangle_has_right_angles_on_the_ground(desk, crs):
    session = desk(crs)
    session.start("rotated_rectangle")
    click(session, (30, 20), (70, 40), (60, 60))
    shape = only(session).geometry
    _box, area, _angle, width, height = shape.orientedMinimumBoundingBox()
    assert shape.area() == pytest.approx(area, rel=0.02)
    assert max(width, height) == pytest.approx((40**2 + 20**2) ** 0.5, rel=0.03)
    assert min(width, height) == pytest.approx(22.4, rel=0.05)


@pytest.mark.parametrize("crs", CRSS)
def test_circle_is_round_on_the_ground(desk, crs):
    import math

    session = desk(crs)
    session.start("circle")
    click(session, (50, 50), (70, 50))
    shape = only(session).geometry
    assert shape.area() == pytest.approx(math.pi * 400, rel=0.04)
    assert 4 * math.pi * shape.area() / shape.length() ** 2 > 0.99


@pytest.mark.parametrize("crs", CRSS)
def test_ellipse_has_its_axes_on_the_ground(desk, crs):
    import math

    session = desk(crs)
    session.start("ellipse")
    click(session, (20, 50), (80, 50), (50, 65))
    assert only(session).geometry.area() == pytest.approx(math.pi * 30 * 15, rel=0.05)


@pytest.mark.parametrize("crs", CRSS)
def test_freehand_follows_the_stroke(desk, crs):
    import math

    session = desk(crs)
    session.start("freehand")
    stroke = [(50 + 30 * math.cos(step / 8), 50 + 30 * math.sin(step / 8)) for step in range(50)]
    session.hand.drag(*at(session, *stroke))
    assert only(session).geometry.area() == pytest.approx(math.pi * 900, rel=0.05)


@pytest.mark.parametrize("crs", CRSS)
def test_line_has_its_buffer_on_the_ground_with_round_caps(desk, key, crs):
    import math

    session = desk(crs)
    session.set_buffer(5.0)
    session.start("line")
    click(session, (20, 50), (80, 50))
    session.hand.key(key.Key_Enter)
    assert only(session).geometry.area() == pytest.approx(60 * 10 + math.pi * 25, rel=0.02)


@pytest.mark.parametrize("crs", CRSS)
def test_point_becomes_a_circle_of_the_buffer_on_the_ground(desk, crs):
    import math

    session = desk(crs)
    session.set_buffer(8.0)
    session.start("point")
    click(session, (50, 50))
    box = only(session).geometry.boundingBox()
    assert only(session).geometry.area() == pytest.approx(math.pi * 64, rel=0.01)
    assert (box.width(), box.height()) == pytest.approx((16, 16), rel=0.01)
    assert session.tool == "point"


def test_areas_are_drawn_where_they_are_the_target(desk):
    session = desk()
    session.set_target("areas")
    session.start("rectangle")
    click(session, (10, 10), (70, 50))
    assert not session.store.samples
    (area,) = session.store.areas.values()
    assert area.geometry.area() == pytest.approx(2400, rel=0.02)


def test_shape_where_the_map_repeats_itself_is_refused_and_not_folded(desk):
    from dock_cases import draw
    from qgis.core import QgsRectangle

    session = desk("EPSG:3857")
    session.canvas.setExtent(QgsRectangle(-4e7, -4e7, 4e7, 4e7))
    draw(session.canvas)
    session.start("rectangle")
    session.hand.drag((-3e7, -3e7), (0, 0), (3e7, 3e7))
    assert not session.store.samples
    assert "EPSG:32636" in session.said.pop()
    session.start("vertices")
    session.hand.move(3e7, 3e7)
    assert not session.said
