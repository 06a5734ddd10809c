"""What a detection model found, from the outputs of its graph to objects; numpy only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .nms import suppress

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Detections:
    """Objects found in one picture, the surest first.

    Attributes:
        boxes: (n, 4) float32, xmin, ymin, xmax, ymax in pixels.
        scores: (n,) float32, 0 to 1.
        channels: (n,) int64, index into the model's classes.
        masks: (n, m, m) float32, 0 to 1, each stretched over its box; None where there are no outlines.
        corners: (n, 4, 2) x and y of turned boxes, around; ``boxes`` are then the boxes around them. None where boxes
            are upright.
    """

    boxes: Floats
    scores: Floats
    channels: npt.NDArray[np.int64]
    masks: Floats | None = None
    corners: Floats | None = None

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.scores)

    def take(self, places: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> Detections:
        """Return some of them, in the order of ``places``."""
        masks = None if self.masks is None else self.masks[places]
        corners = None if self.corners is None else self.corners[places]
        return Detections(self.boxes[places], self.scores[places], self.channels[places], masks, corners)


def decode(
    outputs: Mapping[str, np.ndarray], threshold: float, overlap: float | None, most: int = 0
) -> list[Detections]:
    """Turn the outputs of a graph (see ``training/detection/base.py``) into objects, one list entry a picture.

    Args:
        outputs: ``boxes`` and ``scores``, dense (batch, n, 4) and (batch, n, classes), or selected with ``labels``
            and perhaps ``masks``.
        threshold: objects less sure than this are left out.
        overlap: of two objects of a class whose IoU is above it the less sure one goes; None keeps all.
        most: at most so many a picture, the surest; 0: all.
    """
    found = []
    for number, (boxes, scores) in enumerate(zip(outputs["boxes"], outputs["scores"])):
        if scores.ndim == 2:
            rows, channels = np.nonzero(scores >= threshold)
            one = Detections(boxes[rows], scores[rows, channels], channels.astype(np.int64))
        else:
            masks = outputs["masks"][number] if "masks" in outputs else None
            one = Detections(boxes, scores, outputs["labels"][number].astype(np.int64), masks)
            one = one.take(scores >= threshold)
        one = one.take(np.argsort(-one.scores, kind="stable"))
        width, height = (one.boxes[:, 2:] - one.boxes[:, :2]).T
        one = one.take((width > 0) & (height > 0) & np.isfinite(one.boxes).all(1))
        if overlap is not None:
            one = one.take(suppress(one.boxes, one.scores, one.channels, overlap))
        found.append(one.take(np.arange(min(len(one), most))) if most else one)
    return found
