"""What can be reviewed, and what comes after: objects, differences, accuracy, export and training."""

from __future__ import annotations

import time

import pytest
from dock_cases import make_store
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QSignalSpy, QTest
from review_cases import BLOBS, pixel_square
from review_fixtures import find, press, states, values, wait_for


def test_places_that_are_labeled_are_not_found_again(tab):
    find(tab)
    press(tab, Qt.Key.Key_A)
    tab.page.leave.click()
    find(tab)
    assert len(tab.review.candidates) == len(BLOBS) - 1


def test_differences_from_the_labels_correct_the_labels(tab, land):
    from qgis.core import QgsGeometry

    from swath.plugin.review.sources import DIFFERENCES

    land.add([QgsGeometry.fromWkt(pixel_square(100, 200, 30))], 2)
    tab.panel.kind.setCurrentIndex(tab.panel.kind.findData(DIFFERENCES))
    find(tab)
    assert "Forest" in tab.page.card.reason.text()
    press(tab, Qt.Key.Key_A)
    assert values(land) == [1]
    QTest.keyClick(tab.summary, Qt.Key.Key_U)
    press(tab, Qt.Key.Key_2)
    assert values(land) == [2]
    assert len(land.samples) == 1


def test_summary_counts_what_the_model_said_and_what_it_was(tab):
    find(tab)
    press(tab, Qt.Key.Key_A, Qt.Key.Key_2, Qt.Key.Key_2)
    table = tab.summary.table
    cells = [[table.item(row, column).text() for column in range(3)] for row in range(table.rowCount())]
    assert sorted(cells) == [["Forest", "Forest", "1"], ["Roof", "Roof", "1"], ["Water", "Forest", "1"]]
    assert "67 %" in tab.summary.counts.text()


def test_summary_goes_on_to_export_and_to_fine_tuning_with_the_last_model(tab):
    context = tab._context
    context.remember(model="/models/roofs")
    asked = QSignalSpy(context.tabAsked)
    find(tab)
    tab.page.finish.click()
    tab.summary.export.click()
    tab.summary.tune.click()
    assert [signal[0] for signal in asked] == ["export", "train"]


def test_map_without_probabilities_says_how_to_get_them(tab, map_layers):
    from qgis.core import QgsProject

    QgsProject.instance().removeMapLayer(map_layers[1].id())
    tab.panel.find.click()
    assert "Probabilities" in tab.panel.notice.text()
    assert tab.search.task is None


def test_search_cancelled_says_so_and_can_begin_again(tab, monkeypatch):
    from swath.engine.progress import check
    from swath.plugin.review import sources

    def endless(_job, reporter):
        while True:
            check(reporter, "the search")
            time.sleep(0.01)

    with monkeypatch.context() as slow:
        slow.setattr(sources, "find_uncertain", endless)
        tab.panel.find.click()
        assert tab.panel.cancel.isVisible()
        assert not tab.panel.find.isVisible()
        QTest.mouseClick(tab.panel.cancel, Qt.MouseButton.LeftButton)
        wait_for(tab)
    assert "Cancelled" in tab.panel.notice.text()
    find(tab)


def test_unsure_objects_become_samples_of_the_same_shape(tmp_path, qgis_new_project, swath_plugin, layer, open_tab):
    from swath.plugin.review.sources import OBJECTS

    rows_of = [(pixel_square(40 * place, 40, 12), "Car", 1, sure) for place, sure in enumerate((0.9, 0.51, 0.6))]
    found = layer(["Classname:string", "Classvalue:integer", "Confidence:double"], rows_of, name="cars")
    store = make_store(tmp_path)
    tab = open_tab([found], store)
    tab.panel.kind.setCurrentIndex(tab.panel.kind.findData(OBJECTS))
    find(tab)
    assert [item.certainty for item in tab.review.candidates] == [0.51, 0.6]
    press(tab, Qt.Key.Key_A, Qt.Key.Key_B)
    (sample,) = store.samples.values()
    assert store.schema.find(sample.value).name == "Car"
    assert sample.geometry.area() == pytest.approx(36)
    store.close()


def test_accuracy_shows_headline_numbers_and_the_report(tab):
    tab.assess.click()
    assert tab.stack.currentWidget() is tab.accuracy
    assert list(tab.accuracy.forms) == ["swath:pixelaccuracy"]
    given = tab.accuracy.forms["swath:pixelaccuracy"].parameters()
    assert {"CLASSIFIED", "REFERENCE", "REPORT", "OUTPUT"} <= set(given)
    # QGIS 3.40 crashes here where it links the class field itself.
    tab.accuracy.forms["swath:pixelaccuracy"].set_value("REFERENCE", tab.panel.map.currentLayer())
    results = {"OVERALL_ACCURACY": 0.934, "KAPPA": 0.87, "MEAN_IOU": 0.81, "REPORT": "/tmp/report.html"}
    tab.accuracy.show_numbers("swath:pixelaccuracy", results)
    assert {name: label.text() for name, label in tab.accuracy.figures.items()} == {
        "OVERALL_ACCURACY": "93.4 %",
        "KAPPA": "0.87",
        "MEAN_IOU": "81.0 %",
    }
    assert "report.html" in tab.accuracy.links.text()


def test_fine_tuning_fills_the_model_into_the_tab_train(tab):
    from swath.plugin.training.train_form import TrainForm

    form = TrainForm(tab._context)
    tab._context.remember(model="/models/roofs")
    find(tab)
    tab.page.finish.click()
    tab.summary.tune.click()
    assert form.form.parameters()["PRETRAINED_MODEL"] == "/models/roofs"
    form.deleteLater()


def test_matches_of_a_real_assessment_are_stepped_through(
    tmp_path, qgis_new_project, swath_plugin, engine, layer, open_tab
):
    truth = layer(["Classname:string"], [(pixel_square(40, 40, 20), "Car"), (pixel_square(90, 40, 20), "Car")])
    found = [(pixel_square(40, 41, 20), "Car", 0.9), (pixel_square(200, 40, 20), "Car", 0.8)]
    detected = layer(["Classname:string", "Confidence:double"], found, name="cars")
    store = make_store(tmp_path)
    tab = open_tab([detected], store)
    tab.panel.kind.setCurrentIndex(tab.panel.kind.findData("objects"))
    tab.panel.objects.setLayer(detected)
    tab.assess.click()
    form = tab.accuracy.forms["swath:objectaccuracy"]
    form.set_values({"DETECTED": detected, "REFERENCE": truth})
    form.run()
    ends = time.monotonic() + 60
    while form.panel.current is not None and time.monotonic() < ends:
        QTest.qWait(50)
    assert tab.accuracy.figures["PRECISION"].text() == "50.0 %", form.panel.notice.text()
    tab.accuracy.errors.click()
    wait_for(tab)
    assert [item.reason for item in tab.review.candidates] == ["false object", "missed object"]
    press(tab, Qt.Key.Key_B, Qt.Key.Key_A)
    (sample,) = store.samples.values()
    assert sample.geometry.area() == pytest.approx(100)
    assert states(tab) == ["corrected", "accepted"]
    assert "in 0 %" in tab.summary.counts.text()
    assert tab.review.dressed(tab.review.candidates[0]).said.color == store.schema.find_name("Car").color
    store.close()


def test_probabilities_that_are_missing_are_computed_with_the_last_model(tab, map_layers, monkeypatch, engine):
    from pathlib import Path
    from shutil import copyfile

    from qgis.core import QgsProject
    from qgis.PyQt.QtCore import QObject, pyqtSignal

    from swath.plugin.review import probabilities_run

    given = {}

    class Run(QObject):
        progress, message = pyqtSignal(float), pyqtSignal(str)
        finished = pyqtSignal(bool, dict, str)
        cancelled = False

        def __init__(self, _algorithm, parameters, _project):
            super().__init__()
            given.update(parameters)

        def start(self):
            copyfile(source, given["PROBABILITIES"])
            self.finished.emit(True, {}, "")

    source = map_layers[1].source()
    monkeypatch.setattr(probabilities_run, "AlgorithmRun", Run)
    QgsProject.instance().removeMapLayer(map_layers[1].id())
    tab._context.remember(model="/models/land", map=map_layers[0].source(), image=map_layers[0].source())
    tab.panel.find.click()
    tab.panel.notice.label.linkActivated.emit("compute")
    wait_for(tab)
    assert (given["MODEL"], given["INPUT"]) == ("/models/land", map_layers[0].id())
    assert Path(given["PROBABILITIES"]).name == "map_probabilities.tif"
    assert len(tab.review.candidates) == len(BLOBS)


def test_last_result_is_filled_in_when_it_comes(tab, map_layers, layer):
    from swath.plugin.review.sources import OBJECTS

    found = layer(["Classname:string", "Confidence:double"], [(pixel_square(40, 40, 12), "Car", 0.5)], name="cars")
    tab._context.remember(map=found.source())
    assert tab.panel.kind.currentData() == OBJECTS
    assert tab.panel.objects.currentLayer() is found
    tab._context.remember(map=map_layers[0].source())
    assert tab.panel.map.currentLayer() is map_layers[0]
    assert tab.panel.probabilities.currentLayer() is map_layers[1]


def test_samples_with_warnings_are_mended_by_the_same_keys(tab, land):
    from qgis.core import QgsGeometry

    from swath.plugin.review.sources import WARNINGS

    first, second = (QgsGeometry.fromWkt(pixel_square(left, 60, 40)) for left in (60, 80))
    land.add([first], 1)
    land.add([second], 2)
    land.add([QgsGeometry.fromWkt(pixel_square(200, 60, 40))], 3)
    tab.panel.kind.setCurrentIndex(tab.panel.kind.findData(WARNINGS))
    find(tab)
    assert [item.said.name for item in tab.review.candidates] == ["Water", "Forest"]
    assert "another class" in tab.page.card.reason.text()
    press(tab, Qt.Key.Key_A)
    water, forest, _roof = land.samples.values()
    assert water.geometry.symDifference(first).area() == pytest.approx(0)
    assert forest.geometry.area() == pytest.approx(second.area() / 2)
    press(tab, Qt.Key.Key_B)
    assert values(land) == [1, 3]
    assert next(iter(land.samples.values())).geometry.area() == pytest.approx(first.area())
