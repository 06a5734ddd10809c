"""Pictures of chips: image, truth and prediction side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from ..classes import ClassInfo
from ..tasks.pixels import IGNORE_INDEX

Picture = NDArray[np.uint8]
Color = tuple[int, int, int]
Boxes = tuple[NDArray[np.floating], Sequence[Color]]
_GAP = 4
_MOST_PIXELS = 256


def natural(image: NDArray[np.generic], bands: Sequence[int] = (0, 1, 2)) -> Picture:
    """Return a chip (bands, h, w) as red, green and blue (h, w, 3), stretched from 2 to 98 percent."""
    chosen = [band for band in bands if band < len(image)] if len(image) >= 3 else [0, 0, 0]
    values = np.asarray(image[chosen], float)
    low, high = np.percentile(values, 2), np.percentile(values, 98)
    scaled = (values - low) / max(high - low, 1e-9) * 255
    picture: Picture = scaled.clip(0, 255).astype(np.uint8).transpose(1, 2, 0)
    return picture


def colored(target: NDArray[np.integer], classes: Sequence[ClassInfo]) -> Picture:
    """Return channel numbers (h, w) in the classes' colours; what is not judged is light grey."""
    table = np.full((256, 3), 215, np.uint8)
    for index, item in enumerate(classes):
        table[index] = item.color
    table[IGNORE_INDEX] = (215, 215, 215)
    picture: Picture = table[np.asarray(target, np.uint8)]
    return picture


def row(image: NDArray[np.generic], target: NDArray[np.integer], said: NDArray[np.integer],
        classes: Sequence[ClassInfo]) -> Picture:  # fmt: skip
    """Return image, truth and prediction of one chip in a row (h, w, 3)."""
    parts = [_fit(natural(image)), _fit(colored(target, classes)), _fit(colored(said, classes))]
    gap = np.full((parts[0].shape[0], _GAP, 3), 255, np.uint8)
    return np.concatenate([parts[0], gap, parts[1], gap, parts[2]], axis=1)


def box_row(image: NDArray[np.generic], truth: Boxes, said: Boxes) -> Picture:
    """Return the image, the image with true boxes, and with found ones, in a row (h, w, 3).

    ``truth`` and ``said`` are boxes (n, 4) in pixels and a colour for each.
    """
    plain = natural(image)
    factor = max(_MOST_PIXELS // max(plain.shape[:2]), 1)
    large = np.repeat(np.repeat(plain, factor, axis=0), factor, axis=1)
    gap = np.full((large.shape[0], _GAP, 3), 255, np.uint8)
    return np.concatenate([large, gap, _boxed(large, *truth, factor), gap, _boxed(large, *said, factor)], axis=1)


def _boxed(picture: Picture, boxes: NDArray[np.floating], colors: Sequence[Color], factor: int) -> Picture:
    canvas = Image.fromarray(picture)
    pen = ImageDraw.Draw(canvas)
    for box, color in zip(boxes, colors, strict=True):
        left, top, right, bottom = (float(value) * factor for value in box)
        # Dark below, so that a box is seen on any ground.
        pen.rectangle([left, top, max(right - 1, left), max(bottom - 1, top)], outline=(0, 0, 0), width=3)
        pen.rectangle([left, top, max(right - 1, left), max(bottom - 1, top)], outline=tuple(color), width=2)
    return np.asarray(canvas)


def stack(rows: Sequence[Picture]) -> Picture:
    """Return rows below each other."""
    gap = np.full((_GAP, rows[0].shape[1], 3), 255, np.uint8)
    parts = [part for item in rows for part in (item, gap)][:-1]
    return np.concatenate(parts, axis=0)


def write_png(path: Path, picture: Picture) -> None:
    """Write a picture (h, w, 3) under its name only when it is complete."""
    partial = path.with_name(path.name + ".partial")
    Image.fromarray(picture).save(partial, "PNG", optimize=True)
    partial.replace(path)


def _fit(picture: Picture) -> Picture:
    """Return the picture at most 256 pixels a side, and small ones enlarged."""
    height, width = picture.shape[:2]
    side = max(height, width)
    if side > _MOST_PIXELS:
        step = -(-side // _MOST_PIXELS)
        return picture[::step, ::step]
    factor = max(_MOST_PIXELS // 2 // side, 1)
    return np.repeat(np.repeat(picture, factor, axis=0), factor, axis=1)
