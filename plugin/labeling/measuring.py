"""Live measures of a sketch: its size on the ground and in pixels of the image."""

from __future__ import annotations

from qgis.core import QgsCoordinateTransform, QgsCsException, QgsDistanceArea, QgsGeometry, QgsPointXY, QgsRasterLayer
from qgis.gui import QgsMapCanvas
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QLocale, QPoint, Qt
from qgis.PyQt.QtWidgets import QLabel

from ...i18n import translate


class Measure:
    """Says how large a sketch is, beside the pointer."""

    def __init__(self, canvas: QgsMapCanvas) -> None:
        self._canvas = canvas
        self._label = QLabel(canvas.viewport())
        self._label.setObjectName("swathMeasure")
        self._label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._label.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # The same on any map and theme: the map below may have any colour.
        self._label.setStyleSheet("background: rgba(20, 20, 20, 190); color: white; padding: 2px 5px;")
        self._label.hide()

    def show(self, text: str, at: QPoint) -> None:
        """Write a text beside a pixel of the canvas, inside of it."""
        self._label.setText(text)
        self._label.adjustSize()
        view, size = self._canvas.viewport().size(), self._label.size()
        x = at.x() + 18 if at.x() + 18 + size.width() < view.width() else at.x() - 12 - size.width()
        y = at.y() + 18 if at.y() + 18 + size.height() < view.height() else at.y() - 12 - size.height()
        self._label.move(max(x, 0), max(y, 0))
        self._label.setVisible(bool(text))

    def hide(self) -> None:
        """Write nothing."""
        if not sip.isdeleted(self._label):
            self._label.hide()

    def dispose(self) -> None:
        """Go from the canvas, for good."""
        if not sip.isdeleted(self._label):
            self._label.deleteLater()

    def text(self, geometry: QgsGeometry, image: QgsRasterLayer | None) -> str:
        """Return the size of polygons in the canvas's CRS: sides, area, pixels of the image."""
        if geometry.isNull() or geometry.isEmpty():
            return ""
        settings = self._canvas.mapSettings()
        crs, box = settings.destinationCrs(), geometry.boundingBox()
        if not crs.isValid():
            return self._joined(geometry, None, image, settings.transformContext())
        meter = QgsDistanceArea()
        meter.setSourceCrs(crs, settings.transformContext())
        meter.setEllipsoid(crs.ellipsoidAcronym() or "EPSG:7030")
        try:
            middle = box.center()
            width = meter.measureLine(QgsPointXY(box.xMinimum(), middle.y()), QgsPointXY(box.xMaximum(), middle.y()))
            height = meter.measureLine(QgsPointXY(middle.x(), box.yMinimum()), QgsPointXY(middle.x(), box.yMaximum()))
            area = meter.measureArea(geometry)
        except QgsCsException:
            return ""
        return self._joined(geometry, (width, height, area), image, settings.transformContext())

    def _joined(self, geometry, metres, image, context) -> str:  # noqa: ANN001
        parts = []
        if metres is not None:
            width, height, area = metres
            parts.append(translate("Swath", "{width} × {height} m").format(width=number(width), height=number(height)))
            parts.append(area_text(area))
        pixels = pixel_count(geometry, self._canvas.mapSettings().destinationCrs(), image, context)
        if pixels is not None:
            parts.append(translate("Swath", "{pixels} px").format(pixels=number(pixels)))
        return " · ".join(parts)


def area_text(square_metres: float) -> str:
    """Return an area with the unit that keeps it short."""
    if square_metres >= 1e6:
        return translate("Swath", "{area} km²").format(area=number(square_metres / 1e6))
    if square_metres >= 1e5:
        return translate("Swath", "{area} ha").format(area=number(square_metres / 1e4))
    return translate("Swath", "{area} m²").format(area=number(square_metres))


def number(value: float) -> str:
    """Return a number with three digits that count, in the user's way of writing."""
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return QLocale().toString(float(value), "f", digits)


def pixel_count(geometry: QgsGeometry, crs, image: QgsRasterLayer | None, context) -> float | None:  # noqa: ANN001
    """Return how many pixels of an image polygons cover; None without an image that has pixels of a size."""
    if image is None or sip.isdeleted(image) or not image.isValid() or image.width() <= 0:
        return None
    pixel = abs(image.rasterUnitsPerPixelX() * image.rasterUnitsPerPixelY())
    if pixel <= 0:
        return None
    there = QgsGeometry(geometry)
    transform = QgsCoordinateTransform(crs, image.crs(), context)
    try:
        if transform.isValid() and there.transform(transform) != 0:
            return None
    except QgsCsException:
        return None
    return there.area() / pixel
