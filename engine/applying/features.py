"""Write objects as polygons of a GeoPackage."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely

from ..classes import ClassInfo
from ..data.grid import Grid
from ..errors import DiskFullError
from .found import Found, Outlines
from .writing import need_space

LAYER = "detections"
_BYTES_PER_OBJECT, _BYTES_PER_POINT = 200, 16


def on_map(found: Found, grid: Grid) -> Outlines:
    """Return the objects' polygons in map units; of a turned raster, boxes are turned as well."""
    t = grid.transform

    def to_map(places: Any) -> Any:
        cols, rows = places[:, 0], places[:, 1]
        return np.column_stack([t.c + t.a * cols + t.b * rows, t.f + t.d * cols + t.e * rows])

    return np.asarray(shapely.transform(found.shapes(), to_map), object)


def write_objects(path: Path, found: Found, classes: Sequence[ClassInfo], grid: Grid, crs: str) -> None:
    """Write a layer of polygons with the columns Classname, Classvalue and Confidence; it may be empty.

    Raises:
        DiskFullError: no space is left.
    """
    shapes = on_map(found, grid)
    channels = found.items["channel"]
    names = np.asarray([item.name for item in classes], object)[channels]
    values = np.asarray([item.value for item in classes], np.int64)[channels]
    points = int(shapely.get_num_coordinates(shapes).sum())
    # Twice, as SQLite keeps a journal of what it changes.
    need_space(path, 2 * (len(found) * _BYTES_PER_OBJECT + points * _BYTES_PER_POINT))
    try:
        with warnings.catch_warnings():
            # A raster without a system has a layer without one: that is no mistake.
            warnings.filterwarnings("ignore", "'crs' was not provided")
            pyogrio.raw.write(
                path,
                shapely.to_wkb(shapes),
                # Networks compute in single precision: further digits are none.
                [names, values, np.round(found.items["score"], 6)],
                ["Classname", "Classvalue", "Confidence"],
                layer=LAYER,
                driver="GPKG",
                geometry_type="Polygon",
                crs=crs or None,
                # GDAL before 3.7, as in Debian 12, warns of version 1.4 that newer ones write.
                dataset_options={"VERSION": "1.3"},
            )
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError) as error:
        if "disk" in str(error).lower() and "full" in str(error).lower():
            raise DiskFullError(path=path) from error
        raise
