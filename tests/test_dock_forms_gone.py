"""Runs whose layers cannot be shown, and exports of images that go away meanwhile."""

from __future__ import annotations

import sys

from dock_cases import make_image, rectangle
from export_tab_cases import run
from form_cases import PROVIDER, wait_for
from layer_cases import make_layer, square
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest


def test_a_run_whose_layer_cannot_be_dressed_ends_all_the_same(form_context, toys):
    from swath.plugin.forms.algorithm_form import AlgorithmForm
    from swath.plugin.forms.run_task import running

    layer = make_layer(["kind:string"], [(square(0, 0), "a")])
    form = AlgorithmForm(form_context, f"{PROVIDER}:makelayer", values={"INPUT": layer.id()})
    form.load = ("OUTPUT",)

    def dress(layer, name):
        message = "the style is odd"
        raise ValueError(message)

    form.dress = dress
    ended = []
    form.finished.connect(lambda *values: ended.append(values))
    form.panel.runAsked.emit()
    wait_for(lambda: ended)
    assert ended[0][0]
    assert "the style is odd" in form.panel.notice.text()
    assert form.panel.current is None
    assert running(f"{PROVIDER}:makelayer") == []
    form.deleteLater()


def test_an_image_that_is_removed_while_others_are_exported_is_left_out(export_tab, export_jobs, town, tmp_path):
    from qgis.core import QgsProject

    slips = []
    hook, sys.excepthook = sys.excepthook, lambda kind, error, trace: slips.append(error)
    gone = make_image(tmp_path, "later.tif")
    town.current_image = gone
    town.add([rectangle(20, 20)], 1)
    wait_for(export_tab.all_images.isVisible)
    export_tab.all_images.setChecked(True)
    first = next(item for item in export_tab.form.context.project.mapLayers().values() if item.name() == "image")
    town.current_image = first
    QTest.mouseClick(export_tab.form.panel.run_button, Qt.MouseButton.LeftButton)
    QgsProject.instance().removeMapLayer(gone.id())
    wait_for(lambda: export_tab.form.panel.current is None)
    QTest.qWait(50)
    sys.excepthook = hook
    assert slips == []
    assert len(export_jobs) == 1
    assert export_tab.train_button.isVisible()


def test_images_left_of_a_failed_export_are_not_taken_up_by_another(
    export_tab, export_jobs, town, tmp_path, monkeypatch
):
    from swath.engine.errors import CancelledError
    from swath.processing_provider import base

    town.current_image = make_image(tmp_path, "later.tif")
    town.add([rectangle(20, 20)], 1)
    wait_for(export_tab.all_images.isVisible)
    export_tab.all_images.setChecked(True)
    with monkeypatch.context() as patch:

        def refuse(*_values):
            raise CancelledError(what="the export")

        patch.setattr(base, "run_engine", refuse)
        assert not run(export_tab)[0][0]
    export_tab.form.set_value("LABELS", make_layer(["kind:string"], [(square(10, 10, 30), "a")]))
    export_tab.refresh()
    run(export_tab)
    QTest.qWait(50)
    wait_for(lambda: export_tab.form.panel.current is None)
    assert len(export_jobs) == 1
