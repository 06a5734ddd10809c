"""A second stage that tells what a box holds by one head, and where it is by another.

Wu et al. 2020, https://arxiv.org/abs/1904.06493: connected layers tell classes better, convolutions boxes.
"""

from __future__ import annotations

from functools import partial

from torch import Tensor, nn
from torchvision.models.detection.faster_rcnn import FastRCNNConvFCHead, TwoMLPHead

_LAYERS = 4
_GROUPS = 32


class DoubleHead(nn.Module):
    """torchvision's two heads side by side.

    Args:
        channels: of the features.
        side: of what is cut out of them.
        hidden: numbers that each head gives.
    """

    def __init__(self, channels: int, side: int, hidden: int) -> None:
        super().__init__()
        self.classes = TwoMLPHead(channels * side**2, hidden)
        norm = partial(nn.GroupNorm, _GROUPS)
        self.boxes = FastRCNNConvFCHead((channels, side, side), [channels] * _LAYERS, [hidden], norm)

    def forward(self, cut: Tensor) -> tuple[Tensor, Tensor]:
        """Return (n, hidden) for classes and for boxes, of (n, channels, side, side)."""
        return self.classes(cut), self.boxes(cut)


class DoublePredictor(nn.Module):
    """The last layers: logits (n, classes + 1) and deltas (n, 4 * (classes + 1)), float32; class 0 is background."""

    def __init__(self, hidden: int, outputs: int) -> None:
        super().__init__()
        self.cls_score = nn.Linear(hidden, outputs)
        self.bbox_pred = nn.Linear(hidden, outputs * 4)

    def forward(self, seen: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        """Return both."""
        return self.cls_score(seen[0]).float(), self.bbox_pred(seen[1]).float()
