"""Boxes of labels as what training learns from. Light: numpy on use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from . import Chip
from ._label import Box
from ._targets import Objects

if TYPE_CHECKING:
    import numpy as np


def chip_size(chip: Chip) -> tuple[int, int]:
    """Return width and height of a chip in pixels, from its picture if need be; raise RasterUnreadableError."""
    from ._mask_files import picture_size  # noqa: PLC0415

    return chip.size or picture_size(chip.image)


def cut_boxes(boxes: Sequence[Box], size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Cut boxes to the picture; corners may come in any order.

    Returns:
        Boxes (n, 4) float64, and bool for each whether it has an area.
    """
    import numpy as np  # noqa: PLC0415

    corners = np.asarray(boxes, np.float64).reshape(-1, 2, 2)
    corners = np.clip(np.sort(corners, axis=1), 0, np.asarray(size, np.float64))
    return corners.reshape(-1, 4), np.all(corners[:, 1] > corners[:, 0], axis=1)


def box_objects(boxes: Sequence[Box], values: Sequence[int], size: tuple[int, int]) -> Objects:
    """Return boxes and class values as objects, cut to the picture; those without an area are left out."""
    import numpy as np  # noqa: PLC0415

    cut, valid = cut_boxes(boxes, size)
    return Objects(cut[valid], np.asarray(values, np.int64)[valid])
