"""Labels on a chip's pixels: from vector features or from a raster of class values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import rasterio
import shapely
from rasterio.features import rasterize

from ..classes import ClassInfo, classes_from_dicts, palette_color
from ..windows import Window
from .grid import Grid
from .label_files import read_features
from .problems import BadClassValueError, LabelsElsewhereError, NoLabelsError
from .rasters import RasterView

Values = npt.NDArray[Any]
LARGEST_VALUE = 2**32 - 1
# Side, in pixels, of the cells for which the scan of a label raster remembers whether any pixel is labelled.
_SCAN_CELL_PX = 64


@dataclass(frozen=True)
class ChipLabel:
    """The label of one chip.

    Attributes:
        values: class values (height, width), 0 is unlabelled.
        areas: of each class value the areas of its features inside the chip, in map units squared;
            None where labels came from a raster.
    """

    values: Values
    areas: Mapping[int, list[float]] | None = None


class Labels(Protocol):
    """Labels of a raster's grid."""

    classes: dict[int, ClassInfo]
    dtype: str
    from_features: bool

    def columns(self, row: int, height: int, starts: Sequence[int], width: int) -> npt.NDArray[np.bool_]:
        """Tell which of the windows (row, start, width, height) may hold labels; never wrongly no."""

    def burn(self, window: Window, starts: Sequence[int], width: int) -> list[ChipLabel]:
        """Return the labels of chips of ``width`` that start at the columns ``starts`` of one row of chips.

        ``window`` covers them all and has their height.
        """

    def draw(self, window: Window) -> Values:
        """Return the class values of one window (height, width); 0 is unlabelled."""


@dataclass
class VectorLabels:
    """Features with class values, drawn in their order: polygons by pixel centres, lines and points as pixels.

    Args:
        path: a file with the columns ``value`` and, optionally, ``name``.
        grid: of the raster to label.
        crs: of the raster, as WKT; to notice labels in another one.
        given: classes as plain dicts; classes found in the labels but not given are added.
        min_overlap: the part of its own area (0 to 1) that a polygon must have inside a chip to count there.

    Raises:
        LabelsUnreadableError, NoLabelsError, LabelsElsewhereError, OtherCrsError, BadClassValueError.
    """

    path: str
    grid: Grid
    raster: str
    crs: str = ""
    given: Sequence[dict[str, Any]] = ()
    min_overlap: float = 0.0
    from_features: bool = field(default=True, init=False)

    def __post_init__(self) -> None:
        features = read_features(Path(self.path), self.grid.bounds(), self.raster, self.crs, with_values=True)
        self._shapes, self._values = features.shapes, features.values
        self.classes = _classes(self.path, self.given, dict(zip(features.values.tolist(), features.names, strict=True)))
        self.dtype = str(np.min_scalar_type(max(self.classes)))
        self._areas = shapely.area(self._shapes)
        self._tree = shapely.STRtree(self._shapes)
        self._straight = self.grid.transform.b == 0 and self.grid.transform.d == 0

    def columns(self, row: int, height: int, starts: Sequence[int], width: int) -> npt.NDArray[np.bool_]:
        """Ask the spatial index, first for the whole row of chips."""
        found = np.zeros(len(starts), bool)
        strip = self._box(Window(starts[0], row, starts[-1] + width - starts[0], height))
        near = self._tree.query(strip, predicate="intersects")
        if not len(near):
            return found
        # Only chips between the outermost features of the row are worth a question each.
        left, right = self._span(near)
        asked = [i for i, start in enumerate(starts) if start <= right and start + width >= left]
        boxes = [self._box(Window(starts[i], row, width, height)) for i in asked]
        if boxes:
            found[np.asarray(asked)[self._tree.query(boxes, predicate="intersects")[0]]] = True
        return found

    def _span(self, indexes: npt.NDArray[Any]) -> tuple[float, float]:
        boxes = [self.grid.box_of(bounds) for bounds in shapely.bounds(self._shapes[indexes]).tolist()]
        return min(box[0] for box in boxes), max(box[2] for box in boxes)

    def burn(self, window: Window, starts: Sequence[int], width: int) -> list[ChipLabel]:
        """Draw the features of the whole window once and cut the chips out of it."""
        boxes = [self._box(Window(start, window.row, width, window.height)) for start in starts]
        pairs = self._tree.query(boxes, predicate="intersects")
        chips = [np.sort(pairs[1][pairs[0] == i]) for i in range(len(starts))]
        areas = [self._clipped(found, box) for found, box in zip(chips, boxes, strict=True)]
        kept = [self._keep(found, area) for found, area in zip(chips, areas, strict=True)]
        canvas = self._draw(np.unique(pairs[1]), window)
        labels = []
        for start, found, area, keep in zip(starts, chips, areas, kept, strict=True):
            if self.min_overlap > 0 and not keep.all():
                values = self._draw(found[keep], Window(start, window.row, width, window.height))
            else:
                values = canvas[:, start - window.col : start - window.col + width]
            sizes: dict[int, list[float]] = {}
            for index, size in zip(found[keep], area[keep], strict=True):
                sizes.setdefault(int(self._values[index]), []).append(float(size))
            labels.append(ChipLabel(values, sizes))
        return labels

    def draw(self, window: Window) -> Values:
        """Draw the features of a window."""
        return self._draw(np.sort(self._tree.query(self._box(window), predicate="intersects")), window)

    def _box(self, window: Window) -> Any:
        corner = self.grid.transform.to_map
        if self._straight:
            return shapely.box(*corner(window.col, window.row), *corner(window.right, window.bottom))
        places = ((window.col, window.row), (window.right, window.row), (window.right, window.bottom))
        return shapely.Polygon([corner(*place) for place in (*places, (window.col, window.bottom))])

    def _clipped(self, found: npt.NDArray[Any], box: Any) -> npt.NDArray[np.float64]:
        """Return the areas of the features inside of the box."""
        shapes = self._shapes[found]
        cut = ~shapely.covered_by(shapes, box)
        areas: npt.NDArray[np.float64] = self._areas[found].copy()
        if cut.any():
            areas[cut] = shapely.area(shapely.intersection(shapes[cut], box))
        return areas

    def _keep(self, found: npt.NDArray[Any], areas: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Leave out polygons that only touch the chip, and those with too small a part in it."""
        whole = self._areas[found]
        keep: npt.NDArray[np.bool_] = (whole == 0) | ((areas > 0) & (areas >= self.min_overlap * whole))
        return keep

    def _draw(self, indexes: npt.NDArray[Any], window: Window) -> Values:
        shape = (window.height, window.width)
        if not len(indexes):
            return np.zeros(shape, self.dtype)
        pairs = zip(self._shapes[indexes], self._values[indexes].tolist(), strict=True)
        transform = rasterio.Affine(*self.grid.transform.window(window).tuple6())
        drawn: Values = rasterize(pairs, out_shape=shape, transform=transform, fill=0, dtype=self.dtype)
        return drawn


class RasterLabels:
    """Class values of a raster on any grid, taken to the nearest pixel; 0 and no-data are unlabelled.

    The raster is looked through once before work starts: for its values, and for where it holds any.

    Raises:
        RasterUnreadableError, NoLabelsError, LabelsElsewhereError, BadClassValueError.
    """

    from_features = False

    def __init__(self, path: str, grid: Grid, raster: str, given: Sequence[dict[str, Any]] = ()) -> None:
        self._path = path
        self._view = RasterView(path, bands=(1,), grid=grid, resampling="nearest")
        self._check_overlap(path, grid, raster)
        self._cells = np.zeros((-(-grid.height // _SCAN_CELL_PX), -(-grid.width // _SCAN_CELL_PX)), bool)
        found = self._scan()
        if not found:
            self._view.close()
            raise NoLabelsError(path=path, what="labelled pixel inside of the raster")
        # A table of classes may name 0, which is unlabelled here.
        given = [item for item in given if int(item["value"]) != 0]
        self.classes = _classes(path, given, {value: str(value) for value in sorted(found)})
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
                found.update(np.unique(values).tolist())
                starts: npt.NDArray[np.int64] = np.arange(0, width, side)
                labelled = np.logical_or.reduceat((values != 0).any(axis=0), starts)
                self._cells[top // side, left // side + starts // side] = labelled
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

    def burn(self, window: Window, starts: Sequence[int], width: int) -> list[ChipLabel]:
        """Read the whole window once and cut the chips out of it."""
        values = self._read(window).astype(self.dtype)
        return [ChipLabel(values[:, start - window.col : start - window.col + width]) for start in starts]

    def draw(self, window: Window) -> Values:
        """Read the values of a window."""
        return self._read(window)


def _classes(path: str, given: Sequence[dict[str, Any]], found: Mapping[int, str]) -> dict[int, ClassInfo]:
    """Return the given classes and those found besides, in the order of their values."""
    classes = {info.value: info for info in classes_from_dicts(given)}
    for value in (*classes, *found):
        if not 1 <= value <= LARGEST_VALUE:
            raise BadClassValueError(path=path, value=value)
    for value in sorted(set(found) - set(classes)):
        classes[value] = ClassInfo(value, found[value] or str(value), palette_color(len(classes)))
    return dict(sorted(classes.items()))
