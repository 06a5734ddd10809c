"""Files of raster layers as any GDAL sees them where QGIS does.

The layer may know more than its file: open options, another coordinate reference system. And QGIS places
some files by rules of its own: those without georeference count pixels to the right and downward from 0
into negative numbers; those with ground control points are warped. The engine's GDAL gets a small VRT then.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from osgeo import gdal
from qgis.core import Qgis, QgsCoordinateReferenceSystem, QgsProviderRegistry, QgsRasterLayer

from .problems import NoLayerError
from .raster_files import note_state, open_raster, vrt_path
from .vrt import Part, write_vrt

# How exactly QGIS warps files with ground control points, in pixels.
_WARP_ERROR = 0.2


@dataclass(frozen=True)
class RasterFile:
    """A path that any GDAL opens; ``located`` tells whether the file itself has a georeference.

    ``dtype`` is GDAL's name of the first band's pixel type. ``bands`` are those of the file: of a raster that
    does not lie north up, QGIS shows one more, which is transparency.
    """

    path: str
    located: bool
    dtype: str
    bands: int


def layer_file(layer: QgsRasterLayer) -> RasterFile:
    """Return the file of a GDAL layer, or a VRT where the layer lies elsewhere than its file says.

    Raises:
        NoLayerError: GDAL cannot open it.
    """
    parts = QgsProviderRegistry.instance().decodeUri("gdal", layer.source())
    plain = _absolute(layer.source().split("|")[0])
    options = [str(option) for option in parts.get("openOptions") or []]
    dataset = open_raster(plain, options)
    if dataset is None or dataset.RasterCount == 0:
        raise NoLayerError(parameter="INPUT", value=layer.name())
    warped = dataset.GetGCPCount() > 0 or bool(dataset.GetMetadata("RPC"))
    located = warped or dataset.GetGeoTransform(can_return_null=True) is not None
    facts = located, gdal.GetDataTypeName(dataset.GetRasterBand(1).DataType), dataset.RasterCount
    in_file = QgsCoordinateReferenceSystem.fromWkt(dataset.GetProjection() or "")
    crs = layer.crs() if layer.crs().isValid() and layer.crs() != in_file else None
    if located and not warped and not options and crs is None:
        return RasterFile(plain, *facts)
    wkt = crs.toWkt(Qgis.CrsWktVariant.Wkt2_2019) if crs is not None else ""
    target = vrt_path(plain, wkt, *options)
    if warped:
        _warp_as_qgis(layer, dataset, target)
    else:
        _copy(dataset, target, wkt, located=located)
    note_state(target, [plain])
    return RasterFile(str(target), *facts)


def _absolute(path: str) -> str:
    """Return a path that holds in the engine's working folder as well; other names of GDAL stay as they are."""
    return str(Path(path).absolute()) if Path(path).exists() else path


def _copy(dataset: Any, target: Path, wkt: str, *, located: bool) -> None:
    extra: dict[str, Any] = {"outputSRS": wkt} if wkt else {}
    if not located:
        # Where QGIS shows it.
        extra["outputBounds"] = [0, 0, dataset.RasterXSize, -dataset.RasterYSize]
    made = gdal.Translate(str(target), dataset, format="VRT", **extra)
    if made is None:
        raise NoLayerError(parameter="INPUT", value=dataset.GetDescription())
    made.FlushCache()


def _warp_as_qgis(layer: QgsRasterLayer, dataset: Any, target: Path) -> None:
    """Do as QGIS's own GDAL provider does with ground control points and rational polynomials."""
    provider = layer.dataProvider()
    extent, size = provider.extent(), (provider.xSize(), provider.ySize())
    inner = target.with_name("warped_" + target.name)
    made = gdal.Warp(
        str(inner),
        dataset,
        format="VRT",
        dstSRS=provider.crs().toWkt(Qgis.CrsWktVariant.Wkt2_2019),
        outputBounds=[extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum()],
        width=size[0],
        height=size[1],
        resampleAlg="near",
        errorThreshold=_WARP_ERROR,
        dstAlpha=True,
    )
    if made is None:
        raise NoLayerError(parameter="INPUT", value=layer.name())
    place, mask = made.GetGeoTransform(), made.RasterCount
    made.FlushCache()
    wkt = layer.crs().toWkt(Qgis.CrsWktVariant.Wkt2_2019) if layer.crs().isValid() else ""
    write_vrt(target, [Part(str(inner), (0, 0, *size), mask)], place, size, wkt, dataset)
