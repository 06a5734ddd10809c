"""The samples manager: what its table and its sums show, filtered and sorted."""

from __future__ import annotations

import numpy as np
import pytest
from dock_cases import make_context, make_image, rectangle
from samples_cases import cell, names, settle


@pytest.fixture
def panel(samples_panel):
    """Return the shown panel of four fields and two roofs; ``panel.fids`` in the order of drawing."""
    return samples_panel


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


def test_header_menu_hides_columns(panel):
    from qgis.PyQt.QtCore import QPoint
    from qgis.PyQt.QtWidgets import QApplication

    from swath.plugin.labeling.samples_model import SHARE, column_title

    panel.table.horizontalHeader().customContextMenuRequested.emit(QPoint(20, 5))
    menu = QApplication.activePopupWidget()
    next(action for action in menu.actions() if action.text() == column_title(SHARE)).trigger()
    assert panel.table.isColumnHidden(SHARE)
    menu.close()


def test_empty_table_says_why(panel, store):
    def ink() -> int:
        picture = panel.table.viewport().grab().toImage()
        middle = picture.height() // 2
        rows = range(middle - 20, middle + 20)
        return len({picture.pixel(x, y) for x in range(picture.width()) for y in rows})

    store.remove(panel.fids)
    settle(panel)
    assert ink() > 3


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
