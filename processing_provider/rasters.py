"""Raster layers as files that any GDAL can open.

The engine's GDAL is another version than QGIS's: it gets plain paths, a small VRT where the layer knows
more than its file (see ``layer_files``), and a drawn GeoTIFF where there is no file at all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingUtils,
    QgsRasterBlockFeedback,
    QgsRasterFileWriter,
    QgsRasterLayer,
    QgsRasterPipe,
    QgsRasterProjector,
    QgsRectangle,
)
from qgis.PyQt.QtCore import Qt

from ..engine.errors import CancelledError
from ..i18n import translate
from .layer_files import layer_file
from .problems import (
    OutsideRasterError,
    RenderingFailedError,
    RenderingNeedsGridError,
    RenderingTooLargeError,
)

LARGEST_DRAWN_SIDE = 100_000
# Above this many, QGIS's approximation (a fraction of a pixel) replaces the exact transformation of each.
MOST_EXACT_PIXELS = 30_000_000
_HAIR_PX = 1e-3
_PICTURES = {Qgis.DataType.ARGB32, Qgis.DataType.ARGB32_Premultiplied}


@dataclass(frozen=True)
class RasterSource:
    """What a run needs of a raster layer, taken in the layer's own thread.

    ``pipe`` draws a layer without a file; it is None where ``path`` names one. Sizes are in pixels,
    ``cell_size`` (x, y) in map units; both are 0 for a layer without pixels of its own. ``located`` tells
    whether its file has a georeference, ``dtype`` is GDAL's name of its pixel type ("" without a file).
    """

    name: str
    provider: str
    path: str
    crs: QgsCoordinateReferenceSystem
    extent: QgsRectangle
    width: int
    height: int
    cell_size: tuple[float, float]
    bands: int
    pipe: QgsRasterPipe | None = None
    located: bool = True
    dtype: str = ""

    @classmethod
    def of(cls, layer: QgsRasterLayer) -> RasterSource:
        """Read a layer."""
        provider = layer.dataProvider()
        pipe = None
        sized = provider.xSize() > 0 and provider.ySize() > 0
        cell_size = (abs(layer.rasterUnitsPerPixelX()), abs(layer.rasterUnitsPerPixelY())) if sized else (0.0, 0.0)
        path, located, dtype, bands = "", True, "", layer.bandCount()
        if layer.providerType() == "gdal":
            file = layer_file(layer)
            path, located, dtype, bands = file.path, file.located, file.dtype, file.bands
        else:
            pipe = QgsRasterPipe()
            pipe.set(provider.clone())
            if provider.dataType(1) in _PICTURES and layer.renderer() is not None:
                pipe.set(layer.renderer().clone())
        return cls(
            layer.name(),
            layer.providerType(),
            path,
            layer.crs(),
            layer.extent(),
            provider.xSize(),
            provider.ySize(),
            cell_size,
            bands,
            pipe,
            located,
            dtype,
        )

    def check_grid(self, extent: QgsRectangle, cell_size: float) -> None:
        """Raise InputError where the layer cannot be read on this grid."""
        if not extent.isEmpty() and not self.extent.isEmpty() and not extent.intersects(self.extent):
            raise OutsideRasterError(parameter="EXTENT", raster=self.name)
        if self.pipe is None:
            return
        if extent.isEmpty() or not cell_size > 0:
            raise RenderingNeedsGridError(layer=self.name, provider=self.provider)
        width, height = self.size_on(extent, cell_size)
        if max(width, height) > LARGEST_DRAWN_SIDE:
            raise RenderingTooLargeError(layer=self.name, width=width, height=height)

    def part(self, extent: QgsRectangle) -> QgsRectangle:
        """Return the part to be used; an empty extent takes all of it."""
        return self.extent.intersect(extent) if not extent.isEmpty() else self.extent

    def window(self, place: QgsRectangle) -> tuple[float, float, float, float]:
        """Return a rectangle in pixels: column, row, width, height."""
        size_x, size_y = self.cell_size
        left, top = place.xMinimum() - self.extent.xMinimum(), self.extent.yMaximum() - place.yMaximum()
        return left / size_x, top / size_y, place.width() / size_x, place.height() / size_y

    def snapped(self, place: QgsRectangle) -> QgsRectangle:
        """Return a rectangle widened to whole pixels; it may reach beyond the raster."""
        size_x, size_y = self.cell_size
        left, top, width, height = self.window(place)
        col, row = math.floor(left + _HAIR_PX), math.floor(top + _HAIR_PX)
        right, bottom = math.ceil(left + width - _HAIR_PX), math.ceil(top + height - _HAIR_PX)
        west, north = self.extent.xMinimum(), self.extent.yMaximum()
        return QgsRectangle(west + col * size_x, north - bottom * size_y, west + right * size_x, north - row * size_y)

    def size_on(self, extent: QgsRectangle, cell_size: float) -> tuple[int, int]:
        """Return about how many pixels (width, height) there are on a grid."""
        part = self.part(extent)
        size_x, size_y = (cell_size, cell_size) if cell_size > 0 else self.cell_size
        if not (size_x > 0 and size_y > 0):
            return 0, 0
        return math.ceil(part.width() / size_x - 1e-6), math.ceil(part.height() / size_y - 1e-6)

    def file(
        self, extent: QgsRectangle, cell_size: float, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> str:
        """Return the path of a file with this raster; draws it on the grid where there is none yet."""
        if self.pipe is None:
            return self.path
        self.check_grid(extent, cell_size)
        feedback.pushInfo(
            translate("Swath", "Drawing the layer {name} into a temporary GeoTIFF").format(name=self.name)
        )
        return self._draw(extent, cell_size, context, feedback)

    def _draw(
        self, extent: QgsRectangle, cell_size: float, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> str:
        assert self.pipe is not None  # noqa: S101 - asked by the caller
        failed = write_pipe(self.pipe, extent, (cell_size, cell_size), self.crs, context, feedback)
        if failed[1]:
            raise RenderingFailedError(layer=self.name, detail=failed[1])
        return failed[0]


def write_pipe(
    pipe: QgsRasterPipe,
    extent: QgsRectangle,
    cell_size: tuple[float, float],
    crs: QgsCoordinateReferenceSystem,
    context: QgsProcessingContext,
    feedback: QgsProcessingFeedback,
) -> tuple[str, str]:
    """Write what a pipe gives to a temporary GeoTIFF; return its path, and what went wrong or ""."""
    size_x, size_y = cell_size
    width, height = max(round(extent.width() / size_x), 1), max(round(extent.height() / size_y), 1)
    # The extent is made to fit whole pixels, seen from the upper left corner.
    left, top = extent.xMinimum(), extent.yMaximum()
    fitted = QgsRectangle(left, top - height * size_y, left + width * size_x, top)
    path = QgsProcessingUtils.generateTempFilename("raster.tif", context)
    writer = QgsRasterFileWriter(path)
    writer.setOutputFormat("GTiff")
    writer.setCreateOptions(["TILED=YES", "COMPRESS=DEFLATE", "BIGTIFF=IF_SAFER"])
    block = QgsRasterBlockFeedback()
    # The run's thread handles no events: only a direct call gets through.
    feedback.canceled.connect(block.cancel, Qt.ConnectionType.DirectConnection)
    result = writer.writeRaster(pipe, width, height, fitted, crs, context.transformContext(), block)
    if feedback.isCanceled():
        raise CancelledError(what=translate("Swath", "the run"))
    if result == Qgis.RasterFileWriterResult.Success:
        return path, ""
    return path, block.errors()[0] if block.errors() else str(result)


def reproject_nearest(
    path: str,
    source: QgsCoordinateReferenceSystem,
    target: QgsCoordinateReferenceSystem,
    extent: QgsRectangle,
    cell_size: tuple[float, float],
    context: QgsProcessingContext,
    feedback: QgsProcessingFeedback,
) -> tuple[str, str]:
    """Bring a raster to another CRS by the project's own transformation; return as :func:`write_pipe` does.

    Each pixel gets the value of the nearest one: classes have no values in between.
    """
    layer = QgsRasterLayer(path, "", "gdal")
    if not layer.isValid():
        return "", layer.error().summary()
    pipe = QgsRasterPipe()
    pipe.set(layer.dataProvider().clone())
    projector = QgsRasterProjector()
    projector.setCrs(source, target, context.transformContext())
    pixels = extent.width() / cell_size[0] * extent.height() / cell_size[1]
    if pixels < MOST_EXACT_PIXELS:
        projector.setPrecision(QgsRasterProjector.Precision.Exact)
    pipe.insert(1, projector)
    return write_pipe(pipe, extent, cell_size, target, context, feedback)
