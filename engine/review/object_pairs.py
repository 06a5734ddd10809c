"""Which found and true objects of a layer overlap, by their bounding boxes, through a spatial index."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from ..progress import Reporter, check
from .matching import Comparison, Floats, Integers, box_ious, comparison

# Found objects times true objects that are asked for at a time, and fewest found ones.
_AT_ONCE, _FEWEST = 4_000_000, 64


@dataclass(frozen=True)
class Pairs:
    """Overlaps of n found and m true objects.

    Attributes:
        compared: those of one class whose IoU reaches what was asked for.
        own: (n,) highest IoU of each found object with a true one of its class, 0 without any.
        other: (n,) the same with true ones of other classes.
        true_own: (m,) highest IoU of each true object with a found one of its class.
    """

    compared: Comparison
    own: Floats
    other: Floats
    true_own: Floats


def pair_objects(
    boxes: Floats,
    scores: Floats,
    channels: Integers,
    true_boxes: Floats,
    true_channels: Integers,
    least: float,
    reporter: Reporter,
) -> Pairs:
    """Return the overlaps.

    Args:
        boxes: (n, 4) xmin, ymin, xmax, ymax of found objects.
        scores: (n,).
        channels: (n,) class.
        true_boxes: (m, 4).
        true_channels: (m,).
        least: pairs below this IoU are not compared.
        reporter: told the progress.

    Raises:
        CancelledError: the user cancelled.
    """
    own, other, true_own = np.zeros(len(boxes)), np.zeros(len(boxes)), np.zeros(len(true_boxes))
    tree = shapely.STRtree(shapely.box(*true_boxes.T))
    step = max(_AT_ONCE // max(len(true_boxes), 1), _FEWEST)
    parts: list[tuple[Integers, Integers, Floats]] = []
    for start in range(0, len(boxes), step):
        check(reporter, "the comparison")
        reporter.progress(0.2 + 0.5 * start / len(boxes), "comparing objects")
        found, truth = tree.query(shapely.box(*boxes[start : start + step].T))
        found = found + start
        ious = box_ious(boxes[found], true_boxes[truth])
        same = channels[found] == true_channels[truth]
        np.maximum.at(other, found[~same], ious[~same])
        np.maximum.at(own, found[same], ious[same])
        np.maximum.at(true_own, truth[same], ious[same])
        taken = same & (ious >= least) & (ious > 0)
        parts.append((found[taken], truth[taken], ious[taken]))
    if not parts:
        parts.append((np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)))
    joined = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Pairs(comparison(scores, channels, true_channels, *joined), own, other, true_own)
