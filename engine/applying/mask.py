"""The area to work on: polygons, held in pixel coordinates of the raster."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyogrio
import rasterio
import rasterio.features
import shapely

from ..data.grid import Grid
from ..windows import Window
from .plan import TilePlan
from .problems import BadMaskError

Bools = npt.NDArray[np.bool_]


class AreaMask:
    """Polygons of a layer in the raster's CRS; pixels, or objects, whose centre lies inside one count.

    Attributes:
        digest: tells two masks apart by their shapes, not by their files.

    Raises:
        BadMaskError: the file cannot be read, or holds no polygon that overlaps the raster.
    """

    def __init__(self, path: str | Path, grid: Grid) -> None:
        shapes = _read(path)
        self.digest = hashlib.sha256(b"".join(shapely.to_wkb(shapes))).hexdigest()[:16]
        shapes = shapely.transform(shapes, lambda places: _to_pixels(places, grid))
        shapes = shapely.make_valid(shapes)
        whole = shapely.box(0, 0, grid.width, grid.height)
        self._shapes = shapes[shapely.intersects(shapes, whole)]
        if len(self._shapes) == 0:
            detail = "none of its polygons overlaps the part of the raster to be worked on"
            raise BadMaskError(path=path, detail=detail)
        self._tree = shapely.STRtree(self._shapes)

    def wanted(self, plan: TilePlan, padded: bool = False) -> Bools:
        """Return for each tile (rows, columns) whether a polygon touches what it keeps, or ``padded`` what it sees."""
        rows, cols = np.asarray(plan.rows.cuts, float), np.asarray(plan.cols.cuts, float)
        tops, bottoms, lefts, rights = rows[:-1], rows[1:], cols[:-1], cols[1:]
        if padded:
            tops, lefts = np.asarray(plan.rows.starts, float), np.asarray(plan.cols.starts, float)
            bottoms, rights = tops + plan.rows.tile, lefts + plan.cols.tile
        found = np.zeros((plan.rows.count, plan.cols.count), bool)
        for row in range(plan.rows.count):
            boxes = shapely.box(lefts, tops[row], rights, bottoms[row])
            found[row, np.unique(self._tree.query(boxes, predicate="intersects")[0])] = True
        return found

    def holds(self, places: npt.NDArray[np.float64]) -> Bools:
        """Return which places (n, 2), columns and rows in pixels, lie inside."""
        found = np.zeros(len(places), bool)
        found[np.unique(self._tree.query(shapely.points(places), predicate="intersects")[0])] = True
        return found

    def burn(self, window: Window) -> Bools:
        """Return which pixels of a window (height, width) lie inside."""
        box = shapely.box(window.col, window.row, window.right, window.bottom)
        near = self._shapes[self._tree.query(box, predicate="intersects")]
        if len(near) == 0:
            return np.zeros((window.height, window.width), bool)
        if bool(shapely.covers(near, box).any()):
            return np.ones((window.height, window.width), bool)
        burnt = rasterio.features.rasterize(
            list(near),
            (window.height, window.width),
            transform=rasterio.Affine.translation(window.col, window.row),
            dtype="uint8",
        )
        found: Bools = burnt > 0
        return found


def _read(path: str | Path) -> Any:
    try:
        geometry = pyogrio.raw.read(path, columns=[])[2]
        shapes = shapely.from_wkb(geometry)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, shapely.errors.ShapelyError) as error:
        raise BadMaskError(path=path, detail=f"it is no vector layer ({error})") from error
    shapes = np.asarray([] if shapes is None else shapes, object)
    polygons = shapes[np.isin(shapely.get_type_id(shapes), (3, 6)) & ~shapely.is_empty(shapes)]
    if len(polygons) == 0:
        raise BadMaskError(path=path, detail="it holds no polygons")
    return polygons


def _to_pixels(places: npt.NDArray[np.float64], grid: Grid) -> npt.NDArray[np.float64]:
    t = grid.transform
    det = t.a * t.e - t.b * t.d
    dx, dy = places[:, 0] - t.c, places[:, 1] - t.f
    return np.column_stack([(t.e * dx - t.b * dy) / det, (t.a * dy - t.d * dx) / det])
