"""DeepLabV3+: DeepLabV3 at a sixteenth of the size, with a decoder that adds fine features.

Chen et al. 2018, https://arxiv.org/abs/1802.02611
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import ModelType, NetworkSpec
from ._smp import DILATED, PIXEL_ARGUMENTS
from ._smp import build as build_smp

if TYPE_CHECKING:
    import torch


def build(spec: NetworkSpec) -> torch.nn.Module:
    """Return a DeepLabV3+: (batch, bands, height, width) to (batch, outputs, height, width)."""
    return build_smp("deeplabv3plus", spec)


MODEL_TYPE = ModelType(
    id="DEEPLABV3PLUS",
    title="DeepLabV3+ (pixel classification)",
    task="PIXELS",
    formats=("CLASSIFIED_TILES",),
    build=build,
    backbones=DILATED,
    default_backbone="resnet34",
    help="Classifies every pixel by a wide context, with sharper edges than DeepLabV3, and fast.",
    arguments=PIXEL_ARGUMENTS,
    rank=21,
)
