"""Read tiles as the network wants them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..data.rasters import RasterView
from ..model_deepness import Scaling
from .mask import AreaMask
from .plan import Tile

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class ReadTile:
    """A tile as read: image (bands, height, width) and valid pixels of the kept part.

    ``image`` is None where no kept pixel is valid; ``valid`` is None where all are.
    """

    tile: Tile
    image: Floats | None
    valid: Bools | None


class TileReader:
    """Reads tiles of a raster; safe to use from several threads."""

    def __init__(self, view: RasterView, area: AreaMask | None, scaling: Scaling | None) -> None:
        self._view, self._area = view, area
        self._mean = self._factor = None
        if scaling is not None:
            std = np.asarray(scaling.std, np.float64) * 255
            self._factor = (1 / std).astype(np.float32)[:, None, None]
            self._mean = (np.asarray(scaling.mean) * 255).astype(np.float32)[:, None, None]

    def read(self, tile: Tile) -> ReadTile:
        """Read one tile.

        What lies beyond the raster is mirrored from inside, which disturbs a network less than a black
        edge; no-data pixels are 0, as they are in training.
        """
        inside = tile.read.clip(self._view.width, self._view.height)
        pixels, valid = self._view.read(inside)
        inner = valid[tile.inner]
        if self._area is not None:
            inner = inner & self._area.burn(tile.keep)
        if not inner.any():
            return ReadTile(tile, None, inner)
        image = pixels.astype(np.float32)
        if self._mean is not None and self._factor is not None:
            image -= self._mean
            image *= self._factor
        below, right = tile.read.height - inside.height, tile.read.width - inside.width
        if below or right:
            image = np.pad(image, ((0, 0), (0, below), (0, right)), "symmetric")
        return ReadTile(tile, image, None if inner.all() else inner)
