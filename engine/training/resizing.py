"""RESIZE_TO: chips that are learnt from at another size than they have on disk.

Sizes are (width, height) in pixels. The longer side becomes RESIZE_TO, the shape stays. A model that learnt so sees
rasters at the same scale (``ModelInfo.resize``).
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from ..chips import Chip, ChipSet
from ..windows import Affine
from .pieces import SMALLEST, Size
from .problems import BadNumberError
from .truths import ObjectTarget


def resized_set(chip_set: ChipSet, side: int) -> ChipSet:
    """Return the chips as they are learnt: with their new sizes, places and cell size; 0 leaves them alone.

    Raises:
        BadNumberError: for a side below 16 pixels.
    """
    if not side:
        return chip_set
    if side < SMALLEST:
        raise BadNumberError(parameter="RESIZE_TO", value=side, expected=f"0 (as the chips are) or {SMALLEST} or more")
    chips = tuple(_resized_chip(chip, chip_set, side) for chip in chip_set.chips)
    # Chips of several sizes have no common scale.
    factor = scale(chip_set.size, side) if chip_set.same_size else 0.0
    cell_size = None
    if chip_set.cell_size and factor:
        cell_size = chip_set.cell_size[0] / factor, chip_set.cell_size[1] / factor
    return replace(chip_set, chips=chips, size=_new_size(chip_set.size, side), cell_size=cell_size)


def scale(size: Size, side: int) -> float:
    """Return by what lengths are multiplied; 1 where nothing is resized."""
    return side / max(size) if side else 1.0


def as_stored(chip: Chip) -> Chip:
    """Return the chip as it lies on disk."""
    return replace(chip, size=chip.stored, stored=None) if chip.stored else chip


def resized_image(image: NDArray[np.generic], size: Size) -> NDArray[np.generic]:
    """Return a picture (bands, h, w) of another size in the same type; smaller ones are averaged, not thinned out."""
    wanted = (size[1], size[0])
    if image.shape[1:] == wanted:
        return image
    pixels = torch.from_numpy(np.ascontiguousarray(image, dtype=np.float64 if image.dtype.itemsize > 2 else np.float32))
    found = functional.interpolate(pixels[None], wanted, mode="bilinear", align_corners=False, antialias=True)[
        0
    ].numpy()
    if image.dtype.kind in "ui":
        limits = np.iinfo(image.dtype)  # type: ignore[type-var]
        found = np.rint(found).clip(limits.min, limits.max)
    return found.astype(image.dtype)


def resized_objects(target: ObjectTarget, size: Size) -> ObjectTarget:
    """Return the objects of a picture of another size."""
    if target.size == size:
        return target
    factors = np.array([size[0] / target.size[0], size[1] / target.size[1]] * 2, np.float32)
    boxes = np.clip(target.boxes * factors, 0, np.asarray(size * 2)).astype(np.float32)
    parts = target.parts
    if parts is not None:
        pairs = zip(parts, target.boxes, boxes, strict=True)
        parts = tuple(_resized_part(part, old, new, factors) for part, old, new in pairs)
    return ObjectTarget(size, boxes, target.labels, parts)


def _resized_chip(chip: Chip, chip_set: ChipSet, side: int) -> Chip:
    stored = chip.size or chip_set.size
    size = _new_size(stored, side)
    transform = chip.transform
    if transform is not None:
        across, down = stored[0] / size[0], stored[1] / size[1]
        transform = transform.after(Affine(across, 0, 0, 0, down, 0))
    return replace(chip, size=None if chip_set.same_size else size, stored=stored, transform=transform)


def _new_size(size: Size, side: int) -> Size:
    factor = scale(size, side)
    return max(round(size[0] * factor), 1), max(round(size[1] * factor), 1)


def _resized_part(
    part: NDArray[np.bool_], old: NDArray[np.floating], new: NDArray[np.floating], factors: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """Return the outline in the whole pixels around its new box: each takes what lay at its middle."""
    left, top = (math.floor(value) for value in new[:2])
    right, bottom = (math.ceil(value) for value in new[2:])
    columns = (np.arange(left, max(right, left + 1)) + 0.5) / factors[0] - math.floor(old[0])
    rows = (np.arange(top, max(bottom, top + 1)) + 0.5) / factors[1] - math.floor(old[1])
    column = np.clip(columns.astype(int), 0, part.shape[1] - 1)
    row = np.clip(rows.astype(int), 0, part.shape[0] - 1)
    found: NDArray[np.bool_] = part[np.ix_(row, column)]
    inside = ((columns >= 0) & (columns < part.shape[1]))[None] & ((rows >= 0) & (rows < part.shape[0]))[:, None]
    found = found & inside
    if not found.any():
        # Thinner than a pixel by now: it must not vanish from under its box.
        found[found.shape[0] // 2, found.shape[1] // 2] = True
    return found
