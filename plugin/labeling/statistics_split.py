"""About how the chips of a lattice would fall apart into training and validation.

Training itself (``engine/training/split.py``) also weighs how many pixels of each class a chip holds and draws among
equally good blocks. Here it is enough whether a class is there: the figures come near, they are not the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

_BLOCKS = (1, 2, 4, 6)
_CANDIDATES = 24


def split_places(
    featured: np.ndarray,
    shown: Sequence[np.ndarray],
    starts: tuple[np.ndarray, np.ndarray],
    tile: int,
    share: float,
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[np.ndarray, np.ndarray]:
    """Return which places train and which validate, as two arrays (rows, columns).

    Args:
        featured: places that give a chip (rows, columns).
        shown: for each class, the places that show it.
        starts: first rows and first columns of chips, in pixels.
        tile: side of a chip in pixels.
        share: part that validates (0 to 1); 0: none does.
        cancelled: asked now and then; what is returned is then of no use.
    """
    nothing = np.zeros_like(featured)
    if share <= 0 or featured.sum() < 2:
        return featured, nothing
    places = np.argwhere(featured)
    centers = np.column_stack([starts[1][places[:, 1]], starts[0][places[:, 0]]]) / tile
    near = _Neighbours(starts, tile)
    classes = np.stack([there[featured] for there in shown]) if shown else np.zeros((0, len(places)), bool)
    best: tuple[float, np.ndarray, np.ndarray] | None = None
    for number in _BLOCKS:
        blocks = _blocks(centers, share / number)
        cost, chosen, train = _grow(featured, blocks, classes, near, share, cancelled)
        cost -= 0.02 * min(number, 4)
        if np.isfinite(cost) and (best is None or cost < best[0]):
            best = (cost, chosen, train)
    if best is None:
        return featured, nothing
    train, valid = nothing.copy(), nothing.copy()
    valid[featured], train[featured] = best[1], best[2]
    return train, valid


class _Neighbours:
    """Finds the places whose chips overlap some of others."""

    def __init__(self, starts: tuple[np.ndarray, np.ndarray], tile: int) -> None:
        self._ranges = [
            (np.searchsorted(axis, axis - tile, side="right"), np.searchsorted(axis, axis + tile, side="left"))
            for axis in starts
        ]

    def of(self, chosen: np.ndarray) -> np.ndarray:
        """Return the places (rows, columns) that overlap one of ``chosen``, or are one."""
        sums = np.zeros((chosen.shape[0] + 1, chosen.shape[1] + 1), np.int32)
        np.cumsum(np.cumsum(chosen, axis=0), axis=1, out=sums[1:, 1:])
        (top, bottom), (left, right) = self._ranges
        found = sums[np.ix_(bottom, right)] - sums[np.ix_(top, right)] - sums[np.ix_(bottom, left)]
        return found + sums[np.ix_(top, left)] > 0


def _blocks(centers: np.ndarray, share: float) -> np.ndarray:
    """Return the number of the square block of each chip; a block holds about ``share`` of them."""
    low, span = centers.min(0), np.ptp(centers, axis=0)
    flat = span <= 1e-6
    if flat.any():
        counts = np.where(flat, 1, max(round(1 / share), 1))
    else:
        cells = len(np.unique(np.floor(centers - low), axis=0))
        counts = np.maximum(np.round(span / np.sqrt(cells * share)), 1)
    place = np.minimum(np.floor((centers - low) / np.where(flat, 1, span) * counts), counts - 1)
    return np.unique(place[:, 0] * (counts[1] + 1) + place[:, 1], return_inverse=True)[1].reshape(-1)


def _grow(
    featured: np.ndarray,
    blocks: np.ndarray,
    classes: np.ndarray,
    near: _Neighbours,
    share: float,
    cancelled: Callable[[], bool],
) -> tuple[float, np.ndarray, np.ndarray]:
    """Take block by block, each time the best, until no other makes the split better."""
    left = list(np.random.default_rng(0).permutation(int(blocks.max()) + 1))[:_CANDIDATES]
    best = (np.inf, np.zeros(len(blocks), bool), np.ones(len(blocks), bool))
    while left:
        tried = []
        for block in left:
            if cancelled():
                return best
            chosen = best[1] | (blocks == block)
            grid = np.zeros_like(featured)
            grid[featured] = chosen
            train = ~near.of(grid)[featured]
            tried.append((_cost(chosen, train, classes, share), chosen, train))
        place = min(range(len(tried)), key=lambda index: tried[index][0])
        if tried[place][0] >= best[0]:
            break
        best = tried[place]
        left.pop(place)
    return best


def _cost(valid: np.ndarray, train: np.ndarray, classes: np.ndarray, share: float) -> float:
    """Return how bad a split is: wrong size, another mix of classes, chips lost at borders, classes that miss."""
    valid_chips, train_chips = int(valid.sum()), int(train.sum())
    if not valid_chips or not train_chips:
        return np.inf
    whole, there, rest = classes.sum(1), classes[:, valid].sum(1), classes[:, train].sum(1)
    if not there.sum() or not rest.sum():
        return np.inf
    known = whole > 0
    mix = np.abs(there / there.sum() - whole / whole.sum())[known] / (whole / whole.sum())[known]
    lost = 1 - (valid_chips + train_chips) / len(valid)
    missing = 5 * int((known & (rest == 0)).sum()) + int((known & (there == 0)).sum())
    wrong = abs(valid_chips / (valid_chips + train_chips) - share) / share
    return float(wrong + 0.5 * np.minimum(mix, 1).mean() + 1.5 * lost + missing)
