"""A map with known doubts, its probabilities, and labels that disagree, for the tests of the review."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from osgeo import gdal, osr

gdal.UseExceptions()
WEST, NORTH = 500_000.0, 30_000.0
# Value, name and colour.
CLASSES = ((1, "Water", (0, 90, 200)), (2, "Forest", (20, 130, 40)), (3, "Roof", (200, 60, 40)))
# Doubtful squares: (left, top, side) in pixels, and the probabilities of Water, Forest and Roof there.
BLOBS = (((40, 60, 30), (0.50, 0.45, 0.05)), ((300, 50, 20), (0.05, 0.55, 0.40)), ((250, 310, 40), (0.10, 0.30, 0.60)))


def write_grid(path: Path, values: np.ndarray, names=(), nodata=None, cell=0.5, epsg=32636, overviews=False) -> str:
    """Write a raster (bands, rows, columns) or (rows, columns) with its corner at WEST, NORTH."""
    values = values[None] if values.ndim == 2 else values
    kind = gdal.GDT_Float32 if values.dtype == np.float32 else gdal.GDT_Byte
    made = gdal.GetDriverByName("GTiff").Create(
        str(path), values.shape[2], values.shape[1], values.shape[0], kind, ["TILED=YES", "COMPRESS=DEFLATE"]
    )
    made.SetGeoTransform((WEST, cell, 0, NORTH, 0, -cell))
    if epsg:
        system = osr.SpatialReference()
        system.ImportFromEPSG(epsg)
        made.SetProjection(system.ExportToWkt())
    for number, band in enumerate(values, 1):
        made.GetRasterBand(number).WriteArray(band)
        if names:
            made.GetRasterBand(number).SetDescription(names[number - 1])
        if nodata is not None:
            made.GetRasterBand(number).SetNoDataValue(nodata)
    if overviews:
        made.FlushCache()
        made.BuildOverviews("AVERAGE" if kind == gdal.GDT_Float32 else "NEAREST", [2, 4, 8])
    made.FlushCache()
    return str(path)


def write_map(
    folder: Path, side: int = 400, scale: int = 1, overviews: bool = False, epsg: int = 32636
) -> tuple[str, str]:
    """Write a map of water (left half) and forest, sure but for BLOBS; return map and probabilities.

    ``scale``: how many times as large the blobs and their places are; ``side`` counts after that.
    """
    from swath.engine.applying.style import attribute_table
    from swath.engine.classes import ClassInfo

    shares = np.full((3, side, side), 0.01, np.float32)
    half = np.arange(side) < side // 2
    shares[0][:, half] = 0.98
    shares[1][:, ~half] = 0.98
    # The seam between the classes is doubtful, as it always is, and thin.
    seam = slice(side // 2 - 1, side // 2 + 2)
    shares[:, :, seam] = np.asarray((0.45, 0.50, 0.05), np.float32)[:, None, None]
    for (left, top, size), values in BLOBS:
        rows, columns = (slice(start * scale, (start + size) * scale) for start in (top, left))
        shares[:, rows, columns] = np.asarray(values, np.float32)[:, None, None]
    names = [name for _value, name, _color in CLASSES]
    values = (shares.argmax(0) + 1).astype(np.uint8)
    map_path = write_grid(folder / "map.tif", values, nodata=0, epsg=epsg, overviews=overviews)
    Path(f"{map_path}.aux.xml").write_text(attribute_table([ClassInfo(*item) for item in CLASSES]), encoding="utf-8")
    return map_path, write_grid(folder / "probabilities.tif", shares, names, -1.0, epsg=epsg, overviews=overviews)


def pixel_square(left: float, top: float, side: float, cell: float = 0.5) -> str:
    """Return a square of pixels of such a raster as WKT."""
    x, y, size = WEST + left * cell, NORTH - top * cell, side * cell
    return f"POLYGON(({x} {y},{x + size} {y},{x + size} {y - size},{x} {y - size},{x} {y}))"
