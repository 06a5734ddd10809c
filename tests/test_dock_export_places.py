"""Where chips go and how large they are: what the tab Export proposes and says."""

from __future__ import annotations

from pathlib import Path

import pytest
from export_tab_cases import run
from form_cases import wait_for
from layer_cases import NORTH, WEST
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest


def test_the_folder_is_a_free_one_until_the_user_chooses(export_tab, export_jobs):
    first = export_tab.form.output("OUTPUT")
    assert Path(first).name == "town_image_classified_chips"
    export_tab.purpose.setCurrentIndex(export_tab.purpose.findData("PASCAL_VOC_RECTANGLES"))
    wait_for(lambda: "pascal" in export_tab.form.output("OUTPUT"))
    export_tab.purpose.setCurrentIndex(export_tab.purpose.findData("CLASSIFIED_TILES"))
    wait_for(lambda: export_tab.form.output("OUTPUT") == first)
    run(export_tab)
    wait_for(lambda: export_tab.form.output("OUTPUT") == first + "_2")
    export_tab.form.set_value("OUTPUT", first)
    wait_for(lambda: "are added to them" in export_tab.folder_notice.text())
    run(export_tab)
    assert [job["output"] for job in export_jobs] == [first, first]
    assert export_tab.form.output("OUTPUT") == first


def test_a_folder_with_other_things_is_told_and_another_name_offered(export_tab, tmp_path):
    used = tmp_path / "pictures"
    used.mkdir()
    (used / "cat.jpg").write_text("")
    export_tab.form.set_value("OUTPUT", str(used))
    wait_for(lambda: "pictures_2" in export_tab.folder_notice.text())
    export_tab.folder_notice.label.linkActivated.emit("free")
    assert export_tab.form.output("OUTPUT") == str(tmp_path / "pictures_2")
    wait_for(lambda: not export_tab.folder_notice.isVisible())


def test_an_export_that_was_cut_off_is_told_and_can_be_deleted(export_tab):
    partial = Path(export_tab.form.output("OUTPUT") + ".partial")
    partial.mkdir()
    (partial / "job.json").write_text("{}")
    export_tab.refresh()
    assert "was cut off" in export_tab.folder_notice.text()
    assert not partial.with_suffix("").exists()
    export_tab.folder_notice.label.linkActivated.emit("clean")
    assert not partial.exists()
    assert not export_tab.folder_notice.isVisible()


def test_what_a_run_is_writing_is_not_deleted_but_another_name_offered(export_tab):
    from swath.engine.locks import lock

    partial = Path(export_tab.form.output("OUTPUT") + ".partial")
    partial.mkdir()
    (partial / "job.json").write_text("{}")
    with (partial / "lock").open("a+b") as stream:
        lock(stream)
        export_tab.refresh()
        assert "Another run is writing" in export_tab.folder_notice.text()
        export_tab.folder_notice.label.linkActivated.emit("clean")
        assert partial.is_dir()
        export_tab.folder_notice.label.linkActivated.emit("free")
    assert export_tab.form.output("OUTPUT").endswith("_chips_2")


def test_a_folder_that_only_looks_unfinished_is_left_alone(export_tab, form_context):
    told = []
    form_context.told.connect(lambda text, level: told.append(text))
    partial = Path(export_tab.form.output("OUTPUT") + ".partial")
    partial.mkdir()
    (partial / "letters.txt").write_text("dear")
    export_tab.refresh()
    export_tab.folder_notice.label.linkActivated.emit("clean")
    assert (partial / "letters.txt").is_file()
    assert str(partial) in told[0]


def test_links_are_reached_by_keyboard(export_tab):
    partial = Path(export_tab.form.output("OUTPUT") + ".partial")
    partial.mkdir()
    export_tab.refresh()
    label = export_tab.folder_notice.label
    label.setFocus()
    QTest.keyClick(label, Qt.Key.Key_Tab)
    QTest.keyClick(label, Qt.Key.Key_Return)
    assert not partial.exists()


def test_a_larger_tile_keeps_square_tiles_and_their_share_of_overlap(export_tab):
    names = ("TILE_SIZE_X", "TILE_SIZE_Y", "STRIDE_X", "STRIDE_Y")

    def sizes():
        return tuple(export_tab.form.value(name) for name in names)

    for name in names:
        export_tab.form.widget(name).setValue(64 if name.startswith("TILE") else 32)
    assert sizes() == (64, 64, 32, 32)
    export_tab.form.widget("TILE_SIZE_X").setValue(128)
    assert sizes() == (128, 128, 64, 64)
    export_tab.form.widget("STRIDE_X").setValue(100)
    assert sizes() == (128, 128, 100, 100)
    export_tab.form.widget("TILE_SIZE_Y").setValue(96)
    export_tab.form.widget("TILE_SIZE_X").setValue(256)
    assert sizes() == (256, 96, 100, 100)


def test_a_web_layer_takes_extent_and_cell_size_from_the_map(export_tab, form_context):
    from qgis.core import QgsCoordinateTransform, QgsProject, QgsRasterLayer

    web = QgsRasterLayer("type=xyz&url=http://127.0.0.1:1/{z}/{x}/{y}.png&zmax=19&zmin=0", "web", "wms")
    assert web.isValid()
    QgsProject.instance().addMapLayer(web, False)
    export_tab.form.set_value("INPUT", web)
    wait_for(export_tab.web_notice.isVisible)
    canvas = form_context.canvas
    canvas.setDestinationCrs(form_context.store.crs)
    canvas.setExtent(form_context.store.current_image.extent())
    export_tab.web_notice.label.linkActivated.emit("view")
    assert not export_tab.web_notice.isVisible()
    west, east, south, north = (float(part) for part in str(export_tab.form.value("EXTENT")).split("[")[0].split(","))
    there = QgsCoordinateTransform(web.crs(), form_context.store.crs, QgsProject.instance())
    middle = there.transform((west + east) / 2, (south + north) / 2)
    assert (middle.x(), middle.y()) == pytest.approx((WEST + 50, NORTH - 50), abs=1)
    assert 0 < export_tab.form.value("CELL_SIZE") < 10


def test_ctrl_return_begins_the_export(export_tab, export_jobs):
    export_tab.activateWindow()
    assert QTest.qWaitForWindowActive(export_tab)
    QTest.keyClick(export_tab.form.widget("TILE_SIZE_X"), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wait_for(lambda: export_jobs)
    wait_for(lambda: export_tab.form.panel.current is None)
