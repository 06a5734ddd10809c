"""What a chip size would give: on which places of the lattice an export would find samples, and of which class.

Follows ``engine/data/chip_plan.py`` (chips start every stride; the last of a row or column is shifted inward) without
reading a pixel. Numpy and QGIS's geometries only, so that a background task of QGIS can run it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from qgis.core import QgsGeometry, QgsRectangle

from .statistics_split import split_places

# What only touches the edge of a chip, by rounding or by one pixel's edge, is not in it (pixels).
_HAIR = 1e-6
# A lattice of more parts than this would take minutes and hundreds of megabytes.
MOST_CELLS = 25_000_000


@dataclass(frozen=True)
class Outline:
    """A sample in pixels of the image: column to the right, row downward, from the upper left corner."""

    value: int
    geometry: QgsGeometry


@dataclass(frozen=True)
class ChipCounts:
    """How many chips there would be.

    Attributes:
        places: all places of the lattice.
        featured: places that show a sample and lie in the areas, where such are given; a class's in ``by_class``.
        outside: places that show a sample, but are left out because they reach beyond the areas.
        train, valid, dropped: parts of ``featured``; those dropped overlap both sides. Estimated.
    """

    places: int = 0
    featured: int = 0
    outside: int = 0
    by_class: dict[int, int] = field(default_factory=dict)
    train: int = 0
    valid: int = 0
    dropped: int = 0
    train_by_class: dict[int, int] = field(default_factory=dict)
    valid_by_class: dict[int, int] = field(default_factory=dict)


def chip_starts(size: int, tile: int, stride: int) -> np.ndarray:
    """Return where chips start along one side of an image, in pixels; none where the image is smaller than a chip."""
    if tile > size:
        return np.zeros(0, np.int64)
    starts = np.arange(0, size - tile + 1, stride)
    return starts if starts[-1] + tile >= size else np.append(starts, size - tile)


@dataclass(frozen=True)
class Axis:
    """One side of the lattice: its chips, and the cells into which their borders cut it."""

    starts: np.ndarray
    edges: np.ndarray
    tile: int

    @classmethod
    def of(cls, size: int, tile: int, stride: int) -> Axis:
        """Return the axis of an image's side, in pixels."""
        starts = chip_starts(size, tile, stride)
        return cls(starts, np.unique(np.concatenate([starts, starts + tile])).astype(float), tile)

    def cells(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the first and last cell that each stretch reaches, before clipping to the image."""
        first = np.searchsorted(self.edges, low + _HAIR, side="right") - 1
        return first, np.searchsorted(self.edges, high - _HAIR, side="left") - 1

    def spans(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the first cell of each chip, and the first behind it."""
        return np.searchsorted(self.edges, self.starts), np.searchsorted(self.edges, self.starts + self.tile)


def lattice_cells(size: tuple[int, int], tile: int, stride: int) -> int:
    """Return into how many cells an image of (width, height) pixels would be cut."""
    width, height = (len(Axis.of(side, tile, stride).edges) for side in size)
    return width * height


def count_chips(
    outlines: Iterable[Outline],
    size: tuple[int, int],
    tile: int,
    stride: int,
    areas: QgsGeometry | None = None,
    share: float = 0.1,
    cancelled: Callable[[], bool] = lambda: False,
) -> ChipCounts:
    """Count the chips that show samples, of each class and of each side of the split.

    Args:
        outlines: samples in pixels of the image.
        size: width and height of the image in pixels.
        tile: side of a chip in pixels.
        stride: step from one chip to the next in pixels.
        areas: in pixels; only chips wholly inside count.
        share: part of the chips that validates (0 to 1).
        cancelled: asked now and then; counts are then of no use.
    """
    cols, rows = Axis.of(size[0], tile, stride), Axis.of(size[1], tile, stride)
    places = len(cols.starts) * len(rows.starts)
    if not places:
        return ChipCounts()
    by_value: dict[int, list[Outline]] = {}
    for outline in outlines:
        by_value.setdefault(outline.value, []).append(outline)
    shown = {value: _shown(found, cols, rows, cancelled) for value, found in sorted(by_value.items())}
    featured = np.zeros((len(rows.starts), len(cols.starts)), bool)
    for there in shown.values():
        featured |= there
    outside = 0
    if areas is not None:
        inside = _inside(featured, areas, cols, rows, cancelled)
        outside = int((featured & ~inside).sum())
        featured &= inside
    shown = {value: there & featured for value, there in shown.items()}
    if cancelled():
        return ChipCounts(places)
    train, valid = split_places(featured, list(shown.values()), (rows.starts, cols.starts), tile, share, cancelled)
    return ChipCounts(
        places,
        int(featured.sum()),
        outside,
        _numbers(shown),
        int(train.sum()),
        int(valid.sum()),
        int((featured & ~train & ~valid).sum()),
        _numbers(shown, train),
        _numbers(shown, valid),
    )


def _numbers(shown: dict[int, np.ndarray], side: np.ndarray | None = None) -> dict[int, int]:
    return {value: int((there if side is None else there & side).sum()) for value, there in shown.items()}


def _shown(outlines: Sequence[Outline], cols: Axis, rows: Axis, cancelled: Callable[[], bool]) -> np.ndarray:
    """Tell which places (rows, columns) show one of the outlines."""
    touched = np.zeros((len(rows.edges) - 1, len(cols.edges) - 1), bool)
    rectangles = [outline.geometry.boundingBox() for outline in outlines]
    boxes = np.array([(r.xMinimum(), r.yMinimum(), r.xMaximum(), r.yMaximum()) for r in rectangles]).reshape(-1, 4)
    left, right = cols.cells(boxes[:, 0], boxes[:, 2])
    top, bottom = rows.cells(boxes[:, 1], boxes[:, 3])
    meets = (right >= 0) & (bottom >= 0) & (left < touched.shape[1]) & (top < touched.shape[0])
    left, top = np.maximum(left, 0), np.maximum(top, 0)
    right, bottom = np.minimum(right, touched.shape[1] - 1), np.minimum(bottom, touched.shape[0] - 1)
    single = meets & (left == right) & (top == bottom)
    touched[top[single], left[single]] = True
    for number, index in enumerate(np.flatnonzero(meets & ~single)):
        if number % 32 == 0 and cancelled():
            break
        block = (int(top[index]), int(bottom[index]), int(left[index]), int(right[index]))
        _touch(touched, outlines[index].geometry, block, cols, rows)
    return _any_inside(touched, rows.spans(), cols.spans())


def _touch(
    touched: np.ndarray, geometry: QgsGeometry, block: tuple[int, int, int, int], cols: Axis, rows: Axis
) -> None:
    """Mark the cells of a block (top, bottom, left, right) that a geometry reaches: halve what it covers in part."""
    engine = _engine(geometry)
    waiting = [block]
    while waiting:
        top, bottom, left, right = waiting.pop()
        box = QgsRectangle(
            cols.edges[left] + _HAIR,
            rows.edges[top] + _HAIR,
            cols.edges[right + 1] - _HAIR,
            rows.edges[bottom + 1] - _HAIR,
        )
        frame = QgsGeometry.fromRect(box)
        if not engine.intersects(frame.constGet()):
            continue
        if (top == bottom and left == right) or engine.contains(frame.constGet()):
            touched[top : bottom + 1, left : right + 1] = True
        elif right - left > bottom - top:
            middle = (left + right) // 2
            waiting += [(top, bottom, left, middle), (top, bottom, middle + 1, right)]
        else:
            middle = (top + bottom) // 2
            waiting += [(top, middle, left, right), (middle + 1, bottom, left, right)]


def _any_inside(
    touched: np.ndarray, rows: tuple[np.ndarray, np.ndarray], cols: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    """Tell of which blocks of cells (firsts, ends) at least one is touched, by sums over all that lies before."""
    sums = np.zeros((touched.shape[0] + 1, touched.shape[1] + 1), np.int64)
    np.cumsum(np.cumsum(touched, axis=0), axis=1, out=sums[1:, 1:])
    (top, bottom), (left, right) = rows, cols
    found = sums[np.ix_(bottom, right)] - sums[np.ix_(top, right)] - sums[np.ix_(bottom, left)]
    return found + sums[np.ix_(top, left)] > 0


def _inside(
    wanted: np.ndarray, areas: QgsGeometry, cols: Axis, rows: Axis, cancelled: Callable[[], bool]
) -> np.ndarray:
    """Tell which of the wanted places lie wholly inside of the areas."""
    engine, inside = _engine(areas), np.zeros_like(wanted)
    for number, (row, col) in enumerate(np.argwhere(wanted)):
        if number % 32 == 0 and cancelled():
            break
        x, y = float(cols.starts[col]), float(rows.starts[row])
        frame = QgsRectangle(x + _HAIR, y + _HAIR, x + cols.tile - _HAIR, y + rows.tile - _HAIR)
        shape = QgsGeometry.fromRect(frame)  # held: constGet() alone does not keep it
        inside[row, col] = engine.contains(shape.constGet())
    return inside


def _engine(geometry: QgsGeometry) -> Any:
    engine = QgsGeometry.createGeometryEngine(geometry.constGet())
    engine.prepareGeometry()
    return engine
