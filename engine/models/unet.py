"""U-Net: an encoder, and a decoder that joins its coarse and its fine features.

Ronneberger et al. 2015, https://arxiv.org/abs/1505.04597
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import ModelType, NetworkSpec
from ._smp import BACKBONES, PIXEL_ARGUMENTS
from ._smp import build as build_smp

if TYPE_CHECKING:
    import torch


def build(spec: NetworkSpec) -> torch.nn.Module:
    """Return a U-Net: (batch, bands, height, width) to (batch, outputs, height, width)."""
    return build_smp("unet", spec)


MODEL_TYPE = ModelType(
    id="UNET",
    title="U-Net (pixel classification)",
    task="PIXELS",
    formats=("CLASSIFIED_TILES",),
    build=build,
    backbones=BACKBONES,
    default_backbone="resnet34",
    help="Classifies every pixel. A good first choice for land cover, buildings, roads and water.",
    arguments=PIXEL_ARGUMENTS,
    rank=10,
)
