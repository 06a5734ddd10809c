"""Snapping of the drawing tools: the project's own settings, as QGIS's snapping toolbar has them."""

from __future__ import annotations

from qgis.core import Qgis, QgsPointXY, QgsProject, QgsSnappingConfig, QgsTolerance
from qgis.gui import QgsMapCanvas, QgsMapCanvasSnappingUtils, QgsMapMouseEvent, QgsSnapIndicator
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject, pyqtSignal


class Snapping(QObject):
    """Snaps the pointer, and shows where."""

    toggled = pyqtSignal(bool)

    def __init__(self, canvas: QgsMapCanvas, parent: QObject) -> None:
        super().__init__(parent)
        self._canvas = canvas
        project = QgsProject.instance()
        if canvas.snappingUtils() is None:
            canvas.setSnappingUtils(QgsMapCanvasSnappingUtils(canvas, canvas))
        self._indicator = QgsSnapIndicator(canvas)
        project.snappingConfigChanged.connect(self._config_changed)
        self._config_changed(project.snappingConfig())

    @property
    def enabled(self) -> bool:
        """Tell whether the project snaps."""
        return QgsProject.instance().snappingConfig().enabled()

    def set_enabled(self, enabled: bool) -> None:
        """Switch the project's snapping; where it was never set up, to vertices and edges of all layers."""
        config = QgsSnappingConfig(QgsProject.instance().snappingConfig())
        if enabled and not config.enabled():
            config.setMode(Qgis.SnappingMode.AllLayers)
            config.setTypeFlag(Qgis.SnappingTypes(Qgis.SnappingType.Vertex | Qgis.SnappingType.Segment))
            if config.tolerance() <= 0:
                config.setTolerance(12)
                config.setUnits(QgsTolerance.UnitType.Pixels)
        config.setEnabled(enabled)
        QgsProject.instance().setSnappingConfig(config)

    def point(self, event: QgsMapMouseEvent) -> QgsPointXY:
        """Return the map point of an event, snapped where the project snaps; the indicator shows it."""
        plain = self._canvas.getCoordinateTransform().toMapCoordinates(event.pos())
        utils = self._canvas.snappingUtils()
        if utils is None or not self.enabled:
            self.hide()
            return plain
        # Relaxed: an index of many samples is made in the background, and until then nothing snaps.
        match = utils.snapToMap(event.pos(), None, True)
        self._indicator.setMatch(match)
        return match.point() if match.isValid() else plain

    def hide(self) -> None:
        """Show no snapped point."""
        if not sip.isdeleted(self._canvas):
            self._indicator.setVisible(False)

    def _config_changed(self, config: QgsSnappingConfig) -> None:
        # QGIS tells its own canvas; one beside it would not learn of the change.
        if not sip.isdeleted(self._canvas) and self._canvas.snappingUtils().config() != config:
            self._canvas.snappingUtils().setConfig(config)
        self.toggled.emit(config.enabled())
