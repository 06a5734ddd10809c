"""Samples remember their image, wherever it moves, and their size in its pixels."""

from __future__ import annotations

import shutil

import pytest
from dock_cases import make_image, make_store, rectangle, rows

WEB = {
    "url=https://me:p%40ss@tiles.example.org/%7Bz%7D/%7Bx%7D/%7By%7D.png?token%3Dabc%26style%3Dday&type=xyz"
    "&username=joe&password=hidden&authcfg=abc1234&zmax=19": "https://tiles.example.org/{z}/{x}/{y}.png?style=day",
    "crs=EPSG:3857&format=image/png&layers=roads&layers=rail&styles&url=https://example.org/wms?apikey%3Dabc": (
        "https://example.org/wms layers="
    ),
}


def test_samples_are_counted_for_each_image(image, store, tmp_path):
    other = make_image(tmp_path, "other.tif")
    for layer, number in ((image, 2), (other, 1), (None, 1)):
        store.current_image = layer
        store.add([rectangle(10 * at, 0) for at in range(number)], 1)
    assert store.images() == {"image.tif": 2, "other.tif": 1, "": 1}
    assert store.image_layer("other.tif") is other
    assert store.image_layer("third.tif") is None


def test_key_of_an_image_stays_when_folder_and_samples_move_together(tmp_path, qgis_new_project):
    from swath.plugin.labeling.store import SampleStore

    (tmp_path / "a" / "images").mkdir(parents=True)
    store = make_store(tmp_path / "a")
    store.current_image = make_image(tmp_path / "a" / "images", add=False)
    store.add([rectangle(0, 0)], 1)
    assert store.images() == {"images/image.tif": 1}
    store.current_image = None
    store.close()
    shutil.move(tmp_path / "a", tmp_path / "b")
    store = SampleStore.open(tmp_path / "b" / "samples.gpkg")
    from qgis.core import QgsRasterLayer

    moved = QgsRasterLayer(str(tmp_path / "b" / "images" / "image.tif"), "moved")
    assert store.images() == {store.image_key(moved): 1}
    store.close()


@pytest.mark.parametrize("source", WEB)
def test_key_of_a_web_layer_holds_no_secrets(store, source):
    from qgis.core import QgsRasterLayer

    key = store.image_key(QgsRasterLayer(source, "web", "wms"))
    assert key.startswith(WEB[source])
    assert not any(word in key for word in ("p%40ss", "p@ss", "me:", "joe", "hidden", "abc"))


@pytest.mark.parametrize(
    ("source", "key"), [("/vsizip/{0}/a.zip/b.tif", "/vsizip/a.zip/b.tif"), ("{0}/x/y.tif", "x/y.tif")]
)
def test_key_of_files_is_relative(store, source, key):
    from qgis.core import QgsRasterLayer

    assert store.image_key(QgsRasterLayer(source.format(store.path.parent), "file")) == key


@pytest.mark.parametrize("epsg", [32636, 32637, 3857])
def test_count_is_the_area_in_pixels_of_the_image(epsg, store, tmp_path):
    from layer_cases import write_raster
    from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsProject, QgsRasterLayer

    shape = rectangle(10, 10)
    there = QgsCoordinateTransform(store.crs, QgsCoordinateReferenceSystem.fromEpsgId(epsg), QgsProject.instance())
    box = there.transformBoundingBox(shape.boundingBox())
    path = write_raster(tmp_path / "there.tif", epsg=epsg, corner=(box.xMinimum(), box.yMaximum()))
    store.current_image = QgsRasterLayer(path, "there")
    (fid,) = store.add([shape], 1)
    # 10 m are 20 pixels of half a unit. Zone 37 is larger away from its middle: (1 + rad(6)^2 / 2)^2; the sphere of
    # web Mercator is longer than the ellipsoid from north to south: 1 / (1 - e^2).
    expected = {32636: 400, 32637: 400 * 1.011, 3857: 400 * 1.0067 / 0.9996**2}[epsg]
    assert store.samples[fid].count == pytest.approx(expected, rel=0.004)
    assert rows(store.path)[fid]["Count"] == store.samples[fid].count
    store.change_geometry({fid: rectangle(10, 10, 5)})
    assert store.samples[fid].count == pytest.approx(expected / 4, rel=0.02)
    store.current_image = None
    store.change_geometry({fid: shape})
    assert store.samples[fid].count == pytest.approx(expected, rel=0.02)


def test_image_removed_from_the_project_is_forgotten(image, store):
    from qgis.core import QgsProject

    told = []
    store.current_image = image
    store.currentImageChanged.connect(lambda: told.append(store.current_image))
    QgsProject.instance().removeMapLayer(image.id())
    assert told == [None]
    (fid,) = store.add([rectangle(0, 0)], 1)
    assert (store.samples[fid].image, store.samples[fid].count) == ("", 0)


def test_web_layers_and_images_without_crs_count_nothing(store, tmp_path):
    from qgis.core import QgsRasterLayer

    web = QgsRasterLayer("type=xyz&url=http://127.0.0.1:9/%7Bz%7D/%7Bx%7D/%7By%7D.png&zmax=19&zmin=0", "web", "wms")
    assert web.isValid()
    for layer in (web, make_image(tmp_path, "plain.tif", epsg=0, add=False)):
        store.current_image = layer
        (fid,) = store.add([rectangle(0, 0)], 1)
        assert store.samples[fid].count == 0
        store.current_image = None
