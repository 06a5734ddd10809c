"""A backbone with a feature pyramid: what most networks that find objects stand on.

Lin et al. 2017, https://arxiv.org/abs/1612.03144
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision.ops import FeaturePyramidNetwork
from torchvision.ops.feature_pyramid_network import LastLevelP6P7

from ...models import NetworkSpec
from ...models._smp import build_encoder

# The encoder's features are at strides 1, 2, 4 ... 32; place 2 is stride 4.
_COARSEST = 5


class Pyramid(nn.Module):
    """Features of several scales with as many channels each, from fine to coarse.

    Args:
        spec: backbone, bands and weights.
        finest: the first level is at stride ``2 ** finest`` (2 to 5).
        coarsest: the last one at ``2 ** coarsest`` (``finest`` to 7).
        channels: of each level.

    Attributes:
        strides: of the levels, in pixels.
    """

    def __init__(self, spec: NetworkSpec, finest: int = 3, coarsest: int = 7, channels: int = 256) -> None:
        super().__init__()
        self.encoder = build_encoder(spec, depth=_COARSEST)
        self.channels, self._places = channels, tuple(range(finest, min(coarsest, _COARSEST) + 1))
        self.strides = tuple(2**level for level in range(finest, coarsest + 1))
        taken = [self.encoder.out_channels[place] for place in self._places]
        extra = _Coarser(channels, channels) if coarsest > _COARSEST else None
        self.joined = FeaturePyramidNetwork(taken, channels, extra)
        self._levels = coarsest - finest + 1

    def forward(self, image: Tensor) -> list[Tensor]:
        """Return (batch, channels, height / stride, width / stride) of each level."""
        features: Sequence[Tensor] = self.encoder(image)
        named = {str(place): features[place] for place in self._places}
        return list(self.joined(named).values())[: self._levels]


class _Coarser(LastLevelP6P7):  # type: ignore[misc]
    """torchvision's coarsest levels, in float32 always.

    In bfloat16 on a processor, the gradient of a step from a level of a single cell, as small chips have it, is
    what lay in memory before (seen with PyTorch 2.14): now and then it is no number, and all that was learnt is lost.
    """

    def forward(self, p: list[Tensor], c: list[Tensor], names: list[str]) -> tuple[list[Tensor], list[str]]:
        """Return all levels and their names, two more than before."""
        kind = p[-1].device.type
        if not torch.is_autocast_enabled(kind):
            return super().forward(p, c, names)  # type: ignore[no-any-return]
        with torch.autocast(kind, enabled=False):
            next_one = self.p6(p[-1].float())
            return [*p, next_one, self.p7(functional.relu(next_one))], [*names, "p6", "p7"]
