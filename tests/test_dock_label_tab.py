"""The Label tab as a whole: from an image to the first sample, areas, images, undo, state."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from dock_cases import Hand, make_canvas, make_image, rectangle
from label_cases import Answers, choose_class, click, draw_rectangle, settle


def test_tool_without_labels_asks_only_for_the_place_and_draws(make_tab, image, hand, tmp_path):
    answers = Answers(new="suggested")
    tab = make_tab(answers)
    choose_class(tab)
    assert tab.begin.isVisible()
    assert "image" in tab.begin.text.text()
    click(tab.toolbar.buttons["rectangle"])
    assert answers.asked == [tmp_path / "image_labels.gpkg"]
    store = tab.context.store
    assert (store.path, store.crs, store.current_image) == (answers.asked[0], image.crs(), image)
    assert tab.session.tool == "rectangle"
    draw_rectangle(hand, 10, 10)
    assert len(store.samples) == 1
    assert next(iter(store.samples.values())).image == "image.tif"
    assert not tab.begin.isVisible()
    assert tab.samples.model.rowCount() == 1


def test_giving_up_the_place_leaves_everything_as_it_was(make_tab, canvas):
    tab = make_tab(Answers(new=None))
    click(tab.toolbar.buttons["polygon"])
    assert tab.context.store is None
    assert tab.session.tool == ""
    assert not tab.toolbar.buttons["polygon"].isChecked()
    assert tab.begin.isVisible()


def test_undo_and_redo_by_keys_from_anywhere_in_the_tab(make_tab, store):
    from qgis.PyQt.QtCore import Qt
    from qgis.PyQt.QtTest import QTest

    tab = make_tab(store=store)
    store.add([rectangle(10, 10)], 1)
    for widget in (tab.samples.table, tab.samples.summary, tab.images.list, tab):
        QTest.keyClick(widget, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert not store.samples
        QTest.keyClick(widget, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
        assert len(store.samples) == 1


def test_areas_are_drawn_listed_and_removed(make_tab, store, image, hand):
    from qgis.PyQt.QtCore import Qt
    from qgis.PyQt.QtTest import QTest

    store.current_image = image
    tab = make_tab(store=store)
    tab.sections.setCurrentWidget(tab.areas)
    click(tab.areas.mark)
    draw_rectangle(hand, 10, 10, 50)
    settle()
    assert len(store.areas) == 1
    assert not store.samples
    assert tab.areas.list.topLevelItem(0).text(0).endswith("m²")
    click(tab.areas.mark)
    draw_rectangle(hand, 10, 10, 20)
    assert (len(store.areas), len(store.samples)) == (1, 1)
    tab.areas.list.topLevelItem(0).setSelected(True)
    QTest.keyClick(tab.areas.list, Qt.Key.Key_Delete)
    settle()
    assert not store.areas
    assert tab.areas.list.topLevelItemCount() == 0
    QTest.keyClick(tab.areas.list, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)  # as it says
    settle()
    assert tab.areas.list.topLevelItemCount() == 1


def test_images_count_their_samples_and_the_chosen_one_gets_new_ones(make_tab, store, image, tmp_path):
    other = make_image(tmp_path, "second.tif")
    tab = make_tab(store=store)
    assert store.current_image is not None
    tab.sections.setCurrentWidget(tab.images)
    rows = {tab.images.list.topLevelItem(row).text(0): tab.images.list.topLevelItem(row) for row in range(2)}
    tab.images.list.itemClicked.emit(rows["second"], 0)
    assert store.current_image is other
    store.add([rectangle(10, 10), rectangle(30, 30)], 1)
    tab.images.list.itemClicked.emit(rows["image"], 0)
    store.add([rectangle(50, 50)], 1)
    settle()
    listed = [tab.images.list.topLevelItem(row) for row in range(2)]
    assert {item.text(0): item.text(1) for item in listed} == {"image": "1", "second": "2"}
    tab.images.only.setChecked(True)
    assert tab.samples.model.rowCount() == 1
    store.current_image = other
    assert tab.samples.model.rowCount() == 2


def test_samples_of_other_images_are_hidden_on_the_map(make_tab, store, image, tmp_path, canvas):
    other = make_image(tmp_path, "second.tif")
    tab = make_tab(store=store)
    store.current_image = other
    store.add([rectangle(0, 0, 40)], 2)
    store.current_image = image
    store.add([rectangle(60, 60, 40)], 1)

    def drawn() -> int:
        from qgis.core import QgsExpressionContext, QgsRenderContext

        renderer, context = store.layer.renderer().clone(), QgsRenderContext()
        context.setExpressionContext(QgsExpressionContext([]))
        context.expressionContext().setFields(store.layer.fields())
        renderer.startRender(context, store.layer.fields())
        shown = 0
        for feature in store.layer.getFeatures():
            context.expressionContext().setFeature(feature)
            shown += renderer.symbolForFeature(feature, context) is not None
        renderer.stopRender(context)
        return shown

    assert drawn() == 2
    tab.images.only.setChecked(True)
    assert drawn() == 1
    store.set_schema(store.schema.replace(1, store.schema.find(1)), "")
    store.current_image = make_image(tmp_path, "third.tif", epsg=3857)  # without samples
    assert (drawn(), tab.samples.model.rowCount()) == (0, 0)
    store.add([rectangle(60, 60, 40)], 1)
    settle()
    assert (drawn(), tab.samples.model.rowCount()) == (1, 1)
    tab.images.only.setChecked(False)
    assert (drawn(), tab.samples.model.rowCount()) == (3, 3)


def test_image_that_leaves_the_project_is_still_listed(make_tab, store, image):
    from qgis.core import QgsProject

    store.current_image = image
    store.add([rectangle(10, 10)], 1)
    tab = make_tab(store=store)
    QgsProject.instance().removeMapLayer(image.id())
    settle()
    item = tab.images.list.topLevelItem(0)
    assert (item.text(0), item.text(1)) == ("image.tif (not in the project)", "1")
    assert store.current_image is None


def test_look_is_remembered(make_tab, store, image, tmp_path):
    other = make_image(tmp_path, "second.tif")
    tab = make_tab(store=store)
    settle()
    store.current_image = other
    tab.splitter.setSizes([260, 300])
    tab.sections.setCurrentWidget(tab.statistics)
    tab.statistics.chips.tile.setValue(64)
    tab.session.set_buffer(7.5)
    state = tab.state()
    again = make_tab(store=store)
    again.restore(state)
    settle()
    store.current_image = other
    assert again.sections.currentWidget() is again.statistics
    assert again.statistics.chips.tile.value() == 64
    assert again.session.buffer == 7.5
    assert again.splitter.sizes()[0] == pytest.approx(tab.splitter.sizes()[0], abs=3)
    assert json.loads(json.dumps(state)) == state


def test_tab_works_without_image_and_project_is_told_first(qgis_new_project, make_tab):
    from qgis.core import QgsProject

    QgsProject.instance().removeAllMapLayers()
    canvas = make_canvas([])
    tab = make_tab(on=canvas)
    assert tab.begin.text.text().startswith("Add an image")
    assert tab.title() == "Label"
    for number in range(tab.sections.count()):
        tab.sections.setCurrentIndex(number)
        settle(20)
    canvas.close()


@pytest.mark.parametrize("width", [360, 400])
def test_tab_fits_a_narrow_dock(make_tab, store, image, width):
    store.current_image = image
    store.add([rectangle(10, 10)], 1)
    tab = make_tab(store=store)
    settle()
    assert tab.minimumSizeHint().width() <= width
    assert tab.minimumSizeHint().height() <= 560


def test_drawn_sample_is_the_newest_row(make_tab, store, image, canvas):
    store.current_image = image
    hand = Hand(canvas)
    tab = make_tab(store=store)
    tab.session.start("rectangle")
    for place in range(3):
        draw_rectangle(hand, 5 + 30 * place, 30)
        settle(5)
    assert tab.samples.model.fids()[0] == max(store.samples)
    assert Path(store.path).is_file()
