"""Connected regions of a small raster in memory, their sizes, and a choice of them that is spread over the map.

Numpy only. Arrays are (rows, columns), places are pixels (row, column) from the upper left corner.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.integer]
Labels = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Regions:
    """What is known of each region, by its number; the entry of number 0 stands for no region.

    Attributes:
        code: (regions,) the code of its pixels.
        pixels: (regions,) how many it has.
        weight: (regions,) sum of the weights of its pixels.
        top, left, bottom, right: (regions,) the bounds, half open.
    """

    code: npt.NDArray[np.int64]
    pixels: npt.NDArray[np.int64]
    weight: npt.NDArray[np.float64]
    top: npt.NDArray[np.int64]
    left: npt.NDArray[np.int64]
    bottom: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]

    def window(self, number: int) -> tuple[slice, slice]:
        """Return rows and columns of a region."""
        top, bottom, left, right = (int(edge[number]) for edge in (self.top, self.bottom, self.left, self.right))
        return slice(top, bottom), slice(left, right)


def label(codes: Codes) -> Labels:
    """Number the connected pixels of equal code from 1 on; code 0 is no region. Corners do not connect.

    Runs of equal pixels in a row are joined with those they touch in the row below; each takes the least number of
    what it is joined with until nothing changes, halving the way at each step.
    """
    height, width = codes.shape
    if codes.size == 0:
        return np.zeros(codes.shape, np.int32)
    begins = np.ones((height, width), bool)
    begins[:, 1:] = codes[:, 1:] != codes[:, :-1]
    runs = (np.cumsum(begins, dtype=np.int32) - 1).reshape(height, width)
    joined = (codes[1:] == codes[:-1]) & (codes[1:] != 0)
    # One pixel for each pair of runs: where either of the two begins.
    joined[:, 1:] &= begins[1:, 1:] | begins[:-1, 1:] | ~joined[:, :-1]
    upper, lower = runs[:-1][joined], runs[1:][joined]
    root = _roots(int(runs[-1, -1]) + 1, upper, lower)
    empty = codes[begins] == 0
    kept = np.unique(root[~empty])
    numbers = np.searchsorted(kept, root).astype(np.int32) + 1
    numbers[empty] = 0
    return numbers[runs]


def _roots(count: int, first: Labels, second: Labels) -> npt.NDArray[np.int64]:
    """Return for each of ``count`` nodes the least node it is connected with."""
    root = np.arange(count)
    while first.size:
        one, other = root[first], root[second]
        apart = one != other
        if not apart.any():
            break
        first, second, one, other = first[apart], second[apart], one[apart], other[apart]
        np.minimum.at(root, np.maximum(one, other), np.minimum(one, other))
        shorter = root[root]
        while not np.array_equal(shorter, root):
            root, shorter = shorter, shorter[shorter]
    return root


def measure(labels: Labels, codes: Codes, weights: Floats | None = None) -> Regions:
    """Return what is known of each region of ``labels``; ``weights`` of pixels default to 1."""
    flat = labels.ravel()
    count = int(flat.max(initial=0)) + 1
    pixels = np.bincount(flat, minlength=count)
    weight = pixels.astype(np.float64) if weights is None else np.bincount(flat, weights.ravel(), minlength=count)
    code = np.zeros(count, np.int64)
    code[flat] = codes.ravel()
    top, bottom = _span(labels, count)
    left, right = _span(labels.T, count)
    weight[0] = 0.0
    return Regions(code, pixels, weight, top, left, bottom, right)


def _span(labels: Labels, count: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the first row of each region, and the one behind its last."""
    first, last = np.zeros(count, np.int64), np.zeros(count, np.int64)
    for row in range(labels.shape[0]):
        last[labels[row]] = row + 1
    for row in range(labels.shape[0] - 1, -1, -1):
        first[labels[row]] = row
    return first, last


def shrink(mask: Mask, times: int = 1) -> Mask:
    """Take a pixel away on all four sides of what is marked; beyond the border all counts as marked."""
    for _ in range(times):
        smaller = mask.copy()
        smaller[1:] &= mask[:-1]
        smaller[:-1] &= mask[1:]
        smaller[:, 1:] &= mask[:, :-1]
        smaller[:, :-1] &= mask[:, 1:]
        mask = smaller
    return mask


def grow(mask: Mask, times: int = 1) -> Mask:
    """Add a pixel on all four sides of what is marked."""
    return ~shrink(~mask, times)


def opened(mask: Mask, times: int = 1) -> Mask:
    """Take away what is thinner than ``2 times`` pixels, as the seams between two classes are."""
    # Grown by more than it was shrunk, so that corners come back.
    return grow(shrink(mask, times), 2 * times) & mask


def cut_large(labels: Labels, regions: Regions, side: int) -> None:
    """Cut regions that are wider or higher than ``side`` pixels into windows of that size; changes ``labels``."""
    large = np.maximum(regions.bottom - regions.top, regions.right - regions.left) > side
    large[0] = False
    last = int(labels.max(initial=0))
    across = -(-labels.shape[1] // side)
    for number in np.flatnonzero(large):
        place = regions.window(int(number))
        part = labels[place]
        own = part == number
        rows, columns = np.ogrid[place[0].start : place[0].stop, place[1].start : place[1].stop]
        pieces = label(np.where(own, (rows // side) * across + columns // side + 1, 0).astype(np.int32))
        part[own] = pieces[own] + last
        last += int(pieces.max())


def choose(scores: npt.NDArray[np.float64], rows: Floats, columns: Floats, most: int, cells: int = 8) -> list[int]:
    """Return the places of the best scores, the best first, spread over the map.

    Each choice halves what the others in its cell of a lattice count, so that one bad corner does not take all.

    Args:
        scores: (n,) only those above 0 are chosen.
        rows: (n,) where they lie from top to bottom, 0 to 1.
        columns: (n,) where they lie from left to right, 0 to 1.
        most: at most so many.
        cells: rows and columns of the lattice.
    """
    cell = np.clip((rows * cells).astype(int), 0, cells - 1) * cells
    cell += np.clip((columns * cells).astype(int), 0, cells - 1)
    order = np.argsort(-scores, kind="stable")
    # How many of its own cell come before each, best first: the sum of what is halved at each choice follows.
    by_cell = order[np.argsort(cell[order], kind="stable")]
    starts = np.searchsorted(cell[by_cell], cell[by_cell], side="left")
    rank = np.empty(len(scores), np.int64)
    rank[by_cell] = np.arange(len(scores)) - starts
    damped = scores * np.exp2(-np.minimum(rank, 60).astype(np.float64))
    best = np.argsort(-damped, kind="stable")[:most]
    return [int(place) for place in best if scores[place] > 0]
