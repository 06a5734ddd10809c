"""The dock as a whole: its tabs, what a project keeps of it, how it comes and goes."""

from __future__ import annotations

import pytest
from dock_cases import make_canvas, make_image, make_store

TABS = ["label", "export", "train", "apply", "review"]


@pytest.fixture
def dock(swath_plugin, qgis_new_project, tmp_path):
    """Return the dock beside a canvas with an image."""
    from swath.plugin.dock import SwathDock

    image = make_image(tmp_path)
    canvas = make_canvas([image])
    found = SwathDock(canvas)
    found.show()
    yield found
    found.shut()


def test_tabs_are_made_when_they_are_looked_at(dock):
    assert list(dock._made) == ["label"]
    for name in TABS:
        dock.show_tab(name)
        assert dock.current() == name
        assert dock.tab(name).title() == dock.tabs.tabText(dock.tabs.currentIndex())
    assert list(dock._made) == TABS


def test_project_keeps_labels_results_and_tabs(dock, tmp_path):
    from qgis.core import QgsProject

    project = QgsProject.instance()
    store = make_store(tmp_path)
    store.attach(project)
    dock.context.set_store(store)
    dock.context.remember(chips="some/chips")
    dock.show_tab("train")
    path = str(tmp_path / "project.qgz")
    assert project.write(path)
    project.clear()
    assert dock.context.store is None
    assert not dock.context.results
    assert project.read(path)
    assert dock.context.store is not None
    assert dock.context.store.path == tmp_path / "samples.gpkg"
    assert dock.context.results == {"chips": "some/chips"}
    assert dock.current() == "train"
    # The layers of the project are those of the samples; none came twice.
    names = [layer.source() for layer in project.mapLayers().values()]
    assert len(names) == len(set(names))


def test_labels_that_are_gone_are_said_and_left_out(dock, tmp_path):
    from qgis.core import QgsProject

    project = QgsProject.instance()
    store = make_store(tmp_path)
    dock.context.set_store(store)
    path = str(tmp_path / "project.qgz")
    assert project.write(path)
    project.clear()
    for file in tmp_path.glob("samples.gpkg*"):
        file.unlink()
    said = []
    dock.context.told.connect(lambda text, _level: said.append(text))
    assert project.read(path)
    assert dock.context.store is None
    assert any("samples.gpkg" in text for text in said)


def test_broken_state_in_a_project_does_no_harm(dock):
    from qgis.core import QgsProject

    for text in ("{", "[1]", '{"tabs": {"label": {"nonsense": 1}, "none": {}}, "current": "nowhere"}'):
        QgsProject.instance().writeEntry("swath", "/dock", text)
        dock.restore()
    assert dock.current() in TABS


def test_without_the_engine_all_tabs_but_labels_offer_to_set_it_up(dock, engine_home):
    asked = []
    dock.context.setupAsked.connect(lambda: asked.append(1))
    for name in TABS[1:]:
        dock.show_tab(name)
        tab = dock.tab(name)
        tab.look()
        assert tab.currentWidget() is tab.page
        assert tab.page.missing.text()
        tab.page.button.click()
    assert len(asked) == 4


def test_closing_gives_the_canvas_back_to_the_tool_before(dock, tmp_path):
    from qgis.gui import QgsMapToolPan

    canvas = dock.context.canvas
    pan = QgsMapToolPan(canvas)
    canvas.setMapTool(pan)
    dock.context.set_store(make_store(tmp_path))
    dock.tab("label").session.start("polygon")
    dock.close()
    assert dock.isHidden()
    assert canvas.mapTool() is pan
    dock.show()
    dock.close()  # with a tool of QGIS at work, which is none of ours
    assert canvas.mapTool() is pan


def test_unloading_leaves_nothing_on_the_canvas(dock, tmp_path):
    from qgis.PyQt.QtTest import QTest

    from swath.plugin.dock import SwathDock

    canvas = dock.context.canvas
    dock.tab("review")
    before = len(canvas.scene().items()), len(canvas.children()), len(canvas.viewport().children())
    other = SwathDock(canvas)
    other.context.set_store(make_store(tmp_path))
    other.tab("review")
    for tool in ("polygon", "grow", "vertices", "select"):
        other.tab("label").session.start(tool)
    other.shut()
    QTest.qWait(1)
    assert (len(canvas.scene().items()), len(canvas.children()), len(canvas.viewport().children())) == before


def test_another_project_takes_nothing_of_the_one_before(dock, tmp_path):
    from qgis.core import QgsProject

    project = QgsProject.instance()
    store = make_store(tmp_path)
    store.attach(project)
    dock.context.set_store(store)
    forms = ("export", "train", "apply")
    for name in forms:
        dock.show_tab(name)
    plain, chosen = str(tmp_path / "plain.qgz"), str(tmp_path / "chosen.qgz")
    assert project.write(plain)
    before = {name: dock.tab(name).state() for name in forms}
    export, train = dock.tab("export").tab, dock.tab("train").tab
    export.form.set_values({"OUTPUT": str(tmp_path / "mine"), "TILE_SIZE_X": 512})
    train.setup.set_values({"INPUT": str(tmp_path), "OUTPUT": str(tmp_path / "model"), "MAX_EPOCHS": 3})
    train.runs.set_known([str(tmp_path / "run")])
    dock.tab("apply").tab.picker.set_path(str(tmp_path / "model.onnx"))
    after = {name: dock.tab(name).state() for name in forms}
    assert all(after[name] != before[name] for name in forms)
    assert project.write(chosen)
    project.clear()
    assert export.form.output("OUTPUT") == ""
    assert train.state()["runs"] == []
    assert project.read(plain)
    assert {name: dock.tab(name).state() for name in forms} == before
    assert project.read(chosen)
    assert {name: dock.tab(name).state() for name in forms} == after


def test_unloaded_dock_is_gone_before_python_collects_its_parts(dock):
    import gc

    from qgis.PyQt import sip
    from qgis.PyQt.QtTest import QTest
    from qgis.PyQt.QtWidgets import QMainWindow

    from swath.plugin.dock import SwathDock

    window = QMainWindow()
    other = SwathDock(dock.context.canvas, parent=window)
    for name in TABS:
        other.tab(name)
    other.shut()
    assert sip.isdeleted(other)
    del other
    gc.collect()  # ended QGIS while parts of the dock still waited for the event loop
    QTest.qWait(20)
