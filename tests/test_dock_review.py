"""The tab "Review", driven by keys: from a map with doubts to samples, and back by undo."""

from __future__ import annotations

import pytest
from dock_cases import Hand, draw, make_canvas, make_context, make_store, rows
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtTest import QSignalSpy, QTest
from review_cases import BLOBS, pixel_square, write_map


@pytest.fixture
def map_layers(tmp_path, qgis_new_project, swath_plugin):
    """Return the map with three doubts, and its probabilities, in an empty project."""
    from qgis.core import QgsProject, QgsRasterLayer

    found = [
        QgsRasterLayer(path, name) for path, name in zip(write_map(tmp_path), ("map", "probabilities"), strict=True)
    ]
    QgsProject.instance().addMapLayers(found)
    return found


@pytest.fixture
def classes():
    from swath.plugin.labeling.schema import ClassEntry, Schema

    entries = (ClassEntry("Water", 1, "#005ac8"), ClassEntry("Forest", 2, "#148228"), ClassEntry("Roof", 3, "#c83c28"))
    return Schema("land", "", entries)


@pytest.fixture
def labels(tmp_path, map_layers, classes):
    made = make_store(tmp_path, schema=classes)
    yield made
    made.close()


def make_tab(layers, store=None, **options):
    from swath.plugin.review.review_tab import ReviewTab

    canvas = make_canvas(layers)
    context = make_context(canvas, store)
    tab = ReviewTab(context, **options)
    tab.resize(400, 620)
    tab.show()
    return tab


@pytest.fixture
def tab(map_layers, labels):
    made = make_tab([map_layers[0]], labels)
    yield made
    made.close()
    made._context.canvas.close()


def wait_for(tab):
    """Wait until the search of a tab has ended."""
    from qgis.PyQt.QtWidgets import QApplication

    for _ in range(600):
        if tab.task is None:
            return
        QTest.qWait(10)
        QApplication.processEvents()
    raise AssertionError("the search did not end")


def find(tab):
    tab.panel.find.click()
    wait_for(tab)
    assert tab.review.candidates, tab.panel.notice.text()


def press(tab, *keys, modifier=Qt.KeyboardModifier.NoModifier):
    for key in keys:
        QTest.keyClick(tab.page.card, key, modifier)


def states(tab):
    return [item.state for item in tab.review.candidates]


def values(store):
    return sorted(sample.value for sample in store.samples.values())


def test_find_shows_the_first_place_and_zooms_the_map_there(tab):
    find(tab)
    assert len(tab.review.candidates) == len(BLOBS)
    assert tab.stack.currentWidget() is tab.page
    assert tab.page.card.said.text() == "Roof"
    assert tab.page.card.sure.text() == "60 %"
    assert "Forest" in tab.page.card.reason.text()
    view, place = tab._context.canvas.extent(), tab.review.current.geometry.boundingBox()
    assert view.contains(place)
    assert view.width() < 6 * place.width()
    assert tab.view.marker.shown


def test_keys_accept_correct_and_skip_make_samples_and_move_on(tab, labels):
    find(tab)
    outline = tab.review.candidates[0].geometry
    press(tab, Qt.Key.Key_Return, Qt.Key.Key_2, Qt.Key.Key_S)
    assert states(tab) == ["accepted", "corrected", "skipped"]
    assert values(labels) == [2, 3]
    roof = next(sample for sample in labels.samples.values() if sample.value == 3)
    assert roof.geometry.symDifference(outline).area() < 0.01
    assert {row["Classname"] for row in rows(labels.path).values()} == {"Roof", "Forest"}
    assert tab.stack.currentWidget() is tab.summary


def test_correct_to_what_the_model_says_counts_as_accepted(tab):
    find(tab)
    press(tab, Qt.Key.Key_3)
    assert states(tab)[0] == "accepted"


def test_undo_takes_sample_and_state_back_and_returns_to_the_place(tab, labels):
    find(tab)
    press(tab, Qt.Key.Key_A, Qt.Key.Key_1)
    assert tab.review.index == 2
    press(tab, Qt.Key.Key_U)
    assert states(tab) == ["accepted", "open", "open"]
    assert tab.review.index == 1
    press(tab, Qt.Key.Key_Z, modifier=Qt.KeyboardModifier.ControlModifier)
    assert states(tab) == ["open"] * 3
    assert not labels.samples
    assert not rows(labels.path)
    press(tab, Qt.Key.Key_Y, modifier=Qt.KeyboardModifier.ControlModifier)
    assert values(labels) == [3]
    assert states(tab)[0] == "accepted"


def test_keys_on_the_canvas_do_the_same(tab, labels):
    find(tab)
    QTest.keyClick(tab._context.canvas, Qt.Key.Key_A)
    assert values(labels) == [3]


def test_keys_are_left_alone_while_another_page_is_seen(tab, labels):
    find(tab)
    tab.page.leave.click()
    QTest.keyClick(tab._context.canvas, Qt.Key.Key_A)
    assert not labels.samples


def test_left_and_right_move_without_deciding(tab):
    find(tab)
    press(tab, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right)
    assert tab.review.index == 2
    press(tab, Qt.Key.Key_Left)
    assert tab.review.index == 1
    assert states(tab) == ["open"] * 3


def test_click_on_the_strip_goes_to_that_place(tab):
    find(tab)
    strip = tab.page.strip
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=strip.cell(2).center().toPoint())
    assert tab.review.index == 2


def test_background_makes_no_sample_and_marks_the_surroundings_where_asked(tab, labels):
    find(tab)
    press(tab, Qt.Key.Key_B)
    assert (len(labels.samples), len(labels.areas), states(tab)[0]) == (0, 0, "corrected")
    tab.page.mark.setChecked(True)
    place = tab.review.current.geometry
    press(tab, Qt.Key.Key_B)
    (area,) = labels.areas.values()
    assert area.geometry.contains(place)
    assert area.geometry.area() == pytest.approx((384 * 0.5) ** 2, rel=0.01)
    press(tab, Qt.Key.Key_U)
    assert not labels.areas
    assert states(tab)[1] == "open"


def test_correction_is_cut_out_of_samples_of_other_classes(tab, labels):
    from qgis.core import QgsGeometry

    find(tab)
    around = tab.review.current.geometry.boundingBox()
    around.grow(20)
    labels.add([QgsGeometry.fromRect(around)], 1)
    before = next(iter(labels.samples.values())).geometry.area()
    press(tab, Qt.Key.Key_2)
    water, forest = sorted(labels.samples.values(), key=lambda sample: sample.value)
    assert water.geometry.intersection(forest.geometry).area() < 0.01
    assert water.geometry.area() + forest.geometry.area() == pytest.approx(before)
    press(tab, Qt.Key.Key_U)
    assert next(iter(labels.samples.values())).geometry.area() == pytest.approx(before)


def test_class_of_the_map_that_the_labels_do_not_have_is_added(tmp_path, map_layers, classes):
    store = make_store(tmp_path, schema=classes.remove(3))
    tab = make_tab([map_layers[0]], store)
    find(tab)
    press(tab, Qt.Key.Key_A)
    assert store.schema.find_name("Roof").value == 3
    press(tab, Qt.Key.Key_U)
    assert store.schema.find_name("Roof") is None
    tab.close()
    store.close()


def test_hold_h_hides_the_map_until_it_is_let_go(tab, map_layers):
    find(tab)
    QTest.keyPress(tab.page.card, Qt.Key.Key_H)
    assert map_layers[0].opacity() == 0
    QTest.keyRelease(tab.page.card, Qt.Key.Key_H)
    assert map_layers[0].opacity() == 1
    QTest.keyPress(tab._context.canvas, Qt.Key.Key_H)
    tab.hide()
    assert map_layers[0].opacity() == 1


def test_draw_takes_the_drawn_outline_for_the_place(tab, labels):
    find(tab)
    press(tab, Qt.Key.Key_D)
    canvas = tab._context.canvas
    draw(canvas)
    hand, box = Hand(canvas), tab.review.current.geometry.boundingBox()
    hand.key(Qt.Key.Key_1)
    for corner in (
        (box.xMinimum(), box.yMinimum()),
        (box.xMaximum(), box.yMinimum()),
        (box.xMaximum(), box.yMaximum()),
    ):
        hand.click(*corner)
    hand.key(Qt.Key.Key_Return)
    (sample,) = labels.samples.values()
    assert sample.value == 1
    assert sample.geometry.area() == pytest.approx(box.area() / 2, rel=0.1)
    assert states(tab)[0] == "corrected"
    assert not tab.view.drawing
    press(tab, Qt.Key.Key_U)
    assert not labels.samples
    assert states(tab)[0] == "open"


def test_sample_remembers_the_image_that_was_chosen(tab, labels, map_layers):
    tab.panel.image.setLayer(map_layers[1])
    find(tab)
    press(tab, Qt.Key.Key_A)
    assert [sample.image for sample in labels.samples.values()] == ["probabilities.tif"]


def test_labels_in_another_system_get_the_place_in_theirs(tmp_path, map_layers, classes):
    from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsGeometry, QgsProject

    store = make_store(tmp_path, crs="EPSG:4326", schema=classes)
    tab = make_tab([map_layers[0]], store)
    find(tab)
    wanted = QgsGeometry(tab.review.current.geometry)
    press(tab, Qt.Key.Key_A)
    (sample,) = store.samples.values()
    systems = QgsCoordinateReferenceSystem("EPSG:32636"), QgsCoordinateReferenceSystem("EPSG:4326")
    wanted.transform(QgsCoordinateTransform(*systems, QgsProject.instance()))
    assert sample.geometry.symDifference(wanted).area() < 1e-6 * wanted.area()
    tab.close()
    store.close()


def test_without_labels_a_decision_asks_for_a_file_and_makes_it(tmp_path, map_layers):
    path = str(tmp_path / "new labels.gpkg")
    tab = make_tab([map_layers[0]], ask_path=lambda _parent, new: path if new else "")
    find(tab)
    press(tab, Qt.Key.Key_A)
    assert states(tab)[0] == "open"
    assert tab.page.offer.isVisible()
    tab.page.create.click()
    store = tab._context.store
    assert [entry.name for entry in store.schema.classes()] == ["Water", "Forest", "Roof"]
    press(tab, Qt.Key.Key_A)
    assert values(store) == [3]
    tab.close()
    tab._context.set_store(None)


def test_review_goes_on_tomorrow_from_its_file(tab, labels, map_layers):
    find(tab)
    press(tab, Qt.Key.Key_A, Qt.Key.Key_S)
    kept = tab.state()
    tab.close()
    other = make_tab([map_layers[0]], labels)
    other.restore(kept)
    assert states(other) == ["accepted", "skipped", "open"]
    assert other.review.index == 2
    assert other.page.card.said.text() == "Forest"
    press(other, Qt.Key.Key_2)
    assert values(labels) == [2, 3]
    other.close()


def test_review_that_lies_beside_the_labels_is_offered(tab, labels, map_layers):
    find(tab)
    press(tab, Qt.Key.Key_A)
    tab.close()
    other = make_tab([map_layers[0]], labels)
    assert other.panel.resume.isVisible()
    other.panel.resume.click()
    assert other.review.index == 1
    other.close()


def test_file_of_a_review_is_a_layer_of_places(tab, labels):
    from qgis.core import QgsVectorLayer

    find(tab)
    press(tab, Qt.Key.Key_A)
    layer = QgsVectorLayer(f"{tab.review.path}|layername=places", "places", "ogr")
    found = [(feature["state"], feature["said"], feature["decided"]) for feature in layer.getFeatures()]
    assert found[0] == ("accepted", "Roof", "Roof")
    assert layer.crs().authid() == "EPSG:32636"
    assert [row[0] for row in found] == states(tab)


def test_places_that_are_labeled_are_not_found_again(tab):
    find(tab)
    press(tab, Qt.Key.Key_A)
    tab.page.leave.click()
    find(tab)
    assert len(tab.review.candidates) == len(BLOBS) - 1


def test_differences_from_the_labels_correct_the_labels(tab, labels):
    from qgis.core import QgsGeometry

    from swath.plugin.review.sources import DIFFERENCES

    labels.add([QgsGeometry.fromWkt(pixel_square(100, 200, 30))], 2)
    tab.panel.kind.setCurrentIndex(tab.panel.kind.findData(DIFFERENCES))
    find(tab)
    assert "Forest" in tab.page.card.reason.text()
    press(tab, Qt.Key.Key_A)
    assert values(labels) == [1]
    QTest.keyClick(tab.summary, Qt.Key.Key_U)
    press(tab, Qt.Key.Key_2)
    assert values(labels) == [2]
    assert len(labels.samples) == 1


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
    assert tab.task is None


def test_search_cancelled_says_so_and_can_begin_again(tab):
    tab.panel.find.click()
    tab.cancel()
    wait_for(tab)
    if not tab.review.candidates:
        assert "Cancelled" in tab.panel.notice.text()
    tab._show_sources()
    find(tab)


def test_unsure_objects_become_samples_of_the_same_shape(tmp_path, qgis_new_project, swath_plugin, layer):
    from swath.plugin.review.sources import OBJECTS

    rows_of = [(pixel_square(40 * place, 40, 12), "Car", 1, sure) for place, sure in enumerate((0.9, 0.51, 0.6))]
    found = layer(["Classname:string", "Classvalue:integer", "Confidence:double"], rows_of, name="cars")
    store = make_store(tmp_path)
    tab = make_tab([found], store)
    tab.panel.kind.setCurrentIndex(tab.panel.kind.findData(OBJECTS))
    find(tab)
    assert [item.certainty for item in tab.review.candidates] == [0.51, 0.6]
    press(tab, Qt.Key.Key_A, Qt.Key.Key_B)
    (sample,) = store.samples.values()
    assert store.schema.find(sample.value).name == "Car"
    assert sample.geometry.area() == pytest.approx(36)
    tab.close()
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


def test_strip_far_right_is_the_last_place(tab):
    find(tab)
    strip = tab.page.strip
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(strip.width() - 1, 8))
    assert tab.review.index == len(tab.review.candidates) - 1


def test_fine_tuning_fills_the_model_into_the_tab_train(tab):
    from swath.plugin.training.train_form import TrainForm

    form = TrainForm(tab._context)
    tab._context.remember(model="/models/roofs")
    find(tab)
    tab.page.finish.click()
    tab.summary.tune.click()
    assert form.form.parameters()["PRETRAINED_MODEL"] == "/models/roofs"
    form.deleteLater()
