"""Seeded noise as a function of the place, so that tiles drawn one by one fit together (numpy only)."""

from __future__ import annotations

import numpy as np

Floats = np.ndarray


def hash_grid(cols: np.ndarray, rows: np.ndarray, seed: int) -> np.ndarray:
    """Return one uint32 for each place: (rows, cols), the same for the same indices and seed."""
    x = cols.astype(np.int64).astype(np.uint32)[None, :] * np.uint32(0x9E3779B1)
    y = rows.astype(np.int64).astype(np.uint32)[:, None] * np.uint32(0x85EBCA77)
    value = x ^ y ^ np.uint32((seed * 0xC2B2AE3D + 0x27D4EB2F) & 0xFFFFFFFF)
    # The finalizer of MurmurHash3 (public domain): every input bit reaches every output bit.
    value ^= value >> np.uint32(16)
    value *= np.uint32(0x85EBCA6B)
    value ^= value >> np.uint32(13)
    value *= np.uint32(0xC2B2AE35)
    value ^= value >> np.uint32(16)
    return value


def grain(cols: np.ndarray, rows: np.ndarray, seed: int) -> Floats:
    """Return nearly Gaussian white noise (rows, cols), float32, mean 0 and standard deviation 1."""
    value = hash_grid(cols, rows, seed)
    total = np.zeros(value.shape, np.float32)
    for shift in (0, 8, 16, 24):
        total += ((value >> np.uint32(shift)) & np.uint32(255)).astype(np.float32)
    return (total - np.float32(510.0)) * np.float32(1 / 147.8)


def _steps(place: np.ndarray, scale: float) -> tuple[np.ndarray, np.ndarray, Floats]:
    """Return the lattice lines around ``place``, the index of the one before each, and the smoothed rest."""
    position = place / scale
    before = np.floor(position).astype(np.int64)
    rest = (position - before).astype(np.float32)
    lines = np.arange(before.min(), before.max() + 2)
    return lines, before - before.min(), rest * rest * (3 - 2 * rest)


def smooth(x: np.ndarray, y: np.ndarray, scale: float, seed: int) -> Floats:
    """Return value noise (len(y), len(x)), float32 in 0 to 1, with blobs of about ``scale`` in the unit of x."""
    cols, left, part_x = _steps(x, scale)
    rows, above, part_y = _steps(y, scale)
    lattice = hash_grid(cols, rows, seed).astype(np.float32) * np.float32(2.0**-32)
    part_y = part_y[:, None]
    lines = lattice[above] + (lattice[above + 1] - lattice[above]) * part_y
    start = lines[:, left]
    return np.asarray(start + (lines[:, left + 1] - start) * part_x[None, :], np.float32)


def layered(x: np.ndarray, y: np.ndarray, scale: float, seed: int, octaves: int = 3) -> Floats:
    """Return the sum of ``octaves`` of :func:`smooth`, each half as large and half as strong, in about 0 to 1."""
    total = np.zeros((len(y), len(x)), np.float32)
    weight = 1.0
    for octave in range(octaves):
        total += np.float32(weight) * smooth(x, y, scale / 2**octave, seed + 101 * octave)
        weight *= 0.5
    return total / np.float32(2 - 2 ** (1 - octaves))
