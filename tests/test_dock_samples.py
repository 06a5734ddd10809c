"""The samples manager, driven by mouse and keys: table, sums, filters, selection, changes of class, undo."""

from __future__ import annotations

import numpy as np
import pytest
from dock_cases import make_context, make_image, rectangle


@pytest.fixture
def panel(store, image, canvas):
    """Return the shown panel of four fields and two roofs; ``panel.fids`` in the order of drawing."""
    from qgis.core import QgsProject

    from swath.plugin.labeling.image_layers import image_frames
    from swath.plugin.labeling.sample_facts import SampleFacts
    from swath.plugin.labeling.samples_panel import SamplesPanel

    context = make_context(canvas, store)
    store.current_image = image
    made = SamplesPanel(context)
    project = QgsProject.instance()
    facts = SampleFacts(store, project, lambda: image_frames(store, project))
    made.show_store(facts)
    made.fids = store.add([rectangle(5 + 15 * place, 5) for place in range(4)], 1)
    made.fids += store.add([rectangle(5, 40), rectangle(30, 40, 20)], 2)
    made.resize(380, 420)
    made.show()
    facts.finish()
    settle(made)
    made.facts = facts
    yield made
    facts.stop()
    made.close()


def settle(panel) -> None:
    """Let the timers of the panel run out."""
    from qgis.PyQt.QtTest import QTest

    QTest.qWait(120)


def click_row(panel, row: int, modifier=None) -> None:
    from qgis.PyQt.QtCore import Qt
    from qgis.PyQt.QtTest import QTest

    index = panel.model.index(row, 1)
    panel.table.scrollTo(index)
    place = panel.table.visualRect(index).center()
    button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mouseClick(panel.table.viewport(), button, modifier or none, place)


def press(panel, key) -> None:
    from qgis.PyQt.QtTest import QTest

    QTest.keyClick(panel.table, key)


def cell(panel, row: int, column: int) -> str:
    return panel.model.index(row, column).data()


def names(panel) -> list[str]:
    from swath.plugin.labeling.samples_model import CLASS

    return [cell(panel, row, CLASS) for row in range(panel.model.rowCount())]


def test_table_shows_class_area_pixels_and_share(panel):
    from swath.plugin.labeling.samples_model import AREA, PIXELS, SHARE

    row = int(panel.model.rows_of([panel.fids[5]])[0])
    assert cell(panel, row, AREA) == "400 m²"  # 20 x 20 m at the UTM zone's scale
    assert cell(panel, row, PIXELS) == "1,600"
    assert cell(panel, row, SHARE) == "44 %"


def test_summary_sums_each_class(panel):
    totals = panel._sums.totals
    assert [(item.name, item.count, item.pixels) for item in totals] == [
        ("All classes", 6, 3600),
        ("field", 4, 1600),
        ("roof", 2, 2000),
    ]
    assert totals[0].area == pytest.approx(900, rel=2e-3)


def test_click_on_class_filters_the_table(panel):
    panel.summary.selectRow(2)
    assert names(panel) == ["roof", "roof"]
    panel.summary.selectRow(0)
    assert len(names(panel)) == 6


def test_filters_go_together(panel):
    from qgis.PyQt.QtTest import QTest

    QTest.keyClicks(panel.search, "roo")
    QTest.qWait(300)
    assert names(panel) == ["roof", "roof"]
    panel.summary.selectRow(1)
    assert names(panel) == []
    panel.search.clear()
    QTest.qWait(300)
    assert names(panel) == ["field"] * 4


def test_text_finds_warning_and_number(panel):
    from swath.plugin.labeling.samples_model import SampleFilter

    panel.model.set_filter(SampleFilter(text=str(panel.fids[3])))
    assert panel.model.fids() == [panel.fids[3]]
    panel.model.set_filter(SampleFilter(text="overlaps"))
    assert panel.model.fids() == []


def test_samples_of_one_image_are_shown(panel, store, tmp_path):
    store.current_image = make_image(tmp_path, "second.tif")
    fid = store.add([rectangle(60, 60)], 1)[0]
    settle(panel)
    assert panel.image.isVisible()
    panel.only_image("second.tif")
    assert panel.model.fids() == [fid]
    assert panel._sums.totals[0].count == 1
    panel.only_image(None)
    assert len(panel.model.fids()) == 7


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


def test_edits_one_by_one_leave_the_order_of_a_new_sort(panel, store):
    from qgis.PyQt.QtCore import Qt

    draw = np.random.default_rng(7)
    model = panel.model
    for column in range(7):
        downward = column % 2 == 0
        order = Qt.SortOrder.DescendingOrder if downward else Qt.SortOrder.AscendingOrder
        panel.table.sortByColumn(column, order)
        for step in range(6):
            x, y, side = draw.uniform(5, 80, 3)
            store.add([rectangle(x, y, side / 8)], int(draw.integers(1, 3)))
            if step % 2:
                store.change_class([int(draw.choice(list(store.samples)))], int(draw.integers(1, 3)))
            if step % 3 == 2:
                store.remove([int(draw.choice(list(store.samples)))])
        panel.facts.finish()
        assert sorted(model.fids()) == sorted(store.samples)
        keys = model._keys(model.rows)
        assert (keys[1:] <= keys[:-1]).all() if downward else (keys[:-1] <= keys[1:]).all(), column


def test_look_of_the_table_is_remembered(panel, store, canvas):
    from swath.plugin.labeling.samples_model import IMAGE
    from swath.plugin.labeling.samples_panel import SamplesPanel

    panel.table.setColumnHidden(IMAGE, True)
    panel.table.setColumnWidth(1, 155)
    again = SamplesPanel(make_context(canvas, store))
    again.show_store(panel.facts)
    again.restore(panel.state())
    assert again.table.isColumnHidden(IMAGE)
    assert again.table.columnWidth(1) == 155
    again.close()


def test_no_store_is_no_error(canvas):
    from swath.plugin.labeling.samples_panel import SamplesPanel

    panel = SamplesPanel(make_context(canvas))
    panel.show_store(None)
    panel.show()
    panel.table.step(1)
    assert not panel.actions.next.isEnabled()
    panel.close()
