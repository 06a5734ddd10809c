"""What changes in the tab Apply while a run is at work: the image, the model, the project; and layers that are lost."""

from __future__ import annotations

from pathlib import Path

from dock_cases import make_image
from form_cases import wait_for
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from test_dock_apply_tab import choose, models, shown  # noqa: F401 - fixtures


def begin(tab):
    """Press Apply; return what the run will have ended with."""
    ended = []
    tab.form.finished.connect(lambda *values: ended.append(values))
    QTest.mouseClick(tab.form.panel.run_button, Qt.MouseButton.LeftButton)
    assert tab.form.panel.current is not None, tab.form.panel.notice.text()
    return ended


def test_image_and_model_chosen_during_a_run_are_those_of_the_next(models, shown):  # noqa: F811
    tab, _, image = shown()
    choose(tab, models / "land")
    first = tab.form
    ended = begin(tab)
    other = make_image(Path(image.source()).parent, "other.tif")
    tab.image.setLayer(other)
    choose(tab, models / "oracle.onnx")
    assert tab.form is first
    wait_for(lambda: ended)
    assert tab.context.results["image"] == image.source()
    assert tab.form is not first
    assert tab.form.algorithm_id == "swath:detectobjects"
    assert tab.result.isVisible()


def test_a_run_of_a_project_that_was_closed_fills_in_nothing(models, shown):  # noqa: F811
    from qgis.core import QgsProject

    tab, _, image = shown()
    make_image(Path(image.source()).parent, "other.tif")
    choose(tab, models / "land")
    ended = begin(tab)
    QgsProject.instance().clear()
    wait_for(lambda: ended)
    assert ended[0][0], ended
    assert tab.context.results == {}
    assert QgsProject.instance().mapLayers() == {}


def test_a_layer_that_is_lost_is_said(models, shown):  # noqa: F811
    from qgis.core import QgsProject, QgsRasterLayer

    tab, _, _ = shown()
    choose(tab, models / "land")
    assert tab.preview_button.isEnabled()
    for provider in ("gdal", "nobody"):
        lost = QgsRasterLayer("/nowhere/lost.tif", f"lost {provider}", provider)
        QgsProject.instance().addMapLayer(lost)
        tab.image.setLayer(lost)
        assert f"lost {provider} cannot be read" in tab.web_notice.text()
        assert not tab.preview_button.isEnabled()
        assert not tab.form.panel.run_button.isEnabled()
