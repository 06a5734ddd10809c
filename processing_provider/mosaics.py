"""Several rasters as one: a virtual raster on the grid of the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qgis.core import (
    Qgis,
    QgsCoordinateTransform,
    QgsCsException,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsRectangle,
)

from ..i18n import translate
from .export_problems import MosaicBandsError, MosaicGeoreferenceError, MosaicRenderingError, WarpFailedError
from .problems import NoCrsError
from .raster_files import note_state, open_raster, vrt_path
from .rasters import RasterSource
from .vrt import Part, mask_band_of, write_vrt
from .warping import is_turned, warped

# Below this part of a mosaic that is covered, it is worth a word.
_MOSTLY_EMPTY = 0.1


@dataclass(frozen=True)
class Mosaic(RasterSource):
    """Rasters with files, drawn as one when the file is asked for; where they overlap, the first counts.

    ``places`` are the extents of ``parts`` in the mosaic's CRS; ``separable`` tells that they could be cut apart.
    """

    parts: tuple[RasterSource, ...] = ()
    places: tuple[QgsRectangle, ...] = ()
    separable: bool = False

    @classmethod
    def of_rasters(
        cls, rasters: Sequence[RasterSource], context: QgsProcessingContext, *, separable: bool = False
    ) -> RasterSource:
        """Plan the mosaic; of one raster it is that raster.

        Raises:
            MosaicRenderingError, MosaicGeoreferenceError, MosaicBandsError, NoCrsError, WarpFailedError: they do
                not go together.
        """
        first = rasters[0]
        if len(rasters) == 1:
            return first
        for raster in rasters:
            _check(first, raster)
        places = [first.extent, *(_place(raster, first, context) for raster in rasters[1:])]
        whole = QgsRectangle(first.extent)
        for place in places:
            whole.combineExtentWith(place)
        whole = first.snapped(whole)
        width, height = round(whole.width() / first.cell_size[0]), round(whole.height() / first.cell_size[1])
        return cls(
            translate("Swath", "{name} and {count} more").format(name=first.name, count=len(rasters) - 1),
            first.provider,
            "",
            first.crs,
            whole,
            width,
            height,
            first.cell_size,
            first.bands,
            None,
            True,
            first.dtype,
            tuple(rasters),
            tuple(places),
            separable,
        )

    def file(
        self, extent: QgsRectangle, cell_size: float, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> str:
        """Return the path of the virtual raster; its text depends on the rasters only."""
        self._warn_of_gaps(feedback)
        parts = [self._part(raster, place, context, feedback) for raster, place in zip(self.parts, self.places)]
        size_x, size_y = self.cell_size
        place = (self.extent.xMinimum(), size_x, 0.0, self.extent.yMaximum(), 0.0, -size_y)
        wkt = self.crs.toWkt(Qgis.CrsWktVariant.Wkt2_2019) if self.crs.isValid() else ""
        paths = [part.path for part in parts]
        target = vrt_path(self.parts[0].path, "mosaic", *paths)
        write_vrt(target, parts, place, (self.width, self.height), wkt, open_raster(paths[0]))
        note_state(target, paths)
        return str(target)

    def _warn_of_gaps(self, feedback: QgsProcessingFeedback) -> None:
        covered = sum(place.area() for place in self.places) / self.extent.area()
        if covered < _MOSTLY_EMPTY:
            text = translate(
                "Swath",
                "Joined, the {count} rasters are {width} x {height} pixels, of which they cover {percent} %.",
            )
            if self.separable:
                text += " " + translate("Swath", "PROCESS_ITEMS_SEPARATELY does without the rest (PROCESSING_MODE).")
            percent = f"{100 * covered:.2g}"
            feedback.pushWarning(
                text.format(count=len(self.parts), width=self.width, height=self.height, percent=percent)
            )

    def _part(
        self, raster: RasterSource, place: QgsRectangle, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> Part:
        path = raster.path
        if raster.crs != self.crs or is_turned(path):
            snapped = self.snapped(place)
            path = warped(raster, self.crs, snapped, self.cell_size, context, feedback)
            return Part(path, self.window(snapped), -1)
        dataset = open_raster(path)
        mask = mask_band_of(dataset)
        if mask > 0:
            # Where it is not the second or fourth band, GDAL does not take alpha for a mask by itself.
            own = vrt_path(path, "masked")
            size = (dataset.RasterXSize, dataset.RasterYSize)
            wkt = self.crs.toWkt(Qgis.CrsWktVariant.Wkt2_2019) if self.crs.isValid() else ""
            write_vrt(own, [Part(path, (0, 0, *size), mask)], dataset.GetGeoTransform(), size, wkt, dataset)
            note_state(own, [path])
            path, mask = str(own), -1
        return Part(path, self.window(place), mask)


def _check(first: RasterSource, raster: RasterSource) -> None:
    if raster.pipe is not None:
        raise MosaicRenderingError(layer=raster.name, provider=raster.provider)
    if not raster.located:
        raise MosaicGeoreferenceError(layer=raster.name)
    for one, other in ((first, raster), (raster, first)):
        if one.crs.isValid() and not other.crs.isValid():
            role = translate("Swath", "raster")
            raise NoCrsError(role=role, layer=other.name, other=one.name, crs=one.crs.authid())
    for what, here, there in (
        (translate("Swath", "a number of bands of"), raster.bands, first.bands),
        (translate("Swath", "the pixel type"), raster.dtype, first.dtype),
    ):
        if here != there:
            raise MosaicBandsError(layer=raster.name, what=what, value=here, first=first.name, expected=there)


def _place(raster: RasterSource, first: RasterSource, context: QgsProcessingContext) -> QgsRectangle:
    """Return a raster's extent in the CRS of the first."""
    if raster.crs == first.crs:
        return raster.extent
    transform = QgsCoordinateTransform(raster.crs, first.crs, context.transformContext())
    try:
        return transform.transformBoundingBox(raster.extent)
    except QgsCsException as error:
        raise WarpFailedError(layer=raster.name, crs=first.crs.authid(), detail=error) from error
