"""Networks that move and judge anchors: losses and decoding of RetinaNet, and of SSD with focal loss."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional
from torchvision.models.detection._utils import BoxCoder
from torchvision.ops import sigmoid_focal_loss

from .base import Truth
from .dense import BETWEEN, DenseDetector, match

# Anchors from this IoU on hold the object, those below the lower one are background, as in RetinaNet's paper.
_LOW, _HIGH = 0.4, 0.5


class AnchorDetector(DenseDetector):
    """A network whose raw outputs are logits (batch, n, classes), deltas (batch, n, 4) and anchors (n, 4).

    Args:
        classes: number of classes.
    """

    def __init__(self, classes: int) -> None:
        super().__init__(classes)
        self.coder = BoxCoder((1.0, 1.0, 1.0, 1.0))

    def decode(self, *raw: Tensor) -> tuple[Tensor, Tensor]:
        """Return boxes and scores."""
        logits, deltas, anchors = raw
        places = anchors[None].expand_as(deltas).reshape(-1, 4)
        boxes = self.coder.decode_single(deltas.reshape(-1, 4), places)
        return boxes.reshape(deltas.shape), logits.sigmoid()

    def learn(self, *raw: Tensor, truths: Sequence[Truth]) -> dict[str, Tensor]:
        """Return the losses of classes and boxes, per anchor of the batch that holds an object.

        torchvision divides by those of each picture, which lets pictures without objects outweigh all others.
        """
        logits, deltas, anchors = raw
        matches = torch.stack([self.match(anchors, truth.boxes) for truth in truths])
        held = matches >= 0
        share = held.sum().clamp(min=len(truths))
        labels = torch.cat([truth.labels[found[found >= 0]] for truth, found in zip(truths, matches, strict=True)])
        boxes = torch.cat([truth.boxes[found[found >= 0]] for truth, found in zip(truths, matches, strict=True)])
        target = torch.zeros_like(logits)
        target[held] = functional.one_hot(labels, self.classes).to(target)
        wanted = self.coder.encode_single(boxes, anchors.expand(len(truths), -1, -1)[held])
        return {
            "class": self.class_loss(logits, target, matches != BETWEEN) / share,
            "box": functional.smooth_l1_loss(deltas[held], wanted, beta=0.1, reduction="sum") / share,
        }

    def match(self, anchors: Tensor, truth: Tensor) -> Tensor:
        """Return (n,) which of the objects (m, 4) each anchor (n, 4) holds, ``BACKGROUND`` or ``BETWEEN``."""
        return match(anchors, truth, _LOW, _HIGH)

    def class_loss(self, logits: Tensor, target: Tensor, counted: Tensor) -> Tensor:
        """Return the focal loss (Lin et al. 2017), summed over the anchors that are ``counted`` (batch, n)."""
        loss: Tensor = sigmoid_focal_loss(logits[counted], target[counted], reduction="sum")
        return loss
