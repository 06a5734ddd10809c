"""Rectangles as plain values."""

from __future__ import annotations

from qgis.core import QgsRectangle


def bounds(extent: QgsRectangle) -> list[float]:
    """Return (xmin, ymin, xmax, ymax), or nothing for an empty extent."""
    if extent.isEmpty():
        return []
    return [extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum()]
