"""What is exported of a detector: raw pixel values in, boxes and scores out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from ..network import Graph, Scaling
from .base import BOXES, LABELS, MASKS, SCORES, Detector
from .chosen import chosen_difference

Arrays = Sequence[NDArray[np.generic]]
# The export takes differences up to 1e-4. Boxes may be off by a hundredth of a pixel, and behind a suppression
# or a choice inside the graph scores and outlines by a thousandth: what comes through hangs on the last digits.
_PER_PIXEL = 1e-2
_PER_SELECTED = 0.1
# Of two objects that are nearly as sure either may go.
_NEAR = 2e-3
# Which objects are at the end of the list, and what part of a list that may be; the part of others that tie.
_LAST, _MOST_LAST, _TIED = 0.01, 0.2, 0.05


class DetectorGraph(Graph):
    """A detector behind its scaling; outputs are those of ``Detector``."""

    def __init__(self, scaling: Scaling, network: Detector) -> None:
        super().__init__(scaling, network, "none")
        self.outputs: Mapping[str, Mapping[int, str]] = network.outputs
        self.batched, self._chosen = network.batched, network.chosen

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:  # type: ignore[override]
        """Return the outputs of the detector."""
        outputs: tuple[Tensor, ...] = self.network(self.scaling(image))
        return outputs

    def results(self, image: Tensor) -> tuple[Tensor, ...]:
        """Return the same."""
        return self.forward(image)

    def difference(self, expected: Arrays, found: Arrays) -> float:
        """Return how far outputs are from what they should be; objects that were chosen inside are matched first."""
        names = list(self.outputs)
        one, two = dict(zip(names, expected, strict=True)), dict(zip(names, found, strict=True))
        if LABELS in one:
            return _of_selected(one, two)
        if self._chosen:
            box, score = chosen_difference(one[BOXES], one[SCORES], two[BOXES], two[SCORES])
            return max(box * _PER_PIXEL, score) * _PER_SELECTED
        if any(one[name].shape != two[name].shape for name in names):
            return float("inf")
        boxes = np.abs(one[BOXES].astype(float) - two[BOXES]).max(initial=0.0) * _PER_PIXEL
        return float(max(boxes, np.abs(one[SCORES].astype(float) - two[SCORES]).max(initial=0.0)))


def _of_selected(one: dict[str, NDArray[np.generic]], two: dict[str, NDArray[np.generic]]) -> float:
    """Return the largest difference of objects and their partners; infinite where too many have none."""
    boxes, others = one[BOXES][0].astype(float), two[BOXES][0].astype(float)
    scores, other_scores = one[SCORES][0].astype(float), two[SCORES][0].astype(float)
    worst, lost = 0.0, 0
    for place, box in enumerate(boxes):
        same = np.flatnonzero(two[LABELS][0] == one[LABELS][0][place])
        off = np.abs(others[same] - box).max(1) if len(same) else np.zeros(0)
        near = np.flatnonzero(np.abs(other_scores[same] - scores[place]) <= _NEAR) if len(same) else same
        if not len(near) or off[near].min() > 1.0:
            lost += 1
            continue
        partner = same[near[np.argmin(off[near])]]
        worst = max(worst, float(np.abs(others[partner] - box).max()) * _PER_PIXEL * _PER_SELECTED)
        worst = max(worst, abs(other_scores[partner] - scores[place]) * _PER_SELECTED)
        if MASKS in one:
            masks = np.abs(one[MASKS][0][place].astype(float) - two[MASKS][0][partner])
            worst = max(worst, float(masks.max(initial=0.0)) * _PER_SELECTED)
    allowed = _may_differ(scores)
    return float("inf") if max(abs(len(boxes) - len(others)), lost) > allowed else worst


def _may_differ(scores: NDArray[np.floating]) -> float:
    """Return how many objects may come and go with the last digits of numbers.

    Where two are nearly as sure, suppression may keep another one; and at the end of the list an object is
    just above the least score in one and just below it in the other.
    """
    if not len(scores):
        return 1.0
    last = int((scores <= scores.min() + _LAST).sum())
    return _TIED * len(scores) + min(last, _MOST_LAST * len(scores) + 1)
