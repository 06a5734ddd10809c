"""The tab "Review", driven by keys: from a map with doubts to samples, and back by undo."""

from __future__ import annotations

import pytest
from dock_cases import Hand, draw, rows
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtTest import QSignalSpy, QTest
from review_cases import BLOBS, pixel_square
from review_fixtures import find, press, states, values


def test_find_shows_the_first_place_and_zooms_the_map_there(tab):
    find(tab)
    assert len(tab.review.candidates) == len(BLOBS)
    assert tab.stack.currentWidget() is tab.page
    assert tab.page.card.said.text() == "Roof"
    assert tab.page.card.sure.text() == "60 %"
    assert "Forest" in tab.page.card.reason.text()
    view, place = tab._context.canvas.extent(), tab.review.current.geometry.boundingBox()
    assert view.contains(place)
    assert view.width() < 6 * place.width()
    assert tab.view.marker.shown


def test_keys_accept_correct_and_skip_make_samples_and_move_on(tab, land):
    find(tab)
    outline = tab.review.candidates[0].geometry
    press(tab, Qt.Key.Key_Return, Qt.Key.Key_2, Qt.Key.Key_S)
    assert states(tab) == ["accepted", "corrected", "skipped"]
    assert values(land) == [2, 3]
    roof = next(sample for sample in land.samples.values() if sample.value == 3)
    assert roof.geometry.symDifference(outline).area() < 0.01
    assert {row["Classname"] for row in rows(land.path).values()} == {"Roof", "Forest"}
    assert tab.stack.currentWidget() is tab.summary


def test_correct_to_what_the_model_says_counts_as_accepted(tab):
    find(tab)
    press(tab, Qt.Key.Key_3)
    assert states(tab)[0] == "accepted"


def test_undo_takes_sample_and_state_back_and_returns_to_the_place(tab, land):
    find(tab)
    press(tab, Qt.Key.Key_A, Qt.Key.Key_1)
    assert tab.review.index == 2
    press(tab, Qt.Key.Key_U)
    assert states(tab) == ["accepted", "open", "open"]
    assert tab.review.index == 1
    press(tab, Qt.Key.Key_Z, modifier=Qt.KeyboardModifier.ControlModifier)
    assert states(tab) == ["open"] * 3
    assert not land.samples
    assert not rows(land.path)
    press(tab, Qt.Key.Key_Y, modifier=Qt.KeyboardModifier.ControlModifier)
    assert values(land) == [3]
    assert states(tab)[0] == "accepted"


def test_keys_on_the_canvas_do_the_same(tab, land):
    find(tab)
    QTest.keyClick(tab._context.canvas, Qt.Key.Key_A)
    assert values(land) == [3]


def test_keys_are_left_alone_while_another_page_is_seen(tab, land):
    find(tab)
    tab.page.leave.click()
    QTest.keyClick(tab._context.canvas, Qt.Key.Key_A)
    assert not land.samples
    assert not tab.view.marker.shown


def test_left_and_right_move_without_deciding(tab):
    find(tab)
    press(tab, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right)
    assert tab.review.index == 2
    press(tab, Qt.Key.Key_Left)
    assert tab.review.index == 1
    assert states(tab) == ["open"] * 3


def test_click_on_the_strip_goes_to_that_place(tab):
    find(tab)
    strip = tab.page.strip
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=strip.cell(2).center().toPoint())
    assert tab.review.index == 2


def test_background_makes_no_sample_and_marks_the_surroundings_where_asked(tab, land):
    find(tab)
    press(tab, Qt.Key.Key_B)
    assert (len(land.samples), len(land.areas), states(tab)[0]) == (0, 0, "corrected")
    tab.page.mark.setChecked(True)
    place = tab.review.current.geometry
    press(tab, Qt.Key.Key_B)
    (area,) = land.areas.values()
    assert area.geometry.contains(place)
    assert area.geometry.area() == pytest.approx((384 * 0.5) ** 2, rel=0.01)
    press(tab, Qt.Key.Key_U)
    assert not land.areas
    assert states(tab)[1] == "open"


def test_correction_is_cut_out_of_samples_of_other_classes(tab, land):
    from qgis.core import QgsGeometry

    find(tab)
    around = tab.review.current.geometry.boundingBox()
    around.grow(20)
    land.add([QgsGeometry.fromRect(around)], 1)
    before = next(iter(land.samples.values())).geometry.area()
    press(tab, Qt.Key.Key_2)
    water, forest = sorted(land.samples.values(), key=lambda sample: sample.value)
    assert water.geometry.intersection(forest.geometry).area() < 0.01
    assert water.geometry.area() + forest.geometry.area() == pytest.approx(before)
    press(tab, Qt.Key.Key_U)
    assert next(iter(land.samples.values())).geometry.area() == pytest.approx(before)


def test_hold_h_hides_the_map_until_it_is_let_go(tab, map_layers):
    find(tab)
    QTest.keyPress(tab.page.card, Qt.Key.Key_H)
    assert map_layers[0].opacity() == 0
    QTest.keyRelease(tab.page.card, Qt.Key.Key_H)
    assert map_layers[0].opacity() == 1
    QTest.keyPress(tab._context.canvas, Qt.Key.Key_H)
    tab.hide()
    assert map_layers[0].opacity() == 1


def test_draw_takes_the_drawn_outline_for_the_place(tab, land):
    find(tab)
    press(tab, Qt.Key.Key_D)
    canvas = tab._context.canvas
    draw(canvas)
    hand, box = Hand(canvas), tab.review.current.geometry.boundingBox()
    hand.key(Qt.Key.Key_1)
    for corner in (
        (box.xMinimum(), box.yMinimum()),
        (box.xMaximum(), box.yMinimum()),
        (box.xMaximum(), box.yMaximum()),
    ):
        hand.click(*corner)
    hand.key(Qt.Key.Key_Return)
    (sample,) = land.samples.values()
    assert sample.value == 1
    assert sample.geometry.area() == pytest.approx(box.area() / 2, rel=0.1)
    assert states(tab)[0] == "corrected"
    assert not tab.view.drawing
    press(tab, Qt.Key.Key_U)
    assert not land.samples
    assert states(tab)[0] == "open"


def test_strip_far_right_is_the_last_place(tab):
    find(tab)
    strip = tab.page.strip
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(strip.width() - 1, 8))
    assert tab.review.index == len(tab.review.candidates) - 1


def test_undo_does_not_take_back_what_was_labeled_before_the_review(tab, land):
    from qgis.core import QgsGeometry

    land.add([QgsGeometry.fromWkt(pixel_square(150, 150, 20))], 1)
    told = QSignalSpy(tab._context.told)
    find(tab)
    assert not tab.page.card.buttons["undo"].isEnabled()
    press(tab, Qt.Key.Key_A, Qt.Key.Key_U, Qt.Key.Key_U)
    assert values(land) == [1]
    assert "Label" in told[0][0]


def test_buttons_do_what_their_keys_do(tab, land):
    find(tab)
    card = tab.page.card
    for button in (card.buttons["accept"], card.class_buttons[1], card.buttons["undo"], card.buttons["skip"]):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert states(tab) == ["accepted", "skipped", "open"]
    assert values(land) == [3]
