"""A review and its labels: files, other systems, images, other projects, what cannot be written."""

from __future__ import annotations

import json

from dock_cases import make_store
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QSignalSpy
from review_cases import write_map
from review_fixtures import find, press, states, values


def test_class_of_the_map_that_the_labels_do_not_have_is_added(tmp_path, map_layers, classes, open_tab):
    store = make_store(tmp_path, schema=classes.remove(3))
    tab = open_tab([map_layers[0]], store)
    find(tab)
    press(tab, Qt.Key.Key_A)
    assert store.schema.find_name("Roof").value == 3
    press(tab, Qt.Key.Key_U)
    assert store.schema.find_name("Roof") is None
    store.close()


def test_sample_remembers_the_image_that_was_chosen(tab, land, map_layers):
    tab.panel.image.setLayer(map_layers[1])
    find(tab)
    press(tab, Qt.Key.Key_A)
    assert [sample.image for sample in land.samples.values()] == ["probabilities.tif"]


def test_labels_in_another_system_get_the_place_in_theirs(tmp_path, map_layers, classes, open_tab):
    from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsGeometry, QgsProject

    store = make_store(tmp_path, crs="EPSG:4326", schema=classes)
    tab = open_tab([map_layers[0]], store)
    find(tab)
    wanted = QgsGeometry(tab.review.current.geometry)
    press(tab, Qt.Key.Key_A)
    (sample,) = store.samples.values()
    systems = QgsCoordinateReferenceSystem("EPSG:32636"), QgsCoordinateReferenceSystem("EPSG:4326")
    wanted.transform(QgsCoordinateTransform(*systems, QgsProject.instance()))
    assert sample.geometry.symDifference(wanted).area() < 1e-6 * wanted.area()
    store.close()


def test_without_labels_a_decision_asks_for_a_file_and_makes_it(tmp_path, map_layers, open_tab):
    path = str(tmp_path / "new land.gpkg")
    tab = open_tab([map_layers[0]], ask_path=lambda _parent, new: path if new else "")
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


def test_review_goes_on_tomorrow_from_its_file(tab, land, map_layers, open_tab):
    find(tab)
    press(tab, Qt.Key.Key_A, Qt.Key.Key_S)
    kept = json.loads(json.dumps(tab.state()))
    tab.close()
    other = open_tab([map_layers[0]], land)
    other.restore(kept)
    assert states(other) == ["accepted", "skipped", "open"]
    assert other.review.index == 2
    assert other.page.card.said.text() == "Forest"
    press(other, Qt.Key.Key_2)
    assert values(land) == [2, 3]


def test_review_that_lies_beside_the_labels_is_offered(tab, land, map_layers, open_tab):
    find(tab)
    press(tab, Qt.Key.Key_A)
    tab.close()
    other = open_tab([map_layers[0]], land)
    assert other.panel.resume.isVisible()
    other.panel.resume.click()
    assert other.review.index == 1


def test_file_of_a_review_is_a_layer_of_places(tab, land):
    from qgis.core import QgsVectorLayer

    find(tab)
    press(tab, Qt.Key.Key_A)
    layer = QgsVectorLayer(f"{tab.review.path}|layername=places", "places", "ogr")
    found = [(feature["state"], feature["said"], feature["decided"]) for feature in layer.getFeatures()]
    assert found[0] == ("accepted", "Roof", "Roof")
    assert layer.crs().authid() == "EPSG:32636"
    assert [row[0] for row in found] == states(tab)


def test_decision_that_cannot_be_written_leaves_nothing_half_done(tab, land, monkeypatch):
    from qgis.core import QgsGeometry

    from swath.plugin.labeling.store import StoreError

    find(tab)
    land.add([QgsGeometry.fromRect(tab.review.current.geometry.boundingBox())], 1)
    before = next(iter(land.samples.values())).geometry.asWkt()
    told = QSignalSpy(tab._context.told)

    def refuse(*_arguments, **_options):
        raise StoreError(path="land.gpkg", detail="the disk is full")

    monkeypatch.setattr(land, "add", refuse)
    press(tab, Qt.Key.Key_2)
    assert states(tab)[0] == "open"
    assert tab.review.index == 0
    assert [sample.geometry.asWkt() for sample in land.samples.values()] == [before]
    assert "disk is full" in told[0][0]


def test_image_and_map_taken_out_of_the_project_do_no_harm(tab, land, map_layers):
    from qgis.core import QgsProject

    tab.panel.image.setLayer(map_layers[1])
    find(tab)
    QgsProject.instance().removeMapLayers([layer.id() for layer in map_layers])
    press(tab, Qt.Key.Key_H, Qt.Key.Key_A, Qt.Key.Key_2)
    assert values(land) == [2, 3]


def test_another_project_puts_the_places_away(tab):
    from qgis.core import QgsProject

    find(tab)
    QgsProject.instance().clear()
    assert not tab.review.candidates
    assert tab.stack.currentWidget() is not tab.page
    assert not tab.view.marker.shown


def test_image_that_the_map_was_made_of_is_found_by_itself(tab, land, map_layers):
    from pathlib import Path
    from shutil import copyfile

    from qgis.core import QgsProject, QgsRasterLayer

    path = str(Path(map_layers[0].source()).with_name("photo.tif"))
    copyfile(map_layers[0].source(), path)
    photo = QgsRasterLayer(path, "photo")
    QgsProject.instance().addMapLayer(photo)
    tab._context.remember(map=map_layers[0].source(), image=path)
    find(tab)
    press(tab, Qt.Key.Key_A)
    assert [sample.image for sample in land.samples.values()] == ["photo.tif"]
    assert land.current_image is photo


def test_map_without_a_system_is_reviewed_like_any_other(tmp_path, swath_plugin, open_tab, classes):
    from qgis.core import QgsProject, QgsRasterLayer

    found = [QgsRasterLayer(path, name) for path, name in zip(write_map(tmp_path, epsg=0), ("m", "p"), strict=True)]
    QgsProject.instance().addMapLayers(found)
    store = make_store(tmp_path, schema=classes)
    tab = open_tab([found[0]], store)
    find(tab)
    outline = tab.review.current.geometry
    press(tab, Qt.Key.Key_A)
    (sample,) = store.samples.values()
    assert sample.geometry.symDifference(outline).area() < 0.01
    assert tab._context.canvas.extent().contains(tab.review.current.geometry.boundingBox())
    kept = tab.state()
    again = open_tab([found[0]], store)
    again.restore(kept)
    assert states(again) == ["accepted", "open", "open"]
    assert not again.review.crs.isValid()
    store.close()
