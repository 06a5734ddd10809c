"""Arithmetic of windows and tiles on a pixel grid; no input or output.

Order is (column, row) for offsets and (width, height) for sizes, in pixels, with the origin in the
upper left corner.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Window:
    """A rectangle of whole pixels; may reach outside of a raster."""

    col: int
    row: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """Return the first column behind the window."""
        return self.col + self.width

    @property
    def bottom(self) -> int:
        """Return the first row below the window."""
        return self.row + self.height

    @property
    def empty(self) -> bool:
        """Tell whether the window holds no pixel."""
        return self.width <= 0 or self.height <= 0

    def grow(self, pixels: int) -> Window:
        """Return the window with ``pixels`` more on each side."""
        return Window(self.col - pixels, self.row - pixels, self.width + 2 * pixels, self.height + 2 * pixels)

    def clip(self, width: int, height: int) -> Window:
        """Return the part inside a raster of ``width`` x ``height`` pixels (maybe empty)."""
        return self.intersect(Window(0, 0, width, height))

    def intersect(self, other: Window) -> Window:
        """Return the common part (maybe empty)."""
        col, row = max(self.col, other.col), max(self.row, other.row)
        right, bottom = min(self.right, other.right), min(self.bottom, other.bottom)
        return Window(col, row, max(right - col, 0), max(bottom - row, 0))

    def shift(self, cols: int, rows: int) -> Window:
        """Return the window moved by ``cols`` and ``rows``."""
        return Window(self.col + cols, self.row + rows, self.width, self.height)


@dataclass(frozen=True)
class Affine:
    """A geotransform in GDAL's order of meaning: map = origin + col * (a, d) + row * (b, e)."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def to_map(self, col: float, row: float) -> tuple[float, float]:
        """Return map coordinates of a place in pixels (0, 0 = upper left corner)."""
        return self.c + self.a * col + self.b * row, self.f + self.d * col + self.e * row

    def to_pixel(self, x: float, y: float) -> tuple[float, float]:
        """Return (column, row) of a place in map coordinates."""
        det = self.a * self.e - self.b * self.d
        dx, dy = x - self.c, y - self.f
        return (self.e * dx - self.b * dy) / det, (self.a * dy - self.d * dx) / det

    def window(self, window: Window) -> Affine:
        """Return the transform of a window."""
        c, f = self.to_map(window.col, window.row)
        return Affine(self.a, self.b, c, self.d, self.e, f)

    def after(self, inner: Affine) -> Affine:
        """Return the transform that first does ``inner``, then this one."""
        c, f = self.to_map(inner.c, inner.f)
        return Affine(
            self.a * inner.a + self.b * inner.d,
            self.a * inner.b + self.b * inner.e,
            c,
            self.d * inner.a + self.e * inner.d,
            self.d * inner.b + self.e * inner.e,
            f,
        )

    def tuple6(self) -> tuple[float, float, float, float, float, float]:
        """Return (a, b, c, d, e, f), the order of the ``affine`` library."""
        return self.a, self.b, self.c, self.d, self.e, self.f


def tiles(width: int, height: int, step_x: int, step_y: int) -> Iterator[Window]:
    """Yield windows that cover a raster once, row by row; those at the right and bottom are clipped."""
    for row in range(0, height, step_y):
        for col in range(0, width, step_x):
            yield Window(col, row, min(step_x, width - col), min(step_y, height - row))
