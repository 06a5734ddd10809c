"""Non-maximum suppression of boxes: of objects that overlap too much, the surest stays. Numpy only."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]


def suppress(boxes: npt.NDArray[np.floating], scores: npt.NDArray[np.floating], channels: Integers,
             ratio: float) -> Integers:  # fmt: skip
    """Return the places of the boxes that stay, the surest first.

    Greedy by descending score, ties by input order, within a channel: a box goes when its IoU with one that
    stays is above ``ratio``.

    Args:
        boxes: (n, 4) xmin, ymin, xmax, ymax.
        scores: (n,).
        channels: (n,) the class of each; boxes of different classes never suppress each other.
        ratio: 0 to 1.
    """
    order = np.argsort(-scores, kind="stable")
    kept: list[int] = []
    sorted_boxes = boxes[order].astype(np.float64)
    areas = (sorted_boxes[:, 2] - sorted_boxes[:, 0]) * (sorted_boxes[:, 3] - sorted_boxes[:, 1])
    alive = np.ones(len(order), bool)
    for place in range(len(order)):
        if not alive[place]:
            continue
        kept.append(int(order[place]))
        rest = np.flatnonzero(alive[place + 1 :]) + place + 1
        rest = rest[channels[order[rest]] == channels[order[place]]]
        low = np.maximum(sorted_boxes[rest, :2], sorted_boxes[place, :2])
        high = np.minimum(sorted_boxes[rest, 2:], sorted_boxes[place, 2:])
        inside = np.clip(high - low, 0, None).prod(1)
        union = areas[rest] + areas[place] - inside
        alive[rest[inside > ratio * union]] = False
    return np.asarray(kept, np.int64)
