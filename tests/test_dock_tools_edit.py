"""The tools that change what was drawn: select and move, vertices, add and cut."""

from __future__ import annotations

import pytest
from dock_cases import rectangle, spot
from tool_cases import at, click, only, shown_bands

CRSS = ["EPSG:32636", "EPSG:4326"]


@pytest.fixture
def shift():
    from qgis.PyQt.QtCore import Qt

    return Qt.KeyboardModifier.ShiftModifier


def fill(session, *boxes):
    """Add rectangles (x, y, width, height in metres of the image) and return their fids."""
    return session.store.add([rectangle(*box) for box in boxes], 1)


@pytest.mark.parametrize("crs", CRSS)
def test_a_click_selects_the_smallest_and_shift_adds_or_takes_off(desk, shift, crs):
    session = desk(crs)
    large, small, other = fill(session, (10, 10, 60, 60), (20, 20, 10, 10), (80, 80, 10, 10))
    session.start("select")
    click(session, (25, 25))
    assert session.store.selected == [small]
    click(session, (60, 60))
    assert session.store.selected == [large]
    click(session, (85, 85), modifier=shift)
    assert sorted(session.store.selected) == [large, other]
    click(session, (85, 85), modifier=shift)
    assert session.store.selected == [large]
    click(session, (95, 5))
    assert session.store.selected == []


@pytest.mark.parametrize("crs", CRSS)
def test_a_box_selects_all_that_it_meets(desk, crs):
    session = desk(crs)
    first, second, _third = fill(session, (10, 10), (40, 10), (70, 70))
    session.start("select")
    session.hand.drag(*at(session, (5, 5), (30, 12), (45, 15)))
    assert sorted(session.store.selected) == [first, second]
    assert not shown_bands(session)


def test_delete_removes_what_is_selected_as_one_step(desk, key):
    session = desk()
    fids = fill(session, (10, 10), (40, 10), (70, 70))
    session.store.select(fids[:2])
    session.start("select")
    session.hand.key(key.Key_Delete)
    assert list(session.store.samples) == fids[2:]
    session.undo()
    assert sorted(session.store.samples) == fids


@pytest.mark.parametrize("crs", CRSS)
def test_dragging_a_selected_sample_moves_the_selection(desk, crs):
    session = desk(crs)
    first, second, third = fill(session, (10, 10), (30, 10), (70, 70))
    session.start("select")
    session.store.select([first, second])
    session.hand.drag(*at(session, (15, 15), (25, 30), (35, 45)))
    moved = {fid: sample.geometry.boundingBox() for fid, sample in session.store.samples.items()}
    for fid, place in ((first, (30, 40)), (second, (50, 40)), (third, (70, 70))):
        west, north = spot(*place)
        assert (moved[fid].xMinimum(), moved[fid].yMaximum()) == pytest.approx((west, north), abs=0.6)
    session.undo()
    assert session.store.samples[first].geometry.isGeosEqual(rectangle(10, 10))


def test_areas_are_selected_moved_and_deleted_where_they_are_the_target(desk, key):
    session = desk()
    fill(session, (10, 10))
    session.store.add_area(rectangle(5, 5, 40, 40))
    session.set_target("areas")
    session.start("select")
    click(session, (12, 12))
    session.hand.drag(*at(session, (12, 12), (20, 20), (32, 32)))
    (area,) = session.store.areas.values()
    assert area.geometry.boundingBox().xMinimum() == pytest.approx(spot(25, 25)[0], abs=0.6)
    session.hand.key(key.Key_Delete)
    assert not session.store.areas
    assert len(session.store.samples) == 1
    session.undo()
    session.undo()
    (area,) = session.store.areas.values()
    assert area.geometry.isGeosEqual(rectangle(5, 5, 40, 40))


@pytest.mark.parametrize("crs", CRSS)
def test_a_vertex_is_dragged_and_the_others_stay_to_the_last_digit(desk, crs):
    session = desk(crs)
    (fid,) = fill(session, (20, 20, 40, 40))
    before = [(v.x(), v.y()) for v in session.store.samples[fid].geometry.vertices()]
    session.start("vertices")
    session.hand.drag(*at(session, (60, 60), (65, 65), (80, 80)))
    after = [(v.x(), v.y()) for v in session.store.samples[fid].geometry.vertices()]
    changed = [new for old, new in zip(before, after, strict=True) if old != new]
    assert len(after) == len(before)
    assert changed == [pytest.approx(spot(80, 80), abs=0.4)]
    assert session.store.undo_stack.count() == 2


def test_an_edge_gives_a_new_vertex_and_delete_takes_it_away(desk, key):
    session = desk()
    (fid,) = fill(session, (20, 20, 40, 40))
    session.start("vertices")
    session.hand.drag(*at(session, (40, 60), (40, 65), (40, 75)))
    assert session.store.samples[fid].geometry.area() == pytest.approx(1600 + 300, rel=0.02)
    session.hand.move(*at(session, (40, 75))[0])
    session.hand.key(key.Key_Delete)
    assert session.store.samples[fid].geometry.area() == pytest.approx(1600, rel=0.01)
    session.undo()
    session.undo()
    assert session.store.samples[fid].geometry.isGeosEqual(rectangle(20, 20, 40, 40))


def test_escape_lets_go_of_a_vertex(desk, key):
    session = desk()
    (fid,) = fill(session, (20, 20, 40, 40))
    session.start("vertices")
    start, end = at(session, (60, 60), (80, 80))
    session.hand.move(*start)
    session.hand.press(*start)
    session.hand.move(*end)
    session.hand.key(key.Key_Escape)
    session.hand.release(*end)
    assert session.store.samples[fid].geometry.isGeosEqual(rectangle(20, 20, 40, 40))
    assert session.tool == "vertices"


def test_the_vertices_shown_follow_an_undo_and_go_with_the_sample(desk):
    session = desk()
    fill(session, (20, 20, 40, 40))
    session.start("vertices")
    session.hand.move(*at(session, (60, 60))[0])
    assert shown_bands(session)
    session.undo()
    assert not shown_bands(session)


def test_a_triangle_without_a_vertex_is_refused(desk, key):
    from qgis.core import QgsGeometry, QgsPointXY

    session = desk()
    corners = [QgsPointXY(*spot(*place)) for place in ((20, 20), (60, 20), (60, 60))]
    session.store.add([QgsGeometry.fromPolygonXY([corners])], 1)
    session.start("vertices")
    session.hand.move(*at(session, (60, 60))[0])
    session.hand.key(key.Key_Delete)
    assert only(session).geometry.area() == pytest.approx(800, rel=0.01)
    assert "no area" in session.hints[-1]


@pytest.mark.parametrize("crs", CRSS)
def test_cut_makes_a_hole(desk, key, crs):
    session = desk(crs)
    fill(session, (10, 10, 60, 60))
    session.start("cut")
    click(session, (30, 30), (50, 30), (50, 50), (30, 50))
    session.hand.key(key.Key_Return)
    shape = only(session).geometry
    assert shape.area() == pytest.approx(3600 - 400, rel=0.01)
    assert len(shape.asMultiPolygon()[0]) == 2


def test_cut_through_makes_parts_and_cutting_all_removes_as_one_step(desk, key):
    session = desk()
    first, second = fill(session, (10, 10, 40, 40), (60, 10, 10, 10))
    session.start("cut")
    click(session, (25, 5), (80, 5), (80, 55), (25, 55))
    session.hand.key(key.Key_Return)
    assert list(session.store.samples) == [first]
    assert session.store.samples[first].geometry.area() == pytest.approx(600, rel=0.02)
    session.undo()
    assert sorted(session.store.samples) == [first, second]
    assert session.store.samples[first].geometry.area() == pytest.approx(1600)


def test_cut_spares_what_is_not_selected_where_something_is(desk, key):
    session = desk()
    first, second = fill(session, (10, 10, 40, 40), (30, 30, 40, 40))
    session.store.select([second])
    session.start("cut")
    click(session, (30, 30), (50, 30), (50, 50), (30, 50))
    session.hand.key(key.Key_Return)
    areas = [session.store.samples[fid].geometry.area() for fid in (first, second)]
    assert areas == [pytest.approx(1600), pytest.approx(1200, rel=0.01)]


@pytest.mark.parametrize("crs", CRSS)
def test_add_joins_the_sample_that_is_covered_most(desk, key, crs):
    session = desk(crs)
    first, second = fill(session, (10, 10, 30, 30), (60, 10, 30, 30))
    session.start("extend")
    click(session, (20, 20), (63, 20), (63, 60), (20, 60))
    session.hand.key(key.Key_Return)
    areas = [session.store.samples[fid].geometry.area() for fid in (first, second)]
    assert areas == [pytest.approx(900 + 43 * 40 - 400, rel=0.02), pytest.approx(900)]


def test_reshaping_beside_everything_says_so(desk, key):
    session = desk()
    fill(session, (10, 10, 30, 30))
    session.start("extend")
    click(session, (60, 60), (80, 60), (80, 80))
    session.hand.key(key.Key_Return)
    assert "meets nothing" in session.said[0]
    assert only(session).geometry.area() == pytest.approx(900)


def test_snapping_takes_the_corner_of_a_sample(desk, key):
    from qgis.PyQt.QtTest import QTest

    session = desk()
    fill(session, (10, 10, 30, 30))
    session.canvas.setLayers([session.store.layer, *session.canvas.layers()])
    session.snapping.set_enabled(True)
    session.start("polygon")
    corner = at(session, (41, 9))[0]
    session.hand.move(*corner)
    QTest.qWait(150)  # the index is made in the background
    click(session, (41, 9), (80, 10), (80, 60))
    first = session.active.points[0]
    assert (first.x(), first.y()) == pytest.approx(spot(40, 10), abs=1e-6)
    session.snapping.set_enabled(False)


def test_fifty_edits_of_all_tools_are_undone_and_made_again(desk, key):
    session = desk()
    states = [snapshot(session)]
    step = 0
    while len(states) <= 50:
        x, y = 5 + 17 * (step % 5), 5 + 17 * (step // 5 % 5)
        tool = ("rectangle", "point", "cut", "extend", "select", "vertices")[step % 6]
        session.start(tool)
        if tool in {"rectangle", "cut", "extend"}:
            if tool == "rectangle":
                click(session, (x, y), (x + 14, y + 14))
            else:
                session.store.select([])
                click(session, (x - 14, y - 2), (x + 3, y - 2), (x + 3, y + 9), (x - 14, y + 9))
                session.hand.key(key.Key_Return)
        elif tool == "point":
            click(session, (x + 5, y + 5))
        elif tool == "select" and session.store.samples:
            session.store.select([max(session.store.samples)])
            session.hand.key(key.Key_Delete)
        elif tool == "vertices" and session.store.samples:
            session.store.change_class([max(session.store.samples)], 1 + step // 6 % 2)
        now = snapshot(session)
        if now != states[-1]:
            states.append(now)
        step += 1
        assert step < 400
    stack = session.store.undo_stack
    assert stack.count() == 50
    for state in reversed(states[:-1]):
        session.undo()
        assert snapshot(session) == state
    for state in states[1:]:
        session.redo()
        assert snapshot(session) == state


def snapshot(session):
    return {fid: (sample.value, sample.geometry.asWkt(6)) for fid, sample in session.store.samples.items()}
