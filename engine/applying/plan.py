"""Where tiles lie; arithmetic only.

The tiles lie on a fixed grid that depends on nothing but the raster's size, the tile's and the padding.
They stand on multiples of the network's stride, so that a network sees each pixel in the same phase as it
would in the whole raster at once. At the raster's edges nothing is thrown away: the first and the last tile of
an axis keep their outer side, where the whole raster would have no more context either.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from ..windows import Window

LARGEST_TILE = 1024


@dataclass(frozen=True)
class Axis:
    """One direction: tiles of ``tile`` pixels at ``starts``; tile i keeps ``cuts[i]`` to ``cuts[i + 1]``.

    The last tile may reach beyond ``size``.
    """

    size: int
    tile: int
    starts: tuple[int, ...]
    cuts: tuple[int, ...]

    @property
    def count(self) -> int:
        """Return the number of tiles."""
        return len(self.starts)


@dataclass(frozen=True)
class Tile:
    """One tile: its place in the plan, the pixels it reads and those whose result it keeps."""

    row: int
    col: int
    read: Window
    keep: Window

    @property
    def inner(self) -> tuple[slice, slice]:
        """Return the kept part of the tile's own array as (rows, columns)."""
        top, left = self.keep.row - self.read.row, self.keep.col - self.read.col
        return slice(top, top + self.keep.height), slice(left, left + self.keep.width)


@dataclass(frozen=True)
class TilePlan:
    """All tiles of a raster."""

    rows: Axis
    cols: Axis

    @property
    def count(self) -> int:
        """Return the number of tiles."""
        return self.rows.count * self.cols.count

    def tile(self, row: int, col: int) -> Tile:
        """Return one tile."""
        r, c = self.rows, self.cols
        return Tile(
            row,
            col,
            Window(c.starts[col], r.starts[row], c.tile, r.tile),
            Window(c.cuts[col], r.cuts[row], c.cuts[col + 1] - c.cuts[col], r.cuts[row + 1] - r.cuts[row]),
        )

    def row_tiles(self, row: int) -> Iterator[Tile]:
        """Yield the tiles of one row from left to right."""
        for col in range(self.cols.count):
            yield self.tile(row, col)


def plan_axis(size: int, tile: int, padding: int, multiple: int, shrink: bool) -> Axis:
    """Place tiles along one axis.

    Args:
        size: pixels of the raster.
        tile: largest side of a tile, a multiple of ``multiple``, more than twice ``padding``.
        padding: pixels beside another tile whose result is not kept; more where there is room.
        multiple: tiles start at and measure multiples of this.
        shrink: take smaller tiles where these cover the axis with less work.
    """
    canvas = _up(size, multiple)
    if canvas <= tile:
        side = canvas if shrink else tile
        return Axis(size, side, (0,), (0, size))
    step = (tile - 2 * padding) // multiple * multiple
    if step == 0:
        # So thin a core allows no steps on multiples: the network's phase has to give way.
        canvas, step, multiple, shrink = max(size, tile), tile - 2 * padding, 1, False
    count = 1 + -(-(canvas - tile) // step)
    smaller = _up(-(-(canvas + 2 * padding * (count - 1)) // count), multiple)
    smaller_step = (smaller - 2 * padding) // multiple * multiple
    if shrink and smaller < tile and smaller + (count - 1) * smaller_step >= canvas:
        tile, step = smaller, smaller_step
    starts = tuple(i * (canvas - tile) // max(count - 1, 1) // multiple * multiple for i in range(count))
    middles = tuple((a + b + tile) // 2 for a, b in itertools.pairwise(starts))
    return Axis(size, tile, starts, (0, *(min(cut, size) for cut in middles), size))


def plan_tiles(width: int, height: int, tile: int, padding: int, multiple: int, shrink: bool) -> TilePlan:
    """Place the tiles of a raster; see :func:`plan_axis`."""
    return TilePlan(
        plan_axis(height, tile, padding, multiple, shrink), plan_axis(width, tile, padding, multiple, shrink)
    )


def _up(value: int, multiple: int) -> int:
    return -(-value // multiple) * multiple
