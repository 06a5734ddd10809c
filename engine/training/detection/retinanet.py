"""RetinaNet of torchvision's head on a pyramid of any backbone.

Lin et al. 2017, https://arxiv.org/abs/1708.02002
"""

from __future__ import annotations

from functools import partial

from torch import Tensor, nn
from torchvision.models.detection.retinanet import RetinaNetHead

from ...models import NetworkSpec
from .anchored import AnchorDetector
from .dense import Anchors
from .pyramid import Pyramid

# Half of what the paper has: the finest level, at stride 4, would else cost more than the backbone.
_CHANNELS = 128
_LEVELS = 5
# An anchor's side is this many strides.
_STRIDES = 4
_GROUPS = 32


class RetinaNet(AnchorDetector):
    """Anchors of several sizes and shapes at each cell of a feature pyramid, learnt with focal loss.

    Args:
        spec: what is built; its arguments are those of the model type RETINANET.
    """

    def __init__(self, spec: NetworkSpec) -> None:
        super().__init__(spec.outputs)
        finest = int(spec.arguments["finest_stride"]).bit_length() - 1
        self.pyramid = Pyramid(spec, finest, finest + _LEVELS - 1, _CHANNELS)
        scales, ratios = spec.arguments["scales"], spec.arguments["ratios"]
        self.anchors = Anchors(
            [
                [
                    (_STRIDES * stride * scale / ratio**0.5, _STRIDES * stride * scale * ratio**0.5)
                    for ratio in ratios
                    for scale in scales
                ]
                for stride in self.pyramid.strides
            ]
        )
        self.head = RetinaNetHead(
            _CHANNELS, len(scales) * len(ratios), spec.outputs, norm_layer=partial(nn.GroupNorm, _GROUPS)
        )
        self.class_groups = {"head.classification_head.": len(scales) * len(ratios)}

    def look(self, image: Tensor) -> tuple[Tensor, ...]:
        """Return logits, deltas and anchors."""
        levels = self.pyramid(image)
        raw = self.head(levels)
        return raw["cls_logits"].float(), raw["bbox_regression"].float(), self.anchors(levels, self.pyramid.strides)
