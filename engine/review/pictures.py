"""Small pictures for reports, drawn with numpy and written as PNG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from rasterio.io import MemoryFile

from ..classes import Color
from ..data.encoding import encode_plain

Pixels = npt.NDArray[Any]
Picture = npt.NDArray[np.uint8]
_OPACITY = 0.45
_QUALITY = 82


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
    scaled = (np.nan_to_num(band.astype(np.float64)) - low) / max(high - low, 1e-12)
    return np.asarray(np.clip(scaled, 0, 1) * 255, np.uint8)


def at_edges(values: Pixels) -> npt.NDArray[np.bool_]:
    """Tell which pixels of values (height, width) have a neighbour with another value."""
    padded = np.pad(values, 1, mode="edge")
    inner = padded[1:-1, 1:-1]
    edge: npt.NDArray[np.bool_] = (
        (inner != padded[:-2, 1:-1])
        | (inner != padded[2:, 1:-1])
        | (inner != padded[1:-1, :-2])
        | (inner != padded[1:-1, 2:])
    )
    return edge


def tinted(
    values: Pixels, colors: Mapping[int, Color], edges: Mapping[int, Color] | None = None, opacity: float = _OPACITY
) -> Picture:
    """Return a picture (height, width, 4) to lay over another one: values tinted inside, full at their edges.

    ``edges`` are the colours at the edges, those of the insides where it is not given; values without a
    colour are left clear. ``opacity`` is that of the insides, 0 to 1.
    """
    found, place = np.unique(values, return_inverse=True)
    tables = np.zeros((2, len(found), 4), np.uint8)
    for row, value in enumerate(found.tolist()):
        if value in colors:
            tables[0, row] = (*colors[value], round(255 * opacity))
            tables[1, row] = (*(edges or colors).get(value, colors[value]), 255)
    place = place.reshape(values.shape)
    drawn: Picture = np.where(at_edges(values)[..., None], tables[1][place], tables[0][place])
    return drawn


def png(picture: Picture) -> bytes:
    """Return a picture (height, width, 3), or 4 with opacity, as PNG."""
    return encode_plain(np.ascontiguousarray(picture.transpose(2, 0, 1)), "PNG")


def jpeg(picture: Picture) -> bytes:
    """Return a picture (height, width, 3) as a small JPEG, good enough to look at."""
    height, width = picture.shape[:2]
    with MemoryFile() as memory:
        with memory.open(driver="JPEG", count=3, height=height, width=width, dtype="uint8", quality=_QUALITY) as file:
            file.write(picture.transpose(2, 0, 1))
        return bytes(memory.getbuffer())
