"""Labels of chips from a raster of class values."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely.geometry
from rasterio.features import shapes as regions

from ..chips import OBJECTS
from ..chips._label import ChipLabel, LabelObject
from ..windows import Affine, Window
from .chip_plan import Run
from .grid import Grid
from .labels import LARGEST_VALUE, Values, merge_classes
from .problems import BadClassValueError, LabelsElsewhereError, NoLabelsError
from .rasters import RasterView
from .turning import cut_values

# Side, in pixels, of the cells for which the scan of a label raster remembers whether any pixel is labelled.
_SCAN_CELL_PX = 64


class RasterLabels:
    """Class values of a raster on any grid, taken to the nearest pixel; 0 and no-data are unlabelled.

    The raster is looked through once before work starts: for its values, and for where it holds any. Where
    features are wanted, the connected regions of equal value in a chip are its features.

    Raises:
        RasterUnreadableError, NoLabelsError, LabelsElsewhereError, BadClassValueError.
    """

    from_features = False

    def __init__(self, path: str, grid: Grid, raster: str, given: Sequence[dict[str, Any]] = ()) -> None:
        self._path = path
        self._view = RasterView(path, bands=(1,), grid=grid, resampling="nearest")
        self._check_overlap(path, grid, raster)
        self._cells = np.zeros((-(-grid.height // _SCAN_CELL_PX), -(-grid.width // _SCAN_CELL_PX)), bool)
        self._content = hashlib.sha256()
        found = self._scan()
        if not found:
            self._view.close()
            raise NoLabelsError(path=path, what="labelled pixel inside of the raster")
        # A table of classes may name 0, which is unlabelled here.
        given = [item for item in given if int(item["value"]) != 0]
        self.classes = merge_classes(path, given, {value: str(value) for value in sorted(found)})
        self.dtype = str(np.min_scalar_type(max(self.classes)))

    def _check_overlap(self, path: str, grid: Grid, raster: str) -> None:
        mine, theirs = self._view.source_grid.bounds(), grid.bounds()
        if mine[0] >= theirs[2] or mine[2] <= theirs[0] or mine[1] >= theirs[3] or mine[3] <= theirs[1]:
            self._view.close()
            text = [", ".join(f"{value:.10g}" for value in bounds) for bounds in (mine, theirs)]
            raise LabelsElsewhereError(path=path, bounds=text[0], raster=raster, raster_bounds=text[1])

    def _scan(self) -> set[int]:
        side = _SCAN_CELL_PX
        found: set[int] = set()
        for top in range(0, self._view.height, side):
            # A strip is cut so that even the widest raster takes little memory.
            for left in range(0, self._view.width, side * 256):
                height, width = min(side, self._view.height - top), min(side * 256, self._view.width - left)
                values = self._read(Window(left, top, width, height))
                labelled = values != 0
                if not labelled.any():
                    continue
                found.update(np.unique(values).tolist())
                self._content.update(f"{left} {top} {values.dtype} ".encode() + values.tobytes())
                starts: npt.NDArray[np.int64] = np.arange(0, width, side)
                self._cells[top // side, left // side + starts // side] = np.logical_or.reduceat(
                    labelled.any(axis=0), starts
                )
        return found - {0}

    def _read(self, window: Window) -> Values:
        pixels, _ = self._view.read(window)
        values = pixels[0]
        whole = values.astype(np.int64) if values.dtype.kind == "f" else values
        if values.dtype.kind == "f" and not np.array_equal(whole, values):
            raise BadClassValueError(path=self._path, value=f"{values[whole != values][0]:g}")
        if whole.dtype.kind == "i" and whole.min(initial=0) < 0:
            raise BadClassValueError(path=self._path, value=int(whole.min()))
        if whole.max(initial=0) > LARGEST_VALUE:
            raise BadClassValueError(path=self._path, value=int(whole.max()))
        return np.asarray(whole)

    def columns(self, row: int, height: int, starts: Sequence[int], width: int) -> npt.NDArray[np.bool_]:
        """Ask the cells of the scan."""
        side = _SCAN_CELL_PX
        strip = self._cells[row // side : -(-(row + height) // side)].any(axis=0)
        sums = np.concatenate([[0], np.cumsum(strip)])
        first = np.asarray(starts) // side
        last = np.minimum(-(-(np.asarray(starts) + width) // side), self._cells.shape[1])
        return np.asarray(sums[last] > sums[first])

    def label(self, run: Run, needs: Collection[str]) -> list[ChipLabel]:
        """Read the whole window once and cut the chips out of it."""
        values = self._read(run.window).astype(self.dtype)
        labels = []
        for place in run.places:
            own = cut_values(values, run.window, place)
            objects: tuple[LabelObject, ...] = ()
            if OBJECTS in needs:
                objects = objects_of(own, pixel_area(self._view.transform))
            labels.append(ChipLabel((place.window.width, place.window.height), own, objects))
        return labels

    def draw(self, window: Window) -> Values:
        """Read the values of a window."""
        return self._read(window)

    def digest(self) -> str:
        """Return a digest of the labelled pixels, whatever the file is called."""
        return self._content.hexdigest()


def objects_of(values: Values, unit: float) -> tuple[LabelObject, ...]:
    """Return the connected regions (by sides) of equal value as objects, in the order of their values.

    ``unit`` is the area of a pixel in map units squared.
    """
    # GDAL finds regions of 32-bit numbers with sign only.
    known, numbers = np.unique(values, return_inverse=True)
    numbers = numbers.reshape(values.shape).astype(np.int32)
    found = [
        (int(known[int(number)]), shapely.geometry.shape(outline))
        for outline, number in regions(numbers, mask=values != 0, connectivity=4)
    ]
    found.sort(key=lambda item: item[0])
    return tuple(LabelObject(value, shape, float(shape.area * unit)) for value, shape in found)


def pixel_area(transform: Affine) -> float:
    """Return the area of a pixel in map units squared."""
    return abs(transform.a * transform.e - transform.b * transform.d)
