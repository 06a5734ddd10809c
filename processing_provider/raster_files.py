"""Opening raster files, and small virtual rasters that point to them and are known by their text."""

from __future__ import annotations

import hashlib
import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from osgeo import gdal
from qgis.core import QgsProcessingUtils

# Side of the squares in which label rasters are looked through.
_SCAN_PX = 2048


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
    """Return a temporary file's place, whose name depends on these facts only.

    QGIS's folder for temporary files is another one in each session; what lies in it is known by its name.
    """
    folder = Path(QgsProcessingUtils.tempFolder()) / "swath"
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256("\n".join((path, *facts)).replace(str(folder), "").encode()).hexdigest()[:16]
    # Names of sub-datasets hold what no file's name may.
    name = re.sub(r"[^\w.-]", "_", Path(path).stem)[:60]
    return folder / f"{name}_{digest}{suffix}"


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
