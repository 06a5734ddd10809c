"""What sessions have in common: QGIS's window with the dock beside a map, clicks on widgets, and the end."""

from __future__ import annotations

import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

from driver import Step, click, move, place
from qgis.core import QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QPoint, Qt, QTimer
from qgis.PyQt.QtWidgets import QApplication, QWidget
from qgis.utils import iface, plugins

WORK = Path(tempfile.mkdtemp(prefix="swath-desktop-"))


def press(widget: QWidget, spot: QPoint | None = None) -> Generator[Step, None, None]:
    """Move to a widget's middle, or a spot of it, and click once it lies still."""
    yield widget.isVisible
    move(place(widget, spot))
    yield 0.4
    click(place(widget, spot))
    yield 0.2


def show_tab(dock: Any, name: str) -> Generator[Step, None, None]:
    """Click a tab of the dock."""
    bar = dock.tabs.tabBar()
    yield from press(bar, bar.tabRect(list(dock._pages).index(name)).center())


def dialog() -> QWidget | None:
    """Return the window that waits for an answer."""
    return QApplication.activeModalWidget()


def open_dock(image: QgsRasterLayer, view: float) -> Generator[Step, None, Any]:
    """Show a part of an image, of its sides, and open the dock by its button; return the dock."""
    yield lambda: "swath" in plugins
    window, canvas, project = iface.mainWindow(), iface.mapCanvas(), QgsProject.instance()
    iface.messageBar().clearWidgets()
    window.move(0, 0)
    window.resize(1366, 768)
    for other in ("Browser", "Browser2"):
        if (hidden := window.findChild(QWidget, other)) is not None:
            hidden.hide()
    project.addMapLayer(image)
    project.setCrs(image.crs())
    action = next(item for item in iface.pluginToolBar().actions() if item.objectName() == "swathDock")
    yield 4.0  # the toolbars settle
    yield from press(iface.pluginToolBar().widgetForAction(action))
    dock = plugins["swath"].dock
    yield dock.isVisible
    window.resizeDocks([dock], [430], Qt.Orientation.Horizontal)
    yield 1.0
    extent = image.extent()
    extent.scale(view)
    canvas.setExtent(extent)
    canvas.refresh()
    yield 3.0
    iface.messageBar().clearWidgets()
    return dock


def end() -> None:
    """Close QGIS as a person does: how it ends counts, too."""
    # Else QGIS asks what becomes of layers in temporary folders.
    QgsProject.instance().clear()
    QTimer.singleShot(200, iface.actionExit().trigger)
