"""The layers of the samples in a project: style, selection, QGIS's own edits, removal, reopening."""

from __future__ import annotations

import gc

import pytest
from dock_cases import make_schema, rectangle, rows


@pytest.fixture
def project(qgis_new_project):
    from qgis.core import QgsProject

    return QgsProject.instance()


@pytest.fixture
def said(store):
    texts = []
    store.failed.connect(lambda error: texts.append(str(error)))
    return texts


def reopened(store):
    from swath.plugin.labeling.store import SampleStore

    path = store.path
    store.close()
    return SampleStore.open(path)


def test_attach_adds_layers_once_above_the_image(image, store, project):
    store.attach(project)
    store.attach(project)
    names = [node.layer().name() for node in project.layerTreeRoot().findLayers()]
    assert names == ["samples: samples", "samples: areas", "image"]
    assert project.layerTreeRoot().findLayer(store.layer) is not None


def test_legend_follows_the_schema(store, project):
    from swath.plugin.labeling.schema import ClassEntry

    store.attach(project)
    store.set_schema(make_schema().replace(1, ClassEntry("meadow", 1, "#112233")), "rename")
    categories = store.layer.renderer().categories()  # held: symbols die with the list
    assert [(item.value(), item.label()) for item in categories] == [(1, "meadow"), (2, "roof")]
    color = categories[0].symbol().color()
    assert color.name() == "#112233"
    assert 0 < color.alpha() < 255


def test_legend_keeps_the_users_symbols_of_classes_that_did_not_change(store):
    from swath.plugin.labeling.schema import ClassEntry

    renderer = store.layer.renderer().clone()
    symbol = [item.symbol().clone() for item in renderer.categories()][1]
    symbol.setOpacity(0.25)
    renderer.updateCategorySymbol(1, symbol)
    store.layer.setRenderer(renderer)
    store.set_schema(store.schema.replace(1, ClassEntry("meadow", 1, "#112233")), "")
    assert [item.symbol().opacity() for item in store.layer.renderer().categories()] == [1, 0.25]


def test_samples_are_found_by_place(store):
    from qgis.core import QgsFeatureRequest

    first, second = store.add([rectangle(0, 0), rectangle(50, 50)], 1)
    box = rectangle(45, 45, 10).boundingBox()
    assert [item.id() for item in store.layer.getFeatures(QgsFeatureRequest(box))] == [second]
    store.change_geometry({first: rectangle(46, 46, 2), second: rectangle(0, 0)})
    assert [item.id() for item in store.layer.getFeatures(QgsFeatureRequest(box))] == [first]


def test_areas_are_drawn_as_dashed_outline(store):
    from qgis.PyQt.QtCore import Qt

    symbol = store.areas_layer.renderer().symbol()
    assert symbol.symbolLayer(0).brushStyle() == Qt.BrushStyle.NoBrush
    assert symbol.symbolLayer(1).strokeStyle() == Qt.PenStyle.DashLine


def test_selection_is_shared_with_the_layer(store):
    told = []
    first, second = store.add([rectangle(0, 0), rectangle(20, 0)], 1)
    store.selectionChanged.connect(lambda: told.append(store.selected))
    store.select([second])
    store.layer.selectByIds([first, second])
    store.remove([first])
    assert told == [[second], [first, second], [second]]


def test_selected_samples_do_not_hide_the_image(store, image):
    from dock_cases import draw, make_canvas, spot
    from qgis.core import QgsProject

    store.attach(QgsProject.instance())
    (fid,) = store.add([rectangle(60, 10, 30)], 1)
    store.select([fid])
    canvas = make_canvas([store.layer, image])
    inside, edge = (canvas.getCoordinateTransform().transform(*spot(x, 25)) for x in (75, 60))
    for _ in range(20):  # drawing may come late where the machine is busy
        picture = canvas.grab().toImage()
        seen = [picture.pixelColor(round(point.x()), round(point.y())).name() for point in (inside, edge)]
        if seen == ["#787878", "#ffee00"]:
            break
        draw(canvas)
    assert seen == ["#787878", "#ffee00"]
    canvas.close()


def test_edit_with_tools_of_qgis_is_a_step_that_can_be_undone(store, project, said):
    from qgis.core import QgsFeature

    store.attach(project)
    first, second, third = store.add([rectangle(0, 0), rectangle(20, 0), rectangle(40, 0)], 1)
    told = []
    store.samplesChanged.connect(told.append)
    layer, fields = store.layer, store.layer.fields()
    before = dict(store.samples)
    layer.startEditing()
    made = QgsFeature(fields)
    made.setGeometry(rectangle(60, 0))
    copy = QgsFeature(layer.getFeature(second))
    copy.setAttribute("fid", None)
    layer.addFeatures([made, copy])
    layer.deleteFeature(first)
    layer.changeGeometry(second, rectangle(20, 20, 5))
    layer.changeAttributeValue(third, fields.indexOf("Classname"), "roof")
    assert layer.commitChanges(), layer.commitErrors()
    (changes,) = told
    assert (changes.removed, changes.changed) == ((first,), (second, third))
    assert len(changes.added) == 2
    assert store.samples[third].value == 2
    assert store.samples[second].geometry.area() == pytest.approx(25)
    assert len({sample.uid for sample in store.samples.values()}) == 4
    row = rows(store.path)[changes.added[0]]
    assert (row["Classname"], row["Classvalue"], len(row["Uid"])) == ("field", 1, 32)
    store.undo_stack.undo()
    assert {fid: sample.uid for fid, sample in store.samples.items()} == {fid: s.uid for fid, s in before.items()}
    assert set(rows(store.path)) == set(before)
    (added,) = store.add([rectangle(70, 70)], 1)  # has a fid of its own
    assert added not in changes.added
    assert not said


def test_layer_removed_by_the_user_is_told_and_nothing_is_lost(store, project, said):
    store.attach(project)
    store.add([rectangle(0, 0)], 1)
    project.removeMapLayer(store.layer.id())
    gc.collect()
    assert "removed from the project" in said[0]
    (second,) = store.add([rectangle(20, 0)], 1)
    assert store.layer.getFeature(second).isValid()
    store.attach(project)
    assert store.layer.id() in project.mapLayers()


def test_project_saved_and_opened_again_finds_the_layers(store, project, said, tmp_path):
    store.attach(project)
    store.add([rectangle(0, 0)], 1)
    project.write(str(tmp_path / "project.qgz"))
    again = reopened(store)
    assert not said
    project.clear()
    project.read(str(tmp_path / "project.qgz"))
    assert not said
    again.attach(project)
    assert len(project.mapLayers()) == 2
    assert again.layer in project.mapLayers().values()
    told = []
    again.selectionChanged.connect(lambda: told.append(1))
    again.select([1])
    assert told
    again.close()


def test_closed_store_leaves_its_layers_in_the_project(store, project):
    store.attach(project)
    (fid,) = store.add([rectangle(0, 0)], 1)
    layer = store.layer
    store.close()
    store.close()
    assert layer.getFeature(fid).isValid()
    layer.selectByIds([fid])
    project.clear()


def test_closed_store_takes_the_file_from_layers_that_others_hold(store):
    store.add([rectangle(0, 0)], 1)
    held = store.layer, store.areas_layer
    store.close()
    assert sorted(item.name for item in store.path.parent.glob("samples*")) == ["samples.gpkg"]
    assert [str(store.path) in layer.source() for layer in held] == [False, False]


def test_layer_says_counts_and_extent_after_edits_pause(store, project, qgis_bot):
    from qgis.PyQt.QtCore import QEventLoop, QTimer

    store.attach(project)
    layer = store.layer
    assert layer.featureCount() == 0
    store.add([rectangle(0, 0), rectangle(50, 50)], 1)
    loop = QEventLoop()
    QTimer.singleShot(700, loop.quit)
    loop.exec()
    assert layer.featureCount() == 2
    assert layer.extent().width() == pytest.approx(60)


def test_rows_of_other_programs_are_completed_when_the_file_is_opened(store):
    from osgeo import ogr

    (first,) = store.add([rectangle(0, 0)], 1)
    path = store.path
    store.close()
    dataset = ogr.Open(str(path), 1)
    layer = dataset.GetLayerByName("samples")
    for name, value, wkt in (("pond", 7, "POLYGON((0 0,9 0,9 9,0 0))"), ("roof", 2, "POLYGON((0 0,9 0,9 9,0 0))")):
        feature = ogr.Feature(layer.GetLayerDefn())
        feature["Classname"], feature["Classvalue"] = name, value
        feature.SetGeometry(ogr.ForceToMultiPolygon(ogr.CreateGeometryFromWkt(wkt)))
        layer.CreateFeature(feature)
    feature = layer.GetFeature(first)
    feature["Classvalue"] = 2
    layer.SetFeature(feature)
    feature = ogr.Feature(layer.GetLayerDefn())  # without an area: no sample
    layer.CreateFeature(feature)
    del layer, dataset, feature
    from swath.plugin.labeling.store import SampleStore

    store = SampleStore.open(path)
    assert [(item.value, len(item.uid)) for item in store.samples.values()] == [(2, 32), (7, 32), (2, 32)]
    assert store.schema.find(7).name == "pond"
    assert rows(path)[first]["Classname"] == "roof"
    store.close()


def test_store_opened_after_its_project_writes_what_the_layers_show(store, project, tmp_path):
    from qgis.PyQt.QtTest import QTest

    from swath.plugin.labeling.store import SampleStore

    store.attach(project)
    store.add([rectangle(0, 0)], 1)
    project.write(str(tmp_path / "project.qgz"))
    store.close()
    project.clear()
    project.read(str(tmp_path / "project.qgz"))
    layer = project.mapLayersByName("samples: samples")[0]
    assert [feature.id() for feature in layer.getFeatures()] == [1]
    again = SampleStore.open(store.path)
    again.attach(project)
    assert again.layer is layer
    (fid,) = again.add([rectangle(20, 0)], 2)
    assert [feature.id() for feature in layer.getFeatures()] == [1, fid]
    QTest.qWait(600)
    assert layer.featureCount() == 2
    layer.startEditing()
    layer.changeGeometry(fid, rectangle(40, 0))
    assert layer.commitChanges(), layer.commitErrors()
    again.remove([1])
    again.close()
    assert [feature.id() for feature in layer.getFeatures()] == [fid]
    assert list(rows(store.path)) == [fid]
    project.clear()
    assert sorted(item.name for item in tmp_path.glob("samples*")) == ["samples.gpkg"]
