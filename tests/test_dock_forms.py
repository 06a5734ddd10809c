"""Forms over algorithms: values, refusals, runs in the background, cancel, and what becomes of the results."""

from __future__ import annotations

import json
import time

import pytest
from form_cases import PROVIDER, wait_for
from layer_cases import square
from qgis.PyQt import QtCore, sip
from qgis.PyQt.QtCore import QEvent, QPoint, QPointF, Qt
from qgis.PyQt.QtGui import QWheelEvent
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QCheckBox

TOYS = ("slow", "makelayer", "fail", "odd", "unready", "here")
SLOW, MAKE, FAIL, ODD, UNREADY, HERE = (f"{PROVIDER}:{name}" for name in TOYS)


@pytest.fixture
def form(form_context, toys):
    """Return a function that shows a form and takes it down again after the test."""
    from swath.plugin.forms.algorithm_form import AlgorithmForm

    made = []

    def make(algorithm_id, **options):
        shown = AlgorithmForm(form_context, algorithm_id, **options)
        shown.resize(400, 620)
        shown.show()
        made.append(shown)
        return shown

    yield make
    for shown in made:
        if not sip.isdeleted(shown):
            shown.deleteLater()


def press(form, name="run"):
    from qgis.PyQt.QtWidgets import QPushButton

    QTest.mouseClick(form.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


def ends(form, press_run=True):
    """Run, wait for the end, and return (ok, results, sentence)."""
    got = []
    form.finished.connect(lambda *values: got.append(values))
    if press_run:
        press(form)
    wait_for(lambda: got)
    return got[0]


def test_run_shows_progress_and_lines_and_gives_the_results(form):
    shown = form(SLOW, values={"STEPS": 3, "PAUSE": 0.02})
    ok, results, text = ends(shown)
    assert (ok, text) == (True, "")
    assert results["COUNT"] == 3
    assert "step 3" in shown.panel.log.toPlainText()
    assert shown.panel.bar.value() > 0
    assert "Done" in shown.panel.notice.text()
    assert shown.panel.run_button.isEnabled()


def test_the_window_stays_awake_during_a_run(form):
    shown = form(SLOW, values={"STEPS": 20, "PAUSE": 0.01})
    press(shown)
    ticks = 0
    while shown.panel.current is not None and ticks < 1000:
        QTest.qWait(5)
        ticks += 1
    assert ticks > 10


def test_cancel_ends_the_run_within_a_second(form):
    shown = form(SLOW, values={"STEPS": 1000, "PAUSE": 0.02})
    press(shown)
    wait_for(lambda: "step 2" in shown.panel.log.toPlainText())
    assert not shown.panel.run_button.isEnabled()
    began = time.monotonic()
    press(shown, "cancel")
    wait_for(lambda: shown.panel.current is None)
    assert time.monotonic() - began < 1
    assert shown.panel.notice.text() == "Cancelled. What was done lies there."
    assert shown.panel.run_button.isEnabled()


def test_what_an_algorithm_says_of_its_failure_stands_in_the_form(form):
    shown = form(FAIL)
    ok, results, text = ends(shown)
    assert (ok, results) == (False, {})
    assert text == "The moon is too far (WHERE): come closer."
    assert shown.panel.notice.text() == "The moon is too far: come closer."


def test_an_unexpected_error_becomes_one_sentence_and_the_rest_is_in_the_log(form):
    shown = form(ODD)
    ok, _, text = ends(shown)
    assert not ok
    assert "ValueError" in text
    assert "\n" not in text
    assert "Traceback" in shown.panel.log.toPlainText()


def test_an_algorithm_that_cannot_be_prepared_fails_and_is_not_called_cancelled(form):
    ok, _, text = ends(form(UNREADY))
    assert not ok
    assert text == "The layer has gone (INPUT)."


def test_an_algorithm_for_the_main_thread_runs_there(form):
    assert ends(form(HERE)) == (True, {"MAIN": True}, "")


def test_a_cancel_in_the_list_of_tasks_of_qgis_counts(form):
    from qgis.core import QgsApplication

    shown = form(SLOW, values={"STEPS": 1000, "PAUSE": 0.02})
    press(shown)
    wait_for(lambda: "step 2" in shown.panel.log.toPlainText())
    (task,) = [item for item in QgsApplication.taskManager().activeTasks() if item.description() == "Slow"]
    task.cancel()
    wait_for(lambda: shown.panel.current is None)
    assert shown.panel.notice.text().startswith("Cancelled.")


def test_wrong_values_are_refused_before_the_run_and_their_widget_is_shown(form, qgis_app):
    shown = form(SLOW, values={"STEPS": 13})
    assert shown.rest.isCollapsed()
    press(shown)
    assert shown.panel.current is None
    assert shown.panel.notice.text() == "13 steps bring bad luck (Steps): take another number."
    assert not shown.rest.isCollapsed()
    assert shown.check() == "13 steps bring bad luck (STEPS): take another number."
    shown.set_value("STEPS", 1)
    assert shown.check() == ""


def test_values_are_plain_and_come_back_in_another_form(form, layer):
    labels = layer(["kind:string"], [(square(0, 0), "a")])
    shown = form(MAKE, values={"INPUT": labels, "OUTPUT": "/somewhere/new.gpkg", "FIELD": "kind"})
    kept = json.loads(json.dumps(shown.values()))
    other = form(MAKE)
    other.set_values(kept)
    assert other.values() == kept
    assert other.parameters()["FIELD"] == "kind"
    assert kept["INPUT"] == labels.id()


def test_hidden_parameters_keep_what_is_set_and_reach_the_run(form):
    shown = form(SLOW, hidden=("STEPS",), values={"PAUSE": 0})
    shown.set_values({"STEPS": 2, "NO_SUCH": 5})
    assert shown.widget("STEPS") is None
    assert shown.values()["STEPS"] == 2
    assert ends(shown)[1]["COUNT"] == 2


def test_the_first_parameters_come_first_and_rare_ones_are_folded_away(form):
    shown = form(SLOW, first=("NOTE",))
    note, pause, steps = (shown.widget(name) for name in ("NOTE", "PAUSE", "STEPS"))
    assert note.mapTo(shown, QPoint()).y() < pause.mapTo(shown, QPoint()).y()
    assert not steps.isVisible()
    shown.rest.setCollapsed(False)
    assert steps.isVisible()


def test_a_form_fits_a_narrow_dock_and_explains_each_parameter(form, swath_plugin):
    for algorithm in ("swath:exporttrainingdata", "swath:trainmodel", "swath:detectobjects"):
        shown = form(algorithm)
        shown.rest.setCollapsed(False)
        assert shown.minimumSizeHint().width() <= 380
        for name, widget in shown.inputs.widgets.items():
            assert shown.algorithm.parameterDefinition(name).help() in widget.toolTip()


def test_the_wheel_over_a_number_scrolls_and_does_not_change_it(form):
    shown = form(SLOW)
    spin = shown.widget("PAUSE")
    before = shown.value("PAUSE")
    middle = QPointF(spin.rect().center())
    for focused in (False, True):
        if focused:
            shown.activateWindow()
            QApplication.setActiveWindow(shown) if hasattr(QApplication, "setActiveWindow") else None
            spin.setFocus()
        event = QWheelEvent(
            middle,
            QPointF(spin.mapToGlobal(middle.toPoint())),
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            QtCore.Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(spin, event)
        assert (shown.value("PAUSE") != before) == (focused and spin.hasFocus())


def test_results_are_loaded_where_wanted_and_nowhere_else(form, form_context, layer):
    from swath.plugin.forms.result_layers import above

    image = layer(["kind:string"], [(square(0, 0), "a")])
    top = layer(["kind:string"], [(square(0, 0), "a")])
    shown = form(MAKE, values={"INPUT": image})
    shown.widget("OUTPUT").findChild(QCheckBox).setChecked(False)
    assert ends(shown)[0]
    assert len(form_context.project.mapLayers()) == 2
    shown = form(MAKE, values={"INPUT": image})
    shown.place = above(image)
    loaded = []
    shown.finished.connect(lambda *_: loaded.extend(shown.panel.last.layers.values()))
    assert ends(shown)[0]
    (made,) = loaded
    assert made.featureCount() == 1
    assert form_context.project.mapLayer(made.id()) is not None
    order = [item.layerId() for item in form_context.project.layerTreeRoot().findLayers()]
    assert order.index(made.id()) == order.index(image.id()) - 1
    assert order[0] in {top.id(), made.id()}


def test_a_run_outlives_its_form_and_another_form_takes_it_up(form, toys):
    from swath.plugin.forms.run_task import running

    shown = form(SLOW, values={"STEPS": 40, "PAUSE": 0.01})
    press(shown)
    wait_for(lambda: "step 1" in shown.panel.log.toPlainText())
    shown.close()
    shown.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    (run,) = running(SLOW)
    again = form(SLOW)
    assert again.panel.current is run
    assert "step 1" in again.panel.log.toPlainText()
    assert ends(again, press_run=False)[1]["COUNT"] == 40
    assert running(SLOW) == []


def test_results_of_a_run_do_not_come_into_another_project(form, form_context, layer):
    image = layer(["kind:string"], [(square(0, 0), "a")])
    shown = form(MAKE, values={"INPUT": image, "PAUSE": 0.3})
    shown.load = ("OUTPUT",)
    got = []
    shown.finished.connect(lambda *values: got.append(values))
    press(shown)
    QTest.qWait(50)
    form_context.project.clear()
    wait_for(lambda: got)
    assert got[0][0]
    assert form_context.project.mapLayers() == {}


def test_a_run_is_in_the_history_of_processing_with_its_log(form):
    from qgis.gui import QgsGui

    before = {item.id for item in QgsGui.historyProviderRegistry().queryEntries()}
    ends(form(SLOW, values={"STEPS": 2, "PAUSE": 0}))
    found = QgsGui.historyProviderRegistry().queryEntries()
    (entry,) = [item.entry for item in found if item.id not in before]
    assert entry["algorithm_id"] == SLOW
    assert entry["parameters"]["inputs"]["STEPS"] == 2
    assert entry["python_command"].startswith("processing.run(")
    assert entry["results"] == {"COUNT": 2}
    assert "step 2" in entry["log"]


def test_only_one_run_at_a_time_in_a_form(form):
    from swath.plugin.forms.run_task import running

    shown = form(SLOW, values={"STEPS": 10, "PAUSE": 0.02})
    assert shown.run() is not None
    assert shown.run() is None
    assert len(running(SLOW)) == 1
    wait_for(lambda: not running(SLOW))


def test_an_algorithm_that_nobody_provides_is_named(form_context):
    from swath.plugin.forms.run_task import AlgorithmRun

    with pytest.raises(LookupError, match="nobody:nothing"):
        AlgorithmRun("nobody:nothing", {})


def test_help_opens_beside_the_form(form):
    from qgis.PyQt.QtWidgets import QTextBrowser

    shown = form(SLOW)
    shown.show_help()
    (text,) = shown.findChildren(QTextBrowser)
    assert "Counts slowly" in text.toPlainText()
    text.window().close()
