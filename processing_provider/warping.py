"""Rasters in another coordinate reference system, as files that point to the original.

The operation is the one that the project prescribes, written out, so that the engine's PROJ has nothing to
choose. Where it needs a grid of shifts, which the engine's PROJ may lack, the pixels are warped at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from osgeo import gdal
from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsRectangle,
)

from ..engine.errors import CancelledError
from ..i18n import translate
from .export_problems import WarpFailedError
from .raster_files import file_state, note_state, open_raster, vrt_path
from .rasters import RasterSource
from .vrt import Part, mask_band_of, write_vrt

_SWAP = " +step +proj=axisswap +order=2,1"


def is_turned(path: str) -> bool:
    """Tell whether a raster's rows do not run from west to east, or its columns not from north to south."""
    dataset = open_raster(path)
    place = dataset.GetGeoTransform() if dataset is not None else (0, 1, 0, 0, 0, -1)
    return bool(place[2] != 0 or place[4] != 0 or place[1] < 0 or place[5] > 0)


def warped(
    source: RasterSource,
    crs: QgsCoordinateReferenceSystem,
    extent: QgsRectangle,
    cell_size: tuple[float, float],
    context: QgsProcessingContext,
    feedback: QgsProcessingFeedback,
) -> str:
    """Return the path of a raster as seen on a grid in another CRS; what it does not cover is masked.

    Args:
        source: a raster with a file.
        crs: of the grid.
        extent: of the grid, in its own units; whole cells.
        cell_size: (x, y) of the grid.
        context: holds the project's transformations.
        feedback: may cancel, where pixels are warped at once.

    Raises:
        WarpFailedError, CancelledError.
    """
    operation, grids = _operation(source.crs, crs, context)
    bounds = [extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum()]
    wkt = crs.toWkt(Qgis.CrsWktVariant.Wkt2_2019)
    facts = (source.crs.toWkt(), wkt, operation, repr(bounds), repr(cell_size), file_state(source.path))
    target = vrt_path(source.path, *facts, suffix=".tif" if grids else ".vrt")
    dataset = open_raster(source.path)
    if dataset is None:
        raise WarpFailedError(layer=source.name, crs=crs.authid(), detail=gdal.GetLastErrorMsg())
    if not (grids and target.exists()):
        options = {
            "format": "GTiff" if grids else "VRT",
            "creationOptions": ["TILED=YES", "COMPRESS=DEFLATE", "BIGTIFF=IF_SAFER"] if grids else [],
            "srcSRS": source.crs.toWkt(Qgis.CrsWktVariant.Wkt2_2019),
            "dstSRS": wkt,
            "coordinateOperation": operation or None,
            "outputBounds": bounds,
            "width": round(extent.width() / cell_size[0]),
            "height": round(extent.height() / cell_size[1]),
            "resampleAlg": "near" if dataset.GetRasterBand(1).GetColorTable() is not None else "bilinear",
            "dstAlpha": mask_band_of(dataset) != dataset.RasterCount,
            "dstNodata": dataset.GetRasterBand(1).GetNoDataValue(),
        }
        _warp(dataset, source, target, options, feedback)
    made = open_raster(str(target))
    if made is None:
        raise WarpFailedError(layer=source.name, crs=crs.authid(), detail=gdal.GetLastErrorMsg())
    # The alpha band that shows what is covered becomes a mask: bands stay those of the original.
    part = Part(str(target), (0, 0, made.RasterXSize, made.RasterYSize), mask_band=made.RasterCount)
    outer = vrt_path(source.path, *facts, "masked")
    write_vrt(outer, [part], made.GetGeoTransform(), (made.RasterXSize, made.RasterYSize), wkt, dataset)
    note_state(outer, [source.path])
    return str(outer)


def _warp(
    dataset: Any, source: RasterSource, target: Path, options: dict[str, Any], feedback: QgsProcessingFeedback
) -> None:
    unfinished = target.with_name("unfinished_" + target.name)
    if options["format"] == "GTiff":
        text = translate("Swath", "Bringing {layer} to {crs}")
        feedback.pushInfo(text.format(layer=source.name, crs=_name(options["dstSRS"])))
    try:
        made = gdal.Warp(str(unfinished), dataset, callback=lambda *_: 0 if feedback.isCanceled() else 1, **options)
    except RuntimeError as error:
        made, detail = None, str(error)
    else:
        detail = gdal.GetLastErrorMsg()
    if made is not None:
        made.FlushCache()
        del made
        unfinished.replace(target)
        return
    unfinished.unlink(missing_ok=True)
    if feedback.isCanceled():
        raise CancelledError(what=translate("Swath", "the run"))
    raise WarpFailedError(layer=source.name, crs=_name(options["dstSRS"]), detail=detail)


def _name(wkt: str) -> str:
    return str(QgsCoordinateReferenceSystem.fromWkt(wkt).authid())


def _operation(
    source: QgsCoordinateReferenceSystem, target: QgsCoordinateReferenceSystem, context: QgsProcessingContext
) -> tuple[str, bool]:
    """Return the project's operation between two CRSs as PROJ text ("": GDAL's choice), and whether it needs grids.

    QGIS's text takes and gives x before y; GDAL wants the order of axes that the CRSs themselves have.
    """
    if source == target:
        return "", False
    transform = QgsCoordinateTransform(source, target, context.transformContext())
    details = transform.instantiatedCoordinateOperationDetails()
    text = details.proj
    if not text.startswith("+proj=pipeline"):
        return "", bool(details.grids)
    steps = text[len("+proj=pipeline") :]
    before, after = (_SWAP if crs.hasAxisInverted() else "" for crs in (source, target))
    return f"+proj=pipeline{before}{steps}{after}", bool(details.grids)
