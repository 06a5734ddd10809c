"""The place that is looked at, on the map: zoomed to, with a dashed outline that flashes when it comes."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsGeometry,
    QgsMapLayer,
    QgsRectangle,
)
from qgis.gui import QgsMapCanvas, QgsRubberBand
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject, Qt, QTimer
from qgis.PyQt.QtGui import QColor

# The place takes a third of the view: enough of what is around it tells what it is.
_VIEW = 3.0
_MARGIN = 1.1
# A place is never shown larger than this many pixels of the map in the view.
_LEAST_PIXELS = 64
_FLASHES, _FLASH_MS = 3, 140
_WIDTH = 2
# Dark below and light above show on every ground.
_BELOW, _ABOVE = QColor(0, 0, 0, 170), QColor(255, 255, 255)


class PlaceMarker(QObject):
    """Shows one place at a time on a canvas, and a second one around it."""

    def __init__(self, canvas: QgsMapCanvas, transforms: Callable[[], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._canvas, self._transforms = canvas, transforms
        self._bands: list[QgsRubberBand] = []
        self._around: QgsRubberBand | None = None
        self._left = 0
        self._clock = QTimer(self)
        self._clock.setInterval(_FLASH_MS)
        self._clock.timeout.connect(self._flash)

    def show(
        self, geometry: QgsGeometry, crs: QgsCoordinateReferenceSystem, color: QColor, around: QgsGeometry | None
    ) -> None:
        """Draw a place and flash it; ``around`` is drawn thin, where there is one."""
        self.clear()
        for band_color, width, style in (
            (_BELOW, _WIDTH + 3, Qt.PenStyle.SolidLine),
            (_ABOVE, _WIDTH, Qt.PenStyle.SolidLine),
            (color, _WIDTH, Qt.PenStyle.DashLine),
        ):
            self._bands.append(self._band(geometry, crs, band_color, width, style))
        if around is not None:
            self._around = self._band(around, crs, _ABOVE, 1, Qt.PenStyle.DotLine)
        self._left = 2 * _FLASHES
        self._clock.start()

    def zoom(
        self, geometry: QgsGeometry, around: QgsGeometry | None, crs: QgsCoordinateReferenceSystem, pixel: float
    ) -> None:
        """Move the map to a place, and so far away that what is around it is seen, where there is such.

        ``pixel`` is the side of a pixel of the map in units of ``crs``, 0 where it is unknown.
        """
        box = geometry.boundingBox()
        least = _LEAST_PIXELS * pixel / _VIEW
        box.grow(max(0.0, (least - max(box.width(), box.height())) / 2))
        there = self._box_there(box, crs)
        if there is None:
            return
        there.scale(_VIEW)
        wider = None if around is None else self._box_there(around.boundingBox(), crs)
        if wider is not None:
            wider.scale(_MARGIN)
            there.combineExtentWith(wider)
        self._canvas.setExtent(there)
        self._canvas.refresh()

    def clear(self) -> None:
        """Take the outline away."""
        self._clock.stop()
        for band in (*self._bands, self._around):
            if band is not None and not sip.isdeleted(band) and not sip.isdeleted(self._canvas):
                self._canvas.scene().removeItem(band)
        self._bands, self._around = [], None

    @property
    def shown(self) -> bool:
        """Tell whether a place is drawn."""
        return bool(self._bands)

    def _band(
        self, geometry: QgsGeometry, crs: QgsCoordinateReferenceSystem, color: QColor, width: int, style: Qt.PenStyle
    ) -> QgsRubberBand:
        band = QgsRubberBand(self._canvas, Qgis.GeometryType.Polygon)
        band.setStrokeColor(color)
        band.setFillColor(QColor(0, 0, 0, 0))
        band.setWidth(width)
        band.setLineStyle(style)
        band.setToGeometry(geometry, crs if crs.isValid() else self._canvas.mapSettings().destinationCrs())
        return band

    def _box_there(self, box: QgsRectangle, crs: QgsCoordinateReferenceSystem) -> QgsRectangle | None:
        there = self._canvas.mapSettings().destinationCrs()
        if not crs.isValid() or not there.isValid() or crs == there:
            return QgsRectangle(box)
        try:
            return QgsCoordinateTransform(crs, there, self._transforms()).transformBoundingBox(box)
        except QgsCsException:
            return None

    def _flash(self) -> None:
        self._left -= 1
        for band in self._bands:
            if not sip.isdeleted(band):
                band.setVisible(self._left % 2 == 0)
        if self._left <= 0:
            self._clock.stop()


class LayerPeek(QObject):
    """Makes layers invisible for as long as one wants to see what is below them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hidden: list[tuple[QgsMapLayer, float]] = []

    def hide(self, layers: Iterable[QgsMapLayer | None]) -> None:
        """Make layers invisible; a second call changes nothing."""
        if self._hidden:
            return
        self._hidden = [(layer, layer.opacity()) for layer in layers if layer is not None and not sip.isdeleted(layer)]
        for layer, _opacity in self._hidden:
            _set_opacity(layer, 0.0)

    def back(self) -> None:
        """Show them as they were."""
        hidden, self._hidden = self._hidden, []
        for layer, opacity in hidden:
            if not sip.isdeleted(layer):
                _set_opacity(layer, opacity)


def _set_opacity(layer: QgsMapLayer, opacity: float) -> None:
    layer.setOpacity(opacity)
    layer.triggerRepaint()
