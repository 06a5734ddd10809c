"""The tab Apply: which tool a model gets, previews and whole runs with the real engine, and how results are shown."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from dock_cases import make_canvas, make_image
from form_cases import wait_for
from layer_cases import CELL, NORTH, WEST
from osgeo import gdal
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest

TESTS = Path(__file__).parent
LAND = [(1, "field", "#30a040"), (2, "roof", "#d03020"), (5, "road", "#000000")]


@pytest.fixture(scope="module")
def models(engine, swath_plugin, tmp_path_factory):
    """Return a folder with the model folder "land", the detector oracle.onnx and its scene.tif."""
    from swath.engine.installer import engine_python

    folder = tmp_path_factory.mktemp("models")
    command = [str(engine_python()), str(TESTS / "tiny_models.py"), str(TESTS / "engine"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def shown(qgis_new_project, swath_plugin, tmp_path):
    """Return a function that shows a tab over an image and a canvas with it."""
    from swath.plugin.context import DockContext
    from swath.plugin.forms.apply_tab import ApplyTab

    made = []

    def show(image=None):
        image = image or make_image(tmp_path)
        canvas = make_canvas([image], image.crs().authid())
        tab = ApplyTab(DockContext(canvas))
        tab.image.setLayer(image)
        tab.resize(400, 620)
        tab.show()
        made.extend((tab, canvas))
        return tab, canvas, image

    yield show
    for item in made:
        item.deleteLater()


def choose(tab, model) -> None:
    """Type a model and wait until it was read."""
    got = []
    tab.picker.changed.connect(lambda: got.append(1))
    tab.picker.set_path(str(model))
    wait_for(lambda: got)


def press(tab, button):
    """Press Preview or Apply and wait for the end; return (ok, results, sentence)."""
    ended = []
    tab.form.finished.connect(lambda *values: ended.append(values))
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert tab.form.panel.cancel_button.isVisible()
    QTest.qWait(20)
    assert tab.minimumSizeHint().width() <= 380
    wait_for(lambda: ended)
    return ended[0]


def tree(project) -> list[str]:
    """Return the layers from top to bottom."""
    return [node.layer().name() for node in project.layerTreeRoot().findLayers()]


def test_preview_covers_the_view_in_seconds_and_is_replaced(models, shown):
    from qgis.core import QgsProject, QgsRectangle

    tab, canvas, _ = shown()
    choose(tab, models / "land")
    # A quarter of the image, and beyond its edge.
    canvas.setExtent(QgsRectangle(WEST - 50, NORTH - 50, WEST + 50, NORTH + 50))
    canvas.resize(400, 400)
    ok, results, text = press(tab, tab.preview_button)
    assert ok, text
    raster = gdal.Open(results["OUTPUT"])
    assert (raster.RasterXSize, raster.RasterYSize) == (100, 100)
    assert raster.GetGeoTransform()[:2] == (WEST, CELL)
    assert "100 x 100 pixels" in tab.form.panel.notice.text()
    project = QgsProject.instance()
    (group,) = [node for node in project.layerTreeRoot().children() if node.nodeType() == 0]
    assert group.name() == "Swath preview"
    assert tree(project) == ["image: land", "image"]
    canvas.setExtent(QgsRectangle(WEST, NORTH - 100, WEST + 100, NORTH))
    _, again, _ = press(tab, tab.preview_button)
    assert gdal.Open(again["OUTPUT"]).RasterXSize == 200
    assert tree(project) == ["image: land", "image"]


def test_the_whole_run_lies_above_the_image_with_its_classes_at_60_percent(models, shown):
    from qgis.core import QgsProject

    tab, _, image = shown()
    make_image(Path(image.source()).parent, "above.tif")
    root = QgsProject.instance().layerTreeRoot()
    assert tree(QgsProject.instance()) == ["above", "image"]
    choose(tab, models / "land")
    press(tab, tab.preview_button)
    ok, results, text = press(tab, tab.form.panel.run_button)
    assert ok, text
    assert Path(results["OUTPUT"]).name == "image_land_classes.tif"
    assert Path(results["OUTPUT"]).parent == Path(image.source()).parent
    # The preview has gone.
    assert tree(QgsProject.instance()) == ["above", "image: land", "image"]
    assert root.findGroup("Swath preview") is None
    layer = root.findLayers()[1].layer()
    assert layer.opacity() == pytest.approx(0.6)
    legend = [(item.value, item.label, item.color.name()) for item in layer.renderer().classes()]
    assert legend == LAND
    assert tab.context.results == {"map": results["OUTPUT"], "image": image.source()}
    assert "image_land_classes.tif" in tab.form.panel.notice.text()
    # A second run takes another file.
    wait_for(lambda: tab.form.output("OUTPUT").endswith("classes_2.tif"))


def test_opacity_and_compare_work_by_mouse_and_key(models, shown):
    from qgis.core import QgsProject

    tab, canvas, _ = shown()
    assert not tab.result.isVisible()
    choose(tab, models / "land")
    press(tab, tab.preview_button)
    node = QgsProject.instance().layerTreeRoot().findLayers()[0]
    assert tab.result.isVisible()
    assert tab.result.slider.value() == 60
    tab.result.slider.setValue(25)
    assert node.layer().opacity() == pytest.approx(0.25)
    button = tab.result.compare
    QTest.mousePress(button, Qt.MouseButton.LeftButton)
    assert not node.itemVisibilityChecked()
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton)
    assert node.itemVisibilityChecked()
    for widget in (canvas, tab):
        QTest.keyPress(widget, Qt.Key.Key_H)
        assert not node.itemVisibilityChecked()
        QTest.keyRelease(widget, Qt.Key.Key_H)
        assert node.itemVisibilityChecked()
    # What the user hid stays hidden.
    node.setItemVisibilityChecked(False)
    QTest.keyClick(canvas, Qt.Key.Key_H)
    assert not node.itemVisibilityChecked()
    tab.hide()
    node.setItemVisibilityChecked(True)
    QTest.keyPress(canvas, Qt.Key.Key_H)
    assert node.itemVisibilityChecked()
    tab.show()
    QgsProject.instance().removeMapLayer(node.layerId())
    assert not tab.result.isVisible()


def test_a_detector_gets_the_other_tool_and_counts_what_it_finds(models, shown):
    from qgis.core import QgsProject, QgsRasterLayer

    scene = QgsRasterLayer(str(models / "scene.tif"), "scene")
    QgsProject.instance().addMapLayer(scene)
    tab, _, _ = shown(scene)
    choose(tab, models / "land")
    assert tab.form.algorithm_id == "swath:classifypixels"
    assert tab.picker.head.text() == "Classifies every pixel"
    choose(tab, models / "oracle.onnx")
    assert tab.form.algorithm_id == "swath:detectobjects"
    assert tab.picker.head.text() == "Finds objects"
    assert tab.picker.isVisible()
    assert tab.image.currentLayer() is scene
    assert tab.form.output("OUTPUT").endswith("scene_oracle_objects.gpkg")
    ok, results, text = press(tab, tab.preview_button)
    assert ok, text
    assert results["OBJECTS"] > 20
    assert f"{results['OBJECTS']} objects" in tab.form.panel.notice.text()
    layer = QgsProject.instance().layerTreeRoot().findLayers()[0].layer()
    assert layer.featureCount() == results["OBJECTS"]
    assert layer.opacity() == 1.0


def test_a_model_says_what_it_is_before_it_runs(models, shown):
    tab, _, _ = shown()
    assert not tab.form.panel.run_button.isEnabled()
    choose(tab, models / "land")
    facts = tab.picker.facts.text()
    for word in ("U-Net", "1 \N{EN DASH} 3", "0.5", "64 pixels", "mean IoU 0.81"):
        assert word in facts, facts
    assert tab.picker.classes.accessibleName() == "Classes: field, roof, road"
    assert tab.picker.notice.text() == ""
    assert tab.form.panel.run_button.isEnabled()


@pytest.mark.parametrize("kind", ["bands", "nothing", "broken"])
def test_a_model_that_cannot_be_applied_says_why(models, shown, tmp_path, kind):
    tab, _, _ = shown()
    (tmp_path / "broken.onnx").write_bytes(b"no model")
    model = {"bands": models / "oracle.onnx", "nothing": tmp_path / "gone", "broken": tmp_path / "broken.onnx"}[kind]
    choose(tab, model)
    text = tab.picker.notice.text()
    assert {"bands": "needs band 9", "nothing": "gone", "broken": "broken.onnx"}[kind] in text
    assert "MODEL" not in text
    assert tab.picker.notice.isVisible()
    assert not tab.form.panel.run_button.isEnabled()
    assert not tab.preview_button.isEnabled()


def test_other_cells_are_told_and_taken_over(models, shown, tmp_path):
    image = make_image(tmp_path)
    coarse = str(tmp_path / "coarse.tif")
    gdal.Translate(coarse, image.source(), xRes=2, yRes=2)
    from qgis.core import QgsProject, QgsRasterLayer

    layer = QgsRasterLayer(coarse, "coarse")
    QgsProject.instance().addMapLayer(layer)
    tab, _, _ = shown(layer)
    choose(tab, models / "land")
    assert "cells of 0.5, the image has 2" in tab.picker.notice.text()
    tab.picker.notice.label.linkActivated.emit("cells")
    assert tab.form.value("CELL_SIZE") == pytest.approx(0.5)
    assert tab.form.panel.run_button.isEnabled()


def test_the_last_trained_model_is_filled_in_once(models, shown):
    tab, _, _ = shown()
    tab.context.remember(model=str(models / "land"))
    assert tab.picker.path() == str(models / "land")
    tab.picker.set_path(str(models / "oracle.onnx"))
    tab.context.remember(chips="/some/chips")
    assert tab.picker.path() == str(models / "oracle.onnx")


def test_a_view_beside_the_image_is_refused_in_a_sentence(models, shown):
    from qgis.core import QgsRectangle

    tab, canvas, _ = shown()
    choose(tab, models / "land")
    canvas.setExtent(QgsRectangle(0, 0, 10, 10))
    QTest.mouseClick(tab.preview_button, Qt.MouseButton.LeftButton)
    assert "shows nothing of the image image" in tab.form.panel.notice.text()
    assert tab.form.panel.current is None


def test_a_large_view_is_cut_to_its_middle_and_said_so(shown):
    from qgis.core import QgsProject

    from swath.plugin.forms.preview import preview_text, view_of

    _, canvas, image = shown()
    view = view_of(canvas, image, QgsProject.instance(), limit_px=50)
    assert (view.width, view.height) == (50, 50)
    assert view.cut
    middle = view.extent.center()
    assert (middle.x(), middle.y()) == pytest.approx((WEST + 50, NORTH - 50))
    assert "middle" in preview_text(view, "1 s")
    whole = view_of(canvas, image, QgsProject.instance())
    assert (whole.width, whole.height, whole.cut) == (200, 200, False)


def test_a_view_in_another_system_is_transformed(shown, tmp_path):
    from qgis.core import QgsCoordinateReferenceSystem, QgsProject

    from swath.plugin.forms.preview import view_of

    _, canvas, image = shown()
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    canvas.zoomToFeatureExtent(canvas.mapSettings().layerExtentToOutputExtent(image, image.extent()))
    view = view_of(canvas, image, QgsProject.instance())
    assert view.extent.crs() == image.crs()
    assert (view.width, view.height) == (200, 200)


def test_state_comes_back_in_another_tab(models, shown):
    tab, _, image = shown()
    choose(tab, models / "oracle.onnx")
    tab.form.set_values({"THRESHOLD": 0.25, "BATCH_SIZE": 4})
    kept = json.loads(json.dumps(tab.state()))
    other, _, _ = shown(image)
    other.restore(kept)
    wait_for(lambda: other.picker.info is not None)
    assert other.form.algorithm_id == "swath:detectobjects"
    assert other.form.value("THRESHOLD") == pytest.approx(0.25)
    assert other.state()["values"]["OBJECTS"] == kept["values"]["OBJECTS"]


def test_the_tab_fits_a_narrow_dock(models, shown):
    tab, _, _ = shown()
    choose(tab, models / "oracle.onnx")
    assert tab.minimumSizeHint().width() <= 380
    assert tab.minimumSizeHint().height() <= 500
