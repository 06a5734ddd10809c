"""Which found object is which true one: greedy by confidence, as COCO does it. Numpy only.

The rule (Lin et al. 2014, arXiv:1405.0312, and its reference program): from the surest on, each found object takes
the true one of its class and picture with the highest IoU that is not taken yet and reaches the threshold; of equal
ones the later. So what the surest do never depends on the others, and one matching serves every confidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
# So many pairs are looked at together.
_PAIRS = 2_000_000
# COCO's own leave for an IoU of 1.
_ONE = 1 - 1e-10


@dataclass(frozen=True)
class Picture:
    """Found and true objects of one image, chip or layer.

    Attributes:
        boxes: (n, 4) xmin, ymin, xmax, ymax of what was found.
        scores: (n,) confidence.
        channels: (n,) class, counted from 0.
        true_boxes: (m, 4).
        true_channels: (m,).
    """

    boxes: npt.NDArray[Any]
    scores: npt.NDArray[Any]
    channels: npt.NDArray[Any]
    true_boxes: npt.NDArray[Any]
    true_channels: npt.NDArray[Any]


@dataclass(frozen=True)
class Comparison:
    """All found objects, the surest first, beside all true ones, and the pairs of a class that overlap.

    Attributes:
        order: (n,) place of each found object in what was given.
        scores: (n,) descending.
        channels: (n,).
        true_channels: (m,).
        found, truth, ious: (p,) pairs, by found object, then from the one it would rather take to the last.
    """

    order: Integers
    scores: Floats
    channels: Integers
    true_channels: Integers
    found: Integers
    truth: Integers
    ious: Floats

    def match(self, threshold: float) -> Integers:
        """Return, for each found object in order of confidence, the true one it took, or -1 (n,)."""
        enough = self.ious >= min(threshold, _ONE)
        found, truth = self.found[enough], self.truth[enough]
        taken = np.full(len(self.scores), -1, np.int64)
        # Most pairs compete with no other.
        single = np.bincount(found, minlength=len(taken))[found] == 1
        single &= np.bincount(truth, minlength=len(self.true_channels))[truth] == 1
        taken[found[single]] = truth[single]
        gone: set[int] = set()
        last = -1
        for one, other in zip(found[~single].tolist(), truth[~single].tolist(), strict=True):
            if one != last and other not in gone:
                taken[one] = other
                gone.add(other)
                last = one
        return taken


def match(ious: npt.NDArray[Any], threshold: float) -> Integers:
    """Return the place of the true object that each found one takes, or -1 (n,).

    Args:
        ious: (n, m), found objects of one class in one picture, the surest first, against true ones.
        threshold: least IoU; pairs without any overlap never match.
    """
    count, true_count = ious.shape
    found, truth = np.nonzero(ious > 0)
    scores = -np.arange(count, dtype=np.float64)
    nothing = np.zeros(count, np.int64), np.zeros(true_count, np.int64)
    return comparison(scores, *nothing, found, truth, ious[found, truth]).match(threshold)


def comparison(
    scores: npt.NDArray[Any],
    channels: npt.NDArray[Any],
    true_channels: npt.NDArray[Any],
    found: npt.NDArray[Any],
    truth: npt.NDArray[Any],
    ious: npt.NDArray[Any],
) -> Comparison:
    """Bring found objects (ties in input order) and pairs into order; pairs of two classes are left out."""
    order = np.argsort(-np.asarray(scores, np.float64), kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    same = np.asarray(channels)[found] == np.asarray(true_channels)[truth]
    rows, columns, values = rank[found[same]], np.asarray(truth)[same], np.asarray(ious, np.float64)[same]
    by = np.lexsort((-columns, -values, rows))
    return Comparison(
        order,
        np.asarray(scores, np.float64)[order],
        np.asarray(channels, np.int64)[order],
        np.asarray(true_channels, np.int64),
        rows[by],
        columns[by].astype(np.int64),
        values[by],
    )


def compare(pictures: Sequence[Picture], most: int = 0) -> Comparison:
    """Compare all pictures; ``most`` keeps only so many found objects a picture and class, the surest (0: all)."""
    parts: list[tuple[npt.NDArray[Any], ...]] = []
    count = true_count = 0
    for picture in pictures:
        kept = _surest(picture, most)
        boxes, channels = np.asarray(picture.boxes)[kept], np.asarray(picture.channels, np.int64)[kept]
        true_channels = np.asarray(picture.true_channels, np.int64)
        found, truth, ious = overlaps(boxes, picture.true_boxes)
        scores = np.asarray(picture.scores, np.float64)[kept]
        parts.append((scores, channels, true_channels, found + count, truth + true_count, ious))
        count, true_count = count + len(scores), true_count + len(true_channels)
    if not parts:
        none = np.zeros(0, np.int64)
        return comparison(none, none, none, none, none, none)
    return comparison(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def overlaps(boxes: npt.NDArray[Any], true_boxes: npt.NDArray[Any]) -> tuple[Integers, Integers, Floats]:
    """Return the pairs of boxes, (n, 4) and (m, 4), that share an area: place in both, and IoU.

    Each is held against each, some rows at a time; where both are very many, bring pairs from a spatial index
    to ``box_ious``.
    """
    first, second = (np.asarray(part, np.float64).reshape(-1, 4) for part in (boxes, true_boxes))
    step = max(_PAIRS // max(len(second), 1), 1)
    found: list[tuple[Integers, Integers]] = [(np.zeros(0, np.int64), np.zeros(0, np.int64))]
    for start in range(0, len(first), step):
        xmin, ymin, xmax, ymax = first[start : start + step, :, None].swapaxes(0, 1)
        meet = (xmin < second[:, 2]) & (xmax > second[:, 0])
        meet &= (ymin < second[:, 3]) & (ymax > second[:, 1])
        rows, columns = np.nonzero(meet)
        found.append((rows + start, columns))
    rows, columns = (np.concatenate(part) for part in zip(*found, strict=True))
    ious = box_ious(first[rows], second[columns])
    return rows[ious > 0], columns[ious > 0], ious[ious > 0]


def box_ious(boxes: Floats, others: Floats) -> Floats:
    """Return the IoU of boxes pair by pair, (p, 4) and (p, 4); 0 where there is no area."""
    low, high = np.maximum(boxes[:, :2], others[:, :2]), np.minimum(boxes[:, 2:], others[:, 2:])
    inside = np.clip(high - low, 0, None).prod(1)
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(1) + (others[:, 2:] - others[:, :2]).prod(1)
    union = areas - inside
    ious: Floats = np.divide(inside, union, out=np.zeros(len(inside)), where=union > 0)
    return ious


def _surest(picture: Picture, most: int) -> Integers:
    """Return the places of the surest objects of each class, in input order."""
    count = len(picture.scores)
    if not most or count <= most:
        return np.arange(count)
    channels = np.asarray(picture.channels, np.int64)
    by = np.lexsort((-np.asarray(picture.scores, np.float64), channels))
    starts = np.searchsorted(channels[by], channels[by], side="left")
    kept: Integers = np.sort(by[np.arange(count) - starts < most])
    return kept
