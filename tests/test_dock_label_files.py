"""The files behind the Label tab: new, opened, taken from layers, merged."""

from __future__ import annotations

import pytest
from dock_cases import make_store, rectangle, spot
from label_cases import Answers, click, wait_for_telling


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


def test_open_labels_are_shown_again_after_their_layer_was_removed(make_tab, store):
    from qgis.core import QgsProject

    store.add([rectangle(10, 10)], 1)
    store.attach(QgsProject.instance())
    tab = make_tab(Answers(old=store.path), store=store)
    QgsProject.instance().removeMapLayer(store.layer.id())
    assert "open them again" in tab.told.pop()
    tab.files.open()
    assert not tab.told
    assert store.layer in QgsProject.instance().mapLayers().values()
    tab.session.undo()
    assert not store.samples


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
    from swath.plugin.labeling.store import SampleStore

    copy = tmp_path / "copy.gpkg"
    (fid,) = store.add([rectangle(10, 10)], 1)
    tab = make_tab(Answers(new=copy, old=copy), store=store)
    assert tab.files.save_copy()
    theirs = SampleStore.open(copy)
    theirs.add([rectangle(30, 30), rectangle(50, 50)], 2)
    theirs.change_class([fid], 2)
    theirs.close()
    assert tab.files.merge_copy()
    assert tab.told[-1].startswith("copy.gpkg: 2 samples new, 1 changed, 0 removed")
    assert [sample.value for sample in store.samples.values()] == [2, 2, 2]
    assert tab.samples.model.rowCount() == 3
    assert tab.files.merge_copy()
    assert tab.told[-1] == "copy.gpkg holds nothing newer."


def test_copy_never_overwrites(make_tab, store, tmp_path):
    answers = Answers(new=store.path)
    tab = make_tab(answers, store=store)
    store.add([rectangle(10, 10)], 1)
    assert not tab.files.save_copy()
    assert "already" in tab.told[-1]
    answers.new = tmp_path / "nowhere" / "copy.gpkg"
    assert not tab.files.save_copy()
    assert "nowhere" in tab.told[-1]
    assert len(store.samples) == 1
