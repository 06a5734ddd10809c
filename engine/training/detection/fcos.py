"""FCOS of torchvision's head and losses on a pyramid of any backbone.

Tian et al. 2019, https://arxiv.org/abs/1904.01355, and 2020, https://arxiv.org/abs/2006.09214
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torchvision.models.detection.fcos import FCOSHead

from ...models import NetworkSpec
from .base import Truth
from .dense import BACKGROUND, Anchors, DenseDetector, strips
from .pyramid import Pyramid

_CHANNELS = 128
_LEVELS = 5
# A level learns objects whose farthest side is between these many strides away; the finest and coarsest all others.
_NEAREST, _FARTHEST = 4, 8
# Boxes begin with sides two strides away. At 0, where torchvision begins, half of them had no gradient.
_FIRST_SIDE = 2.0
_NAMES = {"classification": "class", "bbox_regression": "box", "bbox_ctrness": "centre"}


class Fcos(DenseDetector):
    """Each cell near an object's centre tells how far its sides are; there are no anchors.

    Args:
        spec: what is built; its arguments are those of the model type FCOS.
    """

    def __init__(self, spec: NetworkSpec) -> None:
        super().__init__(spec.outputs)
        finest = int(spec.arguments["finest_stride"]).bit_length() - 1
        self.radius = float(spec.arguments["center_sampling_radius"])
        self.pyramid = Pyramid(spec, finest, finest + _LEVELS - 1, _CHANNELS)
        self.cells = Anchors([[(float(stride), float(stride))] for stride in self.pyramid.strides])
        self.head = FCOSHead(_CHANNELS, 1, spec.outputs)
        nn.init.constant_(self.head.regression_head.bbox_reg.bias, _FIRST_SIDE)

    def look(self, image: Tensor) -> tuple[Tensor, ...]:
        """Return logits (batch, n, classes), sides (batch, n, 4) in strides, centredness and cells (n, 4)."""
        levels = self.pyramid(image)
        raw = {name: value.float() for name, value in self.head(levels).items()}
        cells = self.cells(levels, self.pyramid.strides)
        return raw["cls_logits"], raw["bbox_regression"], raw["bbox_ctrness"], cells

    def decode(self, *raw: Tensor) -> tuple[Tensor, Tensor]:
        """Return boxes and scores: the geometric mean of class and centredness."""
        logits, sides, centredness, cells = raw
        boxes = self.head.box_coder.decode(sides, cells[None])
        return boxes, (logits.sigmoid() * centredness.sigmoid()).sqrt()

    def learn(self, *raw: Tensor, truths: Sequence[Truth]) -> dict[str, Tensor]:
        """Return the losses of classes, boxes (GIoU) and centredness, per cell of the batch that holds an object."""
        logits, sides, centredness, cells = raw
        outputs = {"cls_logits": logits, "bbox_regression": sides, "bbox_ctrness": centredness}
        targets = [{"boxes": truth.boxes, "labels": truth.labels} for truth in truths]
        matches = [self._match(cells, truth.boxes) for truth in truths]
        losses = self.head.compute_loss(targets, outputs, [cells] * len(truths), matches)
        return {_NAMES[name]: loss for name, loss in losses.items()}

    @torch.no_grad()
    def _match(self, cells: Tensor, truth: Tensor) -> Tensor:
        """Return (n,) the place of the object of each cell, the smallest where there are several."""
        found = torch.full((len(cells),), BACKGROUND, device=cells.device)
        area = (truth[:, 2:] - truth[:, :2]).prod(1)
        centres, strides = (cells[:, :2] + cells[:, 2:]) / 2, cells[:, 2] - cells[:, 0]
        nearest = torch.where(strides > strides.min(), _NEAREST * strides, 0.0)
        farthest = torch.where(strides < strides.max(), _FARTHEST * strides, torch.inf)
        for part, near in strips(cells, truth):
            centre, box = centres[part, None], truth[near]
            sides = torch.cat((centre - box[:, :2], box[:, 2:] - centre), 2)
            away = (centre - (box[:, :2] + box[:, 2:]) / 2).abs().amax(2)
            far = sides.amax(2)
            fits = (sides.amin(2) > 0) & (away < self.radius * strides[part, None])
            fits &= (far > nearest[part, None]) & (far <= farthest[part, None])
            size, place = torch.where(fits, area[near], torch.inf).min(1)
            found[part] = near[place].masked_fill(size.isinf(), BACKGROUND)
        return found
