"""Collect the objects of tiles in any order, and give complete rows of tiles in their order."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import shapely

from ..detections import Detections
from ..nms import suppress
from .finding import Finder, Sight
from .found import BOTTOM, ITEM, LEFT, RIGHT, TOP, Found, FoundRow, join
from .outlines import outline_masks, simplify
from .plan import Tile, TilePlan

Bools = npt.NDArray[np.bool_]

# What comes as near to a tile's edge may go on behind it: 2 pixels as in ArcGIS, and of large objects, whose sides
# networks place less exactly, this share of the side.
_EDGE, _EDGE_SHARE = 2.0, 0.05
# Of an object that reaches beyond the raster, so much must lie inside; mirrored pixels show things that are not there.
_LEAST_INSIDE = 0.25


class Collector:
    """The sink of a flow of tiles that are searched for objects.

    Args:
        wanted: which tiles will come (rows, columns).
        overlap: of two outlines of a class in one tile whose IoU is above it the less sure one goes.
        first_row: the first row to give (the ones before are done).
    """

    def __init__(self, plan: TilePlan, wanted: Bools, finder: Finder, overlap: float, first_row: int = 0) -> None:
        self._plan, self._finder, self._overlap = plan, finder, overlap
        self._missing = wanted.sum(axis=1)
        self._next = first_row
        self._open: dict[int, dict[int, Found]] = {}

    def add(self, tile: Tile, output: Sight | None, valid: Bools | None) -> None:
        """Take what the network said of a tile; None is all no-data."""
        self._missing[tile.row] -= 1
        if output is not None:
            self._open.setdefault(tile.row, {})[tile.col] = self._place(tile, self._finder.find(output))

    def _place(self, tile: Tile, found: Detections) -> Found:
        """Return a tile's objects in pixels of the raster, with what its edges cut."""
        window = tile.read.clip(self._plan.cols.size, self._plan.rows.size)
        boxes = found.boxes.astype(np.float64) + np.asarray([tile.read.col, tile.read.row] * 2, np.float64)
        low, high = [window.col, window.row] * 2, [window.right, window.bottom] * 2
        clipped = np.clip(boxes, low, high)
        sides, whole = clipped[:, 2:] - clipped[:, :2], boxes[:, 2:] - boxes[:, :2]
        inside = (sides > 0).all(1) & (sides.prod(1) >= _LEAST_INSIDE * whole.prod(1))
        found, boxes, clipped = found.take(inside), boxes[inside], clipped[inside]
        items = np.zeros(len(found), ITEM)
        items["row"], items["col"], items["box"] = tile.row, tile.col, clipped
        items["score"], items["channel"] = found.scores, found.channels
        items["cut"] = self._cut(tile, clipped)
        if not self._finder.outlined:
            return Found(items)
        if found.corners is not None:
            outlines = shapely.polygons(found.corners + np.asarray((tile.read.col, tile.read.row), np.float64))
        elif found.masks is not None:
            outlines = outline_masks(found.masks, boxes, clipped, window)
        placed = Found(items, np.asarray(outlines, object))
        placed = placed.take(suppress(clipped, items["score"], items["channel"], self._overlap, placed.overlaps))
        if placed.outlines is not None and found.masks is not None:
            # Parts are joined as exactly as the pixels allow.
            ready = placed.items["cut"] == 0
            placed.outlines[ready] = simplify(placed.outlines[ready])
        return placed

    def _cut(self, tile: Tile, boxes: npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
        cut = np.zeros(len(boxes), np.int32)
        read, size = tile.read, (self._plan.cols.size, self._plan.rows.size)
        edge_x, edge_y = np.maximum(_EDGE, _EDGE_SHARE * (boxes[:, 2:] - boxes[:, :2])).T
        for bit, inner, near in (
            (LEFT, read.col > 0, boxes[:, 0] <= read.col + edge_x),
            (TOP, read.row > 0, boxes[:, 1] <= read.row + edge_y),
            (RIGHT, read.right < size[0], boxes[:, 2] >= read.right - edge_x),
            (BOTTOM, read.bottom < size[1], boxes[:, 3] >= read.bottom - edge_y),
        ):
            if inner:
                cut[near] |= bit
        return cut

    def complete(self) -> Iterator[FoundRow]:
        """Yield the rows that are complete and whose turn it is."""
        while self._next < self._plan.rows.count and self._missing[self._next] == 0:
            tiles = self._open.pop(self._next, {})
            parts = [tiles[col] for col in sorted(tiles)]
            yield FoundRow(self._next, join(parts, self._finder.outlined))
            self._next += 1
