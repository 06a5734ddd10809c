"""Objects as tiles report them, in pixels of the raster, and how rows of tiles are kept on disk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from .journal import Records

# Sides of its box where a tile's edge cuts an object, as bits of ``cut``.
LEFT, TOP, RIGHT, BOTTOM = 1, 2, 4, 8

# row, col: of the tile; box: xmin, ymin, xmax, ymax in pixels of the raster; channel: index into the classes.
ITEM = np.dtype(
    [("row", "<i4"), ("col", "<i4"), ("channel", "<i4"), ("cut", "<i4"), ("score", "<f8"), ("box", "<f8", (4,))]
)
Outlines = npt.NDArray[np.object_]
Places = npt.NDArray[np.int64] | npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Found:
    """Objects: ``items`` (n,) of type ITEM, and where there are outlines, ``outlines`` (n,) of shapely polygons."""

    items: npt.NDArray[Any]
    outlines: Outlines | None = None

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.items)

    def take(self, places: Places) -> Found:
        """Return some of them, in the order of ``places``."""
        return Found(self.items[places], None if self.outlines is None else self.outlines[places])

    def shapes(self) -> Outlines:
        """Return the outlines, or the boxes as polygons."""
        if self.outlines is not None:
            return self.outlines
        box = self.items["box"]
        shapes: Outlines = shapely.box(box[:, 0], box[:, 1], box[:, 2], box[:, 3])
        return shapes

    def overlaps(self, first: npt.NDArray[np.int64], second: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Return the IoU of pairs (of outlines where there are any), 0 to 1."""
        if self.outlines is None:
            return overlap_of_boxes(self.items["box"][first], self.items["box"][second])
        one, two = self.outlines[first], self.outlines[second]
        inside = shapely.area(shapely.intersection(one, two))
        found: npt.NDArray[np.float64] = inside / np.maximum(shapely.area(one) + shapely.area(two) - inside, 1e-12)
        return found


def overlap_of_boxes(one: npt.NDArray[np.float64], two: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the IoU of pairs of boxes (n, 4)."""
    inside = common_area(one, two)
    areas = [(box[:, 2] - box[:, 0]) * (box[:, 3] - box[:, 1]) for box in (one, two)]
    found: npt.NDArray[np.float64] = inside / np.maximum(areas[0] + areas[1] - inside, 1e-12)
    return found


def common_area(one: npt.NDArray[np.float64], two: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the area that pairs of boxes (n, 4) have in common."""
    sides = np.minimum(one[:, 2:], two[:, 2:]) - np.maximum(one[:, :2], two[:, :2])
    found: npt.NDArray[np.float64] = np.clip(sides, 0, None).prod(1)
    return found


def join(parts: Sequence[Found], outlined: bool) -> Found:
    """Return all objects of several lists, in their order."""
    items = np.concatenate([np.zeros(0, ITEM), *(part.items for part in parts)])
    if not outlined:
        return Found(items)
    empty: Outlines = np.zeros(0, object)
    return Found(items, np.concatenate([empty, *(part.outlines for part in parts if part.outlines is not None)]))


@dataclass(frozen=True)
class FoundRow:
    """What the tiles of one row report, from left to right."""

    row: int
    found: Found


class ObjectJournal(Records):
    """Rows of tiles as they are completed, so that a killed run can continue at the next one."""

    def replay(self, rows: int, outlined: bool) -> Iterator[FoundRow]:
        """Yield the recorded rows from the first on; the file then ends behind the last good one."""
        for row, first, second in self.read(rows):
            items = np.frombuffer(first, ITEM)
            outlines = None
            if outlined:
                lengths = np.frombuffer(second, "<i8", len(items))
                ends = 8 * len(items) + np.cumsum(lengths)
                pieces = [second[end - length : end] for length, end in zip(lengths, ends, strict=True)]
                outlines = np.asarray(shapely.from_wkb(np.asarray(pieces, object)), object)
            yield FoundRow(row, Found(items, outlines))

    def append(self, row: FoundRow) -> None:
        """Record a row durably; raises OSError where the disk is full."""
        second = b""
        if row.found.outlines is not None:
            pieces = shapely.to_wkb(row.found.outlines)
            second = np.asarray([len(piece) for piece in pieces], "<i8").tobytes() + b"".join(pieces)
        self.write(row.row, row.found.items.tobytes(), second)
