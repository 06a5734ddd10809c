"""A piece of the scene's pixel grid, and the burning of shapes into it (rasterio)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from rasterio.features import rasterize
from rasterio.transform import Affine

from ..windows import Window
from .scene_plan import Layer


@dataclass(frozen=True)
class View:
    """A window of the pixel grid; ``cell`` is the side of a pixel in metres."""

    window: Window
    cell: float
    seed: int

    @cached_property
    def cols(self) -> np.ndarray:
        """Return the columns' indices in the whole scene."""
        return np.arange(self.window.col, self.window.right)

    @cached_property
    def rows(self) -> np.ndarray:
        """Return the rows' indices in the whole scene."""
        return np.arange(self.window.row, self.window.bottom)

    @cached_property
    def x(self) -> np.ndarray:
        """Return the middles of the columns in metres."""
        return (self.cols + 0.5) * self.cell

    @cached_property
    def y(self) -> np.ndarray:
        """Return the middles of the rows in metres."""
        return (self.rows + 0.5) * self.cell

    @property
    def shape(self) -> tuple[int, int]:
        """Return (rows, columns)."""
        return self.window.height, self.window.width


class Stencil:
    """Shapes of a layer, ready to be burnt into any view."""

    def __init__(self, layer: Layer) -> None:
        self._shapes = np.array(layer.shapes, dtype=object)
        self._tree = shapely.STRtree(self._shapes)
        self.columns = {name: np.array(column, np.float32) for name, column in layer.columns.items()}

    def burn(self, view: View) -> np.ndarray:
        """Return for each pixel (rows, cols) the index of the last shape that covers its middle, -1 for none."""
        left, top = view.window.col * view.cell, view.window.row * view.cell
        height, width = view.shape
        frame = shapely.box(left, top, left + width * view.cell, top + height * view.cell)
        near = np.sort(self._tree.query(frame))
        near = near[~shapely.is_empty(self._shapes[near])]
        if not len(near):
            return np.full(view.shape, -1, np.int32)
        pairs = zip(self._shapes[near], near.tolist(), strict=True)
        place = Affine(view.cell, 0, left, 0, view.cell, top)
        return np.asarray(rasterize(pairs, view.shape, fill=-1, transform=place, dtype="int32"))


class Patch:
    """The pixels of a view that shapes of one layer cover, as flat arrays."""

    def __init__(self, view: View, index: np.ndarray, columns: dict[str, np.ndarray]) -> None:
        self.rows, self.cols = np.nonzero(index >= 0)
        self.index = index[self.rows, self.cols]
        self._view, self._columns = view, columns

    def __len__(self) -> int:
        return len(self.index)

    def __getitem__(self, name: str) -> np.ndarray:
        """Return a column's value at each pixel."""
        if not len(self):  # an empty layer has no columns either
            return np.empty(0, np.float32)
        return np.asarray(self._columns[name][self.index])

    def pick(self, plane: np.ndarray) -> np.ndarray:
        """Return the values of a plane (rows, cols, ...) at the pixels."""
        return np.asarray(plane[self.rows, self.cols])

    def local(self) -> tuple[np.ndarray, np.ndarray]:
        """Return each pixel's place in metres along and across its shape (columns x, y, angle)."""
        dx, dy = self._view.x[self.cols], self._view.y[self.rows]
        if len(self) and "x" in self._columns:
            dx, dy = dx - self["x"], dy - self["y"]
        dx, dy = dx.astype(np.float32), dy.astype(np.float32)
        if not len(self) or "angle" not in self._columns:
            return dx, dy
        cos, sin = np.cos(self["angle"]), np.sin(self["angle"])
        return dx * cos + dy * sin, dy * cos - dx * sin
