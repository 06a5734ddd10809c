"""From classes of pixels to label polygons in a GeoPackage, piece by piece (rasterio, shapely, pyogrio)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyogrio
import shapely
from rasterio.features import shapes, sieve

from ..classes import ClassInfo
from ..windows import Affine, Window

SMALLEST = 9  # pixels; what is smaller belongs to its surroundings, as in labels drawn by hand
_TOLERANCE = 1.3  # pixels; turns the steps of the pixels into straight lines


def outline(label: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return polygons in pixels and their class values for classes (rows, cols) uint8.

    The polygons cover the whole array and share their borders: no gaps, no overlaps.
    """
    merged = sieve(label, SMALLEST)
    pairs = [(shapely.geometry.shape(geometry), int(value)) for geometry, value in shapes(merged, connectivity=4)]
    polygons = np.array([pair[0] for pair in pairs], dtype=object)
    values = np.array([pair[1] for pair in pairs], np.int32)
    return shapely.coverage_simplify(polygons, _TOLERANCE, simplify_boundary=False), values


class LabelFile:
    """A GeoPackage of label polygons that grows piece by piece."""

    def __init__(self, path: Path, transform: Affine, crs: str, classes: Sequence[ClassInfo]) -> None:
        self._path, self._transform, self._crs = path, transform, crs
        self._classes = {item.value: item for item in classes}
        self.count = 0

    def add(self, window: Window, label: np.ndarray) -> None:
        """Append the polygons of the classes (rows, cols) of a window."""
        polygons, values = outline(label)
        place = self._transform.window(window)
        polygons = shapely.transform(polygons, lambda xy: np.column_stack(place.to_map(xy[:, 0], xy[:, 1])))
        classes = [self._classes[int(value)] for value in values]
        colors = np.array([item.color for item in classes], np.int32)
        names = np.array([item.name for item in classes], dtype=object)
        pyogrio.raw.write(
            self._path,
            shapely.to_wkb(polygons),
            [names, values, *np.ascontiguousarray(colors.T)],
            ["Classname", "Classvalue", "Red", "Green", "Blue"],
            layer="labels",
            driver="GPKG",
            geometry_type="Polygon",
            crs=self._crs,
            append=self.count > 0,
            # GDAL before 3.7, as in Debian 12, warns of version 1.4 that newer ones write.
            dataset_options={"VERSION": "1.3"},
        )
        self.count += len(polygons)
