"""The toolbar of the drawing tools, their registry, and the question for a class."""

from __future__ import annotations

import re

import pytest
from dock_cases import make_context, rectangle
from tool_cases import at, click, only, shown_bands


@pytest.fixture
def bar(desk):
    """Return a shown toolbar of a session, with the session."""
    from qgis.PyQt.QtWidgets import QApplication

    from swath.plugin.labeling.toolbar import DrawingToolbar

    made = []

    def make(*given):
        session = desk(*given)
        context = make_context(session.canvas, session.store)
        toolbar = DrawingToolbar(context, session)
        toolbar.resize(400, 160)
        toolbar.show()
        QApplication.processEvents()
        toolbar.session, toolbar.context = session, context
        made.append(toolbar)
        return toolbar

    yield make
    for toolbar in made:
        toolbar.close()
        toolbar.deleteLater()


def press(widget):
    from qgis.PyQt.QtCore import Qt
    from qgis.PyQt.QtTest import QTest

    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def test_every_tool_has_a_title_an_icon_a_key_of_its_own_and_leaves_nothing(desk, key):
    from qgis.PyQt.QtGui import QGuiApplication

    from swath.plugin.labeling.tool_icons import tool_icon
    from swath.plugin.labeling.tools import discover

    session = desk()
    session.store.add([rectangle(10, 10)], 1)
    tools = discover()
    assert len({tool.shortcut for tool in tools}) == len(tools) >= 13
    empty = tool_icon("", QGuiApplication.palette()).pixmap(24, 24).toImage()
    for tool in tools:
        assert tool.title()
        assert tool_icon(tool.icon, QGuiApplication.palette()).pixmap(24, 24).toImage() != empty
        session.start(tool.id)
        assert session.tool == tool.id
        assert session.active.hint().endswith(".")
        assert len(session.active.hint()) < 92  # two lines of a narrow dock
        session.hand.move(*at(session, (20, 20))[0])
        session.hand.click(*at(session, (20, 20))[0])
        session.hand.move(*at(session, (40, 30))[0])
        session.leave()
        assert not shown_bands(session), tool.id
        assert session.tool == ""


def test_no_tool_minds_samples_that_were_closed_under_it(desk, key):
    from swath.plugin.labeling.tools import discover

    session = desk()
    session.store.select(session.store.add([rectangle(10, 10)], 1))
    session.store.close()
    for tool in discover():
        session.start(tool.id)
        session.hand.drag(*at(session, (15, 15), (30, 18), (30, 30)))
        click(session, (15, 15), (40, 20), (40, 40))
        for letter in (key.Key_Return, key.Key_Delete, key.Key_Backspace, key.Key_2, key.Key_Escape):
            session.hand.key(letter)
        session.undo()
        session.leave()
        assert not shown_bands(session), tool.id
    assert len(session.store.samples) == 1


def test_a_second_session_gives_the_canvas_back_to_what_was_there_before_both(desk):
    from qgis.gui import QgsMapToolPan

    from swath.plugin.labeling.drawing import DrawingSession

    session = desk()
    pan = QgsMapToolPan(session.canvas)
    session.canvas.setMapTool(pan)
    session.start("polygon")
    other = DrawingSession(session.canvas, session.store)
    other.start("rectangle")
    assert (session.tool, other.tool) == ("", "rectangle")
    other.leave()
    assert session.canvas.mapTool() is pan
    other.close()


def test_icons_follow_the_theme(bar):
    from qgis.PyQt.QtGui import QColor, QPalette

    toolbar = bar()
    button = toolbar.buttons["polygon"]
    light = button.icon().pixmap(24, 24).toImage()
    dark = QPalette(toolbar.palette())
    dark.setColor(QPalette.ColorRole.ButtonText, QColor("#ffffff"))
    toolbar.setPalette(dark)
    assert button.icon().pixmap(24, 24).toImage() != light


def test_a_button_starts_its_tool_and_stops_it_again(bar):
    toolbar = bar()
    press(toolbar.buttons["circle"])
    assert toolbar.session.tool == "circle"
    assert "centre" in toolbar.hint.text()
    press(toolbar.buttons["line"])
    assert [name for name, button in toolbar.buttons.items() if button.isChecked()] == ["line"]
    press(toolbar.buttons["line"])
    assert toolbar.session.tool == ""
    assert not any(button.isChecked() for button in toolbar.buttons.values())


def test_letters_on_the_map_change_the_tool(bar, key):
    toolbar = bar()
    press(toolbar.buttons["circle"])
    toolbar.session.hand.key(key.Key_R)
    assert toolbar.buttons["rectangle"].isChecked()
    click(toolbar.session, (20, 20))
    toolbar.session.hand.key(key.Key_C)
    toolbar.session.hand.key(key.Key_R)
    assert toolbar.session.active.sketching  # a letter struck by mistake costs no sketch
    assert toolbar.session.tool == "rectangle"


def test_the_buffer_shows_for_lines_and_points_only_in_units_of_the_map(bar):
    from qgis.core import QgsCoordinateReferenceSystem

    from swath.plugin.labeling.buffer_spin import BufferSpin

    toolbar = bar()

    def box():
        return next((box for box in toolbar.findChildren(BufferSpin) if box.isVisible()), None)

    press(toolbar.buttons["polygon"])
    assert box() is None
    press(toolbar.buttons["line"])
    toolbar.session.set_buffer(3.0)
    assert (box().value(), box().suffix()) == (3.0, " m")
    toolbar.session.canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    assert (box().value(), box().suffix()) == (3.0, " m")
    toolbar.session.canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:2263"))  # in US survey feet
    assert "ft" in box().suffix()
    assert box().value() == pytest.approx(3.0 / 0.3048, rel=1e-3)
    box().setValue(32.81)
    assert toolbar.session.buffer == pytest.approx(10.0, rel=1e-3)


def test_samples_and_areas_are_switched(bar):
    toolbar = bar()
    press(toolbar.areas)
    assert toolbar.session.target == "areas"
    assert toolbar.areas.isChecked()
    assert not toolbar.samples.isChecked()
    press(toolbar.areas)
    assert toolbar.areas.isChecked()
    press(toolbar.samples)
    assert toolbar.session.target == "samples"


def test_the_snapping_button_is_the_projects_snapping(bar):
    from qgis.core import QgsProject

    toolbar = bar()
    press(toolbar.snapping)
    assert QgsProject.instance().snappingConfig().enabled()
    config = QgsProject.instance().snappingConfig()
    config.setEnabled(False)
    QgsProject.instance().setSnappingConfig(config)
    assert not toolbar.snapping.isChecked()


def test_undo_and_redo_buttons_follow_the_stack_and_the_sketch(bar):
    toolbar = bar()
    session = toolbar.session
    assert not toolbar.undo.isEnabled()
    press(toolbar.buttons["polygon"])
    click(session, (20, 20), (60, 20))
    press(toolbar.undo)
    assert len(session.active.points) == 1
    session.active.cancel()
    press(toolbar.buttons["point"])
    click(session, (50, 50))
    press(toolbar.undo)
    assert not session.store.samples
    press(toolbar.redo)
    assert only(session).value == 1
    assert "Add" in toolbar.undo.toolTip()


def test_hiding_the_toolbar_leaves_the_tool(bar):
    toolbar = bar()
    press(toolbar.buttons["polygon"])
    click(toolbar.session, (20, 20), (60, 20))
    toolbar.hide()
    assert toolbar.session.tool == ""
    assert not shown_bands(toolbar.session)


def test_without_samples_the_toolbar_says_what_to_do(bar):
    toolbar = bar()
    press(toolbar.buttons["polygon"])
    toolbar.context.set_store(None)
    assert toolbar.session.tool == ""
    assert not toolbar.buttons["polygon"].isEnabled()
    assert "Open or create" in toolbar.hint.text()
    toolbar.session.start("polygon")
    assert toolbar.session.tool == ""


def test_the_measure_stands_beside_the_pointer_and_goes(desk, key):
    session = desk()
    session.start("rectangle")
    click(session, (10, 10))
    session.hand.move(*at(session, (70, 50))[0])
    label = session.canvas.viewport().findChild(type(session.measure._label), "swathMeasure")
    assert label.isVisible()
    width, height, area, pixels = map(float, re.findall(r"[\d.]+", label.text().replace(",", "")))
    assert (width, height, area, pixels) == pytest.approx((60, 40, 2400, 9600), rel=0.02)
    assert session.canvas.viewport().rect().contains(label.geometry())
    session.hand.key(key.Key_Escape)
    assert not label.isVisible()


def test_keys_reach_the_tool_before_the_windows_shortcuts(desk, key):
    """QGIS's main window has Ctrl+Z and Delete as shortcuts of its own."""
    from qgis.PyQt.QtCore import Qt
    from qgis.PyQt.QtGui import QKeySequence
    from qgis.PyQt.QtTest import QTest
    from qgis.PyQt.QtWidgets import QAction, QApplication, QMainWindow

    session = desk()
    window, taken = QMainWindow(), []
    for text in ("Ctrl+Z", "Delete", "1"):
        action = QAction(window)
        action.setShortcut(QKeySequence(text))
        action.triggered.connect(lambda _checked=False, text=text: taken.append(text))
        window.addAction(action)
    window.setCentralWidget(session.canvas)
    window.show()
    QApplication.setActiveWindow(window)
    session.start("select")
    session.store.select(session.store.add([rectangle(10, 10)], 2))
    session.hand.key(key.Key_Delete)
    assert not session.store.samples
    session.hand.key(key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(session.store.samples) == 1
    session.leave()
    QTest.keyClick(session.canvas, key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert taken == ["Ctrl+Z"]
    session.close()
    window.takeCentralWidget()
    window.deleteLater()


def test_the_dialog_offers_classes_and_a_new_one():
    from dock_cases import make_schema
    from qgis.PyQt.QtGui import QColor
    from qgis.PyQt.QtWidgets import QDialogButtonBox

    from swath.plugin.labeling.define_class import DefineClassDialog

    schema = make_schema()
    dialog = DefineClassDialog(schema)
    ok = dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)
    dialog.classes.setCurrentIndex(1)
    assert dialog.entry() == schema.classes()[1]
    dialog.classes.setCurrentIndex(2)
    assert not ok.isEnabled()
    dialog.name.setText(" Field ")
    assert not ok.isEnabled()
    assert "field" in dialog.problem.text()
    dialog.name.setText("pond")
    dialog.color.setColor(QColor("#102030"))
    assert ok.isEnabled()
    assert (dialog.entry().name, dialog.entry().value, dialog.entry().color) == ("pond", 3, "#102030")
    dialog.deleteLater()
