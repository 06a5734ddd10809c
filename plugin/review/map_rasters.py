"""A classified map and its probabilities, read in pieces: whole and coarse to find places, small and fine to draw them.

GDAL and numpy only, so that it works in the thread of a task.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from osgeo import gdal

from ...processing_provider.class_tables import attribute_table_looks
from .candidates import Look
from .review_problems import ProbabilitiesDifferError, RasterUnreadableError

Floats = npt.NDArray[np.float32]
Values = npt.NDArray[np.integer]

# Pixels of a strip that is read at once, all bands one after the other.
_STRIP = 1 << 20
# A place takes at least this part of a map, within these pixels: small maps have coarse pixels.
_PLACE_SHARE, _PLACE_PIXELS = 4000, (9, 64)


@dataclass(frozen=True)
class Window:
    """A part of a raster in its pixels, and the size it is read at: (rows, columns) of ``shape``."""

    left: int
    top: int
    width: int
    height: int
    shape: tuple[int, int]


class MapRaster:
    """The raster of class values.

    Raises:
        RasterUnreadableError: it cannot be opened.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.dataset = open_raster(path)
        self.width, self.height = self.dataset.RasterXSize, self.dataset.RasterYSize
        self.transform = self.dataset.GetGeoTransform()
        self._band = self.dataset.GetRasterBand(1)
        self.nodata = self._band.GetNoDataValue()
        self.looks = map_looks(path)

    @property
    def cell(self) -> float:
        """Return the side of a pixel in map units."""
        across, _, turn, _, skew, down = (
            self.transform[1],
            0,
            self.transform[2],
            0,
            self.transform[4],
            self.transform[5],
        )
        return math.sqrt(abs(across * down - turn * skew)) or 1.0

    def smallest(self, wanted: int) -> int:
        """Return the least size of a place in pixels: as wanted, or for 0 what is fit for a map of this size."""
        return wanted or int(np.clip(self.width * self.height // _PLACE_SHARE, *_PLACE_PIXELS))

    def look(self, value: int) -> Look:
        """Return how a class is called and drawn."""
        return self.looks.get(value, Look(value, "" if value == 0 else str(value)))

    def values(self, window: Window) -> Values:
        """Return class values (rows, columns); pixels without data are -1."""
        found = self._band.ReadAsArray(
            window.left, window.top, window.width, window.height, buf_xsize=window.shape[1], buf_ysize=window.shape[0]
        ).astype(np.int32)
        if self.nodata is not None and not math.isnan(self.nodata):
            found[found == int(self.nodata)] = -1
        return found

    def whole(self, most_pixels: int) -> Window:
        """Return the window of the whole map, at a size of at most so many pixels."""
        factor = max(1, math.ceil(math.sqrt(self.width * self.height / most_pixels)))
        shape = (max(1, math.ceil(self.height / factor)), max(1, math.ceil(self.width / factor)))
        return Window(0, 0, self.width, self.height, shape)

    def part(self, left: int, top: int, right: int, bottom: int, most_side: int) -> Window:
        """Return the window of some pixels, cut to the map, with at most ``most_side`` rows and columns."""
        left, top = max(0, left), max(0, top)
        width, height = max(1, min(right, self.width) - left), max(1, min(bottom, self.height) - top)
        factor = max(1, math.ceil(max(width, height) / most_side))
        return Window(left, top, width, height, (math.ceil(height / factor), math.ceil(width / factor)))

    def place(self, window: Window) -> tuple[float, ...]:
        """Return the geotransform of a window at its size."""
        x, y = gdal.ApplyGeoTransform(self.transform, window.left, window.top)
        across, down = window.width / window.shape[1], window.height / window.shape[0]
        _, one, two, _, three, four = self.transform
        return x, one * across, two * down, y, three * across, four * down


class Probabilities:
    """The raster with a band for each class, on the grid of a map.

    Raises:
        RasterUnreadableError, ProbabilitiesDifferError: it cannot be opened, or is not of this map.
    """

    def __init__(self, path: str, of: MapRaster) -> None:
        self.dataset = open_raster(path)
        size = self.dataset.RasterXSize, self.dataset.RasterYSize
        bands = self.dataset.RasterCount
        same = np.allclose(self.dataset.GetGeoTransform(), of.transform, rtol=1e-9, atol=1e-6 * of.cell)
        if size != (of.width, of.height) or not same or bands < 2:
            facts = {"width": size[0], "height": size[1], "bands": bands}
            raise ProbabilitiesDifferError(
                path=path, map=Path(of.path).name, map_width=of.width, map_height=of.height, **facts
            )
        self.count = bands
        self.looks = _band_looks(self.dataset, of)

    def read(self, window: Window) -> Iterator[Floats]:
        """Yield the probabilities (rows, columns) of one class after the other; -1 where there is no data."""
        for number in range(1, self.count + 1):
            band = self.dataset.GetRasterBand(number)
            yield band.ReadAsArray(
                window.left,
                window.top,
                window.width,
                window.height,
                buf_xsize=window.shape[1],
                buf_ysize=window.shape[0],
                buf_type=gdal.GDT_Float32,
                resample_alg=gdal.GRIORA_Average,
            )

    def margin(self, window: Window) -> Floats:
        """Return by how much the likeliest class leads before the second, 0 to 1; 2 where there is no data."""
        first = second = None
        for band in self.read(window):
            if first is None or second is None:
                first, second = band, np.full(band.shape, -1.0, np.float32)
                continue
            second = np.maximum(second, np.minimum(first, band))
            first = np.maximum(first, band)
        if first is None or second is None:
            return np.zeros(window.shape, np.float32)
        # Written so that NaN counts as no data.
        return np.where((first >= 0) & (second >= 0), first - second, np.float32(2.0)).astype(np.float32)


def strips(window: Window) -> Iterator[tuple[slice, Window]]:
    """Yield the rows of a window at its size, and the windows that hold them, from top to bottom."""
    rows, columns = window.shape
    step = max(1, _STRIP // columns)
    for top in range(0, rows, step):
        bottom = min(rows, top + step)
        upper, lower = (round(window.height * row / rows) for row in (top, bottom))
        height = max(1, lower - upper)
        yield slice(top, bottom), Window(window.left, window.top + upper, window.width, height, (bottom - top, columns))


def open_raster(path: str) -> gdal.Dataset:
    """Open a raster for reading; raise RasterUnreadableError where it is none."""
    try:
        dataset = gdal.OpenEx(path, gdal.OF_RASTER | gdal.OF_READONLY)
    except RuntimeError:
        dataset = None
    if dataset is None or dataset.RasterCount == 0:
        raise RasterUnreadableError(path=path)
    return dataset


def map_looks(path: str) -> dict[int, Look]:
    """Return the classes by value of a classified raster, as its attribute table has them."""
    looks = {}
    for value, look in attribute_table_looks(path).items():
        color = "#{:02x}{:02x}{:02x}".format(*look.color) if look.color else ""
        looks[value] = Look(value, look.name, color)
    return looks


def _band_looks(dataset: gdal.Dataset, of: MapRaster) -> list[Look]:
    """Return the class of each band: by the name it bears, else by its place among the classes of the map."""
    by_name = {look.name.casefold(): look for look in of.looks.values()}
    in_order = [of.looks[value] for value in sorted(of.looks)]
    found = []
    for number in range(1, dataset.RasterCount + 1):
        name = dataset.GetRasterBand(number).GetDescription() or ""
        look = by_name.get(name.casefold())
        if look is None and len(in_order) == dataset.RasterCount:
            look = in_order[number - 1]
        found.append(look or Look(-1, name or str(number)))
    return found
