"""Cut chips out of the pixels of a run, turned about their middle where they are."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.enums import Resampling
from rasterio.warp import reproject

from ..windows import Affine, Window
from .chip_plan import Place

Pixels = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]
# Nothing is transformed between coordinate systems here; the library only wants both sides to have one.
_PLANE = rasterio.CRS.from_epsg(3857)
# Of a turned pixel mixed from four, this much must be valid; the rest is rounding.
_VALID = 0.999


def cut_pixels(pixels: Pixels, valid: Mask, window: Window, place: Place) -> tuple[Pixels, Mask]:
    """Return a chip's pixels (bands, height, width), 0 where invalid, and valid (height, width).

    Args:
        pixels: of ``window``, (bands, height, width).
        valid: of ``window``, (height, width).
        window: in the raster; holds all that the chip is made from.
        place: of the chip. Turned by right angles its pixels are the raster's own, else they are interpolated.
    """
    if not place.angle:
        rows, cols = _slices(window, place)
        return np.ascontiguousarray(pixels[:, rows, cols]), valid[rows, cols]
    inner, reach = _part(window, place)
    rows, cols = inner
    part, part_valid = pixels[:, rows, cols], valid[rows, cols]
    if _exact(place):
        return _turned(part, reach, place, Resampling.nearest), _turned(part_valid.astype(np.uint8)[None], reach, place,
                                                                        Resampling.nearest)[0] > 0  # fmt: skip
    shares = _turned(part_valid.astype(np.float32)[None], reach, place, Resampling.bilinear)[0]
    chip = _turned(part, reach, place, Resampling.bilinear)
    own_valid = shares > _VALID
    chip[:, ~own_valid] = 0
    return chip, own_valid


def cut_values(values: Pixels, window: Window, place: Place) -> Pixels:
    """Return a chip's class values (height, width), to the nearest pixel; those outside of ``window`` are 0."""
    if not place.angle:
        rows, cols = _slices(window, place)
        return values[rows, cols]
    (rows, cols), reach = _part(window, place)
    return np.asarray(_turned(values[rows, cols][None], reach, place, Resampling.nearest)[0])


def _slices(window: Window, place: Place) -> tuple[slice, slice]:
    row, col = place.window.row - window.row, place.window.col - window.col
    return slice(row, row + place.window.height), slice(col, col + place.window.width)


def _part(window: Window, place: Place) -> tuple[tuple[slice, slice], Window]:
    reach = place.reach()
    row, col = reach.row - window.row, reach.col - window.col
    return (slice(row, row + reach.height), slice(col, col + reach.width)), reach


def _exact(place: Place) -> bool:
    """Tell whether the pixels of the turned chip fall on those of the raster."""
    if place.angle % 90:
        return False
    return place.angle % 180 == 0 or (place.window.width - place.window.height) % 2 == 0


def _turned(source: Pixels, reach: Window, place: Place, resampling: Resampling) -> Pixels:
    target = np.zeros((source.shape[0], place.window.height, place.window.width), source.dtype)
    corner = Affine(1, 0, -reach.col, 0, 1, -reach.row)
    reproject(
        np.ascontiguousarray(source),
        target,
        src_transform=rasterio.Affine.identity(),
        dst_transform=rasterio.Affine(*corner.after(place.in_raster).tuple6()),
        src_crs=_PLANE,
        dst_crs=_PLANE,
        resampling=resampling,
        init_dest_nodata=False,
        # Else GDAL takes the larger window it reads from for a coarser scale, and blurs.
        XSCALE=1,
        YSCALE=1,
    )
    return target
