"""Small pictures for lists: a class's colour, a warning."""

from __future__ import annotations

from functools import cache

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QRectF, Qt
from qgis.PyQt.QtGui import QColor, QIcon, QPainter, QPen, QPixmap

_SIDE = 14


@cache
def swatch(color: str) -> QIcon:
    """Return a square of a colour, with a border that shows on light and dark ground."""
    pixmap = QPixmap(_SIDE * 2, _SIDE * 2)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(color))
    painter.setPen(QPen(QColor(128, 128, 128), 2))
    painter.drawRoundedRect(QRectF(2, 2, _SIDE * 2 - 4, _SIDE * 2 - 4), 4, 4)
    painter.end()
    pixmap.setDevicePixelRatio(2)
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)  # else a selected row tints it, and the colour is another one
    return icon


@cache
def warning_icon() -> QIcon:
    """Return QGIS's sign for a warning."""
    return QIcon(QgsApplication.getThemeIcon("/mIconWarning.svg"))


@cache
def no_icon() -> QIcon:
    """Return an empty square, for a class that the schema does not know."""
    pixmap = QPixmap(_SIDE, _SIDE)
    pixmap.fill(Qt.GlobalColor.transparent)
    return QIcon(pixmap)
