"""The pixels that the user sees, as numbers, with their place on the map."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsMapLayer,
    QgsPointXY,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
)
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtGui import QImage

from ...engine.errors import InputError

MOST_PIXELS = 1_500_000  # more than most screens have; larger views are read coarser


class NoImageThereError(InputError):
    """A click beside all images."""

    template = "There is no visible image at that place: switch an image on, or click on it."


@dataclass(frozen=True)
class Picture:
    """Visible colours (rows, columns, 3) from 0 to 255, in the CRS of their layer.

    ``shown`` (rows, columns) is False where the image has no data; ``left`` and ``top`` are the outer corner,
    ``width`` and ``height`` the size of a pixel in units of ``crs``.
    """

    colors: NDArray[np.uint8]
    shown: NDArray[np.bool_]
    crs: QgsCoordinateReferenceSystem
    left: float
    top: float
    width: float
    height: float

    def pixel(self, point: QgsPointXY) -> tuple[int, int] | None:
        """Return row and column of a point in ``crs``; None beyond the picture."""
        row, column = math.floor((self.top - point.y()) / self.height), math.floor((point.x() - self.left) / self.width)
        rows, columns = self.shown.shape
        return (row, column) if 0 <= row < rows and 0 <= column < columns else None


def visible_picture(canvas: QgsMapCanvas, layer: QgsRasterLayer) -> Picture:
    """Return a raster layer as it is drawn in the view: with its stretch and colours, whatever its source.

    The resolution is that of the screen, or of the image where that is coarser.

    Raises:
        NoImageThereError: if the layer is not in the view.
    """
    settings = canvas.mapSettings()
    transform = QgsCoordinateTransform(settings.destinationCrs(), layer.crs(), settings.transformContext())
    try:
        view = transform.transformBoundingBox(settings.visibleExtent())
    except QgsCsException as error:
        raise NoImageThereError from error
    box = view.intersect(layer.extent())
    size = canvas.viewport().size()
    if box.isEmpty() or not box.isFinite() or size.isEmpty():
        raise NoImageThereError
    wide, high = view.width() / size.width(), view.height() / size.height()
    if layer.width() > 0:  # tiles from the web have no pixels of their own
        box, wide, high = _on_the_grid(box, layer, wide, high)
    coarser = math.sqrt(max(box.width() / wide * box.height() / high / MOST_PIXELS, 1.0))
    columns = max(round(box.width() / wide / coarser), 1)
    rows = max(round(box.height() / high / coarser), 1)
    block = layer.renderer().block(1, box, columns, rows)
    if block is None or not block.isValid():
        raise NoImageThereError
    colors = _argb(block.image())
    return Picture(
        np.ascontiguousarray(colors[:, :, 2::-1]),
        colors[:, :, 3] > 0,
        layer.crs(),
        box.xMinimum(),
        box.yMaximum(),
        box.width() / columns,
        box.height() / rows,
    )


def _on_the_grid(
    box: QgsRectangle, layer: QgsRasterLayer, wide: float, high: float
) -> tuple[QgsRectangle, float, float]:
    """Return a box of whole pixels of the image, and the size of a pixel to read."""
    whole = layer.extent()
    own_wide, own_high = whole.width() / layer.width(), whole.height() / layer.height()
    first = math.floor((box.xMinimum() - whole.xMinimum()) / own_wide + 1e-6)
    last = math.ceil((box.xMaximum() - whole.xMinimum()) / own_wide - 1e-6)
    top = math.floor((whole.yMaximum() - box.yMaximum()) / own_high + 1e-6)
    bottom = math.ceil((whole.yMaximum() - box.yMinimum()) / own_high - 1e-6)
    snapped = QgsRectangle(
        whole.xMinimum() + first * own_wide,
        whole.yMaximum() - bottom * own_high,
        whole.xMinimum() + last * own_wide,
        whole.yMaximum() - top * own_high,
    )
    return snapped, max(wide, own_wide), max(high, own_high)


def _argb(image: QImage) -> NDArray[np.uint8]:
    """Return blue, green, red and opacity (rows, columns, 4) of an image."""
    plain = image.convertToFormat(QImage.Format.Format_ARGB32)
    bits = plain.constBits()
    bits.setsize(plain.sizeInBytes())
    lines = np.frombuffer(bits, np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return lines[:, : plain.width() * 4].reshape(plain.height(), plain.width(), 4).copy()


def image_at(canvas: QgsMapCanvas, point: QgsPointXY, first: QgsMapLayer | None = None) -> QgsRasterLayer:
    """Return the visible image at a place on the map: ``first`` where it is there, else the topmost.

    Raises:
        NoImageThereError: if there is none.
    """
    crs = canvas.mapSettings().destinationCrs()
    layers = [layer for layer in canvas.layers() if isinstance(layer, QgsRasterLayer) and layer.isValid()]
    for layer in sorted(layers, key=lambda layer: layer is not first):
        try:
            there = QgsCoordinateTransform(crs, layer.crs(), QgsProject.instance()).transform(point)
        except QgsCsException:
            continue
        if layer.extent().contains(there) and layer.renderer() is not None:
            return layer
    raise NoImageThereError
