"""Small pictures for reports, drawn with numpy and written as PNG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..classes import Color
from ..data.encoding import encode_plain

Pixels = npt.NDArray[Any]
Picture = npt.NDArray[np.uint8]
_GROUND = 235
_OPACITY = 0.45


def to_picture(pixels: Pixels, limits: Sequence[tuple[float, float]] = ()) -> Picture:
    """Return a picture (height, width, 3) of the first three bands of ``pixels`` (bands, height, width).

    ``limits`` (low, high) of each band are stretched to black and white; bytes without limits stay as
    they are; else the 2nd and 98th percentile are taken. Fewer than three bands give greys.
    """
    bands = [0, 1, 2] if pixels.shape[0] >= 3 else [0, 0, 0]
    channels = [_stretch(pixels[band], limits[band] if limits else None) for band in bands]
    return np.stack(channels, axis=-1)


def _stretch(band: Pixels, limits: tuple[float, float] | None) -> Picture:
    if limits is None:
        if band.dtype == np.uint8:
            return band.astype(np.uint8)
        low, high = np.percentile(band, (2, 98))
    else:
        low, high = limits
    scaled = (band.astype(np.float64) - low) / max(high - low, 1e-12)
    return np.asarray(np.clip(scaled, 0, 1) * 255, np.uint8)


def draw_classes(picture: Picture, values: Pixels, colors: Mapping[int, Color]) -> Picture:
    """Return the picture with class values (height, width) drawn over it: tinted inside, full at their edges."""
    drawn = picture.astype(np.float64)
    padded = np.pad(values, 1, mode="edge")
    inner = padded[1:-1, 1:-1]
    edge = (
        (inner != padded[:-2, 1:-1])
        | (inner != padded[2:, 1:-1])
        | (inner != padded[1:-1, :-2])
        | (inner != padded[1:-1, 2:])
    )
    for value, color in colors.items():
        where = values == value
        drawn[where] = (1 - _OPACITY) * drawn[where] + _OPACITY * np.array(color)
        drawn[where & edge] = color
    return drawn.astype(np.uint8)


def mosaic(pictures: Sequence[Picture], columns: int, largest_px: int = 240, gap_px: int = 6) -> Picture:
    """Return one picture of all, in rows of ``columns``; each thinned to at most ``largest_px`` a side."""
    small = [_thinned(picture, largest_px) for picture in pictures]
    height, width = max(item.shape[0] for item in small), max(item.shape[1] for item in small)
    rows = -(-len(small) // columns)
    columns = min(columns, len(small))
    sheet = np.full((rows * (height + gap_px) - gap_px, columns * (width + gap_px) - gap_px, 3), _GROUND, np.uint8)
    for index, item in enumerate(small):
        top, left = index // columns * (height + gap_px), index % columns * (width + gap_px)
        sheet[top : top + item.shape[0], left : left + item.shape[1]] = item
    return sheet


def _thinned(picture: Picture, largest_px: int) -> Picture:
    step = -(-max(picture.shape[:2]) // largest_px)
    return picture[::step, ::step]


def png(picture: Picture) -> bytes:
    """Return a picture (height, width, 3) as PNG."""
    return encode_plain(np.ascontiguousarray(picture.transpose(2, 0, 1)), "PNG")
