"""The Label tab as a whole: from an image to the first sample, files, areas, images, undo, state."""

from __future__ import annotations

from pathlib import Path

import pytest
from dock_cases import Hand, make_canvas, make_context, make_image, make_store, rectangle, spot


class Answers:
    """Answers instead of windows, and what was asked."""

    def __init__(self, new=None, old=None, layer=None):
        self.new, self.old, self.chosen, self.asked = new, old, layer, []

    def new_file(self, parent, suggested):
        self.asked.append(suggested)
        return suggested if self.new == "suggested" else self.new

    def old_file(self, parent, folder, title):
        self.asked.append(title)
        return self.old

    def layer(self, parent, without):
        return self.chosen


@pytest.fixture
def make_tab(canvas):
    """Return a function that makes a shown tab of a context, with answers to its questions."""
    from swath.plugin.labeling.label_tab import LabelTab

    made = []

    def make(answers=None, store=None, on=None):
        context = make_context(on or canvas, store)
        tab = LabelTab(context, answers or Answers())
        tab.told = []
        context.told.connect(lambda text, _level: tab.told.append(text))
        tab.context = context
        tab.resize(400, 620)
        tab.show()
        made.append(tab)
        return tab

    yield make
    for tab in made:
        tab.session.close()
        if tab.context.store is not None:
            tab.context.set_store(None)
        tab.close()


def click(button) -> None:
    from qgis.PyQt.QtCore import Qt
    from qgis.PyQt.QtTest import QTest

    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def settle(wait: int = 150) -> None:
    from qgis.PyQt.QtTest import QTest

    QTest.qWait(wait)


def draw_rectangle(hand, x: float, y: float, side: float = 20) -> None:
    hand.drag(spot(x, y), spot(x + side / 2, y + side / 2), spot(x + side, y + side))


def choose_class(tab, name: str = "tree") -> None:
    """Answer the question for the class of a shape."""
    from swath.plugin.labeling.schema import ClassEntry

    tab.session.ask_class = lambda _schema, _canvas: ClassEntry(name, 1, "#30a040")


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


def test_new_labels_show_in_the_project_and_take_a_free_name(make_tab, tmp_path):
    from qgis.core import QgsProject

    (tmp_path / "image_labels.gpkg").write_bytes(b"")
    answers = Answers(new="suggested")
    tab = make_tab(answers)
    click(tab.begin.new)
    assert tab.context.store.path == tmp_path / "image_labels_2.gpkg"
    assert tab.context.store.layer in QgsProject.instance().mapLayers().values()
    assert tab.bar.name.text() == "image_labels_2.gpkg"


def test_name_of_old_labels_opens_them(make_tab, tmp_path):
    old = make_store(tmp_path, "old.gpkg")
    old.add([rectangle(10, 10)], 1)
    old.close()
    tab = make_tab(Answers(new=tmp_path / "old.gpkg"))
    click(tab.begin.new)
    assert len(tab.context.store.samples) == 1


def test_file_that_holds_no_labels_is_refused_with_a_sentence(make_tab, tmp_path):
    wrong = tmp_path / "wrong.gpkg"
    wrong.write_text("no database")
    tab = make_tab(Answers(old=wrong))
    click(tab.begin.open)
    assert tab.context.store is None
    assert len(tab.told) == 1
    assert "wrong.gpkg" in tab.told[0]


def test_other_labels_take_the_place_of_the_first(make_tab, tmp_path):
    first, second = make_store(tmp_path, "a.gpkg"), make_store(tmp_path, "b.gpkg")
    first.add([rectangle(10, 10)], 1)
    second.add([rectangle(10, 10), rectangle(30, 30)], 2)
    path = second.path
    second.close()
    tab = make_tab(Answers(old=path), store=first)
    assert tab.samples.model.rowCount() == 1
    tab.files.open()
    assert tab.bar.name.text() == "b.gpkg"
    assert tab.samples.model.rowCount() == 2
    tab.context.store.remove([1])
    assert tab.samples.model.rowCount() == 1
    tab.files.close()
    assert tab.context.store is None
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
    store.undo_stack.undo()
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
    tab.images.only.setChecked(False)
    assert drawn() == 2


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
    assert __import__("json").loads(__import__("json").dumps(state)) == state


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


def wait_for_telling(tab) -> str:
    """Wait until the tab says something, and return it."""
    from qgis.PyQt.QtTest import QTest

    for _ in range(100):
        if tab.told:
            break
        QTest.qWait(30)
    return tab.told[-1] if tab.told else ""


def test_layer_is_taken_with_its_classes_in_one_step(make_tab, image, layer, tmp_path):
    from layer_cases import square

    from swath.plugin.labeling.label_dialogs import LayerChoice

    rows = [(square(10, 10), "tree"), (square(30, 30), "hut"), (square(50, 50), "tree")]
    given = layer(["kind:string"], rows)
    answers = Answers(new=tmp_path / "taken.gpkg", layer=LayerChoice(given, "kind"))
    tab = make_tab(answers)
    click(tab.begin.take)
    assert wait_for_telling(tab).startswith("3 samples taken from labels")
    store = tab.context.store
    found = sorted(store.schema.find(sample.value).name for sample in store.samples.values())
    assert found == ["hut", "tree", "tree"]
    store.undo_stack.undo()
    assert not store.samples


def test_lines_are_taken_with_a_width(make_tab, store, image, layer):
    from swath.plugin.labeling.label_dialogs import LayerChoice

    (x, y), (east, _) = spot(10, 10), spot(50, 10)
    lines = layer([], [(f"LINESTRING({x} {y},{east} {y})",)], geometry="LineString")
    tab = make_tab(Answers(layer=LayerChoice(lines, "", 3.0)), store=store)
    tab.files.take_layer()
    wait_for_telling(tab)
    (sample,) = store.samples.values()
    assert sample.geometry.boundingBox().height() == pytest.approx(6)


def test_dialog_offers_the_field_of_classes_and_a_width_for_lines_only(store, image, layer):
    from swath.plugin.labeling.label_dialogs import TakeLayerDialog

    polygons = layer(["id:integer", "Class:string"], [("POLYGON((0 0,1 0,1 1,0 0))", 1, "a")])
    lines = layer(["name:string"], [("LINESTRING(0 0,1 1)", "a")], geometry="LineString", crs="EPSG:4326", name="roads")
    store.attach(__import__("qgis.core").core.QgsProject.instance())
    dialog = TakeLayerDialog(None, [store.layer, store.areas_layer])
    assert dialog.layer.count() == 2
    dialog.layer.setLayer(polygons)
    choice = dialog.choice()
    assert (choice.layer, choice.field, choice.buffer) == (polygons, "Class", 0.0)
    dialog.layer.setLayer(lines)
    choice = dialog.choice()
    assert (choice.layer, choice.field) == (lines, "")
    assert 0 < choice.buffer < 0.001  # degrees
    dialog.deleteLater()


def test_copy_of_a_colleague_is_merged(make_tab, store, tmp_path):
    import shutil

    from swath.plugin.labeling.store import SampleStore

    (fid,) = store.add([rectangle(10, 10)], 1)
    settle(1300)  # until the file is whole by itself
    shutil.copy(store.path, tmp_path / "copy.gpkg")
    theirs = SampleStore.open(tmp_path / "copy.gpkg")
    theirs.add([rectangle(30, 30), rectangle(50, 50)], 2)
    theirs.change_class([fid], 2)
    theirs.close()
    tab = make_tab(Answers(old=tmp_path / "copy.gpkg"), store=store)
    assert tab.files.merge_copy()
    assert tab.told[-1].startswith("copy.gpkg: 2 samples new, 1 changed, 0 removed")
    assert [sample.value for sample in store.samples.values()] == [2, 2, 2]
    assert tab.samples.model.rowCount() == 3
    assert tab.files.merge_copy()
    assert tab.told[-1] == "copy.gpkg holds nothing newer."
