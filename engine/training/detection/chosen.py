"""Compare runs of a network that chooses candidates by score: of two that are nearly as sure either may come."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.generic]

# Scores that are this near may swap, or one may come for the other at the end of the list.
_NEAR = 2e-3
_SHARE_OF_LOST = 0.02
_FEWEST_LOST = 1
_NEAR_PX = 1.0


def chosen_difference(
    boxes: Numbers, scores: Numbers, other_boxes: Numbers, other_scores: Numbers
) -> tuple[float, float]:
    """Return how far the candidates of two runs are apart, each matched to the one that it is.

    A few may have no partner: one, or 2 in 100. Infinite where more have none.

    Args:
        boxes: (batch, n, 4) in pixels, of one run.
        scores: (batch, n, classes).
        other_boxes: of the other run.
        other_scores: of the other run.

    Returns:
        The largest difference of a coordinate in pixels, and of a score.
    """
    if boxes.shape != other_boxes.shape or scores.shape != other_scores.shape:
        return float("inf"), float("inf")
    worst, least = 0.0, 0.0
    for number in range(len(boxes)):
        apart = np.abs(boxes[number][:, None].astype(float) - other_boxes[number][None]).max(2)
        unlike = np.abs(scores[number][:, None].astype(float) - other_scores[number][None]).max(2)
        apart[unlike > _NEAR] = np.inf
        partner = apart.argmin(1)
        rows = np.arange(len(partner))
        held = apart[rows, partner] <= _NEAR_PX
        if (~held).sum() > max(_FEWEST_LOST, _SHARE_OF_LOST * len(held)):
            return float("inf"), float("inf")
        worst = max(worst, float(apart[rows, partner][held].max(initial=0.0)))
        least = max(least, float(unlike[rows, partner][held].max(initial=0.0)))
    return worst, least
