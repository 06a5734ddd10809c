"""The tab Export: what it takes of the samples, where chips go, and what comes out."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from dock_cases import make_image, rectangle
from export_tab_cases import run
from form_cases import wait_for
from layer_cases import noise
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QLabel


@pytest.mark.usefixtures("engine")
def test_export_brings_classes_with_names_values_and_colours_into_the_chips(export_tab, form_context):
    asked = []
    form_context.tabAsked.connect(asked.append)
    wait_for(lambda: "about" in export_tab.labels_note.text())
    told = export_tab.labels_note.text()
    ((ok, results, text),) = run(export_tab)
    assert (ok, text) == (True, "")
    assert told.endswith(f"Chips: about {results['CHIPS']}.")
    folder = Path(results["OUTPUT"])
    assert folder == Path(form_context.results["chips"])
    assert folder.parent == form_context.store.path.parent
    definition = json.loads((folder / "esri_model_definition.emd").read_text())
    found = [(item["Value"], item["Name"], item["Color"]) for item in definition["Classes"]]
    assert found == [(1, "field", [48, 160, 64]), (2, "roof", [208, 48, 32])]
    assert Path(results["REPORT"]).is_file()
    said = export_tab.form.panel.notice.text()
    assert f"{results['CHIPS']} chips" in said
    assert Path(results["REPORT"]).name in said
    assert export_tab.train_button.isVisible()
    QTest.mouseClick(export_tab.train_button, Qt.MouseButton.LeftButton)
    assert asked == ["train"]


def test_only_samples_and_areas_of_the_image_at_work_are_taken(export_tab, export_jobs, town, tmp_path):
    other = make_image(tmp_path, "later.tif", values=noise())
    first, town.current_image = town.current_image, other
    town.add([rectangle(20, 20)], 1)
    town.add_area(rectangle(0, 0, 90, 90))
    wait_for(lambda: "image: 1, of classes: 1" in export_tab.labels_note.text())
    assert export_tab.areas.isVisible()
    run(export_tab)
    assert export_jobs[0]["raster"].endswith("later.tif")
    assert export_jobs[0]["counted"] == {"labels": 1, "mask": 1}
    town.current_image = first
    wait_for(lambda: "image: 2, of classes: 2" in export_tab.labels_note.text())
    assert not export_tab.areas.isVisible()
    run(export_tab)
    assert export_jobs[1]["counted"] == {"labels": 2, "mask": None}


def test_areas_are_the_mask_unless_switched_off(export_tab, export_jobs, town):
    town.add_area(rectangle(0, 0, 90, 90))
    wait_for(export_tab.areas.isVisible)
    assert "(1)" in export_tab.areas.text()
    export_tab.areas.setChecked(False)
    run(export_tab)
    assert export_jobs[0]["counted"]["mask"] is None


def test_all_labeled_images_go_into_one_folder_one_after_another(export_tab, export_jobs, town, tmp_path):
    assert not export_tab.all_images.isVisible()
    town.current_image = make_image(tmp_path, "later.tif", values=noise())
    town.add([rectangle(20, 20)], 1)
    wait_for(export_tab.all_images.isVisible)
    export_tab.all_images.setChecked(True)
    run(export_tab, runs=2)
    assert [Path(job["raster"]).name for job in export_jobs] == ["later.tif", "image.tif"]
    assert [job["counted"]["labels"] for job in export_jobs] == [1, 2]
    assert len({job["output"] for job in export_jobs}) == 1
    assert "14 chips with 6" in export_tab.form.panel.notice.text()


def test_an_image_without_samples_is_refused_with_its_name(export_tab, export_jobs, tmp_path):
    export_tab.form.set_value("INPUT", make_image(tmp_path, "empty.tif", values=noise()))
    QTest.mouseClick(export_tab.form.panel.run_button, Qt.MouseButton.LeftButton)
    assert "No sample was drawn on the image empty (Imagery)" in export_tab.form.panel.notice.text()
    assert export_jobs == []


def test_a_labeled_image_is_filled_in_where_none_is_at_work(export_tab, form_context, town):
    from swath.plugin.forms.export_tab import ExportTab

    image, town.current_image = town.current_image, None
    other = ExportTab(form_context)
    assert other.form.value("INPUT") == image.id()
    other.deleteLater()


def test_goals_are_in_words_and_choose_the_format(export_tab):
    from swath.engine.chips import FORMATS

    data = [export_tab.purpose.itemData(row) for row in range(export_tab.purpose.count())]
    assert sorted(data) == sorted(FORMATS.ids())
    for name in data:
        export_tab.purpose.setCurrentIndex(export_tab.purpose.findData(name))
        assert export_tab.form.values()["FORMAT"] == name
        assert FORMATS.get(name).title in export_tab.purpose_note.text()
        assert "_" not in export_tab.purpose.currentText()


def test_the_number_of_chips_follows_areas_and_settings(export_tab, town):
    def chips():
        found = re.search(r"about (\d+)", export_tab.labels_note.text())
        return int(found[1]) if found else 0

    before = wait_for(chips)
    town.add_area(rectangle(0, 0, 60, 60))
    assert wait_for(lambda: 0 < chips() < before)
    export_tab.form.widget("ALL_TILES").setChecked(True)
    wait_for(lambda: chips() > before)
    export_tab.form.set_value("CELL_SIZE", 2.0)
    wait_for(lambda: not chips())


def test_state_comes_back_in_another_tab(export_tab, form_context):
    from swath.plugin.forms.export_tab import ExportTab

    export_tab.purpose.setCurrentIndex(export_tab.purpose.findData("RCNN_MASKS"))
    export_tab.form.set_values({"TILE_SIZE_X": 96, "ALL_TILES": True})
    export_tab.areas.setChecked(False)
    kept = json.loads(json.dumps(export_tab.state()))
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


def test_the_tab_fits_a_narrow_dock_and_its_parts_have_names(export_tab):
    assert export_tab.minimumSizeHint().width() <= 380
    assert export_tab.minimumSizeHint().height() <= 500
    cut = [
        label.text()
        for label in export_tab.findChildren(QLabel)
        if label.isVisible() and not label.wordWrap() and label.sizeHint().width() > label.width() + 1
    ]
    assert cut == []


def test_tab_key_goes_through_the_fields_from_top_to_bottom(export_tab):
    export_tab.activateWindow()
    order = [
        export_tab.form.widget("INPUT"),
        export_tab.form.widget("LABELS"),
        export_tab.purpose,
        export_tab.form.widget("TILE_SIZE_X"),
    ]
    order += [export_tab.form.widget("OUTPUT"), export_tab.form.panel.run_button]
    seen, widget = [], order[0]
    for _ in range(400):
        widget = widget.nextInFocusChain()
        inside = [number for number, item in enumerate(order) if item is widget or item.isAncestorOf(widget)]
        if inside and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and inside[0] not in seen[-1:]:
            seen.append(inside[0])
    QApplication.processEvents()
    start = seen.index(1)
    assert seen[start : start + 5] == [1, 2, 3, 4, 5]


def test_images_of_a_project_that_was_closed_meanwhile_are_exported_no_more(export_tab, export_jobs, town, tmp_path):
    from qgis.core import QgsProject

    town.current_image = make_image(tmp_path, "later.tif", values=noise())
    town.add([rectangle(20, 20)], 1)
    wait_for(export_tab.all_images.isVisible)
    export_tab.all_images.setChecked(True)
    QTest.mouseClick(export_tab.form.panel.run_button, Qt.MouseButton.LeftButton)
    QgsProject.instance().clear()
    wait_for(lambda: export_tab.form.panel.current is None)
    QTest.qWait(50)
    assert export_tab.form.panel.current is None
    assert len(export_jobs) == 1


def test_the_image_on_the_map_is_proposed_where_nothing_is_labeled(form_context, tmp_path):
    from swath.plugin.forms.export_tab import ExportTab

    image = make_image(tmp_path)
    form_context.canvas.setLayers([image])
    tab = ExportTab(form_context)
    assert tab._image() is None
    tab.show()
    assert tab._image() is image
    other = make_image(tmp_path, "other.tif")
    tab.form.set_value("INPUT", other)
    tab.hide()
    tab.show()
    assert tab._image() is other
    tab.deleteLater()
