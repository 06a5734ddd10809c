"""Regions of like colour around a click: plain arithmetic on pixels.

Arrays are (rows, columns) or (rows, columns, bands); places are (row, column).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Floats = NDArray[np.float32]

# Tuned on the roofs of a dense settlement seen from a drone and on fields seen from a satellite.
SMOOTHING = 1  # pixels by which colours are averaged in every direction
SEED = 2  # pixels around the click whose middle colour is looked for
LEAK = 2  # pixels: half the width of bridges over which a region does not grow
TOLERANCE = 20.0  # of 255


def box_mean(pixels: Floats, radius: int) -> Floats:
    """Return the mean over a square of 2 * radius + 1 pixels; at the edges over what there is."""
    if radius <= 0:
        return pixels
    made = pixels
    for axis in (0, 1):
        size = made.shape[axis]
        sums = np.cumsum(made, axis=axis, dtype=np.float64)
        sums = np.concatenate([np.zeros_like(sums.take([0], axis)), sums], axis=axis)
        first = np.clip(np.arange(size) - radius, 0, size)
        last = np.clip(np.arange(size) + radius + 1, 0, size)
        widths = (last - first).reshape([-1 if index == axis else 1 for index in range(made.ndim)])
        made = ((sums.take(last, axis) - sums.take(first, axis)) / widths).astype(np.float32)
    return made


def color_distance(pixels: Floats, seed: tuple[int, int], radius: int = SEED) -> Floats:
    """Return how far the colour of each pixel is from that around the seed, in the units of the pixels."""
    row, column = seed
    around = pixels[max(row - radius, 0) : row + radius + 1, max(column - radius, 0) : column + radius + 1]
    color = np.median(around.reshape(-1, pixels.shape[2]), axis=0).astype(np.float32)
    difference = pixels - color
    return np.sqrt(np.einsum("rcb,rcb->rc", difference, difference) / pixels.shape[2])


def connected(mask: Mask, seed: tuple[int, int]) -> Mask:
    """Return the part of a mask that hangs together with the seed (by edges); nothing where the seed is not in it."""
    made = np.zeros_like(mask)
    if not mask[seed]:
        return made
    labels, runs = _run_labels(mask)
    starts, ends, width = runs
    place = seed[0] * width + seed[1]
    here = labels[np.searchsorted(starts, place, "right") - 1]
    return _painted(mask.shape, starts[labels == here], ends[labels == here], width)


def fill_holes(mask: Mask, largest: int) -> Mask:
    """Return a mask without the holes of at most ``largest`` pixels."""
    empty = ~np.pad(mask, 1)
    labels, (starts, ends, width) = _run_labels(empty)
    sizes = np.bincount(labels, weights=ends - starts)
    small = sizes[labels] <= largest
    small &= labels != labels[0]  # the outside: the first run is the padding
    holes = _painted(empty.shape, starts[small], ends[small], width)
    return mask | holes[1:-1, 1:-1]


def _run_labels(mask: Mask) -> tuple[NDArray[np.int64], tuple[NDArray[np.int64], NDArray[np.int64], int]]:
    """Return a label for each run of a mask in its rows, the same for runs that hang together.

    The runs are given by their starts and ends in an array of ``width`` = columns + 1, row by row.
    """
    rows, columns = mask.shape
    width = columns + 1
    flat = np.zeros(rows * width + 1, np.int8)
    flat[1:].reshape(rows, width)[:, :columns] = mask
    steps = np.diff(flat)
    starts, ends = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    if len(starts) == 0:
        return starts, (starts, ends, width)
    first = np.searchsorted(ends, starts - width, "right")
    last = np.searchsorted(starts, ends - width, "left")
    counts = np.maximum(last - first, 0)
    below = np.repeat(np.arange(len(starts)), counts)
    above = np.arange(len(below)) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(first, counts)
    return _joined(len(starts), below, above), (starts, ends, width)


def _joined(count: int, one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each of ``count`` nodes the smallest node that pairs lead to."""
    parent = np.arange(count)
    while len(one):
        low, high = np.minimum(parent[one], parent[other]), np.maximum(parent[one], parent[other])
        apart = low != high
        if not apart.any():
            break
        one, other, low, high = one[apart], other[apart], low[apart], high[apart]
        np.minimum.at(parent, high, low)
        while True:
            further = parent[parent]
            if np.array_equal(further, parent):
                break
            parent = further
    return parent


def _painted(shape: tuple[int, ...], starts: NDArray[np.int64], ends: NDArray[np.int64], width: int) -> Mask:
    edges = np.zeros(shape[0] * width + 1, np.int8)
    edges[starts] = 1
    edges[ends] -= 1
    return np.cumsum(edges[:-1], dtype=np.int8).reshape(shape[0], width)[:, : shape[1]].astype(bool)


def erode(mask: Mask, radius: int) -> Mask:
    """Return the pixels whose whole square of 2 * radius + 1 pixels is in the mask; beyond the edge counts as in."""
    return ~dilate(~mask, radius)


def dilate(mask: Mask, radius: int) -> Mask:
    """Return the pixels whose square of 2 * radius + 1 pixels touches the mask."""
    made = mask
    for axis in (0, 1):
        grown = made.copy()
        for step in range(1, radius + 1):
            ahead, behind = _shifted(axis, step)
            grown[ahead] |= made[behind]
            grown[behind] |= made[ahead]
        made = grown
    return made


def _shifted(axis: int, step: int) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    first, second = slice(step, None), slice(None, -step)
    both = slice(None)
    return ((first, both), (second, both)) if axis == 0 else ((both, first), (both, second))
