"""A small image with three labels, and readers of what is exported from it, for tests of whole exports."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from layer_cases import CELL, NORTH, SIDE, WEST, make_layer, square
from osgeo import gdal, osr

TILE = 100
# Three squares: in the first, the second and the fourth quarter of the image; metres from its corner, side, class.
BOXES = [(10, 10, 20, 1), (60, 5, 30, 2), (70, 80, 15, 1)]
# Corners (column, row) of the chips that they lie in.
LABELLED = [(0, 0), (TILE, 0), (TILE, TILE)]


def labels_in_degrees():
    """Add a layer of the three squares in another coordinate reference system to the project."""
    from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsGeometry, QgsProject

    to_degrees = QgsCoordinateTransform(
        QgsCoordinateReferenceSystem("EPSG:32636"), QgsCoordinateReferenceSystem("EPSG:4326"), QgsProject.instance()
    )
    rows = []
    for x, y, side, value in BOXES:
        shape = QgsGeometry.fromWkt(square(x, y, side))
        shape.transform(to_degrees)
        rows.append((shape.asWkt(15), value, f"kind {value}"))
    return make_layer(["Classvalue:integer", "Classname:string"], rows, crs="EPSG:4326")


def pixel_boxes() -> list[tuple[int, list[float]]]:
    """Return the class and (xmin, ymin, xmax, ymax) in pixels of the label in each chip of ``LABELLED``."""
    found = []
    for (x, y, side, value), (col, row) in zip(BOXES, LABELLED, strict=True):
        left, top = x / CELL - col, y / CELL - row
        found.append((value, [left, top, left + side / CELL, top + side / CELL]))
    return found


def truth() -> np.ndarray:
    """Return the class of each pixel of the image."""
    values = np.zeros((SIDE, SIDE), int)
    for x, y, side, value in BOXES:
        values[int(y / CELL) : int((y + side) / CELL), int(x / CELL) : int((x + side) / CELL)] = value
    return values


def placed(folder: Path, pattern: str) -> dict[tuple[int, int], np.ndarray]:
    """Return rasters by the column and row of their corner in the image."""
    found = {}
    for path in sorted(folder.glob(pattern)):
        dataset = gdal.Open(str(path))
        place = dataset.GetGeoTransform()
        corner = (place[0] - WEST) / CELL, (NORTH - place[3]) / CELL
        assert corner == pytest.approx(np.round(corner), abs=1e-4)
        found[round(corner[0]), round(corner[1])] = dataset.ReadAsArray()
    return found


def check_pictures(folder: Path, image: str, pattern: str = "images/*.tif") -> list[tuple[int, int]]:
    """See that each picture holds what the image holds where it lies; return where."""
    pixels = gdal.Open(image).ReadAsArray()
    found = placed(folder, pattern)
    for (col, row), chip in found.items():
        np.testing.assert_array_equal(chip, pixels[:, row : row + chip.shape[1], col : col + chip.shape[2]])
    return list(found)


def check_class_rasters(folder: Path, values: np.ndarray) -> list[tuple[int, int]]:
    """See that each label holds the classes of the pixels where it lies; return where."""
    found = placed(folder, "labels/*.tif")
    for (col, row), label in found.items():
        np.testing.assert_array_equal(label, values[row : row + TILE, col : col + TILE])
    return list(found)


def read_raster(path: str) -> tuple[np.ndarray, np.ndarray]:
    """Return pixels (bands, height, width) and where they are valid."""
    dataset = gdal.Open(path)
    pixels = dataset.ReadAsArray().reshape(-1, dataset.RasterYSize, dataset.RasterXSize)
    return pixels, dataset.GetRasterBand(1).GetMaskBand().ReadAsArray() > 0


def words(text: str, *expected: str) -> None:
    """See that a sentence says all this."""
    for word in expected:
        assert word in text, text


def ramp(path: Path, epsg: int, corner: tuple[float, float], cell: float) -> str:
    """Write a raster whose pixels hold their own place in zone 36: metres east and north of its corner."""
    from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsProject

    back = QgsCoordinateTransform(
        QgsCoordinateReferenceSystem(f"EPSG:{epsg}"),
        QgsCoordinateReferenceSystem("EPSG:32636"),
        QgsProject.instance().transformContext(),
    )
    values = np.zeros((2, 60, 60))
    for row in range(60):
        for col in range(60):
            place = back.transform(corner[0] + (col + 0.5) * cell, corner[1] - (row + 0.5) * cell)
            values[:, row, col] = place.x() - WEST, place.y() - NORTH
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), 60, 60, 2, gdal.GDT_Float32)
    dataset.SetGeoTransform((corner[0], cell, 0, corner[1], 0, -cell))
    system = osr.SpatialReference()
    system.ImportFromEPSG(epsg)
    dataset.SetProjection(system.ExportToWkt())
    dataset.WriteArray(values)
    dataset.FlushCache()
    return str(path)


def there(epsg: int, x: float, y: float) -> tuple[float, float]:
    """Return a place of zone 36 in another coordinate reference system."""
    from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsProject

    transform = QgsCoordinateTransform(
        QgsCoordinateReferenceSystem("EPSG:32636"),
        QgsCoordinateReferenceSystem(f"EPSG:{epsg}"),
        QgsProject.instance().transformContext(),
    )
    place = transform.transform(x, y)
    return place.x(), place.y()
