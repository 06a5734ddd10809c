"""What chip formats read back as the truth to learn from; one type for each kind of label.

Light: numpy only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

# The kinds, as ``ChipFormat.target`` names them; a kind's truth is of the type beside it.
PIXELS = "PIXELS"  # an array (height, width) of class values, 0 is unlabelled
BOXES = "BOXES"  # Objects without masks
INSTANCES = "INSTANCES"  # Objects with masks
CLASSES = "CLASSES"  # ChipClasses
PANOPTIC = "PANOPTIC"  # Panoptic
IMAGES = "IMAGES"  # None: the truth is the second picture


@dataclass(frozen=True)
class Objects:
    """The objects of a chip.

    Attributes:
        boxes: (n, 4) float64, xmin, ymin, xmax, ymax in pixels of the picture, from its upper left corner.
        values: (n,) int64, class values.
        masks: (n, height, width) bool where outlines are known, else None.
    """

    boxes: np.ndarray
    values: np.ndarray
    masks: np.ndarray | None = None


@dataclass(frozen=True)
class ChipClasses:
    """The classes of a whole chip: one of Labeled Tiles and Imagenet, any number of MultiLabeled Tiles."""

    values: tuple[int, ...]


@dataclass(frozen=True)
class Panoptic:
    """A class and an object number for each pixel, (height, width) both; 0 is unlabelled and no object."""

    values: np.ndarray
    instances: np.ndarray
