"""A raster of class values that is taken for right, on the pixels of a map."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from osgeo import gdal

from ...engine.progress import Reporter
from .candidates import BACKGROUND, Look
from .map_rasters import MapRaster, Window, map_looks, open_raster
from .references import ClassMatcher


class RasterReference:
    """Class values in a file, in any system; 0 and no-data are not labeled.

    Args:
        path: the raster.
        name: of its layer.

    Raises:
        RasterUnreadableError: in ``prepare``.
    """

    def __init__(self, path: str, name: str) -> None:
        # No class value is as large: what is and what should be go into one number.
        self.name, self.span = name, 2**31
        self._path = path
        self._looks: dict[int, Look] = {}
        self._table: dict[int, int] = {}
        self._warped: gdal.Dataset | None = None
        self._matcher: ClassMatcher | None = None
        self._nodata: float | None = None

    def prepare(self, classes: MapRaster, _reporter: Reporter) -> None:
        """Lay the raster on the pixels of the map; its classes match by name, else by value."""
        dataset = open_raster(self._path)
        self._nodata = dataset.GetRasterBand(1).GetNoDataValue()
        self._matcher = ClassMatcher(classes.looks)
        for value, look in map_looks(self._path).items():
            if value > 0:
                self._table[value] = self._matcher.value(look.name, value)
        left, top = classes.transform[0], classes.transform[3]
        right, bottom = gdal.ApplyGeoTransform(classes.transform, float(classes.width), float(classes.height))
        system = classes.dataset.GetProjection()
        self._warped = gdal.Warp(
            "",
            dataset,
            format="VRT",
            outputBounds=(min(left, right), min(top, bottom), max(left, right), max(top, bottom)),
            width=classes.width,
            height=classes.height,
            dstSRS=system if system and dataset.GetProjection() else None,
            resampleAlg="near",
            dstNodata=0,
            outputType=gdal.GDT_Int32,
        )

    def look(self, value: int) -> Look:
        """Return the class of a value as the reference has it."""
        known = {} if self._matcher is None else self._matcher.looks
        return known.get(value, Look(BACKGROUND, "") if value == BACKGROUND else Look(value, str(value)))

    def touches(self, window: Window) -> bool:
        """Tell whether anything in a window is labeled."""
        return bool((self._read(window) > 0).any())

    def values(self, window: Window) -> npt.NDArray[np.int32]:
        """Return class values (rows, columns) of a window; -1 where nothing is known."""
        found = self._read(window)
        result = np.full(found.shape, -1, np.int32)
        for value in np.unique(found):
            if value > 0 and (self._nodata is None or math.isnan(self._nodata) or value != int(self._nodata)):
                result[found == value] = self._value(int(value))
        return result

    def _value(self, value: int) -> int:
        """Return the map's value of a class; a value without a name stands for itself."""
        if value not in self._table and self._matcher is not None:
            self._table[value] = self._matcher.value(None, value)
        return self._table[value]

    def _read(self, window: Window) -> npt.NDArray[np.int32]:
        if self._warped is None:
            raise RuntimeError("prepare")
        rows, columns = window.shape
        return self._warped.GetRasterBand(1).ReadAsArray(
            window.left, window.top, window.width, window.height, buf_xsize=columns, buf_ysize=rows
        )
