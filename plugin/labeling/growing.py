"""Regions of like colour around a click: plain arithmetic on pixels.

Arrays are (rows, columns) or (rows, columns, bands); places are (row, column).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Floats = NDArray[np.float32]

# Tuned on the roofs of a dense settlement seen by a drone: a click in the middle of each, against drawn outlines.
SMOOTHING = 1  # pixels by which colours are averaged in every direction
AROUND = 2  # pixels around the click whose middle colour is looked for
BRIGHTNESS = 0.5  # how much of a difference in brightness counts: a roof has a sunny and a shady side
LEAK = 2  # pixels: half the width of bridges over which a region does not grow
CORE = 12  # pixels that must be left of a region without its rim
NEAR = 10  # pixels around the click in which the region may start, where the click itself met a speck
HOLES = 0.1  # share of a region below which a hole in it is filled
TOLERANCE = 16.0


def grow(distance: Floats, seed: tuple[int, int], tolerance: float) -> Mask:
    """Return the region around a seed whose colours are at most ``tolerance`` away; see color_distance().

    Narrow bridges to neighbours are cut, notches closed and small holes filled.
    """
    mask = distance <= tolerance
    for leak in range(LEAK, -1, -1):
        core = erode(mask, leak)
        start = _nearest(core, seed)
        region = connected(core, start) if start is not None else np.zeros_like(mask)
        if region.sum() >= CORE:  # else the thing is too small or too thin to look for bridges in it
            break
    if start is None:
        return region
    window = _window(region, LEAK + 2)
    small = dilate(region[window], leak) & mask[window]
    closed = erode(dilate(np.pad(small, LEAK), LEAK), LEAK)[LEAK:-LEAK, LEAK:-LEAK] | small
    made = np.zeros_like(mask)
    made[window] = fill_holes(closed, int(HOLES * closed.sum()))
    return made


def _nearest(mask: Mask, seed: tuple[int, int]) -> tuple[int, int] | None:
    """Return the pixel of a mask nearest to the seed, or None without one close by."""
    if mask[seed]:
        return seed
    first = max(seed[0] - NEAR, 0), max(seed[1] - NEAR, 0)
    rows, columns = np.nonzero(mask[first[0] : seed[0] + NEAR + 1, first[1] : seed[1] + NEAR + 1])
    if len(rows) == 0:
        return None
    best = np.argmin(np.abs(rows + first[0] - seed[0]) + np.abs(columns + first[1] - seed[1]))
    return int(rows[best]) + first[0], int(columns[best]) + first[1]


def _window(mask: Mask, margin: int) -> tuple[slice, slice]:
    """Return the rows and columns in which a mask is, and some more."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return (
        slice(max(int(rows[0]) - margin, 0), int(rows[-1]) + margin + 1),
        slice(max(int(columns[0]) - margin, 0), int(columns[-1]) + margin + 1),
    )


def box_mean(pixels: NDArray[np.uint8], radius: int = SMOOTHING) -> Floats:
    """Return the mean over a square of 2 * radius + 1 pixels, up to 7; beyond the edges the edge goes on."""
    rows, columns = pixels.shape[:2]
    # Sums of bytes fit into 16 bits, which is several times as fast as floating point here.
    wide = np.pad(pixels, ((radius, radius), (radius, radius), (0, 0)), mode="edge").astype(np.uint16)
    down = wide[:rows].copy()
    for step in range(1, 2 * radius + 1):
        down += wide[step : step + rows]
    across = down[:, :columns].copy()
    for step in range(1, 2 * radius + 1):
        across += down[:, step : step + columns]
    return across.astype(np.float32) / np.float32((2 * radius + 1) ** 2)


def color_distance(pixels: NDArray[Any], seed: tuple[int, int]) -> Floats:
    """Return how far the colour of each pixel is from that around the seed, for values of 0 to 255.

    The difference in brightness (the mean of the bands) counts less than that in hue.
    """
    row, column = seed
    around = pixels[max(row - AROUND, 0) : row + AROUND + 1, max(column - AROUND, 0) : column + AROUND + 1]
    bands = pixels.shape[2]
    brightness = np.zeros(pixels.shape[:2], np.float32)
    squares = np.zeros(pixels.shape[:2], np.float32)
    for band in range(bands):
        difference = pixels[:, :, band] - np.float32(np.median(around[:, :, band]))
        brightness += difference
        difference *= difference
        squares += difference
    brightness /= np.float32(bands)
    brightness *= brightness
    if bands == 1:
        return np.sqrt(brightness) * np.float32(BRIGHTNESS)
    squares -= np.float32(bands) * brightness  # now the squares about the mean of the bands: the hue
    np.maximum(squares, 0, out=squares)
    squares *= np.float32(1.5 * 3 / bands / 4)
    brightness *= np.float32(BRIGHTNESS**2 / 4)
    squares += brightness
    return np.sqrt(squares, out=squares)


def distance_to(colors: NDArray[np.uint8], smooth: Floats, seed: tuple[int, int]) -> Floats:
    """Return how far the colours of pixels are from the seed's: of themselves or of their surroundings.

    The surroundings forgive specks, the pixels themselves keep edges sharp.
    """
    return np.minimum(color_distance(smooth, seed), color_distance(colors, seed))


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
