"""What chips' own files tell: size, type, place and statistics. Light at module level."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ..windows import Affine, Window
from ._stats import BandState, band_states

# GDAL and numpy let each other go on; more threads wait for the disk.
_THREADS = 4
# A picture larger than a chip is read in parts of about so many pixels.
_PART_PX = 2**22
_NOWHERE = Affine(1, 0, 0, 0, 1, 0)


@dataclass(frozen=True)
class Look:
    """What one picture's file tells; all its bands are data, a fourth one marked as alpha as well.

    Attributes:
        size: width and height in pixels.
        place: the geotransform, None without one.
        states: statistics of each band, if they were asked for.
    """

    bands: int
    size: tuple[int, int]
    dtype: str
    crs: str
    place: Affine | None
    band_names: tuple[str, ...]
    states: tuple[BandState, ...] = ()


def look_at(image: Path, *, pixels: bool = False) -> Look:
    """Open a picture and, with ``pixels``, take its statistics; raise RasterUnreadableError."""
    from ..data.rasters import RasterView, open_raster  # noqa: PLC0415

    with open_raster(image) as dataset:
        bands = dataset.count
    states = [BandState() for _ in range(bands)]
    with RasterView(image, range(1, bands + 1)) as view:
        rows = max(1, _PART_PX // view.width)
        for row in range(0, view.height if pixels else 0, rows):
            window = Window(0, row, view.width, min(rows, view.height - row))
            for state, new in zip(states, band_states(*view.read(window))):
                state.merge(new)
        place = None if view.transform == _NOWHERE else view.transform
        # Thousands of chips share one coordinate system.
        crs = sys.intern(view.crs)
        names = view.band_names
        return Look(bands, (view.width, view.height), view.dtype, crs, place, names, tuple(states) if pixels else ())


def look_at_all(images: Sequence[Path], *, pixels: bool = False) -> list[Look]:
    """Open many pictures, each once, in their order; raise RasterUnreadableError."""
    if len(images) == 1:
        return [look_at(images[0], pixels=pixels)]
    with ThreadPoolExecutor(_THREADS) as pool:
        return list(pool.map(lambda image: look_at(image, pixels=pixels), images))


def merged(looks: Sequence[Look]) -> list[BandState]:
    """Return the statistics of each band over all pictures; they must have the same number of bands."""
    total = [BandState() for _ in looks[0].states]
    for look in looks:
        for mine, new in zip(total, look.states):
            mine.merge(new)
    return total
