"""Files of raster layers as any GDAL sees them where QGIS does.

The layer may know more than its file: open options, another coordinate reference system. And QGIS places
some files by rules of its own: those without georeference count pixels to the right and downward from 0
into negative numbers; those with ground control points are warped. The engine's GDAL gets a small VRT then.
"""

from __future__ import annotations

import hashlib
import math
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from osgeo import gdal
from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsProcessingUtils,
    QgsProviderRegistry,
    QgsRasterLayer,
)

from .problems import NoLayerError

# How exactly QGIS warps files with ground control points, in pixels.
_WARP_ERROR = 0.2
# Side of the squares in which label rasters are looked through.
_SCAN_PX = 2048


@dataclass(frozen=True)
class RasterFile:
    """A path that any GDAL opens; ``located`` tells whether the file itself has a georeference.

    ``dtype`` is GDAL's name of the first band's pixel type.
    """

    path: str
    located: bool
    dtype: str


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
    dtype = gdal.GetDataTypeName(dataset.GetRasterBand(1).DataType)
    warped = dataset.GetGCPCount() > 0 or bool(dataset.GetMetadata("RPC"))
    located = warped or dataset.GetGeoTransform(can_return_null=True) is not None
    in_file = QgsCoordinateReferenceSystem.fromWkt(dataset.GetProjection() or "")
    crs = layer.crs() if layer.crs().isValid() and layer.crs() != in_file else None
    if located and not warped and not options and crs is None:
        return RasterFile(plain, located, dtype)
    wkt = crs.toWkt(Qgis.CrsWktVariant.Wkt2_2019) if crs is not None else ""
    target = vrt_path(plain, wkt, *options)
    if warped:
        _warp_as_qgis(dataset, target, wkt)
    else:
        _copy(dataset, target, wkt, located=located)
    note_state(target, [plain])
    return RasterFile(str(target), located, dtype)


def _absolute(path: str) -> str:
    """Return a path that holds in the engine's working folder as well; other names of GDAL stay as they are."""
    return str(Path(path).absolute()) if Path(path).exists() else path


def open_raster(path: str, options: Sequence[str] = ()) -> Any:
    """Open a raster; None where GDAL cannot, whether it raises or not."""
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        return gdal.OpenEx(path, gdal.OF_RASTER | gdal.OF_READONLY, open_options=list(options))
    except RuntimeError:
        return None
    finally:
        gdal.PopErrorHandler()


def holds_values(path: str, bounds: Sequence[float]) -> bool:
    """Tell whether the first band has any pixel that is neither 0 nor no-data in (xmin, ymin, xmax, ymax)."""
    dataset = open_raster(path)
    if dataset is None:
        return True  # the engine says why
    band, nodata = dataset.GetRasterBand(1), dataset.GetRasterBand(1).GetNoDataValue()
    inverse = gdal.InvGeoTransform(dataset.GetGeoTransform())
    corners = [gdal.ApplyGeoTransform(inverse, x, y) for x in bounds[::2] for y in bounds[1::2]]
    left, top = (max(math.floor(min(corner[axis] for corner in corners)), 0) for axis in (0, 1))
    right = min(math.ceil(max(corner[0] for corner in corners)), band.XSize)
    bottom = min(math.ceil(max(corner[1] for corner in corners)), band.YSize)
    for row in range(top, bottom, _SCAN_PX):
        for col in range(left, right, _SCAN_PX):
            values = band.ReadAsArray(col, row, min(_SCAN_PX, right - col), min(_SCAN_PX, bottom - row))
            if ((values != 0) & (values != nodata)).any():
                return True
    return False


def vrt_path(path: str, *facts: str, suffix: str = ".vrt") -> Path:
    """Return a temporary file's place that depends on these facts only, so that a run can be resumed."""
    digest = hashlib.sha256("\n".join((path, *facts)).encode()).hexdigest()[:16]
    folder = Path(QgsProcessingUtils.tempFolder()) / "swath"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{Path(path).stem[:60]}_{digest}{suffix}"


def file_state(path: str) -> str:
    """Return what changes when a file does; a VRT is known by its text, as those here are written anew each time."""
    try:
        if Path(path).suffix == ".vrt":
            return hashlib.sha256(Path(path).read_bytes()).hexdigest()
        state = Path(path).stat()
    except OSError:
        return path
    return f"{path} {state.st_size} {state.st_mtime_ns}"


def note_state(vrt: Path, files: Sequence[str]) -> None:
    """Let a VRT's text change when the files it points to do, and for no other reason.

    Who knows it by its text notices a change, as an export does that is to be continued. Statistics are
    left out: they appear in it once QGIS has drawn the layer.
    """
    root = ET.parse(vrt).getroot()  # noqa: S314 - GDAL has just written it
    for parent in list(root.iter()):
        for child in list(parent):
            empty = child.tag == "Metadata" and all(_statistic(item) for item in child)
            if child.tag == "Histograms" or _statistic(child) or empty:
                parent.remove(child)
    states = "\n".join(file_state(path) for path in files)
    note = ET.SubElement(ET.SubElement(root, "Metadata", domain="SWATH"), "MDI", key="files")
    note.text = hashlib.sha256(states.encode()).hexdigest()
    ET.ElementTree(root).write(vrt, encoding="utf-8")


def _statistic(item: ET.Element) -> bool:
    return item.get("key", "").startswith("STATISTICS_")


def _copy(dataset: Any, target: Path, wkt: str, *, located: bool) -> None:
    extra: dict[str, Any] = {"outputSRS": wkt} if wkt else {}
    if not located:
        # Where QGIS shows it.
        extra["outputBounds"] = [0, 0, dataset.RasterXSize, -dataset.RasterYSize]
    made = gdal.Translate(str(target), dataset, format="VRT", **extra)
    if made is None:
        raise NoLayerError(parameter="INPUT", value=dataset.GetDescription())
    made.FlushCache()


def _warp_as_qgis(dataset: Any, target: Path, wkt: str) -> None:
    """Do as QGIS's own GDAL provider does with ground control points and rational polynomials."""
    warped = gdal.AutoCreateWarpedVRT(dataset, None, None, gdal.GRA_NearestNeighbour, _WARP_ERROR)
    if warped is None:
        raise NoLayerError(parameter="INPUT", value=dataset.GetDescription())
    if wkt:
        warped.SetProjection(wkt)
    made = gdal.GetDriverByName("VRT").CreateCopy(str(target), warped)
    made.FlushCache()
