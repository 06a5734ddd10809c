"""Where chips lie on a raster: rows of chips, cut into runs that are read at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from ..windows import Window
from .grid import Grid
from .problems import BadTileError, TileTooLargeError

# Chips of one row are read together up to this width: few reads, little memory.
_RUN_PX = 2048


@dataclass(frozen=True)
class Run:
    """Chips of one row that lie close together: ``starts`` are their first columns."""

    window: Window
    starts: tuple[int, ...]


@dataclass(frozen=True)
class ChipPlan:
    """The lattice of chips.

    Chips are full size. They start every ``stride`` pixels from the upper left corner; where the last
    one would leave a margin at the right or bottom, one more is shifted inward to end at the border, so
    that no pixel is lost.
    """

    width: int
    height: int
    tile: tuple[int, int]
    stride: tuple[int, int]

    @property
    def cols(self) -> tuple[int, ...]:
        """Return the first columns of chips."""
        return _starts(self.width, self.tile[0], self.stride[0])

    @property
    def rows(self) -> tuple[int, ...]:
        """Return the first rows of chips."""
        return _starts(self.height, self.tile[1], self.stride[1])

    def pixels_of_run(self) -> int:
        """Return how many pixels the chips of a full run hold, those in several chips counted in each."""
        chips = max(1, (_RUN_PX - self.tile[0]) // self.stride[0] + 1)
        return chips * self.tile[0] * self.tile[1]

    def runs(self, row: int, starts: Sequence[int]) -> Iterator[Run]:
        """Join chips of one row that touch, up to a bounded width."""
        group: list[int] = []
        for start in starts:
            far = group and (start > group[-1] + self.tile[0] or start + self.tile[0] - group[0] > _RUN_PX)
            if far:
                yield self._run(row, group)
                group = []
            group.append(start)
        if group:
            yield self._run(row, group)

    def _run(self, row: int, starts: list[int]) -> Run:
        width = starts[-1] + self.tile[0] - starts[0]
        return Run(Window(starts[0], row, width, self.tile[1]), tuple(starts))


@dataclass
class Skipped:
    """How many places gave no chip, and why."""

    unlabelled: int = 0
    no_data: int = 0
    outside_mask: int = 0


class MaskedArea:
    """Where chips may lie: wholly inside of the mask's polygons (which may adjoin)."""

    def __init__(self, polygons: npt.NDArray[Any], grid: Grid) -> None:
        self._area = shapely.union_all(polygons)
        shapely.prepare(self._area)
        self._grid = grid

    def inside(self, row: int, starts: Sequence[int], tile: tuple[int, int]) -> npt.NDArray[np.bool_]:
        """Tell which chips of a row lie wholly inside."""
        left = np.asarray(starts, float)
        right = left + tile[0]
        corners = [(left, row), (right, row), (right, row + tile[1]), (left, row + tile[1])]
        t = self._grid.transform
        rings = np.stack(
            [np.stack([t.c + t.a * col + t.b * line, t.f + t.d * col + t.e * line], axis=-1) for col, line in corners],
            axis=1,
        )
        found: npt.NDArray[np.bool_] = shapely.covers(self._area, shapely.polygons(rings))
        return found


def plan_chips(grid: Grid, tile: Sequence[int], stride: Sequence[int], path: str) -> ChipPlan:
    """Check sizes and return the plan; a stride of 0 is the tile's side.

    Raises:
        BadTileError, TileTooLargeError.
    """
    for value, axis in zip(tile, "XY", strict=True):
        if value < 1:
            raise BadTileError(what="tile size", value=value, parameter=f"TILE_SIZE_{axis}", least=1)
    for value, axis in zip(stride, "XY", strict=True):
        if value < 0:
            raise BadTileError(what="stride", value=value, parameter=f"STRIDE_{axis}", least="0 (0 is the tile size)")
    if tile[0] > grid.width or tile[1] > grid.height:
        raise TileTooLargeError(tile=f"{tile[0]} x {tile[1]}", path=path, size=f"{grid.width} x {grid.height}")
    return ChipPlan(grid.width, grid.height, (tile[0], tile[1]), (stride[0] or tile[0], stride[1] or tile[1]))


def _starts(size: int, tile: int, stride: int) -> tuple[int, ...]:
    starts = list(range(0, size - tile + 1, stride))
    if starts[-1] + tile < size:
        starts.append(size - tile)
    return tuple(starts)
