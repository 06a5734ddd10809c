"""From masks to outlines: polygons with holes, as smooth as the pixels allow."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
import rasterio.features
import shapely

from ..resampling import between_cells
from ..windows import Window
from .found import Outlines

Floats = npt.NDArray[np.float32]
_INSIDE = 0.5


def outline_masks(
    masks: Floats, boxes: npt.NDArray[np.float64], clipped: npt.NDArray[np.float64], window: Window
) -> Outlines:
    """Return a polygon in pixels of the raster for each mask.

    A mask (m, m) is stretched over its box, bilinear; pixels whose centre has 0.5 or more belong to the object.
    Of several pieces the largest counts. An object without such a pixel is its box.

    Args:
        masks: (n, m, m), 0 to 1.
        boxes: (n, 4) in pixels of the raster.
        clipped: (n, 4) what of the boxes lies in ``window``.
        window: the pixels that the tile shows.
    """
    found: Outlines = np.empty(len(masks), object)
    for number, (mask, box, part) in enumerate(zip(masks, boxes, clipped, strict=True)):
        rows = np.arange(max(int(np.floor(part[1])), window.row), min(int(np.ceil(part[3])), window.bottom))
        cols = np.arange(max(int(np.floor(part[0])), window.col), min(int(np.ceil(part[2])), window.right))
        # Only pixels whose centres lie in the box.
        rows = rows[(rows + 0.5 >= box[1]) & (rows + 0.5 <= box[3])]
        cols = cols[(cols + 0.5 >= box[0]) & (cols + 0.5 <= box[2])]
        shape = None
        if len(rows) and len(cols):
            down = (rows + 0.5 - box[1]) * (mask.shape[0] / (box[3] - box[1]))
            over = (cols + 0.5 - box[0]) * (mask.shape[1] / (box[2] - box[0]))
            inside = between_cells(mask, down, over) >= _INSIDE
            shape = _polygon(inside, int(cols[0]), int(rows[0]))
        found[number] = shapely.box(*part) if shape is None else shape
    return single_polygons(found)


def _polygon(inside: npt.NDArray[np.bool_], col: int, row: int) -> Any:
    """Return the outline of the largest piece in pixels, None where there is none."""
    if not inside.any():
        return None
    shift = rasterio.Affine.translation(col, row)
    pieces = rasterio.features.shapes(inside.view(np.uint8), mask=inside, connectivity=4, transform=shift)
    return max((shapely.geometry.shape(piece) for piece, _ in pieces), key=lambda piece: piece.area)


def simplify(outlines: Outlines, tolerance: float = 1.0) -> Outlines:
    """Return outlines without the stairs of pixels; each is one valid polygon.

    Args:
        outlines: polygons in pixels.
        tolerance: how far the line may move, in pixels (Douglas and Peucker, with topology kept).
    """
    simple = shapely.simplify(outlines, tolerance, preserve_topology=True)
    # What is hardly wider than the stairs may lose its area.
    thin = ~(shapely.area(simple) > 0.5 * shapely.area(outlines))
    simple[thin] = outlines[thin]
    return single_polygons(simple)


def single_polygons(shapes: Outlines) -> Outlines:
    """Return valid polygons only: of several parts the largest."""
    found = np.asarray(shapes, object).copy()
    wrong = ~shapely.is_valid(found)
    found[wrong] = shapely.make_valid(found[wrong])
    for place in np.flatnonzero(shapely.get_type_id(found) != shapely.GeometryType.POLYGON):
        parts = shapely.get_parts(shapely.get_parts(found[place]))
        parts = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
        found[place] = max(parts, key=shapely.area) if len(parts) else shapely.box(*shapely.bounds(found[place]))
    return found
