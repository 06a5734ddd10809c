"""The tab Export: what it takes of the samples, where chips go, and what comes out."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from dock_cases import make_image, rectangle
from form_cases import wait_for
from layer_cases import NORTH, WEST, noise
from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QLabel

SMALL = {"TILE_SIZE_X": 64, "TILE_SIZE_Y": 64, "STRIDE_X": 32, "STRIDE_Y": 32}


@pytest.fixture
def samples(qgis_new_project, tmp_path):
    """Return a store with two samples on an image at work, and that image."""
    from dock_cases import make_store
    from qgis.core import QgsProject

    image = make_image(tmp_path)
    made = make_store(tmp_path, "town.gpkg")
    made.attach(QgsProject.instance())
    made.current_image = image
    made.add([rectangle(10, 10, 40, 30)], 1)
    made.add([rectangle(60, 60, 20, 20)], 2)
    yield made
    made.close()


@pytest.fixture
def tab(form_context, samples):
    from swath.plugin.forms.export_tab import ExportTab

    form_context.set_store(samples)
    shown = ExportTab(form_context)
    shown.form.set_values(SMALL)
    shown.resize(400, 620)
    shown.show()
    wait_for(lambda: "image: 2, of classes: 2" in shown.labels_note.text())
    yield shown
    if not sip.isdeleted(shown):
        shown.deleteLater()
    form_context.set_store(None)


@pytest.fixture
def jobs(tab, monkeypatch):
    """Stand in for the engine: keep the jobs that it would get, with the number of labels of each."""
    import sys

    from osgeo import ogr

    from swath.processing_provider import base

    got = []

    def work(task, values, feedback):
        assert task == "export"
        source = ogr.Open(values["labels"])
        mask = ogr.Open(values["mask"]) if values["mask"] else None
        counts = {"labels": source.GetLayer(0).GetFeatureCount(), "mask": mask and mask.GetLayer(0).GetFeatureCount()}
        got.append({**values, "counted": counts})
        folder = Path(values["output"])
        folder.mkdir(exist_ok=True)
        (folder / "map.txt").write_text("")
        (folder / "esri_model_definition.emd").write_text(json.dumps({"MetaDataMode": "Classified_Tiles"}))
        return {"folder": values["output"], "chips": 7, "features": 3}

    monkeypatch.setattr(base, "run_engine", work)
    monkeypatch.setenv("SWATH_ENGINE_PYTHON", sys.executable)
    return got


def run(tab, runs: int = 1):
    """Press Export and wait for the end of the last run; return what each ended with."""
    ended = []
    tab.form.finished.connect(lambda *values: ended.append(values))
    QTest.mouseClick(tab.form.panel.run_button, Qt.MouseButton.LeftButton)
    wait_for(lambda: len(ended) >= runs or tab.form.panel.notice.kind == "error")
    assert ended, tab.form.panel.notice.text()
    return ended


@pytest.mark.usefixtures("engine")
def test_export_brings_classes_with_names_values_and_colours_into_the_chips(tab, form_context):
    asked = []
    form_context.tabAsked.connect(asked.append)
    wait_for(lambda: "about" in tab.labels_note.text())
    told = tab.labels_note.text()
    ((ok, results, text),) = run(tab)
    assert (ok, text) == (True, "")
    assert told.endswith(f"Chips: about {results['CHIPS']}.")
    folder = Path(results["OUTPUT"])
    assert folder == Path(form_context.results["chips"])
    assert folder.parent == form_context.store.path.parent
    definition = json.loads((folder / "esri_model_definition.emd").read_text())
    found = [(item["Value"], item["Name"], item["Color"]) for item in definition["Classes"]]
    assert found == [(1, "field", [48, 160, 64]), (2, "roof", [208, 48, 32])]
    assert Path(results["REPORT"]).is_file()
    said = tab.form.panel.notice.text()
    assert f"{results['CHIPS']} chips" in said
    assert Path(results["REPORT"]).name in said
    assert tab.train_button.isVisible()
    QTest.mouseClick(tab.train_button, Qt.MouseButton.LeftButton)
    assert asked == ["train"]


def test_only_samples_and_areas_of_the_image_at_work_are_taken(tab, jobs, samples, tmp_path):
    other = make_image(tmp_path, "later.tif", values=noise())
    first, samples.current_image = samples.current_image, other
    samples.add([rectangle(20, 20)], 1)
    samples.add_area(rectangle(0, 0, 90, 90))
    wait_for(lambda: "image: 1, of classes: 1" in tab.labels_note.text())
    assert tab.areas.isVisible()
    run(tab)
    assert jobs[0]["raster"].endswith("later.tif")
    assert jobs[0]["counted"] == {"labels": 1, "mask": 1}
    samples.current_image = first
    wait_for(lambda: "image: 2, of classes: 2" in tab.labels_note.text())
    assert not tab.areas.isVisible()
    run(tab)
    assert jobs[1]["counted"] == {"labels": 2, "mask": None}


def test_areas_are_the_mask_unless_switched_off(tab, jobs, samples):
    samples.add_area(rectangle(0, 0, 90, 90))
    wait_for(tab.areas.isVisible)
    assert "(1)" in tab.areas.text()
    tab.areas.setChecked(False)
    run(tab)
    assert jobs[0]["counted"]["mask"] is None


def test_all_labeled_images_go_into_one_folder_one_after_another(tab, jobs, samples, tmp_path):
    assert not tab.all_images.isVisible()
    samples.current_image = make_image(tmp_path, "later.tif", values=noise())
    samples.add([rectangle(20, 20)], 1)
    wait_for(tab.all_images.isVisible)
    tab.all_images.setChecked(True)
    run(tab, runs=2)
    assert [Path(job["raster"]).name for job in jobs] == ["later.tif", "image.tif"]
    assert [job["counted"]["labels"] for job in jobs] == [1, 2]
    assert len({job["output"] for job in jobs}) == 1
    assert "14 chips with 6" in tab.form.panel.notice.text()


def test_an_image_without_samples_is_refused_with_its_name(tab, jobs, tmp_path):
    tab.form.set_value("INPUT", make_image(tmp_path, "empty.tif", values=noise()))
    QTest.mouseClick(tab.form.panel.run_button, Qt.MouseButton.LeftButton)
    assert "No sample was drawn on the image empty (Imagery)" in tab.form.panel.notice.text()
    assert jobs == []


def test_the_folder_is_a_free_one_until_the_user_chooses(tab, jobs):
    first = tab.form.output("OUTPUT")
    assert Path(first).name == "town_image_classified_chips"
    tab.purpose.setCurrentIndex(tab.purpose.findData("PASCAL_VOC_RECTANGLES"))
    wait_for(lambda: "pascal" in tab.form.output("OUTPUT"))
    tab.purpose.setCurrentIndex(tab.purpose.findData("CLASSIFIED_TILES"))
    wait_for(lambda: tab.form.output("OUTPUT") == first)
    run(tab)
    wait_for(lambda: tab.form.output("OUTPUT") == first + "_2")
    tab.form.set_value("OUTPUT", first)
    wait_for(lambda: "are added to them" in tab.folder_notice.text())
    run(tab)
    assert [job["output"] for job in jobs] == [first, first]
    assert tab.form.output("OUTPUT") == first


def test_a_folder_with_other_things_is_told_and_another_name_offered(tab, tmp_path):
    used = tmp_path / "pictures"
    used.mkdir()
    (used / "cat.jpg").write_text("")
    tab.form.set_value("OUTPUT", str(used))
    wait_for(lambda: "pictures_2" in tab.folder_notice.text())
    tab.folder_notice.label.linkActivated.emit("free")
    assert tab.form.output("OUTPUT") == str(tmp_path / "pictures_2")
    wait_for(lambda: not tab.folder_notice.isVisible())


def test_an_export_that_was_cut_off_is_told_and_can_be_deleted(tab):
    partial = Path(tab.form.output("OUTPUT") + ".partial")
    partial.mkdir()
    (partial / "job.json").write_text("{}")
    tab.refresh()
    assert "was cut off" in tab.folder_notice.text()
    assert not partial.with_suffix("").exists()
    tab.folder_notice.label.linkActivated.emit("clean")
    assert not partial.exists()
    assert not tab.folder_notice.isVisible()


def test_goals_are_in_words_and_choose_the_format(tab):
    from swath.engine.chips import FORMATS

    data = [tab.purpose.itemData(row) for row in range(tab.purpose.count())]
    assert sorted(data) == sorted(FORMATS.ids())
    for name in data:
        tab.purpose.setCurrentIndex(tab.purpose.findData(name))
        assert tab.form.values()["FORMAT"] == name
        assert FORMATS.get(name).title in tab.purpose_note.text()
        assert "_" not in tab.purpose.currentText()


def test_a_larger_tile_keeps_square_tiles_and_their_share_of_overlap(tab):
    names = ("TILE_SIZE_X", "TILE_SIZE_Y", "STRIDE_X", "STRIDE_Y")

    def sizes():
        return tuple(tab.form.value(name) for name in names)

    for name in names:
        tab.form.widget(name).setValue(64 if name.startswith("TILE") else 32)
    assert sizes() == (64, 64, 32, 32)
    tab.form.widget("TILE_SIZE_X").setValue(128)
    assert sizes() == (128, 128, 64, 64)
    tab.form.widget("STRIDE_X").setValue(100)
    assert sizes() == (128, 128, 100, 100)
    tab.form.widget("TILE_SIZE_Y").setValue(96)
    tab.form.widget("TILE_SIZE_X").setValue(256)
    assert sizes() == (256, 96, 100, 100)


def test_a_web_layer_takes_extent_and_cell_size_from_the_map(tab, form_context):
    from qgis.core import QgsCoordinateTransform, QgsProject, QgsRasterLayer

    web = QgsRasterLayer("type=xyz&url=http://127.0.0.1:1/{z}/{x}/{y}.png&zmax=19&zmin=0", "web", "wms")
    assert web.isValid()
    QgsProject.instance().addMapLayer(web, False)
    tab.form.set_value("INPUT", web)
    wait_for(tab.web_notice.isVisible)
    canvas = form_context.canvas
    canvas.setDestinationCrs(form_context.store.crs)
    canvas.setExtent(form_context.store.current_image.extent())
    tab.web_notice.label.linkActivated.emit("view")
    assert not tab.web_notice.isVisible()
    west, east, south, north = (float(part) for part in str(tab.form.value("EXTENT")).split("[")[0].split(","))
    there = QgsCoordinateTransform(web.crs(), form_context.store.crs, QgsProject.instance())
    middle = there.transform((west + east) / 2, (south + north) / 2)
    assert (middle.x(), middle.y()) == pytest.approx((WEST + 50, NORTH - 50), abs=1)
    assert 0 < tab.form.value("CELL_SIZE") < 10


def test_the_number_of_chips_follows_areas_and_settings(tab, samples):
    def chips():
        found = re.search(r"about (\d+)", tab.labels_note.text())
        return int(found[1]) if found else 0

    before = wait_for(chips)
    samples.add_area(rectangle(0, 0, 60, 60))
    assert wait_for(lambda: 0 < chips() < before)
    tab.form.widget("ALL_TILES").setChecked(True)
    wait_for(lambda: chips() > before)
    tab.form.set_value("CELL_SIZE", 2.0)
    wait_for(lambda: not chips())


def test_state_comes_back_in_another_tab(tab, form_context):
    from swath.plugin.forms.export_tab import ExportTab

    tab.purpose.setCurrentIndex(tab.purpose.findData("RCNN_MASKS"))
    tab.form.set_values({"TILE_SIZE_X": 96, "ALL_TILES": True})
    tab.areas.setChecked(False)
    kept = json.loads(json.dumps(tab.state()))
    other = ExportTab(form_context)
    other.restore(kept)
    assert other.state() == kept
    assert other.form.value("TILE_SIZE_X") == 96
    other.deleteLater()


def test_without_samples_layers_can_be_chosen(form_context, swath_plugin):
    from swath.plugin.forms.export_tab import ExportTab

    shown = ExportTab(form_context)
    shown.show()
    assert "Draw samples" in shown.labels_note.text()
    assert shown.form.widget("LABELS").isVisible()
    shown.deleteLater()


def test_the_tab_fits_a_narrow_dock_and_its_parts_have_names(tab):
    assert tab.minimumSizeHint().width() <= 380
    assert tab.minimumSizeHint().height() <= 500
    cut = [
        label.text()
        for label in tab.findChildren(QLabel)
        if label.isVisible() and not label.wordWrap() and label.sizeHint().width() > label.width() + 1
    ]
    assert cut == []


def test_tab_key_goes_through_the_fields_from_top_to_bottom(tab):
    tab.activateWindow()
    order = [tab.form.widget("INPUT"), tab.form.widget("LABELS"), tab.purpose, tab.form.widget("TILE_SIZE_X")]
    order += [tab.form.widget("OUTPUT"), tab.form.panel.run_button]
    seen, widget = [], order[0]
    for _ in range(400):
        widget = widget.nextInFocusChain()
        inside = [number for number, item in enumerate(order) if item is widget or item.isAncestorOf(widget)]
        if inside and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and inside[0] not in seen[-1:]:
            seen.append(inside[0])
    QApplication.processEvents()
    start = seen.index(1)
    assert seen[start : start + 5] == [1, 2, 3, 4, 5]
