"""Where the pixels of a raster lie; arithmetic only."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..windows import Affine, Window


@dataclass(frozen=True)
class Grid:
    """Where pixels lie: a geotransform, a width and a height in pixels."""

    transform: Affine
    width: int
    height: int

    def bounds(self) -> tuple[float, float, float, float]:
        """Return (xmin, ymin, xmax, ymax) in map units; of a rotated grid the box around it."""
        corners = [self.transform.to_map(c, r) for c in (0, self.width) for r in (0, self.height)]
        xs, ys = [corner[0] for corner in corners], [corner[1] for corner in corners]
        return min(xs), min(ys), max(xs), max(ys)

    def window_of(self, extent: Sequence[float]) -> Window:
        """Return the pixels whose edges are nearest to ``extent`` (xmin, ymin, xmax, ymax), unclipped."""
        left, top, right, bottom = self.box_of(extent)
        return Window(round(left), round(top), round(right) - round(left), round(bottom) - round(top))

    def box_of(self, extent: Sequence[float]) -> tuple[float, float, float, float]:
        """Return ``extent`` in pixels: (left, top, right, bottom), of a rotated grid the box around it."""
        corners = [self.transform.to_pixel(x, y) for x in (extent[0], extent[2]) for y in (extent[1], extent[3])]
        cols, rows = [corner[0] for corner in corners], [corner[1] for corner in corners]
        return min(cols), min(rows), max(cols), max(rows)

    def pixel_size(self) -> tuple[float, float]:
        """Return width and height of a pixel in map units."""
        return math.hypot(self.transform.a, self.transform.d), math.hypot(self.transform.b, self.transform.e)
