"""The loss of detectors, and how good what they find is."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ..detections import Detections, Floats, decode
from ..review.average_precision import Picture, evaluate
from .detection.base import BOXES, LABELS, MASKS, SCORES, Detector
from .start_problems import NoOutlinesError
from .teaching import Grading

# What is less sure is of no use to anybody, and there is much of it.
FLOOR = 0.05
# IoU above which one of two objects of a class goes while a model is judged.
OVERLAP = 0.3
# A thousand objects have some ten candidates each; with fewer, those of a full chip would count as missed.
_MOST_CANDIDATES = 10_000


class ObjectGrading(Grading):
    """The network's own losses, and average precision."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self._classes = classes
        self._pictures: list[Picture] = []

    def learn(self, network: nn.Module, image: Tensor, target: Any, mixing: Any = None) -> tuple[Tensor, Any]:
        """Return the sum of the losses; nothing to measure, as finding would need another pass."""
        assert isinstance(network, Detector)  # noqa: S101 - what ``check_network`` proves
        if MASKS in network.outputs and any(truth.masks is None for truth in target):
            raise NoOutlinesError
        return _total(network.losses(image, target)), None

    def judge(self, network: nn.Module, image: Tensor, target: Any) -> tuple[Tensor, Any]:
        """Return the sum of the losses, and what was found."""
        assert isinstance(network, Detector)  # noqa: S101
        losses, outputs = network.judge(image, target)
        return _total(losses), found(network, outputs)

    def update(self, said: Any, target: Any) -> None:
        """Keep what was found and the truth, each in the piece of a chip that it is judged in."""
        for one, truth in zip(said or (), target, strict=False):
            boxes, labels = truth.boxes.cpu().numpy(), truth.labels.cpu().numpy()
            mine, own = one.take(_judged(one.boxes, truth.judged)), _judged(boxes, truth.judged)
            self._pictures.append(Picture(mine.boxes, mine.scores, mine.channels, boxes[own], labels[own]))

    def compute(self) -> dict[str, Any]:
        """Return the measures of ``evaluate``, with 0 where nothing was found or there is no truth."""
        values = evaluate(_of_all_processes(self._pictures), self._classes)
        known = {name: value or 0.0 for name, value in values.items() if value is None or isinstance(value, float)}
        values |= known
        values["best_threshold"] = values["best_threshold"] or 0.5
        return values

    def reset(self) -> None:
        """Start anew."""
        self._pictures = []


def _judged(boxes: Floats, start: tuple[int, int]) -> NDArray[np.bool_]:
    """Tell which boxes (n, 4) have their middle right of and below a place (x, y)."""
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    return (middle[:, 0] >= start[0]) & (middle[:, 1] >= start[1])


def _of_all_processes(pictures: list[Picture]) -> list[Picture]:
    """Return what all processes judged, where several train together; in the same order in each."""
    if not (torch.distributed.is_available() and torch.distributed.is_initialized()):
        return pictures
    parts: list[Any] = [None] * torch.distributed.get_world_size()
    torch.distributed.all_gather_object(parts, pictures)
    return [picture for part in parts for picture in part]


def found(network: Detector, outputs: tuple[Tensor, ...], threshold: float = FLOOR) -> list[Detections]:
    """Return the objects of each picture, those of dense networks chosen from the surest candidates only."""
    named = dict(zip(network.outputs, outputs, strict=True))
    if LABELS not in named:
        scores = named[SCORES].float()
        flat = scores.flatten(1)
        best = flat.topk(min(_MOST_CANDIDATES, flat.shape[1]), dim=1)
        rows = torch.div(best.indices, scores.shape[2], rounding_mode="floor")
        boxes = named[BOXES].float().gather(1, rows[..., None].expand(-1, -1, 4))
        named = {BOXES: boxes, SCORES: best.values, LABELS: best.indices % scores.shape[2]}
    # numpy knows no bfloat16.
    plain = {name: value.float() if value.is_floating_point() else value for name, value in named.items()}
    arrays = {name: np.asarray(value.detach().cpu()) for name, value in plain.items()}
    return decode(arrays, threshold, OVERLAP)


def _total(losses: dict[str, Tensor]) -> Tensor:
    return torch.stack([value.float() for value in losses.values()]).sum()
