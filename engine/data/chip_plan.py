"""Where chips lie on a raster, and which of them are read at once."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from ..windows import Affine, Window
from .grid import Grid
from .problems import BadAngleError, BadTileError, TileTooLargeError

# Chips of one row are read together up to this width: few reads, little memory.
_RUN_PX = 2048
# A feature on the edge of pixels may lie beyond it by rounding.
_HAIR = 1e-6


@dataclass(frozen=True)
class Place:
    """Where one chip lies: whole pixels of the raster's grid, turned about their middle.

    Attributes:
        window: before it is turned.
        angle: degrees, clockwise as the picture is seen.
        feature: number of the feature that the chip is made for; -1: for whatever lies in it.
    """

    window: Window
    angle: float = 0.0
    feature: int = -1

    @property
    def in_raster(self) -> Affine:
        """Return the transform from the chip's pixels to the raster's."""
        width, height = self.window.width, self.window.height
        cos, sin = _turn(self.angle)
        col, row = self.window.col + width / 2, self.window.row + height / 2
        return Affine(
            *(cos, -sin, col - cos * width / 2 + sin * height / 2),
            *(sin, cos, row - sin * width / 2 - cos * height / 2),
        )

    def grid(self, transform: Affine) -> Grid:
        """Return the chip's own grid, from the transform of the raster's."""
        own = transform.after(self.in_raster) if self.angle else transform.window(self.window)
        return Grid(own, self.window.width, self.window.height)

    def reach(self) -> Window:
        """Return the pixels of the raster that the turned chip is made from."""
        if not self.angle:
            return self.window
        width, height = self.window.width, self.window.height
        cos, sin = (abs(value) for value in _turn(self.angle))
        more_x = math.ceil((cos * width + sin * height - width) / 2) + 1
        more_y = math.ceil((sin * width + cos * height - height) / 2) + 1
        window = self.window
        return Window(window.col - more_x, window.row - more_y, width + 2 * more_x, height + 2 * more_y)


@dataclass(frozen=True)
class Run:
    """Chips that lie close together, and the window that holds all their pixels."""

    window: Window
    places: tuple[Place, ...]

    @classmethod
    def of(cls, places: Sequence[Place]) -> Run:
        """Return a run of these places."""
        reach = [place.reach() for place in places]
        left, top = min(window.col for window in reach), min(window.row for window in reach)
        right, bottom = max(window.right for window in reach), max(window.bottom for window in reach)
        return cls(Window(left, top, right - left, bottom - top), tuple(places))


@dataclass(frozen=True)
class ChipPlan:
    """The lattice of chips.

    Chips are full size. They start every ``stride`` pixels from the upper left corner; where the last
    one would leave a margin at the right or bottom, one more is shifted inward to end at the border, so
    that no pixel is lost. At each place there is one chip for each of ``angles``.
    """

    width: int
    height: int
    tile: tuple[int, int]
    stride: tuple[int, int]
    angles: tuple[float, ...] = (0.0,)

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
        return chips * self.tile[0] * self.tile[1] * len(self.angles)

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
        return Run.of([Place(Window(start, row, *self.tile), angle) for start in starts for angle in self.angles])

    def around(self, boxes: npt.NDArray[np.float64], *, crop: bool) -> Iterator[Run]:
        """Yield a run for each feature whose middle lies on the raster, in the order in which a raster is read.

        Args:
            boxes: (n, 4) xmin, ymin, xmax, ymax of the features in pixels; NaN for those without a chip.
            crop: the chip is the box, cut to the raster, instead of a chip of full size around its middle
                (shifted inward where it would reach outside).
        """
        middle = (boxes[:, :2] + boxes[:, 2:]) / 2
        with np.errstate(invalid="ignore"):
            inside = ((middle >= 0) & (middle < (self.width, self.height))).all(axis=1)
        rows, cols = middle[inside].T[::-1] // _RUN_PX
        for index in np.flatnonzero(inside)[np.lexsort((cols, rows))]:
            box = boxes[index]
            if crop:
                left, top = max(math.floor(box[0] + _HAIR), 0), max(math.floor(box[1] + _HAIR), 0)
                right, bottom = (math.ceil(value - _HAIR) for value in box[2:])
                right, bottom = min(right, self.width), min(bottom, self.height)
                window = Window(left, top, max(right - left, 1), max(bottom - top, 1))
            else:
                col, row = (round(float(middle[index][axis]) - self.tile[axis] / 2) for axis in (0, 1))
                col = min(max(col, 0), self.width - self.tile[0])
                window = Window(col, min(max(row, 0), self.height - self.tile[1]), *self.tile)
            yield Run.of([Place(window, angle, int(index)) for angle in self.angles])


@dataclass
class Skipped:
    """How many places gave no chip, and why."""

    unlabelled: int = 0
    no_data: int = 0
    outside_mask: int = 0

    def add(self, other: Skipped) -> Skipped:
        """Return the sum of both."""
        return Skipped(
            self.unlabelled + other.unlabelled,
            self.no_data + other.no_data,
            self.outside_mask + other.outside_mask,
        )


class MaskedArea:
    """Where chips may lie: wholly inside of the mask's polygons (which may adjoin)."""

    def __init__(self, polygons: npt.NDArray[Any], transform: Affine) -> None:
        self._area = shapely.union_all(polygons)
        shapely.prepare(self._area)
        self._transform = transform

    def digest(self) -> str:
        """Return what tells this mask from others."""
        return hashlib.sha256(shapely.to_wkb(self._area)).hexdigest()

    def inside(self, places: Sequence[Place]) -> npt.NDArray[np.bool_]:
        """Tell which chips lie wholly inside, turned as they are."""
        found: npt.NDArray[np.bool_] = shapely.covers(self._area, outlines(places, self._transform))
        return found


def outlines(places: Sequence[Place], transform: Affine) -> npt.NDArray[Any]:
    """Return the outline of each chip as a polygon in map units; ``transform`` is the raster's."""
    rings = []
    for place in places:
        own = place.grid(transform).transform
        width, height = place.window.width, place.window.height
        rings.append([own.to_map(*corner) for corner in ((0, 0), (width, 0), (width, height), (0, height))])
    return np.asarray(shapely.polygons(np.asarray(rings, float)))


def plan_chips(grid: Grid, tile: Sequence[int], stride: Sequence[int], path: str, angle: float = 0.0) -> ChipPlan:
    """Check sizes and return the plan; a stride of 0 is the tile's side.

    ``angle``: besides the chip as it is, further ones are turned by it, by twice it and so on below 360.

    Raises:
        BadTileError, BadAngleError, TileTooLargeError.
    """
    for value, axis in zip(tile, "XY", strict=True):
        if value < 1:
            raise BadTileError(what="tile size", value=value, parameter=f"TILE_SIZE_{axis}", least=1)
    for value, axis in zip(stride, "XY", strict=True):
        if value < 0:
            raise BadTileError(what="stride", value=value, parameter=f"STRIDE_{axis}", least="0 (0 is the tile size)")
    if tile[0] > grid.width or tile[1] > grid.height:
        raise TileTooLargeError(tile=f"{tile[0]} x {tile[1]}", path=path, size=f"{grid.width} x {grid.height}")
    if angle != 0 and not 1 <= angle < 360:
        raise BadAngleError(angle=f"{angle:g}")
    angles = tuple(angle * number for number in range(math.ceil(360 / angle))) if angle else (0.0,)
    return ChipPlan(grid.width, grid.height, (tile[0], tile[1]), (stride[0] or tile[0], stride[1] or tile[1]), angles)


def _turn(angle: float) -> tuple[float, float]:
    """Return cosine and sine, exact for right angles."""
    if angle % 90 == 0:
        return ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))[round(angle / 90) % 4]
    radians = math.radians(angle)
    return math.cos(radians), math.sin(radians)


def _starts(size: int, tile: int, stride: int) -> tuple[int, ...]:
    starts = list(range(0, size - tile + 1, stride))
    if starts[-1] + tile < size:
        starts.append(size - tile)
    return tuple(starts)
