"""Look at small grids between their cells; numpy only."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


def between_cells(grid: Floats, rows: npt.NDArray[np.floating], cols: npt.NDArray[np.floating]) -> Floats:
    """Return a grid (height, width) at every pair of ``rows`` and ``cols``, bilinear.

    Places are in cells, 0 is the upper or left edge, so that the centre of the first cell is at 0.5. Beyond the outer
    centres the outer cells go on.
    """
    above, below, down = _neighbours(rows, grid.shape[0])
    left, right, over = _neighbours(cols, grid.shape[1])
    lines: Floats = grid[above] * (1 - down)[:, None] + grid[below] * down[:, None]
    found: Floats = lines[:, left] * (1 - over) + lines[:, right] * over
    return found


def _neighbours(
    places: npt.NDArray[np.floating], count: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Floats]:
    """Return for each place the cells before and behind it, and how far it is from the first to the second."""
    centred = np.clip(np.asarray(places, np.float64) - 0.5, 0, count - 1)
    first = np.floor(centred).astype(np.int64)
    share: Floats = (centred - first).astype(np.float32)
    return first, np.minimum(first + 1, count - 1), share
