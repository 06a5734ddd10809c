"""YOLOv3 on any backbone with features at strides 8, 16 and 32.

Redmon and Farhadi 2018, https://arxiv.org/abs/1804.02767
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision.ops import complete_box_iou_loss
from torchvision.ops.misc import Conv2dNormActivation

from ...models import NetworkSpec
from ...models._smp import build_encoder
from .base import Truth
from .dense import BETWEEN, Anchors, DenseDetector, assign

# Places of the encoder's features at strides 8, 16 and 32.
_PLACES = (3, 4, 5)
_STRIDES = (8.0, 16.0, 32.0)
# Width of the layers at a stride: half of the backbone's, as with DarkNet-53, within these.
_NARROWEST, _WIDEST = 64, 512
# An object is learnt from so many of the anchors that fit it best, from an IoU on; others above the higher one count
# neither as object nor as background. The paper has but the best one; from few chips that learns slowly.
_EACH, _LEAST, _HIGH = 6, 0.25, 0.5
# A box's centre lies at most this many cells from its cell's, so that all anchors that learn it can reach it.
_REACH = 2.0
# Sides are at most this power of e of the anchor's, lest an untrained network overflows.
_MOST = 4.0
_PRIOR_LOGIT = -4.6
_BOX = 4

_convolve = partial(Conv2dNormActivation, activation_layer=partial(nn.LeakyReLU, 0.1))


class YoloV3(DenseDetector):
    """Boxes, whether there is an object, and its class, from features that are joined from coarse to fine.

    Args:
        spec: what is built; its arguments are those of the model type YOLOV3.
    """

    def __init__(self, spec: NetworkSpec) -> None:
        super().__init__(spec.outputs)
        self.encoder = build_encoder(spec, depth=_PLACES[-1])
        shapes = spec.arguments["anchors"]
        self._each = len(shapes) // len(_STRIDES)
        self.anchors = Anchors([shapes[start : start + self._each] for start in range(0, len(shapes), self._each)])
        taken = [self.encoder.out_channels[place] for place in _PLACES]
        widths = [min(max(channels // 2, _NARROWEST), _WIDEST) for channels in taken]
        below = [*(width // 2 for width in widths[1:]), 0]
        self.mixes = nn.ModuleList(
            _mix(channels + more, width) for channels, more, width in zip(taken, below, widths, strict=True)
        )
        self.rises = nn.ModuleList(_convolve(width, width // 2, 1) for width in widths[1:])
        self.heads = nn.ModuleList(_head(width, self._each, _BOX + 1 + self.classes) for width in widths)
        self.class_groups = {"heads.": self._each}

    def look(self, image: Tensor) -> tuple[Tensor, ...]:
        """Return raw values (batch, n, 5 + classes: box, objectness, classes), anchors (n, 4), cell sides (n,)."""
        features = self.encoder(image)
        levels: list[Tensor] = []
        for number in reversed(range(len(_PLACES))):
            level = features[_PLACES[number]]
            if levels:
                risen = functional.interpolate(self.rises[number](levels[0]), size=level.shape[-2:], mode="nearest")
                level = torch.cat((risen, level), 1)
            levels.insert(0, self.mixes[number](level))
        raw = [head(level) for head, level in zip(self.heads, levels, strict=True)]
        values = [item.permute(0, 2, 3, 1).reshape(item.shape[0], -1, _BOX + 1 + self.classes) for item in raw]
        sides = [torch.full_like(item[0, :, 0], side) for item, side in zip(values, _STRIDES, strict=True)]
        return torch.cat(values, 1).float(), self.anchors(levels, _STRIDES), torch.cat(sides).float()

    def decode(self, *raw: Tensor) -> tuple[Tensor, Tensor]:
        """Return boxes and scores: objectness times class."""
        values = raw[0]
        return self._boxes(*raw), values[..., _BOX : _BOX + 1].sigmoid() * values[..., _BOX + 1 :].sigmoid()

    def learn(self, *raw: Tensor, truths: Sequence[Truth]) -> dict[str, Tensor]:
        """Return the losses of boxes (CIoU), objectness and classes, per anchor of the batch that holds an object."""
        values, anchors, _ = raw
        matches = torch.stack([assign(anchors, truth.boxes, _EACH, _LEAST, _HIGH) for truth in truths])
        held, counted = matches >= 0, matches != BETWEEN
        share = held.sum().clamp(min=len(truths))
        labels = torch.cat([truth.labels[found[found >= 0]] for truth, found in zip(truths, matches, strict=True)])
        boxes = torch.cat([truth.boxes[found[found >= 0]] for truth, found in zip(truths, matches, strict=True)])
        classes = functional.one_hot(labels, self.classes).to(values)
        score = partial(functional.binary_cross_entropy_with_logits, reduction="sum")
        return {
            "box": complete_box_iou_loss(self._boxes(*raw)[held], boxes, reduction="sum") / share,
            "object": score(values[..., _BOX][counted], held[counted].to(values)) / share,
            "class": score(values[..., _BOX + 1 :][held], classes) / share,
        }

    def _boxes(self, values: Tensor, anchors: Tensor, cells: Tensor) -> Tensor:
        """Return (batch, n, 4) boxes in pixels."""
        shift = (values[..., :2].sigmoid() * 2 - 1) * _REACH * cells[:, None]
        centre = (anchors[:, :2] + anchors[:, 2:]) / 2 + shift
        half = (anchors[:, 2:] - anchors[:, :2]) / 2 * values[..., 2:_BOX].clamp(max=_MOST).exp()
        return torch.cat((centre - half, centre + half), -1)


def _mix(channels: int, width: int) -> nn.Sequential:
    """Return five layers that join what comes from finer and coarser features."""
    return nn.Sequential(
        _convolve(channels, width, 1),
        _convolve(width, 2 * width, 3),
        _convolve(2 * width, width, 1),
        _convolve(width, 2 * width, 3),
        _convolve(2 * width, width, 1),
    )


def _head(width: int, anchors: int, values: int) -> nn.Sequential:
    """Return the last two layers, which begin with next to no object anywhere."""
    last = nn.Conv2d(2 * width, anchors * values, 1)
    nn.init.normal_(last.weight, std=0.01)
    bias = torch.zeros(anchors, values)
    bias[:, _BOX] = _PRIOR_LOGIT
    last.bias = nn.Parameter(bias.flatten())
    return nn.Sequential(_convolve(width, 2 * width, 3), last)
