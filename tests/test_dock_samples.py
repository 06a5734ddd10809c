"""The samples manager: what is selected, on the map and in the table, and what keys and menus do with it."""

from __future__ import annotations

import pytest
from dock_cases import rectangle
from samples_cases import click_row, press, settle


@pytest.fixture
def panel(samples_panel):
    """Return the shown panel of four fields and two roofs; ``panel.fids`` in the order of drawing."""
    return samples_panel


def test_row_click_selects_in_the_store(panel, store):
    from qgis.PyQt.QtCore import Qt

    click_row(panel, 0)
    assert store.selected == panel.model.fids([0])
    click_row(panel, 3, Qt.KeyboardModifier.ShiftModifier)
    assert sorted(store.selected) == sorted(panel.model.fids([0, 1, 2, 3]))


def test_selection_on_the_map_selects_rows(panel, store):
    store.select(panel.fids[1:3])
    assert sorted(panel.table.shown_selection()) == sorted(panel.fids[1:3])
    assert panel.shown.text().startswith("2 ")
    store.select([])
    assert panel.table.shown_selection() == []


def test_filter_takes_hidden_rows_out_of_the_selection(panel, store):
    store.select(panel.fids)
    panel.summary.selectRow(2)
    assert sorted(store.selected) == panel.fids[4:]


def test_selection_stays_while_the_table_is_sorted_and_edited(panel, store):
    from qgis.PyQt.QtCore import Qt

    store.select([panel.fids[0], panel.fids[4]])
    panel.table.sortByColumn(2, Qt.SortOrder.AscendingOrder)
    store.add([rectangle(70, 70)], 1)
    settle(panel)
    assert sorted(panel.table.shown_selection()) == [panel.fids[0], panel.fids[4]]
    assert sorted(store.selected) == [panel.fids[0], panel.fids[4]]


def test_digit_gives_the_selected_samples_that_class(panel, store):
    from qgis.PyQt.QtCore import Qt

    store.select(panel.fids[:2])
    press(panel, Qt.Key.Key_2)
    assert [store.samples[fid].value for fid in panel.fids] == [2, 2, 1, 1, 2, 2]
    assert "roof" in panel.status.text()
    store.undo_stack.undo()
    assert [store.samples[fid].value for fid in panel.fids] == [1, 1, 1, 1, 2, 2]


def test_delete_key_deletes_and_says_how_many(panel, store):
    from qgis.PyQt.QtCore import Qt

    store.select(panel.fids[:3])
    press(panel, Qt.Key.Key_Delete)
    assert sorted(store.samples) == panel.fids[3:]
    assert panel.status.text().startswith("3 samples deleted")
    assert panel.model.rowCount() == 3
    store.undo_stack.undo()
    assert panel.model.rowCount() == 6


def test_merge_keeps_the_class_of_the_oldest_and_split_parts_it_again(panel, store):
    from qgis.PyQt.QtCore import Qt

    store.select([panel.fids[4], panel.fids[0]])
    press(panel, Qt.Key.Key_M)
    assert store.samples[panel.fids[0]].value == 1
    assert store.selected == [panel.fids[0]]
    assert panel.model.rowCount() == 5
    press(panel, Qt.Key.Key_S)
    assert panel.model.rowCount() == 6
    assert len(store.selected) == 2


def test_next_and_previous_go_round_and_move_the_map(panel, store, canvas):
    from qgis.PyQt.QtCore import Qt

    press(panel, Qt.Key.Key_N)
    assert store.selected == panel.model.fids([0])
    press(panel, Qt.Key.Key_N)
    assert store.selected == panel.model.fids([1])
    middle = store.samples[store.selected[0]].geometry.boundingBox().center()
    assert canvas.center().distance(middle) < canvas.mapUnitsPerPixel()
    press(panel, Qt.Key.Key_P)
    press(panel, Qt.Key.Key_P)
    assert store.selected == panel.model.fids([5])


def test_zoom_shows_all_that_is_selected(panel, store, canvas):
    from qgis.PyQt.QtCore import Qt

    store.select([panel.fids[0], panel.fids[5]])
    press(panel, Qt.Key.Key_Z)
    for fid in store.selected:
        assert canvas.extent().contains(store.samples[fid].geometry.boundingBox())
    assert canvas.extent().width() < 100


def test_class_menu_lists_the_schema(panel, store):
    store.select(panel.fids[:1])
    panel.actions.menu.aboutToShow.emit()
    actions = panel.actions.menu.actions()
    assert [action.text().split("\t")[0] for action in actions] == ["field", "roof"]
    actions[1].trigger()
    assert store.samples[panel.fids[0]].value == 2


def test_actions_are_off_without_a_selection(panel, store):
    store.select([])
    assert not panel.actions.delete.isEnabled()
    assert not panel.actions.merge.isEnabled()
    store.select(panel.fids[:1])
    assert panel.actions.delete.isEnabled()
    assert not panel.actions.merge.isEnabled()


def test_context_menu_holds_all_actions_with_their_keys(panel, store):
    from qgis.PyQt.QtCore import QPoint
    from qgis.PyQt.QtWidgets import QApplication

    store.select(panel.fids[:2])
    panel.table.customContextMenuRequested.emit(QPoint(20, 20))
    menu = QApplication.activePopupWidget()
    keys = [action.text().split("\t")[1] for action in menu.actions() if action.text()]
    assert keys == ["Z", "F", "P", "N", "C", "M", "S", "Del"]
    menu.close()


def test_flash_shows_the_selection_on_the_map(panel, store, canvas, monkeypatch):
    from qgis.PyQt.QtCore import Qt

    flashed = []
    monkeypatch.setattr(canvas, "flashGeometries", lambda shapes, crs: flashed.append((len(shapes), crs)))
    store.select(panel.fids[:3])
    press(panel, Qt.Key.Key_F)
    assert flashed == [(3, store.crs)]
